"""What a step reports of its losses and metrics, and what the trainer must make for metrics that need state.

Imports no torch.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Protocol

import msgspec

from netbuilder.blocks.params import Inferred, Param
from netbuilder.blocks.spec import Port
from netbuilder.compiler.lines import Names, expression
from netbuilder.compiler.text import Known, Text, Variables
from netbuilder.compiler.types import Dim, TensorType
from netbuilder.compiler.wiring import Wiring
from netbuilder.graph.model import Output

_WORD = re.compile(r"\{(\w+)\}")


class MetricPlan(msgspec.Struct, frozen=True):
    """What to make for a metric that needs state: torchmetrics' class by its full name, its arguments, its inputs.

    `table`: it gives a table instead of a number.
    """

    node: str
    target: str
    arguments: dict[str, Any]
    ports: tuple[str, ...]
    table: bool = False
    graph: str = ""


def reported(wiring: Wiring, id: str, variables: Variables, learned: Collection[str]) -> str:
    """What stands for a loss or metric in the dictionary that a step returns.

    The name of its scalar; for a metric that needs state, the tuple of what is linked to it; for a loss whose mean is
    not over samples, itself and what its mean is over. What comes from nodes that are `learned` is detached.
    """
    block = wiring.blocks[id]

    def held(source: Output) -> str:
        learns = source.node in learned and wiring.blocks[source.node].part not in ("data", "detach")
        return f"{variables[source]}.detach()" if learns else variables[source]

    if block.stateful:
        given = [held(link.source) for port in wiring.inputs(id) for link in wiring.links(id, port.name)]
        return f"({', '.join(given)}{',' if len(given) == 1 else ''})"
    value = held(Output(id, wiring.outputs(id)[0].name))
    if not _is_shared(wiring, id):
        return value
    inputs = {
        port.name: tuple(variables[link.source] for link in links)
        for port in wiring.inputs(id)
        if (links := wiring.links(id, port.name))
    }
    share = expression(block.share, block, wiring.ports[id], wiring.values[id], Names(inputs, {}))
    return f"({value}, {share})"


def shown_at_end(text: Text, wiring: Wiring, ids: Iterable[str]) -> None:
    """Metrics that need state have no statement: they are shown at the last line, in what the step returns."""
    for id in ids:
        if wiring.blocks[id].stateful:
            text.spans.setdefault((wiring.name, id), (len(text.lines), len(text.lines)))


def _is_shared(wiring: Wiring, id: str) -> bool:
    """Whether a loss counts its samples otherwise than one by one."""
    block = wiring.blocks[id]
    words = set(_WORD.findall(block.share))
    optional = {port.name for port in wiring.inputs(id) if port.optional}
    if any(wiring.links(id, port) for port in words & optional):
        return True
    values = wiring.values[id]
    return any(wiring.value(id, p.name) != p.default for p in block.typed(values) if p.name in words)


class Walked(Protocol):
    """What is asked of a walk through a training graph."""

    @property
    def wiring(self) -> Wiring: ...

    @property
    def nodes(self) -> Mapping[str, Known]: ...


def metric_plans(walk: Walked) -> tuple[MetricPlan, ...]:
    """The metrics of a training graph that need state, in natural order."""
    wiring = walk.wiring
    plans = []
    for id in wiring.of_part("metric"):
        block = wiring.blocks[id]
        if not block.stateful:
            continue
        arguments: dict[str, Any] = dict(block.fixed)
        for param in block.parameters(wiring.values[id]):
            known = _argument(walk, id, param)
            if known is not None:
                arguments[param.name] = known
        ports = tuple(port.name for port in wiring.inputs(id) if wiring.links(id, port.name))
        plans.append(MetricPlan(id, block.stateful, arguments, ports, block.table, wiring.name))
    return tuple(plans)


def _argument(walk: Walked, id: str, param: Param) -> Any:
    if isinstance(param, Inferred):
        return walk.nodes[id].inferred.get(param.name)
    return walk.wiring.value(id, param.name)


def disagreement(ports: tuple[Port, ...], known: Mapping[str, tuple[TensorType, ...]]) -> tuple[str, str] | None:
    """The first two inputs whose axes of one letter differ in size; None if all agree.

    `*` stands for all axes that no letter names, so "N C *" and "N *" agree on all but the classes.
    """
    bound: dict[str, tuple[tuple[Dim, ...], str]] = {}
    for port in ports:
        for kind in known.get(port.name, ()):
            for letter, dims in _by_letter(port.axes.split(), kind.dims):
                before, first = bound.setdefault(letter, (dims, port.name))
                if before != dims:
                    return first, port.name
    return None


def _by_letter(letters: list[str], dims: tuple[Dim, ...]) -> list[tuple[str, tuple[Dim, ...]]]:
    if "*" not in letters:
        return [(letter, (dim,)) for letter, dim in zip(letters, dims, strict=False)]
    at = letters.index("*")
    end = len(dims) - (len(letters) - at - 1)
    before = [(letter, (dim,)) for letter, dim in zip(letters[:at], dims, strict=False)]
    after = [(letter, (dim,)) for letter, dim in zip(letters[at + 1 :], dims[end:], strict=True)]
    return [*before, ("*", dims[at:end]), *after]
