"""Mistakes of ours that nobody caught: written to a log file and told in one sentence; the window goes on."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal

from netbuilder.graph.document import Refused

LARGEST = 1 << 20  # bytes after which the log begins anew


def default_log() -> Path:
    """`errors.log` in the application's data folder."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)) / "errors.log"


class Crashes(QObject):
    """Takes the place of Python's excepthooks. `tell(sentence)` is called in the window's thread, once at a time;
    `refuse(sentence)` where something tried to change a project that can only be looked at: that is no mistake."""

    _caught = Signal(str)
    _refused = Signal(str)

    def __init__(self, log: Path, tell: Callable[[str], None], refuse: Callable[[str], None]) -> None:
        super().__init__()
        self._refused.connect(refuse, Qt.ConnectionType.QueuedConnection)
        self._log, self._tell = log, tell
        self._telling = False
        self._caught.connect(self._say, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        sys.excepthook = self.catch
        threading.excepthook = lambda args: self.catch(args.exc_type, args.exc_value, args.exc_traceback)

    def catch(self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None = None) -> None:
        """Writes it down; KeyboardInterrupt ends the program as everywhere."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error if error is not None else kind(), trace)
            return
        if isinstance(error, Refused):
            self._refused.emit(str(error))
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        self._caught.emit(self._write(text) or f"The reason: {kind.__name__}.")
        if sys.stderr is not None:
            sys.stderr.write(text)

    def _write(self, text: str) -> str:
        """Where the details lie, "" where they could not be written."""
        try:
            self._log.parent.mkdir(parents=True, exist_ok=True)
            mode = "w" if self._log.exists() and self._log.stat().st_size > LARGEST else "a"
            with self._log.open(mode, encoding="utf-8") as file:
                file.write(f"{datetime.now(UTC).isoformat(timespec='seconds')}\n{text}\n")
        except OSError:
            return ""
        return f"The details are in {self._log}."

    def _say(self, where: str) -> None:
        if self._telling:  # one box at a time: a mistake in painting comes with every frame
            return
        self._telling = True
        try:
            self._tell(
                f"Something went wrong inside netbuilder. Your project is still open; save it to be safe. {where}"
            )
        finally:
            self._telling = False
