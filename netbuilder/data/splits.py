"""Which samples are for training, which for validation, which for the test: seeded and fair to every class."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.int64]


class Parts(NamedTuple):
    """Indices into the data set; every sample is in exactly one part."""

    train: Indices
    validation: Indices
    test: Indices


def split(samples: int, validation: float, test: float, seed: int, classes: npt.NDArray[Any] | None = None) -> Parts:
    """Splits `samples` samples. `validation` and `test` are shares of all of them, rounded to whole samples.

    classes: int64 [samples], the class of each sample. With it, the parts have each class in its share to within one
    sample (stratified). The same arguments give the same parts. Raises ValueError where nothing is left to train on.
    """
    if not (0 <= validation < 1 and 0 <= test < 1 and validation + test < 1):
        raise ValueError(
            f"The shares for validation ({validation:g}) and test ({test:g}) must be at least 0 and leave some "
            "samples to train on."
        )
    sizes = round(samples * validation), round(samples * test)
    if samples - sum(sizes) < 1:
        raise ValueError(f"{samples} samples are too few to split: none is left to train on.")
    random = np.random.default_rng(seed)
    order = random.permutation(samples)
    if classes is None:
        held = order[: sizes[1]], order[sizes[1] : sum(sizes)]
        rest = order[sum(sizes) :]
    else:
        rest = order
        taken = []
        for size in (sizes[1], sizes[0]):
            chosen = _stratified(classes[rest], size)
            taken.append(rest[chosen])
            rest = rest[~chosen]
        held = taken[0], taken[1]
    return Parts(*(np.sort(part).astype(np.int64) for part in (rest, held[1], held[0])))


def _stratified(classes: npt.NDArray[Any], size: int) -> npt.NDArray[np.bool_]:
    """Marks `size` samples, the first of each class: each by its share, odd ones to the largest remainders."""
    names, counts = np.unique(classes, return_counts=True)
    exact = counts * (size / max(1, len(classes)))
    quota = np.floor(exact).astype(np.int64)
    by_remainder = np.argsort(quota - exact, kind="stable")
    quota[by_remainder[: size - quota.sum()]] += 1
    chosen = np.zeros(len(classes), dtype=np.bool_)
    for name, count in zip(names, quota, strict=True):
        chosen[np.flatnonzero(classes == name)[:count]] = True
    return chosen
