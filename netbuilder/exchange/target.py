"""What an export means where nothing is said, and which file it may write. Imports no torch."""

from __future__ import annotations

from pathlib import Path

from netbuilder.exchange.errors import ExportError
from netbuilder.graph.model import Project

SUFFIX = ".onnx"


def check_target(to: Path, project: Path | None = None) -> None:
    """Raises ExportError where writing `to` would cost a person something else than an older export.

    `project` is the project's file, where there is one.
    """
    if to.is_dir() or not to.absolute().parent.is_dir():
        raise ExportError(f"{to} is not a place for a file: name a file in a folder that exists.")
    if not to.exists():
        return
    if project is not None and project.exists() and to.samefile(project):
        raise ExportError(f"{to} is the project itself; give the export another name, such as {to.stem}{SUFFIX}.")
    if to.suffix.lower() != SUFFIX:
        raise ExportError(
            f"{to} is there already and is no {SUFFIX} file, so it is not replaced; give the export another name, such "
            f"as {to.name}{SUFFIX}."
        )


def outermost(project: Project) -> str:
    """The one network that stands in no other, "" where there are several: what is meant when none is named."""
    networks = {name: graph for name, graph in project.graphs.items() if graph.kind == "network"}
    inside = {value for graph in networks.values() for node in graph.nodes.values() for value in node.params.values()}
    whole = [name for name in networks if name not in inside]
    return whole[0] if len(whole) == 1 else ""
