"""What a piece of a graph refers to, taken along with it: networks that its placements name, data sets, arguments.

Into the project that it came from it brings nothing that is there. Elsewhere, what is there already and equal is used;
what has the name of something else gets another name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import msgspec
from immutables import Map
from msgspec.structs import replace

from netbuilder.graph.change import Edit
from netbuilder.graph.edits_base import graph_of, require_room
from netbuilder.graph.edits_data import named_datasets, naming_datasets
from netbuilder.graph.edits_project import named_networks, naming_networks
from netbuilder.graph.fragment import Fragment
from netbuilder.graph.model import Dataset, Graph, Node, Project, natural_key
from netbuilder.graph.names import fresh_id
from netbuilder.graph.substitution import given, names


class References(msgspec.Struct, frozen=True):
    """The names of parameters that name networks (as their value, or as keys of values by network) and data sets."""

    networks: Collection[str]
    datasets: Collection[str]


class Brought(NamedTuple):
    """What a fragment becomes in a project: edits that come first, the fragment with the names that things have there.

    `networks` and `datasets` are the names of what is new.
    """

    edits: tuple[Edit, ...]
    fragment: Fragment
    networks: tuple[str, ...]
    datasets: tuple[str, ...]


def carried(project: Project, graph: str, fragment: Fragment, refs: References, home: str = "") -> Fragment:
    """The fragment, cut out of this graph, with all that it refers to. `home` says which project it came from."""
    networks: dict[str, Graph] = {}
    todo = list(_networks(fragment.nodes, refs))
    while todo:
        name = todo.pop()
        held = project.graphs.get(name)
        if held is not None and held.kind == "network" and name not in networks:
            networks[name] = held
            todo += _networks(held.nodes, refs)
    datasets = {
        name
        for nodes in (fragment.nodes, *(held.nodes for held in networks.values()))
        for node in nodes.values()
        for name in named_datasets(node.params, refs.datasets)
        if name in project.datasets
    }
    used = {name for node in fragment.nodes.values() for value in node.params.values() for name in names(value)}
    held_arguments = graph_of(project, graph).arguments
    return replace(
        fragment,
        arguments=Map({name: value for name, value in held_arguments.items() if name in used}),
        networks=Map(networks),
        datasets=Map({name: project.datasets[name] for name in datasets}),
        home=home,
    )


def bring(project: Project, graph: str, fragment: Fragment, refs: References, home: str = "") -> Brought:
    """Makes a fragment ready to be pasted into this graph. Raises EditError over the limit of nodes.

    Arguments that this graph does not declare have what they were by default in their place.
    """
    same = bool(home) and home == fragment.home
    edits: list[Edit] = []
    datasets: dict[str, str] = {}
    for name in sorted(fragment.datasets, key=natural_key):
        dataset = fragment.datasets[name]
        if same and name in project.datasets:
            continue
        alike = (other for other in _this_first(name, project.datasets) if _alike(dataset, project.datasets[other]))
        datasets[name] = there = next(alike, "")
        if not there:
            datasets[name] = _free(name, project.datasets, {*fragment.datasets, *datasets.values()})
            edits.append(Edit("dataset", "", datasets[name], None, dataset))
    networks: dict[str, str] = {}
    new: list[Edit] = []
    for name in _inner_first(fragment.networks, refs):
        if same and name in project.graphs:
            continue
        made = _renamed_graph(fragment.networks[name], networks, datasets, refs)
        equal = (other for other in _this_first(name, project.graphs) if project.graphs[other] == made)
        networks[name] = there = next(equal, "")
        if not there:
            networks[name] = _free(name, project.graphs, {*fragment.networks, *networks.values()})
            new.append(Edit("graph", "", networks[name], None, made))
    require_room(
        project, len(fragment.nodes) + sum(len(edit.after.nodes) for edit in new if isinstance(edit.after, Graph))
    )
    declared = graph_of(project, graph).arguments
    lacking = Map({name: value for name, value in fragment.arguments.items() if name not in declared})
    nodes = {id: _renamed(node, networks, datasets, refs) for id, node in fragment.nodes.items()}
    if lacking:
        nodes = {
            id: replace(node, params=Map({name: given(value, lacking) for name, value in node.params.items()}))
            for id, node in nodes.items()
        }
    return Brought(
        (*edits, *new),
        replace(fragment, nodes=Map(nodes)),
        tuple(str(edit.key) for edit in new),
        tuple(str(edit.key) for edit in edits),
    )


def _this_first(name: str, held: Map[str, Any]) -> list[str]:
    """All names, this one first: what came under another name before is found again."""
    return sorted(held, key=lambda other: (other != name, natural_key(other)))


def _free(name: str, held: Map[str, Any], others: Collection[str]) -> str:
    return name if name not in held else fresh_id({*held, *others}, name)


def _networks(nodes: Map[str, Node], refs: References) -> Iterator[str]:
    for node in nodes.values():
        yield from named_networks(node.params, refs.networks)


def _inner_first(networks: Map[str, Graph], refs: References) -> list[str]:
    """Each after those that it places; of a circle, which nobody can use, in some order."""
    found: dict[str, None] = {}
    seen: set[str] = set()
    todo = [(name, False) for name in sorted(networks, key=natural_key)]
    while todo:
        name, done = todo.pop()
        if done:
            found[name] = None
        elif name not in seen:
            seen.add(name)
            todo.append((name, True))
            todo += [(inner, False) for inner in _networks(networks[name].nodes, refs) if inner in networks]
    return list(found)


def _renamed_graph(held: Graph, networks: dict[str, str], datasets: dict[str, str], refs: References) -> Graph:
    nodes = {id: _renamed(node, networks, datasets, refs) for id, node in held.nodes.items()}
    return replace(held, nodes=Map(nodes))


def _renamed(node: Node, networks: dict[str, str], datasets: dict[str, str], refs: References) -> Node:
    params = naming_networks(node.params, networks, refs.networks)
    params = naming_datasets(params, datasets, refs.datasets)
    return node if params is node.params else replace(node, params=params)


def _alike(one: Dataset, other: Dataset) -> bool:
    """Whether two data sets are the same data read in the same way; what a scan has counted of them may differ."""
    return (one.source, one.params, [column.id for column in one.columns]) == (
        other.source,
        other.params,
        [column.id for column in other.columns],
    )
