"""Gives a node another title where it stands."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

_LEAST, _HEIGHT = 160, 28


class TitleEditor(QLineEdit):
    """A line over a node's title. Enter or a click elsewhere keeps what was typed, Esc drops it; nothing typed shows
    the node's name again. `done` carries the title, `dropped` nothing; one of them is sent once."""

    done = Signal(str)
    dropped = Signal()

    def __init__(self, parent: QWidget, id: str, title: str, place: QRect) -> None:
        super().__init__(title, parent)
        self._sent = False
        self.setMaxLength(200)
        self.setPlaceholderText(id)
        self.setAccessibleName(f"Title of {id}")
        room = parent.rect()
        width, height = max(_LEAST, place.width()), max(_HEIGHT, place.height())
        left = max(0, min(place.left(), room.width() - width))
        top = max(0, min(place.top(), room.height() - height))
        self.setGeometry(QRect(left, top, width, height))
        self.show()
        self.setFocus()
        self.selectAll()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._send(self.dropped)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._send(self.done, self.text().strip())
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._send(self.done, self.text().strip())

    def _send(self, signal, *values: str) -> None:
        if not self._sent:
            self._sent = True
            self.hide()
            signal.emit(*values)
            self.deleteLater()
