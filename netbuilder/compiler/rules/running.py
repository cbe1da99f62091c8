"""Rules about what a run would meet: batches of one sample, too little memory."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from math import prod

from netbuilder.blocks.params import DatasetRef
from netbuilder.compiler import repair
from netbuilder.compiler.context import Context, Finding, Rule
from netbuilder.compiler.gradients import networks_in
from netbuilder.compiler.plans import OptimizerPlan, precision_of
from netbuilder.compiler.report import Repair
from netbuilder.compiler.rules.optimizers import plans_of
from netbuilder.graph.model import NONE, natural_key

BATCH_NORMS = ("BatchNorm1d", "BatchNorm2d", "BatchNorm3d")
NUMBER = 4  # bytes of a weight: they stay in float32 whatever the precision
# How many numbers an algorithm keeps for each weight; for all others one is counted.
_STATES = {
    "SGD": 0, "Adam": 2, "AdamW": 2, "NAdam": 2, "RAdam": 2, "Adamax": 2, "Adadelta": 2, "ASGD": 2, "Rprop": 2,
    "Adafactor": 0, "SparseAdam": 2,
}  # fmt: skip


def _setting(context: Context, name: str) -> object:
    """What the settings of this training graph say; None where they leave it at the default."""
    return context.project.settings.get(context.name, NONE).get(name)


def _placed(context: Context) -> list[str]:
    """The networks that take part, in natural order."""
    if context.graph.kind != "training":
        return []
    names = networks_in(context.wiring, [id for id in context.wiring.needed if id in context.blocks])
    inner = {name for network in names if network in context.project.graphs for name in context.study.reached(network)}
    return sorted((names | inner) & set(context.project.graphs), key=natural_key)


def _one_sample(context: Context) -> Iterator[Finding]:
    if context.graph.kind != "training" or (_setting(context, "batch_size") != 1 and not _single(context)):
        return
    alone = [(home.name, *norm) for home in map(context.into, _placed(context)) for norm in _norms(home)]
    if not alone:
        return
    network, id, points, shape = min(alone, key=lambda row: row[2] != 1)
    why = "The setting batch_size is 1" if _setting(context, "batch_size") == 1 else "There is one sample to train on"
    if points == 1:
        text = f"{why}, and {id} in {network} gets {shape}: a single number has no spread to be divided by."
    else:
        text = f"{why}, so {id} in {network} takes mean and spread of a single sample, not those of the data."
    yield Finding("", text, partial(_more_samples, context), "error" if points == 1 else None)


def _single(context: Context) -> bool:
    """Whether one sample is left for training."""
    for id in context.wiring.of_part("data"):
        dataset = context.project.datasets.get(context.wiring.reference(id, DatasetRef))
        if dataset is not None and dataset.samples:
            shares = [dataset.params.get(name, 0.0) for name in ("validation", "test")]
            held = sum(round(dataset.samples * share) for share in shares if isinstance(share, int | float))
            return dataset.samples - held == 1
    return False


def _norms(home: Context) -> Iterator[tuple[str, int, str]]:
    """Batch norms with how many numbers of one sample they take a mean of."""
    for id in home.nodes(*BATCH_NORMS):
        kind = home.type_at(id, "x")
        if kind is not None and home.walk.nodes[id].state == "ok":
            yield id, prod(dim[0] for dim in kind.dims[2:]), home.shape(kind)


def _more_samples(context: Context) -> Iterator[Repair]:
    if not _single(context):
        yield repair.set_setting(context, "batch_size", 2)
        yield repair.set_setting(context, "batch_size", 32)
    for home in map(context.into, _placed(context)):
        if norms := [id for id, *_ in _norms(home)]:
            yield repair.swap_all(home, norms, "GroupNorm")


def _memory(context: Context) -> Iterator[Finding]:
    if context.graph.kind != "training":
        return
    where, room = context.study.analyser.machine.of(str(_setting(context, "device") or "auto"))
    needed = sum(_needed(context))
    if room and needed > room:
        weights, samples = _needed(context)
        batch = _setting(context, "batch_size")
        text = (
            f"This training needs about {_gib(needed)}, but the {where} has {_gib(room)}: {_gib(weights)} for weights, "
            f"gradients and the optimizer, {_gib(samples)} for what the layers give"
            + (f" for {batch} samples." if isinstance(batch, int) else " for one sample.")
        )
        yield Finding("", text, partial(_smaller, context, room))


def _needed(context: Context) -> tuple[int, int]:
    """Bytes that a step needs at least: for what is learned, and for what is kept of each sample of the batch."""
    study, plans = context.study, plans_of(context)
    weights = 0
    for name, count in _learned(context).items():
        changed = [plan for plan in plans if name in plan.networks]
        weights += NUMBER * count * (1 + sum(1 + _states(plan) for plan in changed))
    top = networks_in(context.wiring, [id for id in context.wiring.needed if id in context.blocks])
    inside = sum(seen.activation_bytes for name in top if name in context.project.graphs
                 for seen in study.walk(name).counted)  # fmt: skip
    own = sum(context.walk.nodes[id].activation_bytes for id in context.wiring.needed if id in context.walk.nodes)
    batch = _setting(context, "batch_size")
    samples = max(inside, own) * (batch if isinstance(batch, int) else 1)
    return weights, samples // (2 if precision_of(context.project, context.name) != "float32" else 1)


def _learned(context: Context) -> dict[str, int]:
    found: dict[str, int] = {}
    for seen in context.walk.nodes.values():
        found.update(seen.networks)
    return found


def _states(plan: OptimizerPlan) -> int:
    kept = _STATES.get(plan.algorithm, 1)
    if plan.algorithm in ("SGD", "RMSprop") and plan.arguments.get("momentum"):
        kept += 1
    return kept + (1 if plan.average else 0)


def _smaller(context: Context, room: int) -> Iterator[Repair]:
    weights, samples = _needed(context)
    batch = _setting(context, "batch_size")
    if isinstance(batch, int) and weights + samples // max(batch, 1) <= room:
        fits = max(1, int((room - weights) * batch / max(samples, 1)))
        yield repair.set_setting(context, "batch_size", 1 << (fits.bit_length() - 1))
    if precision_of(context.project, context.name) == "float32":
        yield repair.set_setting(context, "precision", "bf16")
    for plan in plans_of(context):
        if _states(plan) > 0:
            yield repair.set_param(context, plan.node, "algorithm", "SGD")


def _gib(size: float) -> str:
    shown, unit = (size / 2**30, "GiB") if size >= 2**30 else (size / 2**20, "MiB")
    return f"{shown:,.0f} {unit}" if shown >= 100 else f"{shown:.3g} {unit}"


RULES = (
    Rule("batch-of-one", "warning", _one_sample),
    Rule("memory", "warning", _memory),
)
