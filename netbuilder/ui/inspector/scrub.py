"""Changing a number by dragging on it: to the right it grows, to the left it shrinks."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from netbuilder.blocks.params import Float, Int, Param
from netbuilder.graph.model import Value

STARTS = 4  # pixels that a press moves before it is a drag
PIXELS = 5  # of the pointer's way for one step
HELP = "Drag sideways to change it; Shift in larger steps, Ctrl in finer ones, Esc takes it back."


def takes_drags(param: Param, value: Value) -> bool:
    """Whether a parameter with this value is one number that can be dragged."""
    return isinstance(param, Int | Float) and isinstance(value, int | float) and not isinstance(value, bool)


def dragged(param: Param, start: float, pixels: float, coarse: bool = False, fine: bool = False) -> int | float:
    """The number that a drag from `start` comes to, within the parameter's limits.

    One step is 1 for whole numbers; for others a twentieth of their power of ten, so 0.001 goes on by 0.00005.
    """
    scale = (10.0 if coarse else 1.0) * (0.1 if fine else 1.0)
    steps = int(pixels / PIXELS * scale)
    if isinstance(param, Int):
        return int(max(param.low, min(start + steps, param.high)))
    size = 10.0 ** math.floor(math.log10(abs(start))) if start else 0.1
    step = size / 20 * (0.1 if fine else 1.0) * (10.0 if coarse else 1.0)
    digits = max(0, 2 - math.floor(math.log10(step)))
    moved = round(start + int(pixels / PIXELS) * step, digits)
    assert isinstance(param, Float)
    return max(param.low, min(moved, param.high))


class Escape(QObject):
    """Calls `pressed` when Esc is pressed, wherever the focus is, until it is stopped."""

    def __init__(self, parent: QObject, pressed: Callable[[], None]) -> None:
        super().__init__(parent)
        self._pressed = pressed
        self._app = QApplication.instance()
        if self._app is not None:
            self._app.installEventFilter(self)

    def stop(self) -> None:
        if self._app is not None:
            self._app.removeEventFilter(self)
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        keys = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
        if event.type() not in keys or event.key() != Qt.Key.Key_Escape:  # type: ignore[attr-defined]
            return False
        event.accept()
        if event.type() == QEvent.Type.KeyPress:
            self._pressed()
        return True


class Scrub(QObject):
    """Watches widgets that stand for one number: its label, and its field while nobody types in it.

    `number()` gives what it is now, None where nothing can be dragged. `moved` comes with each new number, `ended` at
    the end: True to keep it, False where Esc took it back.
    """

    moved = Signal(object)
    ended = Signal(bool)

    def __init__(self, parent: QObject, param: Param, number: Callable[[], Value]) -> None:
        super().__init__(parent)
        self._param, self._number = param, number
        self._given = False  # the focus, by the press that comes next
        self._pressed: float | None = None
        self._start: int | float | None = None
        self._now: Value = None
        self._escape: Escape | None = None

    def watch(self, widget: QWidget) -> None:
        """Dragging on this widget changes the number, too."""
        widget.installEventFilter(self)
        widget.setCursor(Qt.CursorShape.SizeHorCursor)

    @property
    def going_on(self) -> bool:
        return self._start is not None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.FocusIn and isinstance(event, QFocusEvent):
            self._given = event.reason() == Qt.FocusReason.MouseFocusReason  # the press that gives it comes now
        if kind == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            return self._press(watched, event)
        if kind == QEvent.Type.MouseMove and isinstance(event, QMouseEvent) and self._pressed is not None:
            return self._move(watched, event)
        if kind == QEvent.Type.MouseButtonRelease and self._pressed is not None:
            return self._release(watched)
        return False

    def _press(self, watched: QObject, event: QMouseEvent) -> bool:
        held = isinstance(watched, QWidget) and watched.hasFocus() and not self._given
        self._given = False
        number = self._number()
        if event.button() != Qt.MouseButton.LeftButton or held or not takes_drags(self._param, number):
            return False
        self._pressed, self._now = event.globalPosition().x(), number
        return True

    def _move(self, watched: QObject, event: QMouseEvent) -> bool:
        assert self._pressed is not None
        way = event.globalPosition().x() - self._pressed
        if self._start is None:
            if abs(way) < STARTS:
                return True
            assert isinstance(self._now, int | float)
            self._start, self._pressed, way = self._now, event.globalPosition().x(), 0.0
            if isinstance(watched, QWidget):
                watched.clearFocus()
            self._escape = Escape(self, lambda: self._end(kept=False))
        keys = event.modifiers()
        coarse, fine = bool(keys & Qt.KeyboardModifier.ShiftModifier), bool(keys & Qt.KeyboardModifier.ControlModifier)
        new = dragged(self._param, self._start, way, coarse, fine)
        if new != self._now:
            self._now = new
            self.moved.emit(new)
        return True

    def _release(self, watched: QObject) -> bool:
        if self.going_on:
            self._end(kept=True)
        else:
            self._pressed = None
            if isinstance(watched, QWidget):  # a click: the field is to be typed in
                buddy = getattr(watched, "buddy", None)
                field = buddy() if callable(buddy) else watched
                if isinstance(field, QWidget):
                    field.setFocus(Qt.FocusReason.MouseFocusReason)
                    if select := getattr(field, "selectAll", None):
                        select()
        return True

    def _end(self, *, kept: bool) -> None:
        self._pressed = self._start = None
        if self._escape is not None:
            self._escape.stop()
        self.ended.emit(kept)
