"""Runs that went on while no window was there: found again on the welcome page, one click from their project."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from netbuilder.ui.text import label
from netbuilder.ui.theme import Theme
from netbuilder.ui.welcome.card import LineCard

if TYPE_CHECKING:
    from netbuilder.training.run import Run, Status

LOOK_MS = 2000  # how often it is looked whether they still go on
WORDS = {"starting": "Starting", "running": "Training", "paused": "Paused", "stopping": "Stopping"}


class Going(NamedTuple):
    """A run that goes on. `file`: its project, None where that was not saved or is gone."""

    run: Run
    status: Status
    file: Path | None


def going_on(projects: Iterable[Path]) -> list[Going]:
    """The runs that go on beside these projects or of unsaved ones, newest first."""
    from netbuilder.training.run import ALIVE, RunError, find_runs, runs_folder  # the first paint does without

    found = []
    for folder in dict.fromkeys([*map(runs_folder, projects), runs_folder(None)]):
        for run in find_runs(folder):
            try:
                status = run.status()
                if status.state in ALIVE:
                    source = run.recorded().source
                    file = folder.parent / Path(source).name if source else None
                    found.append(Going(run, status, file if file is not None and file.is_file() else None))
            except RunError:
                continue  # removed meanwhile, or made by a newer version
    return sorted(found, key=lambda going: going.run.name, reverse=True)


class GoingOn(QWidget):
    """A card for each run that goes on, nothing where none does. `chosen(Going)`: the person wants to see it."""

    chosen = Signal(object)

    def __init__(self, projects: list[Path], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._projects, self._theme = projects, theme
        self.cards: dict[Path, LineCard] = {}
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 14)
        self._rows.setSpacing(8)
        heading = label("Still going on")
        heading.setFont(theme.font("type.title", bold=True))
        self._rows.addWidget(heading)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)
        self.hide()

    def look(self) -> None:
        """Looks for runs now, and from now on."""
        self._timer.start()
        found = going_on(self._projects)
        paths = [going.run.path for going in found]
        if paths != list(self.cards):
            for path in set(self.cards) - set(paths):
                self._drop(self.cards.pop(path))
            kept, self.cards = self.cards, {}
            for at, going in enumerate(found, 1):
                card = self.cards[going.run.path] = kept.get(going.run.path) or self._card(going)
                self._rows.insertWidget(at, card)
        for going in found:
            self.cards[going.run.path].set_detail(_detail(going))
        self.setVisible(bool(found))

    def _card(self, going: Going) -> LineCard:
        card = LineCard(going.file.stem if going.file is not None else _title(going.run), self._theme)
        card.setAccessibleName(f"Show the run {_title(going.run)} that is still going on")
        card.clicked.connect(lambda: self.chosen.emit(going))
        return card

    def _drop(self, card: LineCard) -> None:
        self._rows.removeWidget(card)
        card.deleteLater()


def _detail(going: Going) -> str:
    status = going.status
    at = f", epoch {status.epoch} of {status.epochs}" if status.epochs else ""
    where = str(going.file.parent) if going.file is not None else "a project that is not saved yet"
    return f"{WORDS[status.state]}{at}: {where}"


def _title(run: Run) -> str:
    return run.name.partition("Z-")[2] or run.name
