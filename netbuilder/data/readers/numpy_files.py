"""NumPy's files, opened without trust: headers are held against the file's size before anything is made, never pickles.

The format is that of numpy.lib.format, whose own functions read the header (a literal, which nothing evaluates).
"""

from __future__ import annotations

import math
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from netbuilder.data.errors import DataError
from netbuilder.data.files import shown, stamp
from netbuilder.data.readers.raw import HELD, Memory, Raw, Stored

MOST_AXES = 8
MOST_ARRAYS = 1000
_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
_KINDS = "biufUS"  # bool, whole numbers, floats and words of fixed length


class Head(NamedTuple):
    """What a header says, after it was found sensible; `length` of the header in bytes."""

    shape: tuple[int, ...]
    fortran: bool
    kind: str
    length: int

    @property
    def size(self) -> int:
        """Bytes of the numbers."""
        return math.prod(self.shape) * np.dtype(self.kind).itemsize


def open_npy(path: Path) -> Raw:
    """The array of a .npy file. Raises DataError."""
    now = stamp(path)
    with now.opened() as file:
        head = read_head(file, shown(path), now.size)
        if not head.fortran:
            return _stored(now, head.length, head)
        if head.size > HELD:
            raise _too_large(f"{shown(path)} is saved column by column (Fortran order)", head.size)
        content = file.read(head.size)
    return _memory(content, head, shown(path))


def open_npz(path: Path) -> dict[str, Raw]:
    """The arrays of a .npz file by name. Raises DataError."""
    now = stamp(path)
    found: dict[str, Raw] = {}
    try:
        with now.opened() as file, zipfile.ZipFile(file) as archive:
            members = [member for member in archive.infolist() if member.filename.endswith(".npy")]
            if len(members) > MOST_ARRAYS:
                raise DataError(f"{shown(path)} holds {len(members):,} arrays; at most {MOST_ARRAYS:,} are read.")
            unpacked = 0
            for member in members:
                name = member.filename.removesuffix(".npy")
                where = f"{shown(path)}, array {shown(name)}"
                with archive.open(member) as content:
                    head = read_head(content, where, member.file_size)
                    if member.compress_type == zipfile.ZIP_STORED and not head.fortran:
                        found[name] = _stored(now, _begin(file, member, now.size, where) + head.length, head)
                        continue
                    unpacked += head.size
                    if unpacked > HELD:
                        raise _too_large(f"{where} is compressed or in Fortran order", unpacked)
                    found[name] = _memory(content.read(head.size), head, where)
    except (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, EOFError) as problem:
        said = str(problem).strip().rstrip(".") or type(problem).__name__
        raise DataError(f"{shown(path)} is no .npz file that can be read: {said}.") from None
    if not found:
        raise DataError(f"{shown(path)} holds no array.")
    return found


def read_head(file: Any, where: str, size: int) -> Head:
    """The header at the beginning of an array's file of `size` bytes. Raises DataError."""
    try:
        version = np.lib.format.read_magic(file)
        if version not in _HEADERS:
            raise DataError(f"{where} has fields with names of their own; save each field as an array.")
        shape, fortran, dtype = _HEADERS[version](file, max_header_size=10_000)
    except DataError:
        raise
    except (ValueError, SyntaxError, TypeError, EOFError, OverflowError, RecursionError, MemoryError):
        raise DataError(f"{where} is no array that NumPy saved, or its beginning is spoilt.") from None
    if dtype.hasobject:
        raise DataError(
            f"{where} holds Python objects, which only a pickle can bring back, and that could run anything; save it "
            "with dtype float32 or int64."
        )
    if dtype.kind not in _KINDS or dtype.names or dtype.subdtype or not dtype.itemsize:
        raise DataError(f"{where} holds {dtype}; numbers, true and false, and words can be read.")
    if not shape or len(shape) > MOST_AXES:
        raise DataError(f"{where} has {len(shape)} axes; one for the samples and up to {MOST_AXES - 1} more are read.")
    if any(type(length) is not int or length < 0 for length in shape):
        raise DataError(f"{where} has a length below zero in its header.")
    head = Head(shape, bool(fortran) and len(shape) > 1, dtype.str, file.tell())
    if head.size > size - head.length:
        raise DataError(
            f"{where} should hold {shape} numbers of {dtype.itemsize} bytes by its header, but the file is "
            f"{size:,} bytes long; it is unfinished or spoilt."
        )
    return head


def _stored(now: Any, offset: int, head: Head) -> Stored:
    return Stored(now, offset, head.kind, head.shape, math.prod(head.shape[1:]) * np.dtype(head.kind).itemsize)


def _memory(content: bytes, head: Head, where: str) -> Memory:
    if len(content) != head.size:
        raise DataError(f"{where} ends before all its numbers are there.")
    flat = np.frombuffer(content, dtype=head.kind)
    return Memory(np.ascontiguousarray(flat.reshape(head.shape, order="F" if head.fortran else "C")))


def _begin(file: Any, member: zipfile.ZipInfo, size: int, where: str) -> int:
    """Where a member's own bytes begin: after its local header, in which names and extra fields differ in length."""
    at = file.tell()
    file.seek(member.header_offset)
    local = file.read(30)
    file.seek(at)
    if len(local) < 30 or local[:4] != b"PK\x03\x04":
        raise DataError(f"{where} does not begin where its archive says.")
    name, extra = struct.unpack("<HH", local[26:30])
    begin = member.header_offset + 30 + int(name) + int(extra)
    if begin + member.file_size > size:
        raise DataError(f"{where} reaches beyond the end of its archive.")
    return begin


def _too_large(what: str, size: int) -> DataError:
    return DataError(
        f"{what} and would fill {size / 2**30:.1f} GiB of memory; save it with numpy.save, after "
        "numpy.ascontiguousarray, to be read in pieces."
    )
