"""The colours that a frame may have, by their names in the file: those of categories, which each theme has."""

from __future__ import annotations

from PySide6.QtGui import QColor

from netbuilder.ui.canvas.style import Style, mix

NOTE = "yellow"  # of a new note
# Name in the file -> category of blocks whose colour it is. "" is quiet.
CATEGORY = {
    "": "",
    "blue": "convolution",
    "teal": "pooling",
    "green": "metric",
    "yellow": "merge",
    "orange": "activation",
    "red": "loss",
    "pink": "generative",
    "violet": "normalization",
}
_SHARE = 0.11  # of the colour in a frame's ground


def tint(style: Style, name: str) -> QColor:
    """The colour of a frame's edge. Files may also hold "#80c0ff"; what is no colour is quiet."""
    if category := CATEGORY.get(name):
        return style.plate(category).color
    named = QColor.fromString(name) if name else QColor()
    return named if named.isValid() else style.frame_border


def ground(style: Style, name: str) -> QColor:
    """What a frame's texts stand on."""
    color = tint(style, name)
    return style.frame_body if color == style.frame_border else mix(style.frame_body, color, _SHARE)
