"""Rules about graphs that run but hardly do what was meant."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from netbuilder.compiler import repair
from netbuilder.compiler.context import Context, Finding, Rule, one
from netbuilder.compiler.report import Repair

# Blocks through which a stack of linear layers stays linear.
_KEEPS_LINEAR = ("Flatten", "Reshape", "Permute", "Dropout")


def _image_into_linear(context: Context) -> Iterator[Finding]:
    for id in context.nodes("Linear"):
        kind, link = context.type_at(id, "x"), context.link_at(id, "x")
        if kind is None or link is None or len(kind.dims) != 4:
            continue
        fails = any(
            context.walk.nodes[other].state == "error"
            for other in context.downstream(id)
            if other in context.walk.nodes
        )
        text = (
            f"{id} gets an image, {context.shape(kind)}, and would work on its last axis only, each row by itself. "
            "A Flatten before it makes one row of the whole image."
        )
        yield Finding(
            id,
            text,
            one(repair.insert, context, link.target, "Flatten"),
            "error" if fails else None,
        )


def _stacked_linear(context: Context) -> Iterator[Finding]:
    for id in context.nodes("Linear"):
        into = context.link_at(id, "x")
        others = (link for link in context.back(id) if context.graph.nodes[link.source.node].block not in _KEEPS_LINEAR)
        link = next(others, None)
        if link is None or into is None or context.graph.nodes[link.source.node].block != "Linear":
            continue
        text = (
            f"{link.source.node} and {id} have no activation between them: "
            "stacked linear layers can only learn a linear function."
        )
        yield Finding(id, text, one(repair.insert, context, into.target, "ReLU"))


def _idle_dropout(context: Context) -> Iterator[Finding]:
    for id in context.nodes("LSTM", "GRU"):
        dropout, layers = (context.wiring.value(id, name) for name in ("dropout", "num_layers"))
        if isinstance(dropout, float | int) and dropout > 0 and layers == 1 and id not in context.wiring.wrong:
            text = (
                f"{id}'s dropout of {dropout:g} does nothing: it works between layers, and {id} has only one. "
                "Use two layers, or a Dropout behind it."
            )
            yield Finding(id, text, partial(_dropout_or_layers, context, id))


def _dropout_or_layers(context: Context, id: str) -> Iterator[Repair]:
    yield repair.set_param(context, id, "dropout", 0.0)
    yield repair.set_param(context, id, "num_layers", 2)


RULES = (
    Rule("image-into-linear", "warning", _image_into_linear),
    Rule("stacked-linear", "warning", _stacked_linear),
    Rule("idle-dropout", "hint", _idle_dropout),
)
