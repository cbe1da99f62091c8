"""How much longer the whole training loop takes than a bare loop that a careful person writes by hand.

Both train the same network of a preset (or those of a GAN or a VAE, drawn in _by_hand.py beside their hand-written
loops) with the same optimizers on batches of the same size, report losses and metrics of every step and evaluate the
validation data after each epoch. The bare loop keeps its figures in a list; the whole one also writes live records, its
status and checkpoints, draws previews, obeys wishes, and is read every 200 ms by another process as a window does. They
take turns (A B, B A, ...); what counts is the median of the ratios of the pairs.

    python benchmarks/train_overhead.py [--pairs 15] [--preset gan] [--threads 1] [--epochs 30]
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import io
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import torch
import torch.nn.functional as F

from benchmarks._by_hand import DRAWN
from netbuilder.child import python_environment
from netbuilder.graph import file as graph_file
from netbuilder.graph.model import Project
from netbuilder.resources import template
from netbuilder.training.control import Control
from netbuilder.training.journal import Journal
from netbuilder.training.loop import train
from netbuilder.training.optimizers import build_optimizers
from netbuilder.training.run import CONTROL, create
from netbuilder.training.session import Session, prepare
from netbuilder.training.settings import resolve
from netbuilder.training.work import build_networks

LIMIT = 1.03
PRESETS = ("mlp_digits", "cnn_digits", *DRAWN)

READER = """
import sys
from pathlib import Path
from threading import Event
from netbuilder.training.run import find_runs
parent, pause, name, offset = Path(sys.argv[1]), Event(), "", 0
while (parent / "go").exists():
    for run in find_runs(parent)[:1]:
        if run.name != name:
            name, offset = run.name, 0
        run.status()
        records, offset = run.metrics(offset)
    pause.wait(0.2)
