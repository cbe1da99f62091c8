"""A project's file as this process knows it: what it held when it was last read or written, and who may write it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Literal

from netbuilder.graph.file import FileError, read, write
from netbuilder.ui.keeping.lock import FileLock, Owner, hold, is_free

State = Literal["same", "changed", "gone"]


def digest_of(data: bytes) -> str:
    """What tells one content of a file from another."""
    return hashlib.sha256(data).hexdigest()


class OnDisk:
    """`owner`: who else has the file open to edit it, None where it is ours. `digest` "": nothing is known of it."""

    def __init__(self, path: Path, digest: str = "") -> None:
        self.path, self.digest = path, digest
        self.owner: Owner | None = None
        self._lock: FileLock | None = None
        self._stat: tuple[int, ...] | None = None

    def take(self) -> bool:
        """Whether the file is ours to write now; else `owner` has it."""
        if self._lock is None:
            found = hold(self.path)
            self.owner = found if isinstance(found, Owner) else None
            self._lock = found if isinstance(found, FileLock) else None
        return self._lock is not None

    def touch(self) -> None:
        """Says to others that we live. Raises OSError."""
        if self._lock is not None:
            self._lock.touch()

    def release(self) -> None:
        """Lets others write it."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def read(self) -> bytes:
        """The file's bytes, which are known from now on. Raises FileError."""
        seen = _stat(self.path)  # before it is read: what is written meanwhile is found afterwards
        data = read(self.path)
        self.digest, self._stat = digest_of(data), seen
        return data

    def write(self, data: bytes) -> None:
        """Puts these bytes of a project in the file. Raises FileError."""
        write(data, self.path)
        self.digest, self._stat = digest_of(data), None

    def is_at(self, path: Path) -> bool:
        """Whether this is the same file, by whatever name."""
        return os.path.realpath(path) == os.path.realpath(self.path)

    def is_free(self) -> bool:
        """Whether nobody else has it open to edit it any more."""
        return self._lock is not None or is_free(self.path)

    def look(self) -> State:
        """How the file is to what is known of it. Reads it only where something about it is another than before."""
        try:
            seen = _stat(self.path)
        except OSError:  # a share that is away for a while: nothing can be said
            return "same"
        if seen is None:
            return "gone"
        if seen == self._stat:
            return "same"
        try:
            if digest_of(read(self.path)) != self.digest:
                return "changed"
        except FileError:  # it is there, and no project any more
            return "changed"
        self._stat = seen
        return "same"

    def accept(self) -> None:
        """Whatever the file holds now may be written over."""
        try:
            self.read()
        except FileError:
            self.digest, self._stat = "", _stat(self.path)


def _stat(path: Path) -> tuple[int, ...] | None:
    """What changes with a file's content; None where there is no file."""
    try:
        found = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_dev
