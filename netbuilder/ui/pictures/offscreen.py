"""Pictures where no window is open: for the command line."""

from __future__ import annotations

import os
import sys

from PySide6.QtWidgets import QApplication

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.report import GraphReport
from netbuilder.graph.document import Document
from netbuilder.graph.model import Project
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.canvas.style import Style
from netbuilder.ui.pictures.files import Wish, make
from netbuilder.ui.pictures.paint import whole
from netbuilder.ui.pictures.shown import Shown
from netbuilder.ui.pictures.thumbnail import main_graph
from netbuilder.ui.theme import Theme


def picture(
    project: Project, graph: str, report: GraphReport | None, catalogue: Catalogue, theme: str, wish: Wish
) -> bytes:
    """The file of a picture of a graph, with what analysis found; `wish` gets title and description from the project.

    Raises PictureError.
    """
    if sys.platform not in ("win32", "darwin"):  # there the system's fonts come with its own platform
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    _app = QApplication.instance() or QApplication(["netbuilder"])  # lives as long as the scene
    look = Theme.load(theme)
    shown = Shown(GraphScene(Document(project), graph, catalogue, Style(look)), report, None, theme)
    scene = shown.styled(look)
    steps = make(scene, whole(scene), wish._replace(title=shown.title, about=shown.about))
    while True:
        try:
            next(steps)
        except StopIteration as found:
            return bytes(found.value)


def largest(project: Project) -> str:
    """The graph that stands for a project, "" where it has none."""
    return main_graph(project)
