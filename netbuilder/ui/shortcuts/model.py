"""Every action with its keys, by menu, and what the mouse does: the rows of the shortcuts page."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QFont, QStandardItem, QStandardItemModel

from netbuilder.ui.action import Action
from netbuilder.ui.actions import MENUS
from netbuilder.ui.help import GESTURES
from netbuilder.ui.icons import Icons, blank
from netbuilder.ui.keymap import TABLE, Keymap
from netbuilder.ui.text import menu_path, tip

ACTION = Qt.ItemDataRole.UserRole + 1  # an action's id
MOUSE = "Mouse, and keys that stay as they are"
ICON, HEIGHT = 16, 24  # pixels
_SHOWN = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class ShortcutRows(QStandardItemModel):
    """Two columns: what it does, and the keys; those that a person chose are strong."""

    def __init__(self, keymap: Keymap, icons: Icons, parent: QObject) -> None:
        super().__init__(parent)
        self._keymap, self._icons = keymap, icons
        self._strong = QFont()
        self._strong.setWeight(QFont.Weight.DemiBold)

    def fill(self, text: str) -> None:
        """Shows what has all these words in its text, menu, tip or keys."""
        words = text.lower().split()
        self.clear()
        self.setHorizontalHeaderLabels(["What it does", "Keys"])
        for menu in MENUS:
            self._group(menu, [self._row(entry) for entry in TABLE.values() if entry.group == menu and
                               self._fits(words, entry)])  # fmt: skip
        self._group(MOUSE, [_plain(*row) for row in GESTURES if _has(words, " ".join(row))])

    def _fits(self, words: list[str], entry: Action) -> bool:
        keys = self._keymap.all_shown(entry.id)
        return _has(words, f"{entry.plain_text} {menu_path(entry.menu)} {entry.tip} {keys}")

    def _group(self, title: str, rows: list[list[QStandardItem]]) -> None:
        if rows:
            group = QStandardItem(title)
            group.setFont(self._strong)
            group.setFlags(Qt.ItemFlag.ItemIsEnabled)
            group.setSizeHint(QSize(0, HEIGHT + 6))
            for row in rows:
                group.appendRow(row)
            rest = QStandardItem()
            rest.setFlags(Qt.ItemFlag.NoItemFlags)
            self.appendRow([group, rest])

    def _row(self, entry: Action) -> list[QStandardItem]:
        shown = self._keymap.all_shown(entry.id)
        own = self._keymap.is_own(entry.id)
        row = _plain(entry.plain_text, shown or ("no key, by your choice" if own else "no key"))
        said = ", ".join(part for part in (entry.plain_text, shown or "no key", "your own" if own else "") if part)
        row[0].setData(said, Qt.ItemDataRole.AccessibleTextRole)
        for item in row:
            item.setData(entry.id, ACTION)
            item.setToolTip(tip(entry.tip or entry.plain_text))
            if own:
                item.setFont(self._strong)
        row[0].setIcon(self._icons.icon(entry.icon, "text.muted") if entry.icon else blank(ICON))
        return row


def _plain(text: str, keys: str) -> list[QStandardItem]:
    row = [QStandardItem(text), QStandardItem(keys)]
    for item in row:
        item.setFlags(_SHOWN)
        item.setSizeHint(QSize(0, HEIGHT))
    return row


def _has(words: list[str], text: str) -> bool:
    low = text.lower()
    return all(word in low for word in words)
