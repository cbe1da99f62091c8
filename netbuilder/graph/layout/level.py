"""Lays out what lies in one frame, or in none: parts that hang together each by itself, then all beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from netbuilder.graph.layout.layered import Layered, Line, parts
from netbuilder.graph.layout.order import Tell, order
from netbuilder.graph.layout.part import Block, draw
from netbuilder.graph.layout.sketch import Gaps, Point

SHELF = 5.0  # boxes that nothing is linked to stand in rows at least so many of them long


class Level(NamedTuple):
    """Along and across, from 0: where blocks begin, and the points that each line runs through between its ends."""

    places: list[Point]
    lanes: list[tuple[Point, ...]]
    length: float
    breadth: float
    crossings: int


def level(
    blocks: Sequence[Block],
    lines: Sequence[Line],
    gaps: Gaps,
    rows: float = 0.0,
    first: frozenset[int] = frozenset(),
    last: frozenset[int] = frozenset(),
    tell: Tell = lambda blocks: None,
) -> Level:
    """`first` and `last`: blocks at the left and at the right border.

    `rows`: how many times as long as broad what hangs together shall be where its row can be broken; 0: rows are not
    broken. `tell` hears how many blocks are laid out.
    """
    border = sorted(first | last)
    joined = [(line.source, line.target) for line in lines] + list(pairwise(border))
    found = parts(len(blocks), joined)
    alone = [part[0] for part in found if len(part) == 1 and part[0] not in first and part[0] not in last]
    places: list[Point] = [(0.0, 0.0)] * len(blocks)
    lanes: list[tuple[Point, ...]] = [()] * len(lines)
    length = below = 0.0
    crossings = done = 0
    owner = {v: number for number, part in enumerate(found) for v in part}
    held: list[list[int]] = [[] for _ in found]
    for number, line in enumerate(lines):
        held[owner[line.source]].append(number)
    for part, numbers in zip(found, held, strict=True):
        if len(part) == 1 and part[0] in alone:
            continue
        at = {v: place for place, v in enumerate(part)}
        mine = [lines[n]._replace(source=at[lines[n].source], target=at[lines[n].target]) for n in numbers]
        left, right = (frozenset(at[v] for v in ends if v in at) for ends in (first, last))
        graph = Layered(len(part), mine, left, right, frozenset(at[v] for v in part if blocks[v].plain))
        crossings += order(graph, [blocks[v].now for v in part], _shared(tell, done, len(part)))
        done += len(part)
        drawn = draw(graph, [blocks[v] for v in part], gaps, rows, borders=(bool(first), bool(last)))
        for v, (along, over) in zip(part, drawn.places, strict=True):
            places[v] = along, over + below
        for n, points in zip(numbers, drawn.lanes, strict=True):
            lanes[n] = tuple((along, over + below) for along, over in points)
        length = max(length, drawn.length)
        below += drawn.breadth + gaps.parts
    wide, low = _shelves(alone, blocks, places, (length, below), gaps)
    return Level(places, lanes, max(length, wide), max(low, below - gaps.parts, 0.0), crossings)


def _shared(tell: Tell, done: int, count: int) -> Tell:
    """Tells of so many blocks more than are done."""
    return lambda share: tell(done + share * count)


def _shelves(
    alone: Sequence[int], blocks: Sequence[Block], places: list[Point], drawn: tuple[float, float], gaps: Gaps
) -> tuple[float, float]:
    """Puts blocks that nothing is linked to into rows, no longer than what is drawn so far, or than a few blocks; gives
    how long and how far down they reach."""
    room = max([drawn[0], *(SHELF * blocks[v].length for v in alone)])
    along, top, low, wide = 0.0, drawn[1], 0.0, 0.0
    for v in alone:
        if along and along + blocks[v].length > room:
            along, top = 0.0, low + gaps.boxes
        places[v] = along, top
        wide, low = max(wide, along + blocks[v].length), max(low, top + blocks[v].breadth)
        along += blocks[v].length + gaps.boxes
    return wide, low
