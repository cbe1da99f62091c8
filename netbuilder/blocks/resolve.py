"""A node's parameters with their expressions computed, and what is wrong with them: for compiler and catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from immutables import Map

from netbuilder.blocks.arguments import Arguments, misfit
from netbuilder.blocks.params import Int, NetworkRef, Param
from netbuilder.blocks.spec import Block
from netbuilder.blocks.spelling import short
from netbuilder.graph import expressions
from netbuilder.graph.expressions import Environment, ExpressionError, holds_expression
from netbuilder.graph.model import Project, Value, Values


class Resolved(NamedTuple):
    """`values`: plain ones, computed where that was possible; `wrong`: what is wrong by parameter, in a few words."""

    values: Values
    wrong: Mapping[str, str]


def resolve(block: Block, params: Values, env: Environment, project: Project) -> Resolved:
    """The values of a node's parameters in a graph with these arguments."""
    written = {name for name, value in params.items() if holds_expression(value)}
    wrong = block.check(params)
    values = params
    known = {param.name: param for param in block.typed(params)} if written else {}
    for name in sorted(written - wrong.keys()):
        param = known[name]
        if not param.takes_expressions:
            continue
        try:
            value = expressions.resolved(params[name], env)
        except ExpressionError as error:
            wrong[name] = f"{_source(params[name])}: {error}"
            continue
        if text := param.check(value):
            wrong[name] = f"{_source(params[name])}: {text}{_whole(param, value)}"
        else:
            values = values.set(name, value)
    if block.part == "network" and not wrong:
        wrong.update(_misfits(block, values, project))
    return Resolved(values, wrong)


def _misfits(block: Block, values: Values, project: Project) -> dict[str, str]:
    """Arguments that the network does not have, or not so."""
    found: dict[str, str] = {}
    params = block.typed(values)
    network = next((values.get(param.name, param.default) for param in params if isinstance(param, NetworkRef)), None)
    graph = project.graphs.get(network) if isinstance(network, str) else None
    for param in params:
        given = values.get(param.name, param.default)
        if isinstance(param, Arguments) and graph is not None and isinstance(given, Map):
            assert isinstance(network, str)
            if text := misfit(network, graph, given):
                found[param.name] = text
    return found


def _source(value: Value) -> str:
    texts = list(expressions.expressions(value))
    return texts[0] if len(texts[0]) <= 40 else texts[0][:37] + "..."


def _whole(param: Param, value: Value) -> str:
    """A division gives no whole number, which surprises people."""
    is_whole = isinstance(param, Int) and isinstance(value, float) and value.is_integer()
    return f" (// divides whole numbers: {short(int(value))})" if is_whole and isinstance(value, float) else ""
