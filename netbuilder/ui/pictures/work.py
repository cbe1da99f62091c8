"""Long work of the window's thread in short steps, so that the window goes on meanwhile and it can be stopped."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from netbuilder.ui.pictures.files import PictureError

SLICE = 0.02  # seconds at a time


class Work(QObject):
    """Goes through a generator's steps: `progressed` with the share that is done, at the end `done` with its result or
    `failed` with a sentence."""

    progressed = Signal(float)
    done = Signal(object)
    failed = Signal(str)

    def __init__(self, steps: Generator[float, None, Any], parent: QObject) -> None:
        super().__init__(parent)
        self._steps = steps
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._go_on)

    def start(self) -> None:
        """Begins when the window has nothing else to do."""
        self._timer.start(0)

    def stop(self) -> None:
        """Ends it without a result."""
        self._timer.stop()
        self._steps.close()
        self.deleteLater()

    def _go_on(self) -> None:
        end = time.monotonic() + SLICE
        try:
            share = next(self._steps)
            while time.monotonic() < end:
                share = next(self._steps)
        except StopIteration as found:
            self._timer.stop()
            self.done.emit(found.value)
            self.deleteLater()
        except PictureError as wrong:
            self._timer.stop()
            self.failed.emit(str(wrong))
            self.deleteLater()
        else:
            self.progressed.emit(share)
