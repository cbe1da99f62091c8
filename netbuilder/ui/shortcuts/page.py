"""The page of shortcuts: every action with its keys, searched by either, and given others."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from netbuilder.ui.icons import Icons
from netbuilder.ui.keymap import TABLE, Keymap, native
from netbuilder.ui.shortcuts.model import ACTION, ICON, ShortcutRows
from netbuilder.ui.shortcuts.recorder import KeyRecorder
from netbuilder.ui.text import label

CHOOSE = "Choose an action to change its keys."


class ShortcutsPage(QDialog):
    """Changes hold at once: menus, tool tips, canvases and the palette follow the keymap."""

    def __init__(self, keymap: Keymap, icons: Icons, parent: QWidget) -> None:
        super().__init__(parent)
        self._keymap = keymap
        self._undo: list[dict[str, list[QKeySequence]]] = []
        self._adding = False
        self._taken: QKeySequence | None = None  # a key that another action has, until one has decided
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Keyboard shortcuts")
        self.resize(760, 720)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search by what it does, or by key: “Ctrl+D”")
        self.search.setAccessibleName("Search shortcuts")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self._fill())
        self.search.installEventFilter(self)
        self.rows = ShortcutRows(keymap, icons, self)
        self.tree = QTreeView()
        self.tree.setModel(self.rows)
        self.tree.setAccessibleName("Shortcuts")
        self.tree.setRootIsDecorated(False)
        self.tree.setItemsExpandable(False)
        self.tree.setIndentation(14)
        self.tree.setIconSize(QSize(ICON, ICON))
        self.tree.setStyleSheet("QTreeView::item { border-radius: 0; }")  # two columns, one row
        self.tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.tree.setAllColumnsShowFocus(True)
        self.tree.selectionModel().currentChanged.connect(lambda *_: self._show_current())
        self.tree.doubleClicked.connect(lambda _: self._record(adding=False))
        self.tree.installEventFilter(self)
        self.name, self.about = label(look="strong"), label(CHOOSE, look="muted", wrap=True)
        self.recorder = KeyRecorder()
        self.recorder.recorded.connect(self._recorded)
        self.recorder.left.connect(self._stop)
        self.change = self._button("&Change…", lambda: self._record(adding=False), "Give it another key instead")
        self.add = self._button("&Add…", lambda: self._record(adding=True), "Give it another key as well")
        self.none = self._button("&No key", self._no_key, "Take its keys away")
        self.reset = self._button("&Reset", self._reset, "The keys that it came with")
        self.said = label(wrap=True)
        self.take = self._button("&Take it from there", self._take, "Gives the key to this action")
        self.leave = self._button("&Leave it there", self._stop, "Changes nothing")
        self.undo = self._button("&Undo", self._take_back, "Takes the last change on this page back")
        self.reset_all = self._button("Reset a&ll", self._reset_all, "The keys that all actions came with")
        self._lay_out()
        self._stop()
        self._fill()
        keymap.changed.connect(self._fill)

    def _button(self, text: str, do, why: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(why)
        button.setAutoDefault(False)
        button.clicked.connect(do)
        return button

    def _lay_out(self) -> None:
        header = self.tree.header()
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        editing, asking, closing = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        editing.addWidget(self.recorder, 1)
        for button in (self.change, self.add, self.none, self.reset):
            editing.addWidget(button)
        asking.addWidget(self.said, 1)
        asking.addWidget(self.take)
        asking.addWidget(self.leave)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        closing.addWidget(self.undo)
        closing.addWidget(self.reset_all)
        closing.addStretch(1)
        closing.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(8)
        layout.addWidget(self.search)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self.name)
        layout.addWidget(self.about)
        for row in (editing, asking, closing):
            layout.addLayout(row)

    # -- what is shown

    @property
    def current(self) -> str:
        """The id of the chosen action, "" for none."""
        return self.tree.currentIndex().data(ACTION) or ""

    def choose(self, id: str) -> None:
        """Chooses an action's row, where it is shown."""
        if (index := self._find(id)).isValid():
            self.tree.setCurrentIndex(index)
            self.tree.scrollTo(index)

    def eventFilter(self, watched, event) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if watched is self.search and event.key() == Qt.Key.Key_Down:
                self.tree.setFocus(Qt.FocusReason.TabFocusReason)
                return True
            if watched is self.tree and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._record(adding=False)
                return True
        return super().eventFilter(watched, event)

    def _fill(self) -> None:
        held = self.current
        self.rows.fill(self.search.text())
        self.tree.expandAll()
        self.tree.setColumnWidth(0, 420)
        for row in range(self.rows.rowCount()):
            self.tree.setFirstColumnSpanned(row, QModelIndex(), True)
        self.choose(held) if self._find(held).isValid() else self._choose_first()
        self._show_current()

    def _find(self, id: str) -> QModelIndex:
        start = self.rows.index(0, 0)
        flags = Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive
        found = self.rows.match(start, ACTION, id, 1, flags) if id and start.isValid() else []
        return found[0] if found else QModelIndex()

    def _choose_first(self) -> None:
        group = self.rows.index(0, 0)
        if group.isValid():
            self.tree.setCurrentIndex(self.rows.index(0, 0, group))

    def _show_current(self) -> None:
        self._stop()
        entry = TABLE.get(self.current)
        self.name.setText(entry.plain_text if entry is not None else "")
        self.about.setText(entry.tip if entry is not None else CHOOSE)
        for button in (self.change, self.add, self.none):
            button.setEnabled(entry is not None)
        self.none.setEnabled(entry is not None and bool(self._keymap.keys(entry.id)))
        self.reset.setEnabled(entry is not None and not self._keymap.is_default(entry.id))
        self.reset_all.setEnabled(self._keymap.any_own)
        self.undo.setEnabled(bool(self._undo))

    # -- what is changed

    def _record(self, *, adding: bool) -> None:
        if self.current:
            self._stop()
            self._adding = adding
            self._recording(True)
            self.recorder.setFocus(Qt.FocusReason.OtherFocusReason)

    def _recorded(self, key: QKeySequence) -> None:
        id, holder = self.current, self._keymap.holder(key)
        if why := self._keymap.refusal(id, key):
            self._say(why)
        elif holder not in ("", id):
            self._taken = key
            self._say(f"{native(key)} belongs to “{TABLE[holder].plain_text}”.", asking=True)
            self.take.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._give(key)

    def _take(self) -> None:
        if self._taken is not None:
            self._give(self._taken)

    def _give(self, key: QKeySequence) -> None:
        held = [other for other in self._keymap.keys(self.current) if other != key] if self._adding else []
        self._change(lambda: self._keymap.give(self.current, [*held, key]))

    def _no_key(self) -> None:
        self._change(lambda: self._keymap.give(self.current, []))

    def _reset(self) -> None:
        self._change(lambda: self._keymap.reset(self.current))

    def _reset_all(self) -> None:
        self._change(self._keymap.reset_all)

    def _change(self, do) -> None:
        self._undo.append(self._keymap.own)
        do()
        self._after()

    def _take_back(self) -> None:
        if self._undo:
            self._keymap.own = self._undo.pop()
            self._after()

    def _after(self) -> None:
        self._show_current()
        self.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    def _stop(self) -> None:
        """Nothing is recorded or asked any more."""
        if self.recorder.hasFocus() or self.take.hasFocus() or self.leave.hasFocus():
            self.tree.setFocus(Qt.FocusReason.OtherFocusReason)
        self._taken = None
        self._recording(False)
        self._say("")

    def _recording(self, on: bool) -> None:
        """While nothing is recorded the field shows the keys, and the Tab key goes by: it would be recorded there."""
        self.recorder.setText("" if on or not self.current else self._keymap.all_shown(self.current) or "no key")
        self.recorder.setEnabled(on)

    def _say(self, text: str, *, asking: bool = False) -> None:
        self.said.setText(text)
        self.said.setVisible(bool(text))
        self.take.setVisible(asking)
        self.leave.setVisible(asking)
