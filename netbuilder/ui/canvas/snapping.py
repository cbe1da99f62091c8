"""Where a box that is dragged comes to rest beside others: edges and middles in line, equal gaps, straight links.

Boxes are (left, top, right, bottom) in scene units; axis 0 is x, axis 1 is y.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

Box = tuple[float, float, float, float]
_SAME = 0.01  # places are kept to a hundredth
_BEYOND = 10.0  # a line of a guide goes so far beyond what it joins


class Snapping:
    """What dragging snaps to; one for all canvases of a window."""

    def __init__(self, *, grid: bool = True, neighbours: bool = True) -> None:
        self.grid = grid
        self.neighbours = neighbours


class Guide(NamedTuple):
    """A line to be shown, from (x1, y1) to (x2, y2); one of a gap says how long it is."""

    x1: float
    y1: float
    x2: float
    y2: float
    gap: bool = False


class Straight(NamedTuple):
    """A link that would run straight along the flow: its end that stays, the one that is dragged as it was taken, and
    the axis across the flow, along which the two have to agree."""

    fixed: tuple[float, float]
    taken: tuple[float, float]
    axis: int

    def shift(self, by: tuple[float, float]) -> float:
        """How much farther than `by` it has to go."""
        return self.fixed[self.axis] - self.taken[self.axis] - by[self.axis]


def snap(
    box: Box, by: tuple[float, float], others: Sequence[Box], straight: Sequence[Straight], reach: float
) -> tuple[float | None, float | None]:
    """How much farther a box that was moved by `by` should go along each axis; None: there is nothing within reach.

    Links that run straight come first, then what is nearest.
    """
    found: list[float | None] = []
    for axis in (0, 1):
        links = [line.shift(by) for line in straight if line.axis == axis]
        best = _least(links, reach)
        if best is None:
            best = _least((*_edge_shifts(box, others, axis), *_gap_shifts(box, others, axis, reach)), reach)
        found.append(best)
    return found[0], found[1]


def guides(box: Box, by: tuple[float, float], others: Sequence[Box], straight: Sequence[Straight]) -> list[Guide]:
    """What agrees now that the box is where it is: the lines that it shares with others, the gaps that are equal."""
    found = [guide for axis in (0, 1) for guide in _edge_guides(box, others, axis)]
    for line in straight:
        if abs(line.shift(by)) < _SAME:
            end = line.taken[0] + by[0], line.taken[1] + by[1]
            found.append(Guide(*line.fixed, *end))
    return found + [guide for axis in (0, 1) for guide in _gap_guides(box, others, axis)]


def _least(shifts: Iterable[float], reach: float) -> float | None:
    best = min(shifts, key=abs, default=None)
    return best if best is not None and abs(best) <= reach else None


def _marks(box: Box, axis: int) -> tuple[float, float, float]:
    """Where a box begins, has its middle and ends along an axis."""
    low, high = box[axis], box[2 + axis]
    return low, (low + high) / 2, high


def _edge_shifts(box: Box, others: Sequence[Box], axis: int) -> Iterator[float]:
    mine = _marks(box, axis)
    for other in others:
        for own, theirs in zip(mine, _marks(other, axis), strict=True):
            yield theirs - own


def _edge_guides(box: Box, others: Sequence[Box], axis: int) -> Iterator[Guide]:
    """One line for each edge or middle that others share; the middle only where no edge is."""
    across = 1 - axis
    shown = False
    for mark in (0, 2, 1):
        if shown and mark:  # boxes of one width share all three: one line says it
            continue
        at = _marks(box, axis)[mark]
        sharing = [other for other in others if abs(_marks(other, axis)[mark] - at) < _SAME]
        if sharing:
            shown = True
            low = min(one[across] for one in (box, *sharing)) - _BEYOND
            high = max(one[2 + across] for one in (box, *sharing)) + _BEYOND
            yield Guide(at, low, at, high) if axis == 0 else Guide(low, at, high, at)


def _row(box: Box, others: Sequence[Box], axis: int, overlap: float = 0.0) -> tuple[list[Box], list[Box]]:
    """The boxes beside this one along an axis, on both sides, the nearest first; those it lies on are none of them."""
    across = 1 - axis
    beside = [one for one in others if one[across] < box[2 + across] and one[2 + across] > box[across]]
    before = sorted((one for one in beside if one[2 + axis] <= box[axis] + overlap), key=lambda one: -one[2 + axis])
    after = sorted((one for one in beside if one[axis] >= box[2 + axis] - overlap), key=lambda one: one[axis])
    return before, after


def _gap(one: Box, next: Box, axis: int) -> float:
    return next[axis] - one[2 + axis]


def _gap_shifts(box: Box, others: Sequence[Box], axis: int, reach: float) -> Iterator[float]:
    """To the middle between two neighbours, or as far from one as that is from the next."""
    before, after = _row(box, others, axis, reach)
    if before and after:
        yield (_gap(box, after[0], axis) - _gap(before[0], box, axis)) / 2
    if len(before) > 1 and (gap := _gap(before[1], before[0], axis)) > 0:
        yield gap - _gap(before[0], box, axis)
    if len(after) > 1 and (gap := _gap(after[0], after[1], axis)) > 0:
        yield _gap(box, after[0], axis) - gap


def _gap_guides(box: Box, others: Sequence[Box], axis: int) -> Iterator[Guide]:
    """The gaps beside the box that are equal, with those that follow them in the row."""
    before, after = _row(box, others, axis)
    row = [*before[:2][::-1], box, *after[:2]]
    gaps = list(itertools.pairwise(row))
    here = len(before[:2])
    beside = [pair for pair in gaps[max(here - 1, 0) : here + 1] if _gap(*pair, axis) > _SAME]
    equal: list[tuple[Box, Box]] = []
    for pair in beside:
        same = [other for other in gaps if abs(_gap(*other, axis) - _gap(*pair, axis)) < 2 * _SAME]
        if len(same) > 1:
            equal += [other for other in same if other not in equal]
    for one, next in equal:
        across = 1 - axis
        at = (max(one[across], next[across]) + min(one[2 + across], next[2 + across])) / 2
        ends = one[2 + axis], next[axis]
        yield Guide(ends[0], at, ends[1], at, True) if axis == 0 else Guide(at, ends[0], at, ends[1], True)
