"""Moves the scene while something is dragged to the edge of the view."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QPointF, QTimer
from PySide6.QtWidgets import QGraphicsView

_RIM = 26.0  # pixels from the edge in which it scrolls
_EVERY = 16  # milliseconds
_MOST = 18.0  # pixels a step


class EdgeScroll(QObject):
    """`pan` moves the scene by pixels, `moved` tells the gesture that another place lies under the pointer."""

    def __init__(self, view: QGraphicsView, pan: Callable[[QPoint], None], moved: Callable[[QPointF], None]) -> None:
        super().__init__(view)
        self._view = view
        self._pan = pan
        self._moved = moved
        self._at = QPointF()
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY)
        self._timer.timeout.connect(self._step)

    def follow(self, at: QPointF) -> None:
        """The pointer is at this place of the viewport, in the middle of a drag."""
        self._at = at
        if self._speed().isNull():
            self._timer.stop()
        elif not self._timer.isActive():
            self._timer.start()

    def stop(self) -> None:
        """The drag is over."""
        self._timer.stop()

    def _speed(self) -> QPoint:
        size = self._view.viewport().size()
        return QPoint(_rate(self._at.x(), size.width()), _rate(self._at.y(), size.height()))

    def _step(self) -> None:
        self._pan(self._speed())
        self._moved(self._at)


def _rate(at: float, length: int) -> int:
    """Pixels a step: the farther into the rim or beyond it, the faster."""
    if at < _RIM:
        return round(min((_RIM - at) * 0.4, _MOST))
    if at > length - _RIM:
        return -round(min((at - length + _RIM) * 0.4, _MOST))
    return 0
