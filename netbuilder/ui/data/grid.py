"""One page of samples: cards with pictures, waves or text, or the rows of a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPixmap, QPixmapCache, QPolygonF, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from netbuilder.graph.model import Column
from netbuilder.ui.text import tip
from netbuilder.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
Row = dict[str, Any]
HEIGHT, GAP, LINE = 80, 8, 18  # pixels of what is shown, between, of a caption
WIDTHS = {"picture": 80, "mask": 80, "wave": 170, "text": 250}  # of what is looked at; the rest is written below
MOST_SHOWN = 3
FEW = 4  # numbers that are written below a card
_ROW, _VISUALS = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
MISSING = "missing"


def words(cell: dict[str, Any]) -> str:
    """A cell as text."""
    kind = cell["kind"]
    if kind == "number":
        return _number(cell["value"])
    if kind == "numbers":
        more = f" and {cell['more']} more" if cell.get("more") else ""
        return ", ".join(map(_number, cell["values"])) + more
    if kind in ("class", "text"):
        return str(cell["text"]) + (" …" if cell.get("more") else "")
    if kind == "wave":
        return f"{cell['length']:,} values"
    return kind


def _number(value: object) -> str:
    return MISSING if value is None else f"{value:,}" if isinstance(value, int) else f"{value:,.6g}"


class Cards(QListView):
    """Samples side by side; what does not fit in a row begins the next."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = QStandardItemModel(self)
        self.setModel(self._model)
        self.setAccessibleName("Samples")
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setSpacing(3)
        self.setWordWrap(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(24)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        self.setItemDelegate(_CardPainter(theme, self))

    def show_rows(self, rows: Sequence[Row], columns: Sequence[Column]) -> None:
        """These samples; the columns to look at are drawn, the others written."""
        self._model.clear()
        for row in rows:
            cells = row["cells"]
            drawn = [column.id for column in columns if cells[column.id]["kind"] in WIDTHS][:MOST_SHOWN]
            item = QStandardItem(caption(row, columns))
            item.setData(row, _ROW)
            item.setData(drawn, _VISUALS)
            item.setToolTip(tip(_explained(row, columns)))
            item.setEditable(False)
            self._model.appendRow(item)
        self.scrollToTop()

    @property
    def count(self) -> int:
        return self._model.rowCount()

    def caption(self, row: int) -> str:
        """What is written below a card."""
        return self._model.item(row).text()


def caption(row: Row, columns: Sequence[Column]) -> str:
    """What is written below a card: the columns that are not drawn."""
    cells = row["cells"]
    plain = [cells[column.id] for column in columns if cells[column.id]["kind"] not in WIDTHS]
    written = [words(cell) for cell in plain if len(cell.get("values", ())) <= FEW]
    return ", ".join(written) or f"{row['index'] + 1:,}"


def _explained(row: Row, columns: Sequence[Column]) -> str:
    lines = [f"Sample {row['index'] + 1:,}"]
    lines += [f"{column.name or column.id}: {words(row['cells'][column.id])}" for column in columns]
    return "\n".join(line if len(line) < 400 else line[:400] + "…" for line in lines)


class _CardPainter(QStyledItemDelegate):
    """Paints a sample: its columns side by side, and a line below."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        cells, drawn = index.data(_ROW)["cells"], index.data(_VISUALS)
        width = sum(WIDTHS[cells[id]["kind"]] + GAP for id in drawn) - GAP
        return QSize(max(64, width) + 12, HEIGHT + LINE + 12)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, cells = self._theme, index.data(_ROW)["cells"]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("selection" if selected else "hover"))
            painter.drawRoundedRect(option.rect, 5, 5)
        x, y = option.rect.left() + 6, option.rect.top() + 6
        for id in index.data(_VISUALS):
            cell = cells[id]
            rect = QRect(x, y, WIDTHS[cell["kind"]], HEIGHT)
            self._draw(painter, rect, cell)
            x += rect.width() + GAP
        painter.setPen(theme.color("selection.text" if selected else "text"))
        painter.setFont(theme.font("type.small"))
        below = option.rect.adjusted(6, HEIGHT + 8, -6, -2)
        text = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, below.width())
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()

    def _draw(self, painter: QPainter, rect: QRect, cell: dict[str, Any]) -> None:
        if cell["kind"] == "wave":
            self._wave(painter, QRectF(rect), cell)
        elif cell["kind"] == "text":
            self._text(painter, rect, str(cell["text"]))
        else:
            self._picture(painter, rect, str(cell["file"]))

    def _picture(self, painter: QPainter, rect: QRect, file: str) -> None:
        pixmap = QPixmap()
        if not QPixmapCache.find(file, pixmap):
            pixmap.load(file)
            QPixmapCache.insert(file, pixmap)
        if pixmap.isNull():
            return
        share = min(rect.width() / pixmap.width(), rect.height() / pixmap.height())
        size = QSize(max(1, round(pixmap.width() * share)), max(1, round(pixmap.height() * share)))
        place = QRect(rect.topLeft(), size)
        place.moveCenter(rect.center())
        smooth = share * painter.device().devicePixelRatioF() < 1.5  # of a few large points each stays a point
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawPixmap(place, pixmap)

    def _wave(self, painter: QPainter, rect: QRectF, cell: dict[str, Any]) -> None:
        low, high = cell["low"], cell["high"]
        bottom, top = min(low, default=0.0), max(high, default=1.0)
        span = (top - bottom) or 1.0
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("field"))
        painter.drawRoundedRect(rect, 4, 4)
        room = rect.adjusted(4, 4, -4, -4)
        step = room.width() / max(1, len(low) - 1)

        def at(number: int, value: float) -> QPointF:
            return QPointF(room.left() + number * step, room.bottom() - (value - bottom) / span * room.height())

        above = [at(number, value) for number, value in enumerate(high)]
        below = [at(number, value) for number, value in enumerate(low)]
        color = self._theme.color("accent")
        painter.setPen(color)
        painter.setBrush(color)
        if above == below:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline(QPolygonF(above))
        else:
            painter.drawPolygon(QPolygonF([*above, *reversed(below)]))

    def _text(self, painter: QPainter, rect: QRect, text: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("field"))
        painter.drawRoundedRect(rect, 4, 4)
        font = self._theme.font("type.small", code=True)
        painter.setFont(font)
        painter.setPen(self._theme.color("code.text"))
        inner = rect.adjusted(6, 3, -6, -3)
        shown = _fitting(text, QFontMetricsF(font), inner)
        painter.setClipRect(inner)
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft, shown)
        painter.setClipping(False)


def _fitting(text: str, metrics: QFontMetricsF, room: QRect) -> str:
    """As many whole lines as there is room for; code keeps its indents."""
    lines = max(1, int(room.height() // metrics.lineSpacing()))
    wide = max(1, math.floor(room.width() / max(1, metrics.horizontalAdvance("x"))))
    found: list[str] = []
    for line in text.split("\n"):
        found += [line[at : at + wide] for at in range(0, max(1, len(line)), wide)]
        if len(found) >= lines:
            break
    return "\n".join(found[:lines])


def _is_vector(rows: Sequence[Row], id: str) -> bool:
    return bool(rows) and rows[0]["cells"][id]["kind"] == "numbers"


class Rows(QTableWidget):
    """Samples as rows; each number of a vector has a column of its own, named where the data names it."""

    MOST = 64

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Samples")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setAlternatingRowColors(False)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.verticalHeader().setDefaultSectionSize(24)
        self.verticalHeader().setHighlightSections(False)

    def show_rows(self, rows: Sequence[Row], columns: Sequence[Column], theme: Theme) -> None:
        order = sorted(columns, key=lambda column: _is_vector(rows, column.id))  # answers first: they stay in view
        heads = [(column.id, at, head) for column in order for at, head in enumerate(self._heads(column, rows))]
        self.clear()
        self.setColumnCount(len(heads))
        self.setRowCount(len(rows))
        self.setVerticalHeaderLabels([f"{row['index'] + 1:,}" for row in rows])
        for y, row in enumerate(rows):
            for x, (id, at, _) in enumerate(heads):
                self.setItem(y, x, self._item(row["cells"][id], at, theme))
        for x, (id, _, _) in enumerate(heads):
            numeric = bool(rows) and rows[0]["cells"][id]["kind"] in ("number", "numbers")
            side = Qt.AlignmentFlag.AlignRight if numeric else Qt.AlignmentFlag.AlignLeft
            head = QTableWidgetItem(heads[x][2])
            head.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            self.setHorizontalHeaderItem(x, head)
        self.resizeColumnsToContents()
        for x in range(self.columnCount()):
            self.setColumnWidth(x, min(220, max(64, self.columnWidth(x) + 10)))
        self.scrollToTop()

    def _heads(self, column: Column, rows: Sequence[Row]) -> list[str]:
        first = rows[0]["cells"][column.id] if rows else None
        if first is None or first["kind"] != "numbers":
            return [column.name or column.id]
        named = column.facts.get("names")
        names = named if isinstance(named, tuple) else ()
        size = len(first["values"])
        heads = [str(names[at]) if at < len(names) else f"{column.id} {at + 1}" for at in range(size)]
        return heads[: self.MOST]

    def _item(self, cell: dict[str, Any], at: int, theme: Theme) -> QTableWidgetItem:
        value = cell["values"][at] if cell["kind"] == "numbers" else cell.get("value")
        numeric = cell["kind"] in ("number", "numbers")
        item = QTableWidgetItem(_number(value) if numeric else words(cell))
        if numeric:
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if value is None:
                item.setForeground(theme.color("warning"))
        return item
