"""Samples as they came out of their source, kept on this machine so that pictures are decoded once. Imports no torch.

An entry is a folder of .npy files (one a column, never pickled) and entry.json, which has a check sum of every piece.
It is written under another name and renamed, so that it is whole or not there; two processes may write the same one.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import psutil
from platformdirs import user_cache_path

from netbuilder.data.rows import row_bytes
from netbuilder.data.table import Arrays
from netbuilder.graph.model import Column

FOLDER = "NETBUILDER_CACHE"  # environment: another folder for it
MOST_BYTES = 32 * 2**30
MOST_SHARE = 0.25  # and never more than this share of what the disk has left without it
ENTRY = "entry.json"
_PART = ".part-"


class _File(msgspec.Struct, frozen=True):
    file: str
    dtype: str
    shape: tuple[int, ...]
    sums: tuple[int, ...]  # CRC-32 of each piece


class _Entry(msgspec.Struct, frozen=True):
    piece: int  # samples in a piece
    columns: dict[str, _File]


class Damaged(ValueError):
    """An entry is not what was written."""


class Cache:
    """The cache in one folder. What can't be read or written there is as if it were not there: it is only a cache."""

    def __init__(self, folder: Path, most_bytes: int = MOST_BYTES) -> None:
        self.folder, self._most = folder, most_bytes

    @classmethod
    def of_this_machine(cls) -> Cache:
        """The one of the person who runs this process."""
        named = os.environ.get(FOLDER)
        return cls(Path(named) if named else user_cache_path("netbuilder", appauthor=False) / "data")

    def find(self, key: str) -> Arrays | None:
        """The arrays of an entry by column, mapped from the disk, every byte compared; None where there is none.

        Raises Damaged; the entry is gone then.
        """
        folder = self.folder / key
        try:
            entry = msgspec.json.decode((folder / ENTRY).read_bytes(), type=_Entry)
            found = {id: _opened(folder, each, entry.piece) for id, each in entry.columns.items()}
            os.utime(folder)  # what was used last is removed last
        except FileNotFoundError:
            if not folder.exists():
                return None
            shutil.rmtree(folder, ignore_errors=True)
            raise Damaged(f"a file of {folder.name} is missing") from None
        except (OSError, ValueError, EOFError) as problem:
            shutil.rmtree(folder, ignore_errors=True)
            raise Damaged(str(problem)) from None
        return found

    def begin(self, key: str, columns: Sequence[Column], count: int, piece: int) -> Writing | None:
        """A new entry of `count` samples to write piece by piece; None where it is too large for here.

        Raises OSError where nothing can be written.
        """
        needed = count * sum(map(row_bytes, columns))
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._sweep()
        if needed > self._bound():
            return None
        self._trim(needed)
        beside = self.folder / f"{_PART}{os.getpid()}-{secrets.token_hex(4)}"
        beside.mkdir()
        return Writing(self, beside, key, columns, count, piece)

    def put(self, beside: Path, key: str) -> None:
        """Gives a whole entry its name. Another process may have written the same: then that one stays."""
        with contextlib.suppress(OSError):
            os.rename(beside, self.folder / key)
            _sync(self.folder)
        shutil.rmtree(beside, ignore_errors=True)
        self._trim(0)

    def _bound(self) -> int:
        return int(min(self._most, MOST_SHARE * (shutil.disk_usage(self.folder).free + sum(self._sizes().values()))))

    def _sizes(self) -> dict[Path, int]:
        """Bytes of each entry, the one that was used longest ago first."""
        found = []
        for folder in self.folder.iterdir():
            if folder.name.startswith(_PART):
                continue
            with contextlib.suppress(OSError):  # removed by another process at this moment
                found.append((folder.stat().st_mtime_ns, folder, sum(each.stat().st_size for each in folder.iterdir())))
        return {folder: size for _, folder, size in sorted(found)}

    def _trim(self, room: int) -> None:
        """Removes what was used longest ago until all that is left, and so much more, is within the bound."""
        sizes = self._sizes()
        left, bound = sum(sizes.values()) + room, self._bound()
        for folder, size in sizes.items():
            if left <= bound:
                return
            shutil.rmtree(folder, ignore_errors=True)
            left -= size

    def _sweep(self) -> None:
        """Removes what killed processes left half written."""
        for beside in self.folder.glob(f"{_PART}*"):
            owner = beside.name[len(_PART) :].partition("-")[0]
            if not owner.isdigit() or not psutil.pid_exists(int(owner)):
                shutil.rmtree(beside, ignore_errors=True)


class Writing:
    """An entry that comes into being, under another name."""

    def __init__(self, cache: Cache, beside: Path, key: str, columns: Sequence[Column], count: int, piece: int) -> None:
        self._cache, self._beside, self._key, self._piece = cache, beside, key, piece
        self._columns, self._count = columns, count
        self._sums: dict[str, list[int]] = {column.id: [] for column in columns}
        for column in columns:
            with self._path(column).open("wb") as file:
                header = {"descr": np.dtype(column.dtype).str, "fortran_order": False, "shape": (count, *column.shape)}
                np.lib.format.write_array_header_1_0(file, header)

    def put(self, arrays: Arrays) -> None:
        """The next piece. Raises OSError."""
        for column in self._columns:
            content = _bytes(arrays[column.id])
            with self._path(column).open("ab") as file:
                file.write(content)
            self._sums[column.id].append(zlib.crc32(content))

    def keep(self) -> None:
        """Waits for the disk and gives the entry its name; where that fails there is no entry."""
        try:
            files = {}
            for column in self._columns:
                path = self._path(column)
                _sync(path)
                sums = tuple(self._sums[column.id])
                files[column.id] = _File(path.name, column.dtype, (self._count, *column.shape), sums)
            with (self._beside / ENTRY).open("wb") as file:
                file.write(msgspec.json.encode(_Entry(self._piece, files)))
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            self.drop()
            return
        self._cache.put(self._beside, self._key)

    def drop(self) -> None:
        """Leaves no trace."""
        shutil.rmtree(self._beside, ignore_errors=True)

    def _path(self, column: Column) -> Path:
        return self._beside / f"{self._columns.index(column)}.npy"


def _opened(folder: Path, file: _File, piece: int) -> npt.NDArray[Any]:
    """One column of an entry, compared with its check sums. Raises OSError, ValueError."""
    array = _mapped(folder / Path(file.file).name)
    if array.dtype.name != file.dtype or array.shape != file.shape:
        raise Damaged(f"{file.file} holds {array.dtype.name} {array.shape}")
    for start, wanted in zip(range(0, len(array), piece), file.sums, strict=True):
        if zlib.crc32(_bytes(array[start : start + piece])) != wanted:
            raise Damaged(f"{file.file} differs from sample {start} on")
    return array


def _mapped(path: Path) -> npt.NDArray[Any]:
    """A .npy file as an array that is read when it is looked at (in Windows at once: a mapped file can't be renamed).

    Raises OSError, ValueError.
    """
    found: npt.NDArray[Any] = np.load(path, mmap_mode=None if os.name == "nt" else "r", allow_pickle=False)
    return found


def _bytes(array: npt.NDArray[Any]) -> memoryview:
    return memoryview(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
