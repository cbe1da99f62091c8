"""Edits that show at once while a drag goes on, and are one step of undo when it ends."""

from __future__ import annotations

from collections.abc import Callable

from netbuilder.graph.change import Change
from netbuilder.graph.document import Document

Make = Callable[[object], Change | None]  # from a value to the change that sets it, for the project as it is now


class LiveEdit:
    """Each value is a change of its own to those who follow the document, but one step in its history."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._last: Change | None = None

    def move(self, value: object, make: Make) -> None:
        """The next value of a drag."""
        change = make(value)
        if not change:
            return
        if self._last is not None and self._document.last is self._last:
            self._last = self._document.amend(change)
        else:
            self._document.apply(change)
            self._last = self._document.last

    def end(self, *, kept: bool) -> None:
        """The drag is over; what is not kept leaves no trace in the history."""
        if not kept and self._last is not None and self._document.last is self._last:
            self._document.amend(self._last.inverse())
        self._last = None
