"""The project's data sets: a list, and of one of them its samples, its columns, its source and split."""

from __future__ import annotations

from pathlib import Path

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QPushButton,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from netbuilder.blocks.trust import Trust
from netbuilder.data.errors import DataError
from netbuilder.data.facts import SOURCES
from netbuilder.data.place import Place
from netbuilder.data.project_data import by_name, path_of, with_path
from netbuilder.graph import edits
from netbuilder.graph.change import Change
from netbuilder.graph.document import Document
from netbuilder.graph.edits import EditError
from netbuilder.graph.model import NONE, Dataset, Value
from netbuilder.graph.names import is_id, make_id
from netbuilder.ui.data import editing
from netbuilder.ui.data.adding import AddDialog
from netbuilder.ui.data.charts import samples_in_words
from netbuilder.ui.data.columns import ColumnsView
from netbuilder.ui.data.outside_bar import OutsideBar
from netbuilder.ui.data.roles import RolesTable
from netbuilder.ui.data.samples import SamplesView, Where
from netbuilder.ui.data.scan_bar import ScanBar, Scanned
from netbuilder.ui.data.sets_list import SetsList
from netbuilder.ui.data.setup import SetupView
from netbuilder.ui.dialogs import Dialogs
from netbuilder.ui.flow import FlowLayout
from netbuilder.ui.icons import Icons
from netbuilder.ui.runs.header import Figures
from netbuilder.ui.text import counted, label, sentence
from netbuilder.ui.theme import Theme

EMPTY = "This project has no data yet. Add data that comes with the program, or import files of your own."


