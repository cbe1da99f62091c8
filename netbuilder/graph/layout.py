"""Places for the nodes of a graph: in layers from left to right, with few crossings and no overlaps.

After Sugiyama, Tagawa and Toda, "Methods for visual understanding of hierarchical system structures" (IEEE SMC 11,
1981): layers by the longest way from a source, order within a layer by the middle of the neighbours, swept to and fro;
then heights by the same middles, kept apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median

from netbuilder.graph.model import Graph, natural_key
from netbuilder.graph.topology import Cut, Topology, never

GAP = (80.0, 30.0)  # scene units between columns and between nodes of one column
SIZE = (160.0, 80.0)  # of a node whose size is not given
SWEEPS = 8

Sides = dict[str, list[str]]


def layered(
    graph: Graph, sizes: Mapping[str, tuple[float, float]], gap: tuple[float, float] = GAP, cut: Cut = never
) -> dict[str, tuple[float, float]]:
    """Top left corners by node id, in scene units, the first of all at (0, 0). `sizes`: width and height by id.

    Links that close a cycle, or are `cut`, count as if they were not there. The same graph always gives the same
    places.
    """
    if not graph.nodes:
        return {}
    order = Topology(graph, cut).order()
    left, right = _sides(graph, order)
    layers = _layers(order, left, right)
    _sweep(layers, left, right)
    return _places(layers, left, right, {name: sizes.get(name, SIZE) for name in order}, gap)


def _sides(graph: Graph, order: tuple[str, ...]) -> tuple[Sides, Sides]:
    """Neighbours on the left and on the right of each node, along links that go forward in the order."""
    at = {name: place for place, name in enumerate(order)}
    left: Sides = {name: [] for name in order}
    right: Sides = {name: [] for name in order}
    pairs = {(link.source.node, link.target.node) for link in graph.links.values()}
    for source, target in sorted(pairs, key=lambda pair: (at.get(pair[0], 0), at.get(pair[1], 0))):
        if source in at and target in at and at[source] < at[target]:
            right[source].append(target)
            left[target].append(source)
    return left, right


def _layers(order: tuple[str, ...], left: Sides, right: Sides) -> list[list[str]]:
    depth: dict[str, int] = {}
    for name in order:
        depth[name] = max((depth[other] + 1 for other in left[name]), default=0)
    for name in reversed(order):  # a source stands just before what it feeds, not far off at the left edge
        if not left[name] and right[name]:
            depth[name] = min(depth[other] for other in right[name]) - 1
    layers: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for name in order:
        layers[depth[name]].append(name)
    return layers


def _sweep(layers: list[list[str]], left: Sides, right: Sides) -> None:
    row = {name: float(place) for layer in layers for place, name in enumerate(layer)}
    for sweep in range(SWEEPS):
        onward = sweep % 2 == 0
        for layer in layers if onward else reversed(layers):
            layer.sort(key=_by_middle(row, left if onward else right))
            row.update((name, float(place)) for place, name in enumerate(layer))


def _by_middle(row: dict[str, float], beside: Sides) -> Callable[[str], tuple[float, object]]:
    """Sort key: the middle of the neighbours' rows, a node without any keeping its own."""

    def key(name: str) -> tuple[float, object]:
        rows = [row[other] for other in beside[name]]
        return (median(rows) if rows else row[name]), natural_key(name)

    return key


def _places(
    layers: list[list[str]],
    left: Sides,
    right: Sides,
    sizes: Mapping[str, tuple[float, float]],
    gap: tuple[float, float],
) -> dict[str, tuple[float, float]]:
    middle = {}
    for layer in layers:
        below = 0.0
        for name in layer:
            middle[name] = below + sizes[name][1] / 2
            below += sizes[name][1] + gap[1]
    for sweep in range(SWEEPS):
        onward = sweep % 2 == 0
        beside = left if onward else right
        for layer in layers if onward else reversed(layers):
            _settle(layer, middle, beside, sizes, gap[1])
    top = min(middle[name] - sizes[name][1] / 2 for name in middle)
    places, x = {}, 0.0
    for layer in layers:
        width = max(sizes[name][0] for name in layer)
        for name in layer:
            at = x + (width - sizes[name][0]) / 2, middle[name] - sizes[name][1] / 2 - top
            places[name] = round(at[0], 2), round(at[1], 2)
        x += width + gap[0]
    return places


def _settle(
    layer: list[str],
    middle: dict[str, float],
    beside: Sides,
    sizes: Mapping[str, tuple[float, float]],
    gap: float,
) -> None:
    """Moves each node of a layer towards the middle of its neighbours, then apart where they would overlap.

    Nodes pushed together form a block, which lies at the mean of what its nodes wish for (pool adjacent violators).
    """
    blocks: list[tuple[float, int]] = []  # wished-for start of the block, how many nodes
    offset = 0.0
    offsets = []
    for number, name in enumerate(layer):
        if number:
            offset += (sizes[layer[number - 1]][1] + sizes[name][1]) / 2 + gap
        offsets.append(offset)
        wishes = [middle[other] for other in beside[name]]
        start, count = (sum(wishes) / len(wishes) if wishes else middle[name]) - offset, 1
        while blocks and blocks[-1][0] > start:
            before, others = blocks.pop()
            start, count = (start * count + before * others) / (count + others), count + others
        blocks.append((start, count))
    starts = [start for start, count in blocks for _ in range(count)]
    for name, start, offset in zip(layer, starts, offsets, strict=True):
        middle[name] = start + offset
