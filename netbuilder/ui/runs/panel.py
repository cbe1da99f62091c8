"""The runs of a project: a list, and for one of them curves, results, previews and its log, live."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from netbuilder.graph.document import Document
from netbuilder.graph.model import Project
from netbuilder.training import client
from netbuilder.training.run import Run, RunError, Status, create
from netbuilder.training.settings import resolve
from netbuilder.ui.runs.header import ACTIVE, STATES, Header, spell_seconds
from netbuilder.ui.runs.mine import OwnRuns
from netbuilder.ui.runs.plots import Plots
from netbuilder.ui.runs.previews import Previews
from netbuilder.ui.runs.results import Results
from netbuilder.ui.runs.sample import SamplePage
from netbuilder.ui.runs.series import History
from netbuilder.ui.text import tip
from netbuilder.ui.theme import Theme

POLL_MS = 200  # how often the selected run is read
LIST_MS = 1000  # how often the others are
LOG_TAIL = 64 * 1024
NOTES = "Notes"


class RunsPanel(QWidget):
    """Starts, shows and steers runs. It only reads their directories; closing the window does not end them."""

    status = Signal(str)
    running_changed = Signal(bool)
    compare_wanted = Signal(object)  # the open project with that of a Run

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._own: OwnRuns | None = None
        self._document: Document | None = None
        self._runs: dict[str, Run] = {}
        self._states: dict[str, str] = {}
        self._run: Run | None = None
        self._history = History()
        self._offset = 0
        self._was_running = False
        self._shown_results = False

        self.list = QListWidget()
        self.list.setAccessibleName("Runs of this project, newest first")
        self.list.setMinimumWidth(150)  # a name and a date can be read in a small window too
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(lambda item, _: self._select(item))
        self.header = Header(theme)
        self.header.pressed.connect(self._press)
        self.plots = Plots(theme)
        self.results = Results(theme)
        self.previews = Previews(theme)
        self.sample = SamplePage(theme)
        self.sample.setMinimumWidth(200)  # else it would hold the whole window wide
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setAccessibleName("Log of the run")
        self.notes = QPlainTextEdit()
        self.notes.setReadOnly(True)
        self.notes.setAccessibleName("Notes of the run")
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Pages of the run")
        for widget, title in (
            (self.plots, "Curves"),
            (self.results, "Results"),
            (self.previews, "Previews"),
            (self.sample, "Sample"),
            (self.notes, NOTES),
            (self.log, "Log"),
        ):
            self.tabs.addTab(widget, title)
        self._show_notes(())
        self.tabs.currentChanged.connect(lambda _: self._read_slow_parts())

        right = QWidget()
        box = QVBoxLayout(right)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addWidget(self.header)
        box.addWidget(self.tabs, 1)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.addWidget(self._beside())
        self._splitter.addWidget(right)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes([210, 900])
        self._splitter.setChildrenCollapsible(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._splitter)

        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self.refresh)
        self._list_poll = QTimer(self)
        self._list_poll.setInterval(LIST_MS)
        self._list_poll.timeout.connect(self._refresh_list)

    def _beside(self) -> QWidget:
        """The list, and what can be done with the run that is chosen there."""
        self.compare = QPushButton("Compare")
        self.compare.setToolTip("Show what has changed in the project since this run was made")
        self.compare.setEnabled(False)
        self.compare.clicked.connect(lambda: self.compare_wanted.emit(self._run))
        left = QWidget()
        box = QVBoxLayout(left)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(self.list, 1)
        box.addWidget(self.compare)
        return left

    # -- what the window calls

    def set_project(self, path: Path | None, document: Document, own: OwnRuns | None = None) -> None:
        """Shows this project's runs; with `own` those that it knows of too, and the same run stays in view."""
        shown = self._run
        self._own = own if own is not None else OwnRuns(path, document)
        self._document = document
        self._runs.clear()
        self._states.clear()
        self.list.clear()
        self._show(None)
        self._refresh_list()
        if shown is not None:
            self.show_run(shown)
        if self.list.count() and self._run is None:
            self.list.setCurrentRow(0)
        self._poll.start()
        self._list_poll.start()

    def start(self, project: Project, training: str) -> Run:
        """Makes a run of the project as it is now and starts it. Raises RunError or SettingsError with a sentence."""
        if self._own is None:
            raise RunError("There is no project to train.")
        settings = resolve(project.settings.get(training, {}))
        run = create(project, training, settings, self._own.folder, source=self._own.path)
        self._own.started(run)
        client.start(run)
        self._refresh_list()
        self.show_run(run)
        self.tabs.setCurrentWidget(self.plots)
        return run

    def stop_polling(self) -> None:
        """The window closes; runs go on."""
        self._poll.stop()
        self._list_poll.stop()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for part in (self.header, self.plots, self.results, self.previews):
            part.set_theme(theme)
        self._refresh_list()

    @property
    def run(self) -> Run | None:
        return self._run

    @property
    def history(self) -> History:
        return self._history

    def refresh(self) -> None:
        """Reads what the selected run has written since the last time."""
        run = self._run
        if run is None:
            return
        try:
            status = run.status()
        except RunError as problem:  # its directory was removed
            self.status.emit(str(problem))
            self._show(None)
            return
        records, self._offset = run.metrics(self._offset)
        grown = self._history.take(records)
        if grown:
            self.plots.show_history(self._history, grown)
        self.header.show_run(_title(run), status.state, self._detail(status), status.step, status.steps)
        self._note_state(run, status.state)
        self._show_notes(status.notes)
        if grown or status.state not in ACTIVE:
            self._read_slow_parts()

    # -- inside

    def _show_notes(self, notes: Sequence[str]) -> None:
        """What a person should know though the run goes on: where weights came from, what could not be compiled."""
        at = self.tabs.indexOf(self.notes)
        self.tabs.setTabVisible(at, bool(notes))
        self.tabs.setTabText(at, f"{NOTES} ({len(notes)})")
        text = "\n\n".join(notes)
        if text != self.notes.toPlainText():
            self.notes.setPlainText(text)

    def _detail(self, status: Status) -> str:
        if status.error:
            return status.error
        if status.doing and status.state in ACTIVE:
            return status.doing
        parts = [f"epoch {status.epoch} of {status.epochs}"] if status.epochs else []
        if status.state == "running" and status.step > 0 and status.elapsed > 0:
            parts.append(f"{spell_seconds(status.elapsed / status.step * (status.steps - status.step))} left")
        for name, value in self._history.last.items():
            if name.startswith(("train ", "validation ")):
                parts.append(f"{name} {value:.4g}")
        if self._history.test and status.state not in ACTIVE:
            parts = [f"test {name} {value:.4g}" for name, value in self._history.test.items()]
        if status.device:
            parts.append(f"on {status.device}")
        return "   ".join(parts)

    def _select(self, item: QListWidgetItem | None) -> None:
        self._show(self._runs.get(item.data(Qt.ItemDataRole.UserRole)) if item is not None else None)

    def _show(self, run: Run | None) -> None:
        self._run = run
        self.compare.setEnabled(run is not None)
        self._history = History()
        self._offset = 0
        self._shown_results = False
        self.plots.clear()
        self.results.clear()
        self.previews.clear()
        self.sample.clear()
        self.log.clear()
        self._show_notes(())
        if run is None:
            self.header.clear()
        else:
            self.refresh()
            self._read_slow_parts()

    def _press(self, what: str) -> None:
        run = self._run
        if run is None:
            return
        try:
            {"pause": client.pause, "resume": client.resume, "stop": client.stop}[what](run)
        except RunError as problem:
            self.status.emit(str(problem))
        self.refresh()

    def _read_slow_parts(self) -> None:
        """Results once they are there; previews and log only while they are looked at."""
        if self._run is None:
            return
        if not self._shown_results and (results := self._run.results()):
            self._shown_results = True
            self.results.show_results(results, self._run.path)
        shown = self.tabs.currentWidget()
        if shown is self.previews:
            self.previews.show_folder(self._run.path / "preview")
        elif shown is self.sample:
            self.sample.show_run(self._run, self._document.project if self._document is not None else Project())
        elif shown is self.log:
            self._read_log(self._run.path / "log.txt")

    def _read_log(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                file.seek(max(0, path.stat().st_size - LOG_TAIL))
                text = file.read(LOG_TAIL).decode(errors="replace")
        except FileNotFoundError:
            text = ""
        except OSError as problem:
            text = f"The log cannot be read: {problem}"
        if text != self.log.toPlainText():
            self.log.setPlainText(text)
            self.log.verticalScrollBar().setValue(self.log.verticalScrollBar().maximum())

    def _refresh_list(self) -> None:
        if self._own is None:
            return
        found = self._own.find()
        names = [run.path.name for run in found]
        if names != [self.list.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self.list.count())]:
            keep = self._run.path.name if self._run else None
            self._runs = {run.path.name: run for run in found}
            self.list.blockSignals(True)
            self.list.clear()
            for run in found:
                item = QListWidgetItem(_title(run))
                item.setData(Qt.ItemDataRole.UserRole, run.path.name)
                item.setSizeHint(QSize(0, 46))
                self.list.addItem(item)
                if run.path.name == keep:
                    self.list.setCurrentItem(item)
            self.list.blockSignals(False)
        for name, run in self._runs.items():
            if self._states.get(name) in (None, *ACTIVE):
                try:
                    self._note_state(run, run.status().state)
                except RunError:
                    self._states[name] = "vanished"
        for row in range(self.list.count()):
            self._dress(self.list.item(row))

    def _dress(self, item: QListWidgetItem) -> None:
        name = item.data(Qt.ItemDataRole.UserRole)
        words, token, _ = STATES[self._states.get(name, "starting")]
        item.setText(f"{_title(self._runs[name])}\n{_started(name)}, {words.partition(':')[0].lower()}")
        item.setForeground(self._theme.color("text" if token in ("ok", "accent") else token))
        item.setToolTip(tip(name))

    def _note_state(self, run: Run, state: str) -> None:
        self._states[run.path.name] = state
        running = any(known in ACTIVE for known in self._states.values())
        if running != self._was_running:
            self._was_running = running
            self.running_changed.emit(running)

    def show_run(self, run: Run) -> None:
        """Shows this run of the project, where it is one."""
        for row in range(self.list.count()):
            if self.list.item(row).data(Qt.ItemDataRole.UserRole) == run.path.name:
                self.list.setCurrentRow(row)


def _title(run: Run) -> str:
    """cnn-digits-1 of 2026-01-31T10-15-00Z-cnn-digits-1."""
    return run.path.name.partition("Z-")[2] or run.path.name


def _started(name: str) -> str:
    """When the run was made, in local time, read from its name."""
    try:
        made = datetime.strptime(name[:20], "%Y-%m-%dT%H-%M-%SZ").replace(tzinfo=UTC)
    except ValueError:
        return "at an unknown time"
    return made.astimezone().strftime("%d %b %H:%M")
