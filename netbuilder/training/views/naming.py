"""Which names the classes and tokens at a view's ports have: those of the data set's column that lies behind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from torch import Tensor

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.params import DatasetRef, NetworkRef
from netbuilder.graph.model import Column, Graph, Input, Link, Project, natural_key

Classes = tuple[str, ...]


def names_of(
    project: Project, catalogue: Catalogue, graph: str, view: str, inputs: Mapping[str, Tensor]
) -> dict[str, Classes]:
    """By port the names of its classes or tokens; a port without any is left out.

    Of the columns with class names the first that fits: one that is linked to the port, past whatever blocks; one that
    is linked so to the view's `truth` or `labels`; one from which a network computes what comes here; any other of
    the graph's data sets. Whole numbers fit names that are more than the largest of them, scores exactly as many.
    """
    held = project.graphs[graph]
    every = [column for column, _ in _all(project, catalogue, held)]
    traced = {port: list(_behind(project, catalogue, held, Input(view, port))) for port in inputs}
    truth = [column for port in ("truth", "labels") for column, plain in traced.get(port, ()) if plain]
    found: dict[str, Classes] = {}
    for port, tensor in inputs.items():
        own = [column for column, plain in traced[port] if plain]
        through = [column for column, plain in traced[port] if not plain]
        for column in (*own, *truth, *through, *every):
            if _fits(column, tensor):
                found[port] = column.classes
                break
    return found


def _fits(column: Column, tensor: Tensor) -> bool:
    if tensor.is_floating_point():
        axes = (1, -1) if tensor.ndim > 1 else ()
        return bool(column.classes) and any(tensor.shape[axis] == len(column.classes) for axis in axes)
    return bool(column.classes) and (not tensor.numel() or int(tensor.max()) < len(column.classes))


def _all(project: Project, catalogue: Catalogue, graph: Graph) -> Iterator[tuple[Column, bool]]:
    """Every column with names of the data sets that the graph reads."""
    for id in sorted(graph.nodes, key=natural_key):
        for column in _columns(project, catalogue, graph, id):
            if column.classes:
                yield column, False


def _columns(project: Project, catalogue: Catalogue, graph: Graph, id: str) -> tuple[Column, ...]:
    """The columns of the data set that a node names; none if it names no data set."""
    node = graph.nodes[id]
    block = catalogue.get(node.block)
    for param in block.typed(node.params) if block is not None else ():
        if isinstance(param, DatasetRef):
            dataset = project.datasets.get(str(node.params.get(param.name, param.default)))
            return dataset.columns if dataset is not None else ()
    return ()


def _behind(project: Project, catalogue: Catalogue, graph: Graph, end: Input) -> Iterator[tuple[Column, bool]]:
    """The columns with names from which what comes here is made, near ones first, and whether no network is between."""
    into: dict[str, list[Link]] = {}
    for target in sorted(graph.links, key=lambda each: (natural_key(each.node), natural_key(each.port), each.index)):
        into.setdefault(target.node, []).append(graph.links[target])
    todo = [(link, True) for link in into.get(end.node, ()) if link.target.port == end.port]
    seen: set[str] = set()
    for link, plain in todo:  # it grows
        id = link.source.node
        if id not in graph.nodes:
            continue
        if columns := _columns(project, catalogue, graph, id):
            for column in columns:
                if column.id == link.source.port and column.classes:
                    yield column, plain
        elif id not in seen:
            seen.add(id)
            block = catalogue.get(graph.nodes[id].block)
            calls = block is not None and any(isinstance(param, NetworkRef) for param in block.params)
            todo.extend((before, plain and not calls) for before in into.get(id, ()))
