"""The dotted grid behind the scene."""

from __future__ import annotations

from math import ceil, floor

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.style import Style

_LEAST_GAP = 14.0  # screen pixels between dots; a wider grid takes over below it


def paint_ground(painter: QPainter, rect: QRectF, style: Style, zoom: float) -> None:
    """Fills the rectangle; the dots keep their size on screen."""
    painter.fillRect(rect, style.ground)
    step = m.DOT_EVERY
    while step * zoom < _LEAST_GAP:
        step *= 2
    first_x, first_y = floor(rect.left() / step), floor(rect.top() / step)
    columns = range(first_x, ceil(rect.right() / step) + 1)
    rows = range(first_y, ceil(rect.bottom() / step) + 1)
    size = 2.0 * min(max(zoom, 1.0), 1.6)
    painter.setPen(QPen(style.dot, size / zoom, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawPoints([QPointF(x * step, y * step) for x in columns for y in rows])
