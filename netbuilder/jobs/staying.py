"""A job's process that stays for the next request, so that small wishes are answered at once. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from netbuilder.child import LineChild, python_command

Answer = dict[str, Any]


class Staying:
    """Asks one thing after the other; only what the newest question is answered with is handed on.

    `on_message` hears progress, "done" and "failed" from another thread. The process starts with the first question,
    and again with the next one after it died.
    """

    def __init__(self, on_message: Callable[[Answer], None], *, command: Sequence[str] | None = None) -> None:
        self._on_message = on_message
        self._command = list(command) if command is not None else python_command("netbuilder.jobs", "--stay")
        self._child: LineChild | None = None
        self._asked = self._started = 0
        self._open = False  # whether the newest question is not yet answered

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._open

    def ask(self, request: Mapping[str, Any]) -> None:
        """The question; one that was asked before and is not answered yet is forgotten."""
        self._asked += 1
        self._open = True
        if self._child is None or not self._child.alive:
            self._started += 1
            try:
                self._child = LineChild(self._command, self._heard, partial(self._ended, self._started))
            except OSError as error:
                self._open = False
                self._on_message({"is": "failed", "message": f"This can't be started: {error.strerror}."})
                return
        self._child.send({**request, "id": self._asked})

    def cancel(self) -> None:
        """Ends the process at once; the next question starts another. Nothing more is heard of what was asked."""
        self._asked += 1
        self._open = False
        if self._child is not None:
            self._child.kill()
            self._child = None

    def _heard(self, answer: Answer) -> None:
        if answer.get("id") != self._asked:
            return
        if answer.get("is") in ("done", "failed"):
            self._open = False
        self._on_message(answer)

    def _ended(self, started: int, how: str) -> None:
        """`started` numbers the process: one that was killed may end after the next has begun."""
        if self._open and started == self._started:
            self._open = False
            said = f": {self._child.tail[-1]}" if self._child is not None and self._child.tail else ""
            self._on_message({"is": "failed", "message": f"The process for this was lost ({how}){said}."})
