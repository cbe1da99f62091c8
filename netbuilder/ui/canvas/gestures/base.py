"""The form of a gesture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from netbuilder.graph.change import Change

if TYPE_CHECKING:
    from netbuilder.ui.canvas.asked import Asked

NO_KEYS = Qt.KeyboardModifier.NoModifier


class Gesture:
    """Between press and release. It may show things in the scene, but the model is touched only by the change that
    `finish` gives; `cancel` leaves everything as it was before `start`."""

    cursor: Qt.CursorShape | None = None
    edits = True  # whether it may end in a change
    status = ""  # what to tell the person while it goes on
    asks: Asked | None = None  # after `finish`: a search for a block that it opens

    def start(self) -> None:
        """The press."""

    def move(self, pos: QPointF, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        """The pointer is at this scene position."""

    def finish(self) -> Change | None:
        """The release; gives the edit, None for none."""
        return None

    def cancel(self) -> None:
        """Esc, or something else that came between."""
