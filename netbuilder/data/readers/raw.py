"""Arrays that lie in files as they are: any rows of them, read by their place; nothing is mapped into memory.

A mapped file that another program shortens kills the process that looks at it; a read of it only fails.
"""

from __future__ import annotations

from typing import Any, Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from netbuilder.data.errors import DataError
from netbuilder.data.files import Stamp, shown
from netbuilder.data.table import Indices

Array = npt.NDArray[Any]
HELD = 2**29  # bytes of what has to be unpacked as a whole
_MOST = 2**26  # bytes, or one row, that are read at once
_NEAR = 2**16  # bytes between two rows that are rather read through than jumped over


class Raw(Protocol):
    """Rows of an array; `shape` is that of all, `kind` its dtype."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    @property
    def kind(self) -> str: ...

    def __call__(self, indices: Indices) -> Array: ...


class Stored(msgspec.Struct, frozen=True):
    """An array in a file from byte `offset` on, its first axis the slowest. `step`: bytes from a row to the next."""

    stamp: Stamp
    offset: int
    kind: str  # of its numbers, as numpy spells it
    shape: tuple[int, ...]
    step: int

    def __call__(self, indices: Indices) -> Array:
        """The rows, in the order of the indices. Raises DataError where the file is not what it was."""
        rows, inverse = np.unique(indices, return_inverse=True)
        size = int(np.prod(self.shape[1:], dtype=np.int64)) * np.dtype(self.kind).itemsize
        found = np.empty((len(rows), size), dtype=np.uint8)
        # Rows that lie close together are read at once: what is between them costs less than another read.
        far = np.flatnonzero((np.diff(rows) * self.step - size > _NEAR) | (np.diff(rows * self.step // _MOST) > 0)) + 1
        with self.stamp.opened() as file:
            for run in np.split(np.arange(len(rows)), far) if len(rows) else ():
                first, last = int(rows[run[0]]), int(rows[run[-1]])
                file.seek(self.offset + first * self.step)
                length = (last - first) * self.step + size
                content = np.frombuffer(file.read(length), dtype=np.uint8)
                if len(content) < length:
                    raise DataError(f"{shown(self.stamp.path)} became shorter while in use; scan the data again.")
                starts = (rows[run] - first) * self.step
                if self.step == size and last - first + 1 == len(run):
                    found[run] = content.reshape(len(run), size)
                else:
                    for place, start in zip(run.tolist(), starts.tolist(), strict=True):
                        found[place] = content[start : start + size]
        return found.view(self.kind).reshape(len(rows), *self.shape[1:])[inverse.reshape(-1)]


class Memory(msgspec.Struct, frozen=True):
    """An array that had to be unpacked as a whole."""

    array: Array

    @property
    def shape(self) -> tuple[int, ...]:
        """That of the array."""
        return self.array.shape

    @property
    def kind(self) -> str:
        """The dtype of its numbers."""
        return str(self.array.dtype.str)

    def __call__(self, indices: Indices) -> Array:
        return self.array[indices]


class Joined(msgspec.Struct, frozen=True):
    """Arrays one after the other, all of one shape but for the first axis."""

    parts: tuple[Any, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """That of all rows together."""
        return (sum(part.shape[0] for part in self.parts), *self.parts[0].shape[1:])

    @property
    def kind(self) -> str:
        """The dtype that holds the numbers of all."""
        return str(np.result_type(*(part.kind for part in self.parts)).str)

    def __call__(self, indices: Indices) -> Array:
        edges = np.cumsum([0, *(part.shape[0] for part in self.parts)])
        found = np.empty((len(indices), *self.shape[1:]), dtype=self.kind)
        places = np.searchsorted(edges, indices, side="right") - 1
        for at, part in enumerate(self.parts):
            there = np.flatnonzero(places == at)
            if len(there):
                found[there] = part(indices[there] - edges[at])
        return found
