"""Files of one's own come in: what they may be is guessed and shown with real samples, to be corrected before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from PySide6.QtCore import QEvent, Qt, QTimer, QUrl
from PySide6.QtGui import QCloseEvent, QDropEvent
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from netbuilder.data.facts import SOURCES
from netbuilder.data.project_data import by_name, free_name, learnable
from netbuilder.data.starters import starter
from netbuilder.graph.model import NONE, Dataset, Project, Value
from netbuilder.graph.plain import dataset_from_plain
from netbuilder.ui.data.asking import Asking
from netbuilder.ui.data.charts import samples_in_words
from netbuilder.ui.data.columns import ColumnsView
from netbuilder.ui.data.editing import SPLITS, with_value
from netbuilder.ui.data.import_form import Guessed, ReadingForm
from netbuilder.ui.data.roles import RolesTable
from netbuilder.ui.data.samples import SamplesView, Where
from netbuilder.ui.data.scan_bar import ScanBar, Scanned
from netbuilder.ui.icons import Icons
from netbuilder.ui.inspector.fields import Box
from netbuilder.ui.text import label, tip
from netbuilder.ui.theme import Theme

BEGIN, ADD = "begin", "add"
SETTLED_MS = 250  # after an edit, before the data is looked at again


class Imported(NamedTuple):
    """What a person wants: `path` is where the data lies, `then` the key of what is done besides."""

    name: str
    dataset: Dataset
    path: Path
    then: str


class ImportDialog(QDialog):
    """After it was accepted, `imported` says what to do; `afterwards(starter, dataset)`: what may be done."""

    def __init__(
        self,
        project: Project,
        afterwards: Callable[[str, Dataset], Sequence[tuple[str, str]]],
        theme: Theme,
        icons: Icons,
        path: Path | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Import data")
        self.resize(1120, 740)
        self.setAcceptDrops(True)
        self._project, self._afterwards = project, afterwards
        self._path: Path | None = None
        self._guesses: list[Guessed] = []
        self._names: tuple[str, ...] = ()
        self.candidate = Dataset("")  # as the person has it now
        self.found: Dataset | None = None  # what a scan of it gave
        self.imported: Imported | None = None
        self._asking = Asking(self)
        self._asking.done.connect(self._take_guesses)
        self._asking.failed.connect(self._refuse)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLED_MS)
        self._settled.timeout.connect(self._scan)
        self._make(theme, icons)
        self._pages.setCurrentWidget(self._empty)
        if path is not None:
            self.show_path(path)

    # -- what others call

    @property
    def busy(self) -> bool:
        return self._asking.busy or self.scanning.busy or self._settled.isActive() or self.samples.busy

    def show_path(self, path: Path) -> None:
        """Guesses what this file or folder is."""
        self._path, self.found, self._guesses = path, None, []
        self.scanning.cancel()
        self._settled.stop()
        self.samples.clear()
        self._tell("")
        self._judge()
        self.where.setText(str(path))
        self.where.setToolTip(tip(str(path)))
        self.empty_words.setText(f"Looking what {path.name} is…")
        self._waiting.setVisible(True)
        self._pages.setCurrentWidget(self._empty)
        self._asking.ask({"job": "guess", "path": str(path)})

    def accept(self) -> None:
        if self.found is None or self._path is None or not self.finish.isEnabled():
            return
        name = free_name(self._project, self.reading.name.text().strip() or self._path.stem or "data")
        self.imported = Imported(name, self.found, self._path, str(self.then.currentData()))
        self._end()
        super().accept()

    def reject(self) -> None:
        self._end()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._end()
        super().closeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Another file or folder may be dropped here."""
        if isinstance(event, QDropEvent):  # entering and moving are such events too
            urls = event.mimeData().urls()
            if len(urls) != 1 or not urls[0].isLocalFile():
                return False
            event.acceptProposedAction()
            if event.type() == QEvent.Type.Drop:
                path = Path(urls[0].toLocalFile())
                QTimer.singleShot(0, self, lambda: self.show_path(path))
            return True
        return super().event(event)

    # -- inside

    def _make(self, theme: Theme, icons: Icons) -> None:
        self.where = label(look="muted")
        self.where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.file = QPushButton(icons.icon("open"), "File…")
        self.file.setToolTip("Choose a table, an array, a text")
        self.file.clicked.connect(self._choose_file)
        self.folder = QPushButton(icons.icon("open"), "Folder…")
        self.folder.setToolTip("Choose a folder of pictures, sounds or texts")
        self.folder.clicked.connect(self._choose_folder)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.where, 1)
        top.addWidget(self.file)
        top.addWidget(self.folder)

        self.scanning = ScanBar()
        self.scanning.found.connect(self._scanned)
        self.scanning.failed.connect(self._scan_failed)
        self.scanning.cancelled.connect(self._cancelled)
        self.scanning.busy_changed.connect(lambda _: self._judge())
        self.wrong = label(look="wrong", wrap=True)
        self.notes = label(wrap=True)
        self.notes.setProperty("warning", True)

        self._pages = QStackedWidget()
        self._empty = self._empty_page()
        self._pages.addWidget(self._empty)
        self._body = self._body_page(theme, icons)
        self._pages.addWidget(self._body)

        self.then = Box()
        self.then.setAccessibleName("What is done with it")
        self.then.setMinimumWidth(400)
        self.cancel_button = QPushButton("Cancel")
        self.cancel_button.clicked.connect(self.reject)
        self.finish = QPushButton("Import")
        self.finish.setProperty("accent", True)
        self.finish.setDefault(True)
        self.finish.clicked.connect(self.accept)
        self._then_words = label("Then", look="muted")
        self._then_words.setBuddy(self.then)
        bottom = QHBoxLayout()
        bottom.setSpacing(8)
        bottom.addWidget(self._then_words)
        bottom.addWidget(self.then)
        bottom.addStretch(1)
        bottom.addWidget(self.cancel_button)
        bottom.addWidget(self.finish)
        box = QVBoxLayout(self)
        box.setSpacing(10)
        box.addLayout(top)
        box.addWidget(self._pages, 1)
        box.addWidget(self.scanning)
        box.addWidget(self.wrong)
        box.addWidget(self.notes)
        box.addLayout(bottom)
        for one in (self.wrong, self.notes):
            one.hide()
        self._judge()

    def _empty_page(self) -> QWidget:
        page = QFrame()
        page.setProperty("drop", True)
        kinds = " · ".join(source.title for source in SOURCES.values() if source.needs)
        self.empty_words = label("Drop a file or a folder here, or choose one above.", look="strong", wrap=True)
        self.empty_words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        about = label(kinds, look="muted", wrap=True)
        about.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._waiting = QProgressBar()
        self._waiting.setRange(0, 0)
        self._waiting.setTextVisible(False)
        self._waiting.setFixedHeight(6)
        self._waiting.setMaximumWidth(320)
        self._waiting.setAccessibleName("Looking what it is")
        self._waiting.hide()
        box = QVBoxLayout(page)
        box.setContentsMargins(60, 40, 60, 40)
        box.addStretch(1)
        box.addWidget(self.empty_words)
        box.addWidget(self._waiting, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addSpacing(6)
        box.addWidget(about)
        box.addStretch(1)
        return page

    def _body_page(self, theme: Theme, icons: Icons) -> QWidget:
        self.reading = ReadingForm(theme)
        self.reading.guess_chosen.connect(self._choose_guess)
        self.reading.committed.connect(self._set)
        self.roles = RolesTable()
        self.roles.committed.connect(self._set)
        self.samples = SamplesView(theme, icons)
        self.samples.parts_found.connect(self.reading.bar.show_parts)
        self.columns = ColumnsView(theme)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setProperty("panel", True)
        self.tabs.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.tabs.setAccessibleName("What is in it")
        pages = ((self.samples, "Samples"), (self.roles, "What columns are for"), (self.columns, "Statistics"))
        for widget, text in pages:
            self.tabs.addTab(widget, text)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self.reading)
        splitter.addWidget(self.tabs)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([320, 760])
        splitter.setChildrenCollapsible(False)
        return splitter

    def _choose_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "Import a file", self._start())
        if chosen:
            self.show_path(Path(chosen))

    def _choose_folder(self) -> None:
        if chosen := QFileDialog.getExistingDirectory(self, "Import a folder", self._start()):
            self.show_path(Path(chosen))

    def _start(self) -> str:
        return QUrl.fromLocalFile(str(self._path.parent if self._path is not None else Path.home())).toLocalFile()

    def _take_guesses(self, result: dict[str, Any]) -> None:
        self._waiting.hide()
        self._guesses = [
            Guessed(dataset_from_plain(one["dataset"]), one["reason"], tuple(one["columns"]))
            for one in result["guesses"]
        ]
        assert self._path is not None
        self.reading.show_guesses(self._guesses, free_name(self._project, self._path.stem or "data"))
        self._pages.setCurrentWidget(self._body)
        self._choose_guess(0)
        self.reading.kind.setFocus()

    def _refuse(self, sentence: str) -> None:
        self._waiting.hide()
        self.empty_words.setText("Drop another file or folder here, or choose one above.")
        self._tell(sentence)

    def _choose_guess(self, at: int) -> None:
        guessed = self._guesses[at]
        self._names = guessed.columns
        self.samples.clear()
        self.tabs.setTabVisible(self.tabs.indexOf(self.roles), by_name(guessed.dataset) is not None)
        self._show(learnable(guessed.dataset))
        self._scan()

    def _set(self, name: str, value: Value) -> None:
        try:
            changed = with_value(self.candidate, name, value)
        except ValueError as wrong:
            self._tell(str(wrong))
            return
        self._show(changed)
        if name in SPLITS and self.found is not None:
            self.found = msgspec.structs.replace(self.found, params=changed.params)
            self.samples.show_dataset(self.found, self._look())
            self._tell("")
        else:
            self.found = None
            self._settled.start()
            self._judge()

    def _show(self, dataset: Dataset) -> None:
        self.candidate = dataset
        self.reading.show_dataset(dataset, self._project)
        if (param := by_name(dataset)) is not None:
            self.roles.show_values(param, dataset.params.get(param.name, NONE), self._names)

    def _look(self) -> Where:
        return Where("", (str(self._path),), 0)

    def _scan(self) -> None:
        self._settled.stop()
        self._tell("")
        self._note([])
        self.found = None
        self.scanning.scan(self.reading.name.text(), self.candidate, self._look(), keep=True)
        self._judge()

    def _scanned(self, scanned: Scanned) -> None:
        self.found = msgspec.structs.replace(scanned.dataset, params=self.candidate.params)
        self._note(scanned.notes)
        self.columns.show_dataset(self.found)
        self.samples.show_dataset(self.found, self._look())
        self._judge()

    def _scan_failed(self, sentence: str) -> None:
        self.samples.clear("There is nothing to show yet.")
        self.columns.show_dataset(None)
        self._tell(sentence)
        self._judge()

    def _cancelled(self) -> None:
        self._tell("The look at the data was cancelled. Change something, or choose how to read it again.")
        self._judge()

    def _judge(self) -> None:
        """What can be done now."""
        ready = self.found is not None
        self.finish.setEnabled(ready)
        for one in (self.then, self._then_words):
            one.setVisible(ready)
        if self.found is None:
            return
        suits = starter(self.found)
        kept = self.then.currentData()
        self.then.clear()
        for key, words in self._afterwards(suits.title.lower() if suits is not None else "", self.found):
            self.then.addItem(words, key)
        self.then.setCurrentIndex(max(0, self.then.findData(kept)))
        self.finish.setToolTip(tip(f"Add {samples_in_words(self.found.samples)} to the project"))

    def _tell(self, wrong: str) -> None:
        self.wrong.setText(wrong)
        self.wrong.setVisible(bool(wrong))

    def _note(self, notes: Sequence[str]) -> None:
        self.notes.setText("\n".join(notes[:3]) + (f"\nAnd {len(notes) - 3} more." if len(notes) > 3 else ""))
        self.notes.setVisible(bool(notes))

    def _end(self) -> None:
        self._settled.stop()
        self._asking.cancel()
        self.scanning.cancel()
        self.samples.close_view()
