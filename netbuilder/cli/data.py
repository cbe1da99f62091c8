"""data: which data sets a project has; a person's own files are added as the window's assistant would add them."""

from __future__ import annotations

import sys
from pathlib import Path

from netbuilder.blocks.trust import Trust
from netbuilder.cli.errors import BadInput
from netbuilder.cli.files import read, write
from netbuilder.cli.plain import number, plain
from netbuilder.cli.screen import console, print_json, table, text
from netbuilder.data.bringing import bring
from netbuilder.data.errors import DataError
from netbuilder.data.facts import SOURCES
from netbuilder.data.guess import guess
from netbuilder.data.place import Place
from netbuilder.data.project_data import asking, free_name, learnable, ordered
from netbuilder.graph import edits
from netbuilder.graph.change import apply
from netbuilder.graph.edits import EditError
from netbuilder.graph.model import Column, Dataset, Project
from netbuilder.graph.plain import dataset_to_plain


def work_on_data(file: Path, add: Path | None, name: str, *, begin: bool, scan: str, json: bool) -> int:
    """Adds, or scans, where that is asked for; then lists what there is. Raises BadInput."""
    if begin and add is None:
        raise BadInput("There is nothing to begin a network for; give --add PATH too.")
    project = read(file)
    place = Place(file.absolute().parent, Trust.of_this_machine())
    notes: tuple[str, ...] = ()
    try:
        if add is not None:
            project, notes = _added(project, place, add.absolute(), name, begin=begin)
        elif scan:
            project, notes = _scanned(project, place, scan)
    except (DataError, EditError) as error:
        raise BadInput(f"{str(error)[:1].upper()}{str(error)[1:].rstrip('.')}.") from error
    except OSError as error:
        raise BadInput(f"What you allow can't be kept: {error.strerror or error}.") from error
    if add is not None or scan:
        write(project, file)
    for note in notes:
        print(plain(note), file=sys.stderr)
    asked = asking(project, place)
    if json:
        sets = {name: dataset_to_plain(project.datasets[name]) for name in ordered(project)}
        print_json({"file": str(file), "datasets": sets, "asks": {name: str(path) for name, path in asked.items()}})
    else:
        _show(project, file)
        for held, path in asked.items():
            console().print(text(f"{held} lies outside of the project's folder, at {path}: not allowed yet.", "yellow"))
    return 0


def _added(project: Project, place: Place, path: Path, name: str, *, begin: bool) -> tuple[Project, tuple[str, ...]]:
    """The project with the likeliest reading of what lies there."""
    from netbuilder.data.scan import scan  # numpy and readers, which a list needs not wait for

    likeliest = guess(path)[0]
    dataset = learnable(Dataset(likeliest.source, likeliest.params))
    found, notes = scan(dataset, Place(None, None, [path]), lambda done, words: None)
    change = bring(project, place, free_name(project, name or path.stem), found, begin=begin, title=path.stem)
    if not place.allowed(place.found(str(path))):
        place.allow(path)
    return apply(project, change), (likeliest.reason, *notes)


def _scanned(project: Project, place: Place, name: str) -> tuple[Project, tuple[str, ...]]:
    from netbuilder.data.scan import scan

    if name not in project.datasets:
        raise BadInput(f"The project has no data set {name!r}; it has: {', '.join(ordered(project)) or 'none'}.")
    found, notes = scan(project.datasets[name], place, lambda done, words: None)
    return apply(project, edits.set_dataset(project, name, found)), notes


def _show(project: Project, file: Path) -> None:
    if not project.datasets:
        console().print(text(f"{file} has no data set."))
        return
    rows = []
    for name in ordered(project):
        dataset = project.datasets[name]
        source = SOURCES.get(dataset.source)
        samples = number(dataset.samples) if dataset.samples else "not scanned"
        columns = ", ".join(map(_column, dataset.columns))
        rows.append((name, source.title if source is not None else dataset.source, samples, columns))
    console().print(table("", ("data set", "source", "samples", "columns"), rows, right=("samples",)))


def _column(column: Column) -> str:
    shape = " x ".join(map(str, column.shape))
    many = f"{len(column.classes)} classes" if column.classes and not column.shape else ""
    return f"{column.id} ({', '.join(filter(None, (shape, many))) or 'one number'})"
