"""Lines over the canvas that say what a dragged thing is in line with, and how large equal gaps are."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem

from netbuilder.ui.canvas.snapping import Guide
from netbuilder.ui.canvas.style import Style

_TICK = 4.0  # half of the bar at both ends of a gap, in screen pixels
_PAD = 5.0
_ROOM = 60.0  # screen pixels around a line that its number may take
GUIDE_Z = 95.0


class Guides(QGraphicsItem):
    """Thin lines in the accent colour; lines and numbers keep their size on screen."""

    def __init__(self, style: Style, zoom: float) -> None:
        super().__init__()
        self._style = style
        self._room = _ROOM / zoom
        self.lines: tuple[Guide, ...] = ()
        self.setZValue(GUIDE_Z)

    def show_lines(self, lines: Sequence[Guide]) -> None:
        """Shows these instead of those before."""
        if tuple(lines) != self.lines:
            self.prepareGeometryChange()
            self.lines = tuple(lines)
            self.update()

    def boundingRect(self) -> QRectF:
        rect = QRectF()
        for line in self.lines:
            rect = rect.united(
                QRectF(QPointF(line.x1, line.y1), QPointF(line.x2, line.y2)).normalized().adjusted(0, 0, 1, 1)
            )
        return rect.adjusted(-self._room, -self._room, self._room, self._room)

    def paint(self, painter: QPainter, option, widget=None) -> None:
        onto = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        pen = QPen(self._style.accent, 1.0)
        for line in self.lines:
            painter.setPen(pen)
            drawn = QLineF(onto.map(QPointF(line.x1, line.y1)), onto.map(QPointF(line.x2, line.y2)))
            painter.drawLine(drawn)
            if line.gap:
                self._paint_gap(painter, drawn, f"{abs(line.x2 - line.x1) + abs(line.y2 - line.y1):.4g}")
        painter.restore()

    def _paint_gap(self, painter: QPainter, line: QLineF, words: str) -> None:
        """Bars at both ends, and the number beside the line."""
        level = line.dy() == 0
        tick = QPointF(0.0, _TICK) if level else QPointF(_TICK, 0.0)
        for end in (line.p1(), line.p2()):
            painter.drawLine(end - tick, end + tick)
        text = self._style.badge_text
        size = text.width(words) + 2 * _PAD, text.metrics.height() + 2.0
        middle = line.center() + (
            QPointF(0.0, _TICK + size[1] / 2 + 3.0) if level else QPointF(_TICK + size[0] / 2 + 3.0, 0.0)
        )
        pill = QRectF(middle.x() - size[0] / 2, middle.y() - size[1] / 2, *size)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._style.accent)
        painter.drawRoundedRect(pill, 3.0, 3.0)
        painter.setPen(self._style.on_accent)
        painter.setFont(text.font)
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, words)
