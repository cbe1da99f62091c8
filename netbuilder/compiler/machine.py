"""How much memory this machine has, for estimates of whether a training fits."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import NamedTuple

import torch

_LIMIT = Path("/sys/fs/cgroup/memory.max")  # of a container, which may be far below the machine's


class Machine(NamedTuple):
    """Bytes of main memory, and of the first graphics card; 0 where there is none or nothing is known."""

    memory: int = 0
    graphics: int = 0

    def of(self, device: str) -> tuple[str, int]:
        """The words for what a run on this device (a setting's value) works in, and its bytes."""
        if self.graphics and device in ("auto", "cuda"):
            return "graphics card", self.graphics
        return "machine", self.memory if device != "cuda" else 0


def this_machine() -> Machine:
    """The machine that this process runs on."""
    return Machine(main_memory(), _graphics_memory())


def main_memory() -> int:
    """Bytes of main memory that this process may use at most; 0 where that is not known. Needs no torch."""
    limits = [size for size in (_physical(), _allowed()) if size > 0]
    return min(limits, default=0)


def _physical() -> int:
    if os.name == "nt":
        return _windows()
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError):
        return 0


def _allowed() -> int:
    try:
        text = _LIMIT.read_text(encoding="ascii").strip()
    except OSError:
        return 0
    return int(text) if text.isdigit() else 0


def _windows() -> int:
    class Status(ctypes.Structure):
        """MEMORYSTATUSEX of the Windows API."""

        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in ("total", "free", "page", "free_page", "virtual", "free_virtual")),
            ("extended", ctypes.c_ulonglong),
        )

    status = Status(length=ctypes.sizeof(Status))
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009  (only there on Windows)
    return int(status.total) if kernel.GlobalMemoryStatusEx(ctypes.byref(status)) else 0


def _graphics_memory() -> int:
    return int(torch.cuda.get_device_properties(0).total_memory) if torch.cuda.is_available() else 0
