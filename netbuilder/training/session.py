"""A run made ready to train, and brought to its end: what lies before and after the loop."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import msgspec
import torch

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.program import Program, build
from netbuilder.data.loaders import Batch, Splits, load, samples
from netbuilder.graph.model import Project
from netbuilder.training import checkpoint, files, randomness
from netbuilder.training.batches import shuffled
from netbuilder.training.check import check
from netbuilder.training.checkpoint import State
from netbuilder.training.control import Control
from netbuilder.training.journal import Journal, log
from netbuilder.training.keeper import Keeper
from netbuilder.training.loop import Outcome
from netbuilder.training.previews import Previews
from netbuilder.training.randomness import derive
from netbuilder.training.results import results
from netbuilder.training.run import CHECKPOINTS, ENVIRONMENT, MODEL, PREVIEW, RESULTS, Recorded, Run
from netbuilder.training.settings import Settings
from netbuilder.training.work import (
    Work,
    WorkError,
    build_networks,
    build_optimizers,
    choose_device,
)

SMALL_WORK = (
    1e9  # operations a step; up to there a second thread costs more than it brings (benchmarks/train_overhead.py)
)


@dataclass
class Session:
    """Everything that the loop takes, and what is needed to conclude."""

    run: Run
    project: Project
    work: Work
    start: State
    journal: Journal
    keeper: Keeper
    control: Control
    previews: Previews


def prepare(run: Run, recorded: Recorded, journal: Journal, control: Control) -> Session:
    """Builds, loads and checks; restores the newest checkpoint.

    Raises NotReady, WorkError, DataError, CheckpointError, RunError or OSError, each with a sentence.
    """
    settings, training = recorded.settings, recorded.training
    (run.path / RESULTS).unlink(missing_ok=True)  # of an end that this one replaces
    project, catalogue = run.project(), Catalogue.builtin()
    program = build(project, training, catalogue)
    if not program.dataset:
        raise WorkError(f"The training graph {training!r} has no Data node to learn from.")
    device = choose_device(settings.device)
    _make_repeatable(device)
    wanted = {program.dataset, *filter(None, program.previews_data.values())}
    data = {name: load(project.datasets[name], settings.seed, device) for name in sorted(wanted)}
    networks = build_networks(program, settings.seed, device)
    losses = frozenset(
        id for id, node in project.graphs[training].nodes.items() if catalogue[node.block].part == "loss"
    )
    optimizers = build_optimizers(program.optimizers, networks)
    work = Work(program, networks, optimizers, data[program.dataset], settings, device, losses, training)
    shown = {name: _shown(data[name]) for name in set(program.previews_data.values()) & data.keys()}
    previews = Previews(work, project, catalogue, run.path / PREVIEW, shown)
    keeper = Keeper(run.path / CHECKPOINTS, settings.checkpoint_seconds)
    _record_source(run, journal, program)
    names, operations = check(work, shuffled(work.data.train, settings.batch_size, settings.seed, 0)[0])
    if settings.best and settings.best not in names:
        raise WorkError(f"Setting best: there is no loss or metric {settings.best!r}; there are {', '.join(names)}.")
    _set_threads(settings, device, operations)
    _record_environment(run, journal, program, device)
    randomness.start(derive(settings.seed, "step"), device)
    return Session(run, project, work, _start(work, keeper, journal), journal, keeper, control, previews)


def conclude(session: Session, outcome: Outcome, state: State) -> None:
    """Test figures of the best weights (of the last where nothing says what is best), then the final word.

    Raises OSError where the results can't be written.
    """
    run, work, journal = session.run, session.work, session.journal
    session.keeper.wait()
    for note in session.previews.draw(state.position.step):
        journal.note(note)
    best = session.keeper.best_path() if work.settings.best else None
    if best is not None:
        checkpoint.load_weights(work.networks, best)
    found = results(work, session.project.datasets[work.program.dataset], run.path)
    found["checkpoint"] = best.name if best is not None else f"step-{state.position.step}"
    journal.record("test", step=state.position.step, values=found["test"])
    files.write(run.path / RESULTS, msgspec.json.encode(found))
    said = ", ".join(f"{name} {value:.4f}" for name, value in found["test"].items())
    log(f"{outcome} after {state.elapsed:.1f} s at step {state.position.step}; on test data: {said}")
    epoch = min(state.position.epoch + 1, work.settings.epochs)
    journal.say(outcome, epoch=epoch, step=state.position.step, elapsed=round(state.elapsed, 3))


def _set_threads(settings: Settings, device: torch.device, operations: int) -> None:
    """The number that was set, or by the size of the work.

    The sums of two threads differ in their last bits, so the choice hangs on nothing but the project.
    """
    if settings.threads:
        torch.set_num_threads(settings.threads)
    elif device.type == "cpu" and operations <= SMALL_WORK:
        torch.set_num_threads(1)


def _make_repeatable(device: torch.device) -> None:
    """The same numbers in every run, where the device can."""
    if device.type == "cuda":
        torch.use_deterministic_algorithms(True, warn_only=True)
        # Filling new memory costs time and repeats nothing.
        torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
        torch.backends.cudnn.benchmark = False


def _shown(splits: Splits) -> Batch:
    """Previews look at validation data, or at training data where there is none."""
    return splits.validation if samples(splits.validation) else splits.train


def _record_source(run: Run, journal: Journal, program: Program) -> None:
    """The source as a record for people: nothing ever imports it from here."""
    model = run.path / MODEL
    if not model.exists():
        files.write(model, program.source.encode())
    elif hashlib.sha256(model.read_bytes()).hexdigest() != program.hash:
        journal.note(
            f"The source that the project gives now is not that in {MODEL} (another version of netbuilder, or an "
            "edited file): the run goes on with equal weights, but not to the bit as it would have."
        )


def _record_environment(run: Run, journal: Journal, program: Program, device: torch.device) -> None:
    """What a person may want to know of this run later, and what must be the same for the same bits."""
    environment = run.environment()
    before = {"torch": environment.get("torch"), "threads": environment.get("threads")}
    now = {"torch": str(torch.__version__), "threads": torch.get_num_threads()}
    for name, value in now.items():
        if before[name] not in (None, value):
            journal.note(f"The run began with {name} {before[name]} and goes on with {value}: not equal to the bit.")
    added = {"device": _device_name(device), "source": program.hash, **now}
    files.write(run.path / ENVIRONMENT, _pretty({**environment, **added}))


def _device_name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type


def _start(work: Work, keeper: Keeper, journal: Journal) -> State:
    """The state of the newest whole checkpoint, or the beginning."""
    snapshot, notes = keeper.newest()
    for note in notes:
        journal.note(f"{note} The run goes on from the one before.")
    place = f"on {work.device} with {torch.get_num_threads()} thread(s)"
    if snapshot is None:
        if journal.has_records:
            journal.record("resumed", step=0, epoch=0)
        log(f"training begins {place}")
        return State(source=work.program.hash)
    checkpoint.put(snapshot, work.networks, work.optimizers, work.device)
    position = snapshot.state.position
    journal.record("resumed", step=position.step, epoch=position.epoch)
    log(f"goes on from {snapshot.name} {place}")
    return snapshot.state


def _pretty(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
