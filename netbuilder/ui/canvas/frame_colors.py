"""The colours that a frame may have, by their names in the file: those of categories, which each theme has."""

from __future__ import annotations

from PySide6.QtGui import QColor

from netbuilder.ui.canvas.style import Style

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
_SHARE = 0.3, 0.55  # of the colour's saturation in a frame's ground, where that is dark and where it is light


def tint(style: Style, name: str) -> QColor:
    """The colour of a frame's edge. Files may also hold "#80c0ff"; what is no colour is quiet."""
    if category := CATEGORY.get(name):
        return style.plate(category).color
    named = QColor.fromString(name) if name else QColor()
    return named if named.isValid() else style.frame_border


def ground(style: Style, name: str) -> QColor:
    """What a frame's texts stand on: as light as a quiet one, with some of the colour's hue."""
    color, quiet = tint(style, name), style.frame_body
    if color == style.frame_border:
        return quiet
    share = _SHARE[quiet.lightnessF() > 0.5] * color.hslSaturationF()
    return QColor.fromHslF(max(color.hslHueF(), 0.0), share, quiet.lightnessF())
