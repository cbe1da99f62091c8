"""A person's files, opened with care: only ordinary ones, never waiting, and noticed when they change. No numpy."""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from netbuilder.data.errors import DataError
from netbuilder.graph.model import natural_key
from netbuilder.graph.walk import MAX_NAME

DEEPEST = 16  # folders inside folders that are looked into
MOST_FILES = 5_000_000
SMALL_BYTES = 2**20  # a file up to there may be read at once
_SKIPPED = frozenset({"__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini"})

_HOW = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)  # neither is there on every system
_REASONS = {
    errno.ENOENT: "is not there any more",
    errno.EACCES: "may not be read (permission denied)",
    errno.EPERM: "may not be read (not permitted)",
    errno.ELOOP: "is a link that goes in a circle",
    errno.ENAMETOOLONG: "has a name that is too long",
    errno.EISDIR: "is a folder, where a file should be",
}


class Stamp(msgspec.Struct, frozen=True):
    """A file as it was when it was first looked at: its size in bytes, and when it was last changed, in ns."""

    path: Path
    size: int
    changed: int

    def opened(self) -> BinaryIO:
        """The file for reading. Raises DataError where it is gone or not what it was."""
        file = opened(self.path)
        found = os.fstat(file.fileno())
        if (found.st_size, found.st_mtime_ns) != (self.size, self.changed):
            file.close()
            raise DataError(f"{shown(self.path)} was changed while it was in use; scan the data again.")
        return file


def stamp(path: Path) -> Stamp:
    """The file as it is now. Raises DataError for what is no ordinary file."""
    with opened(path) as file:
        found = os.fstat(file.fileno())
        return Stamp(path, found.st_size, found.st_mtime_ns)


def opened(path: Path | str) -> BinaryIO:
    """An ordinary file for reading. Raises DataError for what is none: a pipe would wait, a device may never end."""
    return os.fdopen(_handle(path)[0], "rb")


def opened_whole(path: Path | str) -> BinaryIO:
    """The same, read at once where it is small: a decoder's many little reads take longer than the file does."""
    handle, size = _handle(path)
    if size <= SMALL_BYTES:
        try:
            content = os.read(handle, size + 1)
            if len(content) == size:
                os.close(handle)
                return io.BytesIO(content)
            os.lseek(handle, 0, os.SEEK_SET)
        except OSError as problem:
            os.close(handle)
            raise unreadable(path, problem) from None
    return os.fdopen(handle, "rb")


def _handle(path: Path | str) -> tuple[int, int]:
    """An ordinary file's handle and its size. Raises DataError."""
    try:
        handle = os.open(path, _HOW)
    except (OSError, ValueError) as problem:
        raise unreadable(path, problem) from None
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode):
        os.close(handle)
        raise DataError(f"{shown(path)} is not an ordinary file, so it is not read.")
    return handle, found.st_size


def unreadable(path: Path | str, problem: Exception) -> DataError:
    """What the system, or a library, says of a file, as a sentence."""
    known = _REASONS.get(problem.errno or 0) if isinstance(problem, OSError) else None
    said = known or f"can't be read: {getattr(problem, 'strerror', None) or str(problem) or type(problem).__name__}"
    return DataError(f"{shown(path)} {said}".rstrip(".") + ".")


def shown(path: Path | str) -> str:
    """A path or name on one printable line, quoted; odd characters are escaped."""
    return repr(os.fspath(path))


def display(name: str) -> str:
    """A file's or column's name for people: printable, on one line, no longer than a project's file takes."""
    clean = "".join(c if c.isprintable() else "\ufffd" if "\ud800" <= c <= "\udfff" else " " for c in name)
    return " ".join(clean.split())[:MAX_NAME] or "?"


def displays(names: list[str]) -> list[str]:
    """Names for people, each different: a name that was there already gets a number, "x (2)"."""
    found: list[str] = []
    taken: set[str] = set()
    numbers: dict[str, int] = {}
    for name in map(display, names):
        unique = name
        while unique in taken:
            numbers[name] = numbers.get(name, 1) + 1  # goes on where the last one ended: many may be alike
            unique = f"{name[: MAX_NAME - 12]} ({numbers[name]})"
        taken.add(unique)
        found.append(unique)
    return found


class Entry(NamedTuple):
    """Something in a folder: its name, where it lies, and whether that is a folder."""

    name: str
    where: str
    folder: bool

    @property
    def path(self) -> Path:
        """Where it lies. Made when it is asked for: of twenty thousand files that takes longer than to list them."""
        return Path(self.where)


class Folder:
    """What lies in a folder, in natural order whatever the file system's own.

    Links are followed as long as they stay inside `root`; hidden files, and what is neither file nor folder, are left
    out. `left_out` says what and why.
    """

    def __init__(self, root: Path) -> None:
        self.root = Path(os.path.realpath(root))
        self.left_out: list[str] = []

    def entries(self, path: Path | str) -> list[Entry]:
        """The files and folders in a folder. Raises DataError."""
        found: list[Entry] = []
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    if len(found) > MOST_FILES:
                        raise DataError(f"{shown(path)} holds more than {MOST_FILES:,} files; put them in folders.")
                    if (kept := self._entry(entry)) is not None:
                        found.append(kept)
        except OSError as problem:
            raise unreadable(path, problem) from None
        return sorted(found, key=lambda entry: natural_key(entry.name))

    def files(self, path: Path, deepest: int = DEEPEST) -> Iterator[Path]:
        """All files in a folder and the folders inside it. Raises DataError."""
        return (entry.path for entry in self.file_entries(path, deepest))

    def file_entries(self, path: Path | str, deepest: int = DEEPEST) -> Iterator[Entry]:
        """The same, with their names. Raises DataError."""
        return self._files(path, deepest, frozenset())

    def _files(self, path: Path | str, deepest: int, above: frozenset[str]) -> Iterator[Entry]:
        real = os.path.realpath(path)
        if real in above:
            self.left_out.append(f"{shown(path)} is a link that goes in a circle")
            return
        if deepest < 0:
            self.left_out.append(f"{shown(path)} lies more than {DEEPEST} folders deep")
            return
        for entry in self.entries(path):
            if entry.folder:
                yield from self._files(entry.where, deepest - 1, above | {real})
            else:
                yield entry

    def _entry(self, entry: os.DirEntry[str]) -> Entry | None:
        if entry.name.startswith(".") or entry.name in _SKIPPED:
            return None
        path = entry.path
        try:
            if entry.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(self.root):
                self.left_out.append(f"{shown(path)} is a link that leads out of the folder")
                return None
            folder = entry.is_dir()
            if folder and entry.is_symlink() and _holds(os.path.realpath(path), os.path.dirname(path)):
                self.left_out.append(f"{shown(path)} is a link that goes in a circle")
                return None
            if not folder and not entry.is_file():
                self.left_out.append(f"{shown(path)} is neither a file nor a folder")
                return None
        except OSError as problem:
            self.left_out.append(str(unreadable(path, problem)).rstrip("."))
            return None
        return Entry(entry.name, path, folder)


def _holds(folder: str, path: str) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(folder)


def few(items: Sequence[str], one: str, many: str, most: int = 3) -> tuple[str, ...]:
    """A sentence about things that were left out, with the first of them: a tuple of none or one.

    `one` and `many` name what they are, with their verb: "picture is", "pictures are".
    """
    if not items:
        return ()
    more = f"; and {len(items) - most:,} more" if len(items) > most else ""
    return (f"{len(items):,} {one if len(items) == 1 else many} left out: {'; '.join(items[:most])}{more}.",)
