"""What opens over the window to find something in: the palette of commands, and go to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.ui.conditions import REASONS, WITHOUT_PROJECT
from netbuilder.ui.finding.commands import of_actions, of_files, of_graphs, of_panels
from netbuilder.ui.finding.entry import Index
from netbuilder.ui.finding.nodes import Places, Target
from netbuilder.ui.finding.popup import FindPopup
from netbuilder.ui.preferences import Preferences

if TYPE_CHECKING:
    from netbuilder.ui.window import Window


class Finder:
    """One a window. Each command is read from what is open at that moment."""

    def __init__(self, window: Window, catalogue: Catalogue, preferences: Preferences) -> None:
        self._window, self._preferences = window, preferences
        self._places = Places(catalogue)

    def commands(self) -> None:
        """Opens the palette of commands, those that were lately used first."""
        window, bench = self._window, self._window.workbench
        found = of_actions(window.actions_table, window.keymap, self._why_not, "commands")
        if bench is not None:
            from netbuilder.ui.tabs import graph_order  # loaded with the workbench

            graphs = bench.document.project.graphs
            found += of_graphs(
                [(name, graphs[name]) for name in graph_order(bench.document.project)],
                window.icons,
                bench.tabs.show_graph,
            )
            found += of_panels((name, dock.toggleViewAction()) for name, dock in bench.docks.items())
        found += of_files(self._preferences.recent, window.icons, window.files.open)
        doing = {command.entry.key: command.do for command in found}
        index = Index((command.entry for command in found), self._preferences.recent_commands)
        popup = FindPopup(index.find, "Search for a command", self._no_command, window.theme, window)

        def do(id: str) -> None:
            self._preferences.remember_command(id)
            doing[id]()

        popup.chosen.connect(do)
        popup.open_over(window)

    def go_to(self) -> None:
        """Opens the search for a node over all graphs."""
        window, bench = self._window, self._window.workbench
        if bench is None:
            return
        entries = self._places.entries(bench.document.project, bench.graph, window.theme, window.icons)
        popup = FindPopup(Index(entries).find, "Go to a node, graph or frame", self._no_place, window.theme, window)
        popup.chosen.connect(self._go)
        popup.open_over(window)

    def link(self, node: str) -> None:
        """Asks for what a node of the shown graph shall be linked to, or no longer."""
        window, bench = self._window, self._window.workbench
        if bench is None or (canvas := bench.tabs.canvas) is None:
            return
        from netbuilder.ui.finding.links import of_partners  # loaded with the canvas

        entries = of_partners(canvas.graph_scene, node, window.theme, window.icons)
        popup = FindPopup(
            Index(entries).find, f"Link {node} to or from", self._no_partner, window.theme, window, width=440
        )
        popup.chosen.connect(canvas.link)
        popup.closed.connect(canvas.setFocus)
        rect = canvas.mapFromScene(canvas.node_rect(node)).boundingRect()
        popup.open_at(canvas.viewport().mapToGlobal(rect.bottomLeft() + QPoint(0, 6)))

    def step_bookmark(self, by: int) -> None:
        """Goes to the next bookmarked node, or the one before, around the whole project."""
        bench = self._window.workbench
        if bench is not None and (stops := bench.bookmarks.in_order()):
            selected = bench.tabs.canvas.selected() if bench.tabs.canvas is not None else []
            now = Target(bench.graph, selected[0]) if len(selected) == 1 else None
            at = stops.index(now) + by if now in stops else 0 if by > 0 else -1
            self._go(stops[at % len(stops)])

    def _go(self, target: Target) -> None:
        if (bench := self._window.workbench) is not None:
            bench.tabs.show_node(*target)
            if (canvas := bench.tabs.canvas) is not None:
                canvas.setFocus()

    def _why_not(self, when: str) -> str:
        return REASONS[when] if self._window.workbench is not None else WITHOUT_PROJECT

    @staticmethod
    def _no_command(text: str) -> str:
        return f"No command is called “{text}”."

    @staticmethod
    def _no_partner(text: str) -> str:
        return f"No link with “{text}” fits." if text else "There is nothing that it could be linked to."

    @staticmethod
    def _no_place(text: str) -> str:
        return f"Nothing in this project is called “{text}”, or has such a block or parameter."
