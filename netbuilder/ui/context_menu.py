"""The menu under the pointer on a canvas: the usual commands for what lies there, taken from the actions' table."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from netbuilder.ui.action import SEPARATOR
from netbuilder.ui.action_set import Actions
from netbuilder.ui.canvas.frame_colors import CATEGORY

EDITING = ("cut", "copy", "duplicate", "duplicate_linked", "delete", "delete_plain")
# Menus within the menu, by their titles.
WITHIN: dict[str, tuple[str, ...]] = {
    "Select more": ("upstream", "downstream", "neighbours", "chain", "alike", SEPARATOR, "invert"),
    "Align": (
        *("align_left", "align_centre", "align_right", SEPARATOR),
        *("align_top", "align_middle", "align_bottom", SEPARATOR),
        *("horizontally", "vertically", SEPARATOR, "lay_out_selection"),
    ),
}
WITHIN["Colour"] = tuple(f"frame_{name or 'quiet'}" for name in CATEGORY)
# By what lies under the pointer; an action that can't be done now is left out.
MENUS: dict[str, tuple[str, ...]] = {
    "node": (
        *("enter", "enter_beside", "rename_placed", "ungroup", SEPARATOR),
        *("rename", "replace", "link", "group", "frame", "fold", "bypass", "bookmark", SEPARATOR),
        *("Select more", "Align", SEPARATOR, *EDITING),
    ),
    "frame": (  # a plate stands for the nodes that it hides
        *("fold", "edit_frame", "Colour", SEPARATOR),
        *("group", "bypass", "Select more", "Align", SEPARATOR, *EDITING),
    ),
    "link": ("add_point", "remove_point", SEPARATOR, "delete"),
    "nothing": ("add_block", "note", "paste", "select_all", SEPARATOR, "lay_out", "fit", "leave"),
}


def context_menu(what: str, actions: Actions, parent: QWidget) -> QMenu:
    """The menu for a thing on the canvas; it goes when it is closed."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    _fill(menu, MENUS[what], actions)
    return menu


def _fill(menu: QMenu, names: tuple[str, ...], actions: Actions) -> None:
    """Puts in what can be done now."""
    for name in names:
        if name == SEPARATOR:
            if not menu.isEmpty():
                menu.addSeparator()
        elif name in WITHIN:
            if any(actions[inner].isEnabled() for inner in WITHIN[name] if inner != SEPARATOR):
                _fill(menu.addMenu(name), WITHIN[name], actions)
        elif actions[name].isEnabled():
            menu.addAction(actions[name])


def show_menu(what: str, at: QPoint, actions: Actions, parent: QWidget) -> QMenu:
    """Opens the menu at this place of the screen."""
    menu = context_menu(what, actions, parent)
    menu.popup(at)
    return menu
