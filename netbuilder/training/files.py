"""Files that are whole or not there: written beside, flushed, put in place. And locks that die with their holder."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import time
from pathlib import Path

_TRIES = 40  # Windows refuses to replace a file while somebody reads it; readers here are done in milliseconds


def tidy(path: Path) -> Path:
    """The absolute path without `..`, where that leads to the same place (behind a symbolic link it need not)."""
    whole = path.absolute()
    if ".." not in whole.parts:
        return whole
    short = Path(os.path.abspath(whole))
    try:
        return short if short.samefile(whole) else whole
    except OSError:
        return whole


def write(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Puts `data` in place of the file. A reader sees the old or the new content, never a part.

    `durable` also waits for the disk, so that it holds after a power cut; status files do without. Raises OSError.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        replace(beside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(path.parent)


def replace(source: Path, target: Path) -> None:
    """`os.replace`, tried again for a second where the target is being read (Windows). Raises OSError."""
    for left in reversed(range(_TRIES)):
        try:
            os.replace(source, target)
            return
        except PermissionError:
            if not left or os.name != "nt":
                raise
            time.sleep(0.025)


def sync_folder(folder: Path) -> None:
    """Makes renames inside the folder last through a power cut, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Held(OSError):
    """Somebody else holds the lock."""


class Lock:
    """A lock on a file that the system takes away when its holder ends, however it ends.

    A process number in a file may belong to somebody else by now; a lock cannot.
    """

    def __init__(self, path: Path) -> None:
        """Takes the lock or raises Held; readers that look take it for an instant, so it is tried for a second."""
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        for left in reversed(range(_TRIES)):
            if take(self._handle, shared=False):
                return
            if left:
                time.sleep(0.025)
        os.close(self._handle)
        raise Held(errno.EAGAIN, "another process holds this lock", str(path))

    def release(self) -> None:
        """Gives the lock back; the file stays."""
        os.close(self._handle)


def is_held(path: Path) -> bool:
    """Whether a living process holds the lock on this file. Costs some microseconds."""
    try:
        handle = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    except PermissionError:  # somebody else's run on a shared disk: not ours to say that it is gone
        return True
    try:
        return not take(handle, shared=True)
    finally:
        os.close(handle)


if sys.platform == "win32":
    import msvcrt

    def take(handle: int, *, shared: bool) -> bool:
        """Takes the lock of an open file, where nobody else has it. Windows locks the byte at its position."""
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        if shared:  # only looked
            msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
        return True

else:
    import fcntl

    def take(handle: int, *, shared: bool) -> bool:
        """Takes the lock of an open file, where nobody else has it. Raises OSError where the disk knows no locks."""
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def explain(problem: OSError, doing: str) -> str:
    """A sentence for a person: what could not be done, where, why, and what would help."""
    what, help_ = _CAUSES.get(problem.errno or 0, (problem.strerror or str(problem) or type(problem).__name__, ""))
    where = f" {problem.filename}" if problem.filename else ""
    return f"{doing}{where} failed: {what}.{help_}"


_CAUSES = {
    errno.ENOSPC: ("the disk is full", " Free some space, then resume the run."),
    errno.EDQUOT: ("your share of the disk is full", " Free some space, then resume the run."),
    errno.EACCES: ("it is not allowed", " Give yourself permission to write there, then try again."),
    errno.EPERM: ("it is not allowed", " Give yourself permission to write there, then try again."),
    errno.EROFS: ("the disk can only be read", " Choose another folder."),
    errno.ENOENT: ("the folder is gone", " Was the run removed or renamed while it trained?"),
}
