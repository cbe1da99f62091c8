"""Memory that several processes write samples into and that is arrays here: they go through no pipe and no copy.

Where the system has no such memory (it is Linux's memfd), samples go through pipes. Imports no torch.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from netbuilder.data.rows import row_bytes
from netbuilder.data.table import Arrays, Indices
from netbuilder.graph.model import Column

ALIGNED = 64  # bytes; a column begins at a multiple of it


class Spot(msgspec.Struct, frozen=True):
    """Where a column's samples go: from byte `begin` on, each so many bytes."""

    begin: int
    each: int


class Target(msgspec.Struct, frozen=True):
    """Writes samples from any process."""

    file: str
    spots: Mapping[str, Spot]

    def put(self, places: Indices, arrays: Arrays) -> None:
        """Sample by sample to its place, as few writes as there are stretches of places. Raises OSError."""
        order = np.argsort(places)
        if not np.array_equal(order, np.arange(len(order))):
            places, arrays = places[order], {id: array[order] for id, array in arrays.items()}
        edges = np.flatnonzero(np.diff(places) != 1) + 1
        with open(self.file, "r+b", buffering=0) as file:
            for begin, end in zip((0, *edges.tolist()), (*edges.tolist(), len(places)), strict=True):
                for id, spot in self.spots.items():
                    content = np.ascontiguousarray(arrays[id][begin:end]).reshape(-1).view(np.uint8)
                    left = memoryview(content.data)
                    file.seek(spot.begin + int(places[begin]) * spot.each)
                    while left:
                        left = left[file.write(left) :]


class Shared:
    """Memory of `count` samples of these columns. It is given back when no array of it is left."""

    def __init__(self, columns: Sequence[Column], count: int) -> None:
        """Raises OSError where the system has none."""
        if not hasattr(os, "memfd_create"):
            raise OSError("This system has no memory that processes share by a file.")
        self._columns, self._count = columns, count
        spots, end = {}, 0
        for column in columns:
            spots[column.id] = Spot(end, row_bytes(column))
            end = -(-(end + count * row_bytes(column)) // ALIGNED) * ALIGNED
        self._handle = os.memfd_create("samples")
        try:
            os.ftruncate(self._handle, end)
            self._memory = mmap.mmap(self._handle, max(1, end))
        except BaseException:
            self.close()
            raise
        self.target = Target(f"/proc/{os.getpid()}/fd/{self._handle}", spots)

    def arrays(self) -> Arrays:
        """[count, *shape] by column, writable."""
        return {
            column.id: np.ndarray(
                (self._count, *column.shape), column.dtype, self._memory, self.target.spots[column.id].begin
            )
            for column in self._columns
        }

    def close(self) -> None:
        """From now on no other process can write; arrays stay."""
        os.close(self._handle)
