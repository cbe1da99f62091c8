"""The points that links run through: which come before a place, and how they go with the nodes at both ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from netbuilder.graph.edits_base import point
from netbuilder.graph.model import Link
from netbuilder.graph.walk import MAX_VIA

Point = tuple[float, float]
Via = tuple[Point, ...]

_ROUNDED = 0.02  # scene units: places are kept to a hundredth


def carried(links: Iterable[Link], shifts: Mapping[str, Point]) -> Iterator[tuple[Link, Link]]:
    """Links whose both ends are moved by the same way, as they were and with their points moved by it too.

    `shifts`: by node, how far it is moved in scene units.
    """
    for link in links:
        if not link.via:
            continue
        by, other = shifts.get(link.source.node), shifts.get(link.target.node)
        if by is not None and other is not None and max(abs(by[0] - other[0]), abs(by[1] - other[1])) <= _ROUNDED:
            yield link, replace(link, via=moved(link.via, by))


def moved(via: Via, by: Point) -> Via:
    """All points moved by the same way."""
    return tuple(point((x + by[0], y + by[1])) for x, y in via)


def strung(*ways: Via) -> Via:
    """The points of links that become one, in order. Of more than a file holds for a link, some that lie evenly
    among them stand for all."""
    whole = tuple(point for way in ways for point in way)
    if len(whole) <= MAX_VIA:
        return whole
    return tuple(whole[number * len(whole) // MAX_VIA] for number in range(MAX_VIA))


def parted(start: Point, via: Via, end: Point, at: Point) -> tuple[Via, Via]:
    """The points of a link that runs from `start` to `end`, before and behind the place `at`."""
    segment = nearest_segment((start, *via, end), at)
    return via[:segment], via[segment:]


def nearest_segment(points: Sequence[Point], at: Point) -> int:
    """The number of the segment of a line through these points that lies nearest to a place."""
    return min(range(len(points) - 1), key=lambda n: _square_to_segment(at, points[n], points[n + 1]))


def _square_to_segment(p: Point, a: Point, b: Point) -> float:
    run, rise = b[0] - a[0], b[1] - a[1]
    length = run * run + rise * rise
    share = max(0.0, min(1.0, ((p[0] - a[0]) * run + (p[1] - a[1]) * rise) / length)) if length else 0.0
    return (p[0] - a[0] - share * run) ** 2 + (p[1] - a[1] - share * rise) ** 2
