"""A small picture of a graph: its nodes in their categories' colours where they lie, and its links.

It is painted from the model alone, without a scene, and all of one colour at once, so that it costs some hundredths of
a second even for 10,000 nodes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPen

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.graph.folding import as_seen
from netbuilder.graph.model import Graph, Project, natural_key
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.link_paths import path
from netbuilder.ui.canvas.style import mix
from netbuilder.ui.theme import Theme

MARGIN = 10.0  # pixels around the graph
LARGEST = 0.6  # of a node's size on the canvas at 100 %
PLAIN = 400  # with more nodes than this links are straight and corners sharp: nobody could tell
MOST_NODES, MOST_LINKS = 20_000, 20_000  # what more there is would lie on what is painted
LEAST = 1.0  # pixels that a node has at least


def main_graph(project: Project) -> str:
    """The graph that stands for a project: its largest network, else its largest graph; "" where it has none."""
    graphs = project.graphs
    order = sorted(graphs, key=natural_key)
    return max(order, key=lambda name: (graphs[name].kind == "network", len(graphs[name].nodes)), default="")


def thumbnail(
    project: Project, size: QSize, theme: Theme, catalogue: Catalogue, graph: str = "", ratio: float = 1.0
) -> QImage:
    """A picture of a graph (`main_graph` where none is named), `size` logical pixels wide and high, for screens of
    `ratio` device pixels to one. An empty graph, or one that is not there, is an empty ground."""
    image = QImage(size * ratio, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(theme.color("canvas.background"))
    held = project.graphs.get(graph or main_graph(project))
    if held is not None:
        with QPainter(image) as painter:
            paint_graph(painter, QRectF(0, 0, size.width(), size.height()), held, catalogue, theme)
    return image


def paint_graph(painter: QPainter, area: QRectF, graph: Graph, catalogue: Catalogue, theme: Theme) -> None:
    """Paints the graph as large as it fits into the area, in its middle."""
    graph = as_seen(graph)
    boxes = _boxes(graph)
    whole = _around([*boxes.values(), *(QRectF(*frame.rect) for frame in graph.frames.values())])
    if whole.isEmpty():
        return
    across, down = area.width() - 2 * MARGIN, area.height() - 2 * MARGIN
    scale = max(min(across / whole.width(), down / whole.height(), LARGEST), 1e-9)
    plain = len(boxes) > PLAIN
    least = LEAST / scale
    painter.save()
    painter.setClipRect(area)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, not plain)
    painter.translate(area.center())
    painter.scale(scale, scale)
    painter.translate(-whole.center())
    radius = m.RADIUS
    painter.setPen(QPen(theme.color("canvas.frame.border"), 1.0 / scale))
    painter.setBrush(theme.color("canvas.frame"))
    painter.drawRects([QRectF(*frame.rect) for frame in graph.frames.values()])
    painter.setPen(QPen(theme.color("text.muted"), 1.3 / scale))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    ends = islice(_ends(graph, boxes), MOST_LINKS)
    if plain:
        painter.drawLines([QLineF(start, end) for start, end in ends])
    else:
        for start, end in ends:
            painter.drawPath(path(start, end, (), graph.direction))
    ground = theme.color("canvas.background")
    for category, held in _by_category(graph, boxes, catalogue).items():
        color = theme.category(category)
        painter.setPen(Qt.PenStyle.NoPen if plain else QPen(color, 1.4 / scale))
        painter.setBrush(mix(ground, color, 0.75 if plain else 0.34))
        if plain:
            painter.drawRects(
                [QRectF(box.x(), box.y(), max(box.width(), least), max(box.height(), least)) for box in held]
            )
        else:
            for box in held:
                painter.drawRoundedRect(box, radius, radius)
    painter.restore()


def _boxes(graph: Graph) -> dict[str, QRectF]:
    """About where the nodes lie: one has a line more for each link beyond the first on its busier side."""
    into = Counter(end.node for end in graph.links)
    out_of = Counter(link.source.node for link in graph.links.values())
    low = m.TITLE + m.BRIEF + m.FOOT
    boxes = {}
    for id, node in islice(graph.nodes.items(), MOST_NODES):
        rows = into[id] if into[id] > 1 else 1 if out_of[id] else 0
        boxes[id] = QRectF(*node.at, m.NODE_WIDTH, low + m.ROW * min(max(rows - 1, 0), 8))
    return boxes


def _around(boxes: list[QRectF]) -> QRectF:
    """The rectangle around all of them; a null one around none."""
    if not boxes:
        return QRectF()
    left, top = min(box.left() for box in boxes), min(box.top() for box in boxes)
    right, bottom = max(box.right() for box in boxes), max(box.bottom() for box in boxes)
    return QRectF(left, top, right - left, bottom - top)


def _ends(graph: Graph, boxes: dict[str, QRectF]) -> Iterator[tuple[QPointF, QPointF]]:
    down = graph.direction == "down"
    for link in graph.links.values():
        start, end = boxes.get(link.source.node), boxes.get(link.target.node)
        if start is None or end is None:
            continue
        if down:
            yield QPointF(start.center().x(), start.bottom()), QPointF(end.center().x(), end.top())
        else:
            y = m.TITLE / 2
            yield QPointF(start.right(), start.top() + y), QPointF(end.left(), end.top() + y)


def _by_category(graph: Graph, boxes: dict[str, QRectF], catalogue: Catalogue) -> dict[str, list[QRectF]]:
    found: dict[str, list[QRectF]] = {}
    for id, box in boxes.items():
        block = catalogue.get(graph.nodes[id].block)
        found.setdefault(block.category if block is not None else "other", []).append(box)
    return found
