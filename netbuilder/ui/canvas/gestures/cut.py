"""Cuts links with a stroke: those that the line crosses are marked while it is drawn, and gone when it ends."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from netbuilder.graph.change import Change
from netbuilder.graph.edits_links import cut
from netbuilder.graph.model import Input
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.gestures.base import NO_KEYS, Gesture
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.text import counted


class Cut(Gesture):
    """`at`: where the stroke begins."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, scene: GraphScene, at: QPointF) -> None:
        self._scene = scene
        self._last = at
        self._crossed: dict[Input, None] = {}
        color = scene.styling.broken.color()
        self._line = QPainterPath(at)
        self._stroke = QGraphicsPathItem()
        self._marks = QGraphicsPathItem()
        for item, pen in (
            (self._stroke, QPen(color, 1.6, Qt.PenStyle.DashLine)),
            (self._marks, QPen(color, m.LINK + 2)),
        ):
            pen.setCosmetic(True)
            item.setPen(pen)
            item.setZValue(85.0)

    def start(self) -> None:
        self._scene.addItem(self._marks)
        self._scene.addItem(self._stroke)

    def move(self, pos: QPointF, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        if pos == self._last:
            return
        crossed = [key for key in crossing(self._scene, self._last, pos) if key not in self._crossed]
        marks = self._marks.path()
        self._line.lineTo(pos)
        for key in crossed:
            marks.addPath(self._scene.links[key].path)
        self._stroke.setPath(self._line)
        if crossed:
            self._marks.setPath(marks)
        self._crossed |= dict.fromkeys(crossed)
        self._last = pos
        self.status = f"Let go to cut {counted(len(self._crossed), 'link')}. Esc leaves them." if self._crossed else ""

    def finish(self) -> Change | None:
        self._clean()
        scene = self._scene
        return cut(scene.document.project, scene.name, self._crossed) if self._crossed else None

    def cancel(self) -> None:
        self._clean()

    def _clean(self) -> None:
        for item in (self._stroke, self._marks):
            if item.scene() is not None:
                self._scene.removeItem(item)


def crossing(scene: GraphScene, a: QPointF, b: QPointF) -> list[Input]:
    """Visible links whose way crosses the straight line between two scene positions."""
    table = scene.link_table
    slots = table.touching(QRectF(a, b).normalized())
    keys = table.keys_at(slots[~table.hidden[slots]])
    first, last = np.array([a.x(), a.y()]), np.array([b.x(), b.y()])
    return [key for key in keys if _crosses(scene.links[key].points, first, last)]


def _crosses(points: np.ndarray, a: np.ndarray, b: np.ndarray) -> bool:
    """Whether any straight part between points [n, 2] crosses or touches the line from a to b."""
    begin, end = points[:-1], points[1:]
    over = _side(a, b, begin) * _side(a, b, end)
    across = _side(begin, end, a) * _side(begin, end, b)
    near = (np.minimum(begin, end) <= np.maximum(a, b)) & (np.maximum(begin, end) >= np.minimum(a, b))
    return bool(((over <= 0) & (across <= 0) & near.all(axis=1)).any())


def _side(a: np.ndarray, b: np.ndarray, p: np.ndarray) -> np.ndarray:
    """On which side of the line from a to b a point lies."""
    result: np.ndarray = (b[..., 0] - a[..., 0]) * (p[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (
        p[..., 0] - a[..., 0]
    )
    return result