"""


def clocks() -> tuple[float, float]:
    """Seconds on the wall, and of processors that this process used (threads included): other work does not count."""
    return time.perf_counter(), time.process_time()


def since(began: tuple[float, float]) -> tuple[float, float]:
    wall, used = clocks()
    return wall - began[0], used - began[1]


def bare(session: Session) -> tuple[float, float]:
    """Seconds of a loop without anything around it: data as tensors, a shuffled index, no `.item()` within an epoch."""
    work, settings = session.work, session.work.settings
    networks = build_networks(work.program, 0, work.device)
    (model,) = networks.values()
    (optimizer,) = build_optimizers(work.program.optimizers, networks, work.length).values()
    graph = session.project.graphs[work.training]
    smoothing = next(n for n in graph.nodes.values() if n.block == "CrossEntropyLoss").params.get(
        "label_smoothing", 0.0
    )
    images, labels = work.data.train["image"], work.data.train["label"]
    val_images, val_labels = work.data.validation["image"], work.data.validation["label"]
    history = []
    gc.collect()
    began = clocks()
    for _ in range(settings.epochs):
        model.train()
        order = torch.randperm(len(images))
        losses, hits, sizes = [], [], []
        for start in range(0, len(images), settings.batch_size):
            index = order[start : start + settings.batch_size]
            x, y = images[index], labels[index]
            logits = model(x)
            loss = F.cross_entropy(logits, y, label_smoothing=smoothing)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                hits.append((logits.argmax(dim=1) == y).float().mean())
            losses.append(loss.detach())
            sizes.append(len(y))
        share = torch.tensor(sizes) / len(images)
        trained = float(torch.stack(losses) @ share), float(torch.stack(hits) @ share)
        model.eval()
        with torch.no_grad():
            total = correct = 0.0
            for start in range(0, len(val_images), settings.eval_batch_size):
                x = val_images[start : start + settings.eval_batch_size]
                y = val_labels[start : start + settings.eval_batch_size]
                logits = model(x)
                total += float(F.cross_entropy(logits, y, label_smoothing=smoothing)) * len(y)
                correct += float((logits.argmax(dim=1) == y).float().mean()) * len(y)
        history.append((*trained, total / len(val_images), correct / len(val_images)))
    return since(began)


def whole(session: Session) -> tuple[float, float]:
    """Seconds of the loop of a run. Its last checkpoint is then on its way to the disk, while a run evaluates."""
    session.journal.say("running")
    gc.collect()
    began = clocks()
    train(session.work, session.start, session.journal, session.keeper, session.control, session.previews)
    return since(began)


def new_session(preset: str, parent: Path, changes: dict[str, int]) -> Session:
    """A run of the preset or of the drawn project, made ready in this process."""
    project = DRAWN[preset][0]() if preset in DRAWN else graph_file.load(template(preset))
    return start(project, parent, changes)


def start(project: Project, parent: Path, changes: Mapping[str, int]) -> Session:
    """A run of a project, made ready in this process."""
    settings = resolve({**project.settings.get("training", {}), "device": "cpu", **changes})
    run = create(project, "training", settings, parent)
    with contextlib.redirect_stdout(io.StringIO()):
        return prepare(run, run.recorded(), Journal(run, settings.epochs), Control(run.path / CONTROL))


def drawn_bare(session: Session, name: str) -> tuple[float, float]:
    """Seconds of the loop by hand for one of the drawn projects."""
    loop = DRAWN[name][1](session.work)
    gc.collect()
    began = clocks()
    loop()
    return since(began)


def measure(preset: str, pairs: int, changes: dict[str, int]) -> float:
    """The median ratio, printed with its spread."""
    with tempfile.TemporaryDirectory() as folder:
        parent = Path(folder)
        (parent / "go").touch()
        reader = subprocess.Popen([sys.executable, "-c", READER, folder], env=python_environment())
        try:
            waited: list[float] = []
            pairs_of: list[dict[str, tuple[float, float]]] = []
            for pair in range(pairs + 1):  # the first warms up
                session = new_session(preset, parent, changes)
                by_hand = partial(drawn_bare, name=preset) if preset in DRAWN else bare
                turns = {"whole": whole, "bare": by_hand} if pair % 2 else {"bare": by_hand, "whole": whole}
                took = {}
                for name, turn in turns.items():
                    took[name] = turn(session)
                    began = time.perf_counter()
                    session.keeper.wait()  # at once after the whole loop, so that the bare one is alone
                    if name == "whole":
                        waited.append(time.perf_counter() - began)
                pairs_of.append(took)
                session.journal.close()
            del pairs_of[0]
        finally:
            (parent / "go").unlink()
            reader.wait()
        steps = session.work.length.steps
    ratios = sorted(pair["whole"][0] / pair["bare"][0] for pair in pairs_of)
    used = statistics.median(pair["whole"][1] / pair["bare"][1] for pair in pairs_of)
    ratio = statistics.median(ratios)
    each = {name: 1e6 * statistics.median(pair[name][0] for pair in pairs_of) / steps for name in ("whole", "bare")}
    print(
        f"{preset}: {ratio:.3f} x the time of the bare loop (middle half of {pairs} pairs {ratios[pairs // 4]:.3f} to "
        f"{ratios[-1 - pairs // 4]:.3f}), {used:.3f} x its processor time; {each['whole']:.0f} us a step, bare "
        f"{each['bare']:.0f} us, {steps} steps, {torch.get_num_threads()} thread(s); once a run, not in it: at most "
        f"{1000 * statistics.median(waited):.0f} ms until the last checkpoint lies on disk",
        flush=True,
    )
    return ratio


def main() -> int:
    """1 if a ratio is over the limit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=15)
    parser.add_argument("--preset", choices=PRESETS, action="append")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=0)
    asked = parser.parse_args()
    changes = {name: value for name in ("threads", "epochs") if (value := getattr(asked, name))}
    ratios = [measure(preset, asked.pairs, changes) for preset in asked.preset or PRESETS]
    return int(max(ratios) > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
