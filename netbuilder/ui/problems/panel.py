"""The problems panel: what analysis found, in sentences, searched by words and severity; a click goes to the node,
repairs are buttons."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from netbuilder.compiler.report import SEVERITIES, GraphReport, Problem
from netbuilder.graph.model import natural_key
from netbuilder.ui.icons import Icons
from netbuilder.ui.problems.filter import FilterBar
from netbuilder.ui.problems.list import ProblemList
from netbuilder.ui.problems.row import ProblemRow
from netbuilder.ui.text import counted
from netbuilder.ui.theme import Theme

READY = "No problems. The project can be trained."
UNTRAINED = "No problems. Before it can be trained, the project needs a training graph: add one with + above."


def ordered(reports: Mapping[str, GraphReport]) -> list[Problem]:
    """Errors first, then by graph and node."""
    problems = [problem for report in reports.values() for problem in report.problems]
    return sorted(
        problems, key=lambda p: (SEVERITIES.index(p.severity), natural_key(p.graph), natural_key(p.node), p.rule)
    )


class ProblemsPanel(QWidget):
    """`visited(graph, node)` and `repair_chosen(repair)`; `counted(errors, warnings, hints)` after each change."""

    visited = Signal(str, str)
    repair_chosen = Signal(object)
    counted = Signal(int, int, int)

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problems: list[Problem] | None = None
        self._at: Problem | None = None  # where the last step through the problems went
        self._instead = "Checking the project…"
        self.filter = FilterBar(icons)
        self.filter.changed.connect(self._show)
        self.filter.left.connect(self._focus_first)
        self.list = ProblemList(theme, icons)
        self.list.visited.connect(self.visited)
        self.list.repair_chosen.connect(self.repair_chosen)
        self.show_all = QPushButton("Show all problems")
        self.show_all.setProperty("compact", True)
        self.show_all.clicked.connect(self.filter.clear)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.filter)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.show_all, 0, Qt.AlignmentFlag.AlignLeft)
        self.setAccessibleName("Problems")
        self._show()

    @property
    def rows(self) -> list[ProblemRow]:
        """The rows that are shown; after `flush` all of them."""
        return self.list.rows

    def show_reports(self, reports: Mapping[str, GraphReport], trains: bool) -> None:
        """Shows the problems of all graphs; `trains`: there is a training graph, without one the panel asks for it."""
        problems, instead = ordered(reports), READY if trains else UNTRAINED
        if problems == self._problems and instead == self._instead:
            return
        self._problems, self._instead = problems, instead
        self.filter.count(problems)
        self._show()
        self.counted.emit(*(sum(p.severity == severity for p in problems) for severity in SEVERITIES))

    def show_waiting(self, text: str) -> None:
        """Says why there is nothing to see yet."""
        self._problems, self._instead = None, text
        self._show()

    def set_look(self, theme: Theme, icons: Icons) -> None:
        self.filter.set_icons(icons)
        self.list.set_look(theme, icons)

    def flush(self) -> None:
        """Shows all rows that are still to come, now."""
        self.list.flush()

    def step(self, by: int) -> None:
        """Goes to the next of the shown problems, or the one before; around at the end."""
        if wanted := self._wanted():
            at = wanted.index(self._at) + by if self._at in wanted else 0 if by > 0 else -1
            self._at = wanted[at % len(wanted)]
            self.visited.emit(self._at.graph, self._at.node)

    def _wanted(self) -> list[Problem]:
        return [problem for problem in self._problems or () if self.filter.passes(problem)]

    def _show(self) -> None:
        wanted, hidden = self._wanted(), len(self._problems or ())
        hidden -= len(wanted)
        self.filter.setVisible(bool(self._problems))
        self.show_all.setVisible(bool(hidden) and not wanted)
        self.list.show_problems(
            wanted, f"{counted(hidden, 'problem')} hidden by the search." if hidden else self._instead
        )

    def _focus_first(self) -> None:
        if self.rows:
            self.rows[0].setFocus(Qt.FocusReason.TabFocusReason)
