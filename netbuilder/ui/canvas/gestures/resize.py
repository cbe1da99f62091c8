"""Resizes a frame by its lower right corner."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt

from netbuilder.graph import edits
from netbuilder.graph.change import Change
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.gestures.base import NO_KEYS, Gesture
from netbuilder.ui.canvas.gestures.move import snapped
from netbuilder.ui.canvas.scene import GraphScene


class Resize(Gesture):
    """`at`: where the corner was taken."""

    cursor = Qt.CursorShape.SizeFDiagCursor

    def __init__(self, scene: GraphScene, id: str, at: QPointF) -> None:
        self._scene = scene
        self._item = scene.frames[id]
        self._before = self._item.rect
        self._off = self._before.bottomRight() - at

    def move(self, pos: QPointF, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        corner = pos + self._off
        if not keys & Qt.KeyboardModifier.AltModifier:
            corner = QPointF(snapped(corner.x()), snapped(corner.y()))
        width = max(corner.x() - self._before.x(), m.FRAME_LEAST[0])
        height = max(corner.y() - self._before.y(), m.FRAME_LEAST[1])
        self._item.show_rect(QRectF(self._before.x(), self._before.y(), width, height))

    def finish(self) -> Change | None:
        rect = self._item.rect
        if rect == self._before:
            return None
        project, name = self._scene.document.project, self._scene.name
        return edits.set_frame(project, name, self._item.id, rect=(rect.x(), rect.y(), rect.width(), rect.height()))

    def cancel(self) -> None:
        self._item.show_rect(self._before)
