"""One item of the scene that paints many things: thousands of items would cost more than their painting."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem

_EVERYWHERE = QRectF(-1e7, -1e7, 2e7, 2e7)  # as far as coordinates go


class Layer(QGraphicsItem):
    """Paints what touches the part of the scene that is asked for; `update(rect)` says that something there is new."""

    def __init__(self, z: float) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)  # tells what part is to be painted
        self.setZValue(z)

    def boundingRect(self) -> QRectF:
        return _EVERYWHERE

    def paint(self, painter, option, widget=None) -> None:
        rect = option.exposedRect
        painter.setClipRect(rect)  # smooth edges that were painted twice would grow darker
        self.draw(painter, rect, painter.worldTransform().m11())  # nothing is ever turned
        painter.setClipping(False)

    def update_apart(self, rect: QRectF) -> None:
        """Like `update`, for one of several parts that lie apart: Qt keeps one rectangle an item, around all."""
        if (scene := self.scene()) is not None:
            scene.update(rect)

    def draw(self, painter: QPainter, rect: QRectF, zoom: float) -> None:
        """Paints what touches the rectangle (scene units) with the detail that a zoom has room for."""
        raise NotImplementedError
