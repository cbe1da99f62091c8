"""The names of a project's data sets, and the two ways in which more come in."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from netbuilder.data.facts import SOURCES
from netbuilder.data.project_data import ordered, path_of
from netbuilder.graph.model import Project
from netbuilder.ui.data.charts import samples_in_words
from netbuilder.ui.icons import Icons
from netbuilder.ui.text import tip

_NAME = Qt.ItemDataRole.UserRole


class SetsList(QWidget):
    """`chosen()`: another data set is the chosen one, `name`."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(184)
        self.list = QListWidget()
        self.list.setAccessibleName("Data sets of this project")
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(lambda *_: self.chosen.emit())
        self.add = QPushButton("Add…")
        self.add.setToolTip("Add data that comes with the program, or that it makes")
        self.bring = QPushButton("Import…")
        self.bring.setToolTip("Import files or a folder of your own")
        buttons = QHBoxLayout()
        buttons.setContentsMargins(8, 4, 8, 8)
        buttons.setSpacing(6)
        for one in (self.add, self.bring):
            one.setProperty("compact", True)
            buttons.addWidget(one, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.list, 1)
        box.addLayout(buttons)

    @property
    def name(self) -> str:
        """The chosen data set, "" for none."""
        row = self.list.currentRow()
        return str(self.list.item(row).data(_NAME)) if row >= 0 else ""

    def choose(self, name: str) -> None:
        for row in range(self.list.count()):
            if self.list.item(row).data(_NAME) == name:
                self.list.setCurrentRow(row)

    def show_sets(self, project: Project, wanted: str = "") -> None:
        """All of them, the wanted one chosen, else the one that was, else its neighbour; says nothing of that."""
        shown, names = wanted or self.name, ordered(project)
        row = max(0, self.list.currentRow())
        self.list.blockSignals(True)
        self.list.clear()
        for name in names:
            dataset = project.datasets[name]
            source = SOURCES.get(dataset.source)
            words = source.title if source is not None else f"unknown source {dataset.source!r}"
            many = f", {samples_in_words(dataset.samples)}" if dataset.samples else ""
            item = QListWidgetItem(f"{name}\n{words}{many}")
            item.setData(_NAME, name)
            item.setSizeHint(QSize(0, 46))
            item.setToolTip(tip(path_of(dataset) or words))
            self.list.addItem(item)
        self.list.setCurrentRow(names.index(shown) if shown in names else min(row, len(names) - 1))
        self.list.blockSignals(False)

    def set_icons(self, icons: Icons) -> None:
        self.add.setIcon(icons.icon("add"))
        self.bring.setIcon(icons.icon("import"))
