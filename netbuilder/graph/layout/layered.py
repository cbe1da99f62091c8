"""From boxes and wires to layers in which every segment leads from one layer to the next.

A wire that passes by layers runs through a dummy vertex in each, so that it takes part in the order and has room.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from netbuilder.graph.layout.simplex import Arc, layers


class Line(NamedTuple):
    """A wire between two boxes by their numbers; `leaves` and `enters` as for a `Wire`."""

    source: int
    target: int
    leaves: float
    enters: float
    back: bool = False


class Segment(NamedTuple):
    """Seen from one of its ends: its own port and that of the other end, as shares of the boxes' ports (0 to 1).

    `rise`: how much farther across the other end best begins: where the segment runs straight, or both in one line.
    """

    own: float
    other: int
    port: float
    rise: float


class Layered:
    """Vertices 0 to `real` - 1 are the boxes, the others dummies. `before` and `after` hold the segments of each.

    `chains` has, for each line, the vertices that it runs through, from left to right; none for a line from a box to
    itself. A line that leads back runs past its own boxes, too, and turns there: `turns` has dummies with their boxes.
    `first` and `last`: boxes that stand alone in the first and the last layer: the border of a frame. `plain`:
    boxes that stand best in one line, even where their ports do not.
    """

    def __init__(
        self,
        count: int,
        lines: Sequence[Line],
        first: frozenset[int] = frozenset(),
        last: frozenset[int] = frozenset(),
        plain: frozenset[int] = frozenset(),
    ) -> None:
        self.real = count
        self.lines = lines
        self.flipped = {
            n for n in _flipped(count, lines) if lines[n].source not in first and lines[n].target not in last
        }
        self.layer = _layers(count, lines, self.flipped, first, last)
        self.before: list[list[Segment]] = [[] for _ in range(count)]
        self.after: list[list[Segment]] = [[] for _ in range(count)]
        self.chains: list[tuple[int, ...]] = []
        self.turns: list[tuple[int, int]] = []
        out, into = _ports(count, lines, self.flipped)
        for number, line in enumerate(lines):
            left, right = (line.target, line.source) if number in self.flipped else line[:2]
            if left == right:
                self.chains.append(())
                continue
            if number in self.flipped:
                dummies = self._dummies(self.layer[left], self.layer[right])
                self.turns += [(dummies[0], left), (dummies[-1], right)]
                for one, other in pairwise(dummies):
                    self._join(one, other, Segment(0.5, other, 0.5, 0.0))
                self.chains.append((left, *dummies, right))
                continue
            chain = (left, *self._dummies(self.layer[left] + 1, self.layer[right] - 1), right)
            self.chains.append(chain)
            for at, (one, other) in enumerate(pairwise(chain)):
                own = out[left][line.leaves] if at == 0 else 0.5
                port = into[right][line.enters] if at == len(chain) - 2 else 0.5
                rise = (line.leaves if at == 0 else 0.0) - (line.enters if at == len(chain) - 2 else 0.0)
                rise = 0.0 if len(chain) == 2 and left in plain and right in plain else rise
                self._join(one, other, Segment(own, other, port, rise))
        self.layers: list[list[int]] = [[] for _ in range(max(self.layer, default=-1) + 1)]
        for v, layer in enumerate(self.layer):
            self.layers[layer].append(v)

    def _dummies(self, first: int, last: int) -> range:
        """A new vertex in each of these layers."""
        dummies = range(len(self.layer), len(self.layer) + last + 1 - first)
        self.layer += range(first, last + 1)
        self.before += [[] for _ in dummies]
        self.after += [[] for _ in dummies]
        return dummies

    def _join(self, one: int, other: int, segment: Segment) -> None:
        self.after[one].append(segment)
        self.before[other].append(Segment(segment.port, one, segment.own, -segment.rise))

    def places(self) -> list[int]:
        """Of each vertex, where it stands in its layer."""
        place = [0] * len(self.layer)
        for held in self.layers:
            for at, v in enumerate(held):
                place[v] = at
        return place


def _flipped(count: int, lines: Sequence[Line]) -> set[int]:
    """Numbers of the lines that lead back, given that all others order the boxes.

    Lines that close a cycle are found by a search in depth, which begins where nothing comes in, so that a cycle is
    entered where data enters it. What is left has depths, and all lines run the way that depths grow.
    """
    out: list[list[int]] = [[] for _ in range(count)]
    entered = [False] * count
    for line in lines:
        if not line.back and line.source != line.target:
            out[line.source].append(line.target)
            entered[line.target] = True
    state = [0] * count  # 1: on the way down, 2: done
    done: list[int] = []
    closing: set[tuple[int, int]] = set()
    for root in sorted(range(count), key=lambda v: (entered[v], v)):
        if state[root]:
            continue
        state[root] = 1
        stack = [(root, iter(out[root]))]
        while stack:
            v, rest = stack[-1]
            for other in rest:
                if state[other] == 1:
                    closing.add((v, other))
                elif not state[other]:
                    state[other] = 1
                    stack.append((other, iter(out[other])))
                    break
            else:
                state[v] = 2
                done.append(v)
                stack.pop()
    depth = [0] * count
    for v in reversed(done):
        for other in out[v]:
            if (v, other) not in closing:
                depth[other] = max(depth[other], depth[v] + 1)
    return {n for n, line in enumerate(lines) if (depth[line.source], line.source) > (depth[line.target], line.target)}


def _layers(
    count: int, lines: Sequence[Line], flipped: set[int], first: frozenset[int], last: frozenset[int]
) -> list[int]:
    """The layer of each box. Parts that nothing joins begin in the same layer."""
    weight: dict[tuple[int, int], int] = {}
    for number, line in enumerate(lines):
        pair = (line.target, line.source) if number in flipped else (line.source, line.target)
        if pair[0] != pair[1] and not first.intersection(pair) and not last.intersection(pair):
            weight[pair] = weight.get(pair, 0) + (1 if number in flipped else 2)
    layer = [0] * count
    place, piece = [0] * count, [0] * count
    pieces = parts(count, weight)
    for number, part in enumerate(pieces):
        for at, v in enumerate(part):
            place[v], piece[v] = at, number
    arcs: dict[int, list[Arc]] = {}
    for (a, b), pull in weight.items():
        arcs.setdefault(piece[a], []).append(Arc(place[a], place[b], 1, pull))
    for number, part in enumerate(pieces):
        for v, found in zip(part, layers(len(part), arcs.get(number, ())), strict=True):
            layer[v] = found + bool(first)
    final = max((layer[v] for v in range(count) if v not in last), default=0) + 1
    for v in first:
        layer[v] = 0
    for v in last:
        layer[v] = final
    return layer


def parts(count: int, pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """What hangs together, each part and all of them in the order of their numbers."""
    beside: list[list[int]] = [[] for _ in range(count)]
    for a, b in pairs:
        beside[a].append(b)
        beside[b].append(a)
    seen = [False] * count
    found = []
    for root in range(count):
        if seen[root]:
            continue
        seen[root] = True
        part, at = [root], 0
        while at < len(part):
            for other in beside[part[at]]:
                if not seen[other]:
                    seen[other] = True
                    part.append(other)
            at += 1
        found.append(sorted(part))
    return found


def _ports(
    count: int, lines: Sequence[Line], flipped: set[int]
) -> tuple[list[dict[float, float]], list[dict[float, float]]]:
    """For each box, where its ports to the right and to the left lie among each other, from 0 to 1, by their offset."""
    sides: tuple[list[set[float]], list[set[float]]] = [set() for _ in range(count)], [set() for _ in range(count)]
    for number, line in enumerate(lines):
        if number not in flipped:
            sides[0][line.source].add(line.leaves)
            sides[1][line.target].add(line.enters)
    out, into = (
        [{port: (at + 1) / (len(held) + 1) for at, port in enumerate(sorted(held))} for held in side] for side in sides
    )
    return out, into
