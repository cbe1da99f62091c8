"""Lays out what lies in one frame, or in none: parts that hang together each by itself, then all beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from netbuilder.graph.layout.across import Apart, across
from netbuilder.graph.layout.layered import Layered, Line, parts
from netbuilder.graph.layout.order import Tell, order
from netbuilder.graph.layout.sketch import Gaps, Point

STEEP = 240.0  # from here on, wires between two layers get more room the farther they climb
LEAST = 5.0  # a row is broken only if it is longer than so many boxes are, on average
BORDER = 4.0  # from a frame's border to the first layer in it


class Block(NamedTuple):
    """A box as a layout sees it: its size along the flow and across it, and where its middle lies now across it.
    `plain`: neither a frame nor a place in a border."""

    length: float
    breadth: float
    now: float = 0.0
    plain: bool = True


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
        drawn = _drawn(graph, [blocks[v] for v in part], gaps, rows, borders=(bool(first), bool(last)))
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
    room = max([drawn[0], *(LEAST * blocks[v].length for v in alone)])
    along, top, low, wide = 0.0, drawn[1], 0.0, 0.0
    for v in alone:
        if along and along + blocks[v].length > room:
            along, top = 0.0, low + gaps.boxes
        places[v] = along, top
        wide, low = max(wide, along + blocks[v].length), max(low, top + blocks[v].breadth)
        along += blocks[v].length + gaps.boxes
    return wide, low


def _drawn(graph: Layered, blocks: Sequence[Block], gaps: Gaps, rows: float, *, borders: tuple[bool, bool]) -> Level:
    """A part whose layers are ordered."""
    real = graph.real
    lengths = [max((blocks[v].length for v in layer if v < real), default=0.0) for layer in graph.layers]
    breadths, apart = [block.breadth for block in blocks], Apart(gaps.boxes, gaps.boxes * 0.7, gaps.lane)
    over = across(graph, breadths, apart)
    low = max(at + (breadths[v] if v < real else 0.0) for v, at in enumerate(over)) - min(over)
    cuts = _cuts(graph, lengths, gaps, rows, low + gaps.parts) if rows and not any(borders) else []
    if cuts:
        over = across(graph, breadths, apart, cuts)
    row_of = list(accumulate((layer - 1 in cuts for layer in range(len(lengths))), initial=0))[1:]
    tops, low = [0.0] * (max(row_of) + 1), 0.0
    for row in range(len(tops)):
        mine = [v for layer, held in enumerate(graph.layers) if row_of[layer] == row for v in held]
        tops[row] = low - min(over[v] for v in mine)
        low = max(over[v] + (blocks[v].breadth if v < real else 0.0) for v in mine) + tops[row] + gaps.parts
    over = [float(int(at + tops[row_of[graph.layer[v]]] + 0.5)) for v, at in enumerate(over)]
    starts, length = _columns(graph, lengths, over, row_of, gaps, borders)
    places = [(starts[graph.layer[v]], over[v]) for v in range(real)]
    lanes = []
    for number, chain in enumerate(graph.chains):
        inner = chain[1:-1]
        if chain and row_of[graph.layer[chain[0]]] != row_of[graph.layer[chain[-1]]]:
            inner = ()
        points: list[Point] = []
        for v in inner:
            start = starts[graph.layer[v]]
            points += [(start, over[v]), (start + lengths[graph.layer[v]], over[v])]
        lanes.append(tuple(reversed(points)) if number in graph.flipped else tuple(points))
    return Level(places, lanes, length, low - gaps.parts, 0)


def _columns(
    graph: Layered,
    lengths: Sequence[float],
    over: Sequence[float],
    row_of: Sequence[int],
    gaps: Gaps,
    borders: tuple[bool, bool],
) -> tuple[list[float], float]:
    """Where each layer begins, and the length of all. Steep wires get more room."""
    starts, along, length = [], 0.0, 0.0
    for layer, held in enumerate(graph.layers):
        if layer and row_of[layer] != row_of[layer - 1]:
            along = 0.0
        starts.append(along)
        length = max(length, along + lengths[layer])
        climb = max((abs(over[s.other] - over[v] - s.rise) for v in held for s in graph.after[v]), default=0.0)
        gap = gaps.layers + min(max(climb - STEEP, 0.0) * 0.12, gaps.layers)
        if (borders[0] and layer == 0) or (borders[1] and layer == len(lengths) - 2):
            gap = max(BORDER, (gap - gaps.layers))
        along += lengths[layer] + gap
    return starts, length


def _cuts(graph: Layered, lengths: Sequence[float], gaps: Gaps, rows: float, breadth: float) -> list[int]:
    """The layers behind which a row of layers is broken, so that all rows together are about `rows` times as long as
    they are broad. A row of this `breadth` is broken only where a single wire leads on."""
    total = sum(lengths) + gaps.layers * len(lengths)
    wanted = max((rows * total * breadth) ** 0.5, LEAST * total / len(lengths))
    if total <= 1.3 * wanted:
        return []
    leading = [sum(len(graph.after[v]) for v in layer) for layer in graph.layers]
    cuts: list[int] = []
    along, best = 0.0, -1
    for layer, length in enumerate(lengths):
        along += length + gaps.layers
        if along > wanted + length / 2 and best >= 0:
            cuts.append(best)
            along = sum(lengths[best + 1 : layer + 1]) + gaps.layers * (layer - best)
            best = -1
        if leading[layer] == 1 and along > wanted / 2:
            best = layer
    return cuts
