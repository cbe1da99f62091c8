"""Which of the conditions hold that the actions' table names in `when`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netbuilder.graph.document import Document

if TYPE_CHECKING:
    from netbuilder.ui.workbench import Workbench

WITHOUT_PROJECT = "Open a project first."
# Why an action can't be used where its condition does not hold.
REASONS = {
    "project": WITHOUT_PROJECT,
    "problems": "There are no problems.",
    "bookmarks": "No block is bookmarked yet.",
    "undo": "Nothing has been changed yet.",
    "redo": "Nothing has been undone.",
    "training": "The project has no training graph yet.",
    "network": "The project has no network yet.",
    "graph": "The project has no graph yet.",
    "preview": "Show a preview graph first.",
    "canvas": "The project has no graph yet.",
    "selection": "Select a block first.",
    "things": "Select something on the canvas first.",
    "several": "Select two or more things first.",
    "frame": "Select one frame first.",
    "frames": "Select a frame first.",
    "replaceable": "Select a block first that is no Input, Output or Data.",
    "link": "Select one link first.",
    "one": "Select one block first.",
    "point": "Select a point of a link first.",
    "placement": "Select one placed network first.",
    "placements": "Select a placed network first.",
    "placed": "This network is not placed anywhere.",
    "inside": "Show a network first.",
    "beside": "There is one view only.",
}


def holding(document: Document, bench: Workbench) -> set[str]:
    """The names of the conditions that hold for what is open and shown."""
    graphs = document.project.graphs
    kinds = {graph.kind for graph in graphs.values()}
    canvas = bench.tabs.canvas
    selected = canvas.selected() if canvas is not None else []
    frames = canvas.count_frames() if canvas is not None else 0
    things = canvas.count_selected() if canvas is not None else 0
    placements = canvas.placements() if canvas is not None else []
    held = {
        "project": True,
        "problems": any(report.problems for report in bench.bridge.reports.values()),
        "bookmarks": bool(bench.bookmarks),
        "undo": bool(document.undo_label),
        "redo": bool(document.redo_label),
        "training": "training" in kinds,
        "network": "network" in kinds,
        "graph": bool(bench.graph),
        "preview": bench.graph in graphs and graphs[bench.graph].kind == "preview",
        "canvas": canvas is not None,
        "flows_right": bench.graph in graphs and graphs[bench.graph].direction == "right",
        "flows_down": bench.graph in graphs and graphs[bench.graph].direction == "down",
        "selection": bool(selected),
        "things": things > 0,
        "several": things > 1,
        "one": len(selected) == 1,
        "frame": frames == 1,
        "frames": frames > 0,
        "replaceable": canvas is not None and canvas.can_replace(),
        "link": canvas is not None and canvas.chosen_link(),
        "point": canvas is not None and canvas.chosen_point(),
        "placement": len(placements) == 1 and len(selected) == 1,
        "placements": bool(placements),
        "placed": bool(bench.tabs.places),
        "inside": bench.graph in graphs and graphs[bench.graph].kind == "network",
        "beside": bench.views.beside is not None,
    }
    return {name for name, holds in held.items() if holds}
