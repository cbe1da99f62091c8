"""Who has a project file open to edit it: a small file beside it, held by a lock of the system. No Qt here.

The lock goes with its process, however that ends, so a dead owner never keeps anyone out, and a process number that
the system has given to somebody else is never mistaken for it. The file says who the owner is. It lies beside the
project, because that folder is what all share who could open it, on other machines too. Over some network shares such
locks hold on one machine only, or not at all: there an owner elsewhere counts for as long as it touches the file.
Where the folder cannot be written nobody can save, and nothing is locked.
"""

from __future__ import annotations

import contextlib
import getpass
import hashlib
import os
import secrets
import socket
import time
from pathlib import Path

import msgspec

from netbuilder.training.files import take

TOUCH_S = 20.0  # how often an owner says that it lives
SILENT_S = 90.0  # after which one elsewhere that has not is taken for dead
_FAR = 2**30  # Windows locks bytes, and nobody could read what the file says if these were among them
_LARGEST = 4096
_TRIES = 8
_PAUSE_S = 0.02  # another process may just be looking


class Owner(msgspec.Struct, frozen=True):
    """Who holds the lock. `since`: seconds since 1970."""

    host: str = ""
    user: str = ""
    pid: int = 0
    since: float = 0.0

    @classmethod
    def here(cls) -> Owner:
        """This process."""
        try:
            user = getpass.getuser()
        except (KeyError, OSError):  # a container without names
            user = ""
        return cls(socket.gethostname(), user, os.getpid(), time.time())

    @property
    def words(self) -> str:
        """ "another netbuilder window since 14:03", "netbuilder on desk2, by ada, since 14:03"."""
        mine = Owner.here()
        at = time.strftime("%H:%M", time.localtime(self.since))
        if self.host == mine.host and self.user == mine.user:
            return f"another netbuilder window since {at}"
        who = f", by {self.user}," if self.user else ""
        return f"netbuilder on {self.host or 'another machine'}{who} since {at}"


def lock_path(path: Path) -> Path:
    """The lock of a project file: beside what its symbolic links lead to."""
    target = Path(os.path.realpath(path))
    name = target.name
    if len(name.encode()) > 200:  # file systems take 255 bytes
        name = f"{name[:40]}.{hashlib.sha256(name.encode()).hexdigest()[:12]}"
    return target.with_name(f".{name}.lock")


class FileLock:
    """Held from `hold` to `release`."""

    def __init__(self, path: Path, handle: int | None) -> None:
        self._path, self._handle = path, handle

    def touch(self) -> None:
        """Says that the owner lives, to those whom the system's lock does not reach. Raises OSError."""
        if self._handle is not None:
            os.utime(self._path)

    def release(self) -> None:
        """Others may edit the project from now on. Once is enough."""
        handle, self._handle = self._handle, None
        if handle is None:
            return
        with contextlib.suppress(OSError):
            if os.name != "nt":  # an open file cannot be removed there
                self._path.unlink()
        os.close(handle)
        with contextlib.suppress(OSError):
            if os.name == "nt":
                self._path.unlink()


def hold(path: Path) -> FileLock | Owner:
    """Takes the lock of a project file; gives its owner where somebody else has it."""
    lock = lock_path(path)
    owner: Owner | None = Owner()
    for left in reversed(range(_TRIES)):
        try:
            handle = _open(lock, os.O_CREAT)
        except OSError:
            return FileLock(lock, None)
        owner = _other(handle, lock, shared=False)
        if owner is None and _is_there(handle, lock):
            _write(handle, msgspec.json.encode(Owner.here()))
            return FileLock(lock, handle)
        os.close(handle)
        if left:
            time.sleep(_PAUSE_S)
    return owner or Owner()


def is_free(path: Path) -> bool:
    """Whether nobody has the project file open to edit it. Costs some microseconds."""
    lock = lock_path(path)
    try:
        handle = _open(lock)
    except OSError as error:
        return isinstance(error, FileNotFoundError)
    try:
        return _other(handle, lock, shared=True) is None
    finally:
        os.close(handle)


def _open(lock: Path, flags: int = 0) -> int:
    """The lock's file; only to be read where somebody else made it, in a folder that several people write in: the
    system locks it all the same. Raises OSError."""
    binary = getattr(os, "O_BINARY", 0)
    try:
        return os.open(lock, os.O_RDWR | flags | binary, 0o666)
    except PermissionError:
        return os.open(lock, os.O_RDONLY | binary)


def _other(handle: int, lock: Path, *, shared: bool) -> Owner | None:
    """Who has the lock, None where it is ours now (`shared`: only for as long as the file is open here)."""
    os.lseek(handle, _FAR, os.SEEK_SET)
    try:
        taken, locks = take(handle, shared=shared), True
    except OSError:  # the share knows no locks
        taken, locks = True, False
    owner = _read(handle)
    if not taken:
        return owner or Owner()
    if owner is None or (locks and owner.host == socket.gethostname()):
        return None
    return owner if _lately(handle, lock) else None


def _read(handle: int) -> Owner | None:
    os.lseek(handle, 0, os.SEEK_SET)
    with contextlib.suppress(msgspec.DecodeError, OSError):
        return msgspec.json.decode(os.read(handle, _LARGEST), type=Owner)
    return None


def _write(handle: int, data: bytes) -> None:
    """What it says is for people only: a full disk is no reason to let two edit."""
    with contextlib.suppress(OSError):
        os.lseek(handle, 0, os.SEEK_SET)
        os.ftruncate(handle, 0)
        os.write(handle, data)


def _lately(handle: int, lock: Path) -> bool:
    """Whether the file was touched a short time ago, by the clock of the machine that it lies on."""
    probe = lock.with_name(f".{secrets.token_hex(6)}.lock")
    with contextlib.suppress(OSError):
        probe.touch()
        try:
            return os.fstat(handle).st_mtime > probe.stat().st_mtime - SILENT_S
        finally:
            probe.unlink()
    return os.fstat(handle).st_mtime > time.time() - SILENT_S


def _is_there(handle: int, lock: Path) -> bool:
    """Whether what is locked is still what others will find: the owner before may just have removed it."""
    with contextlib.suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(handle), os.stat(lock))
    return False
