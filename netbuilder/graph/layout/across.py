"""Where the vertices of each layer lie across the flow of data: apart, and with wires as straight as may be.

In the spirit of Brandes and Koepf, "Fast and simple horizontal coordinate assignment" (Graph Drawing 2001), with ports
and sizes as Rueegg, Schulze, Carstens and von Hanxleden have it ("Size- and port-aware horizontal node coordinate
assignment", Graph Drawing 2015): segments that shall run straight join vertices to blocks, which keep their distances.
Unlike there, the segments are chosen by what they are: wires that pass by first, then rows of boxes. So a row runs
straight and what skips a part of it goes round.
"""

from __future__ import annotations

from bisect import bisect
from collections import deque
from collections.abc import Collection, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from netbuilder.graph.layout.layered import Layered, Segment

ROUNDS = 24  # in which blocks move to the middle of what they are linked to
LOOSE = 1.3  # times the broadest layer: so broad may all become for the sake of straightness
CUTS = 12  # how often blocks are cut until it is no broader


class Apart(NamedTuple):
    """Gaps between two neighbours of a layer: boxes, a box and a wire that passes by, two such wires."""

    boxes: float
    beside: float
    lanes: float


def across(graph: Layered, breadths: Sequence[float], apart: Apart, cuts: Collection[int] = ()) -> list[float]:
    """Where each vertex begins. `breadths`: of the boxes; dummies have none. `cuts`: layers behind which a new row of
    layers begins, so that no segment there needs to be straight."""
    straight = _straight(graph, frozenset(cuts))
    blocks = _Blocks(graph, breadths, apart, straight, frozenset(cuts))
    for _ in range(CUTS):
        if not blocks.loosen():
            break
        blocks = _Blocks(graph, breadths, apart, straight, frozenset(cuts))
    blocks.spread()
    for _ in range(ROUNDS):
        if not blocks.settle():
            break
    return blocks.starts()


class _Least(NamedTuple):
    """The least distance between two blocks, and the vertices of both that need it."""

    far: float
    above: int
    below: int


class _Blocks:
    """`root[v]` names the block of a vertex, which lies `shift[v]` behind where the block lies."""

    def __init__(
        self,
        graph: Layered,
        breadths: Sequence[float],
        apart: Apart,
        straight: dict[int, tuple[int, Segment]],
        cuts: frozenset[int],
    ) -> None:
        self._graph, self._cuts, self._straight = graph, cuts, straight
        count = len(graph.layer)
        self._breadth = [*breadths, *([0.0] * (count - graph.real))]
        self._apart = apart
        self.root, self.shift = list(range(count)), [0.0] * count
        for layer in graph.layers:  # from left to right: the root stands farthest left
            for v in layer:
                if v in straight:
                    _, segment = straight[v]
                    self.root[segment.other] = self.root[v]
                    self.shift[segment.other] = self.shift[v] + segment.rise
        self._wishes: dict[int, list[tuple[int, float]]] = {}
        self._neighbours()
        self.at = [0.0] * count

    def starts(self) -> list[float]:
        return [self.at[self.root[v]] + self.shift[v] for v in range(len(self.root))]

    def _pulls(self) -> dict[int, list[tuple[int, float]]]:
        """For each block, the others that it is linked to, and how far from them it would lie for a straight link.

        What passes by only follows: a box hears a wire that passes by only where it hears nothing else.
        """
        strong: dict[int, list[tuple[int, float]]] = {}
        weak: dict[int, list[tuple[int, float]]] = {}
        real = self._graph.real
        for v, held in enumerate(self._graph.after):
            if self._graph.layer[v] in self._cuts:
                continue
            for segment in held:
                one, other = self.root[v], self.root[segment.other]
                if one == other:
                    continue
                away = self.shift[v] + segment.rise - self.shift[segment.other]
                for block, end, far in ((other, one, away), (one, other, -away)):
                    (strong if v < real and segment.other < real else weak).setdefault(block, []).append((end, far))
        for v, box in self._graph.turns:
            far = self.shift[box] + self._breadth[box] / 2 - self.shift[v]
            weak.setdefault(self.root[v], []).append((self.root[box], far))
        return {**weak, **strong}

    def _neighbours(self) -> None:
        """Blocks above and below each, with the least distance to each, and all in an order from above."""
        count = len(self.root)
        above: list[dict[int, _Least]] = [{} for _ in range(count)]
        for layer in self._graph.layers:
            for u, v in pairwise(layer):
                far = self.shift[u] + self._breadth[u] + self._gap(u, v) - self.shift[v]
                held = above[self.root[v]]
                if self.root[u] not in held or held[self.root[u]].far < far:
                    held[self.root[u]] = _Least(far, u, v)
        self._holders = above
        self._above = [[(u, least.far) for u, least in held.items()] for held in above]
        self._below: list[list[tuple[int, float]]] = [[] for _ in range(count)]
        for v, held in enumerate(above):
            for u, least in held.items():
                self._below[u].append((v, least.far))
        waiting = [len(held) for held in above]
        queue = deque(v for v in range(count) if self.root[v] == v and not waiting[v])
        self._order: list[int] = []
        while queue:
            u = queue.popleft()
            self._order.append(u)
            for v, _ in self._below[u]:
                waiting[v] -= 1
                if not waiting[v]:
                    queue.append(v)

    def _gap(self, u: int, v: int) -> float:
        boxes = (u < self._graph.real) + (v < self._graph.real)
        return (self._apart.lanes, self._apart.beside, self._apart.boxes)[boxes]

    def _low(self) -> list[float]:
        """How far up each block could lie."""
        low = [0.0] * len(self.root)
        for v in self._order:
            low[v] = max((low[u] + least for u, least in self._above[v]), default=0.0)
        return low

    def loosen(self) -> bool:
        """Takes some of what shall be straight away where rows that overlap in few layers push each other far down;
        False where all is narrow enough, or nothing would help.

        The blocks that push are followed up from the lowest vertex. One that is pushed in one layer and pushes in
        another can be cut in between, where it matters least.
        """
        low, needed = self._low(), 0.0
        for layer in self._graph.layers:
            gaps = sum(self._gap(u, v) for u, v in pairwise(layer))
            needed = max(needed, gaps + sum(self._breadth[v] for v in layer))
        ends = [low[self.root[v]] + self.shift[v] + self._breadth[v] for v in range(len(self.root))]
        first = min((low[self.root[v]] + self.shift[v] for v in range(len(self.root))), default=0.0)
        lowest = max(range(len(ends)), key=ends.__getitem__, default=0)
        if not ends or ends[lowest] - first <= LOOSE * needed:
            return False
        found: list[int] = []
        pushing = lowest
        while holders := self._holders[self.root[pushing]]:
            top = max(holders, key=lambda u: low[u] + holders[u].far)
            _, above, pushed = holders[top]
            layers = sorted((self._graph.layer[pushed], self._graph.layer[pushing]))
            inner = [v for v in self._row(self.root[pushing]) if layers[0] <= self._graph.layer[v] < layers[1]]
            if inner:
                found.append(max(inner, key=lambda v: self._straight[v][0]))
            pushing = above
        for v in found:
            del self._straight[v]
        return bool(found)

    def _row(self, root: int) -> list[int]:
        """The vertices of a block that a straight segment leaves."""
        row = []
        while root in self._straight:
            row.append(root)
            root = self._straight[root][1].other
        return row

    def spread(self) -> None:
        """Each block in the middle between how far up and how far down it could lie."""
        self._wishes = self._pulls()
        low, high = self._low(), [0.0] * len(self.root)
        end = max((low[v] for v in self._order), default=0.0)
        for u in reversed(self._order):
            high[u] = min((high[v] - least for v, least in self._below[u]), default=max(end, low[u]))
        for v in self._order:
            self.at[v] = (low[v] + high[v]) / 2

    def settle(self) -> bool:
        """Moves blocks towards the middle of their links, first those that go down, the lowest ahead; then up."""
        moved = False
        at = self.at
        for order, down in ((reversed(self._order), True), (self._order, False)):
            for v in order:
                wishes = self._wishes.get(v)
                if wishes is None:
                    continue
                wish = median(at[u] + far for u, far in wishes)
                if down and wish > at[v] + 0.5:
                    goal = min(wish, min((at[u] - least for u, least in self._below[v]), default=wish))
                elif not down and wish < at[v] - 0.5:
                    goal = max(wish, max((at[u] + least for u, least in self._above[v]), default=wish))
                else:
                    continue
                moved = moved or abs(goal - at[v]) > 0.5
                at[v] = goal
        return moved


