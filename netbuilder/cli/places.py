"""Where runs are looked for. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from netbuilder.cli.errors import BadInput
from netbuilder.training.files import tidy
from netbuilder.training.run import STATUS, Run, runs_folder


def folder_of_runs(file: Path, wish: Path | None) -> Path:
    """The folder that a person names, else `runs/` beside the project. Raises BadInput for one that is not there."""
    if wish is None:
        return runs_folder(file)
    if not wish.is_dir():
        raise BadInput(f"--runs {wish}: {'that is a file, not a' if wish.exists() else 'there is no such'} folder.")
    return tidy(wish)


def find_run(name: str, folders: Iterable[Path], listing: str = "netbuilder runs FILE") -> Run:
    """The run of this folder, or of this name in one of the folders. Raises BadInput; `listing` is what shows runs."""
    for path in (Path(name), *(folder / name for folder in folders)):
        if name and (path / STATUS).is_file():
            return Run(path)
    raise BadInput(f"{name or 'An empty name'} is not a run; `{listing}` lists them.")


def usual_folders(wish: Path | None) -> tuple[Path, ...]:
    """Where a run lies whose project is not named: in `wish`, in `runs/` here, among those of unsaved projects."""
    return (*((wish,) if wish is not None else ()), Path("runs"), runs_folder(None))