class DataPanel(QWidget):
    """Follows the document; every edit is one change of it.

    `place_wanted(name)`: a Data node of this data set belongs on the canvas; `import_wanted()`: files of one's own are
    to come in; `allowed()`: a person has said that data may be read.
    """

    status = Signal(str)
    import_wanted = Signal()
    place_wanted = Signal(str)
    allowed = Signal()

    def __init__(
        self,
        document: Document,
        path: Path | None,
        dataset_params: frozenset[str],
        theme: Theme,
        icons: Icons,
        trust: Trust,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._trust, self._params = document, trust, dataset_params
        self._place = Place(path.parent if path is not None else None, trust)
        self._editable = True
        self._readable = False  # there is a source, and it may be read
        self._counted: dict[str, Dataset] = {}  # statistics of built-in data, which the project need not keep
        self.dialogs = Dialogs(self)
        self._make(theme, icons)
        self.set_look(theme, icons)
        self._unsubscribe = document.subscribe(self._changed)
        self._fill()

    # -- what others call

    @property
    def name(self) -> str:
        """The data set that is shown, "" for none."""
        return self.sets.name

    @property
    def dataset(self) -> Dataset | None:
        return self._document.project.datasets.get(self.name)

    @property
    def busy(self) -> bool:
        """Whether something is still being read."""
        return self.scanning.busy or self.samples.busy

    @property
    def place(self) -> Place:
        return self._place

    def show_dataset(self, name: str) -> None:
        """Chooses a data set of the project."""
        self.sets.choose(name)

    def set_path(self, path: Path | None) -> None:
        """The project lies in another file now."""
        self._place = Place(path.parent if path is not None else None, self._trust)
        self._show()

    def set_look(self, theme: Theme, icons: Icons) -> None:
        self._theme, self._icons = theme, icons
        for part in (self.samples, self.setup):
            part.set_look(theme, icons)
        self.columns.set_theme(theme)
        self.sets.set_icons(icons)

    def close_view(self) -> None:
        """Lets go of the document; what is being read is given up."""
        self._unsubscribe()
        self.scanning.cancel()
        self.samples.close_view()

    def set_editable(self, editable: bool) -> None:
        """Whether the project's data sets can be changed here, or only looked at."""
        self._editable = editable
        for part in (self.add, self.bring, self.use, self.rename, self.remove, self.setup, self.roles):
            part.setEnabled(editable)
        self.scan.setEnabled(editable and self._readable)

    def look_again(self) -> None:
        """Asks anew what may be read."""
        self._show()

    # -- inside

    def _make(self, theme: Theme, icons: Icons) -> None:
        self.sets = SetsList()
        self.add, self.bring = self.sets.add, self.sets.bring
        self.sets.chosen.connect(self._show)
        self.add.clicked.connect(self.add_source)
        self.bring.clicked.connect(self.import_wanted)

        self.title, self.about = label(look="strong"), Figures()
        self.about.setProperty("muted", True)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.use = QPushButton("Place on canvas")
        self.use.setToolTip("Put a Data node of this data set into the shown graph, or let the one there read it")
        self.use.clicked.connect(lambda: self.place_wanted.emit(self.name))
        self.scan = QPushButton("Scan")
        self.scan.setToolTip("Look at every value again: columns, classes, what is missing, statistics")
        self.scan.clicked.connect(lambda: self._scan(self.name, keep=True))
        self.rename = QPushButton("Rename…")
        self.rename.clicked.connect(self._rename)
        self.remove = QPushButton("Remove")
        self.remove.clicked.connect(self._remove)
        head = FlowLayout(8)  # in a narrow window the buttons stand below
        head.addWidget(self.title)
        head.addWidget(self.about)
        for one in (self.use, self.scan, self.rename, self.remove):
            one.setProperty("compact", True)
            head.addWidget(one)
        for words in (self.title, self.about):  # on one line with the buttons
            words.setMinimumHeight(self.use.sizeHint().height())
        self.scanning = ScanBar()
        self.scanning.found.connect(self._scanned)
        self.scanning.failed.connect(self._scan_failed)
        self.scanning.cancelled.connect(self._show_forms)
        self.scanning.busy_changed.connect(lambda busy: self.scan.setEnabled(self._editable and not busy))
        self.outside = OutsideBar()
        self.outside.allowed.connect(self._allow)
        self.outside.elsewhere.connect(self._choose_place)
        self.wrong = label(look="wrong", wrap=True)
        self.wrong.setContentsMargins(12, 2, 12, 2)
        self.wrong.hide()
        self.samples = SamplesView(theme, icons)
        self.columns = ColumnsView(theme)
        self.setup = SetupView(theme, icons)
        self.setup.committed.connect(self._set)
        self.setup.elsewhere.connect(self._choose_place)
        self.roles = RolesTable()
        self.roles.committed.connect(self._set)
        self.samples.parts_found.connect(self.setup.show_parts)
        self.samples.noted.connect(self.setup.show_notes)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setAccessibleName("Pages of the data set")
        for widget, text in (
            (self.samples, "Samples"),
            (self.columns, "Columns"),
            (self.roles, "What columns are for"),
            (self.setup, "Source and split"),
        ):
            self.tabs.addTab(widget, text)
        self.tabs.currentChanged.connect(lambda _: self._count_if_seen())
        right = QWidget()
        right.setMinimumWidth(250)
        box = QVBoxLayout(right)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        flowing = QWidget()
        flowing.setLayout(head)
        self._head = QWidget()
        around = QVBoxLayout(self._head)
        around.setContentsMargins(12, 6, 8, 2)
        around.addWidget(flowing)
        for part in (self._head, self.scanning, self.outside, self.wrong):
            box.addWidget(part)
        box.addWidget(self.tabs, 1)
        self.nothing = label(EMPTY, look="muted", wrap=True)
        self.nothing.setContentsMargins(16, 12, 16, 12)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        box.addWidget(self.nothing, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self.sets)
        splitter.addWidget(right)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([250, 900])
        splitter.setChildrenCollapsible(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(splitter)

    def _changed(self, change: Change) -> None:
        kinds = {edit.kind for edit in change.edits}
        if "dataset" in kinds:
            made = [str(edit.key) for edit in change.edits if edit.kind == "dataset" and edit.before is None]
            self._fill(made[-1] if made else "")
        elif "settings" in kinds:
            self._show()

    def _fill(self, wanted: str = "") -> None:
        """Makes the list agree with the project."""
        self.sets.show_sets(self._document.project, wanted)
        self._show()

    def _show(self) -> None:
        name, dataset = self.name, self.dataset
        for part in (self._head, self.tabs):
            part.setVisible(dataset is not None)
        self.nothing.setVisible(dataset is None)
        if self.scanning.busy and self.scanning.name != name:
            self.scanning.cancel()
        self._tell("")
        if dataset is None:
            self.outside.show_path(None)
            self.samples.clear()
            return
        self.title.setText(name)
        uses = edits.uses_of_dataset(self._document.project, name, self._params)
        used = f"read by {counted(len(uses), 'node')}" if uses else "not used yet"
        self.about.setText(f"{samples_in_words(dataset.samples)}, {used}" if dataset.samples else used)
        self.setup.show_dataset(dataset, self._document.project)
        self.columns.show_dataset(self._with_statistics(name, dataset))
        self.setup.show_parts({})
        columns = by_name(dataset)
        self.tabs.setTabVisible(self.tabs.indexOf(self.roles), columns is not None)
        if columns is not None:
            self.roles.show_values(columns, dataset.params.get(columns.name, NONE))
        source = SOURCES.get(dataset.source)
        outside = self._outside(dataset)
        self.outside.show_path(outside)
        self._readable = source is not None and outside is None
        self.scan.setEnabled(self._editable and self._readable)
        if source is None:
            self.samples.clear(f"This version of netbuilder has no data source {dataset.source!r}.")
        elif outside is not None:
            self.samples.clear("Samples are shown once this data may be read.")
        else:
            self.samples.show_dataset(dataset, self.where())
            self._count_if_seen()

    def where(self) -> Where:
        """How jobs find what the project reads."""
        project = self._document.project
        trained = sorted(name for name, graph in project.graphs.items() if graph.kind == "training")
        seed = project.settings.get(trained[0], NONE).get("seed", 0) if trained else 0
        base = str(self._place.base) if self._place.base is not None else ""
        return Where(base, (), seed if isinstance(seed, int) else 0)

    def _outside(self, dataset: Dataset) -> Path | None:
        text = path_of(dataset)
        try:
            return self._place.asks(text) if text else None
        except DataError:
            return None

    def _with_statistics(self, name: str, dataset: Dataset) -> Dataset:
        counted = self._counted.get(name)
        return counted if counted is not None and editing.alike(counted, dataset) else dataset

    # -- edits

    def add_source(self) -> None:
        """Asks for a source that comes with the program, and adds it."""
        dialog = AddDialog(self._document.project, self._theme, self._icons, self)
        dialog.accepted.connect(lambda: self._add(dialog.name, dialog.dataset))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _add(self, name: str, dataset: Dataset) -> None:
        if SOURCES[dataset.source].columns is None:  # what it holds is to be found first
            self._scan(name, keep=True, dataset=dataset)
            return
        self._document.apply(edits.set_dataset(self._document.project, name, dataset))

    def _set(self, name: str, value: Value) -> None:
        dataset = self.dataset
        if dataset is None:
            return
        try:
            changed = editing.with_value(dataset, name, value)
        except ValueError as wrong:
            self._tell(str(wrong))
            return
        if editing.needs_scan(dataset, name):
            self._scan(self.name, keep=True, dataset=changed)
        else:
            self._document.apply(edits.set_dataset(self._document.project, self.name, changed))

    def _rename(self) -> None:
        typed = self.dialogs.name("Rename data set", "New name:", self.name)
        if not typed or typed == self.name:
            return
        new = typed if is_id(typed) else make_id(typed)
        try:
            change = edits.rename_dataset(self._document.project, self.name, new, self._params)
        except EditError as wrong:
            self.dialogs.error(sentence(wrong))
            return
        self._document.apply(change)

    def _remove(self) -> None:
        uses = edits.uses_of_dataset(self._document.project, self.name, self._params)
        places = ", ".join(f"{node} in {graph}" for graph, node in uses[:4]) + (" and others" if len(uses) > 4 else "")
        if uses and not self.dialogs.confirm(
            f"“{self.name}” is read by {places}. Remove it from the project all the same? No file is deleted.", "Remove"
        ):
            return
        self._document.apply(edits.set_dataset(self._document.project, self.name, None))

    def _allow(self, path: Path) -> None:
        try:
            self._place.allow(path)
        except OSError as problem:
            self._tell(f"What you allow can't be kept: {problem.strerror or problem}.")
            return
        self._show()
        self.allowed.emit()

    def _choose_place(self) -> None:
        dataset = self.dataset
        if dataset is None:
            return
        old = Path(path_of(dataset))
        start = str(next((one for one in old.parents if one.is_dir()), Path.home()))
        if old.is_dir() or not old.suffix:
            chosen = QFileDialog.getExistingDirectory(self, "Where the data lies now", start)
        else:
            chosen, _ = QFileDialog.getOpenFileName(self, "Where the data lies now", start)
        if chosen:
            self.set_place(Path(chosen))

    def set_place(self, path: Path) -> None:
        """The data of the shown data set lies here now, as a person has chosen."""
        dataset = self.dataset
        if dataset is not None:
            if not self._place.allowed(Path(path).resolve()):
                self._place.allow(path)
            changed = with_path(dataset, self._place.written(path))
            self._document.apply(edits.set_dataset(self._document.project, self.name, changed))

    # -- the scan

    def _count_if_seen(self) -> None:
        """Statistics are counted when somebody looks at them, and were not kept with the project."""
        name, dataset = self.name, self.dataset
        seen = self.tabs.currentWidget() is self.columns
        if not seen or dataset is None or dataset.source not in SOURCES or self.scanning.busy:
            return
        if self._outside(dataset) is None and not editing.has_statistics(self._with_statistics(name, dataset)):
            self._scan(name, keep=False)

    def _scan(self, name: str, *, keep: bool, dataset: Dataset | None = None) -> None:
        self._tell("")
        wanted = dataset if dataset is not None else self._document.project.datasets[name]
        self.scanning.scan(name, wanted, self.where(), keep=keep)

    def _scanned(self, scanned: Scanned) -> None:
        held = self._document.project.datasets.get(scanned.name)
        if not scanned.keep:
            self._counted[scanned.name] = scanned.dataset
            if held is not None:
                self.columns.show_dataset(self._with_statistics(scanned.name, held))
            return
        found = msgspec.structs.replace(scanned.dataset, extra=held.extra) if held is not None else scanned.dataset
        self._document.apply(edits.set_dataset(self._document.project, scanned.name, found))
        self.setup.show_notes(scanned.notes)
        first = f" {scanned.notes[0]}" if scanned.notes else ""
        self.status.emit(f"Scanned {scanned.name}: {samples_in_words(found.samples)}.{first}")

    def _scan_failed(self, said: str) -> None:
        self._show_forms()
        self._tell(said)

    def _show_forms(self) -> None:
        """What was typed did not become an edit."""
        if (dataset := self.dataset) is not None:
            self.setup.show_dataset(dataset, self._document.project)

    def _tell(self, wrong: str) -> None:
        self.wrong.setText(wrong)
        self.wrong.setVisible(bool(wrong))
