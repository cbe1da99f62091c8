"""What a person has typed into a field and not finished, taken over before the project is saved or closed."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

_FIELDS = QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox


def take_over(window: QWidget) -> None:
    """Ends the editing in the field that has the keyboard, as going elsewhere would; the keyboard stays there."""
    field = window.focusWidget()
    if not isinstance(field, _FIELDS):
        return
    if not field.hasFocus():  # the window is not active, and the field was not told that it is left
        QCoreApplication.sendEvent(field, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.OtherFocusReason))
        return
    field.clearFocus()
    if field.isVisible() and window.focusWidget() in (None, field):
        field.setFocus(Qt.FocusReason.OtherFocusReason)
