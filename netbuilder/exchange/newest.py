"""Finds the run whose weights are meant when nobody names one. Imports no torch."""

from __future__ import annotations

from pathlib import Path

from netbuilder.exchange.errors import ExportError
from netbuilder.graph.model import Project
from netbuilder.training.run import Run, find_runs, runs_folder, runs_of


def newest_run(path: Path | None, project: Project, folder: Path | None = None) -> Run:
    """The newest run of this project that has a checkpoint, in its runs folder or in `folder`.

    `path` is the project's file, None for an unsaved one. Raises ExportError where there is none.
    """
    folder = folder if folder is not None else runs_folder(path)
    own = runs_of(path, project, folder)
    for run in own:
        if run.checkpoints():
            return run
    others = sum(bool(run.checkpoints()) for run in set(find_runs(folder)) - set(own))
    found = f" ({others} of other projects)" if others else ""
    raise ExportError(
        f"No run of this project with a checkpoint lies in {folder}{found}: train it first, name a run with --run, "
        "or say --untrained."
    )
