"""Questions to jobs, one at a time: a newer one ends the older, and late answers to that are not heard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from netbuilder.jobs.client import Job


class Asking(QObject):
    """`done(result)` or `failed(sentence)` end a question, `progress(share, text)` comes before.

    `busy_changed(busy)` with the first and after the last of these. All come in the window's thread.
    """

    progress = Signal(float, str)
    done = Signal(object)
    failed = Signal(str)
    busy_changed = Signal(bool)
    _heard = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job: Job | None = None
        self._number = 0
        self._heard.connect(self._hear, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        return self._job is not None

    def ask(self, request: Mapping[str, Any]) -> None:
        """Starts a job for this; one that still runs is ended."""
        self._end()
        self._number += 1
        number = self._number
        self._job = Job(request, lambda message: self._heard.emit(number, message))
        self.busy_changed.emit(True)

    def cancel(self) -> None:
        """Ends the job, if one runs; nothing more is heard of it."""
        if self._end():
            self.busy_changed.emit(False)

    def _end(self) -> bool:
        self._number += 1
        job, self._job = self._job, None
        if job is not None:
            job.cancel()
        return job is not None

    def _hear(self, number: int, message: dict[str, Any]) -> None:
        if number != self._number:
            return
        kind = message.get("is")
        if kind == "progress":
            self.progress.emit(float(message.get("done", 0)), str(message.get("text", "")))
            return
        self._job = None
        if kind == "done":
            self.done.emit(message["result"])
        else:
            self.failed.emit(str(message.get("message", "This failed.")))
        if self._job is None:  # whoever heard the answer may have asked on
            self.busy_changed.emit(False)
