"""Reading and making project files from the command line."""

from __future__ import annotations

from pathlib import Path

import msgspec

from netbuilder.cli.errors import BadInput
from netbuilder.cli.plain import plain
from netbuilder.graph.file import FileError, load, save
from netbuilder.graph.model import Graph, Project
from netbuilder.resources import template as template_path


def read(file: Path) -> Project:
    """The project in this file. Raises BadInput with one sentence."""
    try:
        return load(file)
    except FileError as error:
        words = str(error)
        if words.startswith(f"{file.name} "):
            raise BadInput(f"{file}{words.removeprefix(file.name)}.") from error
        raise BadInput(f"{file}: {words}.") from error


def from_template(name: str) -> Project:
    """The preset of this name. Raises BadInput."""
    try:
        return load(template_path(name))
    except (LookupError, FileError) as error:
        raise BadInput(str(error.args[0] if isinstance(error, LookupError) else error)) from error


def write(project: Project, file: Path) -> None:
    """Saves the project. Raises BadInput."""
    try:
        save(project, file)
    except OSError as error:
        raise BadInput(f"{file} can't be written: {error.strerror}.") from error


def new_project(file: Path, template: str, force: bool) -> None:
    """Makes a project file; a preset's copy is titled after the file."""
    if file.exists() and not force:
        raise BadInput(f"{file} is there already; give another name, or --force to replace it.")
    if template:
        project = from_template(template)
    else:
        project = Project(graphs=Project().graphs.set("network", Graph(kind="network")))
    write(msgspec.structs.replace(project, title=file.stem), file)
    print(plain(file))
