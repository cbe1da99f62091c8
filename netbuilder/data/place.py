"""Where a project's own data lies, and whether it may be read there. Imports neither torch nor numpy.

Paths are kept relative to the project's folder where they can be, so that a project moves together with its data. What
lies outside is read only after a person on this machine has allowed it: a project from a stranger must not look around
on somebody's disk. The word is kept as trust in code is (`blocks.trust`), so no file can bring it along.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from netbuilder.blocks.trust import Nothing, Trust
from netbuilder.data.errors import DataError, OutsideError

_MARK = "data at\0"  # before a path in the store, so that no code can be mistaken for one


class Place:
    """The folder that relative paths begin in; None for a project that was never saved.

    `shown`: paths that a person has just pointed at, to look what lies there; nothing is kept of that.
    """

    def __init__(self, base: Path | None = None, trust: Trust | None = None, shown: Iterable[Path] = ()) -> None:
        self.base = Path(os.path.abspath(base)) if base is not None else None
        self._trust = trust if trust is not None else Nothing()
        self._shown = frozenset(Path(os.path.realpath(path)) for path in shown)

    def path(self, text: str) -> Path:
        """The file or folder that a data set names. Raises DataError, OutsideError where it may not be read yet."""
        found = self.found(text)
        if not self.allowed(found):
            raise OutsideError(found)
        try:
            kind = found.stat().st_mode
        except OSError as problem:
            why = "There is nothing" if isinstance(problem, FileNotFoundError) else f"{problem.strerror}"
            raise DataError(f"{why} at {str(found)!r}; is the data still there? Choose its place again.") from None
        if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
            raise DataError(f"{str(found)!r} is neither a file nor a folder, so it is not read as data.")
        return found

    def asks(self, text: str) -> Path | None:
        """The path, where a person has to allow it first. Raises DataError for a text that leads nowhere."""
        found = self.found(text)
        return None if self.allowed(found) else found

    def allowed(self, path: Path) -> bool:
        """Whether it lies in the project's folder, or at or below what somebody allowed on this machine."""
        if self.inside(path):
            return True
        above = (path, *path.parents)
        return not self._shown.isdisjoint(above) or any(self._trust.trusts(_MARK + str(one)) for one in above)

    def found(self, text: str) -> Path:
        """Where a path that a data set names leads, allowed or not. Raises DataError for one that leads nowhere."""
        if not text.strip() or "\0" in text:
            raise DataError("This data set names no file or folder yet; choose one.")
        path = Path(text).expanduser() if text.startswith("~") else Path(text)
        if not path.is_absolute():
            if self.base is None:
                raise DataError(f"The path {text!r} begins nowhere: save the project first, or give the whole path.")
            path = self.base / path
        return Path(os.path.realpath(path))

    def inside(self, path: Path) -> bool:
        """Whether it lies in the project's folder, links followed."""
        return self.base is not None and path.is_relative_to(os.path.realpath(self.base))

    def written(self, path: Path) -> str:
        """How a project names this path: relative, with forward slashes, where it lies inside."""
        real = Path(os.path.realpath(path))
        if self.base is not None and self.inside(real):
            return real.relative_to(os.path.realpath(self.base)).as_posix()
        return str(real)

    def allow(self, path: Path) -> None:
        """A person's word that data at this path, or below it, may be read. Raises OSError."""
        self._trust.trust(_MARK + os.path.realpath(path))
