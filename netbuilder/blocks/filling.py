"""Blank Inputs of networks take the shape of the data that a person links to a placement of theirs."""

from __future__ import annotations

import re
from collections.abc import Callable

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.families.structure import INPUT
from netbuilder.blocks.params import Choice
from netbuilder.graph import edits
from netbuilder.graph.change import Change, apply, join
from netbuilder.graph.model import Link, Output, Project, Value

Kind = tuple[tuple[int | str, ...], str]  # sizes and names of free axes, the batch first; the dtype
Known = Callable[[str, Output], Kind | None]  # what analysis knows of an output of a graph

_FREE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,15}")


def filled(project: Project, change: Change, catalogue: Catalogue, known: Known) -> Change:
    """The change, joined by shape and dtype of each blank Input that it links data to.

    It is about placements in training and preview graphs: those in networks infer from their links. What is linked is
    read from the data set's columns, or from what analysis knows (`known`).
    """
    linked = [(edit.graph, edit.after) for edit in change.edits if isinstance(edit.after, Link)]
    if not linked:
        return change
    changes, now = [change], apply(project, change)
    for graph, link in linked:
        if more := _fill(now, graph, link, catalogue, known):
            changes.append(more)
            now = apply(now, more)
    return change if len(changes) == 1 else join(change.label, changes)


def _fill(project: Project, graph: str, link: Link, catalogue: Catalogue, known: Known) -> Change | None:
    if project.graphs[graph].kind == "network" or project.graphs[graph].links.get(link.target) != link:
        return None
    network = _placed(project, graph, link.target.node, catalogue)
    node = project.graphs[network].nodes.get(link.target.port) if network else None
    if node is None or node.block != INPUT.name or node.params.get("shape", ""):
        return None
    kind = _column(project, graph, link.source, catalogue) or known(graph, link.source)
    if kind is None:
        return None
    shape, dtype = kind
    axes = (str(axis) if _spells(axis) else f"A{at}" for at, axis in enumerate(shape[1:], 1))
    values: dict[str, Value] = {"shape": " ".join(("N", *axes))}
    for param in INPUT.params:
        if param.name == "dtype" and isinstance(param, Choice) and dtype in param.options and dtype != param.default:
            values[param.name] = dtype
    return edits.set_params(project, network, link.target.port, values)


def _placed(project: Project, graph: str, id: str, catalogue: Catalogue) -> str:
    """The network that a node places, "" where it places none that is there."""
    node = project.graphs[graph].nodes[id]
    block = catalogue.get(node.block)
    name = node.params.get("network") if block is not None and block.part == "network" else None
    return name if isinstance(name, str) and name in project.graphs else ""


def _column(project: Project, graph: str, source: Output, catalogue: Catalogue) -> Kind | None:
    """What a column of a data set is."""
    node = project.graphs[graph].nodes[source.node]
    block = catalogue.get(node.block)
    name = node.params.get("dataset") if block is not None and block.part == "data" else None
    dataset = project.datasets.get(name) if isinstance(name, str) else None
    column = next((one for one in dataset.columns if one.id == source.port), None) if dataset is not None else None
    if column is None:
        return None
    letters = column.axes.split()
    sizes = (
        size if size > 0 else letters[at] if at < len(letters) else f"A{at + 1}" for at, size in enumerate(column.shape)
    )
    return ("N", *sizes), column.dtype


def _spells(axis: int | str) -> bool:
    """Whether an Input can declare this axis: a size, or a plain name."""
    return isinstance(axis, int) or bool(_FREE.fullmatch(axis))
