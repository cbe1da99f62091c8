"""Shows a picture as large as there is room, on a chequered ground where it is clear."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from netbuilder.ui.theme import Theme

CHEQUER = 8  # pixels


class Preview(QWidget):
    """Empty until it is given a picture."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.picture: QImage | None = None
        self.setMinimumSize(320, 200)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Preview of the picture")

    def sizeHint(self) -> QSize:
        return QSize(560, 300)

    @property
    def room(self) -> QSize:
        """What a picture may have, in device pixels."""
        return (self.size() - QSize(16, 16)) * self.devicePixelRatioF()

    def show_picture(self, picture: QImage | None) -> None:
        self.picture = picture
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.fillRect(self.rect(), self._theme.color("field"))
            painter.setPen(self._theme.color("border"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
            if self.picture is None:
                return
            ratio = self.devicePixelRatioF()
            area = QRectF(0, 0, self.picture.width() / ratio, self.picture.height() / ratio)
            area.moveCenter(QRectF(self.rect()).center())
            self._paint_chequers(painter, area)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(area, self.picture)

    def _paint_chequers(self, painter: QPainter, area: QRectF) -> None:
        painter.save()
        painter.setClipRect(area)
        painter.fillRect(area, self._theme.color("raised"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("hover"))
        across, down = int(area.width() // CHEQUER) + 1, int(area.height() // CHEQUER) + 1
        painter.drawRects(
            [
                QRectF(area.x() + x * CHEQUER, area.y() + y * CHEQUER, CHEQUER, CHEQUER)
                for y in range(down)
                for x in range(y % 2, across, 2)
            ]
        )
        painter.restore()
