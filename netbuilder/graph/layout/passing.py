"""Whether a link that is drawn straight away would run over what lies between its ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from math import floor

from netbuilder.graph.layout.sketch import Point, Rect

CELL = 400.0
CLEAR = 6.0  # kept free around boxes
BEND = 46.0  # how far a curve leaves along the flow at least, as the canvas draws it
TURN = 24.0  # how far off its box a wire turns round
STEP = 30.0  # from one place of a curve that is looked at to the next


class Obstacles:
    """Rectangles by a key, found by place."""

    def __init__(self, rects: Mapping[tuple[str, str], Rect]) -> None:
        self._cells: dict[tuple[int, int], list[tuple[Rect, tuple[str, str]]]] = defaultdict(list)
        for key, (x, y, width, height) in rects.items():
            grown = (x - CLEAR, y - CLEAR, x + width + CLEAR, y + height + CLEAR)
            for column in range(floor(grown[0] / CELL), floor(grown[2] / CELL) + 1):
                for row in range(floor(grown[1] / CELL), floor(grown[3] / CELL) + 1):
                    self._cells[column, row].append((grown, key))

    def hit(self, points: Iterable[Point], but: Collection[tuple[str, str]]) -> bool:
        """Whether any of the points lies in a rectangle, `but` for these."""
        for x, y in points:
            for (left, top, right, bottom), key in self._cells.get((floor(x / CELL), floor(y / CELL)), ()):
                if left < x < right and top < y < bottom and key not in but:
                    return True
        return False


def curve(start: Point, end: Point) -> list[Point]:
    """Places on the smooth curve that leaves an output along the flow and arrives at an input along it."""
    reach = end[0] - start[0]
    bend = max(reach / 2, min(BEND, abs(end[1] - start[1]) / 2 + 12.0))
    steps = max(8, int((reach + abs(end[1] - start[1])) / STEP))
    found = []
    for step in range(1, steps):
        t = step / steps
        u = 1 - t
        along = u**3 * start[0] + 3 * u * u * t * (start[0] + bend) + 3 * u * t * t * (end[0] - bend) + t**3 * end[0]
        over = (u**3 + 3 * u * u * t) * start[1] + (3 * u * t * t + t**3) * end[1]
        found.append((along, over))
    return found


def turning(start: Point, points: Sequence[Point], end: Point) -> list[Point]:
    """For a wire that leads back: the points with more where it turns round, so that it turns in little room."""
    if not points:
        return []
    return [*_turn(start, points[0], TURN), *points, *reversed(_turn(end, points[-1], -TURN))]


def _turn(port: Point, lane: Point, by: float) -> list[Point]:
    """From a port out by so much, along its box and back to the lane beside it."""
    climb = lane[1] - port[1]
    if abs(climb) < 3 * abs(by):
        return []
    out = (max(port[0], lane[0]) if by > 0 else min(port[0], lane[0])) + by
    step = abs(by) if climb > 0 else -abs(by)
    return [(out, port[1] + step), (out, lane[1] - step)]


def thinned(start: Point, points: Sequence[Point], end: Point) -> tuple[Point, ...]:
    """Without points that a straight line runs through anyway."""
    kept = [start]
    for point, after in pairwise((*points, end)):
        before = kept[-1]
        if point != before and not before[1] == point[1] == after[1]:
            kept.append(point)
    return tuple(kept[1:])
