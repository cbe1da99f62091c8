"""Selects by a rectangle."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPen
from PySide6.QtWidgets import QGraphicsRectItem

from netbuilder.graph.change import Change
from netbuilder.ui.canvas.chosen import Choice
from netbuilder.ui.canvas.frame_item import FrameItem
from netbuilder.ui.canvas.gestures.base import NO_KEYS, Gesture
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.canvas.style import clear


class Band(Gesture):
    """Takes nodes and plates that it touches, open frames that it holds as a whole. `how`: see `Chosen.combine`."""

    edits = False

    def __init__(self, scene: GraphScene, at: QPointF, how: str) -> None:
        self._scene = scene
        self._at = at
        self._how = how
        self._before = scene.chosen.state()
        self._item = QGraphicsRectItem()

    def start(self) -> None:
        pen = QPen(self._scene.styling.rubber, 1.2)
        pen.setCosmetic(True)
        self._item.setPen(pen)
        self._item.setBrush(QBrush(clear(self._scene.styling.rubber, 0.12)))
        self._item.setZValue(90.0)
        self._scene.addItem(self._item)

    def move(self, pos: QPointF, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        rect = QRectF(self._at, pos).normalized()
        self._item.setRect(rect)
        nodes = frozenset(self._scene.ids_in(rect))
        frames = frozenset(id for id, item in self._scene.frames.items() if _takes(rect, item))
        self._scene.chosen.combine(self._before, Choice(nodes, frozenset(), frames), self._how)

    def finish(self) -> Change | None:
        self._scene.removeItem(self._item)
        return None

    def cancel(self) -> None:
        self._scene.removeItem(self._item)
        self._scene.chosen.put(self._before)


def _takes(rect: QRectF, frame: FrameItem) -> bool:
    if frame.hidden:
        return False
    return rect.intersects(frame.rect) if frame.plate is not None else rect.contains(frame.rect)
