"""A run made ready to train, and brought to its end: what lies before and after the loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import torch
from immutables import Map

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.trust import Trust
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.program import Program, build
from netbuilder.data.loaders import Batch, Kept, Splits, samples, together
from netbuilder.exchange.carry import carry
from netbuilder.graph.model import Project
from netbuilder.training import checkpoint, files, folds, randomness
from netbuilder.training.batches import in_order
from netbuilder.training.check import check, trial_steps
from netbuilder.training.checkpoint import Snapshot, State
from netbuilder.training.compiled import compile_networks
from netbuilder.training.control import Control
from netbuilder.training.folds import Fold
from netbuilder.training.journal import Journal, log
from netbuilder.training.keeper import Keeper
from netbuilder.training.loop import Outcome
from netbuilder.training.nested import freeze
from netbuilder.training.optimizers import build_optimizers
from netbuilder.training.previews import Previews
from netbuilder.training.randomness import derive
from netbuilder.training.reading import load_data
from netbuilder.training.results import results
from netbuilder.training.run import CHECKPOINTS, ENVIRONMENT, MODEL, PREVIEW, RESULTS, START, Recorded, Run
from netbuilder.training.settings import Settings
from netbuilder.training.start_from import find, recorded_start, take_over
from netbuilder.training.work import (
    Networks,
    Work,
    WorkError,
    build_networks,
    choose_device,
    length,
    scaler_for,
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
    fold: Fold


def prepare(run: Run, recorded: Recorded, journal: Journal, control: Control) -> Session:
    """Builds, loads and checks; restores the newest checkpoint, or begins with another run's weights.

    With data in folds it is the first fold that has not come to its end.
    Raises NotReady, WorkError, DataError, CheckpointError, RunError or OSError, each with a sentence; Stopped where
    somebody wishes a stop while data is read.
    """
    settings, training = recorded.settings, recorded.training
    (run.path / RESULTS).unlink(missing_ok=True)  # of an end that this one replaces
    project, catalogue = _as_set(run.project(), recorded), Catalogue.installed()
    program = build(project, training, catalogue, Analyser(catalogue, trust=Trust.of_this_machine()))
    if not program.datasets:
        raise WorkError(f"The training graph {training!r} has no Data node to learn from.")
    device = choose_device(settings.device)
    _make_repeatable(device)
    before = folds.finished(run)
    count = max(folds.fold_count(project.datasets[name]) for name in program.datasets if name in project.datasets)
    fold = Fold(min(len(before), count - 1), count)
    folder = folds.begin(run, fold)
    place = run.place(Trust.of_this_machine())
    names = {*program.datasets, *filter(None, program.previews_data.values())}
    data = load_data(project, names, settings, device, place, fold.number, journal, control)
    networks = build_networks(program, settings.seed, device)
    keeper = Keeper(folder / CHECKPOINTS, settings.checkpoint_seconds)
    snapshot, notes = keeper.newest()
    _start_from(run, settings, networks if snapshot is None else {}, project, journal)
    samples_of = together({name: data[name] for name in program.datasets})
    frozen = freeze(project, program.frozen, networks)
    graph = project.graphs[training]
    work = Work(
        program=program,
        networks=networks,
        optimizers=build_optimizers(program.optimizers, networks, length(samples_of, settings)),
        data=samples_of,
        settings=settings,
        device=device,
        losses=frozenset(id for id, node in graph.nodes.items() if catalogue[node.block].part == "loss"),
        training=training,
        frozen=frozen,
        scaler=scaler_for(device) if settings.precision == "fp16" else None,
    )
    work.train_mode(True)
    shown = {name: _shown(data[name]) for name in set(program.previews_data.values()) & data.keys()}
    spent = before[: fold.number]
    first_step = sum(results["steps"] for results in spent)
    if count == 1:
        journal.say(steps=work.length.steps)
    else:
        elapsed = sum(results["elapsed"] for results in spent)
        journal.count_from(fold.number + 1, epoch=fold.number * settings.epochs, step=first_step, elapsed=elapsed)
        journal.say(epochs=settings.epochs * count, steps=first_step + work.length.steps * (count - fold.number))
    previews = Previews(work, project, catalogue, run.path / PREVIEW, shown, first_step)
    _record_source(run, journal, program)
    batches = work.batches(0)
    reported, operations = check(work, batches[0], _plain_program(project, recorded, catalogue, device))
    if settings.best and settings.best not in reported:
        raise WorkError(f"Setting best: there is no loss or metric {settings.best!r}; there are {', '.join(reported)}.")
    _set_threads(settings, device, operations)
    _record_environment(run, journal, program, device, catalogue.plugins)
    randomness.start(derive(settings.seed, "step"), device)
    if settings.compile:
        _compile(work, batches, journal)
    start = _start(work, snapshot, notes, journal)
    return Session(run, project, work, start, journal, keeper, control, previews, fold)


def _as_set(project: Project, recorded: Recorded) -> Project:
    """The project with the run's settings as its own: the compiler writes the precision that they name."""
    values = Map({name: getattr(recorded.settings, name) for name in recorded.settings.__struct_fields__})
    return msgspec.structs.replace(project, settings=project.settings.set(recorded.training, values))


