"""All samples of a data set brought into memory: straight away, or decoded by several processes and kept for next time.

Imports no torch.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import numpy as np

from netbuilder.data.cache import Cache, Damaged, Target, Writing
from netbuilder.data.errors import DataError
from netbuilder.data.pool import results, warm_up
from netbuilder.data.reading import Reading
from netbuilder.data.rows import Rows, in_pieces
from netbuilder.data.stamps import Stamps, key
from netbuilder.data.table import Arrays, Held, Indices, Table

TRIED = 32  # samples by which the time for all is guessed
QUICK_SECONDS = 0.5  # what takes no longer than that is read here and now
DISK_BYTES = 200e6  # a second; what comes that fast is hardly decoded, and a copy of it would save nothing
PIECE_BYTES, MOST_PIECE = 8 * 2**20, 1024  # of one piece of work, and samples in it
TELL_SECONDS = 0.2


class _Written(msgspec.Struct, frozen=True):
    """Reads a piece and writes it to where it belongs; gives its start, length and check sums."""

    rows: Rows
    target: Target

    def __call__(self, piece: Indices) -> tuple[int, int, dict[str, int]]:
        start = int(piece[0])
        return start, len(piece), self.target.put(start, self.rows(piece))


def gathered(rows: Rows, table: Table, reading: Reading) -> Table:
    """The table, with arrays of its samples where reading them takes its time. Raises DataError."""
    if rows.in_memory or not table.count or _is_quick(rows, table.count):
        return table
    arrays, notes = _arrays(rows, table, reading)
    return msgspec.structs.replace(
        table, rows=Held(arrays), known={**arrays, **table.known}, notes=(*table.notes, *notes)
    )


def read_here(rows: Rows, indices: Indices, reading: Reading) -> Arrays:
    """These samples, read in this process piece by piece. Raises DataError."""
    if rows.in_memory or not len(indices):
        return rows(indices)
    parts = in_pieces(indices, piece_size(rows))
    return _filled(rows, len(indices), map(rows, parts), reading)


def piece_size(rows: Rows) -> int:
    """How many samples are read at a time."""
    return max(1, min(MOST_PIECE, PIECE_BYTES // max(1, rows.sample_bytes)))


def _arrays(rows: Rows, table: Table, reading: Reading) -> tuple[Arrays, list[str]]:
    if reading.processes:
        warm_up()
    stamps = Stamps(table.files)
    stamps.settle()
    name = key(rows.dataset, table, stamps) if len(stamps) else ""
    cache = reading.cache or Cache.of_this_machine()
    notes = []
    try:
        kept = cache.find(name) if name else None
    except Damaged:
        kept = None
        notes.append("What was kept of the data on this machine was damaged; it is read anew.")
    if kept is not None:
        return kept, notes
    try:
        writing = cache.begin(name, rows.dataset.columns, table.count, piece_size(rows)) if name else None
    except OSError:
        writing = None
    found = None
    if writing is not None:
        found = _written(rows, table.count, reading, writing, stamps)
    return found or _read_by_many(rows, table.count, reading), notes


def _is_quick(rows: Rows, count: int) -> bool:
    """Whether all can be read at once, by the time that a few from all over the data take."""
    tried = np.unique(np.linspace(0, count - 1, TRIED).astype(np.int64))
    rows(tried[:1])  # imports and opens what it needs
    began = time.perf_counter()
    rows(tried)
    seconds = (time.perf_counter() - began) / len(tried) * count
    return seconds <= QUICK_SECONDS or rows.sample_bytes * count / seconds >= DISK_BYTES


def _read_by_many(rows: Rows, count: int, reading: Reading) -> Arrays:
    parts = in_pieces(np.arange(count), piece_size(rows))
    return _filled(rows, count, results(rows, parts, reading.processes, rows.dataset.source), reading)


def _filled(rows: Rows, count: int, read: Iterable[Mapping[str, Any]], reading: Reading) -> Arrays:
    """Pieces one after the other as one."""
    tell, done = _Progress(reading, count), 0
    found: Arrays = {column.id: np.empty((count, *column.shape), dtype=column.dtype) for column in rows.dataset.columns}
    for piece in read:
        length = len(next(iter(piece.values())))
        for id, array in found.items():
            array[done : done + length] = piece[id]
        done += length
        tell(done)
    return found


def _written(rows: Rows, count: int, reading: Reading, writing: Writing, stamps: Stamps) -> Arrays | None:
    """The samples, read by several processes that write them into the cache themselves; None where that is full.

    The disk is waited for by a thread, while the samples are already in use.
    """
    tell = _Progress(reading, count)
    parts = in_pieces(np.arange(count), piece_size(rows))
    done = 0
    try:
        for start, length, sums in results(
            _Written(rows, writing.target), parts, reading.processes, rows.dataset.source
        ):
            writing.note(start, sums)
            done += length
            tell(done)
    except OSError:
        writing.drop()
        return None
    except BaseException:
        writing.drop()
        raise
    found = writing.arrays()
    threading.Thread(target=_kept, args=(writing, stamps), name="cache").start()
    return found


def _kept(writing: Writing, stamps: Stamps) -> None:
    """Keeps what was written, unless a file was changed meanwhile."""
    try:
        stamps.check()
    except DataError:
        writing.drop()
    else:
        writing.keep()


class _Progress:
    """Says how far it is, from half a second on and not too often."""

    def __init__(self, reading: Reading, count: int) -> None:
        self._tell, self._count = reading.tell, count
        self._next = time.perf_counter() + QUICK_SECONDS

    def __call__(self, done: int) -> None:
        now = time.perf_counter()
        if now >= self._next:
            self._next = now + TELL_SECONDS
            self._tell(f"Reading the data {done:,} of {self._count:,}")
