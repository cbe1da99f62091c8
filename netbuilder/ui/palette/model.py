"""The palette's rows: all blocks of a kind of graph by category, or the best matches of a search."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QModelIndex, Qt
from PySide6.QtGui import QFont, QStandardItem, QStandardItemModel

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.spec import Block
from netbuilder.graph.model import GraphKind
from netbuilder.ui.icons import Icons
from netbuilder.ui.mime import MIME
from netbuilder.ui.text import counted, tip
from netbuilder.ui.theme import Theme

BLOCK = Qt.ItemDataRole.UserRole + 1
CATEGORY = Qt.ItemDataRole.UserRole + 2


class PaletteModel(QStandardItemModel):
    """Rows with a block carry its name under BLOCK; a dragged row travels as that name."""

    def __init__(self, catalogue: Catalogue, theme: Theme, icons: Icons) -> None:
        super().__init__()
        self._catalogue, self._theme, self._icons = catalogue, theme, icons

    def mimeTypes(self) -> list[str]:
        return [MIME]

    def mimeData(self, indexes) -> QMimeData:
        data = QMimeData()
        names = [name for index in indexes if (name := index.data(BLOCK))]
        if names:
            data.setData(MIME, names[0].encode())
        return data

    def set_look(self, theme: Theme, icons: Icons) -> None:
        self._theme, self._icons = theme, icons

    def fill(self, kind: GraphKind, text: str) -> None:
        """Shows what fits into graphs of this kind: the best matches of `text` first, or all by category."""
        self.clear()
        if text:
            self.invisibleRootItem().appendRows([self._row(block) for block in self._catalogue.search(text, kind)])
            return
        for category, blocks in self._catalogue.categories().items():
            rows = [self._row(block) for block in blocks if kind in block.graphs]
            if rows:
                group = QStandardItem(f"{category}  {len(rows)}")
                group.setData(category, CATEGORY)
                group.setData(f"{category}, {counted(len(rows), 'block')}", Qt.ItemDataRole.AccessibleTextRole)
                group.setFlags(Qt.ItemFlag.ItemIsEnabled)
                font = QFont()
                font.setWeight(QFont.Weight.DemiBold)
                group.setFont(font)
                group.setForeground(self._theme.color("text.muted"))
                group.appendRows(rows)
                self.appendRow(group)

    def show_folded(self, index: QModelIndex, opened: bool) -> None:
        """The arrow before a category."""
        self.itemFromIndex(index).setIcon(self._icons.icon("unfolded" if opened else "folded", "text.muted"))

    def _row(self, block: Block) -> QStandardItem:
        row = QStandardItem(self._icons.dot(self._theme.category(block.category)), block.name)
        row.setData(block.name, BLOCK)
        row.setToolTip(tip(block.summary))
        row.setData(f"{block.name}: {block.summary}", Qt.ItemDataRole.AccessibleTextRole)
        row.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled)
        return row
