"""Edits a frame's title and note in place."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from netbuilder.graph.model import Frame

_LEAST, _MOST = QSize(260, 170), QSize(640, 260)


class FrameEditor(QFrame):
    """A small form over the canvas. Enter in the title, Ctrl+Enter in the note or a click elsewhere keeps what was
    typed; Esc drops it. `done` carries title and note, `dropped` nothing; one of them is sent once."""

    done = Signal(str, str)
    dropped = Signal()

    def __init__(self, parent: QWidget, frame: Frame, place: QRect) -> None:
        super().__init__(parent)
        self._sent = False
        self.setAutoFillBackground(True)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.title = QLineEdit(frame.title, self)
        self.title.setAccessibleName("Title of the frame")
        self.title.setPlaceholderText("Title")
        self.note = QPlainTextEdit(frame.text, self)
        self.note.setAccessibleName("Note in the frame")
        self.note.setPlaceholderText("A note: what to look at")
        self.note.setTabChangesFocus(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.title)
        column.addWidget(self.note)
        hint = QLabel("Ctrl+Enter or a click elsewhere keeps it, Esc drops it.", self)
        hint.setProperty("muted", True)
        column.addWidget(hint)
        for field in (self.title, self.note):
            field.installEventFilter(self)
        room = parent.rect()
        size = place.size().expandedTo(self.minimumSizeHint()).boundedTo(room.size())
        size = size.expandedTo(_LEAST).boundedTo(_MOST)
        corner = place.topLeft()
        corner.setX(max(0, min(corner.x(), room.width() - size.width())))
        corner.setY(max(0, min(corner.y(), room.height() - size.height())))
        self.setGeometry(QRect(corner, size))
        self.show()
        self.title.setFocus()
        self.title.selectAll()

    def eventFilter(self, field, event) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress and self._key(field, event):
            return True
        if event.type() == QEvent.Type.FocusOut and event.reason() != Qt.FocusReason.PopupFocusReason:
            going = self.window().focusWidget()
            if going not in (self.title, self.note):
                self.keep()
        return False

    def _key(self, field: QWidget, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape:
            self._send(self.dropped)
            return True
        held = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (field is self.title or held):
            self.keep()
            return True
        return False

    def keep(self) -> None:
        """Sends what was typed."""
        self._send(self.done, self.title.text().strip(), self.note.toPlainText().strip("\n"))

    def _send(self, signal, *values: str) -> None:
        if not self._sent:
            self._sent = True
            self.hide()
            signal.emit(*values)
            self.deleteLater()
