"""Samples by their indices, as a data set's facts promise them: read, held against the facts, treated. No torch."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import msgspec
import numpy as np

from netbuilder.data.parts import as_promised
from netbuilder.data.readers import unreadable
from netbuilder.data.table import Arrays, Held, Indices
from netbuilder.data.treat import Fitted
from netbuilder.graph.model import Column, Dataset


class Rows(msgspec.Struct, frozen=True):
    """A data set's samples; calling it gives arrays [len(indices), *shape] by column. Works in another process too.

    `rows` is a table's; `treated`: what is done to which column. Raises DataError.
    """

    dataset: Dataset
    rows: Callable[[Indices], Arrays]
    treated: Mapping[str, Fitted] = {}

    def __call__(self, indices: Indices) -> Arrays:
        try:
            found = as_promised(self.dataset, self.rows(indices))
        except OSError as problem:
            raise unreadable(self.dataset.source, problem) from None
        return {id: self.treated[id](array) if id in self.treated else array for id, array in found.items()}

    @property
    def sample_bytes(self) -> int:
        """How many bytes one sample takes up."""
        return sum(map(row_bytes, self.dataset.columns))

    @property
    def in_memory(self) -> bool:
        """Whether the source has given arrays, so that reading costs no more than a copy."""
        return isinstance(self.rows, Held)


def row_bytes(column: Column) -> int:
    """Bytes of one sample's values of this column."""
    return math.prod(column.shape) * np.dtype(column.dtype).itemsize


def in_pieces(indices: Indices, size: int) -> list[Indices]:
    """The same indices in stretches of `size`."""
    return [indices[start : start + size] for start in range(0, len(indices), size)]
