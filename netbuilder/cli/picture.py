"""picture: a graph as a file to look at, as the window would export it."""

from __future__ import annotations

from pathlib import Path

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.trust import Trust
from netbuilder.cli.errors import BadInput, Failure
from netbuilder.cli.files import read
from netbuilder.cli.plain import plain, size
from netbuilder.graph.model import natural_key

FORMATS = ("png", "svg", "pdf")
THEMES = ("dark", "light")


def write_picture(file: Path, graph: str, to: Path | None, theme: str, scale: float, *, clear: bool) -> int:
    """Analyses the project, so that shapes are told, and writes the picture. Raises BadInput, Failure."""
    project = read(file)
    if theme not in THEMES:
        raise BadInput(f"There is no theme {theme!r}; there are {' and '.join(THEMES)}.")
    if graph and graph not in project.graphs:
        there = ", ".join(sorted(project.graphs, key=natural_key)) or "none"
        raise BadInput(f"There is no graph {graph!r}; the project has {there}.")
    suffix = to.suffix.lower().removeprefix(".") if to is not None else "svg"
    if suffix not in FORMATS:
        raise BadInput(f"{to} is no name of a picture: it ends in .png, .svg or .pdf.")
    from netbuilder.ui.guard import check_pyside

    try:
        check_pyside()
    except RuntimeError as wrong:
        raise Failure(str(wrong)) from wrong
    from netbuilder.compiler.analyse import Analyser
    from netbuilder.ui.pictures.files import PictureError, Wish, write
    from netbuilder.ui.pictures.offscreen import largest, picture

    name = graph or largest(project)
    if not name:
        raise BadInput("The project has no graph to make a picture of.")
    target = to if to is not None else file.with_name(f"{file.stem}-{name}.svg")
    catalogue = Catalogue.installed()
    report = Analyser(catalogue, trust=Trust.of_this_machine()).analyse(project).get(name)
    try:
        data = picture(project, name, report, catalogue, theme, Wish(suffix, not clear, scale))
        write(target, data)
    except PictureError as wrong:
        raise Failure(str(wrong)) from wrong
    print(plain(f"{target}: {name}, {size(len(data))}."))
    return 0
