"""How data is read: kept in memory or streamed, by how many processes, with whom to tell. Imports no torch."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import psutil

from netbuilder.data.cache import Cache

KEEP = ("auto", "memory", "stream")
MOST_WORKERS = 8  # where nobody says how many
# Data is held once more while it is parted, and once more in the order of an epoch.
COPIES = 3
_CGROUP = Path("/sys/fs/cgroup")


def silent(_sentence: str) -> None:
    """Tells nobody."""


class Reading(msgspec.Struct, frozen=True):
    """`keep` of KEEP. `workers`: processes that read, 0 chooses by the machine, -1 reads in this process.

    `tell` is called with what is being done; it may raise to end the reading. `free`: bytes that the device has of its
    own, None where it uses the machine's. `cache` keeps what was slow to read; None: this machine's.
    """

    keep: str = "auto"
    workers: int = 0
    tell: Callable[[str], None] = silent
    free: int | None = None
    cache: Cache | None = None

    @property
    def processes(self) -> int:
        """How many processes read; 0: this one does."""
        return max(0, self.workers or min(MOST_WORKERS, processors()))

    def fits(self, nbytes: int) -> bool:
        """Whether so many bytes of samples are kept in memory."""
        if self.keep != "auto":
            return self.keep == "memory"
        return nbytes * COPIES <= available() and (self.free is None or nbytes * 2 <= self.free)


def processors() -> int:
    """How many of them this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def available() -> int:
    """Bytes of memory that this process may still take without anything being swapped or killed."""
    found: list[int] = [psutil.virtual_memory().available, *_limits()]
    try:
        most = (_CGROUP / "memory.max").read_text().strip()
        if most != "max":
            found.append(int(most) - int((_CGROUP / "memory.current").read_text()))
    except (OSError, ValueError):
        pass  # no control group says anything
    return max(0, min(found))


def _limits() -> list[int]:
    if sys.platform == "win32":
        return []
    import resource

    used = psutil.Process().memory_info()
    pairs = ((resource.RLIMIT_AS, used.vms), (resource.RLIMIT_DATA, getattr(used, "data", used.rss)))
    return [soft - taken for limit, taken in pairs if (soft := resource.getrlimit(limit)[0]) != resource.RLIM_INFINITY]
