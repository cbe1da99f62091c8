"""The wishes that others leave in `control/`, and those of the system (SIGTERM when it shuts down)."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from types import FrameType
from typing import Literal

from netbuilder.training.client import PAUSE, STOP

Wish = Literal["", "pause", "stop"]
LOOK_SECONDS = 0.1


class Control:
    """Reads wishes; costs one look into a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ended = False

    def obey_signals(self) -> None:
        """SIGTERM and SIGINT mean stop from now on. Only in a process's main thread."""

        def stop(_number: int, _frame: FrameType | None) -> None:
            self._ended = True

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)

    def wish(self) -> Wish:
        """What is wished now; stop wins. Raises OSError where the folder is gone."""
        if self._ended:
            return "stop"
        names = os.listdir(self._folder)
        if not names:
            return ""
        return "stop" if STOP in names else "pause" if PAUSE in names else ""

    def stops(self) -> bool:
        """Whether a stop is wished, before there is a step after which to pause. Raises OSError as `wish` does."""
        return self._ended or (self._folder / STOP).exists()

    def wait(self) -> None:
        """Until nobody wishes a pause any more."""
        while self.wish() == "pause":
            time.sleep(LOOK_SECONDS)