def _plain_program(project: Project, recorded: Recorded, catalogue: Catalogue, device: torch.device) -> Program | None:
    """The program in float32 where the run's is not and the check is on another device; else None.

    A processor may lack half precision for operations that the card has.
    """
    if device.type == "cpu" or recorded.settings.precision == "float32":
        return None
    settings = msgspec.structs.replace(recorded.settings, precision="float32")
    plain = _as_set(project, msgspec.structs.replace(recorded, settings=settings))
    return build(plain, recorded.training, catalogue, Analyser(catalogue, trust=Trust.of_this_machine()))


def _start_from(run: Run, settings: Settings, networks: Networks, project: Project, journal: Journal) -> None:
    """The first weights of another run, where the settings name one; what matched is said and recorded.

    No networks: the run goes on from a checkpoint of its own, and what matched then is only said again.
    """
    if not settings.start_from.strip():
        return
    if networks:
        start = take_over(find(settings.start_from, (run.path.parent, run.path.parent.parent)), networks, project)
        files.write(run.path / START, _pretty(start))
    else:
        start = recorded_start(run.path / START)
    for sentence in start.sentences():
        journal.note(sentence)


def _compile(work: Work, batches: Sequence[Batch], journal: Journal) -> None:
    held_out = in_order(work.data.validation, work.settings.eval_batch_size)
    tried = [batches[at] for at in sorted({0, len(batches) - 1})]
    looked = [held_out[at] for at in sorted({0, len(held_out) - 1})] if held_out else []
    for note in compile_networks(work, tried, looked, trial_steps(work.program.optimizers)):
        journal.note(note)


def conclude(session: Session, outcome: Outcome, state: State) -> bool:
    """Test figures of the best weights (of the last where nothing says what is best), then the final word.

    Gives whether there is another fold to train. Raises OSError where the results can't be written.
    """
    run, work, journal, fold = session.run, session.work, session.journal, session.fold
    settings = work.settings
    session.keeper.wait()
    for note in session.previews.draw(state.position.step):
        journal.note(note)
    best = session.keeper.best_path() if settings.best else None
    if best is not None:
        checkpoint.load_weights(vars(work.shown), best)
    folder = fold.folder(run)
    found = results(work, session.project.datasets[work.program.datasets[0]], folder)
    found["checkpoint"] = best.name if best is not None else f"step-{state.position.step}"
    if fold.count > 1:
        value = state.best.value if state.best is not None else None
        found |= {"best": value, "elapsed": state.elapsed, "steps": state.position.step}
        said = ", ".join(f"{name} {value:.4f}" for name, value in found["test"].items())
        log(f"fold {fold.number + 1} of {fold.count} {outcome} after {state.elapsed:.1f} s; on its test data: {said}")
        if outcome == "finished":
            files.write(folder / RESULTS, msgspec.json.encode(found))
            if not fold.last:
                return True
        found = folds.averaged(folds.finished(run) or [found], largest=settings.best_direction == "max")
    spread = {"spread": found["spread"]} if "spread" in found else {}
    journal.record("test", step=state.position.step, values=found["test"], **spread)
    files.write(run.path / RESULTS, msgspec.json.encode(found))
    said = ", ".join(f"{name} {value:.4f}" for name, value in found["test"].items())
    log(f"{outcome} after {state.elapsed:.1f} s at step {state.position.step}; on test data: {said}")
    epoch = min(state.position.epoch + 1, settings.epochs)
    journal.say(outcome, epoch=epoch, step=state.position.step, elapsed=round(state.elapsed, 3))
    return False


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


def _shown(splits: Splits) -> Kept:
    """Previews look at validation data, or at training data where there is none."""
    return splits.validation if samples(splits.validation) else splits.train


def _record_source(run: Run, journal: Journal, program: Program) -> None:
    """The source as a record for people, with what it uses of ours: nothing ever imports it from here."""
    model, text = run.path / MODEL, carry(program.source).encode()
    if not model.exists():
        files.write(model, text)
    elif model.read_bytes() != text:
        journal.note(
            f"The source that the project gives now is not that in {MODEL} (another version of netbuilder, or an "
            "edited file): the run goes on with equal weights, but not to the bit as it would have."
        )


def _record_environment(
    run: Run, journal: Journal, program: Program, device: torch.device, plugins: Mapping[str, str]
) -> None:
    """What a person may want to know of this run later, and what must be the same for the same bits."""
    environment = run.environment()
    before = {"torch": environment.get("torch"), "threads": environment.get("threads")}
    now = {"torch": str(torch.__version__), "threads": torch.get_num_threads()}
    for name, value in now.items():
        if before[name] not in (None, value):
            journal.note(f"The run began with {name} {before[name]} and goes on with {value}: not equal to the bit.")
    added = {"device": _device_name(device), "source": program.hash, "plugins": dict(plugins), **now}
    files.write(run.path / ENVIRONMENT, _pretty({**environment, **added}))


def _device_name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type


def _start(work: Work, snapshot: Snapshot | None, notes: list[str], journal: Journal) -> State:
    """The state of the newest whole checkpoint, or the beginning."""
    for note in notes:
        journal.note(f"{note} The run goes on from the one before.")
    place = f"on {work.device} with {torch.get_num_threads()} thread(s)"
    if snapshot is None:
        if journal.has_records:
            journal.record("resumed", step=0, epoch=0)
        log(f"training begins {place}")
        return State(source=work.program.hash)
    checkpoint.put(snapshot, work.networks, work.optimizers, work.device, work.scaler)
    position = snapshot.state.position
    journal.record("resumed", step=position.step, epoch=position.epoch)
    log(f"goes on from {snapshot.name} {place}")
    return snapshot.state


def _pretty(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