def _straight(graph: Layered, cuts: frozenset[int]) -> dict[int, tuple[int, Segment]]:
    """The segments that run straight, by the vertex that they leave, each with how little that matters: at most one on
    each side of a vertex, and none that crosses another."""
    place = graph.places()
    wanted: list[tuple[tuple[int, ...], int, Segment]] = []
    for v, held in enumerate(graph.after):
        if graph.layer[v] in cuts:
            continue
        wanted += ((_rank(graph, place, v, segment), v, segment) for segment in held)
    wanted.sort(key=lambda item: (item[0], item[1]))
    chosen: dict[int, tuple[int, Segment]] = {}
    entered: set[int] = set()
    ends: list[tuple[list[int], list[int]]] = [([], []) for _ in graph.layers]
    for place_in_line, (_, v, segment) in enumerate(wanted):
        if v in chosen or segment.other in entered:
            continue
        starts, stops = ends[graph.layer[v]]
        at = bisect(starts, place[v])
        goal = place[segment.other]
        if (at and stops[at - 1] > goal) or (at < len(stops) and stops[at] < goal):
            continue
        starts.insert(at, place[v])
        stops.insert(at, goal)
        chosen[v] = place_in_line, segment
        entered.add(segment.other)
    return chosen


def _rank(graph: Layered, place: Sequence[int], v: int, segment: Segment) -> tuple[int, ...]:
    """What is straight first: wires that pass by, then rows of boxes, then the ends of wires that pass by. Among
    equals the segment in the middle of those of its box."""
    other = segment.other
    boxes = (v < graph.real) + (other < graph.real)
    out, into = graph.after[v], graph.before[other]
    if boxes == 0:
        return 0, 0, 0, graph.layer[v]
    aside = _aside(out, place, other) + _aside(into, place, v)
    return (1 if boxes == 2 else 2), aside, len(out) + len(into), graph.layer[v]


def _aside(segments: Sequence[Segment], place: Sequence[int], end: int) -> int:
    """How far from the middle an end stands among the boxes at the other ends, in halves."""
    ends = sorted(place[segment.other] for segment in segments)
    return abs(2 * ends.index(place[end]) - (len(ends) - 1))
