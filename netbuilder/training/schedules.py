"""Schedules of learning rates: torch's own schedulers, made from an Optimizer node's values."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import torch
from torch.optim import lr_scheduler
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau

from netbuilder.blocks.schedules import SCHEDULERS
from netbuilder.compiler.plans import OptimizerPlan
from netbuilder.training.errors import WorkError

Arguments = dict[str, Any]


class Length(NamedTuple):
    """How long a run is: what a schedule that lasts for "the whole run" counts to."""

    epochs: int = 1
    steps: int = 1  # of the whole run


def make(plan: OptimizerPlan, optimizer: torch.optim.Optimizer, length: Length) -> LRScheduler | None:
    """The optimizer's schedule, None for a constant rate; a length that is None becomes the run's.

    Raises WorkError where its numbers don't fit the run.
    """
    if plan.schedule == "constant":
        return None
    total = length.epochs if plan.schedule_unit == "epoch" else updates(plan, length.steps)
    arguments = dict(plan.schedule_arguments)
    try:
        if plan.schedule in _MADE:
            return _MADE[plan.schedule](optimizer, arguments, total)
        made: LRScheduler = getattr(lr_scheduler, SCHEDULERS[plan.schedule])(optimizer, **arguments)
    except (ValueError, ZeroDivisionError) as problem:
        text = str(problem).rstrip(".")
        raise WorkError(
            f"The schedule {plan.schedule!r} of the optimizer {plan.node!r} can't be made: {text}."
        ) from None
    return made


def updates(plan: OptimizerPlan, steps: int) -> int:
    """How often an optimizer changes its weights in so many steps of a run; at least 1, so that a length is one."""
    due = len(range(-(-plan.start // plan.every) * plan.every, steps, plan.every))
    return max(1, due // plan.accumulate)


def end_epoch(
    plans: Iterable[OptimizerPlan],
    optimizers: Mapping[str, torch.optim.Optimizer],
    values: Mapping[str, float],
    best: str = "",
) -> None:
    """Moves the schedules on that count epochs. Those that wait for a plateau look at `best`, else at their own loss.

    `values`: the epoch's figures. A schedule by steps moves in the text of the step.
    """
    with warnings.catch_warnings():  # an optimizer that starts late has a schedule that moves before its first step
        warnings.filterwarnings("ignore", "Detected call of `lr_scheduler.step", UserWarning)
        for plan in plans:
            schedule: Any = optimizers[plan.node].schedule  # type: ignore[attr-defined]
            if isinstance(schedule, ReduceLROnPlateau):
                if (value := values.get(best or plan.losses[0])) is not None:
                    schedule.step(value)
            elif schedule is not None and plan.schedule_unit == "epoch":
                schedule.step()


def _cosine(optimizer: torch.optim.Optimizer, arguments: Arguments, total: int) -> LRScheduler:
    arguments["T_max"] = arguments.get("T_max") or total
    return lr_scheduler.CosineAnnealingLR(optimizer, **arguments)


def _one_cycle(optimizer: torch.optim.Optimizer, arguments: Arguments, total: int) -> LRScheduler:
    whole = arguments.get("total_steps") or max(2, total)
    if whole < total:
        raise ValueError(f"its cycle ends after {whole} of {total}; leave total_steps empty for the whole run")
    arguments["total_steps"] = whole
    if not {"momentum", "betas"} & optimizer.defaults.keys():
        arguments["cycle_momentum"] = False
    return lr_scheduler.OneCycleLR(optimizer, **arguments)


def _warm_up(optimizer: torch.optim.Optimizer, arguments: Arguments, total: int) -> LRScheduler:
    whole, warmup = arguments.get("T_max") or total, int(arguments["warmup"])
    if warmup >= whole:
        raise ValueError(f"its warm-up takes {warmup} of {whole}; it must be shorter than the whole")
    rise = lr_scheduler.LinearLR(optimizer, start_factor=arguments["start_factor"], total_iters=warmup)
    fall = lr_scheduler.CosineAnnealingLR(optimizer, T_max=whole - warmup, eta_min=arguments["eta_min"])
    return lr_scheduler.SequentialLR(optimizer, [rise, fall], milestones=[warmup])


_MADE: Mapping[str, Callable[[torch.optim.Optimizer, Arguments, int], LRScheduler]] = {
    "cosine": _cosine,
    "one-cycle": _one_cycle,
    "warm-up then cosine": _warm_up,
}
