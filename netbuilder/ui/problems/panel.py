"""The problems list: what analysis found, in sentences; a click goes to the node, repairs are buttons."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from netbuilder.compiler.report import SEVERITIES, GraphReport, Problem, Repair
from netbuilder.graph.model import natural_key
from netbuilder.ui.flow import FlowLayout
from netbuilder.ui.icons import Icons
from netbuilder.ui.text import counted, label, tip
from netbuilder.ui.theme import Theme

MOST_ROWS = 100  # beyond these nobody reads on, and each costs a few widgets


def ordered(reports: Mapping[str, GraphReport]) -> list[Problem]:
    """Errors first, then by graph and node."""
    problems = [problem for report in reports.values() for problem in report.problems]
    return sorted(
        problems, key=lambda p: (SEVERITIES.index(p.severity), natural_key(p.graph), natural_key(p.node), p.rule)
    )


def repair_text(repair: Repair) -> str:
    """The button's words, with what the repair costs."""
    if not repair.parameters:
        return repair.label
    return f"{repair.label} ({repair.parameters:+,} parameters)".replace("(-", "(\N{MINUS SIGN}")


class ProblemRow(QFrame):
    """One problem. Enter or a click goes to its node."""

    visited = Signal(str, str)
    repair_chosen = Signal(object)

    def __init__(self, problem: Problem, theme: Theme, icons: Icons) -> None:
        super().__init__()
        self.problem = problem
        self.setObjectName("problem")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        where = problem.node or problem.graph
        self.setAccessibleName(f"{problem.severity.capitalize()} in {where}: {problem.message}")
        self.setStyleSheet(
            "#problem { border: 2px solid transparent; border-radius: 6px; }"
            f"#problem:hover {{ background: {theme.color('hover').name()}; }}"
            f"#problem:focus {{ border-color: {theme.color('focus').name()}; }}"
        )
        icon = label()
        icon.setPixmap(icons.icon(problem.severity, problem.severity).pixmap(QSize(16, 16)))
        icon.setToolTip(problem.severity.capitalize())
        name = label(where, look="strong")
        name.setToolTip(tip(f"In {problem.graph}"))
        text = label(problem.message, wrap=True)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(name)
        if problem.node:
            head.addWidget(label(problem.graph, look="muted"))
        head.addStretch(1)
        body = QVBoxLayout()
        body.setSpacing(3)
        body.addLayout(head)
        body.addWidget(text)
        self.buttons: list[QPushButton] = []
        if problem.repairs:
            row = FlowLayout(6)
            for repair in problem.repairs:
                button = QPushButton(icons.icon("repair"), repair_text(repair).replace("&", "&&"))
                button.setProperty("compact", True)
                button.clicked.connect(lambda _=False, repair=repair: self.repair_chosen.emit(repair))
                row.addWidget(button)
                self.buttons.append(button)
            body.addLayout(row)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(9)
        layout.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(body, 1)

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


class ProblemsPanel(QScrollArea):
    """`visited(graph, node)` and `repair_chosen(repair)`; `counted(errors, warnings, hints)` after each change."""

    visited = Signal(str, str)
    repair_chosen = Signal(object)
    counted = Signal(int, int, int)

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._icons = theme, icons
        self._problems: list[Problem] | None = None
        self.rows: list[ProblemRow] = []
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Problems")
        self._fill("Checking the project…")

    def show_reports(self, reports: Mapping[str, GraphReport]) -> None:
        """Shows the problems of all graphs; rows are made anew only where something changed."""
        problems = ordered(reports)
        if problems == self._problems:
            return
        self._problems = problems
        self._fill("No problems. The project can be trained." if not problems else "")
        self.counted.emit(*(sum(p.severity == severity for p in problems) for severity in SEVERITIES))

    def show_waiting(self, text: str) -> None:
        """Says why there is nothing to see yet."""
        self._problems = None
        self._fill(text)

    def set_look(self, theme: Theme, icons: Icons) -> None:
        self._theme, self._icons = theme, icons
        problems, self._problems = self._problems, None
        if problems is not None:
            self._problems = problems
            self._fill("No problems. The project can be trained." if not problems else "")

    def _fill(self, instead: str) -> None:
        at = self.verticalScrollBar().value()
        holder = QWidget()
        holder.setProperty("panel", True)
        holder.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(2)
        self.rows = []
        problems = self._problems or []
        for problem in problems[:MOST_ROWS]:
            row = ProblemRow(problem, self._theme, self._icons)
            row.visited.connect(self.visited)
            row.repair_chosen.connect(self.repair_chosen)
            layout.addWidget(row)
            self.rows.append(row)
        if len(problems) > MOST_ROWS:
            instead = f"And {counted(len(problems) - MOST_ROWS, 'more problem')}; mend some of these first."
        if instead:
            text = label(instead, look="muted", wrap=True)
            text.setContentsMargins(8, 6, 8, 6)
            layout.addWidget(text)
        layout.addStretch(1)
        self.setWidget(holder)
        self.verticalScrollBar().setValue(at)
