"""The problems list: what analysis found, in sentences; a click goes to the node, repairs are buttons."""

from __future__ import annotations

import time
from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from netbuilder.compiler.report import SEVERITIES, GraphReport, Problem, Repair
from netbuilder.graph.model import natural_key
from netbuilder.ui.flow import FlowLayout
from netbuilder.ui.icons import Icons
from netbuilder.ui.text import counted, label, tip
from netbuilder.ui.theme import Theme

MOST_ROWS = 100  # beyond these nobody reads on, and each costs a few widgets
AT_ONCE = 3  # rows that are there as soon as the problems are
READY = "No problems. The project can be trained."
UNTRAINED = "No problems. Before it can be trained, the project needs a training graph: add one with + above."
SLICE = 0.003  # seconds; laying out and painting come on top of it


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


class ProblemsPanel(QScrollArea):
    """`visited(graph, node)` and `repair_chosen(repair)`; `counted(errors, warnings, hints)` after each change.

    The first rows are there at once, the others come in slices while the window goes on.
    """

    visited = Signal(str, str)
    repair_chosen = Signal(object)
    counted = Signal(int, int, int)

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._icons = theme, icons
        self._problems: list[Problem] | None = None
        self._made: list[ProblemRow] = []  # those that are not needed now are hidden, and wait for the next problems
        self._shown = 0
        self._text = label()
        self._next = QTimer(self)
        self._next.setInterval(0)
        self._next.timeout.connect(self._fill_on)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Problems")
        self._clear()
        self._fill("Checking the project…")

    @property
    def rows(self) -> list[ProblemRow]:
        """The rows that are shown; after `flush` all of them."""
        return self._made[: self._shown]

    def show_reports(self, reports: Mapping[str, GraphReport], trains: bool) -> None:
        """Shows the problems of all graphs; `trains`: there is a training graph, without one the panel asks for it."""
        problems = ordered(reports)
        said = "" if problems else READY if trains else UNTRAINED
        if problems == self._problems and (problems or said == self._text.text()):
            return
        self._problems = problems
        self._fill(said)
        self.counted.emit(*(sum(p.severity == severity for p in problems) for severity in SEVERITIES))

    def show_waiting(self, text: str) -> None:
        """Says why there is nothing to see yet."""
        self._problems = None
        self._fill(text)

    def set_look(self, theme: Theme, icons: Icons) -> None:
        self._theme, self._icons = theme, icons
        said = self._text.text()
        self._clear()
        self._fill(said)

    def flush(self) -> None:
        """Shows all rows that are still to come, now."""
        while self._next.isActive():
            self._fill_on()

    def _clear(self) -> None:
        holder = QWidget()
        holder.setProperty("panel", True)
        holder.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._rows = QVBoxLayout(holder)
        self._rows.setContentsMargins(8, 6, 8, 6)
        self._rows.setSpacing(2)
        self._text = label(look="muted", wrap=True)
        self._text.setContentsMargins(8, 6, 8, 6)
        self._rows.addWidget(self._text)
        self._rows.addStretch(1)
        self._made, self._shown = [], 0
        self.setWidget(holder)

    def _fill(self, instead: str) -> None:
        """`instead`: what stands there where no problem does."""
        problems = (self._problems or [])[:MOST_ROWS]
        if len(self._problems or ()) > MOST_ROWS:
            more = counted(len(self._problems or ()) - MOST_ROWS, "more problem")
            instead = f"And {more}; mend some of these first."
        self._text.setText(instead)
        self._text.setVisible(bool(instead))
        for row in self._made[len(problems) : self._shown]:
            row.hide()
        self._shown = min(self._shown, len(problems))
        self._place = 0
        for _ in range(min(AT_ONCE, len(problems))):
            self._fill_row()
        if self._place < len(problems):
            self._next.start()
        else:
            self._next.stop()

    def _fill_on(self) -> None:
        until = time.perf_counter() + SLICE
        most = min(len(self._problems or ()), MOST_ROWS)
        while self._place < most and time.perf_counter() < until:
            self._fill_row()
        if self._place >= most:
            self._next.stop()

    def _fill_row(self) -> None:
        problem = (self._problems or [])[self._place]
        if self._place == len(self._made):
            row = ProblemRow(problem, self._theme, self._icons)
            row.visited.connect(self.visited)
            row.repair_chosen.connect(self.repair_chosen)
            self._rows.insertWidget(self._place, row)
            self._made.append(row)
        else:
            row = self._made[self._place]
            if row.problem != problem:
                row.show_problem(problem)
        row.show()
        self._place += 1
        self._shown = max(self._shown, self._place)
