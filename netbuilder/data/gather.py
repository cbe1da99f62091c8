"""All samples of a data set brought into memory: straight away, or decoded by several processes and kept for next time.

Imports no torch.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from netbuilder.data.cache import Cache, Damaged
from netbuilder.data.errors import DataError
from netbuilder.data.pool import results, warm_up
from netbuilder.data.reading import Reading
from netbuilder.data.rows import Rows, in_pieces
from netbuilder.data.shared import ALIGNED, Shared, Target
from netbuilder.data.stamps import Stamps, key
from netbuilder.data.table import Arrays, Indices, Table

TRIED = 32  # samples by which the time for all is guessed
QUICK_SECONDS = 0.5  # what takes no longer than that is read here and now
DISK_BYTES = 200e6  # a second; what comes that fast is hardly decoded, and a copy of it would save nothing
PIECE_BYTES, MOST_PIECE = 8 * 2**20, 1024  # of one piece of work, and samples in it
# The same where each sample is a file: no more is read for small pieces, all processes end at once, and those that
# often hand something over are not the last to be served on a machine that has other work.
FILES_A_PIECE = 64
TELL_SECONDS = 0.2


class Layout(NamedTuple):
    """Where samples go: sample i to place `places[i]` of `length` places; no two to the same."""

    places: Indices
    length: int

    @classmethod
    def of_parts(cls, parts: Sequence[Indices], count: int) -> tuple[Layout, list[slice]]:
        """One part after the other, each in a stretch of its own, so that it needs no copy; then what is in none."""
        places, begin, stretches = np.full(count, -1, dtype=np.int64), 0, []
        for part in parts:
            places[part] = np.arange(begin, begin + len(part))
            stretches.append(slice(begin, begin + len(part)))
            begin = -(-(begin + len(part)) // ALIGNED) * ALIGNED  # as if each part were an array of its own
        rest = np.flatnonzero(places < 0)
        places[rest] = np.arange(begin, begin + len(rest))
        return cls(places, begin + len(rest)), stretches


class _Written(msgspec.Struct, frozen=True):
    """Reads samples and writes them to where they belong; gives how many."""

    rows: Rows
    target: Target
    places: Indices

    def __call__(self, piece: Indices) -> int:
        self.target.put(self.places[piece], self.rows(piece))
        return len(piece)


def gathered(rows: Rows, table: Table, reading: Reading, layout: Layout) -> tuple[Arrays | None, list[str]]:
    """Arrays of the samples as they are laid out, None where reading them is done in a moment; and notes.

    Raises DataError.
    """
    if rows.in_memory or not table.count or _is_quick(rows, table.count):
        return None, []
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
        return _filled(rows, layout, _pieces_of(kept, piece_size(rows)), _Progress(reading, table.count)), notes
    size = piece_size(rows)
    if len(table.files) >= table.count:
        size = min(size, FILES_A_PIECE)
    found = _read_by_many(rows, layout, size, reading)
    if name:
        # By a thread, while the samples are already in use.
        writing = threading.Thread(target=_keep, args=(cache, name, rows, stamps, found, layout), name="cache")
        writing.start()
    return found, notes


def read_here(rows: Rows, indices: Indices, reading: Reading) -> Arrays:
    """These samples, read in this process piece by piece. Raises DataError."""
    if rows.in_memory or not len(indices):
        return rows(indices)
    parts = in_pieces(indices, piece_size(rows))
    layout = Layout(np.arange(len(indices)), len(indices))
    return _filled(rows, layout, map(rows, parts), _Progress(reading, len(indices)))


def piece_size(rows: Rows) -> int:
    """How many samples are read at a time."""
    return max(1, min(MOST_PIECE, PIECE_BYTES // max(1, rows.sample_bytes)))


def _is_quick(rows: Rows, count: int) -> bool:
    """Whether all can be read at once, by the time that a few from all over the data take."""
    tried = np.unique(np.linspace(0, count - 1, TRIED).astype(np.int64))
    rows(tried[:1])  # imports and opens what it needs
    began = time.perf_counter()
    rows(tried)
    seconds = (time.perf_counter() - began) / len(tried) * count
    return seconds <= QUICK_SECONDS or rows.sample_bytes * count / seconds >= DISK_BYTES


def _read_by_many(rows: Rows, layout: Layout, size: int, reading: Reading) -> Arrays:
    """The samples, `size` at a time, by processes that write them into memory themselves where the system has such."""
    parts, tell = in_pieces(np.arange(len(layout.places)), size), _Progress(reading, len(layout.places))
    try:
        if reading.processes:
            return _written(rows, layout, parts, reading.processes, tell)
    except OSError:
        pass  # no memory that is shared by a file, here or in the processes: samples go through pipes
    return _filled(rows, layout, results(rows, parts, reading.processes, rows.dataset.source), tell)


def _written(rows: Rows, layout: Layout, parts: list[Indices], processes: int, tell: Callable[[int], None]) -> Arrays:
    """Raises OSError where processes can't write into this one's memory."""
    shared, done = Shared(rows.dataset.columns, layout.length), 0
    try:
        for length in results(_Written(rows, shared.target, layout.places), parts, processes, rows.dataset.source):
            done += length
            tell(done)
    finally:
        shared.close()
    return shared.arrays()


def _filled(rows: Rows, layout: Layout, read: Iterable[Arrays], tell: Callable[[int], None]) -> Arrays:
    """Pieces one after the other, each sample at its place."""
    found, done = {}, 0
    for column in rows.dataset.columns:
        found[column.id] = np.empty((layout.length, *column.shape), dtype=column.dtype)
    for piece in read:
        length = len(next(iter(piece.values())))
        places = layout.places[done : done + length]
        for id, array in found.items():
            array[places] = piece[id]
        done += length
        tell(done)
    return found


def _pieces_of(arrays: Arrays, size: int) -> Iterator[Arrays]:
    for start in range(0, len(next(iter(arrays.values()))), size):
        yield {id: array[start : start + size] for id, array in arrays.items()}


def _keep(cache: Cache, name: str, rows: Rows, stamps: Stamps, found: Arrays, layout: Layout) -> None:
    """Keeps the samples on this machine, unless a file was changed meanwhile."""
    size = piece_size(rows)
    try:
        writing = cache.begin(name, rows.dataset.columns, len(layout.places), size)
    except OSError:
        return  # nothing can be written there
    if writing is None:
        return
    try:
        for places in in_pieces(layout.places, size):
            writing.put({id: array[places] for id, array in found.items()})
        stamps.check()
    except (OSError, DataError):
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
