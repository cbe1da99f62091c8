"""The process that trains: `python -m netbuilder.training.trainer RUN`, started by the supervisor.

Whatever goes wrong reaches a person as one sentence in status.json; the traceback is in log.txt.
"""

from __future__ import annotations

import hashlib
import sys
import traceback
from pathlib import Path
from typing import Any

import msgspec
import torch

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.program import NotReady, Program, build
from netbuilder.data.loaders import DataError, Splits, load
from netbuilder.graph.model import Project
from netbuilder.training import checkpoint, files
from netbuilder.training.batches import shuffled
from netbuilder.training.check import NodeError, blamed, check
from netbuilder.training.checkpoint import CheckpointError, State
from netbuilder.training.control import Control
from netbuilder.training.journal import Journal, log
from netbuilder.training.keeper import Keeper
from netbuilder.training.loop import Outcome, train
from netbuilder.training.meter import NonFinite
from netbuilder.training.previews import Previews
from netbuilder.training.randomness import derive
from netbuilder.training.results import results
from netbuilder.training.run import (
    CHECKPOINTS,
    CONTROL,
    ENVIRONMENT,
    LOCKS,
    MODEL,
    PREVIEW,
    RESULTS,
    Recorded,
    Run,
    RunError,
)
from netbuilder.training.settings import Settings
from netbuilder.training.work import Work, WorkError, build_networks, build_optimizers, choose_device

SMALL_WORK = 200_000  # weights; up to there a second thread costs more than it brings (benchmarks/train_overhead.py)


def main(arguments: list[str]) -> int:
    """Trains the run named by the one argument; 0 where it finished or was stopped."""
    run = Run(Path(arguments[0]))
    try:
        lock = files.Lock(run.path / LOCKS[1])
    except files.Held:
        log("another trainer already works on this run")
        return 3
    try:
        recorded = run.recorded()
        journal = Journal(run, recorded.settings.epochs)
    except (RunError, OSError) as problem:
        log(str(problem))
        return 1
    try:
        return _train(run, recorded, journal)
    except Exception as problem:  # noqa: BLE001  the last one who can put it into words
        return _fail(journal, problem)
    finally:
        journal.close()
        lock.release()


def _fail(journal: Journal, problem: Exception) -> int:
    """Says why in the status; the details go to the log."""
    traceback.print_exception(problem)
    place = _place(problem)
    try:
        journal.say("failed", error=sentence(problem), error_graph=place[0], error_node=place[1])
    except OSError as worse:
        log(files.explain(worse, "Writing the status"))
    return 1


def _place(problem: Exception) -> tuple[str, str]:
    if isinstance(problem, NodeError):
        return problem.graph, problem.node
    if isinstance(problem, NotReady) and problem.problems:
        return problem.problems[0].graph, problem.problems[0].node
    return "", ""


def sentence(problem: Exception) -> str:
    """What a person reads."""
    if isinstance(problem, NotReady | WorkError | DataError | CheckpointError | RunError):
        return str(problem)
    if isinstance(problem, MemoryError | torch.OutOfMemoryError):
        return "There is not enough memory for this; a smaller batch_size or network needs less."
    if isinstance(problem, OSError):
        return files.explain(problem, "Writing the run") + " The checkpoints that were written before are kept."
    first = next(iter(str(problem).strip().splitlines()), "")
    return f"Training stopped because of {type(problem).__name__}: {first.rstrip('.')}. The log has the details."


def _train(run: Run, recorded: Recorded, journal: Journal) -> int:
    control = Control(run.path / CONTROL)
    control.obey_signals()
    (run.path / RESULTS).unlink(missing_ok=True)  # of an end that this one replaces
    settings, project, catalogue = recorded.settings, run.project(), Catalogue.builtin()
    program = build(project, recorded.training, catalogue)
    device = choose_device(settings.device)
    _make_repeatable(device)
    work, data = _prepare(project, recorded, catalogue, program, device)
    keeper = Keeper(run.path / CHECKPOINTS, settings.checkpoint_seconds)
    previews = Previews(work, project, catalogue, run.path / PREVIEW, _preview_batches(program, data))
    _record(run, journal, program, device, work)
    names = check(work, shuffled(work.data.train, settings.batch_size, settings.seed, 0)[0])
    if settings.best and settings.best not in names:
        raise WorkError(f"Setting best: there is no loss or metric {settings.best!r}; there are {', '.join(names)}.")
    start = _start(work, keeper, journal, program)
    steps = settings.epochs * len(shuffled(work.data.train, settings.batch_size, settings.seed, 0))
    where = start.position
    journal.say("running", step=where.step, steps=steps, epoch=where.epoch + 1, device=str(device))
    try:
        outcome, state = train(work, start, journal, keeper, control, previews)
    except NonFinite as problem:
        keeper.wait()
        raise NodeError(f"{problem}{_kept(keeper)}", work.training, problem.name) from problem
    except Exception as problem:
        raise blamed(problem, program, "while training") from problem
    _conclude(run, journal, keeper, work, project, previews, outcome, state)
    return 0


