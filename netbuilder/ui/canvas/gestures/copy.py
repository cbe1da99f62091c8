"""Drags copies off the selected things: those stay, and outlines show where the copies will lie. One change."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsRectItem

from netbuilder.graph.change import Change
from netbuilder.ui.canvas import clipboard
from netbuilder.ui.canvas.gestures.base import NO_KEYS, Gesture
from netbuilder.ui.canvas.gestures.move import carried
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.canvas.snapper import Snapper

_MOST = 400  # outlines; of more things the rectangle around them is enough


class Copy(Gesture):
    """`at`: where it was taken. The copies snap like things that are moved, by the grabbed thing `lead`; with Shift
    held on release the links that lead in from elsewhere are kept."""

    cursor = Qt.CursorShape.DragCopyCursor
    status = "Drop to copy; with Shift held the links that lead in are kept."

    def __init__(self, scene: GraphScene, at: QPointF, lead: QRectF, zoom: float) -> None:
        self._scene = scene
        self._at = at
        self._snapper = Snapper(scene, lead, zoom)
        self._by = QPointF(0, 0)
        self._linked = False
        self._shown = QGraphicsRectItem()

    def start(self) -> None:
        scene = self._scene
        nodes, frames = carried(scene)
        self._ids = [*nodes, *frames]
        rects = [scene.nodes[id].rect for id in nodes if not scene.nodes[id].hidden]
        rects += [scene.frames[id].rect for id in frames if not scene.frames[id].hidden]
        if len(rects) > _MOST:
            whole = QRectF()
            for rect in rects:
                whole = whole.united(rect)
            rects = [whole]
        pen = QPen(scene.styling.focus, 1.5, Qt.PenStyle.DashLine)
        pen.setCosmetic(True)
        self._shown.setPen(Qt.PenStyle.NoPen)
        self._shown.setZValue(80.0)
        for rect in rects:
            outline = QGraphicsRectItem(rect, self._shown)
            outline.setPen(pen)
        scene.addItem(self._shown)
        self._snapper.start()

    def move(self, pos: QPointF, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        self._by = self._snapper.snap(pos - self._at, NO_KEYS)  # Alt says that it is a copy
        self._linked = bool(keys & Qt.KeyboardModifier.ShiftModifier)
        self._shown.setPos(self._by)

    def finish(self) -> Change | None:
        self.cancel()
        if self._by.isNull():
            return None
        return clipboard.duplicated(self._scene, self._ids, self._by, linked=self._linked)

    def cancel(self) -> None:
        self._snapper.stop()
        if self._shown.scene() is not None:
            self._scene.removeItem(self._shown)
