"""Selects by a rectangle."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen

from netbuilder.graph.change import Change
from netbuilder.ui.canvas.chosen import Choice
from netbuilder.ui.canvas.frame_item import FrameItem
from netbuilder.ui.canvas.gestures.base import NO_KEYS, Gesture
from netbuilder.ui.canvas.layer import Layer
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.canvas.style import Style, clear

_BAND_Z = 90.0
_EDGE = 2.0  # screen pixels that the line may take on each side


class Band(Gesture):
    """Takes nodes and plates that it touches, open frames that it holds as a whole. `how`: see `Chosen.combine`."""

    def __init__(self, scene: GraphScene, at: QPointF, how: str, zoom: float) -> None:
        self._scene = scene
        self._at = at
        self._how = how
        self._before = scene.chosen.state()
        self._shown = _Rubber(scene.styling, _EDGE / zoom)

    def start(self) -> None:
        self._scene.addItem(self._shown)

    def move(self, pos: QPointF, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        rect = QRectF(self._at, pos).normalized()
        self._shown.show_rect(rect)
        nodes = frozenset(self._scene.ids_in(rect))
        frames = frozenset(id for id, item in self._scene.frames.items() if _takes(rect, item))
        self._scene.chosen.combine(self._before, Choice(nodes, frozenset(), frames), self._how)

    def finish(self) -> Change | None:
        self._scene.removeItem(self._shown)
        return None

    def cancel(self) -> None:
        self._scene.removeItem(self._shown)
        self._scene.chosen.put(self._before)


def _takes(rect: QRectF, frame: FrameItem) -> bool:
    if frame.hidden:
        return False
    return rect.intersects(frame.rect) if frame.plate is not None else rect.contains(frame.rect)


class _Rubber(Layer):
    """The rectangle. It repaints only where it grows or shrinks: by itself Qt would paint all that lies under it anew,
    which may be ten thousand nodes."""

    def __init__(self, style: Style, edge: float) -> None:
        super().__init__(_BAND_Z)
        self._pen = QPen(style.rubber, 1.2)
        self._pen.setCosmetic(True)
        self._brush = QBrush(clear(style.rubber, 0.12))
        self._edge = edge
        self._rect = QRectF()

    def show_rect(self, rect: QRectF) -> None:
        """Shows another one, in scene coordinates."""
        was, self._rect = self._rect, rect
        both, edge = was.united(rect), self._edge
        if was.isNull():
            self.update(rect.adjusted(-edge, -edge, edge, edge))
            return
        for one, other in ((was.left(), rect.left()), (was.right(), rect.right())):
            if one != other:
                strip = QRectF(min(one, other), both.top(), abs(one - other), both.height())
                self.update_apart(strip.adjusted(-edge, -edge, edge, edge))
        for one, other in ((was.top(), rect.top()), (was.bottom(), rect.bottom())):
            if one != other:
                strip = QRectF(both.left(), min(one, other), both.width(), abs(one - other))
                self.update_apart(strip.adjusted(-edge, -edge, edge, edge))

    def draw(self, painter: QPainter, rect: QRectF, zoom: float) -> None:
        painter.setPen(self._pen)
        painter.setBrush(self._brush)
        painter.drawRect(self._rect)
