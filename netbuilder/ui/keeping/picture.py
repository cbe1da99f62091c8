"""The small picture of the graph that was shown, by which unsaved work is known again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import islice

import msgspec
from immutables import Map
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.graph.model import Project
from netbuilder.ui.theme import Theme

PICTURE = QSize(192, 120)
RATIO = 2.0  # also for screens with two device pixels to one
MOST = 1500  # nodes of a graph; of more, some stand for all: painting them would hold Python's lock for a frame or two


def painting(project: Project, graph: str, theme: Theme, catalogue: Catalogue) -> Callable[[], QImage]:
    """What paints the graph as it is now, in whichever thread, and at any time."""
    return partial(_paint, project, graph, theme, catalogue)


def _paint(project: Project, graph: str, theme: Theme, catalogue: Catalogue) -> QImage:
    from netbuilder.ui.pictures.thumbnail import thumbnail  # the first paint does without

    return thumbnail(thinned(project, graph), PICTURE, theme, catalogue, graph, RATIO)


def thinned(project: Project, name: str) -> Project:
    """The project with at most `MOST` nodes in this graph, from all over it, and then without links."""
    graph = project.graphs.get(name)
    if graph is None or len(graph.nodes) <= MOST:
        return project
    nodes = Map(islice(graph.nodes.items(), 0, None, -(-len(graph.nodes) // MOST)))
    return Project(graphs=Map({name: msgspec.structs.replace(graph, nodes=nodes, links=Map())}))
