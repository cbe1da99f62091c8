"""The dotted grid behind the scene."""

from __future__ import annotations

from math import ceil, floor

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.batch import draw_rects
from netbuilder.ui.canvas.style import Style

_LEAST_GAP = 16.0  # screen pixels between dots; a wider grid takes over below it


_INVITATION = "Drag a block in from the palette"


def paint_invitation(painter: QPainter, style: Style, key: str) -> None:
    """What to do with an empty graph, in the middle of the scene. `key`: what opens the search, "" for none."""
    words = f"{_INVITATION}, or press {key} to search for one." if key else f"{_INVITATION}."
    painter.setPen(style.hint)
    painter.setFont(style.title_text.font)
    painter.drawText(QRectF(-300, -30, 600, 60), Qt.AlignmentFlag.AlignCenter, words)


def paint_ground(painter: QPainter, rect: QRectF, style: Style, zoom: float) -> None:
    """Fills the rectangle; the dots keep their size on screen.

    Small squares without antialiasing: thousands of round points took two thirds of a frame.
    """
    painter.fillRect(rect, style.ground)
    step = m.DOT_EVERY
    while step * zoom < _LEAST_GAP:
        step *= 2
    dot = 2.0 * min(max(zoom, 1.0), 1.5) / zoom
    columns = np.arange(floor(rect.left() / step), ceil(rect.right() / step) + 1) * step - dot / 2
    rows = np.arange(floor(rect.top() / step), ceil(rect.bottom() / step) + 1) * step - dot / 2
    dots = np.full((len(columns) * len(rows), 4), dot)
    dots[:, 0], dots[:, 1] = np.tile(columns, len(rows)), np.repeat(rows, len(columns))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.dot)
    draw_rects(painter, dots)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
