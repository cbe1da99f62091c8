"""What turns one state of a graph into another, as edits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from netbuilder.graph.change import Edit
from netbuilder.graph.edits_base import link_edits
from netbuilder.graph.model import Graph, natural_key


def difference(name: str, before: Graph, after: Graph) -> Iterator[Edit]:
    """Edits of nodes, links and frames, in an order in which no link ever hangs from a node that is not there."""
    ends = {end for end in {*before.links, *after.links} if before.links.get(end) != after.links.get(end)}
    yield from link_edits(name, {end: (before.links[end], None) for end in ends if end in before.links})
    yield from _of_kind("node", name, before.nodes, after.nodes)
    yield from _of_kind("frame", name, before.frames, after.frames)
    yield from link_edits(name, {end: (None, after.links[end]) for end in ends if end in after.links})


def _of_kind(kind: str, name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Edit]:
    for key in sorted({*before, *after}, key=natural_key):
        if before.get(key) != after.get(key):
            yield Edit(kind, name, key, before.get(key), after.get(key))
