"""What a preview graph's views become: files, and a list of them in the order in which they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec
from torch import Tensor

from netbuilder.blocks.arguments import declared
from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.resolve import resolve
from netbuilder.graph.expressions import Environment
from netbuilder.graph.model import Project, Value
from netbuilder.training.views import draw
from netbuilder.training.views.naming import names_of

SAMPLES = 64  # that a preview graph gets where its views do not say how many they show


class File(NamedTuple):
    """What one view shows. `title` is the node's; `figure`: it holds words, so it is not to be enlarged."""

    graph: str
    view: str
    title: str
    name: str
    content: bytes
    figure: bool


def shown(
    project: Project, catalogue: Catalogue, graph: str, views: Mapping[str, Mapping[str, Tensor]]
) -> Iterator[File]:
    """The files of a preview graph's views, by place: rows from the top, each from the left. Raises ViewError."""
    nodes = project.graphs[graph].nodes
    for view in sorted(views, key=lambda id: (nodes[id].at[1], nodes[id].at[0], id)):
        node, inputs = nodes[view], views[view]
        names = names_of(project, catalogue, graph, view, inputs)
        made = draw(node.block, inputs, _given(project, catalogue, graph, view), names)
        yield File(graph, view, node.title or view, f"{graph}_{view}{made.suffix}", made.content, made.figure)


def listed(files: Iterable[File]) -> bytes:
    """The content of the list that lies beside the files."""
    rows = [
        {"file": file.name, "graph": file.graph, "view": file.view, "title": file.title, "figure": file.figure}
        for file in files
    ]
    return msgspec.json.encode(rows)


def samples_of(project: Project, catalogue: Catalogue, graph: str) -> int:
    """How many samples of its data a preview graph needs: as many as the most that a view of it shows."""
    nodes = project.graphs[graph].nodes
    counts = [
        count
        for id, node in nodes.items()
        if (block := catalogue.get(node.block)) is not None and block.part == "view" and not node.bypassed
        if isinstance(count := _given(project, catalogue, graph, id).get("count"), int)
    ]
    return max(counts, default=SAMPLES)


def _given(project: Project, catalogue: Catalogue, graph: str, id: str) -> dict[str, Value]:
    """The values of a node's parameters, computed where they are expressions."""
    held = project.graphs[graph]
    node = held.nodes[id]
    block = catalogue[node.block]
    values = resolve(block, node.params, Environment(declared(held), project.datasets), project).values
    return {param.name: values.get(param.name, param.default) for param in block.typed(values)}
