"""Drags copies off the selected things: those stay, and outlines show where the copies will lie. One change."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsRectItem

from netbuilder.graph.change import Change
from netbuilder.ui.canvas import clipboard
from netbuilder.ui.canvas.gestures.base import NO_KEYS, Gesture
from netbuilder.ui.canvas.gestures.move import carried, snapped
from netbuilder.ui.canvas.scene import GraphScene

_MOST = 400  # outlines; of more things the rectangle around them is enough


class Copy(Gesture):
    """`at`: where it was taken. The copy of the grabbed thing `lead` snaps to the grid; with Shift held on release
    the links that lead in from elsewhere are kept."""

    cursor = Qt.CursorShape.DragCopyCursor
    status = "Drop to copy; with Shift held the links that lead in are kept."

    def __init__(self, scene: GraphScene, at: QPointF, lead: QRectF, zoom: float) -> None:
        self._scene = scene
        self._at = at
        self._lead = lead.topLeft()
        self._by = QPointF(0, 0)
        self._linked = False
        self._shown = QGraphicsRectItem()

    def start(self) -> None:
        scene = self._scene
        nodes, frames = carried(scene)
        self._ids = [*nodes, *frames]
        rects = [scene.nodes[id].rect for id in nodes] + [scene.frames[id].rect for id in frames]
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

    def move(self, pos: QPointF, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        goal = self._lead + pos - self._at
        self._by = QPointF(snapped(goal.x()), snapped(goal.y())) - self._lead
        self._linked = bool(keys & Qt.KeyboardModifier.ShiftModifier)
        self._shown.setPos(self._by)

    def finish(self) -> Change | None:
        self.cancel()
        if self._by.isNull():
            return None
        return clipboard.duplicated(self._scene, self._ids, self._by, linked=self._linked)

    def cancel(self) -> None:
        if self._shown.scene() is not None:
            self._scene.removeItem(self._shown)
