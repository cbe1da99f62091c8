"""torch's optimizers as the generated source reads them: each with its parameters, its schedule and its average."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import nn

from netbuilder.compiler.plans import OptimizerPlan
from netbuilder.training import schedules
from netbuilder.training.averages import Average
from netbuilder.training.errors import WorkError
from netbuilder.training.schedules import Length

Optimizers = dict[str, torch.optim.Optimizer]


def build_optimizers(plans: Iterable[OptimizerPlan], networks: Mapping[str, nn.Module], length: Length) -> Optimizers:
    """By node id. Beside what torch's class has, each holds what the source and the checkpoints name:

    `parameters`, a list of all that it changes; `schedule`, torch's scheduler or None; `average`, an Average or None;
    `accumulates`, whether gradients live longer than a step. `length` is that of the run. Raises WorkError.
    """
    found: Optimizers = {}
    averaged: set[str] = set()
    for plan in plans:
        groups = _groups(plan, networks)
        try:
            kind = getattr(torch.optim, plan.algorithm)
            made: Any = kind(groups if len(groups) > 1 or len(groups[0]) > 1 else groups[0]["params"], **plan.arguments)
        except (ValueError, RuntimeError) as problem:
            text = str(problem).rstrip(".")
            raise WorkError(f"The optimizer {plan.node!r} ({plan.algorithm}) can't be made: {text}.") from None
        made.parameters = [parameter for group in groups for parameter in group["params"]]
        made.schedule = schedules.make(plan, made, length)
        made.accumulates = plan.accumulate > 1
        mine = {name: networks[name] for name in plan.networks if name not in averaged} if plan.average else {}
        made.average = Average(mine, plan.average) if plan.average else None
        averaged |= mine.keys()
        found[plan.node] = made
    return found


def _groups(plan: OptimizerPlan, networks: Mapping[str, nn.Module]) -> list[dict[str, Any]]:
    """Parameters by the rates they have: a group for each network with own values, one for all others.

    A parameter that two networks share belongs to the first.
    """
    common: dict[str, Any] = {"params": []}
    groups: list[dict[str, Any]] = [common]
    seen: set[int] = set()
    for name in plan.networks:
        own = plan.groups.get(name, {})
        group: dict[str, Any] = {"params": [], **own} if own else common
        if own:
            groups.append(group)
        for parameter in networks[name].parameters():
            if parameter.requires_grad and id(parameter) not in seen:
                seen.add(id(parameter))
                group["params"].append(parameter)
    if not seen:
        raise WorkError(f"The optimizer {plan.node!r} has nothing to train: its networks have no weights.")
    return [group for group in groups if group["params"]]


def averages(optimizers: Mapping[str, torch.optim.Optimizer]) -> dict[str, nn.Module]:
    """The averaged networks by name."""
    kept = (getattr(optimizer, "average", None) for optimizer in optimizers.values())
    return {name: module for average in kept if average is not None for name, module in average.networks.items()}
