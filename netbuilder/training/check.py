"""One real, checked batch before a run begins, and which node an error comes from."""

from __future__ import annotations

import copy
import math
from typing import Any, NamedTuple

import torch
from torch.utils.flop_counter import FlopCounterMode

from netbuilder.compiler.program import Program, node_of_traceback
from netbuilder.data.loaders import Batch
from netbuilder.training.metrics import MetricError, Metrics
from netbuilder.training.randomness import borrowed, derive
from netbuilder.training.work import Work, WorkError, build_optimizers


class NodeError(WorkError):
    """A node failed on real data; the message is one sentence."""

    def __init__(self, message: str, graph: str, node: str) -> None:
        super().__init__(message)
        self.graph, self.node = graph, node


MOST_SAMPLES = 64  # of the checked batch where it is not the training device that checks it


class Checked(NamedTuple):
    """`names` of what a step reports; `flops`: floating point operations of one step with the checked batch."""

    names: list[str]
    flops: int


def check(work: Work, batch: Batch) -> Checked:
    """Trains, evaluates and predicts once with copies on the CPU; the run's weights and generators stay as they are.

    On the CPU, because there a class out of range is a message; on CUDA it would take the whole process down.
    Raises NodeError or WorkError.
    """
    if work.device.type != "cpu":
        batch = {name: column[:MOST_SAMPLES].cpu() for name, column in batch.items()}
    networks = {name: copy.deepcopy(module).cpu() for name, module in work.networks.items()}
    optimizers = build_optimizers(work.program.optimizers, networks)
    trial = Work(
        work.program, networks, optimizers, work.data, work.settings, torch.device("cpu"), work.losses, work.training
    )
    try:
        with borrowed(derive(work.settings.seed, "check"), work.device):
            with FlopCounterMode(display=False) as counter:
                reported: dict[str, Any] = work.program.train_step(batch, trial.net, trial.opt, 0)
            with trial.looking("check"):
                _measure(work.program.eval_step(batch, trial.net), work.program)
                work.program.predict(batch, trial.net)
    except Exception as problem:
        raise blamed(problem, work.program, "on the first batch") from problem
    tables = {plan.node for plan in work.program.metrics if plan.table}
    for name, value in reported.items():
        if isinstance(value, tuple):  # a metric's inputs, or a loss and what its mean is over
            if name not in work.losses:
                continue
            value = value[0]
        if value.numel() != 1:
            raise WorkError(f"The node {name!r} reports {list(value.shape)} numbers a step; it must be one.")
        if name in work.losses and not math.isfinite(float(value)):
            raise NodeError(
                f"The loss {name!r} is {float(value)} on the first batch already; look at the data and at what is "
                "linked to it.",
                work.training,
                name,
            )
    return Checked([name for name in reported if name not in tables], counter.get_total_flops())


def _measure(reported: dict[str, Any], program: Program) -> None:
    """Gives the metrics that need state what they would get, looked at closely. Raises MetricError."""
    metrics = Metrics(program.metrics, checked=True)
    metrics.add(reported)
    metrics.values()
    metrics.tables()


def blamed(problem: Exception, program: Program, when: str) -> Exception:
    """The problem as one of a node, where the innermost line of generated source belongs to one; else as it is."""
    if isinstance(problem, MetricError):
        return NodeError(str(problem), problem.plan.graph, problem.plan.node)
    place = node_of_traceback(program, problem)
    if place is None or isinstance(problem, MemoryError | torch.OutOfMemoryError):
        return problem
    graph, node = place
    first = next(iter(str(problem).strip().splitlines()), type(problem).__name__)
    return NodeError(f"The node {node!r} in {graph!r} failed {when}: {first.rstrip('.')}.", graph, node)
