"""Starts a job in its own process, hears its progress, and cancels it by killing it. Imports neither torch nor Qt."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from netbuilder.child import LineChild, python_command

Answer = dict[str, Any]


class Job:
    """One job, running from the start. `on_message` hears its answers from other threads, the last of them "done" or
    "failed"; after `cancel` it hears nothing more.

    Files that a job writes come into being in a folder beside their place, which is removed when the job ends, however
    it ends; what is in its place is whole.
    """

    def __init__(
        self,
        request: Mapping[str, Any],
        on_message: Callable[[Answer], None],
        *,
        command: Sequence[str] | None = None,
    ) -> None:
        self._on_message = on_message
        self._ended_well = False
        self._cancelled = False
        self._scratch: Path | None = None
        self._child: LineChild | None = None
        try:
            self._scratch = _scratch(request)
            self._child = LineChild(
                list(command) if command is not None else python_command("netbuilder.jobs"), self._heard, self._ended
            )
        except OSError as error:
            self._clean()
            where = f" ({error.filename})" if error.filename else ""
            on_message({"is": "failed", "message": f"This can't be started: {error.strerror}{where}."})
            return
        sent = dict(request)
        if self._scratch is not None:
            sent["scratch"] = str(self._scratch)
        self._child.send(sent)

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.alive

    def cancel(self) -> None:
        """Ends the job at once; returns without waiting for the end. A file that was not finished is not there."""
        self._cancelled = True
        if self._child is not None:
            self._child.kill()

    def wait(self, timeout: float | None = None) -> bool:
        """Waits until the process is gone and what it left is removed; False if it is not after that many seconds."""
        return self._child is None or self._child.wait(timeout)

    def _heard(self, answer: Answer) -> None:
        if self._cancelled or self._ended_well:
            return
        if answer.get("is") in ("done", "failed"):
            self._ended_well = True
            if self._child is not None:
                self._child.close_input()
        self._on_message(answer)

    def _ended(self, how: str) -> None:
        self._clean()
        if not self._ended_well and not self._cancelled:
            said = f": {self._child.tail[-1]}" if self._child is not None and self._child.tail else ""
            self._on_message({"is": "failed", "message": f"The process for this was lost ({how}){said}."})

    def _clean(self) -> None:
        if self._scratch is not None:
            shutil.rmtree(self._scratch, ignore_errors=True)


def _scratch(request: Mapping[str, Any]) -> Path | None:
    """A new folder on the disk where the job's files go; None for a job that writes none. Raises OSError."""
    if not (to := request.get("to")):
        return None
    place = Path(str(to))
    return Path(tempfile.mkdtemp(prefix=".netbuilder-", dir=place if place.is_dir() else place.parent))
