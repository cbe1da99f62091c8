"""Data of one's own becomes part of a project: its path written as it can be kept, perhaps with a network. No torch."""

from __future__ import annotations

from pathlib import Path

from netbuilder.data.place import Place
from netbuilder.data.project_data import path_of, with_path
from netbuilder.data.starters import begin as begun
from netbuilder.graph import edits
from netbuilder.graph.change import Change, apply, join
from netbuilder.graph.model import Dataset, Project


def bring(project: Project, place: Place, name: str, dataset: Dataset, *, begin: bool, title: str) -> Change:
    """The data set under this name as one change; `begin`: with a network that learns from it.

    A project without a title is called `title` then, and the empty network of one that was just made goes. Raises
    EditError where no network suits the data.
    """
    if text := path_of(dataset):
        dataset = with_path(dataset, place.written(Path(text)))
    changes = [edits.set_dataset(project, name, dataset)]
    if begin:
        after = apply(project, changes[0])
        changes.append(begun(after, name, empty=_empties(project)))
        if not project.title:
            changes.append(edits.set_project_title(after, title))
    return join(f"Import {name}", changes)


def _empties(project: Project) -> list[str]:
    bare = [name for name, graph in project.graphs.items() if not graph.nodes and not graph.frames]
    return bare if len(bare) == len(project.graphs) else []
