"""What each column of a person's own table is for: a row for each, with choices; several rows can be set at once."""

from __future__ import annotations

from collections.abc import Sequence

from immutables import Map
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from netbuilder.data.by_name import ByName
from netbuilder.data.own_tables import MISSING
from netbuilder.graph.model import NONE, Value, Values, natural_key
from netbuilder.ui.text import tip

Index = QModelIndex | QPersistentModelIndex
NOTHING = "–"
HEADS = {"role": "For", "type": "Holds", "missing": "Missing values", "scale": "Scale", "encode": "Categories"}
WORDS = {
    ("role", "feature"): "learn from",
    ("role", "target"): "predict",
    ("role", "both"): "both",
    ("role", "ignore"): "ignore",
    ("role", "image"): "picture files",
    ("type", "numeric"): "numbers",
    ("type", "category"): "categories",
    ("type", "text"): "text",
    ("missing", "own"): "own category",
    ("missing", "drop"): "leave the row out",
    ("missing", "mean"): "the mean",
    ("missing", "median"): "the median",
    ("missing", "zero"): "zero",
    ("scale", "standard"): "mean 0, spread 1",
    ("scale", "range"): "0 to 1",
    ("scale", "none"): "as it is",
    ("encode", "one-hot"): "one-hot",
    ("encode", "index"): "index",
}
HELP = {
    "role": "What the column is for",
    "type": "What the column holds",
    "missing": "What stands for a missing value; means and medians are those of the training part",
    "scale": "How numbers are scaled; the numbers for it come from the training part",
    "encode": "How categories become numbers: a column of 0 and 1 for each, or their number, for an Embedding",
}
WIDTHS = {"role": 124, "type": 112, "missing": 130, "scale": 150}  # pixels
_OPTIONS = Qt.ItemDataRole.UserRole


class RolesTable(QTableWidget):
    """`committed(name, value)` with the parameter's name once for each edit."""

    committed = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._param: ByName | None = None
        self._values: Values = NONE
        self._names: tuple[str, ...] = ()
        self.setAccessibleName("What each column is for")
        self.setItemDelegate(_Choices(self))
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.DoubleClicked)
        self.clicked.connect(lambda index: self.edit(index) if index.data(_OPTIONS) else None)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(28)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    @property
    def names(self) -> tuple[str, ...]:
        return self._names

    def show_values(self, param: ByName, value: Value, names: Sequence[str] = ()) -> None:
        """What is said of each column. `names`: all columns in their order; without it those that are spoken of."""
        held = value if isinstance(value, Map) else NONE
        names = tuple(names) or tuple(sorted(held, key=natural_key))
        if (param, held, names) == (self._param, self._values, self._names):
            return
        fields = [field for field, _ in param.fields]
        if names != self._names or self._param is not param:
            self.setColumnCount(1 + len(fields))
            self.setRowCount(len(names))
            for x, head in enumerate(["Column", *(HEADS.get(field, field) for field in fields)]):
                item = QTableWidgetItem(head)
                item.setToolTip(tip(HELP.get(fields[x - 1], "") if x else "As the file names it"))
                self.setHorizontalHeaderItem(x, item)
                self.setColumnWidth(x, WIDTHS.get(fields[x - 1], 120) if x else 130)
            self.horizontalHeader().setStretchLastSection(True)
        self._param, self._values, self._names = param, held, names
        for y, name in enumerate(names):
            said = held.get(name, NONE)
            assert isinstance(said, Map)
            shown = [(name, ())] + [self._cell(field, said) for field in fields]
            for x, (text, options) in enumerate(shown):
                item = self.item(y, x) or QTableWidgetItem()
                item.setText(text)
                item.setData(_OPTIONS, options)
                editable = Qt.ItemFlag.ItemIsEditable if options else Qt.ItemFlag(0)
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | editable)
                item.setToolTip(tip(name if x == 0 else HELP.get(fields[x - 1], "") if options else ""))
                if self.item(y, x) is None:
                    self.setItem(y, x, item)

    def choose(self, row: int, field: str, word: str) -> None:
        """Sets one field of the column in this row, and of the others that are selected with it."""
        if self._param is None:
            return
        rows = {index.row() for index in self.selectionModel().selectedRows()}
        value = self._values
        for at in rows if row in rows else {row}:
            said = value.get(self._names[at], NONE)
            assert isinstance(said, Map)
            if word in self._allowed(field, said):
                value = value.set(self._names[at], self._fitting(said.set(field, word)))
        if value != self._values:
            self.committed.emit(self._param.name, value)

    def _fitting(self, said: Values) -> Values:
        """Without words that no longer go with the others."""
        for field in [field for field in said if field not in ("role", "type")]:
            if said[field] not in self._allowed(field, said):
                said = said.delete(field)
        return said

    def _cell(self, field: str, said: Values) -> tuple[str, tuple[str, ...]]:
        allowed = self._allowed(field, said)
        if not allowed:
            return NOTHING, ()
        word = said.get(field, self._default(field, said, allowed))
        return WORDS.get((field, str(word)), str(word)), allowed

    def _allowed(self, field: str, said: Values) -> tuple[str, ...]:
        """The words that make sense for a column of which this is said."""
        assert self._param is not None
        options = dict(self._param.fields).get(field, ())
        kind, role = str(said.get("type", "numeric")), said.get("role", "ignore")
        if field == "role":
            return options
        if role in ("ignore", "image"):
            return ()
        if field == "missing":
            return tuple(word for word in options if word in MISSING.get(kind, ()))
        if (field == "scale" and kind != "numeric") or (
            field == "encode" and (kind != "category" or role != "feature")
        ):
            return ()
        return options

    @staticmethod
    def _default(field: str, said: Values, allowed: tuple[str, ...]) -> str:
        """What is meant where nothing is said: as the reader has it."""
        if field == "scale" and said.get("role") == "target":
            return "none"
        return allowed[0]


class _Choices(QStyledItemDelegate):
    """A list that opens at once, and commits what is chosen."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        if not index.data(_OPTIONS):
            return
        color = QColor(option.palette.color(QPalette.ColorRole.Text))
        color.setAlphaF(0.45)
        x, y = option.rect.right() - 14.0, option.rect.center().y() - 1.0
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(color, 1.4))
        painter.drawPolyline(QPolygonF([QPointF(x - 4, y - 1.5), QPointF(x, y + 2.5), QPointF(x + 4, y - 1.5)]))
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        table = self.parent()
        assert isinstance(table, RolesTable)
        box = QComboBox(parent)
        field = table._param.fields[index.column() - 1][0] if table._param is not None else ""
        box.setAccessibleName(f"{table.names[index.row()]}: {HEADS.get(field, field)}")
        for word in index.data(_OPTIONS):
            box.addItem(WORDS.get((field, word), word), word)
        box.view().setMinimumWidth(box.view().sizeHintForColumn(0) + 24)
        row = index.row()

        def chosen(at: int) -> None:
            word = box.itemData(at)
            self.closeEditor.emit(box)
            table.choose(row, field, word)

        box.activated.connect(chosen)
        QTimer.singleShot(0, box, box.showPopup)
        return box

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        assert isinstance(editor, QComboBox)
        editor.setCurrentIndex(max(0, editor.findText(str(index.data()))))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """What was chosen has been committed already."""
