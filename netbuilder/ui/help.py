"""Pages about the window itself: its shortcuts, and what this program is."""

from __future__ import annotations

import platform

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from netbuilder import __version__
from netbuilder.ui.actions import MENUS
from netbuilder.ui.keymap import TABLE, Keymap
from netbuilder.ui.text import label

# What the mouse does on the canvas, and the keys that no action has.
GESTURES = (
    ("Add a block", "Double click on the canvas"),
    ("Link two ports", "Drag from one to the other"),
    ("Link and add a block", "Drag from a port to an empty place"),
    ("Link several at once", "Select them, then drag from one of their outputs"),
    ("Cut links", "K or Ctrl and the right button, and drag across them"),
    ("Put a block into a link", "Drop it on the link"),
    ("Lead a link through a point", "Double click on the link, or Alt and drag it"),
    ("Take the point out again", "Double click on it"),
    ("Move the view", "Middle button or Space and drag"),
    ("Zoom to the cursor", "Wheel"),
    ("Open a network that is placed here", "Double click on it"),
    ("What can be done with a block", "Right click or the menu key"),
    ("Select several", "Drag over them, or Shift and click"),
    ("Take an edit in the inspector back", "Esc"),
)


def shortcut_rows(keymap: Keymap) -> dict[str, list[tuple[str, str]]]:
    """What there is to press, by menu: (what it does, keys)."""
    rows = {
        menu: [
            (entry.plain_text, keymap.all_shown(entry.id))
            for entry in TABLE.values()
            if entry.group == menu and keymap.shown(entry.id)
        ]
        for menu in MENUS
    }
    return {**{menu: held for menu, held in rows.items() if held}, "Canvas": list(GESTURES)}


def shortcuts_page(keymap: Keymap, parent: QWidget) -> QDialog:
    """A dialog with all shortcuts, in two columns."""
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle("Keyboard shortcuts")
    columns = [QVBoxLayout(), QVBoxLayout()]
    lengths = [0, 0]
    for menu, held in shortcut_rows(keymap).items():
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(5)
        grid.addWidget(label(menu, look="heading"), 0, 0)
        for row, (text, pressed) in enumerate(held, 1):
            grid.addWidget(label(text), row, 0)
            grid.addWidget(label(pressed, look="muted"), row, 1)
        shorter = lengths.index(min(lengths))
        lengths[shorter] += len(held) + 2
        columns[shorter].addLayout(grid)
        columns[shorter].addSpacing(12)
    body = QHBoxLayout()
    body.setSpacing(40)
    for column in columns:
        column.addStretch(1)
        body.addLayout(column)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(24, 20, 24, 16)
    layout.addLayout(body)
    layout.addWidget(buttons)
    return dialog


def about_text() -> str:
    """Name, versions and licence."""
    return (
        f"netbuilder {__version__}\n\n"
        "Draw neural networks, watch them train, take them away as ONNX or readable PyTorch.\n\n"
        f"Python {platform.python_version()}, Qt {qVersion()}. MIT licence."
    )
