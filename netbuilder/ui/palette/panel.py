"""The palette: every block that fits into the shown graph, to drag or to add with a double click or Enter."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QEvent, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QTreeView, QVBoxLayout, QWidget

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.graph.model import GraphKind
from netbuilder.ui.icons import Icons
from netbuilder.ui.palette.model import BLOCK, CATEGORY, PaletteModel
from netbuilder.ui.text import label
from netbuilder.ui.theme import Theme

MOST_FAILURES = 3
OPEN = frozenset({"Structure", "Data", "Linear", "Convolution", "Loss", "Optimizer", "View"})  # until a person folds
HINT = "Drag a block onto the canvas, or double-click it."


class BlockTree(QTreeView):
    """Rows of blocks. Enter adds the current one; categories fold on a single click."""

    chosen = Signal(str)

    def __init__(self, model: PaletteModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setHeaderHidden(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setExpandsOnDoubleClick(False)
        self.setIndentation(14)
        self.setUniformRowHeights(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Blocks")
        self.clicked.connect(self._fold)
        self.doubleClicked.connect(self._choose)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _choose(self, index: QModelIndex) -> None:
        if name := index.data(BLOCK):
            self.chosen.emit(name)

    def _fold(self, index: QModelIndex) -> None:
        if index.isValid() and not index.data(BLOCK):
            self.setExpanded(index, not self.isExpanded(index))

    def unfold(self, categories: Collection[str]) -> None:
        """Opens these categories and folds the others."""
        was = self.blockSignals(True)
        for row in range(self.model().rowCount()):
            index = self.model().index(row, 0)
            self.setExpanded(index, index.data(CATEGORY) in categories)
        self.blockSignals(was)


class PalettePanel(QWidget):
    """A search field over the tree. `chosen` gives the name of a block to add at the view's centre."""

    chosen = Signal(str)
    unfolded = Signal(list)  # the categories that are open now

    def __init__(
        self,
        catalogue: Catalogue,
        theme: Theme,
        icons: Icons,
        unfolded: Collection[str] = OPEN,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._open = set(unfolded)
        self._kind: GraphKind = "network"
        self._catalogue = catalogue
        self._model = PaletteModel(catalogue, theme, icons)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search blocks")
        self.search.setAccessibleName("Search blocks")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self._fill())
        self.search.returnPressed.connect(self._choose_first)
        self.search.installEventFilter(self)
        self.tree = BlockTree(self._model)
        self.tree.chosen.connect(self.chosen)
        self.tree.expanded.connect(lambda index: self._folded(index, True))
        self.tree.collapsed.connect(lambda index: self._folded(index, False))
        self.tree.selectionModel().currentChanged.connect(lambda now, _: self._explain(now))
        self.nothing = label("No block matches. Try another word, such as “blur” or “memory”.", look="muted", wrap=True)
        self.summary = label(look="muted", wrap=True)
        self.summary.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.summary.setMinimumHeight(52)
        self.left_out = label(look="wrong", wrap=True)  # plug-ins that could not be used, by name
        self.left_out.setText("\n".join(failure.text for failure in catalogue.failures[:MOST_FAILURES]))
        self.left_out.setVisible(bool(catalogue.failures))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 8)
        layout.setSpacing(6)
        for widget in (self.search, self.nothing, self.tree, self.summary, self.left_out):
            layout.addWidget(widget, 1 if widget is self.tree else 0)
        self._fill()

    def show_kind(self, kind: GraphKind) -> None:
        """Shows the blocks for this kind of graph."""
        if kind != self._kind:
            self._kind = kind
            self._fill()

    def set_look(self, theme: Theme, icons: Icons) -> None:
        self._model.set_look(theme, icons)
        self._fill()

    def eventFilter(self, watched, event) -> bool:
        if event.type() == QEvent.Type.KeyPress and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.tree.setFocus()
            if not self.tree.currentIndex().isValid():
                self.tree.setCurrentIndex(self._first())
            return True
        if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
            return True
        return super().eventFilter(watched, event)

    def _folded(self, index: QModelIndex, opened: bool) -> None:
        if category := index.data(CATEGORY):
            self._model.show_folded(index, opened)
            (self._open.add if opened else self._open.discard)(category)
            self.unfolded.emit(sorted(self._open))

    def _first(self) -> QModelIndex:
        """The first row with a block."""
        index = self._model.index(0, 0)
        return index if not index.isValid() or index.data(BLOCK) else self._model.index(0, 0, index)

    def _choose_first(self) -> None:
        if self.search.text().strip() and (name := self._first().data(BLOCK)):
            self.chosen.emit(name)

    def _explain(self, index: QModelIndex) -> None:
        block = self._catalogue.get(index.data(BLOCK) or "")
        self.summary.setText(block.summary if block is not None else HINT)

    def _fill(self) -> None:
        text = self.search.text().strip()
        self.tree.setCurrentIndex(QModelIndex())  # else the view looks for another one with each row that goes
        self._model.fill(self._kind, text)
        self.tree.setRootIsDecorated(False)
        if not text:
            self.tree.unfold(self._open)
            for row in range(self._model.rowCount()):
                index = self._model.index(row, 0)
                self._model.show_folded(index, self.tree.isExpanded(index))
        self.nothing.setVisible(self._model.rowCount() == 0)
        first = self._first() if text else QModelIndex()
        self.tree.setCurrentIndex(first)
        self._explain(first)
