"""Which samples are in which part, and the samples themselves, held against the facts. Imports no torch."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from netbuilder.data import splits
from netbuilder.data.errors import DataError
from netbuilder.data.facts import SOURCES
from netbuilder.data.table import Arrays, Indices, Table
from netbuilder.graph.model import Column, Dataset


def parted(dataset: Dataset, table: Table, seed: int, fold: int = 0) -> splits.Parts:
    """Which samples are in which part. Raises DataError."""
    source = SOURCES[dataset.source]

    def value(name: str) -> Any:
        return source.value(dataset.params, name)

    own = value("split_seed")
    seed = seed if own is None else own
    labels, way = classes(dataset, table), value("split")
    try:
        if way == "folds":
            count = value("folds")
            return splits.folds(table.count, count, fold % count, value("validation"), seed, labels, table.reach)
        if way == "time" or (way == "fractions" and table.reach):
            return splits.in_time(table.count, value("validation"), value("test"), table.reach)
        if way == "given":
            if table.given is None:
                raise ValueError(f"The data {dataset.source!r} does not say itself what is for training.")
            return splits.given(table.given, value("validation"), seed, labels)
        if way == "column":
            if table.by is None:
                raise ValueError("No column is named that says which samples are for training.")
            return splits.given(splits.spelled(table.by), value("validation"), seed, labels)
        return splits.split(table.count, value("validation"), value("test"), seed, labels)
    except ValueError as problem:
        raise DataError(str(problem)) from None


def classes(dataset: Dataset, table: Table) -> Indices | None:
    """What the split is fair to: the first column of classes, where each sample has one."""
    column = classes_column(dataset, table)
    if column is None:
        return None
    found: Indices = values(dataset, table, column.id)
    return found


def classes_column(dataset: Dataset, table: Table) -> Column | None:
    """The first column of classes, where samples are parted one by one."""
    if table.reach:
        return None
    return next((one for one in dataset.columns if one.role == "class" and not one.shape), None)


def values(dataset: Dataset, table: Table, id: str) -> Any:
    """One column of all samples, checked; where the source knows it at once, nothing is read for it.

    Raises DataError.
    """
    column = next(one for one in dataset.columns if one.id == id)
    if id in table.known:
        check(column, table.known[id])
        return table.known[id]
    return chosen(msgspec.structs.replace(dataset, columns=(column,)), table, np.arange(table.count))[id]


def chosen(dataset: Dataset, table: Table, indices: Indices) -> Arrays:
    """These samples, checked against the facts. Raises DataError."""
    return as_promised(dataset, table.rows(indices))


def as_promised(dataset: Dataset, found: Arrays) -> Arrays:
    """The columns that the facts name, each checked. Raises DataError."""
    for column in dataset.columns:
        if column.id not in found:
            raise DataError(
                f"The data {dataset.source!r} has no column {column.id!r}; it has {', '.join(found)}. Scan it again."
            )
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
