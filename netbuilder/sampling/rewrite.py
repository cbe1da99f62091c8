"""The drawing as a wish wants it: a copy of the project that reads its noise from the batch. Imports no torch."""

from __future__ import annotations

import msgspec
from immutables import Map

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.params import Int
from netbuilder.graph.model import Column, Graph, Link, Node, Output, Project
from netbuilder.sampling.knobs import Knobs
from netbuilder.sampling.wish import Wish


def rewritten(project: Project, wish: Wish, knobs: Knobs, catalogue: Catalogue) -> Project:
    """The project with the wish's values, as many samples in its views, and noise as columns of the data set."""
    graph = project.graphs[wish.graph]
    graph = _with_params(graph, wish)
    graph = _with_counts(graph, wish.count, catalogue)
    if wish.inputs:
        graph = _without_truth(graph, wish, knobs, catalogue)
    dataset = project.datasets.get(knobs.dataset)
    if dataset is not None and knobs.latents:
        noise = {knob.node: noise_column(dataset.columns, knob.node) for knob in knobs.latents}
        graph = _with_noise_from_data(graph, knobs.data, noise)
        added = tuple(Column(noise[knob.node], shape=(knob.size,), axes="F") for knob in knobs.latents)
        dataset = msgspec.structs.replace(dataset, columns=(*dataset.columns, *added))
        project = msgspec.structs.replace(project, datasets=project.datasets.set(knobs.dataset, dataset))
    return msgspec.structs.replace(project, graphs=project.graphs.set(wish.graph, graph))


def noise_column(columns: tuple[Column, ...], node: str) -> str:
    """The name of the column that stands for a noise node: its own, or the first that is free."""
    taken, name = {column.id for column in columns}, node
    while name in taken:
        name += "_"
    return name


def _with_params(graph: Graph, wish: Wish) -> Graph:
    nodes = graph.nodes
    for id, values in wish.params.items():
        nodes = nodes.set(id, msgspec.structs.replace(nodes[id], params=nodes[id].params.update(values)))
    return msgspec.structs.replace(graph, nodes=nodes)


def _with_counts(graph: Graph, count: int, catalogue: Catalogue) -> Graph:
    """No view leaves out any of so many samples; one that shows more, such as the points of walks, still does."""
    nodes = graph.nodes
    for id, node in graph.nodes.items():
        block = catalogue.get(node.block)
        if block is None or block.part != "view":
            continue
        for param in block.typed(node.params):
            if param.name == "count" and isinstance(param, Int):
                own = node.params.get("count", param.default)
                shown = min(param.high, max(count, own if isinstance(own, int) else count))
                nodes = nodes.set(id, msgspec.structs.replace(node, params=node.params.set("count", shown)))
    return msgspec.structs.replace(graph, nodes=nodes)


def _without_truth(graph: Graph, wish: Wish, knobs: Knobs, catalogue: Catalogue) -> Graph:
    """What the data says of its own samples is not true of a person's: views no longer show it beside theirs."""
    links = graph.links
    for end, link in graph.links.items():
        foreign = link.source.node == knobs.data and link.source.port not in wish.inputs
        if foreign and _may_be_left_out(graph.nodes[end.node], end.port, catalogue):
            links = links.delete(end)
    return msgspec.structs.replace(graph, links=links)


def _may_be_left_out(node: Node, port: str, catalogue: Catalogue) -> bool:
    block = catalogue.get(node.block)
    return block is not None and block.part == "view" and any(p.name == port and p.optional for p in block.inputs)


def _with_noise_from_data(graph: Graph, data: str, noise: dict[str, str]) -> Graph:
    kept = {
        end: Link(Output(data, noise[link.source.node]), end) if link.source.node in noise else link
        for end, link in graph.links.items()
        if end.node not in noise
    }
    nodes = graph.nodes
    for id in noise:
        nodes = nodes.delete(id)
    return msgspec.structs.replace(graph, nodes=nodes, links=Map(kept))
