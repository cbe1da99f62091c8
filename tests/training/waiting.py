"""Waiting for what a run does: a condition is looked at again and again, up to a longest time."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from netbuilder.training.run import ALIVE, Run

LONGEST = 90.0  # seconds, on two cores that others use too


def until(condition: Callable[[], bool], what: str, run: Run | None = None, longest: float = LONGEST) -> None:
    """Until the condition holds. Where `run` fails before, there is nothing more to wait for."""
    pause, end = threading.Event(), time.monotonic() + longest
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {longest:g} s for {what}")
        if run is not None and run.status().state == "failed":
            raise AssertionError(f"the run failed while waiting for {what}: {run.status()}")
        pause.wait(0.01)


def ended(run: Run, longest: float = LONGEST) -> str:
    """The state in which the run ended; its processes are gone then."""
    until(
        lambda: run.status().state not in ALIVE and not run.alive, f"the end of {run}, {run.status()}", longest=longest
    )
    return run.status().state


def processes(path: Path) -> dict[str, int]:
    """Process ids of the run's "supervisor" and "trainer", by looking at all command lines."""
    found = {}
    for process in psutil.process_iter(["pid", "cmdline"]):
        line = process.info["cmdline"] or []
        if str(path) in line:
            for word, module in (("supervisor", "netbuilder.training.supervisor"), ("trainer", "netbuilder.training")):
                if module in line:
                    found[word] = process.info["pid"]
    return found


def step_of(run: Run) -> int:
    """The newest step in the records."""
    return max((record["step"] for record in run.metrics()[0]), default=0)


def kill_all(path: Path, number: int) -> None:
    for pid in processes(path).values():
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue
