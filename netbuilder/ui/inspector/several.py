"""Parameters that several nodes have in common, and edits of all of them at once. No widgets here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from immutables import Map

from netbuilder.blocks.arguments import Arguments
from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.code import Code
from netbuilder.blocks.groups import Groups
from netbuilder.blocks.params import Param
from netbuilder.graph.change import Change, apply, join
from netbuilder.graph.edits_base import same
from netbuilder.graph.model import Graph, Node, Project, Value, Values
from netbuilder.ui.inspector.editing import active_parts, set_param, shown_params

MOST = 1000  # nodes that are looked at; of more only their number and cost are told
_ALONE = (Arguments, Groups, Code)  # kinds that belong to one node
_PLACES = ("place",)  # no two nodes have the same


class Common(NamedTuple):
    """The parameters that all nodes have, the value of each, and the names of those whose values differ."""

    params: tuple[Param, ...] = ()
    values: Values = Map()
    mixed: frozenset[str] = frozenset()


def common(graph: Graph, ids: Sequence[str], catalogue: Catalogue, project: Project) -> Common:
    """What these nodes have in common; nothing where one has no known block."""
    nodes = [graph.nodes[id] for id in ids if id in graph.nodes]
    if not nodes or len(nodes) > MOST or any(node.block not in catalogue for node in nodes):
        return Common()
    params: dict[str, Param] = {}
    shown: dict[str, Mapping[str, Param]] = {}
    parts = active_parts(graph, catalogue)
    for number, node in enumerate(nodes):
        block = catalogue[node.block]
        if (held := shown.get(block.name)) is None or block.variants:
            found = shown_params(block, node.params, graph, project, parts)
            held = shown[block.name] = {param.name: param for param in found}
        if number == 0:
            params = {name: param for name, param in held.items() if _shared(param)}
        params = {name: param for name, param in params.items() if _alike(param, held.get(name))}
    values: dict[str, Value] = {}
    mixed: set[str] = set()
    for name in params:
        first, *others = (_value(node, name, catalogue) for node in nodes)
        values[name] = first
        if not all(same(first, other) for other in others):
            mixed.add(name)
    return Common(tuple(params.values()), Map(values), frozenset(mixed))


def set_all(
    project: Project, graph: str, ids: Collection[str], name: str, value: Value, catalogue: Catalogue
) -> Change | str:
    """A parameter of all these nodes at once; a clause that says which one can't have the value, and why."""
    held, changes = project.graphs[graph], []
    for id in ids:
        node = held.nodes[id]
        param = _param(node, name, catalogue)
        if wrong := param.check_written(value):
            return f"{id}: {wrong}"
        change = set_param(project, graph, id, param, value)
        project = apply(project, change)
        changes.append(change)
    if len(changes) == 1:
        return changes[0]
    return join(f"Set {name} of {len(changes)} nodes", changes)


def _param(node: Node, name: str, catalogue: Catalogue) -> Param:
    return next(param for param in catalogue[node.block].typed(node.params) if param.name == name)


def _value(node: Node, name: str, catalogue: Catalogue) -> Value:
    return node.params[name] if name in node.params else _param(node, name, catalogue).default


def _shared(param: Param) -> bool:
    return not isinstance(param, _ALONE) and param.name not in _PLACES


def _alike(param: Param, other: Param | None) -> bool:
    """Whether one field can stand for both."""
    options = getattr(param, "options", ())
    return type(param) is type(other) and options == getattr(other, "options", ())
