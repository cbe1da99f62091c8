"""All frames of a scene, painted by one item behind links and nodes; folded ones by another before them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from netbuilder.ui.canvas.frame_item import FrameItem
from netbuilder.ui.canvas.layer import Layer
from netbuilder.ui.canvas.style import Style

FRAME_Z = -30.0
PLATE_Z = -1.0  # over links, under nodes
PLATES_UP = 1.0  # over nodes


class FrameLayer(Layer):
    """`frames` gives all frames of the scene."""

    def __init__(self, style: Style, frames: Callable[[], Iterable[FrameItem]]) -> None:
        super().__init__(FRAME_Z)
        self.style = style
        self._frames = frames
        self.handles = True  # frames show where they are resized

    def touching(self, rect: QRectF) -> list[FrameItem]:
        """Frames of this layer that touch the rectangle, the small ones last: they lie in the large ones."""
        found = [frame for frame in self._frames() if self._holds(frame) and frame.bounds.intersects(rect)]
        return sorted(found, key=lambda frame: -frame.rect.width() * frame.rect.height())

    def _holds(self, frame: FrameItem) -> bool:
        return frame.plate is None and not frame.hidden

    def draw(self, painter: QPainter, rect: QRectF, zoom: float) -> None:
        for frame in self.touching(rect):
            place = frame.pos()
            painter.translate(place)
            frame.paint(painter, zoom)
            painter.translate(-place)


class PlateLayer(FrameLayer):
    """The plates of folded frames."""

    def __init__(self, style: Style, frames: Callable[[], Iterable[FrameItem]]) -> None:
        super().__init__(style, frames)
        self.setZValue(PLATE_Z)

    def _holds(self, frame: FrameItem) -> bool:
        return frame.plate is not None and not frame.hidden
