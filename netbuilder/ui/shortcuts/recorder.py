"""A field that takes the next key press as a shortcut, whatever that key does elsewhere."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit

from netbuilder.ui.keymap import STRONG

_HELD = {
    Qt.Key.Key_Control,
    Qt.Key.Key_Shift,
    Qt.Key.Key_Alt,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_Meta,
    Qt.Key.Key_Super_L,
    Qt.Key.Key_Super_R,
    Qt.Key.Key_CapsLock,
    Qt.Key.Key_unknown,
}
WAITING = "Press the key, or Esc to leave it"


class KeyRecorder(QLineEdit):
    """`recorded(key)` after each press; `left` on Esc, and when the focus goes elsewhere."""

    recorded = Signal(QKeySequence)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setPlaceholderText(WAITING)
        self.setAccessibleName(WAITING)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()  # else the window's own shortcuts would be done
            return True
        if event.type() == QEvent.Type.KeyPress:  # before Qt walks on with Tab
            assert isinstance(event, QKeyEvent)
            self._take(event)
            return True
        return super().event(event)

    def _take(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and not event.modifiers():
            self.left.emit()
        elif event.key() not in _HELD and not event.isAutoRepeat():
            key = key_of(event)
            self.setText(key.toString(QKeySequence.SequenceFormat.NativeText))
            self.recorded.emit(key)


def key_of(event: QKeyEvent) -> QKeySequence:
    """The shortcut of a key press. Where Shift only makes another sign (Ctrl and +) it does not count."""
    held = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.GroupSwitchModifier)
    sign = event.text().isprintable() and event.text() not in ("", " ") and not event.text().isalpha()
    if held & STRONG and (sign or 0x21 <= event.key() <= 0x40):
        held &= ~Qt.KeyboardModifier.ShiftModifier
    return QKeySequence(held.value | event.key())
