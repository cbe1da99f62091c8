"""Writing a file so that it is either the old one or the new one, whenever the machine or the program stops.

A file is written beside and put in the old one's place. One that has several names (hard links), or an owner that we
cannot give to another file, would lose them by that: it is written over where it is, while a whole copy lies beside it.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import shutil
import sys
import time
from pathlib import Path

# Windows refuses to replace a file while a virus scanner or a sync client holds it: tried again for 2 s in all.
REPLACE_WAITS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.6)

TORN = b"\0"  # the first byte of a file that is being written over; no file of ours begins so


def write_atomically(path: Path, data: bytes) -> None:
    """Writes `data` beside the file, to the disk, then puts it in the file's place.

    Symbolic and hard links stay, and so do mode, owner and extended attributes. Raises OSError, and the old file is
    then as it was.
    """
    target = Path(os.path.realpath(path))
    beside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.part")
    try:
        held = os.stat(target)
        if not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
    except FileNotFoundError:
        held = None
    try:
        owned = _write_beside(beside, data, target, held)
        if held is None or (owned and held.st_nlink == 1):
            _replace(beside, target)
        else:
            _write_over(target, beside, data)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
    _sync_folder(target.parent)


def copy_beside(path: Path) -> Path:
    """Where the whole new content lies while the file is being written over, and after that was interrupted."""
    target = Path(os.path.realpath(path))
    return target.with_name(f".{target.name[:100]}.{hashlib.sha256(target.name.encode()).hexdigest()[:8]}.saving")


def finish(path: Path) -> None:
    """Ends a write that was interrupted, if there was one. Only who alone may write the file calls this.

    Raises OSError where it cannot be written; what was to be written can still be read then.
    """
    copy = copy_beside(path)
    try:
        data = copy.read_bytes()
    except FileNotFoundError:
        return
    target = Path(os.path.realpath(path))
    with open(target, "rb+", buffering=0) as file:
        if file.read(1) == TORN:
            _overwrite(file.fileno(), data)
    copy.unlink()


def _write_beside(beside: Path, data: bytes, target: Path, held: os.stat_result | None) -> bool:
    """Writes the new file, like the old one but for its content. Gives whether it has the old one's owner."""
    owned = True
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)
    with open(handle, "wb") as file:
        if held is not None:
            owned = _give(beside, held)
            shutil.copystat(target, beside)
        file.write(data)
        file.flush()
        os.fsync(handle)
    return owned


def _give(path: Path, like: os.stat_result) -> bool:
    """Gives the file the owner and group of another; says whether it has them now."""
    if sys.platform == "win32":
        return True  # it inherits them from its folder
    mine = os.stat(path)
    if (mine.st_uid, mine.st_gid) == (like.st_uid, like.st_gid):
        return True
    try:
        os.chown(path, like.st_uid, like.st_gid)
    except OSError:
        return False
    return True


def _write_over(target: Path, beside: Path, data: bytes) -> None:
    """Writes into the file itself. From its first byte on the copy counts, so it lies there whole before that.

    A write before that was interrupted is ended first: its copy is all that there is of the old content.
    """
    finish(target)
    copy = copy_beside(target)
    with open(target, "rb+", buffering=0) as file:
        handle = file.fileno()
        old = file.readall()
        _replace(beside, copy)
        _sync_folder(target.parent)
        try:
            _overwrite(handle, data)
        except OSError:
            _overwrite(handle, old)  # its room is still there; where even that fails, the copy stays and counts
            copy.unlink()
            raise
    copy.unlink()


def _overwrite(handle: int, data: bytes) -> None:
    """The file's content, marked as torn until all of it lies on the disk."""
    _write_at(handle, 0, TORN)
    os.fsync(handle)
    if hasattr(os, "posix_fallocate") and len(data) > 0:
        os.posix_fallocate(handle, 0, len(data))  # a full disk says so before anything is lost
    _write_at(handle, 1, data[1:])
    os.ftruncate(handle, len(data))
    os.fsync(handle)
    _write_at(handle, 0, data[:1])
    os.fsync(handle)


def _write_at(handle: int, start: int, data: bytes) -> None:
    os.lseek(handle, start, os.SEEK_SET)
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _replace(source: Path, target: Path) -> None:
    for wait in REPLACE_WAITS:
        time.sleep(wait)
        try:
            os.replace(source, target)
        except PermissionError:
            if sys.platform != "win32" and not os.access(target.parent, os.W_OK):
                raise
        else:
            return
    os.replace(source, target)


def _sync_folder(folder: Path) -> None:
    """The new name itself must reach the disk. Some systems cannot; the file is whole all the same."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


_BINARY = getattr(os, "O_BINARY", 0)
