"""Resizes a frame by an edge or a corner."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt

from netbuilder.graph import edits
from netbuilder.graph.change import Change
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.gestures.base import NO_KEYS, Gesture
from netbuilder.ui.canvas.gestures.move import snapped
from netbuilder.ui.canvas.scene import GraphScene, Sides

_CURSORS = {
    (1, 1): Qt.CursorShape.SizeFDiagCursor,
    (-1, 1): Qt.CursorShape.SizeBDiagCursor,
    (1, 0): Qt.CursorShape.SizeHorCursor,
    (0, 1): Qt.CursorShape.SizeVerCursor,
}


def cursor_of(sides: Sides) -> Qt.CursorShape:
    """What says which way an edge or corner can be dragged."""
    x, y = sides
    return _CURSORS[sides] if sides in _CURSORS else _CURSORS[-x, -y]


class Resize(Gesture):
    """`at`: where it was taken; `sides`: by which edge along x and along y (-1: the first, 1: the second, 0: neither).
    Edges lie on the grid; Alt moves freely."""

    def __init__(self, scene: GraphScene, id: str, at: QPointF, sides: Sides) -> None:
        self._scene = scene
        self._item = scene.frames[id]
        self._before = self._item.rect
        self._sides = sides
        self._at = at
        self.cursor = cursor_of(sides)

    def move(self, pos: QPointF, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        by, before = pos - self._at, self._before
        free = not self._scene.snapping.grid or bool(keys & Qt.KeyboardModifier.AltModifier)
        left, right = _span(before.left(), before.right(), by.x(), self._sides[0], m.FRAME_LEAST[0], free=free)
        top, bottom = _span(before.top(), before.bottom(), by.y(), self._sides[1], m.FRAME_LEAST[1], free=free)
        self._item.show_rect(QRectF(left, top, right - left, bottom - top))

    def finish(self) -> Change | None:
        rect = self._item.rect
        if rect == self._before:
            return None
        project, name = self._scene.document.project, self._scene.name
        return edits.set_frame(project, name, self._item.id, rect=(rect.x(), rect.y(), rect.width(), rect.height()))

    def cancel(self) -> None:
        self._item.show_rect(self._before)


def _span(low: float, high: float, by: float, side: int, least: float, *, free: bool) -> tuple[float, float]:
    """Where a frame begins and ends along an axis when one of its edges is moved; never shorter than `least`."""
    if side == 0:
        return low, high
    end = (low if side < 0 else high) + by
    end = end if free else snapped(end)
    return (min(end, high - least), high) if side < 0 else (low, max(end, low + least))
