"""How our child processes treat their three files: stdout belongs to the protocol, stdin's end is the end."""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Callable
from typing import BinaryIO


def one_line(error: BaseException) -> str:
    """The first line of an exception's text, or its name."""
    lines = str(error).strip().splitlines()
    return lines[0][:500] if lines else type(error).__name__


def own_stdout() -> BinaryIO:
    """Takes file 1 for the protocol: whatever else writes there from now on (C code too) goes to stderr."""
    sys.stdout.flush()
    mine = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return os.fdopen(mine, "wb")


class Lines:
    """Lines of stdin, read by a thread. When stdin ends, whoever started us is gone: `ended` is called at once."""

    def __init__(self, pipe: BinaryIO, ended: Callable[[], None]) -> None:
        self._queue: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._pipe, self._ended = pipe, ended
        threading.Thread(target=self._read, daemon=True, name="stdin").start()

    def _read(self) -> None:
        for line in self._pipe:
            if line.strip():
                self._queue.put(line)
        self._ended()

    def take(self) -> list[bytes]:
        """Waits for a line and gives all that are there."""
        lines = [self._queue.get()]
        while not self._queue.empty():
            lines.append(self._queue.get())
        return lines

    def waiting(self) -> bool:
        return not self._queue.empty()
