"""Writing a file so that it is either the old one or the new one, whenever the machine or the program stops."""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
import time
from pathlib import Path

# Windows refuses to replace a file while a virus scanner or a sync client holds it: tried again for 2 s in all.
REPLACE_WAITS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.6)


def write_atomically(path: Path, data: bytes) -> None:
    """Writes `data` beside the file, to the disk, then puts it in the file's place.

    A symbolic link stays one: its target is replaced. The file keeps its mode. Raises OSError, and the old
    file is then as it was.
    """
    target = Path(os.path.realpath(path))
    beside = target.with_name(f".{target.name[:100]}.{secrets.token_hex(6)}.part")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        with open(handle, "wb") as file:
            with contextlib.suppress(FileNotFoundError):  # a new file has the usual mode
                os.chmod(beside, os.stat(target).st_mode & 0o7777)
            file.write(data)
            file.flush()
            os.fsync(handle)
        _replace(beside, target)
    except BaseException:
        with contextlib.suppress(OSError):
            beside.unlink()
        raise
    _sync_folder(target.parent)


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
