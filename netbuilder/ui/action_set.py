"""The table's actions as Qt knows them: in menus, in the tool bar, with keys, icons and tips."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMainWindow, QMenu, QMenuBar, QToolBar

from netbuilder.ui.action import RECENT, SEPARATOR, VIEWS, Action
from netbuilder.ui.actions import ACTIONS, MENUS
from netbuilder.ui.icons import Icons
from netbuilder.ui.keymap import TABLE, Keymap, typed

# Of these, one at a time is checked.
EITHER = (
    ("system", "dark", "light"),
    ("links_smooth", "links_orthogonal"),
    ("overlay_none", "overlay_parameters", "overlay_multiply_adds", "overlay_memory", "overlay_rank"),
)


class Actions:
    """The table's QActions on one window, by id. `perform(entry)` does what an action stands for."""

    def __init__(self, window: QMainWindow, icons: Icons, perform: Callable[[Action], None], keymap: Keymap) -> None:
        self.by_id: dict[str, QAction] = {}
        self.menus: dict[str, QMenu] = {}  # by the table's name: "Edit", "Edit/&Align"
        self._keymap = keymap
        self._holding: Collection[str] = ()
        for entry in TABLE.values():
            self.by_id[entry.id] = self._make(window, entry, perform)
        for names in EITHER:
            group = QActionGroup(window)
            for name in names:
                group.addAction(self.by_id[name])
        self.paint(icons)
        self.bind()
        keymap.changed.connect(self.bind)

    def __getitem__(self, name: str) -> QAction:
        return self.by_id[name]

    def _make(self, window: QMainWindow, entry: Action, perform: Callable[[Action], None]) -> QAction:
        action = QAction(entry.text, window)
        action.setObjectName(entry.id)
        action.setCheckable(entry.checkable)
        action.setStatusTip(entry.tip or entry.plain_text)
        action.triggered.connect(lambda: perform(entry))
        action.triggered.connect(lambda: self._check(entry))
        return action

    def _check(self, entry: Action) -> None:
        """Shows whether what the action stands for is so, whatever was pressed."""
        if entry.on:
            self.by_id[entry.id].setChecked(entry.on in self._holding)

    def bind(self) -> None:
        """Gives the actions their keys of now. Those that a field would take are shown in menus, but pressed they reach
        the canvas alone, which looks them up itself."""
        for entry in TABLE.values():
            action, held = self.by_id[entry.id], self._keymap.keys(entry.id)
            everywhere = [key for key in held if not typed(key)]
            context = Qt.ShortcutContext.WindowShortcut if everywhere else Qt.ShortcutContext.WidgetShortcut
            action.setShortcutContext(context)
            action.setShortcuts(everywhere or held)
            tip, first = entry.tip or entry.plain_text, self._keymap.shown(entry.id)
            action.setToolTip(f"{tip} ({first})" if first else tip)

    def fill(self, bar: QMenuBar, recent: QMenu, views: QMenu) -> None:
        """Puts the actions into menus, in the table's order."""
        for name in MENUS:
            self.menus[name] = QMenu(f"&{name}", bar)
            bar.addMenu(self.menus[name])
        places = {RECENT: recent, VIEWS: views}
        for entry in ACTIONS:
            menu = self._menu(entry.menu)
            if entry.id == SEPARATOR:
                menu.addSeparator()
            elif entry.id in places:
                places[entry.id].setTitle(entry.text)
                menu.addMenu(places[entry.id])
            else:
                menu.addAction(self.by_id[entry.id])

    def _menu(self, name: str) -> QMenu:
        """The menu of this name; one within another is made where its first action stands."""
        if name not in self.menus:
            outer, _, title = name.rpartition("/")
            self.menus[name] = self._menu(outer).addMenu(title)
        return self.menus[name]

    def fill_tools(self, bar: QToolBar) -> None:
        """Puts those with a button into the tool bar, except Train, which gets a place of its own."""
        menu = ""
        for entry in ACTIONS:
            if not entry.tool or entry.id == "train":
                continue
            if menu and entry.group != menu:
                bar.addSeparator()
            menu = entry.group
            bar.addAction(self.by_id[entry.id])

    def paint(self, icons: Icons) -> None:
        """Gives the actions their icons in the theme's colours."""
        for entry in ACTIONS:
            if entry.icon:
                color = "text.on_accent" if entry.id == "train" else "text"
                self.by_id[entry.id].setIcon(icons.icon(entry.icon, color))

    def enable(self, holding: Collection[str]) -> None:
        """Enables the actions whose condition holds, and checks those that stand for what is so."""
        self._holding = holding
        for entry in TABLE.values():
            self.by_id[entry.id].setEnabled(entry.when == "always" or entry.when in holding)
            self._check(entry)
