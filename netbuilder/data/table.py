"""All samples of a data set as they come from their source, before they are split and treated. Imports no torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from netbuilder.graph.model import Column

Arrays = dict[str, npt.NDArray[Any]]
Indices = npt.NDArray[np.int64]

# How a missing number is filled, and how numbers are scaled. Both are fitted to the training part only.
MISSING = ("mean", "median", "zero")
SCALES = ("none", "standard", "range")


class Treat(msgspec.Struct, frozen=True):
    """What is done to a column of numbers after the split: for all of it (one entry), or for each of its elements.

    `missing` of MISSING, `scale` of SCALES; NaN is what is missing.
    """

    missing: tuple[str, ...] = ("mean",)
    scale: tuple[str, ...] = ("none",)


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader gives.

    `rows(indices)` are these samples by column, the first axis theirs, in the columns' shapes and dtypes; it works in
    another process too (picklable), reads no more than it must, and raises DataError with file (and line).
    `known`: columns [count, ...] that cost no reading, such as the classes of an image folder: a split that is fair to
    classes, and a search for one, need no pictures then.
    `given`: int8 [count], in which part the source itself puts each sample: 0 train, 1 validation, 2 test, -1 not said.
    `by`: [count], each sample's value of the column that a split goes by, where one is named.
    `reach`: how many samples after a sample share raw values with it (windows of a series); they never part.
    `files`: what the content is made of. `notes`: sentences about what was left out.
    """

    columns: tuple[Column, ...]
    count: int
    rows: Callable[[Indices], Arrays]
    known: Mapping[str, npt.NDArray[Any]] = {}
    given: npt.NDArray[np.int8] | None = None
    by: npt.NDArray[Any] | None = None
    reach: int = 0
    treats: Mapping[str, Treat] = {}
    files: tuple[Path | str, ...] = ()
    notes: tuple[str, ...] = ()


class Held(msgspec.Struct, frozen=True):
    """Rows of arrays that are in memory."""

    arrays: Arrays

    def __call__(self, indices: Indices) -> Arrays:
        return {name: array[indices] for name, array in self.arrays.items()}


def held(columns: tuple[Column, ...], arrays: Arrays, **more: Any) -> Table:
    """A table of arrays that are in memory, with more of Table's fields."""
    count = len(next(iter(arrays.values()), ()))
    return Table(columns=columns, count=count, rows=Held(arrays), known=arrays, **more)
