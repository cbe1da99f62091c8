"""The facts of a data set, from a look at every value of it: once, in pieces, so that memory stays bounded."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
from immutables import Map

from netbuilder.data.errors import DataError
from netbuilder.data.parts import check
from netbuilder.data.place import Place
from netbuilder.data.readers import read, unreadable
from netbuilder.graph.model import NONE, Column, Dataset, Value, Values

PIECE = 1024  # samples that are read at a time, or fewer where they are large
PIECE_NUMBERS = 2**24  # in all columns of a piece
BARS = 24  # of a histogram
KEPT = 20_000  # values of each element that its histogram is made of, evenly from all over the data
MOST_ELEMENTS = 1024  # a vector with more gets facts as a whole

Tell = Callable[[float, str], None]
Numbers = npt.NDArray[Any]


def scan(dataset: Dataset, place: Place, tell: Tell) -> tuple[Dataset, tuple[str, ...]]:
    """The data set with its columns, facts and number of samples; sentences about what was left out.

    Raises DataError.
    """
    tell(0.0, "Opening the data")
    table = read(msgspec.structs.replace(dataset, columns=()), place)  # nothing of an earlier scan counts
    if not table.count:
        raise DataError("There is not a single sample in this data.")
    tallies = {column.id: _Tally(column, table.count) for column in table.columns}
    size = sum(math.prod(column.shape) for column in table.columns)
    piece = max(1, min(PIECE, PIECE_NUMBERS // max(1, size)))
    try:
        for start in range(0, table.count, piece):
            tell(start / table.count, f"Looking at sample {start + 1:,} of {table.count:,}")
            found = table.rows(np.arange(start, min(start + piece, table.count)))
            for column in table.columns:
                check(column, found[column.id])
                tallies[column.id].add(found[column.id])
    except OSError as problem:
        raise unreadable(dataset.source, problem) from None
    tell(1.0, "Writing down what was found")
    columns = tuple(
        msgspec.structs.replace(column, facts=column.facts.update(tallies[column.id].facts()))
        for column in table.columns
    )
    empty = _empty_classes(columns)
    return msgspec.structs.replace(dataset, columns=columns, samples=table.count), (*table.notes, *empty)


def _empty_classes(columns: tuple[Column, ...]) -> list[str]:
    notes = []
    for column in columns:
        counts = column.facts.get("counts")
        if column.role == "class" and isinstance(counts, tuple):
            none = [name for name, count in zip(column.classes, counts, strict=True) if not count]
            if none:
                notes.append(f"{column.name or column.id} has no sample of {', '.join(none[:5])}.")
    return notes


class _Tally:
    """Counts one column's values, piece by piece."""

    def __init__(self, column: Column, samples: int) -> None:
        self._counted = bool(column.classes) and column.dtype == "int64"
        self._counts = np.zeros(len(column.classes), dtype=np.int64)
        size = math.prod(column.shape)
        self._size = size if column.shape and len(column.shape) == 1 and 1 < size <= MOST_ELEMENTS else 1
        self._every = max(1, samples * (size // self._size) // KEPT)
        self._kept: list[Numbers] = []
        self._seen = np.zeros(self._size)
        self._missing = np.zeros(self._size, dtype=np.int64)
        self._mean, self._square = np.zeros(self._size), np.zeros(self._size)
        self._low, self._high = np.full(self._size, math.inf), np.full(self._size, -math.inf)

    def add(self, values: Numbers) -> None:
        if self._counted:
            self._counts += np.bincount(values.reshape(-1), minlength=len(self._counts))
            return
        rows = values.astype(np.float64).reshape(-1, self._size)
        there = np.isfinite(rows)
        count = there.sum(0)
        self._missing += len(rows) - count
        self._low = np.minimum(self._low, np.where(there, rows, math.inf).min(0))
        self._high = np.maximum(self._high, np.where(there, rows, -math.inf).max(0))
        # Means and squares of two pieces put together: Chan, Golub, LeVeque, 1979.
        zeroed = np.where(there, rows, 0.0)
        mean = zeroed.sum(0) / np.maximum(count, 1)
        square = (np.where(there, rows - mean, 0.0) ** 2).sum(0)
        whole = np.maximum(self._seen + count, 1)
        self._square += square + (mean - self._mean) ** 2 * self._seen * count / whole
        self._mean += (mean - self._mean) * count / whole
        self._seen += count
        self._kept.append(rows[:: self._every])

    def facts(self) -> Values:
        if self._counted:
            return Map(counts=tuple(self._counts.tolist()))
        kept = np.concatenate(self._kept) if self._kept else np.empty((0, self._size))
        found = [self._element(at, kept[:, at]) for at in range(self._size)]
        return found[0] if self._size == 1 else Map(elements=tuple(found))

    def _element(self, at: int, kept: Numbers) -> Values:
        missing: Value = int(self._missing[at])
        if not self._seen[at]:
            return Map(missing=missing)
        low, high = float(self._low[at]), float(self._high[at])
        bars, _ = np.histogram(kept[np.isfinite(kept)], bins=BARS, range=(low, high if high > low else low + 1))
        std = math.sqrt(self._square[at] / self._seen[at])
        numbers = {"low": low, "high": high, "mean": float(self._mean[at]), "std": std}
        shown: dict[str, Value] = {name: float(f"{value:.7g}") for name, value in numbers.items()}
        return NONE.update({**shown, "missing": missing, "histogram": tuple(bars.tolist())})
