"""Where unsaved work is kept: a folder for each project that is being edited. No Qt here.

    recovery/20260131T101500-4711-9f2c/
      owner.lock       held by the process that writes here, for as long as it lives
      project.jsonl    the project and its changes (graph/journal.py); only ever added to
      picture.png      the graph that was shown
      about.json       which file it belongs to; written when the first line of the project lies there whole

The folder goes when its project is saved, or given up by the person. One that nobody holds was left by a process that
died: it is offered at the next start.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import time
from pathlib import Path
from typing import NamedTuple

import msgspec

from netbuilder.graph import journal
from netbuilder.graph.document import Document
from netbuilder.graph.file import FileError, dumps, read
from netbuilder.graph.write import write_atomically
from netbuilder.training.files import Lock, is_held

FORMAT = 1
OWNER, CHANGES, PICTURE, ABOUT = "owner.lock", "project.jsonl", "picture.png", "about.json"
LARGEST = 2**30  # bytes of a project's lines that are read
OLD_S = 24 * 3600.0  # after which a folder that never became whole is removed


class About(msgspec.Struct, frozen=True):
    """`path`: the file, "" for none yet; `digest`: of the file's bytes as they were last read or written."""

    path: str
    title: str
    digest: str
    format: int = FORMAT


class Kept(NamedTuple):
    """Unsaved work that a process left behind. `when`: seconds since 1970 of the last change. `changes`: how many."""

    folder: Path
    about: About
    when: float
    changes: int = 0

    @property
    def path(self) -> Path | None:
        """The file it belongs to; None where it was never saved."""
        return Path(self.about.path) if self.about.path else None

    @property
    def picture(self) -> Path:
        """A PNG of the graph that was shown; there may be none."""
        return self.folder / PICTURE

    def document(self) -> Document:
        """What was kept, with its history from the first change that was unsaved. Raises FileError."""
        return self.read()[0]

    def read(self) -> tuple[Document, int]:
        """The same, with how many of the last changes are lost, by a damaged disk. Raises FileError."""
        try:
            with open(self.folder / CHANGES, "rb") as file:
                project, changes = journal.read(file.read(LARGEST))
        except OSError as error:
            raise FileError(f"it cannot be read: {error.strerror or error}") from error
        document = Document(project)
        for change in journal.history(changes):
            document.apply(change)
        document.mark_unsaved()
        return document, max(0, self.changes - len(changes))


class Folder:
    """The folder of the project that this process edits. All of it raises OSError."""

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True)
        stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
        self.path = root / f"{stamp}-{os.getpid()}-{secrets.token_hex(4)}"
        self.path.mkdir(mode=0o700)
        self._lock = Lock(self.path / OWNER)
        self._file = os.open(self.path / CHANGES, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0))

    def add(self, data: bytes) -> None:
        """Puts whole lines behind the others, to the disk; where that fails, none of them."""
        before = os.fstat(self._file).st_size
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
            os.fsync(self._file)
        except OSError:
            with contextlib.suppress(OSError):  # half a line at the end is left out when the lines are read
                os.ftruncate(self._file, before)
            raise

    def describe(self, about: About) -> None:
        """From now on it is offered, should this process die."""
        write_atomically(self.path / ABOUT, msgspec.json.encode(about))

    def show(self, picture: bytes) -> None:
        write_atomically(self.path / PICTURE, picture)

    def remove(self) -> None:
        """Nothing is unsaved any more."""
        os.close(self._file)
        with contextlib.suppress(FileNotFoundError):
            (self.path / ABOUT).unlink()  # first, so that half a folder is never offered
        self._lock.release()
        shutil.rmtree(self.path, ignore_errors=True)


def left_behind(root: Path) -> list[Kept]:
    """Unsaved work of processes that are gone, newest first. What the file itself holds by now is removed."""
    found = []
    try:
        folders = list(root.iterdir())
    except OSError:  # nothing was ever kept, or nobody may look there
        return []
    for folder in folders:
        try:
            kept = None if is_held(folder / OWNER) else kept_in(folder)
        except OSError:  # no folder of ours, or one that cannot be looked into: it is not to hide the others
            continue
        if kept is not None and not _is_saved(kept):
            found.append(kept)
    return sorted(found, key=lambda kept: kept.when, reverse=True)


def remove(kept: Kept) -> None:
    """Given up by the person, or kept elsewhere by now. Another process that has taken it meanwhile keeps it, and where
    nothing may be removed it stays."""
    try:
        lock = Lock(kept.folder / OWNER)
    except OSError:
        return
    with contextlib.suppress(OSError):
        (kept.folder / ABOUT).unlink()
    lock.release()
    shutil.rmtree(kept.folder, ignore_errors=True)


def kept_in(folder: Path) -> Kept | None:
    """What a folder keeps; None where that never became whole, or says what cannot be read now or by this version."""
    try:
        about = msgspec.json.decode((folder / ABOUT).read_bytes(), type=About)
        when = (folder / CHANGES).stat().st_mtime
        with open(folder / CHANGES, "rb") as file:
            lines = sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(2**20), b""))
    except FileNotFoundError:
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > OLD_S:  # killed before the first line was whole
                shutil.rmtree(folder)
        return None
    except (OSError, msgspec.DecodeError):
        return None
    return Kept(folder, about, when, lines - 1) if about.format <= FORMAT else None


def _is_saved(kept: Kept) -> bool:
    """Whether the file holds the same: the process died between saving and tidying up. Then it goes."""
    path = kept.path
    try:
        if path is None or read(path) != dumps(kept.document().project):
            return False
    except FileError:
        return False
    remove(kept)
    return True
