"""What turns one state of a graph, or of a whole project, into another, as edits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from immutables import Map

from netbuilder.graph.change import IN_PROJECT, Edit
from netbuilder.graph.edits_base import link_edits
from netbuilder.graph.model import Graph, Project, natural_key


def project_difference(before: Project, after: Project) -> Iterator[Edit]:
    """Edits of everything but `extra`, which no edit touches. A graph that only has other things in it stays one."""
    if before.title != after.title:
        yield Edit("head", "", "title", before.title, after.title)
    for kind, field in IN_PROJECT.items():
        held, wanted = getattr(before, field), getattr(after, field)
        for name in sorted({*held, *wanted}, key=natural_key):
            old, new = held.get(name), wanted.get(name)
            if kind == "graph" and old is not None and new is not None and _bare(old) == _bare(new):
                yield from difference(name, old, new)
            elif old != new:
                yield Edit(kind, "", name, old, new)


def _bare(graph: Graph) -> Graph:
    """The graph without what edits of their own touch."""
    return msgspec.structs.replace(graph, nodes=Map(), links=Map(), frames=Map())


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
