"""The window that shows two projects side by side, and what differs as a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from PySide6.QtCore import QEvent, QItemSelectionModel, QPointF, QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QListView,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.report import GraphReport
from netbuilder.graph.comparison import Comparison, Entry, Pair, compare
from netbuilder.graph.model import Project
from netbuilder.ui.compare.listing import Listing
from netbuilder.ui.compare.marks import DRAWN, Marks, marks_of
from netbuilder.ui.compare.side import Side
from netbuilder.ui.compare.words import Words, summary
from netbuilder.ui.preferences import Preferences
from netbuilder.ui.text import label
from netbuilder.ui.theme import Theme

SIZE = QSize(1280, 820)
LARGE = 2000  # nodes: a graph of more is drawn when the window has been painted
DRAWING_MS = 30


class Source(NamedTuple):
    """One of the projects: what it is called, and how it is read. `read` raises ValueError or OSError with a sentence.
    `reports` are what analysis found of its graphs, as far as that is known."""

    name: str
    read: Callable[[], Project]
    reports: Mapping[str, GraphReport] = {}


class CompareWindow(QDialog):
    """Shows the projects as they are when they are read; "Read again" looks anew."""

    def __init__(
        self,
        before: Source,
        after: Source,
        catalogue: Catalogue,
        theme: Theme,
        preferences: Preferences,
        parent: QWidget | None = None,
    ) -> None:
        """Raises what reading the projects raises."""
        projects = before.read(), after.read()
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Window)
        self.setWindowTitle(f"Compare: {before.name} and {after.name}")
        self.resize(SIZE)
        self._catalogue, self._theme, self._preferences = catalogue, theme, preferences
        self._sources = before, after
        self._projects = projects
        self._comparison = Comparison((), ())
        self._pair: Pair | None = None
        self._wanted: int | None = None  # the row of the difference that is gone to once its graph is drawn
        self._leading = False  # one view moves the other
        self._listing = Listing((), Words(*self._projects, catalogue), theme, graphs=False)

        self._drawing, self._arriving = QTimer(self), QTimer(self)
        for timer, wait, what in ((self._drawing, DRAWING_MS, self._draw), (self._arriving, 0, self._arrive)):
            timer.setSingleShot(True)
            timer.setInterval(wait)
            timer.timeout.connect(what)

        self.graphs = QComboBox()
        self.graphs.setAccessibleName("Graph")
        self.graphs.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.together = QCheckBox("Move both views together")
        self.places = QCheckBox("Also what only moved")
        self.places.setToolTip("Marks and lists blocks, frames and links that differ in their place alone")
        self.swap = QPushButton("Swap sides")
        self.swap.setToolTip("Takes the right project as the one before")
        self.again = QPushButton("Read again")
        self.again.setToolTip("Compares the projects as they are now")
        for button in (self.swap, self.again):
            button.setAutoDefault(False)  # Enter in the list goes to a difference
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(label("Graph"))
        top.addWidget(self.graphs)
        top.addWidget(self.together)
        top.addWidget(self.places)
        top.addStretch(1)
        top.addWidget(self.again)
        top.addWidget(self.swap)
        self.names = label(look="strong"), label(look="strong")
        self.sides = Side("Before", catalogue, theme), Side("After", catalogue, theme)
        views = QSplitter(Qt.Orientation.Horizontal)
        views.setChildrenCollapsible(False)
        for name, side in zip(self.names, self.sides, strict=True):
            half = QWidget()
            column = QVBoxLayout(half)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(6)
            name.setMinimumWidth(40)
            column.addWidget(name)
            column.addWidget(side, 1)
            views.addWidget(half)
        views.setSizes([600, 600])
        self.list = QListView()
        self.list.setAccessibleName("Differences")
        self.list.setUniformItemSizes(True)
        self.list.setSelectionMode(QListView.SelectionMode.SingleSelection)
        self.words = label()
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.words)
        column.addWidget(self.list, 1)
        whole = QSplitter(Qt.Orientation.Vertical)
        whole.setChildrenCollapsible(False)
        whole.addWidget(views)
        whole.addWidget(below)
        whole.setStretchFactor(0, 1)
        whole.setSizes([580, 180])
        box = QVBoxLayout(self)
        box.setSpacing(10)
        box.addLayout(top)
        box.addWidget(whole, 1)

        self.together.setChecked(preferences.choice("compare/together", ["yes", "no"]) == "yes")
        self.places.setChecked(preferences.choice("compare/places", ["no", "yes"]) == "yes")
        self.list.clicked.connect(lambda index: self._go(index.row()))
        self.list.activated.connect(lambda index: self._go(index.row()))
        self.graphs.activated.connect(lambda _: self._show_pair(self.graphs.currentData()))
        self.together.toggled.connect(lambda on: self._keep("together", on=on))
        self.places.toggled.connect(self._places_toggled)
        self.swap.clicked.connect(self._swap)
        self.again.clicked.connect(self._read_again)
        for at, side in enumerate(self.sides):
            side.moved.connect(lambda zoom, middle, at=at: self._follow(at, zoom, middle))
            side.picked.connect(lambda kind, key, at=at: self._picked(at, kind, key))
        self._compare()
        self.list.setFocus()

    @property
    def comparison(self) -> Comparison:
        return self._comparison

    def changeEvent(self, event: QEvent) -> None:
        """Takes part in a change of theme, which comes as another palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            name = "dark" if self.palette().window().color().lightnessF() < 0.5 else "light"
            if name != self._theme.name:
                self._theme = Theme.load(name)
                self._list()
                for number, side in enumerate(self.sides):
                    side.set_theme(self._theme, self._marks(number) if self._pair is not None else {})

    # -- comparing

    def _compare(self) -> None:
        """Compares what was read, and shows the first graph that differs."""
        self._comparison = compare(*self._projects)
        for source, name, side, role in zip(self._sources, self.names, self.sides, ("Before", "After"), strict=True):
            name.setText(f"{role}: {source.name}")
            side.setAccessibleName(f"{role}: {source.name}")
        self.graphs.clear()
        for at, pair in enumerate(self._comparison.graphs):
            self.graphs.addItem(self._pair_words(pair), at)
        self.words.setText(summary(self._comparison))
        self._list()
        self._show_pair(self._first_differing())

    def _pair_words(self, pair: Pair) -> str:
        if pair.before is None or pair.after is None:
            return f"{pair.after or pair.before} ({'added' if pair.before is None else 'removed'})"
        name = pair.after if pair.before == pair.after else f"{pair.before} → {pair.after}"
        names = (pair.before, pair.after)
        differs = any(one.graphs == names and one.kind != "settings" for one in self._comparison.entries)
        return f"{name} (differs)" if differs else name

    def _first_differing(self) -> int:
        """The graph with the first difference that is not of place alone; else the first graph."""
        names = [(pair.before or "", pair.after or "") for pair in self._comparison.graphs]
        telling = (one for one in self._comparison.entries if one.sign != "moved" and one.graphs in names)
        moved = (one for one in self._comparison.entries if one.graphs in names)
        first = next(telling, None) or next(moved, None)
        return names.index(first.graphs) if first is not None else 0

    def _list(self) -> None:
        places = self.places.isChecked()
        shown = [one for one in self._comparison.entries if not one.implied and (places or one.sign != "moved")]
        words = Words(*self._projects, self._catalogue)
        self._listing = Listing(shown, words, self._theme, graphs=len(self._comparison.graphs) > 1)
        old = self.list.selectionModel()
        self.list.setModel(self._listing)
        if old is not None:
            old.deleteLater()
        self.list.selectionModel().currentChanged.connect(lambda now, _: self._go(now.row()))

    def _show_pair(self, at: int | None) -> None:
        """Shows a graph on both sides; a large one is drawn when the window has been painted."""
        self._pair = self._comparison.graphs[at] if at is not None and self._comparison.graphs else None
        if self._pair is None:
            return
        self.graphs.setCurrentIndex(self.graphs.findData(at))
        graphs = (
            self._projects[0].graphs.get(self._pair.before or ""),
            self._projects[1].graphs.get(self._pair.after or ""),
        )
        self._drawing.stop()
        if any(graph is not None and len(graph.nodes) > LARGE for graph in graphs):
            for side in self.sides:
                side.clear()
            self._drawing.start()
        else:
            self._draw()

    def _draw(self) -> None:
        """Draws both graphs, each as large as fits; where they move together, as the larger one does."""
        assert self._pair is not None
        graphs = self._pair.before or "", self._pair.after or ""
        for number, (side, project, source) in enumerate(zip(self.sides, self._projects, self._sources, strict=True)):
            side.show_graph(project, graphs[number], source.reports.get(graphs[number]), self._marks(number))
        self._arriving.start()

    def _arrive(self) -> None:
        """Once the views have their sizes: to the difference for which the graph was drawn, else all is shown."""
        row, self._wanted = self._wanted, None
        for side in self.sides:
            side.fit()
        if row is not None:
            self._go(row)

    def _marks(self, side: int) -> Marks:
        assert self._pair is not None
        return marks_of(self._comparison, self._pair, after=side == 1, places=self.places.isChecked())

    # -- what the person does

    def _go(self, row: int) -> None:
        """Brings a difference into view on both sides."""
        if not 0 <= row < len(self._listing.entries):
            return
        entry = self._listing.entries[row]
        at = self._pair_of(entry)
        if at is None:
            return
        if self._comparison.graphs[at] is not self._pair:
            self._wanted = row
            self._show_pair(at)
            return
        self._leading = True
        for side, key in zip(self.sides, (entry.before, entry.after), strict=True):
            side.go_to(entry.kind, key if entry.kind in DRAWN else None)
        self._leading = False
        there = self.sides[1] if entry.after is not None else self.sides[0]
        other = self.sides[0] if entry.after is not None else self.sides[1]
        if self.together.isChecked() and entry.kind in DRAWN:
            other.follow(there.zoom_level, there.middle)

    def _pair_of(self, entry: Entry) -> int | None:
        names = [(pair.before or "", pair.after or "") for pair in self._comparison.graphs]
        return names.index(entry.graphs) if entry.graphs in names else None

    def _picked(self, side: int, kind: str, key: object) -> None:
        """Finds the difference of a thing that was clicked on."""
        assert self._pair is not None
        names = (self._pair.before or "", self._pair.after or "")
        for row, entry in enumerate(self._listing.entries):
            mine = entry.after if side == 1 else entry.before
            if entry.kind == kind and entry.graphs == names and mine == key:
                index = self._listing.index(row)
                self.list.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
                return

    def _follow(self, leader: int, zoom: float, middle: QPointF) -> None:
        if self.together.isChecked() and not self._leading:
            self._leading = True
            self.sides[1 - leader].follow(zoom, middle)
            self._leading = False

    def _keep(self, name: str, *, on: bool) -> None:
        self._preferences.set_choice(f"compare/{name}", "yes" if on else "no")
        if name == "together" and on:
            self._follow(0, self.sides[0].zoom_level, self.sides[0].middle)

    def _places_toggled(self, on: bool) -> None:
        self._keep("places", on=on)
        self._list()
        for number, side in enumerate(self.sides):
            if self._pair is not None:
                side.show_marks(self._marks(number))

    def _swap(self) -> None:
        before, after = self._sources
        self._sources = after, before
        self._projects = self._projects[1], self._projects[0]
        self._compare()

    def _read_again(self) -> None:
        try:
            self._projects = self._sources[0].read(), self._sources[1].read()
        except (ValueError, OSError) as wrong:
            self.words.setText(str(wrong))
            return
        self._compare()
