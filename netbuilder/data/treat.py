"""What is done to columns of numbers after the split: gaps filled, numbers scaled. Fitted to the training part only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from netbuilder.data.table import Treat

Numbers = npt.NDArray[Any]
MEDIAN_VALUES = 2**20  # of an element


class Fitted(msgspec.Struct, frozen=True):
    """One column's treatment in numbers, one for all or one for each element: (filled x - shift) / scale."""

    fill: tuple[float, ...]
    shift: tuple[float, ...]
    scale: tuple[float, ...]

    def __call__(self, values: Numbers) -> Numbers:
        """The treated values, float32, in the same shape [samples, ...]."""
        fill, shift, scale = (self._like(values, numbers) for numbers in (self.fill, self.shift, self.scale))
        return ((np.where(np.isnan(values), fill, values) - shift) / scale).astype(np.float32)

    def undo(self, values: Numbers) -> Numbers:
        """Treated values in the units of the source; what was filled stays filled."""
        shift, scale = self._like(values, self.shift), self._like(values, self.scale)
        return values * scale + shift

    def _like(self, values: Numbers, numbers: tuple[float, ...]) -> Numbers:
        found = np.array(numbers, dtype=np.float64)
        # In windows of a series the elements are the last axis alone.
        return found if values.shape[-1:] == found.shape or len(numbers) == 1 else found.reshape(values.shape[1:])


def fit(treat: Treat, batches: Iterable[Numbers]) -> Fitted:
    """The numbers of a treatment, from the training part of a column: [samples, ...] in pieces."""
    fitting = Fitting(treat)
    for batch in batches:
        fitting.add(batch)
    return fitting.fitted()


class Fitting:
    """Takes the training part of a column in pieces, of which it keeps no more than it must.

    A median is that of all values up to MEDIAN_VALUES of an element, and beyond of so many from all over.
    """

    def __init__(self, treat: Treat) -> None:
        self._treat = treat
        size = self._size = max(len(treat.missing), len(treat.scale))
        self._count, self._mean, self._square = np.zeros(size), np.zeros(size), np.zeros(size)
        self._low, self._high = np.full(size, np.inf), np.full(size, -np.inf)
        self._medians = {at: _Thinned() for at in range(size) if _at(treat.missing, at) == "median"}

    def add(self, batch: Numbers) -> None:
        """[samples, ...]; NaN is what is missing."""
        values = np.asarray(batch, dtype=np.float64).reshape(-1, self._size)
        there = ~np.isnan(values)
        count = there.sum(0)
        # Means and squares of two pieces put together: Chan, Golub, LeVeque, 1979.
        mean = np.where(there, values, 0.0).sum(0) / np.maximum(count, 1)
        square = (np.where(there, values - mean, 0.0) ** 2).sum(0)
        whole = np.maximum(self._count + count, 1)
        self._square += square + (mean - self._mean) ** 2 * self._count * count / whole
        self._mean += (mean - self._mean) * count / whole
        self._count += count
        self._low = np.minimum(self._low, np.where(there, values, np.inf).min(0, initial=np.inf))
        self._high = np.maximum(self._high, np.where(there, values, -np.inf).max(0, initial=-np.inf))
        for at, kept in self._medians.items():
            kept.add(values[there[:, at], at])

    def fitted(self) -> Fitted:
        """The treatment, from all that was added."""
        found = [self._element(at) for at in range(self._size)]
        fill, shift, scale = zip(*found, strict=True)
        return Fitted(fill, shift, scale)

    def _element(self, at: int) -> tuple[float, float, float]:
        if not self._count[at]:
            return 0.0, 0.0, 1.0
        mean, low = float(self._mean[at]), float(self._low[at])
        std, spread = float(np.sqrt(self._square[at] / self._count[at])), float(self._high[at]) - low
        fills = {"mean": mean, "median": self._medians[at].median() if at in self._medians else 0.0, "zero": 0.0}
        shift, divisor = {"none": (0.0, 1.0), "standard": (mean, std), "range": (low, spread)}[
            _at(self._treat.scale, at)
        ]
        return fills[_at(self._treat.missing, at)], shift, divisor if divisor > 1e-12 else 1.0


class _Thinned:
    """Values from all over a long row: all of them, or every second, fourth... where that is too many."""

    def __init__(self) -> None:
        self._every, self._seen = 1, 0
        self._kept = np.empty(0)

    def add(self, values: Numbers) -> None:
        taken = values[-self._seen % self._every :: self._every]
        self._seen += len(values)
        self._kept = np.concatenate([self._kept, taken])
        while len(self._kept) > MEDIAN_VALUES:
            self._kept = self._kept[::2]
            self._every *= 2

    def median(self) -> float:
        return float(np.median(self._kept))


def _at(choices: tuple[str, ...], at: int) -> str:
    return choices[at] if len(choices) > 1 else choices[0]
