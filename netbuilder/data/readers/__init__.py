"""What reads data: one function for each source, (dataset, place) -> Table. Imports no torch."""

from __future__ import annotations

import importlib
from collections.abc import Callable

from netbuilder.data.errors import DataError
from netbuilder.data.facts import SOURCES
from netbuilder.data.place import Place
from netbuilder.data.table import Table
from netbuilder.graph.model import Dataset

Reader = Callable[[Dataset, Place], Table]


def read(dataset: Dataset, place: Place) -> Table:
    """The samples of a data set, as its source has them. Raises DataError."""
    source = SOURCES.get(dataset.source)
    if source is None:
        raise DataError(f"There is no data source {dataset.source!r}; there are {', '.join(SOURCES)}.")
    if wrong := source.check(dataset.params):
        name, text = next(iter(wrong.items()))
        raise DataError(f"The data {dataset.source!r} can't be read: its {name} {text}.")
    module, _, function = source.reader.rpartition(".")
    reader: Reader = getattr(importlib.import_module(module), function)
    try:
        table = reader(dataset, place)
    except OSError as problem:
        raise unreadable(dataset.source, problem) from None
    if source.columns is None:
        _as_scanned(dataset, table)
    return table


def _as_scanned(dataset: Dataset, table: Table) -> None:
    """Raises DataError where class 0, or feature 0, has become another since the scan: no shape would tell."""
    now = {column.id: column for column in table.columns}
    for column in dataset.columns:
        found = now.get(column.id, column)
        for what, then, is_now in (
            ("classes", column.classes, found.classes),
            ("elements", column.facts.get("names"), found.facts.get("names")),
        ):
            if then != is_now:
                raise DataError(
                    f"The {what} of column {column.name or column.id} are not those that the scan found; scan the "
                    "data again."
                )


def unreadable(what: str, problem: OSError) -> DataError:
    """What the system said, as a sentence."""
    where = f" ({problem.filename})" if problem.filename else ""
    return DataError(f"The data {what!r} can't be read{where}: {problem.strerror or problem}; is it on this machine?")
