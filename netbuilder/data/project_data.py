"""The data sets of a project: their names, the paths that they read, and which of these ask first. No torch."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import msgspec
from immutables import Map

from netbuilder.data.by_name import ByName
from netbuilder.data.errors import DataError
from netbuilder.data.facts import SOURCES
from netbuilder.data.place import Place
from netbuilder.graph import edits
from netbuilder.graph.change import Change, join
from netbuilder.graph.model import Dataset, Project, natural_key
from netbuilder.graph.names import fresh_id, is_id, make_id


def ordered(project: Project) -> list[str]:
    """The names of the project's data sets."""
    return sorted(project.datasets, key=natural_key)


def free_name(project: Project, wanted: str) -> str:
    """A name for another data set, made of the one that is wanted."""
    name = wanted if is_id(wanted) else make_id(wanted)
    return name if name not in project.datasets else fresh_id(project.datasets, name)


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


def learnable(dataset: Dataset) -> Dataset:
    """Numbers that are to be predicted are scaled: with prices in hundred thousands no network begins well."""
    param = by_name(dataset)
    columns = dataset.params.get(param.name) if param is not None else None
    if param is None or not isinstance(columns, Map) or "scale" not in dict(param.fields):
        return dataset
    for name, said in columns.items():
        if isinstance(said, Map) and (said.get("role"), said.get("type")) == ("target", "numeric"):
            columns = columns.set(name, said.set("scale", said.get("scale", "standard")))
    return msgspec.structs.replace(dataset, params=dataset.params.set(param.name, columns))


def read_by(project: Project, training: str) -> set[str]:
    """The data sets that a run of this training graph reads: its own, and those of preview graphs."""
    graphs = [graph for name, graph in project.graphs.items() if name == training or graph.kind == "preview"]
    named = {str(node.params.get("dataset", "")) for graph in graphs for node in graph.nodes.values()}
    return named & set(project.datasets)
