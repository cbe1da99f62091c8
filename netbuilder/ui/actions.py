"""Everything that the window can be told to do, as one table: menus, tool bar, shortcuts, palette of commands and
page of shortcuts follow it.

`when` names the condition under which an action is enabled (`conditions.py`). `callback` is the name of a method of the
window ("finder.commands": of what it holds), or with CANVAS before it of the shown canvas; it is called with `by`.
A key without Ctrl, Alt or Meta that is no function key would be typed in a field: it works on the canvas alone, so
only CANVAS actions may have one. What has no key says NO_KEY: it is seldom wanted, and the palette of commands has it.
"""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtGui import QKeySequence

from netbuilder.ui.canvas.frame_colors import CATEGORY
from netbuilder.ui.canvas.metrics import GRID

Key = QKeySequence.StandardKey
SEPARATOR = "-"
CANVAS = "canvas."  # a callback that begins so is a method of the shown canvas
NO_KEY: tuple[Key | str, ...] = ("",)
STEP = 1.25  # of a zoom by key


class Action(NamedTuple):
    """One thing to do. `menu`: where it stands, "Edit", or "Edit/&Align" in a menu within it. `shortcuts`: the first
    is shown, or NO_KEY. `tool`: it has a button in the tool bar. `by`: what the callback is called with.
    `on`: the condition under which it is shown checked."""

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
    by: tuple[float | str, ...] = ()
    on: str = ""

    @property
    def group(self) -> str:
        """The menu of the menu bar in which it stands."""
        return self.menu.partition("/")[0]

    @property
    def plain_text(self) -> str:
        """The text without the mark of its mnemonic and without dots."""
        return self.text.replace("&", "").rstrip("…")


def separator(menu: str) -> Action:
    return Action(SEPARATOR, "", menu, "")


RECENT = "recent"  # the place in the File menu where recent files go
VIEWS = "views"  # the place in the View menu where the docks go
BEHIND = "Search for a block, linked behind the selected one where that leads nowhere yet"

WAYS = (("left", "on the left"), ("right", "on the right"), ("up", "above"), ("down", "below"))

