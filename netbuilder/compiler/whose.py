"""Whose weights a node has, and whether they learn: what facts say of weights beyond their number. No torch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from netbuilder.blocks.params import NetworkRef
from netbuilder.compiler.nested import placement
from netbuilder.compiler.report import NodeFacts
from netbuilder.compiler.seen import Walk


def with_weights(
    walk: Walk, facts: Mapping[str, NodeFacts], frozen: Iterable[tuple[str, frozenset[str]]]
) -> dict[str, NodeFacts]:
    """The facts of a graph's nodes with who shares their weights and who keeps them as they are.

    `frozen`: by training graph the networks that it keeps as they are. What holds already is given back as it came.
    """
    name, kind = walk.wiring.name, walk.wiring.graph.kind
    concerned = [(training, kept) for training, kept in frozen if kept and (kind != "training" or training == name)]
    shared = shares(walk)
    here = tuple(training for training, kept in concerned if name in kept)
    found = {}
    for id, known in facts.items():
        still = here if known.parameters else ()
        seen = walk.nodes[id]
        if concerned and not here and (seen.networks or seen.inner):
            networks = set(walk.wiring.references(id, NetworkRef))
            still = tuple(training for training, kept in concerned if networks & kept)
        if (known.frozen, known.shares) != (still, alike := shared.get(id, ())):
            known = msgspec.structs.replace(known, frozen=still, shares=alike)
        found[id] = known
    return found


def shares(walk: Walk) -> dict[str, tuple[str, ...]]:
    """By placement the nodes of its graph that have the very same weights, itself among them where its copies in a row
    have. In training and preview graphs a network is one object wherever it stands."""
    wiring = walk.wiring
    alike: dict[object, list[str]] = {}
    rows = set()
    for id in wiring.of_part("network"):
        if id not in walk.nodes or walk.nodes[id].state != "ok":
            continue
        place = placement(wiring, id)
        if place.shared or wiring.graph.kind != "network":
            alike.setdefault(place.key, []).append(id)
            if place.repeat > 1:
                rows.add(id)
    return {
        id: found
        for ids in alike.values()
        for id in ids
        if (found := tuple(other for other in ids if other != id or id in rows))
    }
