"""What the data panel does to a project, as changes. No widgets here."""

from __future__ import annotations

import msgspec

from netbuilder.data.facts import SOURCES, SPLIT, facts
from netbuilder.graph import edits
from netbuilder.graph.edits_base import changed, same
from netbuilder.graph.model import NONE, Dataset, Value

SPLITS = frozenset(param.name for param in SPLIT)
LATE = frozenset({"missing", "scale", "target_scale"})  # done after the split: columns are what they were


def with_value(dataset: Dataset, name: str, value: Value) -> Dataset:
    """The data set with one parameter changed, the default not written.

    Of a built-in source the columns follow; those of own files stay as they were found, for a scan to look again.
    Raises ValueError for a wrong value.
    """
    source = SOURCES[dataset.source]
    default = next(param.default for param in source.params if param.name == name)
    params = changed(dataset.params, {name: edits.DEFAULT if same(value, default) else value}.items())
    if params is dataset.params:
        return dataset
    if source.columns is None or name in SPLITS | LATE:
        return msgspec.structs.replace(dataset, params=params)
    return msgspec.structs.replace(facts(dataset.source, params), extra=dataset.extra)


def needs_scan(dataset: Dataset, name: str) -> bool:
    """Whether a change of this parameter may change what is found in own files."""
    return SOURCES[dataset.source].columns is None and name not in SPLITS | LATE


def without_facts(dataset: Dataset) -> Dataset:
    """The data set as it is known without statistics: two that differ in these alone show the same samples."""
    kept = ("names", "rate")
    columns = tuple(
        msgspec.structs.replace(
            column, facts=NONE.update({name: column.facts[name] for name in kept if name in column.facts})
        )
        for column in dataset.columns
    )
    return msgspec.structs.replace(dataset, columns=columns)


def alike(one: Dataset, other: Dataset) -> bool:
    """Whether they read the same, so that what was counted in one holds in the other."""
    columns = ([(column.id, column.shape, column.dtype) for column in each.columns] for each in (one, other))
    return (one.source, one.params) == (other.source, other.params) and next(columns) == next(columns)


def has_statistics(dataset: Dataset) -> bool:
    """Whether every column was counted by a scan."""
    counted = {"counts", "missing", "elements"}
    return bool(dataset.columns) and all(not counted.isdisjoint(column.facts) for column in dataset.columns)
