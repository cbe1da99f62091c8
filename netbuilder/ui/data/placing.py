"""Data nodes on the canvas: the one that is there reads another data set, or a new one is put beside the others."""

from __future__ import annotations

from netbuilder.blocks.families.structure import DATA
from netbuilder.graph import edits
from netbuilder.graph.change import Change
from netbuilder.graph.model import NONE, Graph, Project
from netbuilder.ui.workbench import Workbench

BELOW = 200.0  # scene units from the lowest node to a new one


def data_nodes(graph: Graph) -> list[str]:
    """The nodes of a graph that read data."""
    return [id for id, node in graph.nodes.items() if node.block == DATA.name]


def place_data(bench: Workbench, name: str) -> None:
    """A Data node of this data set in the shown graph: the selected one or the only one reads it, or a new one."""
    graph = bench.document.project.graphs.get(bench.graph)
    canvas = bench.tabs.canvas
    if graph is None or canvas is None or graph.kind == "network":
        bench.status.emit("Data nodes stand in training and preview graphs: show one of these first.")
        return
    held = data_nodes(graph)
    selected = [id for id in canvas.selected() if id in held]
    node = selected[0] if len(selected) == 1 else held[0] if len(held) == 1 else ""
    if node:
        bench.document.apply(edits.set_params(bench.document.project, bench.graph, node, {"dataset": name}))
    else:
        node = canvas.add_block(DATA.name, None, NONE.set("dataset", name))
    bench.tabs.show_node(bench.graph, node)


def below(project: Project, graph: str, name: str) -> Change:
    """A new Data node of this data set under all that is there. Raises EditError."""
    spots = [node.at for node in project.graphs[graph].nodes.values()]
    x, y = min((x for x, _ in spots), default=0.0), max((y for _, y in spots), default=-BELOW)
    return edits.add_node(project, graph, DATA.name, (x, y + BELOW), NONE.set("dataset", name))
