"""A small picture of a graph: its nodes in their categories' colours where they lie, and its links."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.graph.model import Graph
from netbuilder.ui.theme import Theme

TURN = 44.0  # how far a link leaves its row before it turns back
NODE_HEIGHT = 74.0  # about what a node has on the canvas, in scene units


def paint_graph(painter: QPainter, area: QRectF, graph: Graph, catalogue: Catalogue, theme: Theme) -> None:
    """Paints the graph as large as it fits into the area, in its middle."""
    width = theme.size("node.width")
    boxes = {name: QRectF(*node.at, width, NODE_HEIGHT) for name, node in graph.nodes.items()}
    if not boxes:
        return
    whole = QRectF()
    for box in boxes.values():
        whole = whole.united(box)
    scale = min(area.width() / whole.width(), area.height() / whole.height(), 0.5)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(area.center())
    painter.scale(scale, scale)
    painter.translate(-whole.center())
    painter.setPen(QPen(theme.color("link"), 1.3 / scale))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for link in graph.links.values():
        if link.source.node in boxes and link.target.node in boxes:
            start, end = boxes[link.source.node], boxes[link.target.node]
            painter.drawPath(_route(QPointF(start.right(), start.center().y()), QPointF(end.left(), end.center().y())))
    for name, box in boxes.items():
        block = catalogue.get(graph.nodes[name].block)
        color = theme.category(block.category if block is not None else "other")
        fill = QColor(color)
        fill.setAlphaF(0.28)
        painter.setPen(QPen(color, 1.4 / scale))
        painter.setBrush(theme.color("canvas.background"))
        painter.drawRoundedRect(box, 2.5 / scale, 2.5 / scale)
        painter.setBrush(fill)
        painter.drawRoundedRect(box, 2.5 / scale, 2.5 / scale)
    painter.restore()


def _route(start: QPointF, end: QPointF) -> QPainterPath:
    """A curve; to the next row below, a way between the rows."""
    path = QPainterPath(start)
    if end.x() < start.x():
        middle, out = (start.y() + end.y()) / 2, TURN
        path.cubicTo(start + QPointF(out, 0), QPointF(start.x() + out, middle), QPointF(start.x(), middle))
        path.lineTo(end.x(), middle)
        path.cubicTo(QPointF(end.x() - out, middle), end - QPointF(out, 0), end)
        return path
    bend = max(30.0, (end.x() - start.x()) / 2)
    path.cubicTo(start + QPointF(bend, 0), end - QPointF(bend, 0), end)
    return path
