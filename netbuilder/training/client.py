"""Starts runs and steers them by files in their `control/` folder. No torch, no Qt; nothing here waits for a run."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
import time
from pathlib import Path

import msgspec

from netbuilder.child import python_command, python_environment
from netbuilder.training import files
from netbuilder.training.run import CONTROL, LOG, STATUS, Run, RunError, Status

PAUSE, STOP = "pause", "stop"


def start(run: Run) -> None:
    """Starts the run's supervisor, which outlives this process, and returns at once.

    A run that has checkpoints goes on from its last one. Raises RunError if it is running or can't be started.
    """
    if run.alive:
        raise RunError(f"The run {run.name} is still running.")
    before, stamp = run.status(), time.time()
    if before.state == "finished":
        raise RunError(f"The run {run.name} has finished; start a new one.")
    try:
        for wish in (PAUSE, STOP):
            _wish(run, wish).unlink(missing_ok=True)
        said = Status(
            state="starting",
            epoch=before.epoch,
            epochs=before.epochs,
            step=before.step,
            steps=before.steps,
            elapsed=before.elapsed,
            updated=stamp,
        )
        files.write(run.path / STATUS, msgspec.json.encode(said), durable=False)
        with (run.path / LOG).open("ab") as log:
            process = subprocess.Popen(
                python_command("netbuilder.training.supervisor", str(run.path)),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=python_environment(),
                cwd=run.path,
                start_new_session=True,
                creationflags=_DETACHED,
            )
    except OSError as problem:
        raise RunError(files.explain(problem, "Starting the run")) from None
    threading.Thread(target=_reap, args=(run, process, stamp), daemon=True, name="run-reaper").start()


def _reap(run: Run, process: subprocess.Popen[bytes], stamp: float) -> None:
    """Leaves no zombie while we live, and tells of a supervisor that could not even begin."""
    code = process.wait()
    with contextlib.suppress(OSError, RunError):  # the run may have been removed by now
        said = run.status()
        if code and said.updated == stamp and not run.alive:  # nobody has said anything since we started it
            error = f"The run could not be started; its {LOG} says why."
            failed = msgspec.structs.replace(said, state="failed", error=error, updated=time.time())
            files.write(run.path / STATUS, msgspec.json.encode(failed))


# Windows: no console window, out of our console's Ctrl-C and out of the job that ends with us.
_DETACHED = (
    getattr(subprocess, "CREATE_NO_WINDOW", 0)
    | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    | getattr(subprocess, "CREATE_BREAKAWAY_FROM_JOB", 0)
)


def pause(run: Run) -> None:
    """Asks the run to hold after the present step; it does within about 100 ms. Raises RunError."""
    _ask(run, PAUSE)


def stop(run: Run) -> None:
    """Asks the run to end with a checkpoint and its results. It can be resumed. Raises RunError."""
    _ask(run, STOP)


def resume(run: Run) -> None:
    """Lets a paused run go on, or starts one again that was stopped, failed or vanished, in its own directory.

    Raises RunError where there is nothing to resume.
    """
    if not run.alive:
        start(run)
        return
    if _wish(run, STOP).exists() or run.status().state == "stopping":
        raise RunError(f"The run {run.name} is still stopping; resume it when it has ended.")
    with contextlib.suppress(FileNotFoundError):
        _wish(run, PAUSE).unlink()


def _ask(run: Run, wish: str) -> None:
    if not run.alive and run.status().state != "starting":
        raise RunError(f"The run {run.name} is not running; it can be resumed.")
    try:
        with contextlib.suppress(FileExistsError):
            os.close(os.open(_wish(run, wish), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644))
    except OSError as problem:
        raise RunError(files.explain(problem, f"Asking the run to {wish}")) from None


def _wish(run: Run, name: str) -> Path:
    return run.path / CONTROL / name
