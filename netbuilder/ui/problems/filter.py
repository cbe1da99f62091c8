"""What of the problems is shown: those with some words, and those of some severities."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

from netbuilder.compiler.report import SEVERITIES, Problem
from netbuilder.ui.icons import Icons
from netbuilder.ui.text import counted


class FilterBar(QWidget):
    """`changed`: something else is wanted; `left`: the arrow key goes down to the list."""

    changed = Signal()
    left = Signal()

    def __init__(self, icons: Icons) -> None:
        super().__init__()
        self.field = QLineEdit()
        self.field.setPlaceholderText("Search problems")
        self.field.setAccessibleName("Search problems")
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(lambda _: self.changed.emit())
        self.field.installEventFilter(self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 0)
        layout.setSpacing(6)
        layout.addWidget(self.field, 1)
        self.buttons: dict[str, QToolButton] = {}
        for severity in SEVERITIES:
            button = self.buttons[severity] = QToolButton()
            button.setCheckable(True)
            button.setChecked(True)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.toggled.connect(lambda _: self.changed.emit())
            layout.addWidget(button)
        self.set_icons(icons)

    def set_icons(self, icons: Icons) -> None:
        for severity, button in self.buttons.items():
            button.setIcon(icons.icon(severity, severity))

    def count(self, problems: Iterable[Problem]) -> None:
        """Says on each button how many of its severity there are."""
        held = list(problems)
        for severity, button in self.buttons.items():
            number = sum(problem.severity == severity for problem in held)
            button.setText(f"{number}")
            button.setVisible(bool(number))
            said = counted(number, severity)
            button.setToolTip(f"Show or hide {said}")
            button.setAccessibleName(f"Show {said}")

    def passes(self, problem: Problem) -> bool:
        """Whether a problem is wanted."""
        if not self.buttons[problem.severity].isChecked():
            return False
        said = " ".join(
            (problem.severity, problem.graph, problem.node, problem.message, *(one.label for one in problem.repairs))
        ).lower()
        return all(word in said for word in self.field.text().lower().split())

    def clear(self) -> None:
        """Everything is wanted again."""
        self.field.clear()
        for button in self.buttons.values():
            button.setChecked(True)

    def eventFilter(self, watched, event) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape and self.field.text():
                self.field.clear()
                return True
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.left.emit()
                return True
        return super().eventFilter(watched, event)
