"""From ordered layers to places: what hangs together in a level, as one row of layers or as several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from math import floor
from typing import NamedTuple

from netbuilder.graph.layout.across import Apart, across
from netbuilder.graph.layout.layered import Layered
from netbuilder.graph.layout.sketch import Gaps, Point

STEEP = 240.0  # from here on, wires between two layers get more room the farther they climb
BOXES = 4.0  # a row is broken only if it is longer than so many boxes are, on average
SHORT = 0.6  # of what rows should be long: no row is shorter
WORTH = 0.7  # of the whole row that the longest one may keep: else breaking it gains too little
BORDER = 4.0  # from a frame's border to the first layer in it
BACK = 25.0  # a link back without points of its own is drawn so far below the middle between its ports
CLEAR = 8.0  # that it then keeps from the boxes above and below


class Block(NamedTuple):
    """A box as a layout sees it: its size along the flow and across it, and where its middle lies now across it.
    `plain`: neither a frame nor a place in a border."""

    length: float
    breadth: float
    now: float = 0.0
    plain: bool = True


class Drawn(NamedTuple):
    """Along and across, from 0: where blocks begin, and the points that each line runs through between its ends."""

    places: list[Point]
    lanes: list[tuple[Point, ...]]
    length: float
    breadth: float


def draw(graph: Layered, blocks: Sequence[Block], gaps: Gaps, rows: float, *, borders: tuple[bool, bool]) -> Drawn:
    """`rows`: how many times as long as broad all shall be where the row can be broken; 0: it is not broken.
    `borders`: whether the first and the last layer are those of a frame's border."""
    return _Part(graph, blocks, gaps, borders).drawn(rows)


class _Part:
    def __init__(self, graph: Layered, blocks: Sequence[Block], gaps: Gaps, borders: tuple[bool, bool]) -> None:
        self._graph, self._gaps, self._borders = graph, gaps, borders
        dummies = len(graph.layer) - graph.real
        self._breadths = [*(block.breadth for block in blocks), *([0.0] * dummies)]
        self._lengths = [
            max((blocks[v].length for v in layer if v < graph.real), default=0.0) for layer in graph.layers
        ]

    def drawn(self, rows: float) -> Drawn:
        graph, gaps = self._graph, self._gaps
        apart = Apart(gaps.boxes, gaps.boxes * 0.7, gaps.lane)
        breadths = self._breadths[: graph.real]
        over = across(graph, breadths, apart)
        cuts: list[int] = []
        if rows and not any(self._borders):
            breadth = max(at + self._breadths[v] for v, at in enumerate(over)) - min(over)
            cuts = self._cuts(rows, breadth + gaps.parts)
        if cuts:
            over = across(graph, breadths, apart, cuts)
        self._row = list(accumulate((layer - 1 in cuts for layer in range(len(graph.layers))), initial=0))[1:]
        breadth = self._stack(over)
        length = self._columns()
        places = [(self._starts[graph.layer[v]], self._over[v]) for v in range(graph.real)]
        return Drawn(places, [tuple(self._lane(number)) for number in range(len(graph.chains))], length, breadth)

    def _stack(self, over: Sequence[float]) -> float:
        """Puts rows below each other; gives how broad all are. `_between`: where the gap below each row begins and
        ends."""
        graph = self._graph
        self._over, self._between = list(over), list[Point]()
        low = 0.0
        for row in range(self._row[-1] + 1):
            mine = [v for layer, held in enumerate(graph.layers) if self._row[layer] == row for v in held]
            by = low - min(over[v] for v in mine)
            for v in mine:
                self._over[v] = float(floor(over[v] + by + 0.5))
            end = max(self._over[v] + self._breadths[v] for v in mine)
            low = end + self._gaps.parts
            self._between.append((end, low))
        return end

    def _columns(self) -> float:
        """Where each layer begins; gives the length of all. Steep wires get more room."""
        graph, gaps, over = self._graph, self._gaps, self._over
        self._starts = []
        along = length = 0.0
        for layer, held in enumerate(graph.layers):
            if layer and self._row[layer] != self._row[layer - 1]:
                along = 0.0
            self._starts.append(along)
            length = max(length, along + self._lengths[layer])
            climb = max((abs(over[s.other] - over[v] - s.rise) for v in held for s in graph.after[v]), default=0.0)
            more = min(max(climb - STEEP, 0.0) * 0.12, gaps.layers)
            border = (self._borders[0] and layer == 0) or (self._borders[1] and layer == len(graph.layers) - 2)
            along += self._lengths[layer] + more + (BORDER if border else gaps.layers)
        return length

    def _lane(self, number: int) -> Iterator[Point]:
        """The points of a line: along each layer that it passes by, and through the gap where a row is broken."""
        graph, chain = self._graph, self._graph.chains[number]
        points: list[Point] = []
        for one, other in pairwise(chain):
            if one >= graph.real:
                points += self._past(one)
            if self._row[graph.layer[one]] != self._row[graph.layer[other]] and not self._runs_clear(number):
                begin, end = self._between[self._row[graph.layer[one]]]
                middle = (begin + end) / 2
                points += [(self._past(one)[1][0], middle), (self._past(other)[0][0], middle)]
        return reversed(points) if number in graph.flipped else iter(points)

    def _past(self, v: int) -> list[Point]:
        """Where a vertex begins and ends along the flow."""
        layer = self._graph.layer[v]
        return [(self._starts[layer], self._over[v]), (self._starts[layer] + self._lengths[layer], self._over[v])]

    def _runs_clear(self, number: int) -> bool:
        """Whether a line from the end of one row to the begin of the next lies in the gap between them without points
        of its own."""
        line, chain = self._graph.lines[number], self._graph.chains[number]
        if len(chain) > 2:
            return False
        begin, end = self._between[self._row[self._graph.layer[chain[0]]]]
        level = (self._over[chain[0]] + line.leaves + self._over[chain[1]] + line.enters) / 2 + BACK
        return begin + CLEAR <= level <= end - CLEAR

    def _cuts(self, rows: float, breadth: float) -> list[int]:
        """The layers behind which a row of layers is broken, so that all rows together are about `rows` times as long
        as they are broad: a row of this `breadth`, where a single wire leads on."""
        graph = self._graph
        ends = list(accumulate(length + self._gaps.layers for length in self._lengths))
        total = ends[-1]
        wanted = max((rows * total * breadth) ** 0.5, BOXES * total / len(ends))
        count = round(total / wanted)
        places = [at for at, layer in enumerate(graph.layers[:-1]) if sum(len(graph.after[v]) for v in layer) == 1]
        if count < 2 or not places:
            return []
        each = total / count
        cuts: list[int] = []
        for number in range(1, count):
            best = min(places, key=lambda at: abs(ends[at] - number * each))
            before = ends[cuts[-1]] if cuts else 0.0
            if ends[best] - before >= SHORT * each and total - ends[best] >= SHORT * each:
                cuts.append(best)
        longest = max(end - begin for begin, end in pairwise([0.0, *(ends[at] for at in cuts), total]))
        return cuts if longest <= WORTH * total else []
