"""Edits of a network's arguments that reach the expressions which use them and the placements that give them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from immutables import Map
from msgspec.structs import replace

from netbuilder.graph.change import Change, Edit
from netbuilder.graph.edits_base import EditError, graph_of, require_id
from netbuilder.graph.grouping import Parts
from netbuilder.graph.model import Graph, Node, Project, Value, Values, natural_key
from netbuilder.graph.substitution import given, renamed


def rename_argument(project: Project, graph: str, name: str, new: str, parts: Parts) -> Change:
    """Another name for an argument, in the expressions of its network and wherever the network is placed.

    Raises EditError for a name that is taken or none.
    """
    held = _declaring(project, graph, name)
    label = f"Rename argument {name} to {new}"
    if new == name:
        return Change(label)
    require_id(new)
    if new in held.arguments:
        raise EditError(f"{graph} has an argument {new} already")
    arguments = held.arguments.delete(name).set(new, held.arguments[name])
    after = _with_values(replace(held, arguments=arguments), lambda value: renamed(value, {name: new}))
    edits = [Edit("graph", "", graph, held, after)]
    edits += _placements(project, graph, parts, lambda values: _moved(values, name, new))
    return Change(label, tuple(edits))


def remove_argument(project: Project, graph: str, name: str, parts: Parts) -> Change:
    """Without the argument: expressions have its default in its place, placements give nothing for it any more.

    Raises EditError.
    """
    held = _declaring(project, graph, name)
    default = Map({name: held.arguments[name]})
    after = _with_values(replace(held, arguments=held.arguments.delete(name)), lambda value: given(value, default))
    edits = [Edit("graph", "", graph, held, after)]
    edits += _placements(project, graph, parts, lambda values: values.delete(name) if name in values else values)
    return Change(f"Remove argument {name}", tuple(edits))


def _declaring(project: Project, graph: str, name: str) -> Graph:
    held = graph_of(project, graph)
    if name not in held.arguments:
        raise EditError(f"{graph} has no argument {name}")
    return held


def _with_values(graph: Graph, change: Callable[[Value], Value]) -> Graph:
    nodes = graph.nodes
    for id, node in graph.nodes.items():
        params = Map({name: change(value) for name, value in node.params.items()})
        if params != node.params:
            nodes = nodes.set(id, replace(node, params=params))
    return replace(graph, nodes=nodes)


def _placements(project: Project, network: str, parts: Parts, change: Callable[[Values], Values]) -> Iterator[Edit]:
    """Edits of all placements of the network that give arguments which this changes."""
    for name in sorted(project.graphs, key=natural_key):
        if name == network:  # a network is not placed in itself
            continue
        nodes = project.graphs[name].nodes
        for id in sorted(nodes, key=natural_key):
            node = nodes[id]
            if node.block in parts.placement and node.params.get(parts.network) == network:
                after = _giving(node, parts.arguments, change)
                if after != node:
                    yield Edit("node", name, id, node, after)


def _giving(node: Node, param: str, change: Callable[[Values], Values]) -> Node:
    values = node.params.get(param)
    if not isinstance(values, Map):
        return node
    new = change(values)
    return replace(node, params=node.params.set(param, new) if new else node.params.delete(param))


def _moved(values: Values, name: str, new: str) -> Values:
    return values.delete(name).set(new, values[name]) if name in values else values
