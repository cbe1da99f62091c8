"""Questions to jobs, one at a time: a newer one ends the older, and late answers to that are not heard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from netbuilder.jobs.client import Job
from netbuilder.jobs.staying import Staying


class Asking(QObject):
    """`done(result)` or `failed(sentence)` end a question, `progress(share, text)` comes before.

    `busy_changed(busy)` with the first and after the last of these. All come in the window's thread.
    """

    progress = Signal(float, str)
    done = Signal(object)
    failed = Signal(str)
    busy_changed = Signal(bool)
    _heard = Signal(int, object)

    def __init__(self, parent: QObject | None = None, *, stay: bool = False) -> None:
        """`stay`: one process answers question after question; it ends with this object, or to cancel."""
        super().__init__(parent)
        self._job: Job | None = None
        self._staying = Staying(self._say) if stay else None
        self._busy = False
        self._number = 0
        self._heard.connect(self._hear, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        return self._busy

    def ask(self, request: Mapping[str, Any]) -> None:
        """Starts a job for this; one that still runs is ended."""
        self._end()
        self._number += 1
        number = self._number
        self._busy = True
        self.busy_changed.emit(True)
        if self._staying is not None:
            self._staying.ask(request)
        else:
            self._job = Job(request, lambda message: self._heard.emit(number, message))

    def cancel(self) -> None:
        """Ends the job, if one runs; nothing more is heard of it."""
        if self._end():
            self.busy_changed.emit(False)

    def close(self) -> None:
        """Ends whatever process there is."""
        self.cancel()
        if self._staying is not None:
            self._staying.cancel()

    def _end(self) -> bool:
        self._number += 1
        busy, self._busy = self._busy, False
        job, self._job = self._job, None
        if job is not None:
            job.cancel()
        if busy and self._staying is not None:
            self._staying.cancel()
        return busy

    def _say(self, message: dict[str, Any]) -> None:
        self._heard.emit(self._number, message)

    def _hear(self, number: int, message: dict[str, Any]) -> None:
        if number != self._number:
            return
        kind = message.get("is")
        if kind == "progress":
            self.progress.emit(float(message.get("done", 0)), str(message.get("text", "")))
            return
        self._job, self._busy = None, False
        if kind == "done":
            self.done.emit(message["result"])
        else:
            self.failed.emit(str(message.get("message", "This failed.")))
        if not self._busy:  # whoever heard the answer may have asked on
            self.busy_changed.emit(False)
