"""What this program is, and what the mouse does in it."""

from __future__ import annotations

import platform

from PySide6.QtCore import qVersion

from netbuilder import __version__

# What the mouse does on the canvas, and the keys that no action has.
GESTURES = (
    ("Add a block", "Double click on the canvas"),
    ("Link two ports", "Drag from one to the other"),
    ("Link and add a block", "Drag from a port to an empty place"),
    ("Link several at once", "Select them, then drag from one of their outputs"),
    ("Swap two links", "Drag the end of one onto the end of the other"),
    ("Cut links", "K or Ctrl and the right button, and drag across them"),
    ("Put a block into a link", "Drop it on the link"),
    ("Lead a link through a point", "Double click on the link, or Alt and drag it"),
    ("Take the point out again", "Double click on it"),
    ("Copy what is dragged", "Alt and drag it"),
    ("Give a placed network one more input", "Drop a link on the plus at its edge"),
    ("Move the view", "Middle button or Space and drag"),
    ("Zoom to the cursor", "Wheel"),
    ("Open a network that is placed here", "Double click on it"),
    ("What can be done with a block", "Right click or the menu key"),
    ("Select several", "Drag over them, or Shift and click; with Shift a drag adds, with Ctrl it takes away"),
    ("Drag without snapping", "Alt while dragging"),
    ("Write a title or a note, choose a colour", "Double click on the frame"),
    ("Open a folded frame", "Double click on it"),
    ("Change a number", "Drag on it in the inspector, or on the block that is selected; Shift or Ctrl for other steps"),
    ("Take an edit in the inspector back", "Esc"),
)


def about_text() -> str:
    """Name, versions and licence."""
    return (
        f"netbuilder {__version__}\n\n"
        "Draw neural networks, watch them train, take them away as ONNX or readable PyTorch.\n\n"
        f"Python {platform.python_version()}, Qt {qVersion()}. MIT licence."
    )
