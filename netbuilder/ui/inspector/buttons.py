"""Small buttons beside fields, with icons in the theme's colours."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QToolButton, QWidget

from netbuilder.ui.icons import Icons
from netbuilder.ui.text import tip

_NAME = "icon_name"


def button(icon: str, help: str) -> QToolButton:
    """A button that says by its tool tip, and to who can't see it, what it does. `paint_buttons` gives it its icon."""
    made = QToolButton()
    made.setProperty(_NAME, icon)
    made.setProperty("beside", True)
    made.setIconSize(QSize(16, 16))
    made.setToolTip(tip(help))
    made.setAccessibleName(help)
    return made


def paint_buttons(inside: QWidget, icons: Icons) -> None:
    """Gives all such buttons in a widget their icons."""
    for found in inside.findChildren(QToolButton):
        if name := found.property(_NAME):
            found.setIcon(icons.icon(name))
