"""Which pieces of a person's own Python may run on this machine: only those whose very text somebody here has trusted.

Kept is a keyed hash of the text (HMAC-SHA-256), not the text: a list that is copied to another machine, or that a file
brings along, trusts nothing there, because the key never leaves this one. Whoever runs code asks its own store; nothing
that comes with a project can answer for it. Imports no torch.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from platformdirs import user_data_path

FOLDER = "NETBUILDER_TRUST"  # environment: another folder for the store, for tests and for machines without a home
_KEY, _LIST = "key", "trusted"
_KEY_BYTES = 32


class Trust:
    """The store in one folder. Made when the first text is trusted; one that cannot be read trusts nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: tuple[tuple[int, int, int], frozenset[str]] | None = None

    @classmethod
    def of_this_machine(cls) -> Trust:
        """The store of the person who runs this process."""
        named = os.environ.get(FOLDER)
        return cls(Path(named) if named else user_data_path("netbuilder") / "trust")

    def trusts(self, text: str) -> bool:
        """Whether this very text was trusted here."""
        key = self._key()
        return key is not None and _mark(key, text) in self._marks()

    def trust(self, text: str) -> None:
        """Trusts the text from now on. Raises OSError where the store cannot be written."""
        key = self._key() or self._make_key()
        self._write(self._marks() | {_mark(key, text)})

    def forget(self, text: str) -> None:
        """No longer trusts the text. Raises OSError where the store cannot be written."""
        key = self._key()
        if key is not None and (mark := _mark(key, text)) in self._marks():
            self._write(self._marks() - {mark})

    def _key(self) -> bytes | None:
        try:
            key = (self._folder / _KEY).read_bytes()
        except OSError:
            return None
        return key if len(key) == _KEY_BYTES else None

    def _make_key(self) -> bytes:
        """A new key, readable by this person only; with a new key everything that was trusted before is not."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = secrets.token_bytes(_KEY_BYTES)
        self._put(_KEY, key)
        return key

    def _marks(self) -> frozenset[str]:
        """What the list holds now; another process may have written it since."""
        path = self._folder / _LIST
        try:
            found = path.stat()
            seen = (found.st_mtime_ns, found.st_size, found.st_ino)
            if self._read is None or self._read[0] != seen:
                self._read = (seen, frozenset(path.read_text("ascii").split()))
        except (OSError, ValueError):
            return frozenset()
        return self._read[1]

    def _write(self, marks: frozenset[str]) -> None:
        self._put(_LIST, "".join(f"{mark}\n" for mark in sorted(marks)).encode("ascii"))
        self._read = None

    def _put(self, name: str, data: bytes) -> None:
        beside = self._folder / f".{name}.{os.getpid()}.part"
        try:
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._folder / name)
        finally:
            beside.unlink(missing_ok=True)


class Nothing(Trust):
    """Trusts no text: for whoever was given no store."""

    def __init__(self) -> None:
        super().__init__(Path())

    def trusts(self, text: str) -> bool:
        return False


def _mark(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
