"""The samples of a data set, on the device, as the columns that its facts promise."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from netbuilder.data.facts import SPLIT
from netbuilder.data.splits import split
from netbuilder.graph.model import Column, Dataset

Columns = dict[str, Tensor]  # by column id; the first axis is the samples
Part = Columns | dict[str, Columns]  # samples of one data set, or of several by their names
Batch = dict[str, Any]  # what a step gets: as a Part
Arrays = dict[str, npt.NDArray[Any]]


class Splits(NamedTuple):
    """All samples of a data set by part; each part maps a column's id to a tensor [samples, *shape] on the device."""

    train: Columns
    validation: Columns
    test: Columns


class DataError(ValueError):
    """The data is not what the facts say, or isn't there; the message is one sentence."""


def load(dataset: Dataset, seed: int, device: torch.device | str = "cpu") -> Splits:
    """Loads and splits a data set; its parameters hold the shares of `facts.SPLIT`.

    The split is seeded, and stratified by the first column with role "class". Raises DataError.
    """
    arrays = _arrays(dataset)
    classes = next((arrays[column.id] for column in dataset.columns if column.role == "class"), None)
    count = len(next(iter(arrays.values()), ()))
    try:
        parts = split(count, **_shares(dataset), seed=seed, classes=classes)
    except ValueError as problem:
        raise DataError(str(problem)) from None
    tensors = {name: torch.from_numpy(array) for name, array in arrays.items()}
    return Splits(
        *({name: tensor[torch.from_numpy(part)].to(device) for name, tensor in tensors.items()} for part in parts)
    )


class Together(NamedTuple):
    """All samples that a graph reads: of one data set as Splits has them, of several by their names."""

    train: Part
    validation: Part
    test: Part


def together(found: Mapping[str, Splits]) -> Together:
    """The data sets that a graph reads as one, the first of them first.

    What the first has no samples for is empty. Where another has none for a part, its training data stands in: a set
    of styles, say, that is only drawn from.
    """
    first, *others = found.values()
    if not others:
        return Together(*first)

    def of(part: str) -> Part:
        if not samples(getattr(first, part)):
            return {}
        held: dict[str, Columns] = {name: getattr(splits, part) for name, splits in found.items()}
        spare: dict[str, Any] = {name: splits.train for name, splits in found.items()}
        return {name: columns if samples(columns) else spare[name] for name, columns in held.items()}

    return Together(*map(of, Together._fields))


def by_dataset(part: Part) -> dict[str, Columns] | None:
    """The parts of several data sets by name, None where there is one."""
    found = next(iter(part.values()), None)
    return part if isinstance(found, dict) else None  # type: ignore[return-value]


def samples(part: Mapping[str, Any]) -> int:
    """How many samples a batch or a part holds; with several data sets, of the first."""
    first = next(iter(part.values()), None)
    if first is None:
        return 0
    return samples(first) if isinstance(first, dict) else len(first)


def _arrays(dataset: Dataset) -> Arrays:
    source = SOURCES.get(dataset.source)
    if source is None:
        raise DataError(f"There is no data source {dataset.source!r}; there are {', '.join(SOURCES)}.")
    try:
        found = source(dataset)
    except OSError as problem:
        where = f" ({problem.filename})" if problem.filename else ""
        raise DataError(
            f"The data {dataset.source!r} can't be read{where}: {problem.strerror or problem}; is it on this machine?"
        ) from None
    for column in dataset.columns:
        if column.id not in found:
            raise DataError(f"The data {dataset.source!r} has no column {column.id!r}; it has {', '.join(found)}.")
        _check(column, found[column.id])
    return {column.id: found[column.id] for column in dataset.columns}


def _check(column: Column, array: npt.NDArray[Any]) -> None:
    if array.shape[1:] != column.shape or array.dtype.name != column.dtype:
        raise DataError(
            f"Column {column.id!r} should hold {column.dtype} {column.shape}, but the data has {array.dtype.name} "
            f"{array.shape[1:]}; scan the data again."
        )
    if column.role == "class" and len(array) and not 0 <= array.min() <= array.max() < len(column.classes):
        raise DataError(
            f"Column {column.id!r} holds classes {array.min()} to {array.max()}, but {len(column.classes)} are named; "
            "scan the data again."
        )


def _shares(dataset: Dataset) -> dict[str, float]:
    """The shares for validation and test, by name."""
    shares = {}
    for param in SPLIT:
        value = dataset.params.get(param.name, param.default)
        if wrong := param.check(value):
            raise DataError(f"The share for {param.name} of the data {dataset.source!r}: {wrong}.")
        shares[param.name] = float(str(value))
    return shares


def _digits(_dataset: Dataset) -> Arrays:
    """1797 handwritten digits, 8 x 8, grey values 0..16 scaled to 0..1 (scikit-learn's copy of UCI's test set)."""
    from sklearn.datasets import load_digits

    found = load_digits()
    images = (found.images[:, None] / 16.0).astype(np.float32)
    return {"image": np.ascontiguousarray(images), "label": found.target.astype(np.int64)}


SOURCES: Mapping[str, Callable[[Dataset], Arrays]] = {"digits": _digits}
