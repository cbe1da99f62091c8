"""What is done to columns of numbers after the split: gaps filled, numbers scaled. Fitted to the training part only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from netbuilder.data.table import Treat

Numbers = npt.NDArray[Any]

_FILLS: Mapping[str, Callable[[Numbers], float]] = {
    "mean": lambda seen: float(seen.mean()),
    "median": lambda seen: float(np.median(seen)),
    "zero": lambda seen: 0.0,
}
# Of what was seen: what is taken off, and what is divided by then.
_SCALES: Mapping[str, Callable[[Numbers], tuple[float, float]]] = {
    "none": lambda seen: (0.0, 1.0),
    "standard": lambda seen: (float(seen.mean()), float(seen.std())),
    "range": lambda seen: (float(seen.min()), float(seen.max() - seen.min())),
}


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
    size = max(len(treat.missing), len(treat.scale))
    pieces = [np.asarray(batch, dtype=np.float64).reshape(-1, size) for batch in batches]
    values = np.concatenate(pieces) if pieces else np.empty((0, size))
    found = [_fit_one(values[:, at], _at(treat.missing, at), _at(treat.scale, at)) for at in range(size)]
    fill, shift, scale = zip(*found, strict=True)
    return Fitted(fill, shift, scale)


def _at(choices: tuple[str, ...], at: int) -> str:
    return choices[at] if len(choices) > 1 else choices[0]


def _fit_one(values: Numbers, missing: str, scale: str) -> tuple[float, float, float]:
    seen = values[~np.isnan(values)]
    if not len(seen):
        return 0.0, 0.0, 1.0
    shift, divisor = _SCALES[scale](seen)
    return _FILLS[missing](seen), shift, divisor if divisor > 1e-12 else 1.0
