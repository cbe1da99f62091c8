"""One problem in sentences, with its repairs as buttons."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from netbuilder.compiler.report import Problem, Repair
from netbuilder.ui.flow import FlowLayout
from netbuilder.ui.icons import Icons
from netbuilder.ui.text import label, tip
from netbuilder.ui.theme import Theme


def repair_text(repair: Repair) -> str:
    """The button's words, with what the repair costs."""
    if not repair.parameters:
        return repair.label
    return f"{repair.label} ({repair.parameters:+,} parameters)".replace("(-", "(\N{MINUS SIGN}")


class ProblemRow(QFrame):
    """One problem, or later another one: a row is dear to make. Enter or a click goes to its node."""

    visited = Signal(str, str)
    repair_chosen = Signal(object)

    def __init__(self, problem: Problem, theme: Theme, icons: Icons) -> None:
        super().__init__()
        self.problem = problem
        self._icons = icons
        self.setObjectName("problem")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setStyleSheet(
            "#problem { border: 2px solid transparent; border-radius: 6px; }"
            f"#problem:hover {{ background: {theme.color('hover').name()}; }}"
            f"#problem:focus {{ border-color: {theme.color('focus').name()}; }}"
        )
        self._icon, self._name = label(), label(look="strong")
        self._graph, self._text = label(look="muted"), label(wrap=True)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self._name)
        head.addWidget(self._graph)
        head.addStretch(1)
        body = QVBoxLayout()
        body.setSpacing(3)
        body.addLayout(head)
        body.addWidget(self._text)
        self.buttons: list[QPushButton] = []
        self._repairs = FlowLayout(6)
        body.addLayout(self._repairs)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(9)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(body, 1)
        self.show_problem(problem)

    def show_problem(self, problem: Problem) -> None:
        """Says another problem from now on."""
        self.problem = problem
        where = problem.node or problem.graph
        self.setAccessibleName(f"{problem.severity.capitalize()} in {where}: {problem.message}")
        self._icon.setPixmap(self._icons.icon(problem.severity, problem.severity).pixmap(QSize(16, 16)))
        self._icon.setToolTip(problem.severity.capitalize())
        self._name.setText(where)
        self._name.setToolTip(tip(f"In {problem.graph}"))
        self._graph.setText(problem.graph)
        self._graph.setVisible(bool(problem.node))
        self._text.setText(problem.message)
        for at, repair in enumerate(problem.repairs):
            if at == len(self.buttons):
                self._add_button(at)
            self.buttons[at].setText(repair_text(repair).replace("&", "&&"))
        while len(self.buttons) > len(problem.repairs):
            button = self.buttons.pop()
            self._repairs.removeWidget(button)
            button.hide()
            button.deleteLater()

    def _add_button(self, at: int) -> None:
        button = QPushButton(self._icons.icon("repair"), "")
        button.setProperty("compact", True)
        button.clicked.connect(lambda: self.repair_chosen.emit(self.problem.repairs[at]))
        self._repairs.addWidget(button)
        self.buttons.append(button)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.visited.emit(self.problem.graph, self.problem.node)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.visited.emit(self.problem.graph, self.problem.node)
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)
