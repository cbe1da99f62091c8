"""A run trained inside the test's own process: no second start of torch, and interrupted at an exact step."""

from __future__ import annotations

import gc
import signal
import threading
from pathlib import Path

import torch

from netbuilder.graph.model import Project
from netbuilder.training import checkpoint, loop, trainer
from netbuilder.training.control import Control
from netbuilder.training.run import Run, create
from netbuilder.training.settings import resolve
from tests.training.projects import digits_project


class Crash(BaseException):
    """The process dies here, as far as a test can tell: nothing is caught, nothing more is written."""


def new(folder: Path, project: Project | None = None, **settings: int | float | str) -> Run:
    chosen = resolve({"epochs": 3, "threads": 1, "checkpoint_seconds": 3600, "best": "accuracy", **settings})
    return create(project or digits_project(), "training", chosen, folder)


def train(run: Run, monkeypatch, *, stop_after: int = 0, crash_after: int = 0) -> Run:
    """Trains until the end, or until so many steps were done by this call; the loop looks around after every step."""
    done = 0

    def wish(self):
        nonlocal done
        done += 1
        if done == crash_after:
            raise Crash
        return "stop" if done == stop_after else ""

    threads = torch.get_num_threads()
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        with monkeypatch.context() as patch:
            patch.setattr(Control, "wish", wish)
            patch.setattr(loop, "LOOK_SECONDS", 0.0)
            trainer.main([str(run.path)])
    except Crash:
        pass
    finally:
        for thread in threading.enumerate():
            if thread.name == "checkpoint":
                thread.join()
        for number, handler in handlers.items():
            signal.signal(number, handler)
        torch.set_num_threads(threads)
        gc.unfreeze()
    return run


def weights(run: Run, which: str = "last") -> dict[str, torch.Tensor]:
    return checkpoint.read_weights(run.checkpoint(which).path)["classifier"]


def same(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def epochs(run: Run) -> dict[int, tuple[dict[str, float], dict[str, float]]]:
    """Train and validation figures by epoch; later records of an epoch replace those of before an interruption."""
    records = [record for record in run.metrics()[0] if record["kind"] == "epoch"]
    return {record["epoch"]: (record["train"], record["validation"]) for record in records}
