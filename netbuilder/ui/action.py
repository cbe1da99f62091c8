"""The form of the actions' table (`actions.py`): what one row says.

`when` names the condition under which an action is enabled (`conditions.py`). `callback` is the name of a method of the
window ("finder.commands": of what it holds), or with CANVAS before it of the shown canvas; it is called with `by`.
A key without Ctrl, Alt or Meta that is no function key would be typed in a field: it works on the canvas alone, so
only CANVAS actions may have one. What has no key says NO_KEY: it is seldom wanted, and the palette of commands has it.
"""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtGui import QKeySequence

Key = QKeySequence.StandardKey
SEPARATOR = "-"
CANVAS = "canvas."  # a callback that begins so is a method of the shown canvas
NO_KEY: tuple[Key | str, ...] = ("",)


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
