"""Test accuracy of the presets over seeds, through real runs: what their cards promise; and what a run costs.

"CPU" are the seconds that supervisor and trainer took of all processors together, starting torch included. (Windows
does not count those of processes that have ended: 0 there.)

python benchmarks/presets.py [--seeds 0 1 2] [--preset cnn_digits] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from netbuilder.graph import file as graph_file
from netbuilder.resources import template
from netbuilder.training import client
from netbuilder.training.run import ALIVE, Run, create
from netbuilder.training.settings import resolve

PROMISED = {"mlp_digits": 0.975, "cnn_digits": 0.985}  # smallest test accuracy, each seed by itself


def train(preset: str, seed: int, parent: Path) -> tuple[Run, float]:
    """Starts a run of the preset as the window does and waits for its end; gives the CPU seconds that it took."""
    before = os.times()
    project = graph_file.load(template(preset))
    settings = resolve({**project.settings.get("training", {}), "seed": seed})
    run = create(project, "training", settings, parent, name=preset)
    client.start(run)
    while run.status().state in ALIVE:
        time.sleep(0.1)
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
    parser.add_argument("--preset", choices=tuple(PROMISED), action="append")
    parser.add_argument("--keep", type=Path, help="a folder in which the runs stay")
    asked = parser.parse_args()
    missed = 0
    with ExitStack() as stack:
        parent = asked.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for preset in asked.preset or PROMISED:
            for seed in asked.seeds:
                run, spent = train(preset, seed, parent)
                status, results = run.status(), run.results()
                if status.state != "finished" or results is None:
                    print(f"{preset} seed {seed}: {status.state}, {status.error}", flush=True)
                    missed += 1
                    continue
                accuracy = results["test"]["accuracy"]
                missed += accuracy < PROMISED[preset]
                print(
                    f"{preset} seed {seed}: test accuracy {accuracy:.4f} (promised {PROMISED[preset]}) with "
                    f"{results['checkpoint']} of {status.steps} steps, {status.elapsed:.1f} s of training, "
                    f"{spent:.1f} s CPU",
                    flush=True,
                )
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
