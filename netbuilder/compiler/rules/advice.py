"""Rules about what is set and does nothing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from immutables import Map

from netbuilder.blocks.arguments import declared
from netbuilder.blocks.params import NetworkRef
from netbuilder.compiler import repair
from netbuilder.compiler.context import Context, Finding, Rule, one
from netbuilder.compiler.report import Repair
from netbuilder.graph import edits
from netbuilder.graph.expressions import ExpressionError, expressions, names
from netbuilder.graph.model import Values, natural_key


def _idle_dropout(context: Context) -> Iterator[Finding]:
    for id in context.nodes("RNN", "LSTM", "GRU"):
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


def _unused_argument(context: Context) -> Iterator[Finding]:
    held = declared(context.graph)
    if not held or context.graph.kind != "network":
        return
    used: set[str] = set()
    for node in context.graph.nodes.values():
        for value in node.params.values():
            used.update(name.partition(".")[0] for text in expressions(value) for name in _names(text))
    if idle := sorted(set(held) - used, key=natural_key):
        one_ = len(idle) == 1
        text = (
            f"{context.name}'s argument{'' if one_ else 's'} {' and '.join(idle)} {'is' if one_ else 'are'} used "
            f"nowhere: a parameter would use {'it' if one_ else 'the first'} as ={idle[0]}."
        )
        yield Finding("", text, one(_without, context, idle))


def _names(text: str) -> tuple[str, ...]:
    try:
        return names(text)
    except ExpressionError:  # said by the rule about parameters
        return ()


def _without(context: Context, idle: list[str]) -> Repair:
    """Takes arguments away, here and wherever a placement gives them."""
    dropped = dict.fromkeys(idle, edits.DEFAULT)
    steps: list[repair.Step] = [lambda project: edits.set_arguments(project, context.name, dropped)]
    for graph in sorted(context.project.graphs, key=natural_key):
        if context.name not in context.study.placed(graph):
            continue
        wiring = context.study.wiring(graph)
        for id in wiring.of_part("network"):
            given = wiring.graph.nodes[id].params.get("arguments")
            if wiring.reference(id, NetworkRef) == context.name and isinstance(given, Map):
                rest: Values = Map({name: value for name, value in given.items() if name not in idle})
                if rest != given:
                    steps.append(partial(edits.set_params, graph=graph, id=id, values={"arguments": rest}))
    return repair.together(
        context.project, f"Remove the argument{'s' if len(idle) > 1 else ''} {' and '.join(idle)}", *steps
    )


def _idle_steps(context: Context) -> Iterator[Finding]:
    if context.wiring.recurrent:
        return
    for id in context.wiring.of_part("input", "output"):
        held = context.graph.nodes[id].params.get("steps")
        if held in ("constant", "last"):
            text = f"{id}'s steps {held!r} mean something only in a network with a Delay, and this one has none."
            yield Finding(id, text, partial(_no_steps, context, id))


def _no_steps(context: Context, id: str) -> Iterator[Repair]:
    yield repair.together(
        context.project,
        f"Set {id}'s steps back to the default",
        lambda project: edits.set_params(project, context.name, id, {"steps": edits.DEFAULT}),
    )


RULES = (
    Rule("idle-dropout", "hint", _idle_dropout),
    Rule("unused-argument", "hint", _unused_argument),
    Rule("idle-steps", "hint", _idle_steps),
)
