"""The list of differences, as rows for a view: thousands of them cost nothing until they are seen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from netbuilder.graph.comparison import Entry
from netbuilder.ui.compare.marks import DRAWN
from netbuilder.ui.compare.words import SIGNS, TOKENS, Words
from netbuilder.ui.text import tip
from netbuilder.ui.theme import Theme

NOWHERE = QModelIndex()
Index = QModelIndex | QPersistentModelIndex


class Listing(QAbstractListModel):
    """One row for each entry."""

    def __init__(self, entries: Sequence[Entry], words: Words, theme: Theme, *, graphs: bool) -> None:
        """`graphs`: there are several, so that each row names its own."""
        super().__init__()
        self.entries = list(entries)
        self._words, self._theme, self._graphs = words, theme, graphs

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.entries)

    def text(self, row: int) -> str:
        """The sign, the graph where there are several, and what differs."""
        entry = self.entries[row]
        graph = entry.graphs[1] or entry.graphs[0]
        where = f"{graph} · " if self._graphs and graph and entry.kind in DRAWN else ""
        return f"{SIGNS[entry.sign]}  {where}{self._words.say(entry)}"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(index.row())
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self.text(index.row()))
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._theme.color(TOKENS[self.entries[index.row()].sign])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{self.entries[index.row()].sign}: {self.text(index.row())[3:]}"
        return None
