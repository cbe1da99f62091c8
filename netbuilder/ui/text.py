"""Text on screen: always plain, and numbers as people read them; and the ground it stands on."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


def label(text: str = "", *, look: str = "", wrap: bool = False, parent: QWidget | None = None) -> QLabel:
    """A label that shows `text` as it is, never as rich text. `look`: "muted", "wrong", "strong", "heading"."""
    made = QLabel(parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setWordWrap(wrap)
    if wrap:  # else a long word widens the whole dock
        made.setMinimumWidth(40)
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy = made.sizePolicy()
        policy.setHeightForWidth(True)
        made.setSizePolicy(policy)
    if look:
        made.setProperty(look, True)
    return made


def ground(widget: QWidget) -> None:
    """Gives what lies in a scroll area the ground of the panel around it; Qt would give it the window's."""
    widget.setProperty("panel", True)
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)


def tip(text: str) -> str:
    """Text for a tool tip: Qt takes what looks like HTML for rich text, so it is escaped, and wrapped by Qt."""
    return f"<qt>{html.escape(text)}</qt>".replace("\n", "<br>") if text else ""


def count(number: int) -> str:
    """A number in few characters: 812, 3.1 k, 12.4 M, 7 G."""
    size = float(number)
    for unit in ("", " k", " M", " G", " T"):
        if abs(size) < 999.5 or unit == " T":
            digits = f"{size:.0f}" if not unit or abs(size) >= 99.95 else f"{size:.1f}".removesuffix(".0")
            return digits + unit
        size /= 1000
    raise AssertionError("the last unit takes everything")


def amount_of_bytes(number: int) -> str:
    """Bytes in few characters, in powers of 1024: 512 B, 3.5 KiB."""
    size = float(number)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"


def counted(number: int, what: str) -> str:
    """ "1 problem", "3 problems"."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def listed(words: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join([*filter(None, [", ".join(words[:-1])]), *words[-1:]])


def sentence(wrong: Exception) -> str:
    """What an edit refuses, as a sentence."""
    text = str(wrong)
    return f"{text[:1].upper()}{text[1:].removesuffix('.')}."


def frame_title(text: str) -> str:
    """A title for the window's frame: no line breaks, and no mark that Qt would take for "modified"."""
    return re.sub(r"\s+", " ", text).replace("[*]", "[ * ]")


def menu_path(menu: str) -> str:
    """A menu's name in the actions' table as people read it: "Arrange ▸ Align"."""
    return menu.replace("&", "").replace("/", " ▸ ")
