"""runs, pause, resume, stop: how runs stand, and steering them. Imports no torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from netbuilder.cli.errors import BadInput
from netbuilder.cli.files import read
from netbuilder.cli.places import find_run, folder_of_runs, usual_folders
from netbuilder.cli.plain import plain, seconds
from netbuilder.cli.screen import console, print_json, table, text
from netbuilder.cli.train import finite, shown, test_values
from netbuilder.training import client
from netbuilder.training.run import Run, RunError, find_runs, runs_of

_STEER: Mapping[str, Callable[[Run], None]] = {"pause": client.pause, "resume": client.resume, "stop": client.stop}


def show_runs(file: Path, wish: Path | None, json: bool, *, everything: bool = False) -> int:
    """A table of the project's runs, or of everything in their folder, newest first."""
    project = read(file)
    folder = folder_of_runs(file, wish)
    there = find_runs(folder)
    chosen = there if everything else runs_of(file, project, folder)
    others = len(there) - len(chosen)
    found = [_facts(run) for run in chosen]
    if json:
        print_json({"folder": str(folder), "runs": finite(found), "others": others})
        return 0
    screen = console()
    more = f"{others} of other projects {'lies' if others == 1 else 'lie'} there too (--all)." if others else ""
    if not found:
        screen.print(text(f"No runs in {folder}. `netbuilder train {file}` starts one. {more}".strip()))
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
    if more:
        screen.print(text(more))
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


def steer(name: str, folder: Path | None, wish: str) -> None:
    """Asks the run of this folder or name; returns at once. Raises BadInput where there is nothing to ask."""
    run = find_run(name, usual_folders(folder))
    try:
        _STEER[wish](run)
    except RunError as error:
        raise BadInput(str(error)) from error
    print(plain({"pause": "Pausing", "resume": "Going on", "stop": "Stopping"}[wish] + f": {run.path}"))
