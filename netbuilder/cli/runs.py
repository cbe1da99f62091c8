"""runs, pause, resume, stop: how runs stand, and steering them. Imports no torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from netbuilder.cli.errors import BadInput
from netbuilder.cli.files import read
from netbuilder.cli.plain import plain, seconds
from netbuilder.cli.screen import console, print_json, table, text
from netbuilder.cli.train import finite, shown, test_values
from netbuilder.training import client
from netbuilder.training.run import Run, RunError, find_runs, runs_folder

_STEER: Mapping[str, Callable[[Run], None]] = {"pause": client.pause, "resume": client.resume, "stop": client.stop}


def show_runs(file: Path, folder: Path | None, json: bool) -> int:
    """A table of the runs, newest first."""
    read(file)  # a file that is not there, or no project, is told before an empty list is
    folder = folder or runs_folder(file)
    found = [_facts(run) for run in find_runs(folder)]
    if json:
        print_json({"folder": str(folder), "runs": finite(found)})
        return 0
    screen = console()
    if not found:
        screen.print(text(f"No runs in {folder}. `netbuilder train {file}` starts one."))
        return 0
    columns = ("Run", "State", "Epoch", "Time", "Test")
    rows = [
        (
            row["name"],
            row["state"],
            f"{row['epoch']}/{row['epochs']}",
            seconds(row["elapsed"]),
            shown(row["test"]),
        )
        for row in found
    ]
    screen.print(table(f"Runs in {folder}", columns, rows, right=("Epoch", "Time")))
    for row in found:
        if row["error"]:
            screen.print(text(f"{row['name']}: {row['error']}"))
    return 0


def _facts(run: Run) -> dict[str, Any]:
    facts: dict[str, Any] = {"name": run.name, "path": str(run.path)}
    try:
        status = msgspec.to_builtins(run.status())
        kept = run.checkpoints()
    except RunError as error:
        empty = {"epoch": 0, "epochs": 0, "step": 0, "elapsed": 0.0, "best": "", "last": "", "test": {}}
        return {**facts, **empty, "state": "unreadable", "error": str(error)}
    best = next((each.path.name for each in kept if each.best), "")
    last = next((each.path.name for each in kept if each.last), "")
    return {**facts, **status, "best": best, "last": last, "test": test_values(run)}


def steer(path: Path, wish: str) -> None:
    """Asks the run; returns at once. Raises BadInput where there is nothing to ask."""
    if not (path / "status.json").is_file():
        raise BadInput(f"{path} is not a run; `netbuilder runs FILE` lists those of a project.")
    run = Run(path)
    try:
        _STEER[wish](run)
    except RunError as error:
        raise BadInput(str(error)) from error
    print(plain({"pause": "Pausing", "resume": "Going on", "stop": "Stopping"}[wish] + f": {run.path}"))
