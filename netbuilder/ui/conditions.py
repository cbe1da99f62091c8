"""Which of the conditions hold that the actions' table names in `when`."""

from __future__ import annotations

from netbuilder.graph.document import Document
from netbuilder.ui.workbench import Workbench


def holding(document: Document, bench: Workbench) -> set[str]:
    """The names of the conditions that hold for what is open and shown."""
    graphs = document.project.graphs
    kinds = {graph.kind for graph in graphs.values()}
    canvas = bench.tabs.canvas
    selected = canvas.selected() if canvas is not None else []
    things = canvas.count_selected() if canvas is not None else 0
    placements = canvas.placements() if canvas is not None else []
    held = {
        "project": True,
        "undo": bool(document.undo_label),
        "redo": bool(document.redo_label),
        "training": "training" in kinds,
        "network": "network" in kinds,
        "graph": bool(bench.graph),
        "preview": bench.graph in graphs and graphs[bench.graph].kind == "preview",
        "canvas": canvas is not None,
        "selection": bool(selected),
        "things": things > 0,
        "several": things > 1,
        "placement": len(placements) == 1 and len(selected) == 1,
        "placements": bool(placements),
        "placed": bool(bench.tabs.places),
    }
    return {name for name, holds in held.items() if holds}
