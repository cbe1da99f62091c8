"""The Help menu."""

from __future__ import annotations

from netbuilder.ui.action import NO_KEY, Action

ROWS: tuple[Action, ...] = (
    Action(
        "tutorial",
        "&Tutorial",
        "Help",
        "tutorial.start",
        NO_KEY,
        "tutorial",
        tip="Draw and train a first network, in five steps",
    ),
    Action("shortcuts", "&Keyboard shortcuts", "Help", "show_shortcuts", ("F1",), "keyboard"),
    Action("legend", "Signs and &colours", "Help", "show_legend", NO_KEY, "legend", tip="What signs and colours mean"),
    Action("about", "&About netbuilder", "Help", "show_about", NO_KEY, "about"),
)
