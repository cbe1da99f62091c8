"""The field for a node's own Python code."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from netbuilder.blocks.code import MOST_LETTERS
from netbuilder.graph.model import Value
from netbuilder.ui.code.highlighter import PythonHighlighter
from netbuilder.ui.inspector.fields import Field
from netbuilder.ui.theme import Theme

_LEAST_LINES, _MOST_LINES = 6, 18
_INDENT = "    "


class CodeEdit(QPlainTextEdit):
    """A few lines of Python. Tab indents; Ctrl+Enter and leaving the field keep the edit, Escape takes it back."""

    kept = Signal()
    taken_back = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("code", True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.textChanged.connect(self.fit)
        self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter, control = (Qt.Key.Key_Return, Qt.Key.Key_Enter), Qt.KeyboardModifier.ControlModifier
        if event.key() in enter and event.modifiers() & control:
            self.kept.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.taken_back.emit()
        elif event.key() == Qt.Key.Key_Tab and not event.modifiers():
            self.insertPlainText(_INDENT)
        elif event.key() == Qt.Key.Key_Backtab:
            self.focusPreviousChild()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.kept.emit()

    def fit(self) -> None:
        """As high as its lines need, within limits."""
        lines = max(_LEAST_LINES, min(self.document().blockCount() + 1, _MOST_LINES))
        self.setFixedHeight(round(self.fontMetrics().lineSpacing() * lines + 2 * self.document().documentMargin() + 4))


class CodeField(Field):
    """Checks what is typed without running it; commits it as one edit."""

    editor: CodeEdit
    wide = True

    def make_editor(self) -> QWidget:
        editor = CodeEdit()
        editor.textChanged.connect(self._typed)
        editor.kept.connect(self._finish)
        editor.taken_back.connect(lambda: self.show_value(self.value))
        self._highlighter: PythonHighlighter | None = None
        return editor

    def set_theme(self, theme: Theme) -> None:
        """Colours as in the code view; the font comes with the style sheet."""
        self.editor.fit()
        if self._highlighter is None:
            self._highlighter = PythonHighlighter(self.editor.document(), theme)
        else:
            self._highlighter.set_theme(theme)

    def show_editor(self, value: Value) -> None:
        text = value if isinstance(value, str) else ""
        if self.editor.toPlainText() != text:
            self.editor.setPlainText(text[:MOST_LETTERS])

    def _typed(self) -> None:
        if self.editor.hasFocus():
            self.tell(self.param.check(self.editor.toPlainText()))

    def _finish(self) -> None:
        text = self.editor.toPlainText()
        if text == self.value:
            return
        wrong = self.param.check(text)
        self.tell(wrong)
        if not wrong:
            self.commit(text)
