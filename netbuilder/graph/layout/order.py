"""The order of the vertices in their layers, with few crossings.

Sweeps by barycentres (Sugiyama, Tagawa and Toda, IEEE SMC 11, 1981) give a start. Then layers are sifted: each vertex
goes where it crosses least, seen from both neighbouring layers (Matuszewski, Schoenfeld and Molitor, "Using sifting for
k-layer straightline crossing minimization", Graph Drawing 1999). What one layer alone can't better, several can: a few
neighbouring layers are swept and sifted anew, and keep what they had where that is not better.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from netbuilder.graph.layout.crossings import between, crossings
from netbuilder.graph.layout.layered import Layered, Segment

SWEEPS = 8
POLISH = 4  # sweeps of sifting over all layers
WINDOW = (2, 5)  # how many layers are ordered anew at a time
SHUFFLED = 0.1  # how often such an attempt begins with a layer in any order
PATIENCE = 6  # how often each layer may be tried without any gain
TRIES = 400  # layers that are tried in any case
WORK = 15  # how often each vertex, on average, is sifted in windows
LEAST_WORK, MOST_WORK = 30_000, 300_000  # vertices sifted, all together: about 0.5 s and 6 s
WIDEST = 3000  # layers with more vertices are left as barycentres order them

Sides = tuple[list[list[Segment]], ...]
Tell = Callable[[float], None]


def order(graph: Layered, now: Sequence[float], tell: Tell = lambda done: None) -> int:
    """Orders `graph.layers` in place and gives the crossings. `tell` hears how far it is, from 0 to 1.

    `now`: where boxes lie across the flow; their order is changed only where that saves crossings. The same graph
    always gets the same order.
    """
    best = _Orders(graph).start(now, tell)
    graph.layers = best.layers
    return best.total


class _Orders:
    """An order of all layers, its crossings between each two of them, and what betters it."""

    def __init__(self, graph: Layered) -> None:
        self._graph = graph
        self.layers = [list(layer) for layer in graph.layers]
        self._place = graph.places()
        self.total = 0

    def start(self, now: Sequence[float], tell: Tell) -> _Orders:
        """The best that is found."""
        self._put_all(_as_they_lie(self._graph, now))
        found = [(crossings(self.layers, self._graph.after), list(self.layers))]
        for backwards in (False, True):
            self._put_all(_walk(self._graph, backwards))
            found.append(self._swept())
        self._put_all(min(found, key=lambda pair: pair[0])[1])
        tell(0.1)
        for sweep in range(POLISH):
            if not sum(self._sift(at) for at in self._along(sweep)):
                break
        self.total = crossings(self.layers, self._graph.after)
        tell(0.25)
        self._better(tell)
        return self

    def _along(self, sweep: int) -> range:
        count = len(self.layers)
        return range(count) if sweep % 2 == 0 else range(count - 1, -1, -1)

    def _put(self, at: int, layer: list[int]) -> None:
        self.layers[at] = layer
        for place, v in enumerate(layer):
            self._place[v] = place

    def _put_all(self, layers: Sequence[list[int]]) -> None:
        for at, layer in enumerate(layers):
            self._put(at, layer)

    def _swept(self) -> tuple[int, list[list[int]]]:
        """Sweeps by barycentres; the best order on the way."""
        best = (crossings(self.layers, self._graph.after), list(self.layers))
        for sweep in range(SWEEPS):
            for at in self._along(sweep):
                self._sort(at, onward=sweep % 2 == 0)
            count = crossings(self.layers, self._graph.after)
            if count < best[0]:
                best = count, list(self.layers)
        return best

    def _sort(self, at: int, *, onward: bool) -> None:
        """Sorts a layer by the barycentres of its neighbours on one side; who has none keeps his place."""
        layer, place = self.layers[at], self._place
        beside = self._graph.before if onward else self._graph.after
        middle = {v: _middle(held, place) for v in layer if (held := beside[v])}
        movable = iter(sorted(middle, key=middle.__getitem__))
        self._put(at, [next(movable) if v in middle else v for v in layer])

    def _sift(self, at: int) -> int:
        """Moves vertices of a layer to where they cross least; gives how many crossings fewer there are."""
        layer = self.layers[at]
        if not 1 < len(layer) <= WIDEST:
            return 0
        costs = _costs(layer, self._graph.before, self._place) + _costs(layer, self._graph.after, self._place)
        order, gain = _sifted(costs.T - costs)
        if gain:
            self._put(at, [layer[v] for v in order])
        return gain

    def _cost(self, first: int, last: int) -> int:
        """Crossings before, between and after these layers."""
        after = self._graph.after
        return sum(
            between(self.layers[at], after, self._place)
            for at in range(max(0, first - 1), min(len(self.layers) - 1, last + 1))
        )

    def _better(self, tell: Tell) -> None:
        """Orders a few layers anew again and again, as long as that helps."""
        count, dice, work, idle = len(self.layers), random.Random(0), 0, 0
        most = min(max(WORK * len(self._place), LEAST_WORK), MOST_WORK)
        patience = PATIENCE * count + TRIES
        while self.total and work < most and idle < patience:
            size = min(count, dice.randint(*WINDOW))
            first = dice.randrange(count - size + 1)
            last, onward = first + size - 1, dice.random() < 0.5
            before = self._cost(first, last)
            idle += size
            if not before:
                continue
            kept = self.layers[first : last + 1]
            work += sum(len(layer) for layer in kept)
            along = range(first, last + 1) if onward else range(last, first - 1, -1)
            if dice.random() < SHUFFLED:
                self._put(along[0], dice.sample(kept[along[0] - first], len(kept[along[0] - first])))
                along = along[1:]
            for at in along:
                self._sort(at, onward=onward)
            for sweep in range(3):
                along = range(first, last + 1) if sweep % 2 == onward else range(last, first - 1, -1)
                if not sum(self._sift(at) for at in along):
                    break
            gain = before - self._cost(first, last)
            if gain < 0:
                for at, layer in enumerate(kept, first):
                    self._put(at, layer)
            elif gain > 0:
                self.total -= gain
                idle = 0
            tell(0.25 + 0.75 * max(work / most, idle / patience))


def _middle(held: Sequence[Segment], place: Sequence[int]) -> float:
    """The barycentre of the other ends."""
    if len(held) == 1:
        _, other, port, _ = held[0]
        return place[other] + port
    return sum(place[s.other] + s.port for s in held) / len(held)


def _walk(graph: Layered, backwards: bool) -> list[list[int]]:
    """A first order: as a walk in depth from the first layer (or the last) comes to the vertices."""
    ahead, behind = (graph.before, graph.after) if backwards else (graph.after, graph.before)
    seen = [False] * len(graph.layer)
    found: list[list[int]] = [[] for _ in graph.layers]
    for root in sorted(range(len(graph.layer)), key=lambda v: (-graph.layer[v] if backwards else graph.layer[v], v)):
        stack = [root]
        while stack:
            v = stack.pop()
            if seen[v]:
                continue
            seen[v] = True
            found[graph.layer[v]].append(v)
            stack += (s.other for s in sorted(behind[v], reverse=True) if not seen[s.other])
            stack += (s.other for s in sorted(ahead[v], reverse=True) if not seen[s.other])
    return found


def _as_they_lie(graph: Layered, now: Sequence[float]) -> list[list[int]]:
    """Each layer in the order in which its boxes lie, and what passes by as if it ran straight."""
    at = [*now, *([0.0] * (len(graph.layer) - graph.real))]
    for chain in graph.chains:
        for step, v in enumerate(chain[1:-1], 1):
            at[v] = now[chain[0]] + (now[chain[-1]] - now[chain[0]]) * step / (len(chain) - 1)
    return [sorted(layer, key=lambda v: (at[v], v)) for layer in graph.layers]


Costs = npt.NDArray[np.float32]


def _costs(layer: Sequence[int], beside: Sequence[Sequence[Segment]], place: Sequence[int]) -> Costs:
    """[u, v]: how often segments of u and v cross on this side while u stands before v."""
    rows: list[int] = []
    ends: list[float] = []
    for row, v in enumerate(layer):
        for _, other, port, _ in beside[v]:
            rows.append(row)
            ends.append(place[other] + port)
    if not rows:
        return np.zeros((len(layer), len(layer)), np.float32)
    ports = {end: at for at, end in enumerate(sorted(set(ends)))}
    cells = np.array(rows) * len(ports) + np.array([ports[end] for end in ends])
    held = np.bincount(cells, minlength=len(layer) * len(ports)).reshape(len(layer), -1).astype(np.float32)
    before = np.cumsum(held, axis=1) - held
    return held @ before.T


def _sifted(change: Costs) -> tuple[list[int], int]:
    """The order after sifting, and its gain. `change[u, v]`: crossings more when u goes from before v to behind it.

    Always the move that gains most is made next.
    """
    order = np.arange(len(change))
    gain = 0
    while True:
        behind = np.cumsum(change, axis=1)  # [u, k]: u behind the k-th and all before it
        saved = behind.diagonal() - np.minimum(behind.min(axis=1), 0.0)
        u = int(saved.argmax())
        if saved[u] < 0.5:
            return order.tolist(), gain
        gain += int(saved[u])
        k = int(behind[u].argmin())
        k = k + 1 if behind[u, k] < 0 else 0
        places = list(range(len(order)))
        places.insert(k - (k > u), places.pop(u))
        order, change = order[places], change[places][:, places]
