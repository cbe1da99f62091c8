"""What a run must make beside the networks: optimizers, and which networks are treated in a way of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from netbuilder.blocks.params import DatasetRef
from netbuilder.compiler.gradients import Typed, groups, losses_of, networks_in, reached, taught
from netbuilder.compiler.wiring import Wiring
from netbuilder.graph.model import NONE, Project, natural_key


class OptimizerPlan(msgspec.Struct, frozen=True):
    """What to make for an Optimizer node.

    `algorithm`: torch.optim's class, made with `arguments` for `networks`, each with the numbers of its own that it
    has in `groups` ("lr", "weight_decay"). `schedule`: a word of SCHEDULES, with torch's names in
    `schedule_arguments`; None among them is the run's length. `average`: the decay of a moving average of the
    weights, 0 for none. `losses`: the nodes that feed it. The text of train_step does the rest.
    """

    node: str
    algorithm: str
    arguments: dict[str, Any]
    networks: tuple[str, ...]
    groups: dict[str, dict[str, float]] = {}
    schedule: str = "constant"
    schedule_arguments: dict[str, Any] = {}
    schedule_unit: str = "epoch"
    average: float = 0.0
    losses: tuple[str, ...] = ()
    order: int = 1
    every: int = 1
    start: int = 0
    accumulate: int = 1
    clip_norm: float = 0.0
    clip_value: float = 0.0


def optimizer_plans(wiring: Wiring, nodes: Mapping[str, Typed]) -> tuple[OptimizerPlan, ...]:
    """What to make for the Optimizer nodes of a training graph, in the order in which they run."""
    changed = taught(wiring, nodes)
    found = [_plan(wiring, id, changed[id]) for id in wiring.of_part("optimizer")]
    return tuple(sorted(found, key=lambda plan: (plan.order, natural_key(plan.node))))


def _plan(wiring: Wiring, id: str, networks: tuple[str, ...]) -> OptimizerPlan:
    def value(name: str) -> Any:
        return _plain(wiring.value(id, name))

    def chosen(name: str) -> dict[str, Any]:
        more = dict(wiring.blocks[id].variants)[name].get(value(name), ())
        return {param.name: value(param.name) for param in more}

    schedule = value("schedule")
    return OptimizerPlan(
        node=id,
        algorithm=value("algorithm"),
        arguments=chosen("algorithm"),
        networks=networks,
        groups={name: own for name, own in groups(wiring, id).items() if own and name in networks},
        schedule=schedule,
        schedule_arguments=chosen("schedule"),
        schedule_unit="epoch" if schedule == "plateau" else value("schedule_unit"),
        average=value("average"),
        losses=losses_of(wiring, id),
        order=value("order"),
        every=value("every"),
        start=value("start"),
        accumulate=value("accumulate"),
        clip_norm=value("clip_norm"),
        clip_value=value("clip_value"),
    )


def _plain(value: object) -> object:
    """A parameter's value for torch: non-finite numbers are spelled as text in files."""
    return float(value) if value in ("inf", "-inf") and isinstance(value, str) else value


def datasets_of(wiring: Wiring) -> tuple[str, ...]:
    """The data sets that a graph reads; the first is that of the naturally first Data node that a loss needs."""
    nodes = [id for id in wiring.of_part("data") if id in wiring.needed]
    wanted = wiring.upstream(*wiring.of_part("loss", "optimizer"))
    nodes.sort(key=lambda id: id not in wanted)
    return tuple(dict.fromkeys(wiring.reference(id, DatasetRef) for id in nodes))


def precision_of(project: Project, training: str) -> str:
    """The precision that the settings of a training graph ask for; anything unknown is "float32"."""
    settings = project.settings.get(training, NONE)
    wish = settings.get("precision")
    return wish if isinstance(wish, str) and wish in ("bf16", "fp16") else "float32"


def eager_networks(wiring: Wiring, nodes: Mapping[str, Typed]) -> dict[str, str]:
    """The networks that must not be compiled, with the reason."""
    found: dict[str, str] = {}
    for id in wiring.of_part("loss", "layer", "metric"):
        if id in wiring.needed and wiring.blocks[id].gradients:
            called = networks_in(wiring, (id,)) or networks_in(wiring, reached(wiring, nodes, (id,)))
            for name in sorted(called, key=natural_key):
                found.setdefault(name, f"{id} differentiates {name}'s gradients, which compiled networks cannot.")
    return found
