"""Which samples are for training, which for validation, which for the test: seeded and fair to every class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from netbuilder.data.part_names import SPELLED, TEST, TRAIN, VALIDATION

Indices = npt.NDArray[np.int64]


class Parts(NamedTuple):
    """Indices into the data set; no sample is in two parts."""

    train: Indices
    validation: Indices
    test: Indices


def split(
    samples: int,
    validation: float,
    test: float,
    seed: int,
    classes: npt.NDArray[Any] | None = None,
    *,
    among: Indices | None = None,
) -> Parts:
    """Splits `samples` samples at random. `validation` and `test` are shares of all of them, in whole samples.

    classes: int64 [samples], the class of each sample. With it, the parts have each class in its share to within one
    sample (stratified). `among`: the samples to part, where that is not all; the shares are shares of these. The same
    arguments give the same parts. Raises ValueError where nothing is left to train on.
    """
    chosen = np.arange(samples) if among is None else among
    sizes = _sizes(len(chosen), validation, test)
    order = chosen[np.random.default_rng(seed).permutation(len(chosen))]
    if classes is None:
        held = order[: sizes[1]], order[sizes[1] : sum(sizes)]
        rest = order[sum(sizes) :]
    else:
        rest = order
        taken = []
        for size in (sizes[1], sizes[0]):
            marked = _stratified(classes[rest], size)
            taken.append(rest[marked])
            rest = rest[~marked]
        held = taken[0], taken[1]
    return _parts(rest, held[1], held[0])


def folds(
    samples: int,
    count: int,
    fold: int,
    validation: float,
    seed: int,
    classes: npt.NDArray[Any] | None = None,
    reach: int = 0,
) -> Parts:
    """Fold number `fold` (from 0) of `count` as the test part; of the others, a share `validation` to choose by.

    Every sample is in exactly one fold. classes: as for `split`; with it, each fold has each class in its share to
    within one sample. `reach` > 0: folds are stretches in a row, and samples that share values with a sample of another
    part are left out. Raises ValueError where there are fewer samples than folds.
    """
    if samples < count:
        raise ValueError(f"{samples} samples can't be parted into {count} folds.")
    if reach:
        edges = np.linspace(0, samples, count + 1).round().astype(np.int64)
        tested = np.arange(edges[fold], edges[fold + 1])
        before, after = np.arange(0, edges[fold] - reach), np.arange(edges[fold + 1] + reach, samples)
        size = round((len(before) + len(after)) * validation)
        # Validation is a stretch of its own too, on the longer side of the fold and away from it.
        longer, other = (before, after) if len(before) >= len(after) else (after[::-1], before)
        held, rest = longer[:size], longer[size + reach if size else 0 :]
        found = _parts(np.concatenate([rest, other]), held, tested)
    else:
        order = np.random.default_rng(seed).permutation(samples)
        if classes is not None:  # dealt out class by class, each class where the one before it ended
            order = order[np.argsort(classes[order], kind="stable")]
        place = np.empty(samples, dtype=np.int64)
        place[order] = np.arange(samples) % count
        tested = np.flatnonzero(place == fold)
        rest_parts = split(samples, validation, 0.0, seed, classes, among=np.flatnonzero(place != fold))
        found = _parts(rest_parts.train, rest_parts.validation, tested)
    if not len(found.train):
        raise ValueError(f"{samples} samples are too few for {count} folds: none is left to train on.")
    return found


def in_time(samples: int, validation: float, test: float, reach: int = 0) -> Parts:
    """The last samples for the test, those before them for validation, the rest for training.

    `reach`: how many of the samples that follow one share values with it; as many are left out at each border, so that
    nothing of what is tested was seen. Raises ValueError where nothing is left to train on.
    """
    sizes = _sizes(samples, validation, test)
    tested = np.arange(samples - sizes[1], samples)
    end = samples - sizes[1] - (reach if sizes[1] else 0)
    held = np.arange(end - sizes[0], end)
    rest = np.arange(0, end - sizes[0] - (reach if sizes[0] else 0))
    if not len(rest) or (sizes[0] and held[0] < 0):
        raise ValueError(
            f"{samples} samples in a row are too few: with {reach} left out at each border, none is left to train on."
        )
    return _parts(rest, held, tested)


def given(parts: npt.NDArray[np.int8], validation: float, seed: int, classes: npt.NDArray[Any] | None = None) -> Parts:
    """The parts that the source itself names: [samples] of 0 train, 1 validation, 2 test, -1 left out.

    Where it has no validation part, that is a share of its training part. Raises ValueError for no training samples.
    """
    train, held, tested = (np.flatnonzero(parts == part) for part in (TRAIN, VALIDATION, TEST))
    if not len(train):
        raise ValueError("The source says of no sample that it is for training.")
    if not len(held):
        found = split(len(parts), validation, 0.0, seed, classes, among=train)
        train, held = found.train, found.validation
    return _parts(train, held, tested)


def spelled(values: Sequence[object] | npt.NDArray[Any]) -> npt.NDArray[np.int8]:
    """Parts from a column's words, as `given` takes them. Raises ValueError for a word that names no part."""
    words = [str(value).strip().lower() for value in values]
    for at, word in enumerate(words):
        if word not in SPELLED:
            raise ValueError(f"Sample {at + 1} has {word!r} where train, validation or test should stand.")
    return np.array([SPELLED[word] for word in words], dtype=np.int8)


def _sizes(samples: int, validation: float, test: float) -> tuple[int, int]:
    if not (0 <= validation < 1 and 0 <= test < 1 and validation + test < 1):
        raise ValueError(
            f"The shares for validation ({validation:g}) and test ({test:g}) must be at least 0 and leave some "
            "samples to train on."
        )
    sizes = round(samples * validation), round(samples * test)
    if samples - sum(sizes) < 1:
        raise ValueError(f"{samples} samples are too few to split: none is left to train on.")
    return sizes


def _parts(train: Indices, validation: Indices, test: Indices) -> Parts:
    return Parts(*(np.sort(part).astype(np.int64) for part in (train, validation, test)))


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
