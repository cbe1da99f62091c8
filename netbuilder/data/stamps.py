"""Whether files are still as they were, and a name for what a reader would make of them. Imports no torch.

Why content is hashed where it is little, and the system's own stamps where it is much: decision 12.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import stat
import time
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec

import netbuilder
from netbuilder.data.errors import DataError
from netbuilder.data.facts import SOURCES
from netbuilder.data.files import shown, unreadable
from netbuilder.data.source import SPLIT
from netbuilder.data.table import Table
from netbuilder.graph.model import NONE, Dataset
from netbuilder.graph.plain import dataset_to_plain

SMALL_BYTES, SMALL_FILES = 64 * 2**20, 256  # up to there every byte is hashed
SAMPLED = 64  # of many files, so many are looked into
HEAD = 4096  # bytes that are looked at there
# How long a file system may write the same time for two changes: its clock's tick, or where it keeps whole seconds two.
TICK_SECONDS, COARSE_SECONDS = 0.02, 2.0
_VERSION = 1


class Stamp(NamedTuple):
    """What the system says of a file; `named` (its ctime) changes with the content and no program can set it back."""

    size: int
    inode: int
    changed: int
    named: int


class Stamps:
    """Files with their stamps. What was read of them belongs together while none of them differs."""

    def __init__(self, files: Sequence[Path | str] = ()) -> None:
        """Raises DataError for a file that is gone."""
        self._files = [str(file) for file in files]
        self._stamps = [self._stamp(file) for file in self._files]

    def __len__(self) -> int:
        return len(self._files)

    @property
    def total(self) -> int:
        """Bytes of all files."""
        return sum(each.size for each in self._stamps)

    def check(self, start: int = 0, count: int | None = None) -> None:
        """Looks at so many files from number `start` on, round and round; all by default. Raises DataError."""
        total = len(self._files)
        for number in range(start, start + min(total, total if count is None else count)):
            file = self._files[number % total]
            # Not `named`: a backup that looks at a file may change that, and would end a run.
            if self._stamp(file)[:3] != self._stamps[number % total][:3]:
                raise DataError(f"{shown(file)} was changed while it was in use; begin anew with the data as it is.")

    def settle(self) -> None:
        """Waits until a change from now on must show: a moment where a file was written just now."""
        newest = max((max(each.changed, each.named) for each in self._stamps), default=0)
        coarse = all(each.changed % 10**9 == 0 for each in self._stamps)
        since = time.time() - newest / 1e9
        wait = (COARSE_SECONDS if coarse else TICK_SECONDS) - since
        if 0 < wait <= COARSE_SECONDS:
            time.sleep(wait)
            self._stamps = [self._stamp(file) for file in self._files]

    def digest(self) -> bytes:
        """Of names and contents; where that is too much, of names, stamps and the beginnings of some files.

        Raises DataError.
        """
        small = self.total <= SMALL_BYTES and len(self) <= SMALL_FILES
        root = _root(self._files) if small else ""
        found = hashlib.blake2b(b"small" if small else b"large")
        looked_into = set(range(len(self)) if small else range(0, len(self), -(-len(self) // SAMPLED)))
        for number, (file, stamped) in enumerate(zip(self._files, self._stamps, strict=True)):
            name = file[len(root) :]
            found.update(repr((name, stamped.size if small else tuple(stamped))).encode("utf-8", "surrogatepass"))
            if number in looked_into:
                found.update(self._content(file, None if small else HEAD))
        return found.digest()

    def _content(self, file: str, most: int | None) -> bytes:
        """Check sum of a file's bytes; of the first `most` only. Folders have none."""
        found = hashlib.blake2b()
        try:
            if not stat.S_ISREG(os.stat(file).st_mode):
                return b""
            with open(file, "rb", buffering=0) as open_file:
                if most is not None:
                    return open_file.read(most)
                while block := open_file.read(2**20):
                    found.update(block)
        except OSError as problem:
            raise unreadable(Path(file), problem) from None
        return found.digest()

    def _stamp(self, file: str) -> Stamp:
        try:
            found = os.stat(file)
            return Stamp(found.st_size, found.st_ino, found.st_mtime_ns, found.st_ctime_ns)
        except OSError as problem:
            raise unreadable(Path(file), problem) from None


def key(dataset: Dataset, table: Table, stamps: Stamps) -> str:
    """A name for what this reader makes of these files: equal only where all that it hangs on is equal.

    How samples are parted is not in it, nor where the files lie if all of them were hashed. Raises DataError.
    """
    params = dataset.params
    for name in {SOURCES[dataset.source].needs, *(param.name for param in SPLIT)} & set(params):
        params = params.delete(name)
    columns = tuple(msgspec.structs.replace(column, facts=NONE) for column in dataset.columns)
    asked = dataset_to_plain(Dataset(dataset.source, params, columns))
    found = hashlib.blake2b(digest_size=20)
    for part in (_VERSION, netbuilder.__version__, _readers(), table.count):
        found.update(repr(part).encode())
    found.update(msgspec.json.encode(asked))
    found.update(stamps.digest())
    return found.hexdigest()


@lru_cache(maxsize=1)
def _readers() -> str:
    """Check sum of the text of all readers and the versions of what they read with: they decide what comes out."""
    found = hashlib.blake2b(digest_size=20)
    for path in sorted((Path(__file__).parent / "readers").glob("*.py")):
        found.update(path.read_bytes())
    found.update(repr([_version(name) for name in ("numpy", "pillow", "pyarrow", "soundfile", "scipy")]).encode())
    return found.hexdigest()


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _root(files: Sequence[str]) -> str:
    """What all names begin with, up to a folder; "" where they have nothing in common."""
    try:
        return os.path.commonpath([os.path.dirname(file) for file in files]) if files else ""
    except ValueError:  # on several drives
        return ""
