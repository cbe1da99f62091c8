"""One real, checked batch before a run begins, and which node an error comes from."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable
from typing import Any, NamedTuple

import torch
from torch.utils.flop_counter import FlopCounterMode

from netbuilder.compiler.plans import OptimizerPlan
from netbuilder.compiler.program import Program, node_of_traceback
from netbuilder.data.loaders import Batch
from netbuilder.training.errors import WorkError
from netbuilder.training.metrics import MetricError, Metrics
from netbuilder.training.optimizers import build_optimizers
from netbuilder.training.randomness import borrowed, derive
from netbuilder.training.work import Work, scaler_for


class NodeError(WorkError):
    """A node failed on real data; the message is one sentence."""

    def __init__(self, message: str, graph: str, node: str) -> None:
        super().__init__(message)
        self.graph, self.node = graph, node


MOST_SAMPLES = 64  # of the checked batch where it is not the training device that checks it
CPU = torch.device("cpu")


class Checked(NamedTuple):
    """`names` of what steps report; `flops`: floating point operations of the costliest step with the checked batch."""

    names: list[str]
    flops: int


def check(work: Work, batch: Batch, program: Program | None = None) -> Checked:
    """Trains, evaluates and predicts once with copies on the CPU; the run's weights and generators stay as they are.

    On the CPU, because there a class out of range is a message; on CUDA it would take the whole process down. Every
    optimizer has its turn. `program` is what to check with where it is not the run's own (numbers of half precision,
    which a processor may not know). Raises NodeError or WorkError.
    """
    program = program or work.program
    if work.device.type != "cpu":
        batch = _on_cpu(batch)
    trial = _copy(work, program)
    reported: dict[str, Any] = {}
    flops = 0
    try:
        with borrowed(derive(work.settings.seed, "check"), work.device):
            for step in trial_steps(program.optimizers):
                with FlopCounterMode(display=False) as counter:
                    found = program.train_step(batch, trial.net, trial.opt, step)
                _look(work, found)
                reported |= found
                flops = max(flops, counter.get_total_flops())
            with trial.looking("check"):
                _measure(program.eval_step(batch, trial.shown), program)
                program.predict(batch, trial.shown)
    except WorkError:
        raise
    except Exception as problem:
        raise blamed(problem, program, "on the first batch") from problem
    tables = {plan.node for plan in program.metrics if plan.table}
    return Checked([name for name in reported if name not in tables], flops)


def trial_steps(plans: Iterable[OptimizerPlan]) -> list[int]:
    """Steps in which between them every optimizer changes its weights, and the first one."""
    found = {0}
    for plan in plans:
        due = -(-plan.start // plan.every) * plan.every
        found |= {due, due + (plan.accumulate - 1) * plan.every}
    return sorted(found)


def _look(work: Work, found: dict[str, Any]) -> None:
    for name, value in found.items():
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


def _measure(reported: dict[str, Any], program: Program) -> None:
    """Gives the metrics that need state what they would get, looked at closely. Raises MetricError."""
    metrics = Metrics(program.metrics, tables=True, checked=True)
    metrics.add(reported)
    metrics.values()
    metrics.tables()


def _on_cpu(batch: Batch) -> Batch:
    return {
        name: _on_cpu(part) if isinstance(part, dict) else part[:MOST_SAMPLES].cpu() for name, part in batch.items()
    }


def _copy(work: Work, program: Program) -> Work:
    """The work with copies of its networks, new optimizers and nothing of a device."""
    networks, frozen = copy.deepcopy((work.networks, list(work.frozen)))
    for module in networks.values():
        module.cpu()
    optimizers = build_optimizers(program.optimizers, networks, work.length)
    scaler = scaler_for(CPU) if work.scaler is not None else None
    found = Work(
        program, networks, optimizers, work.data, work.settings, CPU, work.losses, work.training, frozen=frozen,
        scaler=scaler,
    )  # fmt: skip
    found.train_mode(True)
    return found


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
