"""The columns of a data set: what a Data node gives, and of each how its values are spread."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QScrollArea,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from netbuilder.graph.model import Column, Dataset, Values
from netbuilder.ui.data.charts import Histogram
from netbuilder.ui.inspector.facts import FactRows
from netbuilder.ui.inspector.fields import Box
from netbuilder.ui.text import ground, label, tip
from netbuilder.ui.theme import Theme

HEADS = ("Port", "Shape", "Type", "Role", "Classes", "Missing")
ROLES = {
    "image": "Pictures: axes C, H, W",
    "class": "One class of a sample, as its number",
    "vector": "Numbers that describe a sample",
    "sequence": "Values in a row: a series, a sound",
    "token": "Text, as the numbers of its characters or words",
    "tensor": "Numbers",
}


class ColumnsView(QWidget):
    """A row for each column; beside it statistics and a histogram of the one that is chosen."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._columns: tuple[Column, ...] = ()
        self.table = QTableWidget(0, len(HEADS))
        self.table.setAccessibleName("Columns of the data set")
        self.table.setHorizontalHeaderLabels(list(HEADS))
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setTabKeyNavigation(False)
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(HEADS.index("Classes"), QHeaderView.ResizeMode.Stretch)
        self.table.currentCellChanged.connect(lambda row, *_: self._show(row))
        self.name = label(look="strong")
        self.about = label(look="muted", wrap=True)
        self.element = Box()
        self.element.setAccessibleName("Number of the vector")
        self.element.activated.connect(lambda _: self._show_element())
        self.histogram = Histogram(theme)
        self.facts = FactRows("Statistics of the column")
        self.words = label(look="muted", wrap=True)
        side = QWidget()
        ground(side)
        box = QVBoxLayout(side)
        box.setContentsMargins(12, 8, 12, 8)
        box.setSpacing(6)
        for part in (self.name, self.about, self.element, self.histogram, self.facts, self.words):
            box.addWidget(part)
        box.addStretch(1)
        area = QScrollArea()
        area.setWidget(side)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setAccessibleName("About the column")
        area.setMinimumWidth(220)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(self.table)
        splitter.addWidget(area)
        splitter.setStretchFactor(0, 1)
        splitter.setSizes([640, 280])
        splitter.setChildrenCollapsible(False)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(splitter)
        self.show_dataset(None)

    def sizeHint(self) -> QSize:
        return QSize(760, 240)

    def show_dataset(self, dataset: Dataset | None) -> None:
        """Shows the columns of this data set; the chosen one stays where it is still there."""
        columns = dataset.columns if dataset is not None else ()
        row = max(0, self.table.currentRow())
        self._columns = columns
        self.table.blockSignals(True)
        self.table.setRowCount(len(columns))
        for at, column in enumerate(columns):
            for x, text in enumerate(described(column)):
                item = QTableWidgetItem(text)
                item.setToolTip(tip(ROLES.get(column.role, "") if x == HEADS.index("Role") else text))
                self.table.setItem(at, x, item)
        self.table.setCurrentCell(min(row, len(columns) - 1), 0)
        self.table.blockSignals(False)
        self._show(self.table.currentRow())

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.histogram.set_theme(theme)

    def _show(self, row: int) -> None:
        column = self._columns[row] if 0 <= row < len(self._columns) else None
        for part in (self.element, self.histogram, self.facts, self.words):
            part.setVisible(False)
        self.name.setText(column.name or column.id if column is not None else "")
        self.about.setText(ROLES.get(column.role, column.role) if column is not None else "")
        if column is None:
            return
        elements = column.facts.get("elements")
        if isinstance(elements, tuple):
            names = column.facts.get("names")
            names = names if isinstance(names, tuple) else ()
            at = max(0, self.element.currentIndex()) if self.element.count() == len(elements) else 0
            self.element.clear()
            for number in range(len(elements)):
                self.element.addItem(str(names[number]) if number < len(names) else f"Number {number + 1}")
            self.element.setCurrentIndex(at)
            self.element.setVisible(True)
        self._show_element()
        self.chosen.emit(column.id)

    def _show_element(self) -> None:
        column = self._columns[self.table.currentRow()]
        facts = _numbers(column, self.element.currentIndex())
        rows, bars = statistics(column, facts), facts.get("histogram")
        self.facts.show_rows(rows)
        self.facts.setVisible(bool(rows))
        low, high = facts.get("low", 0), facts.get("high", 0)
        counts = facts.get("counts", ())
        if bars:
            self.histogram.show_bars(bars, low, high if high > low else low + 1)
        elif len(counts) > 1:
            self.histogram.show_bars(counts, 0, len(counts))
        shown = bool(bars) or len(counts) > 1
        self.histogram.setVisible(shown)
        self.words.setText("" if rows else "Not counted yet: Scan looks at every value.")
        self.words.setVisible(not rows)


def _numbers(column: Column, element: int) -> Mapping[str, Any]:
    """What was counted of the column, or of one of its elements."""
    elements: Any = column.facts.get("elements")
    return elements[element] if isinstance(elements, tuple) else column.facts


def described(column: Column) -> tuple[str, ...]:
    """A column as the cells of its row, under HEADS."""
    letters = column.axes.split()
    shape = " × ".join(map(str, column.shape))
    if letters and len(letters) == len(column.shape):
        shape += f"  ({', '.join(letters)})"
    names = ", ".join(column.classes[:12]).replace("\n", "↵")
    classes = f"{len(column.classes)}: {names}{', …' if len(column.classes) > 12 else ''}" if column.classes else ""
    return column.id, shape or "one value", column.dtype, column.role, classes, _missing(column.facts)


def _missing(facts: Values) -> str:
    elements = facts.get("elements")
    if isinstance(elements, tuple):
        held = [one.get("missing", 0) for one in elements if isinstance(one, Mapping)]
        return f"{sum(number for number in held if isinstance(number, int)):,}"
    missing: Any = facts.get("missing")
    return f"{missing:,}" if isinstance(missing, int) else ""


def statistics(column: Column, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a scan counted, as rows of name and value."""
    names = {"mean": "Mean", "std": "Standard deviation", "low": "Smallest", "high": "Largest"}
    rows = [(text, f"{facts[name]:.5g}") for name, text in names.items() if isinstance(facts.get(name), int | float)]
    if isinstance(facts.get("missing"), int):
        rows.append(("Missing", f"{facts['missing']:,}"))
    counts = facts.get("counts")
    if isinstance(counts, tuple) and counts:
        most, least = max(range(len(counts)), key=counts.__getitem__), min(range(len(counts)), key=counts.__getitem__)
        rows.append(("Most frequent", f"{_spelled(column.classes[most])} ({counts[most]:,})"))
        rows.append(("Least frequent", f"{_spelled(column.classes[least])} ({counts[least]:,})"))
    return rows


def _spelled(text: str) -> str:
    return repr(text)[1:-1] if not text.strip() or not text.isprintable() else text
