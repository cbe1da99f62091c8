"""Which file an export may write. Imports no torch."""

from __future__ import annotations

from pathlib import Path

from netbuilder.exchange.errors import ExportError

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
