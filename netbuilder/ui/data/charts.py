"""Small charts of data: how often each class occurs, how numbers are spread, how samples are parted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from netbuilder.ui.text import count, tip
from netbuilder.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
PARTS = {"train": "Training", "validation": "Validation", "test": "Test"}
COLORS = {"train": "accent", "validation": "warning", "test": "ok"}
_NAME, _COUNT, _SHARE = (Qt.ItemDataRole.UserRole + at for at in range(3))


class ClassList(QListWidget):
    """A bar for each class, as long as it is frequent. `chosen(label)`: only this class is wanted, -1 for all."""

    chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Classes, with how many samples each has")
        self.setItemDelegate(_Bars(theme, self))
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.currentRowChanged.connect(lambda row: self.chosen.emit(row - 1) if row >= 0 else None)

    def show_classes(self, names: Sequence[str], counts: Sequence[int], chosen: int = -1) -> None:
        """The classes with their numbers of samples; says nothing of what is chosen by this."""
        self.blockSignals(True)
        rows = [("All classes", sum(counts)), *zip(names, counts, strict=False)]
        if [self.item(row).data(_NAME) for row in range(self.count())] != [name for name, _ in rows]:
            self.clear()
            for name, _ in rows:
                item = QListWidgetItem()
                item.setData(_NAME, name)
                self.addItem(item)
        most = max((number for _, number in rows[1:]), default=0)
        for row, (name, number) in enumerate(rows):
            item = self.item(row)
            item.setData(_COUNT, number)
            item.setData(_SHARE, number / most if row and most else 0.0)
            item.setText(f"{name}: {number:,}")
            share = f", {number / rows[0][1]:.1%} of all" if row and rows[0][1] else ""
            item.setToolTip(tip(f"{name}: {number:,} samples{share}"))
        self.setCurrentRow(min(chosen + 1, self.count() - 1))
        self.blockSignals(False)
        self.viewport().update()

    def set_theme(self, theme: Theme) -> None:
        self.setItemDelegate(_Bars(theme, self))


class _Bars(QStyledItemDelegate):
    """Paints a class: its name, its number, and a bar below both."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, option.fontMetrics.height() + 14)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, rect = self._theme, option.rect.adjusted(2, 1, -2, -1)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if selected or hovered:
            painter.setBrush(theme.color("selection" if selected else "hover"))
            painter.drawRoundedRect(rect, 4, 4)
        inner = rect.adjusted(8, 3, -8, -4)
        number = f"{index.data(_COUNT):,}"
        width = option.fontMetrics.horizontalAdvance(number)
        painter.setPen(theme.color("selection.text" if selected else "text.muted"))
        painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, number)
        painter.setPen(theme.color("selection.text" if selected else "text"))
        name = option.fontMetrics.elidedText(
            str(index.data(_NAME)), Qt.TextElideMode.ElideRight, inner.width() - width - 8
        )
        painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, name)
        if index.row():
            track = QRectF(inner.left(), inner.bottom() - 2, inner.width(), 3)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("border"))
            painter.drawRoundedRect(track, 1.5, 1.5)
            painter.setBrush(theme.color("role.class"))
            painter.drawRoundedRect(QRectF(track.left(), track.top(), track.width() * index.data(_SHARE), 3), 1.5, 1.5)
        painter.restore()


class Histogram(QWidget):
    """Bars of equal width between the smallest and the largest value."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bars: tuple[int, ...] = ()
        self._low, self._high = 0.0, 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName("Histogram")

    def sizeHint(self) -> QSize:
        return QSize(240, 110)

    @property
    def bars(self) -> tuple[int, ...]:
        return self._bars

    def show_bars(self, bars: Sequence[int], low: float, high: float) -> None:
        self._bars, self._low, self._high = tuple(bars), low, high
        self.setVisible(bool(bars))
        self.setAccessibleDescription(f"From {low:.4g} to {high:.4g}, most values {self._most()}" if bars else "")
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def _range(self, at: int) -> str:
        step = (self._high - self._low) / len(self._bars)
        return f"{self._low + at * step:.4g} to {self._low + (at + 1) * step:.4g}"

    def _most(self) -> str:
        return self._range(max(range(len(self._bars)), key=self._bars.__getitem__))

    def mouseMoveEvent(self, event) -> None:
        if self._bars:
            at = min(len(self._bars) - 1, max(0, int(event.position().x() / max(1, self.width()) * len(self._bars))))
            share = self._bars[at] / max(1, sum(self._bars))
            self.setToolTip(tip(f"{self._range(at)}: {share:.1%}"))
        super().mouseMoveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        line = painter.fontMetrics().height()
        room = QRectF(0, 4, self.width(), self.height() - line - 8)
        most = max(self._bars, default=0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("accent"))
        width = room.width() / max(1, len(self._bars))
        for at, bar in enumerate(self._bars):
            height = room.height() * bar / max(1, most)
            if bar:
                height = max(1.5, height)
            painter.drawRect(QRectF(at * width, room.bottom() - height, max(1.0, width - 1), height))
        painter.fillRect(QRectF(0, room.bottom(), room.width(), 1), self._theme.color("border.strong"))
        painter.setPen(self._theme.color("text.muted"))
        below = QRect(0, self.height() - line, self.width(), line)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, f"{self._low:.4g}")
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, f"{self._high:.4g}")
        painter.end()


class SplitBar(QWidget):
    """How many samples are for training, validation and test, as one bar."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._parts: dict[str, int] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Samples in each part")

    def sizeHint(self) -> QSize:
        return QSize(220, 14 + 3 * (self.fontMetrics().height() + 3))

    def show_parts(self, parts: Mapping[str, int]) -> None:
        self._parts = {name: parts[name] for name in PARTS if name in parts}
        self.setVisible(bool(self._parts))
        self.setAccessibleDescription(", ".join(f"{PARTS[name]} {number}" for name, number in self._parts.items()))
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole, x = max(1, sum(self._parts.values())), 0.0
        painter.setPen(Qt.PenStyle.NoPen)
        for name, number in self._parts.items():
            width = self.width() * number / whole
            painter.setBrush(self._theme.color(COLORS[name]))
            if number:
                painter.drawRect(QRectF(x, 0, max(1.0, width - 2), 8))
            x += width
        line = painter.fontMetrics().height() + 3
        for row, (name, number) in enumerate(self._parts.items()):
            y = 14 + row * line
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color(COLORS[name]))
            painter.drawRoundedRect(QRectF(0, y + 4, 8, 8), 2, 2)
            painter.setPen(self._theme.color("text"))
            text = QRect(16, y, self.width() - 16, line)
            painter.drawText(text, Qt.AlignmentFlag.AlignLeft, PARTS[name])
            painter.setPen(self._theme.color("text.muted"))
            painter.drawText(text, Qt.AlignmentFlag.AlignRight, f"{number:,}   {number / whole:.0%}")
        painter.end()


def samples_in_words(samples: int) -> str:
    return f"{count(samples)} samples" if samples >= 100_000 else f"{samples:,} sample{'' if samples == 1 else 's'}"
