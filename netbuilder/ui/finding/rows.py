"""The rows of what was found: a model of any length, and how one row is painted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QIcon, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from netbuilder.ui.finding.entry import Entry, Hit
from netbuilder.ui.theme import Theme

HIT = Qt.ItemDataRole.UserRole + 1
Place = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
HEIGHT, PAD, ICON, GAP = 28, 8, 16, 8
_RIGHT_MOST = 0.5  # of a row's width, for what stands at its end


class Rows(QAbstractListModel):
    """Hits by row. What can't be chosen is shown, but disabled."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.hits: Sequence[Hit] = ()

    def show_hits(self, hits: Sequence[Hit]) -> None:
        self.beginResetModel()
        self.hits = hits
        self.endResetModel()

    def entry(self, index: Place) -> Entry | None:
        """What stands in a row, None outside of them."""
        return self.hits[index.row()].entry if index.isValid() else None

    def rowCount(self, parent: Place = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.hits)

    def data(self, index: Place, role: int = Qt.ItemDataRole.DisplayRole):
        if not index.isValid():
            return None
        hit = self.hits[index.row()]
        if role == HIT:
            return hit
        if role == Qt.ItemDataRole.DisplayRole:
            return hit.entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            said = (hit.entry.title, hit.entry.detail, hit.entry.right, hit.entry.why_not)
            return ", ".join(part for part in said if part)
        return None

    def flags(self, index: Place) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class RowPainter(QStyledItemDelegate):
    """Icon, title with the letters that were meant, detail, and at the end a key or where it lies."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._plain, self._strong = theme.font(), theme.font(bold=True)

    def sizeHint(self, option: QStyleOptionViewItem, index: Place) -> QSize:
        return QSize(100, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Place) -> None:
        hit: Hit = index.data(HIT)
        entry = hit.entry
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected or option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color("selection" if selected else "hover"))
            radius = self._theme.size("radius.s")
            painter.drawRoundedRect(option.rect, radius, radius)
        text, quiet = ("selection.text",) * 2 if selected else ("text", "text.muted")
        if entry.why_not and not selected:
            text = quiet = "text.disabled"
        room = option.rect.adjusted(PAD, 0, -PAD, 0)
        if entry.icon is not None:
            icon: QIcon = entry.icon() if callable(entry.icon) else entry.icon
            mode = QIcon.Mode.Disabled if entry.why_not else QIcon.Mode.Normal
            side = QRect(room.left(), room.center().y() - ICON // 2 + 1, ICON, ICON)
            icon.paint(painter, side, Qt.AlignmentFlag.AlignCenter, mode)
        room.setLeft(room.left() + ICON + GAP)
        room = self._right(painter, room, entry.why_not or entry.right, quiet)
        left = self._title(painter, room, hit, text)
        if entry.detail and room.right() - left > 4 * GAP:
            self._words(painter, room.adjusted(left - room.left() + 2 * GAP, 0, 0, 0), entry.detail, quiet, self._plain)
        painter.restore()

    def _right(self, painter: QPainter, room: QRect, words: str, color: str) -> QRect:
        """Writes at the end of the row; gives what is left of it."""
        if not words:
            return room
        most = round(room.width() * _RIGHT_MOST)
        width = min(QFontMetrics(self._plain).horizontalAdvance(words), most) + 1
        self._words(painter, QRect(room.right() - width, room.top(), width + 1, room.height()), words, color)
        return room.adjusted(0, 0, -width - 2 * GAP, 0)

    def _title(self, painter: QPainter, room: QRect, hit: Hit, color: str) -> int:
        """Writes the title, the letters that were meant in strong type; gives where it ends."""
        painter.setPen(self._theme.color(color))
        title = hit.entry.title
        if not hit.marks or QFontMetrics(self._strong).horizontalAdvance(title) > room.width():
            self._words(painter, room, title, color)
            return room.left() + min(QFontMetrics(self._plain).horizontalAdvance(title), room.width())
        left, at = room.left(), 0
        while at < len(title):
            end, strong = at + 1, at in hit.marks
            while end < len(title) and (end in hit.marks) == strong:
                end += 1
            font = self._strong if strong else self._plain
            painter.setFont(font)
            width = QFontMetrics(font).horizontalAdvance(title[at:end])
            painter.drawText(
                QRect(left, room.top(), width + 2, room.height()), Qt.AlignmentFlag.AlignVCenter, title[at:end]
            )
            left, at = left + width, end
        return left

    def _words(self, painter: QPainter, room: QRect, words: str, color: str, font: QFont | None = None) -> None:
        font = font or self._plain
        painter.setFont(font)
        painter.setPen(self._theme.color(color))
        shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
