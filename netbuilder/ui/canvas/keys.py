"""The canvas' own keys, as one table: key, modifiers -> method of the canvas and its arguments.

Keys that the window's actions have too (Delete, Ctrl+C ...) reach the canvas only where no window takes them.
"""

from __future__ import annotations

from PySide6.QtCore import Qt

from netbuilder.ui.canvas import metrics as m

Key = Qt.Key
_PLAIN = Qt.KeyboardModifier.NoModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier
_CTRL = Qt.KeyboardModifier.ControlModifier

KEYS: dict[tuple[Qt.Key, Qt.KeyboardModifier], tuple[str, tuple[float, ...]]] = {
    (Key.Key_Tab, _PLAIN): ("search_here", ()),
    (Key.Key_F, _PLAIN): ("fit", ()),
    (Key.Key_Home, _PLAIN): ("fit", ()),
    (Key.Key_Delete, _PLAIN): ("delete_selection", ()),
    (Key.Key_Backspace, _PLAIN): ("delete_selection", ()),
    (Key.Key_A, _CTRL): ("select_all", ()),
    (Key.Key_C, _CTRL): ("copy", ()),
    (Key.Key_X, _CTRL): ("cut", ()),
    (Key.Key_V, _CTRL): ("paste", ()),
    (Key.Key_D, _CTRL): ("duplicate", ()),
    (Key.Key_G, _CTRL): ("group", ()),
    (Key.Key_G, _CTRL | _SHIFT): ("ungroup", ()),
    (Key.Key_F, _CTRL | _SHIFT): ("add_frame", ()),
    (Key.Key_Return, _PLAIN): ("enter", ()),
    (Key.Key_Enter, _PLAIN): ("enter", ()),
    (Key.Key_B, _CTRL): ("toggle_bypass", ()),
    (Key.Key_Plus, _CTRL): ("zoom", (m.ZOOM_STEP,)),
    (Key.Key_Equal, _CTRL): ("zoom", (m.ZOOM_STEP,)),
    (Key.Key_Minus, _CTRL): ("zoom", (1 / m.ZOOM_STEP,)),
    (Key.Key_Left, _PLAIN): ("nudge", (-m.GRID, 0.0)),
    (Key.Key_Right, _PLAIN): ("nudge", (m.GRID, 0.0)),
    (Key.Key_Up, _PLAIN): ("nudge", (0.0, -m.GRID)),
    (Key.Key_Down, _PLAIN): ("nudge", (0.0, m.GRID)),
    (Key.Key_Left, _SHIFT): ("nudge", (-5 * m.GRID, 0.0)),
    (Key.Key_Right, _SHIFT): ("nudge", (5 * m.GRID, 0.0)),
    (Key.Key_Up, _SHIFT): ("nudge", (0.0, -5 * m.GRID)),
    (Key.Key_Down, _SHIFT): ("nudge", (0.0, 5 * m.GRID)),
}
_COUNTED = _SHIFT | _CTRL | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


def method_of(key: int, held: Qt.KeyboardModifier) -> tuple[str, tuple[float, ...]] | None:
    """What a key press does, None for nothing. The key pad's own modifier does not matter."""
    return KEYS.get((Qt.Key(key), held & _COUNTED))
