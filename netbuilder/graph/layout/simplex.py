"""Layers by network simplex: every arc at least so long, and all arcs together as short as can be.

After Gansner, Koutsofios, North and Vo, "A technique for drawing directed graphs" (IEEE TSE 19, 1993), section 2: a
spanning tree of tight arcs is bettered arc by arc, as long as one has a negative cut value.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

_SEEN = 30  # arcs with a negative cut value that are compared before the worst of them leaves the tree


class Arc(NamedTuple):
    """From one vertex to one at least `least` layers behind it; each layer of its length costs `weight`."""

    tail: int
    head: int
    least: int = 1
    weight: int = 1


def layers(count: int, arcs: Sequence[Arc]) -> list[int]:
    """The layer of each of the vertices 0 to `count` - 1, the first layer being 0.

    The arcs must join all vertices and close no cycle. What could stand anywhere between its neighbours stands where
    the layers are least crowded.
    """
    if count < 2:
        return [0] * count
    tree = _Tree(count, arcs)
    tree.better()
    first = min(tree.layer)
    return _balanced([layer - first for layer in tree.layer], arcs)


class _Tree:
    """A spanning tree of tight arcs, the layers that it stands for, and the cut value of each of its arcs.

    `low` and `lim` number the vertices in postorder: what hangs below v has a number from low[v] to lim[v].
    """

    def __init__(self, count: int, arcs: Sequence[Arc]) -> None:
        self.tails = [arc.tail for arc in arcs]
        self.heads = [arc.head for arc in arcs]
        self.least = [arc.least for arc in arcs]
        self.weight = [arc.weight for arc in arcs]
        self.out: list[list[int]] = [[] for _ in range(count)]
        self.into: list[list[int]] = [[] for _ in range(count)]
        for number, arc in enumerate(arcs):
            self.out[arc.tail].append(number)
            self.into[arc.head].append(number)
        self.layer = self._longest_path(count)
        self.held: list[list[int]] = [[] for _ in range(count)]  # tree arcs at each vertex
        self._span(count)
        self.arcs = sorted({number for held in self.held for number in held})
        self.parent, self.low, self.lim = [-1] * count, [0] * count, [0] * count
        self._number(0, -1, 1)
        self.cut = [0] * len(arcs)
        self._cut_values()

    def _longest_path(self, count: int) -> list[int]:
        layer = [0] * count
        waiting = [len(into) for into in self.into]
        queue = deque(v for v in range(count) if not waiting[v])
        order = []
        while queue:
            v = queue.popleft()
            order.append(v)
            for k in self.out[v]:
                head = self.heads[k]
                layer[head] = max(layer[head], layer[v] + self.least[k])
                waiting[head] -= 1
                if not waiting[head]:
                    queue.append(head)
        for v in reversed(order):  # a source stands just before what it feeds: fewer pieces to be joined
            if not self.into[v] and self.out[v]:
                layer[v] = min(layer[self.heads[k]] - self.least[k] for k in self.out[v])
        return layer

    def _span(self, count: int) -> None:
        """Joins the pieces that tight arcs make, each time over the arc with the least slack."""
        inside, members = [False] * count, list[int]()

        def grow(start: int) -> None:
            inside[start] = True
            stack = [start]
            while stack:
                v = stack.pop()
                members.append(v)
                for k in (*self.out[v], *self.into[v]):
                    other = self.heads[k] if self.tails[k] == v else self.tails[k]
                    if not inside[other] and not self._slack(k):
                        inside[other] = True
                        self._hold(k)
                        stack.append(other)

        grow(0)
        while len(members) < count:
            bridge, least = -1, -1
            for k in range(len(self.tails)):
                if inside[self.tails[k]] != inside[self.heads[k]] and (bridge < 0 or self._slack(k) < least):
                    bridge, least = k, self._slack(k)
                    if least == 0:
                        break
            behind = inside[self.tails[bridge]]
            for v in members:
                self.layer[v] += least if behind else -least
            self._hold(bridge)
            grow(self.heads[bridge] if behind else self.tails[bridge])

    def _slack(self, k: int) -> int:
        return self.layer[self.heads[k]] - self.layer[self.tails[k]] - self.least[k]

    def _hold(self, k: int) -> None:
        self.held[self.tails[k]].append(k)
        self.held[self.heads[k]].append(k)

    def _number(self, root: int, parent: int, start: int) -> None:
        """Numbers what hangs below `root` anew, from `start` on."""
        heads, tails, held, low, lim, parents = self.heads, self.tails, self.held, self.low, self.lim, self.parent
        at = start
        parents[root], low[root] = parent, at
        stack = [(root, iter(held[root]))]
        while stack:
            v, rest = stack[-1]
            for k in rest:
                if k != parents[v]:
                    other = heads[k] if tails[k] == v else tails[k]
                    parents[other], low[other] = k, at
                    stack.append((other, iter(held[other])))
                    break
            else:
                lim[v] = at
                at += 1
                stack.pop()

    def _cut_values(self) -> None:
        """What leaves the tail's part of the tree less what comes into it, summed up from the leaves."""
        total = [0] * len(self.layer)
        for k, weight in enumerate(self.weight):
            total[self.tails[k]] += weight
            total[self.heads[k]] -= weight
        for v in sorted(range(len(total)), key=self.lim.__getitem__):
            if (k := self.parent[v]) >= 0:
                tail = self.tails[k] == v
                self.cut[k] = total[v] if tail else -total[v]
                total[self.heads[k] if tail else self.tails[k]] += total[v]

    def better(self) -> None:
        """Exchanges arcs until no cut value is negative. Degenerate steps could go round for ever: they are bounded."""
        at = 0
        for _ in range(20 * len(self.layer)):
            worst, least, seen = -1, 0, 0
            for _ in range(len(self.arcs)):
                at = at + 1 if at + 1 < len(self.arcs) else 0
                cut = self.cut[self.arcs[at]]
                if cut < 0:
                    seen += 1
                    if cut < least:
                        worst, least = at, cut
                    if seen >= _SEEN:
                        break
            if worst < 0:
                return
            self._exchange(worst)

    def _exchange(self, place: int) -> None:
        heads, tails, lim, low, parent = self.heads, self.tails, self.lim, self.low, self.parent
        leaving = self.arcs[place]
        tail, head = tails[leaving], heads[leaving]
        tail_below = lim[tail] < lim[head]
        entering, slack, below = self._entering(tail if tail_below else head, tail_below)
        for v in below:
            self.layer[v] += -slack if tail_below else slack
        cut = self.cut[leaving]
        first, last = sorted((lim[tails[entering]], lim[heads[entering]]))
        for end, is_tail in ((tails[entering], True), (heads[entering], False)):
            v = end
            while not (low[v] <= first and last <= lim[v]):
                k = parent[v]
                up = tails[k] == v
                self.cut[k] += cut if up == is_tail else -cut
                v = heads[k] if up else tails[k]
        self.cut[entering], self.cut[leaving] = -cut, 0
        self.arcs[place] = entering
        self.held[tail].remove(leaving)
        self.held[head].remove(leaving)
        self._hold(entering)
        self._number(v, parent[v], low[v])  # the lowest vertex above both ends

    def _entering(self, root: int, tail_below: bool) -> tuple[int, int, list[int]]:
        """The arc with the least slack that leads back over the cut, its slack, and what hangs below `root`."""
        heads, tails, lim, layer = self.heads, self.tails, self.lim, self.layer
        first, last = self.low[root], lim[root]
        arcs, ends = (self.into, tails) if tail_below else (self.out, heads)
        entering, least = -1, 0
        below, stack = [], [root]
        while stack:
            v = stack.pop()
            below.append(v)
            stack += (heads[k] if tails[k] == v else tails[k] for k in self.held[v] if k != self.parent[v])
            for k in arcs[v]:
                if not first <= lim[ends[k]] <= last:
                    slack = layer[heads[k]] - layer[tails[k]] - self.least[k]
                    if entering < 0 or slack < least:
                        entering, least = k, slack
        return entering, least, below


def _balanced(layer: list[int], arcs: Sequence[Arc]) -> list[int]:
    """Moves each vertex that pulls alike to both sides to the least crowded layer that it may stand in."""
    count = len(layer)
    pull = [0] * count
    out: list[list[Arc]] = [[] for _ in range(count)]
    into: list[list[Arc]] = [[] for _ in range(count)]
    for arc in arcs:
        pull[arc.tail] += arc.weight
        pull[arc.head] -= arc.weight
        out[arc.tail].append(arc)
        into[arc.head].append(arc)
    crowd = [0] * (max(layer) + 1)
    for place in layer:
        crowd[place] += 1
    for v in range(count):
        if pull[v] or not out[v] or not into[v]:
            continue
        first = max(layer[arc.tail] + arc.least for arc in into[v])
        last = min(layer[arc.head] - arc.least for arc in out[v])
        best = min(range(first, last + 1), key=lambda place: (crowd[place] - (place == layer[v]), place))
        crowd[layer[v]] -= 1
        crowd[best] += 1
        layer[v] = best
    return layer
