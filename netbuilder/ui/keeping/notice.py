"""A bar above the project: one sentence about how it stands to its file, and what can be done."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from netbuilder.ui.text import label, tip


class Choice(NamedTuple):
    """A button of the bar."""

    text: str
    tip: str
    do: Callable[[], object]


class NoticeBar(QWidget):
    """Hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("notice", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("About the project's file")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.words = label(wrap=True)
        self.buttons: list[QPushButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 6, 12, 6)
        self._row.setSpacing(8)
        self._row.addWidget(self.words, 1)
        self.hide()

    def show_notice(self, text: str, choices: list[Choice]) -> None:
        """Says this; "" hides the bar. The same again changes nothing, so that the keyboard stays where it is."""
        if text == self.words.text() and [choice.text for choice in choices] == [one.text() for one in self.buttons]:
            return
        had_focus = any(button.hasFocus() for button in self.buttons)
        for button in self.buttons:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = [self._button(choice) for choice in choices]
        self.words.setText(text)
        self.setAccessibleDescription(text)
        self.setVisible(bool(text))
        if had_focus and self.buttons:
            self.buttons[0].setFocus()

    def above(self, content: QWidget) -> QWidget:
        """A widget with the bar over this content."""
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self)
        column.addWidget(content, 1)
        return whole

    def _button(self, choice: Choice) -> QPushButton:
        button = QPushButton(choice.text)
        button.setProperty("compact", True)
        button.setToolTip(tip(choice.tip))
        button.clicked.connect(lambda: choice.do())
        self._row.addWidget(button)
        return button
