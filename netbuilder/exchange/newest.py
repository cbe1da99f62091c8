"""Finds the run whose weights are meant when nobody names one. Imports no torch."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from netbuilder.exchange.errors import ExportError
from netbuilder.graph.model import Project
from netbuilder.training.run import Run, RunError


def newest_run(project: Project, folder: Path, runs: Iterable[Run]) -> Run:
    """The newest run of this project (by its title) that has a checkpoint. Raises ExportError where there is none."""
    others = 0
    for run in runs:
        try:
            if not run.checkpoints():
                continue
            if run.project().title == project.title:
                return run
        except RunError:
            continue  # half a run, or one that a newer version made
        others += 1
    found = f" ({others} of other projects)" if others else ""
    raise ExportError(
        f"No run of this project with a checkpoint lies in {folder}{found}: train it first, name a run with --run, "
        "or say --untrained."
    )
