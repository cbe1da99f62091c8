"""The one mutable thing: a project with its history, and those who want to know of changes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from itertools import count, groupby
from uuid import uuid4

import msgspec

from netbuilder.graph.change import Change, apply, merged, remakes, squash
from netbuilder.graph.difference import project_difference
from netbuilder.graph.edits_base import EditError
from netbuilder.graph.model import Project

Listener = Callable[[Change], None]


class Refused(EditError):
    """The document takes no changes now; the text is the sentence that says why."""


class Document:
    """Holds the current project; apply, undo and redo cost what the change touches.

    `revision` grows with every change in either direction, so that answers which were asked for an
    older one can be told apart. Listeners are called after the project was replaced.

    The history has no limit. `position` counts the changes that are made: 0 is the project as it was opened. Those
    behind it have been undone, and are dropped when another change is made.

    While `refusal` says why the project can only be looked at, whatever would change it raises Refused with that
    sentence.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.revision = 0
        self.refusal = ""
        self.token = uuid4().hex  # by which what was copied here is known again
        self.position = 0
        self._steps: list[tuple[int, Change]] = []
        self._serials = count(1)
        self._saved = 0
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Calls `listener(change)` after each change; gives back the way to stop that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def apply(self, change: Change) -> None:
        """Makes the change and remembers it. An empty one is ignored. Raises Conflict, Refused."""
        if change:
            self._check()
            self._make(change)

    def amend(self, change: Change) -> Change | None:
        """Makes the change as a part of the last one, so that both are one step of undo. Gives that step, None where
        nothing is left of it. Raises what `apply` raises."""
        if not change or not self.position:
            self.apply(change)
            return self.last
        self._check()
        project = apply(self.project, change)
        both = merged(self._steps[self.position - 1][1], change)
        del self._steps[self.position - 1 :]
        if both:
            self._steps.append((next(self._serials), both))
        self._move(project, len(self._steps), change)
        return both or None

    def follow(self, project: Project) -> None:
        """Becomes what its file holds now, as one change that can be undone; also where other changes are refused."""
        change = Change("Load from disk", tuple(project_difference(self.project, project)))
        self.project = msgspec.structs.replace(self.project, extra=project.extra)
        if change:
            self._make(change)
        self.mark_saved()

    def undo(self) -> Change | None:
        """Takes the last change back and gives what was applied for it; None when there is nothing to undo."""
        return self._step(self._steps[self.position - 1][1].inverse(), -1) if self.position else None

    def redo(self) -> Change | None:
        """Makes the change that was last undone again; None when there is none."""
        return self._step(self._steps[self.position][1], 1) if self.position < len(self._steps) else None

    def jump(self, position: int) -> list[Change]:
        """Undoes or redoes until so many changes are made, and gives what was applied for it: as few changes as that
        takes, so that views are told once of a thousand steps. Raises IndexError for a position that is not there."""
        if not 0 <= position <= len(self._steps):
            raise IndexError(f"there is no position {position} in a history of {len(self._steps)}")
        if position < self.position:
            steps = [change.inverse() for _, change in reversed(self._steps[position : self.position])]
            way = -1
        else:
            steps, way = [change for _, change in self._steps[self.position : position]], 1
        return [self._step(change, way * length) for change, length in _runs(steps)]

    def label(self, number: int) -> str:
        """What the change in plain words was that leads from position `number` to the next."""
        return self._steps[number][1].label

    def __len__(self) -> int:
        """How many changes the history holds, with those that have been undone."""
        return len(self._steps)

    def __bool__(self) -> bool:
        return True

    @property
    def last(self) -> Change | None:
        """What undo would take back."""
        return self._steps[self.position - 1][1] if self.position else None

    @property
    def undo_label(self) -> str:
        """What undo would take back, "" for nothing."""
        return self.label(self.position - 1) if self.position else ""

    @property
    def redo_label(self) -> str:
        """What redo would make again, "" for nothing."""
        return self.label(self.position) if self.position < len(self._steps) else ""

    @property
    def modified(self) -> bool:
        """Whether the project differs from what was last marked as saved, by its place in the history."""
        return self._state(self.position) != self._saved

    @property
    def saved_position(self) -> int | None:
        """Where in the history the project lies in its file; None where that was changed away."""
        at = bisect_left(self._steps, self._saved, key=lambda step: step[0]) + 1 if self._saved else 0
        return at if at <= len(self._steps) and self._state(at) == self._saved else None

    def mark_saved(self) -> None:
        """The project as it is now lies in its file."""
        self._saved = self._state(self.position)

    def mark_unsaved(self) -> None:
        """What lies in the file is another project, whatever is undone from here."""
        self._saved = -1

    def _state(self, position: int) -> int:
        return self._steps[position - 1][0] if position else 0

    def _step(self, change: Change, by: int) -> Change:
        self._check()
        self._move(apply(self.project, change), self.position + by, change)
        return change

    def _check(self) -> None:
        if self.refusal:
            raise Refused(self.refusal)

    def _make(self, change: Change) -> None:
        project = apply(self.project, change)
        del self._steps[self.position :]
        self._steps.append((next(self._serials), change))
        self._move(project, self.position + 1, change)

    def _move(self, project: Project, position: int, change: Change) -> None:
        self.project, self.position = project, position
        self.revision += 1
        for listener in tuple(self._listeners):
            listener(change)


def _runs(steps: Iterable[Change]) -> Iterator[tuple[Change, int]]:
    """As few changes as the steps can be put together to, and how many each of them stands for. A change that makes,
    removes or replaces a whole graph stays alone."""
    for whole, run in groupby(steps, remakes):
        if whole:
            yield from ((change, 1) for change in run)
        else:
            held = list(run)
            yield squash(held[-1].label, held), len(held)
