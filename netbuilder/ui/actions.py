"""Everything that the window can be told to do, as one table: menus, tool bar, shortcuts and the shortcuts page.

`when` names the condition under which an action is enabled; the window says which conditions hold. `callback` is the
name of a method of the window, or of the canvas that is shown; what follows a colon is its argument.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QMenuBar, QToolBar

from netbuilder.ui.icons import Icons

Key = QKeySequence.StandardKey
SEPARATOR = "-"


CANVAS = "canvas."  # a callback that begins so is a method of the shown canvas


class Action(NamedTuple):
    """One thing to do. `shortcuts`: the first is shown. `tool`: it has a button in the tool bar."""

    id: str
    text: str
    menu: str
    callback: str
    shortcuts: tuple[Key | str, ...] = ()
    icon: str = ""
    when: str = "always"
    tip: str = ""
    tool: bool = False
    checkable: bool = False


def separator(menu: str) -> Action:
    return Action(SEPARATOR, "", menu, "")


RECENT = "recent"  # the place in the File menu where recent files go
VIEWS = "views"  # the place in the View menu where the docks go

ACTIONS: tuple[Action, ...] = (
    Action("new", "&New", "File", "new_project", (Key.New,), "new", tip="Start with an empty project", tool=True),
    Action("open", "&Open…", "File", "open_project", (Key.Open,), "open", tip="Open a project file", tool=True),
    Action(RECENT, "Open &recent", "File", ""),
    Action("welcome", "&Presets and recent projects", "File", "show_welcome", ("Ctrl+Shift+N",), tip="Choose a preset"),
    separator("File"),
    Action("save", "&Save", "File", "save_project", (Key.Save,), "save", "project", "Save the project", tool=True),
    Action("save_as", "Save &as…", "File", "save_project_as", ("Ctrl+Shift+S", Key.SaveAs), "", "project"),
    separator("File"),
    Action(
        "import_data",
        "&Import data…",
        "File",
        "import_data",
        ("Ctrl+I",),
        "import",
        tip="Bring in files of your own: tables, pictures, sounds, texts",
        tool=True,
    ),
    Action("export", "&Export ONNX…", "File", "export", ("Ctrl+E",), "export", "network", "Export a network as ONNX"),
    separator("File"),
    Action("close", "&Close project", "File", "close_project", ("Ctrl+W", Key.Close), when="project"),
    Action("quit", "&Quit", "File", "close", ("Ctrl+Q",)),
    Action("undo", "&Undo", "Edit", "undo", (Key.Undo,), "undo", "undo", "Take the last change back", tool=True),
    Action("redo", "&Redo", "Edit", "redo", (Key.Redo, "Ctrl+Y"), "redo", "redo", "Make it again", tool=True),
    separator("Edit"),
    Action("cut", "Cu&t", "Edit", CANVAS + "cut", (Key.Cut,), "cut", "selection"),
    Action("copy", "&Copy", "Edit", CANVAS + "copy", (Key.Copy,), "copy", "selection"),
    Action("paste", "&Paste", "Edit", CANVAS + "paste", (Key.Paste,), "paste", "project"),
    Action("duplicate", "&Duplicate", "Edit", CANVAS + "duplicate", ("Ctrl+D",), "duplicate", "selection"),
    Action("delete", "De&lete", "Edit", CANVAS + "delete_selection", ("Del", Key.Delete), "delete", "canvas"),
    separator("Edit"),
    Action(
        "group",
        "&Group into a network",
        "Edit",
        CANVAS + "group",
        ("Ctrl+G",),
        "network",
        "selection",
        "Make the selected blocks a network of their own, placed once where they stood",
    ),
    Action(
        "ungroup",
        "&Ungroup",
        "Edit",
        CANVAS + "ungroup",
        ("Ctrl+Shift+G",),
        "ungroup",
        "placements",
        "Put the blocks of the selected network in its place",
    ),
    Action("bypass", "&Bypass", "Edit", CANVAS + "toggle_bypass", ("Ctrl+B",), "bypass", "selection"),
    Action("select_all", "Select &all", "Select", CANVAS + "select_all", (Key.SelectAll,), "select_all", "project"),
    Action(
        "select_none", "Select &nothing", "Select", CANVAS + "select_none", ("Ctrl+Shift+A",), "", "things", "Also Esc"
    ),
    Action("invert", "&Invert the selection", "Select", CANVAS + "invert_selection", ("Ctrl+Shift+I",), "", "project"),
    separator("Select"),
    Action(
        "upstream",
        "What leads &to it",
        "Select",
        CANVAS + "extend_selection:upstream",
        ("Ctrl+Shift+Left",),
        "upstream",
        "selection",
        "Select all blocks upstream, too: those that the selected ones depend on",
    ),
    Action(
        "downstream",
        "What &follows from it",
        "Select",
        CANVAS + "extend_selection:downstream",
        ("Ctrl+Shift+Right",),
        "downstream",
        "selection",
        "Select all blocks downstream, too: those that depend on the selected ones",
    ),
    Action(
        "neighbours",
        "Its nei&ghbours",
        "Select",
        CANVAS + "extend_selection:neighbours",
        ("Ctrl+Shift+Up",),
        "",
        "selection",
        "Select the blocks that are linked to the selected ones, too",
    ),
    Action(
        "chain",
        "Its whole &chain",
        "Select",
        CANVAS + "extend_selection:chain",
        ("Ctrl+Shift+L",),
        "",
        "selection",
        "Select the whole row, too, as far as no others join or branch off",
    ),
    Action(
        "alike",
        "The same &blocks",
        "Select",
        CANVAS + "extend_selection:alike",
        ("Ctrl+Shift+K",),
        "",
        "selection",
        "Select all blocks of the same kinds in this graph, too",
    ),
    *(
        Action(f"align_{line}", text, "Arrange", f"{CANVAS}put_in_line:{line}", (key,), f"align_{line}", "several")
        for line, text, key in (
            ("left", "Align &left edges", "Alt+Shift+L"),
            ("centre", "Align &centres", "Alt+Shift+C"),
            ("right", "Align &right edges", "Alt+Shift+R"),
            ("top", "Align &top edges", "Alt+Shift+T"),
            ("middle", "Align &middles", "Alt+Shift+M"),
            ("bottom", "Align &bottom edges", "Alt+Shift+B"),
        )
    ),
    separator("Arrange"),
    *(
        Action(
            way,
            f"Distribute &{way}",
            "Arrange",
            f"{CANVAS}put_in_line:{way}",
            (key,),
            f"distribute_{way}",
            "several",
            f"Make the gaps between three or more blocks equal {way}",
        )
        for way, key in (("horizontally", "Alt+Shift+H"), ("vertically", "Alt+Shift+V"))
    ),
    separator("Arrange"),
    Action(
        "frame",
        "&Frame selection",
        "Arrange",
        CANVAS + "add_frame",
        ("Ctrl+Shift+F",),
        "frame",
        "things",
        "Put a frame with a title around the selection",
    ),
    Action(
        "fit",
        "&Fit to window",
        "View",
        CANVAS + "fit",
        ("Ctrl+0",),
        "fit",
        "project",
        "Show the whole graph",
        tool=True,
    ),
    Action("zoom_in", "Zoom &in", "View", "zoom_in", (Key.ZoomIn, "Ctrl+="), "zoom_in", "project"),
    Action("zoom_out", "Zoom &out", "View", "zoom_out", (Key.ZoomOut,), "zoom_out", "project"),
    separator("View"),
    Action(VIEWS, "Panels", "View", "", when="project"),
    Action("reset_docks", "&Reset panels", "View", "reset_docks", when="project"),
    Action("next_panel", "Go to the &next panel", "View", "next_panel", ("F6",), when="project"),
    separator("View"),
    Action("system", "Theme of the &system", "View", "use_system", (), "system", checkable=True),
    Action("dark", "&Dark theme", "View", "use_dark", (), "dark", checkable=True),
    Action("light", "&Light theme", "View", "use_light", (), "light", checkable=True),
    Action("add_block", "Add &block…", "Graph", "search_block", ("Ctrl+Space",), "search", "project"),
    separator("Graph"),
    Action("add_network", "New &network", "Graph", "add_network", (), "network", "project"),
    Action("add_training", "New &training graph", "Graph", "add_training", (), "training", "project"),
    Action("add_preview", "New &preview graph", "Graph", "add_preview", (), "preview", "project"),
    separator("Graph"),
    Action("rename_graph", "&Rename this graph…", "Graph", "rename_graph", ("F2",), "rename", "graph"),
    Action("remove_graph", "Re&move this graph", "Graph", "remove_graph", (), "delete", "graph"),
    separator("Graph"),
    Action(
        "enter",
        "&Open the selected network",
        "Graph",
        CANVAS + "enter",
        ("Alt+Down",),
        "enter",
        "placement",
        "Show the inside of the selected network",
    ),
    Action(
        "leave",
        "Back to where it is &placed",
        "Graph",
        "leave_network",
        ("Alt+Up",),
        "up",
        "placed",
        "Show where this network is placed",
    ),
    Action(
        "rename_placed", "Rename the &selected network…", "Graph", "rename_placed", ("Shift+F2",), "rename", "placement"
    ),
    separator("Graph"),
    Action("next_graph", "Ne&xt graph", "Graph", "next_graph", ("Ctrl+PgDown",), when="graph"),
    Action("previous_graph", "Pre&vious graph", "Graph", "previous_graph", ("Ctrl+PgUp",), when="graph"),
    Action("train", "&Train", "Run", "train", ("Ctrl+R", "F5"), "train", "training", "Train the networks", tool=True),
    Action(
        "run_preview",
        "Run &preview",
        "Run",
        "run_preview",
        ("Ctrl+Shift+R",),
        "preview",
        "preview",
        "Show what this preview graph draws with the newest weights",
        tool=True,
    ),
    Action("restart_engine", "Restart the &engine", "Run", "restart_engine", (), "restart", "project"),
    Action("shortcuts", "&Keyboard shortcuts", "Help", "show_shortcuts", ("F1",), "keyboard"),
    Action("about", "&About netbuilder", "Help", "show_about", (), "about"),
)
OWN_KEYS = {shortcut for entry in ACTIONS for shortcut in entry.shortcuts if isinstance(shortcut, str)}
USUAL_KEYS = {"Del", "Alt+Up", "Alt+Down", "Shift+F2", *(f"F{number}" for number in range(1, 13))}
MENUS = ("File", "Edit", "Select", "Arrange", "View", "Graph", "Run", "Help")


class Actions:
    """The table's QActions on one window, by id. `perform(callback)` does what an action stands for."""

    def __init__(self, window: QMainWindow, icons: Icons, perform: Callable[[str], None]) -> None:
        self.by_id: dict[str, QAction] = {}
        self.menus: dict[str, QMenu] = {}
        for entry in ACTIONS:
            if entry.callback:
                self.by_id[entry.id] = self._make(window, entry, perform)
        themes = QActionGroup(window)
        for name in ("system", "dark", "light"):
            themes.addAction(self.by_id[name])
        self.paint(icons)

    def __getitem__(self, name: str) -> QAction:
        return self.by_id[name]

    @staticmethod
    def _make(window: QMainWindow, entry: Action, perform: Callable[[str], None]) -> QAction:
        action = QAction(entry.text, window)
        action.setObjectName(entry.id)
        action.setShortcuts(keys(entry))
        action.setCheckable(entry.checkable)
        tip = entry.tip or plain_text(entry)
        first = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{tip} ({first})" if first else tip)
        action.setStatusTip(tip)
        action.triggered.connect(lambda: perform(entry.callback))
        return action

    def fill(self, bar: QMenuBar, recent: QMenu, views: QMenu) -> None:
        """Puts the actions into menus, in the table's order."""
        self.menus = {name: QMenu(f"&{name}", bar) for name in MENUS}
        for held in self.menus.values():
            bar.addMenu(held)
        places = {RECENT: recent, VIEWS: views}
        for entry in ACTIONS:
            menu = self.menus[entry.menu]
            if entry.id == SEPARATOR:
                menu.addSeparator()
            elif entry.id in places:
                places[entry.id].setTitle(entry.text)
                menu.addMenu(places[entry.id])
            else:
                menu.addAction(self.by_id[entry.id])

    def fill_tools(self, bar: QToolBar) -> None:
        """Puts those with a button into the tool bar, except Train, which gets a place of its own."""
        menu = ""
        for entry in ACTIONS:
            if not entry.tool or entry.id == "train":
                continue
            if menu and entry.menu != menu:
                bar.addSeparator()
            menu = entry.menu
            bar.addAction(self.by_id[entry.id])

    def paint(self, icons: Icons) -> None:
        """Gives the actions their icons in the theme's colours."""
        for entry in ACTIONS:
            if entry.icon:
                color = "text.on_accent" if entry.id == "train" else "text"
                self.by_id[entry.id].setIcon(icons.icon(entry.icon, color))

    def enable(self, holding: Collection[str]) -> None:
        """Enables the actions whose condition holds."""
        for entry in ACTIONS:
            if entry.callback:
                self.by_id[entry.id].setEnabled(entry.when == "always" or entry.when in holding)


def keys(entry: Action) -> list[QKeySequence]:
    """All shortcuts of an action on this platform, each once, the first one shown."""
    found: list[QKeySequence] = []
    for shortcut in entry.shortcuts:
        if isinstance(shortcut, str):
            bound = [QKeySequence(shortcut)]
        else:  # some desktops bind keys that we use for something else: Ctrl+D deletes on GNOME
            bound = [key for key in QKeySequence.keyBindings(shortcut) if key.toString() not in OWN_KEYS]
        found += [key for key in bound if key not in found]
    return sorted(found, key=lambda key: not usual(key))


def usual(key: QKeySequence) -> bool:
    """Not one of the keys that only old or odd keyboards have ("New", "Alt+Backspace", "Shift+Del")."""
    text = key.toString(QKeySequence.SequenceFormat.PortableText)
    last = text.rpartition("+")[2]
    return len(last) <= 1 or text in USUAL_KEYS or (text.startswith("Ctrl+") and last not in ("Ins", "F4"))


def plain_text(entry: Action) -> str:
    """The text without the mark of its mnemonic and without dots."""
    return entry.text.replace("&", "").rstrip("…")
