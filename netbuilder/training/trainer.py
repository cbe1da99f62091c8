"""The process that trains: `python -m netbuilder.training RUN`, started by the supervisor.

Whatever goes wrong reaches a person as one sentence in status.json; the traceback is in log.txt.
"""

from __future__ import annotations

import gc
import traceback
from pathlib import Path

import torch

from netbuilder.compiler.program import NotReady
from netbuilder.data.loaders import DataError, close
from netbuilder.training import files
from netbuilder.training.check import NodeError, blamed
from netbuilder.training.checkpoint import CheckpointError
from netbuilder.training.control import Control
from netbuilder.training.errors import Stopped
from netbuilder.training.journal import Journal, log
from netbuilder.training.keeper import Keeper
from netbuilder.training.loop import train
from netbuilder.training.meter import NonFinite
from netbuilder.training.run import CONTROL, LOCKS, Run, RunError
from netbuilder.training.session import Session, conclude, prepare
from netbuilder.training.work import WorkError


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
        control = Control(run.path / CONTROL)
        control.obey_signals()
        while perform(prepare(run, recorded, journal, control)):
            gc.unfreeze()  # the next fold needs nothing of this one
            gc.collect()
    except Stopped:
        journal.say("stopped", doing="")
    except Exception as problem:  # noqa: BLE001  the last one who can put it into words
        _fail(journal, problem)
        return 1
    finally:
        journal.close()
        lock.release()
    return 0


def perform(session: Session) -> bool:
    """Trains and concludes; gives whether there is another fold to train.

    Raises what the loop raises, with the node that caused it where there is one.
    """
    work, keeper, journal = session.work, session.keeper, session.journal
    start = session.start
    where = start.position
    epoch = min(where.epoch + 1, work.settings.epochs)
    journal.say("running", step=where.step, epoch=epoch, device=str(work.device))
    gc.freeze()  # what has been made so far stays: no need to look through it again and again
    try:
        try:
            outcome, state = train(work, start, journal, keeper, session.control, session.previews)
        except NonFinite as problem:
            raise NodeError(f"{problem}{_kept(keeper)}", work.training, problem.name) from problem
        except Exception as problem:
            raise blamed(problem, work.program, "while training") from problem
        return conclude(session, outcome, state)
    except DataError as problem:
        raise DataError(f"{problem}{_kept(keeper)}") from problem
    finally:
        close(work.data)


def _kept(keeper: Keeper) -> str:
    """A sentence more, where there is a checkpoint to go on from. Raises OSError."""
    keeper.wait()
    return f" The checkpoint of step {keeper.last_step} is kept." if keeper.last_step >= 0 else ""


def _fail(journal: Journal, problem: Exception) -> None:
    """Says why in the status; the details go to the log."""
    traceback.print_exception(problem)
    graph, node = _place(problem)
    try:
        journal.say("failed", error=sentence(problem), error_graph=graph, error_node=node)
    except OSError as worse:  # the supervisor says then that we failed
        log(files.explain(worse, "Writing the status"))


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
