"""The document's history as rows: what was done, where one is, and what lies in the file."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from netbuilder.graph.document import Document
from netbuilder.ui.icons import Icons, blank
from netbuilder.ui.theme import Theme

OPENED = "As it was opened"
Role = Qt.ItemDataRole
Place = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


class HistoryModel(QAbstractListModel):
    """Row 0 is the project as it was opened, row n what the n-th change made of it. Labels are read when they are
    shown, so ten thousand changes cost no more than those in view."""

    def __init__(self, document: Document, theme: Theme, icons: Icons, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._count = len(document) + 1
        self._saved: int | None = None
        self.set_look(theme, icons)

    def set_look(self, theme: Theme, icons: Icons) -> None:
        self._theme = theme
        self._icons = {name: icons.icon(name, color) for name, color in (("here", "accent"), ("save", "text.muted"))}
        self._icons["none"] = blank(16)  # keeps the words in line
        self._strong = QFont()
        self._strong.setWeight(QFont.Weight.DemiBold)
        self._show_all()

    def follow(self, saved: int | None) -> None:
        """Shows the history as it is now; `saved`: the position that lies in the file."""
        self._saved = saved
        count = len(self._document) + 1
        if count < self._count:
            self.beginRemoveRows(NOWHERE, count, self._count - 1)
            self._count = count
            self.endRemoveRows()
        elif count > self._count:
            self.beginInsertRows(NOWHERE, self._count, count - 1)
            self._count = count
            self.endInsertRows()
        self._show_all()

    def rowCount(self, parent: Place = NOWHERE) -> int:
        return 0 if parent.isValid() else self._count

    def data(self, index: Place, role: int = Role.DisplayRole):
        row = index.row()
        if role in (Role.DisplayRole, Role.AccessibleTextRole):
            words = [OPENED if row == 0 else self._document.label(row - 1)]
            if row == self._saved:
                words.append("(saved)")
            if role == Role.AccessibleTextRole:
                words += [", now"] * (row == self._document.position) + [", undone"] * (row > self._document.position)
            return " ".join(words).replace(" ,", ",")
        if role == Role.DecorationRole:
            here, saved = row == self._document.position, row == self._saved
            return self._icons["here" if here else "save" if saved else "none"]
        if role == Role.FontRole:
            return self._strong if row == self._document.position else None
        if role == Role.ForegroundRole:
            return self._theme.color("text.muted") if row > self._document.position else None
        return None

    def _show_all(self) -> None:
        self.dataChanged.emit(self.index(0, 0), self.index(self._count - 1, 0))
