"""Rules about what the algorithms and schedules of optimizers can do."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from immutables import Map
from torch import nn

from netbuilder.compiler import repair
from netbuilder.compiler.context import Context, Finding, Rule, one
from netbuilder.compiler.gradients import groups
from netbuilder.compiler.plans import OptimizerPlan, precision_of
from netbuilder.compiler.report import Repair
from netbuilder.compiler.rules.optimizers import plans_of
from netbuilder.graph.model import Value

_TAKE_SPARSE = ("SGD", "Adagrad", "SparseAdam")
_NO_MOMENTUM = ("Adagrad", "Adadelta", "Rprop", "ASGD", "Adafactor", "LBFGS")


def _algorithm(context: Context) -> Iterator[Finding]:
    for plan in plans_of(context):
        for check in (_lbfgs, _nesterov, _muon, _sparse, _cycle, _lengths):
            if found := check(context, plan):
                yield found
                break


def _set(context: Context, plan: OptimizerPlan, name: str, value: Value) -> Repair:
    return repair.set_param(context, plan.node, name, value)


def _lbfgs(context: Context, plan: OptimizerPlan) -> Finding | None:
    if plan.algorithm != "LBFGS":
        return None
    id = plan.node
    if plan.accumulate > 1:
        text = f"{id} is an LBFGS, which looks at its loss several times a step, so it cannot accumulate gradients."
        return Finding(id, text, one(_set, context, plan, "accumulate", 1))
    if plan.groups:
        text = f"{id} is an LBFGS, which has one learning rate for all: no network can have one of its own."
        named = groups(context.wiring, id)
        bare: Value = Map({name: Map() for name in named})
        return Finding(id, text, one(_set, context, plan, "networks", bare))
    if precision_of(context.project, context.name) == "fp16":
        text = f"{id} is an LBFGS, which cannot be used with the precision fp16; bf16 and float32 work."
        return Finding(id, text, one(_set, context, plan, "algorithm", "Adam"))
    return None


def _nesterov(context: Context, plan: OptimizerPlan) -> Finding | None:
    values = plan.arguments
    if plan.algorithm != "SGD" or not values["nesterov"] or (values["momentum"] > 0 and not values["dampening"]):
        return None
    text = f"{plan.node}'s nesterov needs momentum above 0 and a dampening of 0."

    def repairs() -> Iterator[Repair]:
        yield _set(context, plan, "nesterov", False)
        if not values["dampening"]:
            yield _set(context, plan, "momentum", 0.9)

    return Finding(plan.node, text, repairs)


def _muon(context: Context, plan: OptimizerPlan) -> Finding | None:
    if plan.algorithm != "Muon":
        return None
    for network in plan.networks:
        for name, weight in _parameters(context, network):
            if weight.dim() != 2:
                axes = f"{weight.dim()} {'axis' if weight.dim() == 1 else 'axes'}"
                text = f"{plan.node} is a Muon, which changes matrices only, but {network}'s {name} has {axes}."
                return Finding(plan.node, text, one(_set, context, plan, "algorithm", "AdamW"))
    return None


def _sparse(context: Context, plan: OptimizerPlan) -> Finding | None:
    """Embeddings may have gradients that hold only the rows that were looked up; few algorithms take those."""
    id = plan.node
    if plan.algorithm == "SparseAdam":
        for network in plan.networks:
            sparse = _sparse_weights(context, network)
            for name, _ in _parameters(context, network):
                if name not in sparse:
                    text = f"{id} is a SparseAdam, which changes only embeddings whose sparse is on, but {network}'s "
                    return Finding(id, f"{text}{name} is not one.", one(_set, context, plan, "algorithm", "Adam"))
    elif plan.algorithm not in _TAKE_SPARSE:
        for network in plan.networks:
            if found := sorted(_sparse_weights(context, network)):
                text = f"{id}'s {plan.algorithm} cannot use the sparse gradients of {network}'s {found[0]}; SGD can."
                return Finding(id, text, one(_set, context, plan, "algorithm", "SGD"))
    return None


def _cycle(context: Context, plan: OptimizerPlan) -> Finding | None:
    if plan.schedule != "one-cycle" or plan.algorithm not in _NO_MOMENTUM:
        return None
    if not plan.schedule_arguments["cycle_momentum"]:
        return None
    text = f"{plan.node}'s schedule is to change a momentum, but {plan.algorithm} has none."
    return Finding(plan.node, text, one(_set, context, plan, "cycle_momentum", False))


def _lengths(context: Context, plan: OptimizerPlan) -> Finding | None:
    values = plan.schedule_arguments
    if plan.schedule == "multistep" and list(values["milestones"]) != sorted(set(values["milestones"])):
        text = f"{plan.node}'s milestones must rise: {', '.join(map(str, values['milestones']))} do not."
        return Finding(
            plan.node, text, one(_set, context, plan, "milestones", tuple(sorted(set(values["milestones"]))))
        )
    if plan.schedule == "warm-up then cosine" and values["T_max"] is not None and values["T_max"] <= values["warmup"]:
        text = (
            f"{plan.node}'s schedule is over after {values['T_max']}, but its warm-up alone takes {values['warmup']}."
        )
        return Finding(plan.node, text, one(_set, context, plan, "T_max", None))
    return None


def _parameters(context: Context, network: str) -> list[tuple[str, torch.Tensor]]:
    made = _made(context, network)
    return list(made.named_parameters()) if made is not None else []


def _sparse_weights(context: Context, network: str) -> set[str]:
    """The weights of a network whose gradients are sparse."""
    study = context.study
    if network not in context.project.graphs:
        return set()
    names = [name for name in (network, *study.reached(network)) if name in context.project.graphs]
    nodes = (node for name in names for node in context.project.graphs[name].nodes.values())
    if not any(node.params.get("sparse") is True for node in nodes):  # making the network costs more than looking
        return set()
    made = _made(context, network)
    modules = made.named_modules() if made is not None else ()
    return {
        f"{name}.weight"
        for name, module in modules
        if isinstance(module, nn.Embedding | nn.EmbeddingBag) and module.sparse
    }


def _made(context: Context, network: str) -> nn.Module | None:
    if network not in context.project.graphs or (net := context.study.net(network)) is None:
        return None
    with torch.device("meta"):
        return net.make()


def _scaling(context: Context) -> Iterator[Finding]:
    plans = plans_of(context)
    if precision_of(context.project, context.name) != "fp16":
        return
    first = next(iter(plans), None)
    for plan in plans[1:]:
        if first and plan.accumulate != first.accumulate:
            text = (
                f"{first.node} accumulates {first.accumulate} and {plan.node} {plan.accumulate} batches: with the "
                "precision fp16 gradients are scaled, and the scale can only change when none are waiting."
            )
            yield Finding(plan.node, text, one(_set, context, plan, "accumulate", first.accumulate))


RULES = (
    Rule("optimizer-limits", "error", _algorithm),
    Rule("scaled-accumulation", "error", _scaling),
)
