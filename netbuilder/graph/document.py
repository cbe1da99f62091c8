"""The one mutable thing: a project with its history, and those who want to know of changes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from netbuilder.graph.change import Change, apply, merged
from netbuilder.graph.model import Project

Listener = Callable[[Change], None]


class Document:
    """Holds the current project; apply, undo and redo cost what the change touches.

    `revision` grows with every change in either direction, so that answers which were asked for an
    older one can be told apart. Listeners are called after the project was replaced.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.revision = 0
        self._done: list[tuple[int, Change]] = []
        self._undone: list[tuple[int, Change]] = []
        self._serials = count(1)
        self._saved = 0
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Calls `listener(change)` after each change; gives back the way to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def apply(self, change: Change) -> None:
        """Makes the change and remembers it. An empty one is ignored. Raises Conflict."""
        if not change:
            return
        self._move(change)
        self._undone.clear()
        self._done.append((next(self._serials), change))
        self._tell(change)

    def amend(self, change: Change) -> Change | None:
        """Makes the change as a part of the last one, so that both are one step of undo. Gives that step, None where
        nothing is left of it. Raises what `apply` raises."""
        if not change or not self._done:
            self.apply(change)
            return self.last
        held = self._done.pop()
        try:
            self.apply(change)
        except BaseException:
            self._done.append(held)
            raise
        serial, _ = self._done.pop()
        if both := merged(held[1], change):
            self._done.append((serial, both))
        return both or None

    def undo(self) -> Change | None:
        """Takes the last change back and gives what was applied for it; None when there is nothing to undo."""
        return self._step(self._done, self._undone, backwards=True)

    def redo(self) -> Change | None:
        """Makes the change that was last undone again; None when there is none."""
        return self._step(self._undone, self._done, backwards=False)

    @property
    def last(self) -> Change | None:
        """What undo would take back."""
        return self._done[-1][1] if self._done else None

    @property
    def undo_label(self) -> str:
        """What undo would take back, "" for nothing."""
        return self._done[-1][1].label if self._done else ""

    @property
    def redo_label(self) -> str:
        """What redo would make again, "" for nothing."""
        return self._undone[-1][1].label if self._undone else ""

    @property
    def modified(self) -> bool:
        """Whether the project differs from what was last marked as saved, by its place in the history."""
        return self._state != self._saved

    def mark_saved(self) -> None:
        """The project as it is now lies in its file."""
        self._saved = self._state

    @property
    def _state(self) -> int:
        return self._done[-1][0] if self._done else 0

    def _step(
        self, taken: list[tuple[int, Change]], given: list[tuple[int, Change]], *, backwards: bool
    ) -> Change | None:
        if not taken:
            return None
        entry = taken[-1]
        change = entry[1].inverse() if backwards else entry[1]
        self._move(change)
        given.append(taken.pop())
        self._tell(change)
        return change

    def _move(self, change: Change) -> None:
        self.project = apply(self.project, change)
        self.revision += 1

    def _tell(self, change: Change) -> None:
        for listener in tuple(self._listeners):
            listener(change)