def _prepare(
    project: Project, recorded: Recorded, catalogue: Catalogue, program: Program, device: torch.device
) -> tuple[Work, dict[str, Splits]]:
    settings, training = recorded.settings, recorded.training
    if not program.dataset:
        raise WorkError(f"The training graph {training!r} has no Data node to learn from.")
    wanted = {program.dataset, *filter(None, program.previews_data.values())}
    data = {name: load(project.datasets[name], settings.seed, device) for name in sorted(wanted)}
    networks = build_networks(program, settings.seed, device)
    _set_threads(settings, device, networks)
    nodes = project.graphs[training].nodes
    losses = frozenset(id for id, node in nodes.items() if catalogue[node.block].part == "loss")
    optimizers = build_optimizers(program.optimizers, networks)
    torch.manual_seed(derive(settings.seed, "step"))
    return Work(program, networks, optimizers, data[program.dataset], settings, device, losses, training), data


def _set_threads(settings: Settings, device: torch.device, networks: dict[str, torch.nn.Module]) -> None:
    """The number that was set, or by the size of the work: the sums of two threads differ in their last bits,

    so the choice hangs on nothing but the project.
    """
    weights = sum(parameter.numel() for module in networks.values() for parameter in module.parameters())
    if settings.threads:
        torch.set_num_threads(settings.threads)
    elif device.type == "cpu" and weights <= SMALL_WORK:
        torch.set_num_threads(1)


def _make_repeatable(device: torch.device) -> None:
    """The same numbers in every run, where the device can."""
    if device.type == "cuda":
        torch.use_deterministic_algorithms(True, warn_only=True)
        # Filling new memory costs time and repeats nothing.
        torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
        torch.backends.cudnn.benchmark = False


def _preview_batches(program: Program, data: dict[str, Splits]) -> dict[str, dict[str, torch.Tensor]]:
    """Previews look at validation data, or at training data where there is none."""
    found = {}
    for name in set(filter(None, program.previews_data.values())):
        splits = data[name]
        found[name] = splits.validation if any(len(c) for c in splits.validation.values()) else splits.train
    return found


def _record(run: Run, journal: Journal, program: Program, device: torch.device, work: Work) -> None:
    """What a person may want to know of this run later. The source is a record: nothing ever imports it from here."""
    environment = run.environment()
    model = run.path / MODEL
    if not model.exists():
        files.write(model, program.source.encode())
    elif hashlib.sha256(model.read_bytes()).hexdigest() != program.hash:
        journal.note(
            f"The source that the project gives now is not that in {MODEL} (another version of netbuilder, or an "
            "edited file): the run goes on with equal weights, but not to the bit as it would have."
        )
    packages = environment.get("packages", {})
    if packages.get("torch") not in ("", None, torch.__version__, torch.__version__.partition("+")[0]):
        journal.note(f"The run began with torch {packages['torch']}; this is {torch.__version__}.")
    added = {"device": _device_name(device), "threads": torch.get_num_threads(), "source": program.hash}
    files.write(run.path / ENVIRONMENT, _pretty({**environment, **added}))


def _device_name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type


def _start(work: Work, keeper: Keeper, journal: Journal, program: Program) -> State:
    """The state of the newest whole checkpoint, or the beginning."""
    snapshot, notes = keeper.newest()
    for note in notes:
        journal.note(f"{note} The run goes on from the one before.")
    if snapshot is None:
        if journal.has_records:
            journal.record("resumed", step=0, epoch=0)
        log(f"training begins on {work.device} with {torch.get_num_threads()} thread(s)")
        return State(source=program.hash)
    checkpoint.put(snapshot, work.networks, work.optimizers, work.device)
    state = snapshot.state
    journal.record("resumed", step=state.position.step, epoch=state.position.epoch)
    log(f"goes on from {snapshot.name} on {work.device} with {torch.get_num_threads()} thread(s)")
    return state


def _kept(keeper: Keeper) -> str:
    return f" The checkpoint of step {keeper.last_step} is kept." if keeper.last_step >= 0 else ""


def _conclude(
    run: Run,
    journal: Journal,
    keeper: Keeper,
    work: Work,
    project: Project,
    previews: Previews,
    outcome: Outcome,
    state: State,
) -> None:
    """Test figures of the best weights (of the last where there is no best), then the final word."""
    keeper.wait()
    for note in previews.draw(state.position.step):
        journal.note(note)
    best = keeper.best_path() if work.settings.best else None
    if best is not None:
        checkpoint.load_weights(work.networks, best)
    found = results(work, project.datasets[work.program.dataset], run.path)
    found["checkpoint"] = best.name if best is not None else f"step-{state.position.step}"
    journal.record("test", step=state.position.step, values=found["test"])
    files.write(run.path / RESULTS, _pretty(found))
    said = ", ".join(f"{name} {value:.4f}" for name, value in found["test"].items())
    log(f"{outcome} after {state.elapsed:.1f} s at step {state.position.step}; on test data: {said}")
    epoch = min(state.position.epoch + 1, work.settings.epochs)
    journal.say(outcome, epoch=epoch, step=state.position.step, elapsed=round(state.elapsed, 3))


def _pretty(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
