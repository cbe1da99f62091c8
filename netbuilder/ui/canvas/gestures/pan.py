"""Moves the view over the scene."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QGraphicsView

from netbuilder.ui.canvas.gestures.base import Gesture


class Pan(Gesture):
    """Works in the view's pixels, since the scene moves under the pointer: the view calls `drag` with them."""

    cursor = Qt.CursorShape.ClosedHandCursor
    edits = False

    def __init__(self, view: QGraphicsView, at: QPoint) -> None:
        self._view = view
        self._last = at
        self._bars = view.horizontalScrollBar(), view.verticalScrollBar()
        self._first = tuple(bar.value() for bar in self._bars)

    def drag(self, at: QPoint) -> None:
        """The pointer is at this place of the viewport."""
        by = at - self._last
        self._last = at
        for bar, step in zip(self._bars, (by.x(), by.y()), strict=True):
            bar.setValue(bar.value() - step)

    def cancel(self) -> None:
        for bar, value in zip(self._bars, self._first, strict=True):
            bar.setValue(value)
