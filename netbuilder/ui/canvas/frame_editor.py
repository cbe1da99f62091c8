"""Edits a frame's title, note and colour in place."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from netbuilder.graph.model import Frame
from netbuilder.ui.canvas.frame_colors import CATEGORY, tint
from netbuilder.ui.canvas.style import Style

_LEAST, _MOST = QSize(300, 200), QSize(640, 280)
_DOT = 16


class FrameEditor(QFrame):
    """A small form over the canvas. Enter in the title, Ctrl+Enter anywhere or a click elsewhere keeps what was chosen;
    Esc drops it. `done` carries title, note and colour, `dropped` nothing; one of them is sent once."""

    done = Signal(str, str, str)
    dropped = Signal()

    def __init__(self, parent: QWidget, frame: Frame, place: QRect, style: Style) -> None:
        super().__init__(parent)
        self._sent = False
        self._color = frame.color
        self.setProperty("over", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = QLineEdit(frame.title, self)
        self.title.setAccessibleName("Title of the frame")
        self.title.setPlaceholderText("Title")
        self.note = QPlainTextEdit(frame.text, self)
        self.note.setAccessibleName("Note in the frame")
        self.note.setPlaceholderText("A note: what to look at")
        self.note.setTabChangesFocus(True)
        self.colors = QButtonGroup(self)
        self.colors.setExclusive(True)
        row = QHBoxLayout()
        row.setSpacing(2)
        swatches = {name: self._swatch(name, style) for name in CATEGORY}
        for swatch in swatches.values():
            row.addWidget(swatch)
        if frame.color in swatches:
            swatches[frame.color].setChecked(True)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.title)
        column.addWidget(self.note)
        column.addLayout(row)
        hint = QLabel("Ctrl+Enter or a click elsewhere keeps it, Esc drops it.", self)
        hint.setProperty("muted", True)
        column.addWidget(hint)
        self._fields: tuple[QWidget, ...] = (self.title, self.note, *self.colors.buttons())
        for field in self._fields:
            field.installEventFilter(self)
        room = parent.rect()
        size = place.size().expandedTo(self.minimumSizeHint()).boundedTo(room.size())
        size = size.expandedTo(_LEAST).boundedTo(_MOST)
        corner = place.topLeft()
        corner.setX(max(0, min(corner.x(), room.width() - size.width())))
        corner.setY(max(0, min(corner.y(), room.height() - size.height())))
        self.setGeometry(QRect(corner, size))
        self.show()

    def begin(self, *, with_note: bool = False) -> None:
        """Puts the keyboard into the title, or into the note."""
        if with_note:
            self.note.setFocus()
        else:
            self.title.setFocus()
            self.title.selectAll()

    def _swatch(self, name: str, style: Style) -> QToolButton:
        button = QToolButton(self)
        button.setCheckable(True)
        button.setIcon(_dot(style, name))
        button.setIconSize(QSize(_DOT, _DOT))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        words = f"{name or 'quiet'} frame".capitalize()
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.toggled.connect(lambda on: self._take_color(name) if on else None)
        self.colors.addButton(button)
        return button

    def _take_color(self, name: str) -> None:
        self._color = name
        for button in self.colors.buttons():  # Tab stops at the chosen one; arrows go on from there
            chosen = button.isChecked()
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if chosen else Qt.FocusPolicy.ClickFocus)

    def eventFilter(self, field, event) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress and self._key(field, event):
            return True
        if event.type() == QEvent.Type.FocusOut and event.reason() != Qt.FocusReason.PopupFocusReason:
            going = self.window().focusWidget()
            if going not in self._fields:
                self.keep()
        return False

    def _key(self, field: QWidget, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape:
            self._send(self.dropped)
            return True
        held = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (field is not self.note or held):
            self.keep()
            return True
        return False

    def keep(self) -> None:
        """Sends what was typed and chosen."""
        self._send(self.done, self.title.text().strip(), self.note.toPlainText().strip("\n"), self._color)

    def _send(self, signal, *values: str) -> None:
        if not self._sent:
            self._sent = True
            self.hide()
            signal.emit(*values)
            self.deleteLater()


def _dot(style: Style, name: str) -> QPixmap:
    """A disc of the colour, a ring for the quiet one; sharp on screens of up to two device pixels a pixel."""
    pixmap = QPixmap(2 * _DOT, 2 * _DOT)
    pixmap.setDevicePixelRatio(2.0)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(tint(style, name), 2.0))
    painter.setBrush(tint(style, name) if name else Qt.BrushStyle.NoBrush)
    painter.drawEllipse(2, 2, _DOT - 4, _DOT - 4)
    painter.end()
    return pixmap
