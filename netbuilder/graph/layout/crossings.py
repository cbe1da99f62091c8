"""Counts crossings of segments between neighbouring layers."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence

from netbuilder.graph.layout.layered import Segment


def between(layer: Iterable[int], after: Sequence[Sequence[Segment]], place: Sequence[int]) -> int:
    """Crossings of the segments that leave a layer; segments that share a port do not cross there.

    After Barth, Juenger and Mutzel, "Simple and efficient bilayer cross counting" (JGAA 8, 2004): inversions are
    counted while ends are sorted in; the simplest of their ways is the fastest here.
    """
    ends: list[float] = []
    crossings = 0
    for v in layer:
        if len(after[v]) == 1:
            _, other, port, _ = after[v][0]
            end = place[other] + port
            crossings += len(ends) - bisect_right(ends, end)
            insort(ends, end)
            continue
        mine = sorted((s.own, place[s.other] + s.port) for s in after[v])
        at = 0
        while at < len(mine):
            port, begin = mine[at][0], at
            while at < len(mine) and mine[at][0] == port:
                crossings += len(ends) - bisect_right(ends, mine[at][1])
                at += 1
            for _, end in mine[begin:at]:
                insort(ends, end)
    return crossings


def crossings(layers: Sequence[Sequence[int]], after: Sequence[Sequence[Segment]]) -> int:
    """Of all layers as they are ordered."""
    place = [0] * len(after)
    for layer in layers:
        for at, v in enumerate(layer):
            place[v] = at
    return sum(between(layer, after, place) for layer in layers[:-1])
