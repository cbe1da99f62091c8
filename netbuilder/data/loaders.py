"""The samples of a data set, on the device, as the columns that its facts promise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
import numpy as np
import torch
from torch import Tensor

from netbuilder.data import splits
from netbuilder.data.errors import DataError
from netbuilder.data.facts import SOURCES
from netbuilder.data.place import Place
from netbuilder.data.readers import read, unreadable
from netbuilder.data.table import Arrays, Indices, Table
from netbuilder.data.treat import Fitted, fit
from netbuilder.graph.model import Column, Dataset

__all__ = ["DataError", "Loaded", "Splits", "by_dataset", "load", "open_data", "samples", "together"]

Columns = dict[str, Tensor]  # by column id; the first axis is the samples
Part = Columns | dict[str, Columns]  # samples of one data set, or of several by their names
Batch = dict[str, Any]  # what a step gets: as a Part


class Splits(NamedTuple):
    """All samples of a data set by part; each part maps a column's id to a tensor [samples, *shape] on the device."""

    train: Columns
    validation: Columns
    test: Columns


class Loaded(msgspec.Struct, frozen=True):
    """A data set ready to learn from. `treated` is what was done to which column, `notes` what was left out."""

    splits: Splits
    treated: Mapping[str, Fitted]
    notes: tuple[str, ...]


def load(
    dataset: Dataset, seed: int, device: torch.device | str = "cpu", place: Place | None = None, fold: int = 0
) -> Splits:
    """The parts of a data set; see `open_data`."""
    return open_data(dataset, seed, device, place, fold).splits


def open_data(
    dataset: Dataset, seed: int, device: torch.device | str = "cpu", place: Place | None = None, fold: int = 0
) -> Loaded:
    """Loads, splits and treats a data set.

    `seed` is the run's: it parts the samples unless the data set has a split_seed of its own. `place`: where its paths
    begin. `fold`: which fold is tested, from 0, where it is split in folds. Raises DataError.
    """
    table = read(dataset, place or Place())
    if not dataset.columns:
        raise DataError(f"The data {dataset.source!r} was not looked at yet; scan it once.")
    try:
        parts = parted(dataset, table, seed, fold)
        found = {name: _rows(dataset, table, part) for name, part in parts._asdict().items()}
    except OSError as problem:
        raise unreadable(dataset.source, problem) from None
    treated = {}
    for id, treat in table.treats.items():
        treated[id] = fit(treat, [found["train"][id]])
        for arrays in found.values():
            arrays[id] = treated[id](arrays[id])
    tensors = (
        {id: torch.from_numpy(np.ascontiguousarray(array)).to(device) for id, array in arrays.items()}
        for arrays in found.values()
    )
    return Loaded(Splits(*tensors), treated, table.notes)


def parted(dataset: Dataset, table: Table, seed: int, fold: int = 0) -> splits.Parts:
    """Which samples are in which part. Raises DataError."""
    source = SOURCES[dataset.source]

    def value(name: str) -> Any:
        return source.value(dataset.params, name)

    own = value("split_seed")
    seed = seed if own is None else own
    classes, way = _classes(dataset, table), value("split")
    try:
        if way == "folds":
            return splits.folds(table.count, value("folds"), fold, value("validation"), seed, classes, table.reach)
        if way == "time" or (way == "fractions" and table.reach):
            return splits.in_time(table.count, value("validation"), value("test"), table.reach)
        if way == "given":
            if table.given is None:
                raise ValueError(f"The data {dataset.source!r} does not say itself what is for training.")
            return splits.given(table.given, value("validation"), seed, classes)
        if way == "column":
            if table.by is None:
                raise ValueError("No column is named that says which samples are for training.")
            return splits.given(splits.spelled(table.by), value("validation"), seed, classes)
        return splits.split(table.count, value("validation"), value("test"), seed, classes)
    except ValueError as problem:
        raise DataError(str(problem)) from None


def _classes(dataset: Dataset, table: Table) -> Indices | None:
    """What the split is fair to: the first column of classes, where each sample has one."""
    column = next((one for one in dataset.columns if one.role == "class" and not one.shape), None)
    if column is None or table.reach:
        return None
    return _rows(msgspec.structs.replace(dataset, columns=(column,)), table, np.arange(table.count))[column.id]


def _rows(dataset: Dataset, table: Table, indices: Indices) -> Arrays:
    """These samples, checked against the facts. Raises DataError."""
    found = table.rows(indices)
    for column in dataset.columns:
        if column.id not in found:
            raise DataError(f"The data {dataset.source!r} has no column {column.id!r}; it has {', '.join(found)}.")
        check(column, found[column.id])
    return {column.id: found[column.id] for column in dataset.columns}


def check(column: Column, array: Any) -> None:
    """Whether samples are as the column's facts say. Raises DataError."""
    if array.shape[1:] != column.shape or array.dtype.name != column.dtype:
        raise DataError(
            f"Column {column.id!r} should hold {column.dtype} {column.shape}, but the data has {array.dtype.name} "
            f"{array.shape[1:]}; scan the data again."
        )
    named = column.dtype == "int64" and column.classes and array.size
    if named and not 0 <= array.min() <= array.max() < len(column.classes):
        raise DataError(
            f"Column {column.id!r} holds classes {array.min()} to {array.max()}, but {len(column.classes)} are named; "
            "scan the data again."
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
