"""Rules about networks in networks: their arguments, copies in a row, shared weights."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from functools import partial

from immutables import Map

from netbuilder.blocks.arguments import declared, wrong_arguments
from netbuilder.blocks.params import NetworkRef
from netbuilder.compiler import repair
from netbuilder.compiler.context import Context, Finding, Rule, one
from netbuilder.compiler.report import Repair
from netbuilder.graph import edits
from netbuilder.graph.model import Value, natural_key


def _arguments(context: Context) -> Iterator[Finding]:
    wrong = wrong_arguments(context.graph)
    for name in sorted(wrong, key=natural_key):
        yield Finding("", f"The argument {wrong[name]}.", one(_without, context, name))


def _without(context: Context, name: str) -> Repair:
    return repair.together(
        context.project,
        f"Remove the argument {name[:40]}",
        lambda project: edits.set_arguments(project, context.name, {name: edits.DEFAULT}),
    )


def _given_arguments(context: Context) -> Iterator[Finding]:
    """Arguments that a placement gives and its network does not have; others are for the rule about parameters."""
    for id, _, _ in context.failures("params"):
        if list(context.wiring.wrong[id]) != ["arguments"] or context.blocks[id].part != "network":
            continue
        text = context.wiring.wrong[id]["arguments"]
        yield Finding(id, f"{id}'s arguments: {text}.", partial(_mended_arguments, context, id))


def _mended_arguments(context: Context, id: str) -> Iterator[Repair]:
    given = context.graph.nodes[id].params.get("arguments")
    graph = context.project.graphs.get(context.wiring.reference(id, NetworkRef))
    if not isinstance(given, Map) or graph is None:
        yield _back(context, id, "arguments")
        return
    held = declared(graph)
    kept: dict[str, Value] = {name: value for name, value in given.items() if name in held}
    renamed = dict(kept)
    for name in sorted(set(given) - set(held), key=natural_key):
        if close := get_close_matches(name, [one for one in held if one not in renamed], 1, 0.5):
            renamed[close[0]] = given[name]
    for values in (renamed, kept) if renamed != kept else (kept,):
        if values != dict(given):
            yield repair.set_param(context, id, "arguments", Map(values))
    yield _back(context, id, "arguments")


def _back(context: Context, id: str, name: str) -> Repair:
    return repair.together(
        context.project,
        f"Set {id}'s {name} back to the default",
        lambda project: edits.set_params(project, context.name, id, {name: edits.DEFAULT}),
    )


def _only_nested(context: Context) -> Iterator[Finding]:
    if context.graph.kind == "network":
        return
    for id in context.wiring.of_part("network"):
        params = context.graph.nodes[id].params
        names = [
            param.name
            for param in context.blocks[id].typed(params)
            if not isinstance(param, NetworkRef) and params.get(param.name, param.default) != param.default
        ]
        if names:
            text = (
                f"{id} sets {' and '.join(names)}, which mean something only inside another network: here every "
                "network is one object, made with its own arguments."
            )
            yield Finding(id, text, one(_as_it_is, context, id, names))


def _as_it_is(context: Context, id: str, names: list[str]) -> Repair:
    values = dict.fromkeys(names, edits.DEFAULT)
    return repair.together(
        context.project,
        f"Set {id}'s {' and '.join(names)} back to the default",
        lambda project: edits.set_params(project, context.name, id, values),
    )


def _copies(context: Context) -> Iterator[Finding]:
    for id, _, failure in context.failures("copies"):
        yield Finding(id, f"{id} can't repeat: {failure.text}.", partial(_once, context, id))


def _once(context: Context, id: str) -> Iterator[Repair]:
    if context.wiring.value(id, "weights") == "shared":
        yield repair.set_param(context, id, "weights", "own")
    yield repair.set_param(context, id, "repeat", 1)


def _shared(context: Context) -> Iterator[Finding]:
    for id, _, failure in context.failures("shared"):
        text = f"{id} can't share the weights of {failure.text}."
        yield Finding(id, text, one(repair.set_param, context, id, "weights", "own"))


RULES = (
    Rule("arguments", "error", _arguments),
    Rule("given-arguments", "error", _given_arguments),
    Rule("placement-only-nested", "error", _only_nested),
    Rule("copies", "error", _copies),
    Rule("shared-sizes", "error", _shared),
)
