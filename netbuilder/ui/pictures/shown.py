"""What a picture can be made of: the graph that is shown on a canvas, with names for files and people."""

from __future__ import annotations

from pathlib import Path

from netbuilder.compiler.report import GraphReport
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.canvas.style import Style
from netbuilder.ui.pictures.paint import Part, selection, whole
from netbuilder.ui.text import counted
from netbuilder.ui.theme import Theme


class Shown:
    """`report`: what analysis found of the graph. `path` is the project's file, None where it has none; `theme` is the
    name of the one that is shown."""

    def __init__(self, scene: GraphScene, report: GraphReport | None, path: Path | None, theme: str) -> None:
        self.scene, self.path, self.theme = scene, path, theme
        self.project = scene.document.project
        self._report = report
        self._copy: GraphScene | None = None
        self._styled = ""

    def styled(self, theme: Theme) -> GraphScene:
        """The graph drawn for a picture in this theme: with nothing selected, and all that is known of it."""
        style = Style(theme, self.scene.styling.links)
        if self._copy is None:
            self._copy = GraphScene(self.scene.document, self.scene.name, self.scene.catalogue, style)
            self._copy.show_handles(False)
            known, held = self._copy.reporting, self.scene.reporting
            known.show_overlay(held.overlay.mode)
            known.show_trained(held.trained, held.run)
            known.show(self._report)
            known.flush()
        elif self._styled != theme.name:
            self._copy.restyle(style)
        self._styled = theme.name
        return self._copy

    @property
    def title(self) -> str:
        """The project's and the graph's name."""
        name = self.project.title or (self.path.stem if self.path is not None else "")
        return f"{name}: {self.scene.name}" if name else self.scene.name

    @property
    def about(self) -> str:
        """A sentence for who finds the picture without the project."""
        graph = self.scene.graph
        kind = {"network": "Network", "training": "Training graph", "preview": "Preview graph"}[graph.kind]
        held = f"{counted(len(graph.nodes), 'node')} and {counted(len(graph.links), 'link')}"
        return f"{kind} of {held}, made with netbuilder."

    def parts(self) -> dict[str, tuple[str, Part]]:
        """ "whole" and "selection", each with words for it and what it holds."""
        everything, chosen = whole(self.scene), selection(self.scene)
        held = counted(len(chosen.nodes), "node") if chosen.nodes else counted(len(chosen.frames), "frame")
        return {
            "whole": ("The whole graph", everything),
            "selection": (f"The selection ({held})" if chosen else "The selection (nothing is selected)", chosen),
        }

    def file(self, suffix: str) -> Path:
        """Where a file about this graph would be looked for."""
        folder = self.path.parent if self.path is not None else Path.home()
        stem = self.path.stem if self.path is not None else "untitled"
        return folder / f"{stem}-{self.scene.name}.{suffix}"