ACTIONS: tuple[Action, ...] = (
    Action("new", "&New", "File", "new_project", (Key.New,), "new", tip="Start with an empty project", tool=True),
    Action("open", "&Open…", "File", "open_project", (Key.Open,), "open", tip="Open a project file", tool=True),
    Action(RECENT, "Open &recent", "File", ""),
    Action("welcome", "&Presets and recent projects", "File", "show_welcome", ("Ctrl+Shift+N",), tip="Choose a preset"),
    separator("File"),
    Action("save", "&Save", "File", "save_project", (Key.Save,), "save", "project", "Save the project", tool=True),
    Action("save_as", "Save &as…", "File", "save_project_as", ("Ctrl+Shift+S", Key.SaveAs), "", "project"),
    Action(
        "recover",
        "Recover &unsaved work…",
        "File",
        "recover_work",
        NO_KEY,
        tip="Go on with what was not saved when netbuilder ended unexpectedly",
    ),
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
    Action(
        "picture",
        "Export pictu&re…",
        "File",
        "on_pictures",
        ("Ctrl+Shift+E",),
        "picture",
        "canvas",
        "Write the shown graph, or what is selected in it, as PNG, SVG or PDF",
        by=("export",),
    ),
    Action(
        "print",
        "Pri&nt…",
        "File",
        "on_pictures",
        ("Ctrl+Alt+P",),
        "print",
        "canvas",
        "Print the shown graph on one page or several",
        by=("print",),
    ),
    Action(
        "compare",
        "Co&mpare with…",
        "File",
        "compare",
        NO_KEY,
        "compare",
        "project",
        "Show what differs from another project, side by side",
    ),
    separator("File"),
    Action("close", "&Close project", "File", "close_project", ("Ctrl+W", Key.Close), when="project"),
    Action("quit", "&Quit", "File", "close", ("Ctrl+Q",)),
    Action("undo", "&Undo", "Edit", "undo", (Key.Undo,), "undo", "undo", "Take the last change back", tool=True),
    Action("redo", "&Redo", "Edit", "redo", (Key.Redo, "Ctrl+Y"), "redo", "redo", "Make it again", tool=True),
    Action(
        "history",
        "&History",
        "Edit",
        "show_panel",
        ("Ctrl+Shift+H",),
        "recent",
        "project",
        "Everything that was done, to go back to",
        by=("history",),
    ),
    separator("Edit"),
    Action("cut", "Cu&t", "Edit", CANVAS + "cut", (Key.Cut,), "cut", "things"),
    Action("copy", "&Copy", "Edit", CANVAS + "copy", (Key.Copy,), "copy", "things"),
    Action("paste", "&Paste", "Edit", CANVAS + "paste", (Key.Paste,), "paste", "project"),
    Action("duplicate", "&Duplicate", "Edit", CANVAS + "duplicate", ("Ctrl+D",), "duplicate", "things"),
    Action(
        "duplicate_linked",
        "Duplicate with its &links",
        "Edit",
        CANVAS + "duplicate",
        ("Ctrl+Shift+D",),
        "",
        "selection",
        "Copies keep the links that lead in from elsewhere, too",
        by=("linked",),
    ),
    Action(
        "delete",
        "De&lete",
        "Edit",
        CANVAS + "delete_selection",
        ("Del", "Backspace"),
        "delete",
        "canvas",
        "What fed the selected blocks feeds what they fed, where that fits",
    ),
    Action(
        "delete_plain",
        "Delete &without healing",
        "Edit",
        CANVAS + "delete_selection",
        ("Shift+Del",),
        "",
        "canvas",
        "Delete the selected blocks with all their links",
        by=("plain",),
    ),
    separator("Edit"),
    Action(
        "replace",
        "Rep&lace by another block…",
        "Edit",
        "replace_block",
        ("Ctrl+H",),
        "swap",
        "replaceable",
        "Another block in the same place: links, like-named parameters and title stay",
    ),
    Action("rename", "Re&name…", "Edit", "rename", ("F2",), "rename", "graph", "Another title for the selected block"),
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
    *(
        Action(
            f"walk_{way}",
            f"Go to the block {where}",
            "Select/&Walk by keys",
            CANVAS + "walk",
            (f"Ctrl+{way.capitalize()}",),
            "",
            "canvas",
            "Select the next block, along a link where one goes there",
            by=(way,),
        )
        for way, where in WAYS
    ),
    *(
        Action(
            f"reach_{way}",
            f"Also the block {where}",
            "Select/&Walk by keys",
            CANVAS + "walk",
            (f"Alt+Shift+{way.capitalize()}",),
            "",
            "canvas",
            "Select the next block besides those that are selected",
            by=(way, True),
        )
        for way, where in WAYS
    ),
    separator("Select"),
    Action(
        "upstream",
        "What leads &to it",
        "Select",
        CANVAS + "extend_selection",
        ("Ctrl+Shift+Left",),
        "upstream",
        "selection",
        "Select all blocks upstream, too: those that the selected ones depend on",
        by=("upstream",),
    ),
    Action(
        "downstream",
        "What &follows from it",
        "Select",
        CANVAS + "extend_selection",
        ("Ctrl+Shift+Right",),
        "downstream",
        "selection",
        "Select all blocks downstream, too: those that depend on the selected ones",
        by=("downstream",),
    ),
    Action(
        "neighbours",
        "Its nei&ghbours",
        "Select",
        CANVAS + "extend_selection",
        ("Ctrl+Shift+Up",),
        "",
        "selection",
        "Select the blocks that are linked to the selected ones, too",
        by=("neighbours",),
    ),
    Action(
        "chain",
        "Its whole &chain",
        "Select",
        CANVAS + "extend_selection",
        ("Ctrl+Shift+L",),
        "",
        "selection",
        "Select the whole row, too, as far as no others join or branch off",
        by=("chain",),
    ),
    Action(
        "alike",
        "The same &blocks",
        "Select",
        CANVAS + "extend_selection",
        ("Ctrl+Shift+K",),
        "",
        "selection",
        "Select all blocks of the same kinds in this graph, too",
        by=("alike",),
    ),
    separator("Select"),
    Action(
        "next_link",
        "Next &link",
        "Select",
        CANVAS + "next_link",
        ("L",),
        when="canvas",
        tip="Select a link of the selected block, and with each press the next one",
    ),
    Action(
        "next_point",
        "Next p&oint of the link",
        "Select",
        CANVAS + "next_point",
        ("P",),
        when="link",
        tip="Select a point that the selected link runs through, and with each press the next one",
    ),
    *(
        Action(f"align_{line}", text, "Arrange", CANVAS + "put_in_line", (key,), f"align_{line}", "several", by=(line,))
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
            CANVAS + "put_in_line",
            (key,),
            f"distribute_{way}",
            "several",
            f"Make the gaps between three or more blocks equal {way}",
            by=(way,),
        )
        for way, key in (("horizontally", "Alt+Shift+H"), ("vertically", "Alt+Shift+V"))
    ),
    separator("Arrange"),
    Action(
        "lay_out",
        "Lay &out the graph",
        "Arrange",
        CANVAS + "lay_out",
        ("Ctrl+L",),
        "layout",
        "canvas",
        "Put all blocks in layers along the flow of data, with few crossings; frames keep what is theirs",
    ),
    Action(
        "lay_out_selection",
        "Lay out the &selection",
        "Arrange",
        CANVAS + "lay_out_selection",
        ("Alt+Shift+O",),
        "",
        "things",
        "Put the selected blocks in layers, where they are; the others stay",
    ),
    *(
        Action(
            f"flow_{direction}",
            text,
            "Arrange",
            CANVAS + "lay_out",
            NO_KEY,
            "",
            "canvas",
            f"Ports at the {ports}; lays out the graph anew",
            checkable=True,
            by=(direction,),
            on=f"flows_{direction}",
        )
        for direction, text, ports in (
            ("right", "Data flows to the ri&ght", "left and right of blocks"),
            ("down", "Data flows &down", "top and bottom of blocks"),
        )
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
        "edit_frame",
        "&Edit the frame…",
        "Arrange",
        CANVAS + "edit_chosen_frame",
        ("Shift+Return",),
        "rename",
        "frame",
        "Title, note and colour of the selected frame",
    ),
    *(
        Action(
            f"frame_{name or 'quiet'}",
            f"&{name.capitalize() or 'Quiet'}",
            "Arrange/C&olour of the frame",
            CANVAS + "color_frames",
            NO_KEY,
            when="frames",
            tip="Give the selected frames this colour",
            by=(name,),
        )
        for name in CATEGORY
    ),
    Action(
        "fold",
        "Fold or &unfold",
        "Arrange",
        CANVAS + "fold",
        ("H",),
        "folded",
        "things",
        "Draw the selected frame, or the selected blocks in a frame of their own, as one plate, or open it again",
    ),
    Action(
        "note",
        "Add a &note…",
        "Arrange",
        CANVAS + "add_note",
        ("N",),
        "note",
        "canvas",
        "Write on the canvas, under the pointer",
    ),
    separator("Arrange"),
    Action(
        "add_point",
        "Put a &point into the link",
        "Arrange",
        CANVAS + "add_point",
        ("Shift+P",),
        "",
        "link",
        "Lead the selected link through a point, which can be dragged and moved by the arrow keys",
    ),
    Action(
        "remove_point",
        "Ta&ke the point out of the link",
        "Arrange",
        CANVAS + "remove_point",
        NO_KEY,
        "",
        "point",
        "The link runs on without the selected point",
    ),
    separator("Arrange"),
    *(
        Action(
            f"nudge_{way.lower()}{end}",
            f"Move {way.lower()}{much}",
            "Arrange/&Move by keys",
            CANVAS + "nudge",
            (keys + way,),
            "",
            "canvas",
            f"Move what is selected {tip}",
            by=(x * steps * GRID, y * steps * GRID),
        )
        for end, much, keys, tip, steps in (
            ("", "", "", "one step of the grid", 1.0),
            ("_far", ", five steps", "Shift+", "five steps of the grid", 5.0),
            ("_little", " a little", "Ctrl+Alt+", "by a tenth of a step, off the grid", 0.1),
        )
        for way, x, y in (("Left", -1, 0), ("Right", 1, 0), ("Up", 0, -1), ("Down", 0, 1))
    ),
    Action(
        "fit",
        "&Fit to window",
        "View",
        CANVAS + "fit",
        ("Ctrl+0", "F", "Home"),
        "fit",
        "project",
        "Show the whole graph",
        tool=True,
    ),
    Action("zoom_in", "Zoom &in", "View", CANVAS + "zoom", (Key.ZoomIn, "Ctrl+="), "zoom_in", "project", by=(STEP,)),
    Action("zoom_out", "Zoom &out", "View", CANVAS + "zoom", (Key.ZoomOut,), "zoom_out", "project", by=(1 / STEP,)),
    Action(
        "zoom_selection",
        "Zoom to the &selection",
        "View",
        CANVAS + "fit_selection",
        ("Ctrl+2", "Z"),
        "fit_selection",
        "things",
        "Show all that is selected, as large as it can be read",
    ),
    separator("View"),
    Action(
        "commands",
        "&Commands…",
        "View",
        "finder.commands",
        ("Ctrl+Shift+P",),
        "keyboard",
        tip="Find anything that can be done, by a few letters",
    ),
    Action(
        "go_to",
        "&Go to…",
        "View",
        "finder.go_to",
        ("Ctrl+P",),
        "search",
        "project",
        "Find a node, frame or graph of the project by name, block or parameters",
    ),
    Action(
        "problems",
        "&Problems",
        "View/&Problems",
        "show_panel",
        ("Ctrl+Shift+M",),
        "warning",
        "project",
        "Show the problems, and search them",
        by=("problems",),
    ),
    Action(
        "next_problem",
        "&Next problem",
        "View/&Problems",
        "workbench.problems.step",
        ("F8",),
        "",
        "problems",
        "Go to where the next problem of the list is",
        by=(1,),
    ),
    Action(
        "previous_problem",
        "Pre&vious problem",
        "View/&Problems",
        "workbench.problems.step",
        ("Shift+F8",),
        "",
        "problems",
        "Go to where the problem before is",
        by=(-1,),
    ),
    Action(
        "bookmark",
        "&Bookmark",
        "View/&Bookmarks",
        CANVAS + "toggle_bookmark",
        ("Ctrl+F2",),
        "bookmark",
        "selection",
        "Mark the selected blocks to come back to, or take their marks away",
    ),
    Action(
        "next_bookmark",
        "&Next bookmark",
        "View/&Bookmarks",
        "finder.step_bookmark",
        ("F4",),
        "",
        "bookmarks",
        "Go to the next bookmarked block of the project",
        by=(1,),
    ),
    Action(
        "previous_bookmark",
        "&Previous bookmark",
        "View/&Bookmarks",
        "finder.step_bookmark",
        ("Shift+F4",),
        "",
        "bookmarks",
        "Go to the bookmarked block before",
        by=(-1,),
    ),
    separator("View"),
    Action(VIEWS, "Panels", "View", "", when="project"),
    Action("reset_docks", "&Reset panels", "View", "reset_docks", NO_KEY, when="project"),
    Action("next_panel", "Go to the &next panel", "View", "next_panel", ("F6",), when="project"),
    separator("View"),
    Action(
        "snap_grid",
        "Snap to the &grid",
        "View",
        "snap",
        NO_KEY,
        tip="Blocks that are dragged lie on the grid; Alt moves freely",
        checkable=True,
        by=("grid",),
    ),
    Action(
        "snap_neighbours",
        "Snap to &neighbours",
        "View",
        "snap",
        NO_KEY,
        tip="Blocks that are dragged come to rest in line with others; Alt moves freely",
        checkable=True,
        by=("neighbours",),
    ),
    separator("View"),
    Action(
        "links_smooth",
        "S&mooth",
        "View/&Links",
        "view_commands.choose",
        NO_KEY,
        tip="Links are smooth curves",
        checkable=True,
        by=("links", "smooth"),
    ),
    Action(
        "links_orthogonal",
        "&Right-angled",
        "View/&Links",
        "view_commands.choose",
        NO_KEY,
        tip="Links turn at right angles",
        checkable=True,
        by=("links", "orthogonal"),
    ),
    Action(
        "overlay_none",
        "By &category",
        "View/&Colour blocks",
        "view_commands.choose",
        ("Ctrl+Alt+0",),
        tip="Blocks have the colours of their categories",
        checkable=True,
        by=("overlay", ""),
    ),
    Action(
        "overlay_parameters",
        "By &parameters",
        "View/&Colour blocks",
        "view_commands.choose",
        ("Ctrl+Alt+1",),
        tip="Blocks are coloured by how many parameters they have",
        checkable=True,
        by=("overlay", "parameters"),
    ),
    Action(
        "overlay_multiply_adds",
        "By &multiply-adds",
        "View/&Colour blocks",
        "view_commands.choose",
        ("Ctrl+Alt+2",),
        tip="Blocks are coloured by how much they compute for a sample",
        checkable=True,
        by=("overlay", "multiply_adds"),
    ),
    Action(
        "overlay_memory",
        "By mem&ory",
        "View/&Colour blocks",
        "view_commands.choose",
        ("Ctrl+Alt+3",),
        tip="Blocks are coloured by the memory that their outputs take for a sample",
        checkable=True,
        by=("overlay", "memory"),
    ),
    Action(
        "overlay_rank",
        "By &axes of the output",
        "View/&Colour blocks",
        "view_commands.choose",
        ("Ctrl+Alt+4",),
        tip="Blocks are coloured by the number of axes that their output has",
        checkable=True,
        by=("overlay", "rank"),
    ),
    Action(
        "minimap",
        "M&ap of the graph",
        "View",
        "view_commands.toggle",
        ("Ctrl+M",),
        "map",
        tip="A small map in the corner wherever the graph is larger than the view",
        checkable=True,
        by=("minimap",),
    ),
    Action(
        "suggestions",
        "Suggest next &blocks",
        "View",
        "view_commands.toggle",
        NO_KEY,
        tip="Show beside the selected block what often follows it",
        checkable=True,
        by=("suggestions",),
    ),
    separator("View"),
    Action("system", "Theme of the &system", "View", "use_system", NO_KEY, "system", checkable=True),
    Action("dark", "&Dark theme", "View", "use_dark", NO_KEY, "dark", checkable=True),
    Action("light", "&Light theme", "View", "use_light", NO_KEY, "light", checkable=True),
    Action("add_block", "Add &block…", "Graph", "search_block", ("Ctrl+Space",), "search", "project"),
    Action("add_here", "Add a block &here…", "Graph", CANVAS + "search_here", ("Tab",), "search", "canvas", tip=BEHIND),
    *(
        Action(
            f"suggestion_{number}",
            f"Add suggestion &{number}",
            "Graph/Add what often co&mes next",
            CANVAS + "take_suggestion",
            (f"Alt+{number}",),
            when="selection",
            tip="Add this one of the blocks that are suggested behind the selected one, and link it",
            by=(number,),
        )
        for number in (1, 2, 3)
    ),
    Action(
        "link",
        "Lin&k to or from…",
        "Graph",
        CANVAS + "ask_for_link",
        ("J",),
        "link",
        "one",
        "Choose what the selected block is linked to, or is linked to no longer",
    ),
    separator("Graph"),
    Action("add_network", "New &network", "Graph", "add_network", NO_KEY, "network", "project"),
    Action("add_training", "New &training graph", "Graph", "add_training", NO_KEY, "training", "project"),
    Action("add_preview", "New &preview graph", "Graph", "add_preview", NO_KEY, "preview", "project"),
    separator("Graph"),
    Action("rename_graph", "&Rename this graph…", "Graph", "rename_graph", NO_KEY, "rename", "graph"),
    Action("remove_graph", "Re&move this graph", "Graph", "remove_graph", NO_KEY, "delete", "graph"),
    separator("Graph"),
    Action(
        "enter",
        "&Open the selected network",
        "Graph",
        CANVAS + "enter",
        ("Alt+Down", "Return", "Enter"),
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
    Action("restart_engine", "Restart the &engine", "Run", "restart_engine", NO_KEY, "restart", "project"),
    Action("shortcuts", "&Keyboard shortcuts", "Help", "show_shortcuts", ("F1",), "keyboard"),
    Action("legend", "Signs and &colours", "Help", "show_legend", NO_KEY, "legend", tip="What signs and colours mean"),
    Action("about", "&About netbuilder", "Help", "show_about", NO_KEY, "about"),
)
MENUS = ("File", "Edit", "Select", "Arrange", "View", "Graph", "Run", "Help")
