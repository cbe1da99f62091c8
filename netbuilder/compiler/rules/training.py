"""Rules about training graphs: data, losses, optimizers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from netbuilder.blocks.params import DatasetRef, NetworkRef
from netbuilder.compiler import repair
from netbuilder.compiler.context import Context, Finding, Rule, one
from netbuilder.compiler.report import Repair
from netbuilder.compiler.types import show_declared
from netbuilder.graph.model import Input, Output

_STEP = 220.0


def _optimizer(context: Context) -> Iterator[Finding]:
    if context.graph.kind != "training":
        return
    optimizers = context.wiring.of_part("optimizer")
    if not optimizers:
        yield Finding(
            "", "This training graph has no Optimizer, so nothing would learn.", lambda: _add_optimizer(context)
        )


def _add_optimizer(context: Context) -> Iterator[Repair]:
    ends = _loss_outputs(context)
    if ends:
        x, y = context.graph.nodes[ends[-1].node].at
        label = f"Add an Optimizer after {' and '.join(end.node for end in ends[:3])}"
        yield repair.add(context, "Optimizer", ends, (x + _STEP, y), label)


def _loss_outputs(context: Context) -> list[Output]:
    """A loss with a parameter out of place may have no output to link."""
    ports = [(id, context.wiring.outputs(id)) for id in context.wiring.of_part("loss")]
    return [Output(id, outputs[0].name) for id, outputs in ports if outputs]


def _data(context: Context) -> Iterator[Finding]:
    """Without data nothing says how many samples a batch has, nor how many batches an epoch."""
    wiring = context.wiring
    optimizers = [id for id in wiring.of_part("optimizer") if id in wiring.into]
    if (
        context.graph.kind == "training"
        and optimizers
        and not any(id in wiring.needed for id in wiring.of_part("data"))
    ):
        text = "This training graph uses no data set, so nothing says how large a batch is or how long an epoch: "
        yield Finding("", f"{text}put in a Data node and link it.")


def _optimizer_loss(context: Context) -> Iterator[Finding]:
    for id in context.wiring.of_part("optimizer"):
        port = context.wiring.inputs(id)[0]
        if not context.links(id, port.name):
            text = f"{id} has no loss to make smaller: link one to it."
            yield Finding(id, text, partial(_losses, context, id, port.name))
        for index in range(len(context.links(id, port.name))):
            kind = context.type_at(id, port.name, index)
            if kind is not None and kind.dims:
                source = context.links(id, port.name)[index].source.node
                text = f"{id} makes one number smaller, but {source} gives {context.shape(kind)}: link a loss instead."
                yield Finding(
                    id,
                    text,
                    partial(_other_loss, context, id, port.name, index),
                )


def _losses(context: Context, id: str, port: str, index: int = 0) -> Iterator[Repair]:
    for end in _loss_outputs(context):
        yield repair.link(context, end, Input(id, port, index))


def _other_loss(context: Context, id: str, port: str, index: int) -> Iterator[Repair]:
    yield from _losses(context, id, port, index)
    yield repair.unlink(context, Input(id, port, index))


def _one_dataset(context: Context) -> Iterator[Finding]:
    if context.graph.kind != "preview":
        return
    nodes = context.wiring.of_part("data")
    for id in nodes[1:]:
        first, other = (context.wiring.reference(node, DatasetRef) for node in (nodes[0], id))
        if first and other and first != other and other in context.project.datasets:
            text = f"{id} reads {other}, but {nodes[0]} reads {first}; a preview graph reads only one data set."
            yield Finding(
                id,
                text,
                one(repair.set_param, context, id, "dataset", first),
            )


def _placed_differently(context: Context) -> Iterator[Finding]:
    """A network whose blank Input was filled by one placement, here given what its weights do not fit."""
    if context.graph.kind == "network":
        return  # each placement there has weights of its own
    for id in context.wiring.of_part("network"):
        inner, seen = context.wiring.reference(id, NetworkRef), context.walk.nodes[id]
        if inner not in context.project.graphs or seen.state != "ok" or not seen.inner:
            continue
        if seen.inner[0].signature == context.study.walk(inner).signature:
            continue
        typed = context.study.typed(inner)
        for port, (shape, _) in context.study.declared(inner).items():
            kind = context.type_at(id, port)
            if port in typed or kind is None:
                continue
            sizes = tuple(context.walk.symbols.size(dim) for dim in kind.dims)
            if tuple(s for s in sizes if isinstance(s, int)) != tuple(s for s in shape if isinstance(s, int)):
                text = (
                    f"{id} gives {inner} {context.shape(kind)} at {port}, but elsewhere it gets {show_declared(shape)}."
                )
                yield Finding(id, text, one(repair.drop, context, id))


RULES = (
    Rule("no-optimizer", "error", _optimizer),
    Rule("no-data", "error", _data),
    Rule("optimizer-loss", "error", _optimizer_loss),
    Rule("one-dataset", "error", _one_dataset),
    Rule("placed-differently", "error", _placed_differently),
)
