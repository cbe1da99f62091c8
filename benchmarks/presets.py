"""The figures of the presets over seeds, through real runs: what their tables promise; and what a run costs.

"training" are the seconds of the loop by the clock, "CPU" those that supervisor and trainer took of all processors
together, starting torch included. (Windows does not count those of processes that have ended: 0 there.)

python benchmarks/presets.py [--seeds 0 1 2] [--preset cnn_digits] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from netbuilder.presets import presets
from netbuilder.training.run import Run
from tests.templates.running import figure, started
from tests.training.waiting import ended


def train(name: str, seed: int, parent: Path) -> tuple[Run, float]:
    """Trains the preset as the window does; gives the CPU seconds that it took."""
    before = os.times()
    run = started(name, parent, seed=seed)
    ended(run, longest=3600.0)
    for thread in threading.enumerate():
        if thread.name == "run-reaper":
            thread.join()  # times of a process count once it was waited for
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return run, spent


def main() -> int:
    """1 if a run stayed below what is promised."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--preset", choices=tuple(presets()), action="append")
    parser.add_argument("--keep", type=Path, help="a folder in which the runs stay")
    asked = parser.parse_args()
    missed = 0
    with ExitStack() as stack:
        parent = asked.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for name in asked.preset or presets():
            told = presets()[name]
            for seed in asked.seeds:
                run, spent = train(name, seed, parent)
                status = run.status()
                if status.state != "finished":
                    print(f"{name} seed {seed}: {status.state}, {status.error}", flush=True)
                    missed += 1
                    continue
                for promised in (told.figure, *told.more):
                    value = figure(run, promised)
                    missed += not promised.reached(value)
                    sign = "missed" if not promised.reached(value) else "kept"
                    print(
                        f"{name} seed {seed}: {promised.what} {value:.4g} (bound {promised.bound:g}, {sign}) after "
                        f"{status.steps} steps, {status.elapsed:.1f} s of training, {spent:.1f} s CPU",
                        flush=True,
                    )
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
