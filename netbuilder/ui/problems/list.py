"""The rows of problems: a few at once, the others while the window goes on."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from netbuilder.compiler.report import Problem
from netbuilder.ui.icons import Icons
from netbuilder.ui.problems.row import ProblemRow
from netbuilder.ui.text import counted, label
from netbuilder.ui.theme import Theme

MOST_ROWS = 100  # beyond these nobody reads on, and each costs a few widgets
AT_ONCE = 3  # rows that are there as soon as the problems are
SLICE = 0.003  # seconds; laying out and painting come on top of it


class ProblemList(QScrollArea):
    """`visited(graph, node)` and `repair_chosen(repair)`.

    The first rows are there at once, the others come in slices while the window goes on.
    """

    visited = Signal(str, str)
    repair_chosen = Signal(object)

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._icons = theme, icons
        self._problems: list[Problem] = []
        self._made: list[ProblemRow] = []  # those that are not needed now are hidden, and wait for the next problems
        self._shown = 0
        self._text = label()
        self._next = QTimer(self)
        self._next.setInterval(0)
        self._next.timeout.connect(self._fill_on)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("List of problems")
        self._clear()

    @property
    def rows(self) -> list[ProblemRow]:
        """The rows that are shown; after `flush` all of them."""
        return self._made[: self._shown]

    def show_problems(self, problems: list[Problem], instead: str) -> None:
        """Shows these problems; `instead`: what stands there where there are none."""
        if problems == self._problems and (problems or instead == self._text.text()):
            return
        self._problems = problems
        self._fill(instead)

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
        problems = self._problems[:MOST_ROWS]
        if len(self._problems) > MOST_ROWS:
            more = counted(len(self._problems) - MOST_ROWS, "more problem")
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
        most = min(len(self._problems), MOST_ROWS)
        while self._place < most and time.perf_counter() < until:
            self._fill_row()
        if self._place >= most:
            self._next.stop()

    def _fill_row(self) -> None:
        problem = self._problems[self._place]
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
