"""Where things lie, frames and notes: the Arrange menu."""

from __future__ import annotations

from netbuilder.ui.action import CANVAS, NO_KEY, Action, separator
from netbuilder.ui.canvas.frame_colors import CATEGORY
from netbuilder.ui.canvas.metrics import GRID

ROWS: tuple[Action, ...] = (
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
            "Arrange/Colour of the fr&ame",
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
            "Arrange/Move b&y keys",
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
)
