"""What the data panel does to a project, as changes. No widgets here."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import msgspec

from netbuilder.data.by_name import ByName
from netbuilder.data.errors import DataError
from netbuilder.data.facts import SOURCES, SPLIT, facts
from netbuilder.data.place import Place
from netbuilder.graph import edits
from netbuilder.graph.change import Change, join
from netbuilder.graph.edits_base import changed, same
from netbuilder.graph.model import NONE, Dataset, Project, Value, natural_key
from netbuilder.graph.names import fresh_id, is_id, make_id

SPLITS = frozenset(param.name for param in SPLIT)
LATE = frozenset({"missing", "scale", "target_scale"})  # done after the split: columns are what they were


def ordered(project: Project) -> list[str]:
    """The names of the project's data sets."""
    return sorted(project.datasets, key=natural_key)


def free_name(project: Project, wanted: str) -> str:
    """A name for another data set, made of the one that is wanted."""
    name = wanted if is_id(wanted) else make_id(wanted)
    return name if name not in project.datasets else fresh_id(project.datasets, name)


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


def by_name(dataset: Dataset) -> ByName | None:
    """The parameter that says what each column of a file is for, where the source has one."""
    source = SOURCES.get(dataset.source)
    own = source.own if source is not None else ()
    return next((param for param in own if isinstance(param, ByName)), None)


def path_of(dataset: Dataset) -> str:
    """The file or folder that the data set names, "" where it reads none or names none yet."""
    source = SOURCES.get(dataset.source)
    value = source.value(dataset.params, source.needs) if source is not None and source.needs else ""
    return value if isinstance(value, str) else ""


def with_path(dataset: Dataset, path: str) -> Dataset:
    return msgspec.structs.replace(dataset, params=dataset.params.set(SOURCES[dataset.source].needs, path))


def asking(project: Project, place: Place, names: Collection[str] | None = None) -> dict[str, Path]:
    """The paths that a person has to allow before these data sets (all for None) are read, by the data set's name."""
    found = {}
    for name in ordered(project) if names is None else sorted(names, key=natural_key):
        dataset = project.datasets.get(name)
        if dataset is None or not (text := path_of(dataset)):
            continue
        try:
            path = place.asks(text)
        except DataError:  # it leads nowhere: whoever reads it says so
            continue
        if path is not None:
            found[name] = path
    return found


def moved(project: Project, before: Place, after: Place) -> Change:
    """Paths of data as they are written from another folder: a project that is saved elsewhere finds its data still."""
    changes = []
    for name in ordered(project):
        dataset = project.datasets[name]
        if not (text := path_of(dataset)):
            continue
        try:
            written = after.written(before.found(text))
        except DataError:
            continue
        if written != text:
            changes.append(edits.set_dataset(project, name, with_path(dataset, written)))
    return join("Write paths of data anew", changes)
