"""What is selected: the Select menu."""

from __future__ import annotations

from netbuilder.ui.action import CANVAS, Action, Key, separator

WAYS = (("left", "on the left"), ("right", "on the right"), ("up", "above"), ("down", "below"))

ROWS: tuple[Action, ...] = (
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
)
