"""The menu under the pointer on a canvas: the usual commands for what lies there, taken from the actions' table."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from netbuilder.ui.actions import SEPARATOR, Actions

EDITING = ("cut", "copy", "duplicate", "delete")
# By what lies under the pointer; an action that can't be done now is left out.
MENUS: dict[str, tuple[str, ...]] = {
    "node": (
        *("enter", "rename_placed", "ungroup", SEPARATOR),
        *("group", "frame", "bypass", SEPARATOR, *EDITING),
    ),
    "frame": (*EDITING,),
    "link": ("delete",),
    "nothing": ("add_block", "paste", "select_all", SEPARATOR, "fit", "leave"),
}


def context_menu(what: str, actions: Actions, parent: QWidget) -> QMenu:
    """The menu for a thing on the canvas; it goes when it is closed."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for name in MENUS[what]:
        if name == SEPARATOR:
            if not menu.isEmpty():
                menu.addSeparator()
        elif actions[name].isEnabled():
            menu.addAction(actions[name])
    return menu


def show_menu(what: str, at: QPoint, actions: Actions, parent: QWidget) -> QMenu:
    """Opens the menu at this place of the screen."""
    menu = context_menu(what, actions, parent)
    menu.popup(at)
    return menu
