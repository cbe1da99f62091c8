"""Edits of what a project holds beside the insides of its graphs: graphs by name, datasets, settings, title."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from immutables import Map
from msgspec.structs import replace

from netbuilder.graph.change import Change, Edit
from netbuilder.graph.edits_base import (
    Default,
    EditError,
    changed,
    graph_of,
    require_id,
    require_room,
    title_of,
)
from netbuilder.graph.model import NONE, Dataset, Graph, GraphKind, Node, Project, Value, Values


def add_graph(project: Project, name: str, kind: GraphKind = "network", graph: Graph | None = None) -> Change:
    """An empty graph of this kind, or the one given. Raises EditError for a name that is taken or none."""
    _free_name(project, name)
    new = Graph(kind) if graph is None else graph
    require_room(project, len(new.nodes))
    return Change(f"Add {new.kind} {name}", (Edit("graph", "", name, None, new),))


def remove_graph(project: Project, name: str) -> Change:
    """Without the graph and its settings. Placements of it stay and have a problem. Raises EditError."""
    edits = [Edit("graph", "", name, graph_of(project, name), None)]
    if name in project.settings:
        edits.append(Edit("settings", "", name, project.settings[name], None))
    return Change(f"Delete {name}", tuple(edits))


def rename_graph(project: Project, name: str, new: str, network_params: Collection[str] = ("network",)) -> Change:
    """Another name; settings and the nodes that hold it in parameters of these names follow. Raises EditError."""
    graph = graph_of(project, name)
    label = f"Rename {name} to {new}"
    if new == name:
        return Change(label)
    _free_name(project, new)
    edits = [Edit("graph", "", name, graph, None), Edit("graph", "", new, None, graph)]
    for key, held in project.graphs.items():
        for node_id, node in held.nodes.items():
            after = _following(node, name, new, network_params)
            if after is not node:
                edits.append(Edit("node", new if key == name else key, node_id, node, after))
    if name in project.settings:
        edits.append(Edit("settings", "", name, project.settings[name], None))
        edits.append(Edit("settings", "", new, None, project.settings[name]))
    return Change(label, tuple(edits))


def _following(node: Node, name: str, new: str, network_params: Collection[str]) -> Node:
    params = naming_networks(node.params, {name: new}, network_params)
    return node if params is node.params else replace(node, params=params)


def named_networks(params: Values, network_params: Collection[str]) -> Iterator[str]:
    """The networks that these parameters name: as their value, or as keys of values by network."""
    for param in network_params:
        value = params.get(param)
        if isinstance(value, str):
            yield value
        elif isinstance(value, Map):
            yield from value


def naming_networks(params: Values, new: Mapping[str, str], network_params: Collection[str]) -> Values:
    """The parameters with new names of networks in the place of old ones; the very same if none is named."""
    held: list[tuple[str, Value]] = []
    for param in network_params:
        value = params.get(param)
        if isinstance(value, str) and value in new:
            held.append((param, new[value]))
        elif isinstance(value, Map) and any(name in new for name in value):
            held.append((param, Map({new.get(name, name): inner for name, inner in value.items()})))
    return changed(params, held) if held else params


def set_arguments(project: Project, graph: str, values: Mapping[str, Value | Default]) -> Change:
    """Arguments that a network declares for its placements. Raises EditError.

    It replaces the graph as a whole, since arguments are no thing of their own: views draw it anew.
    """
    held = graph_of(project, graph)
    arguments = changed(held.arguments, values.items())
    if arguments is held.arguments:
        return Change(f"Set arguments of {graph}")
    return Change(f"Set arguments of {graph}", (Edit("graph", "", graph, held, replace(held, arguments=arguments)),))


def set_settings(project: Project, training: str, values: Mapping[str, Value | Default]) -> Change:
    """Settings of a training graph: these to these values, DEFAULT drops one, the others stay. Raises EditError."""
    graph_of(project, training)
    before = project.settings.get(training)
    held = NONE if before is None else before
    after = changed(held, values.items())
    label = f"Set {', '.join(values)}" if len(values) <= 2 else f"Set {len(values)} settings"
    if after is held:
        return Change(label)
    return Change(label, (Edit("settings", "", training, before, after),))


def set_dataset(project: Project, name: str, dataset: Dataset | None) -> Change:
    """The facts of a dataset, new or in place of the old; None takes it away."""
    before = project.datasets.get(name)
    verb = "Remove" if dataset is None else "Add" if before is None else "Change"
    label = f"{verb} dataset {name}"
    if before == dataset:
        return Change(label)
    if dataset is not None:
        require_id(name)
    return Change(label, (Edit("dataset", "", name, before, dataset),))


def set_project_title(project: Project, title: str) -> Change:
    """The project's own title."""
    title = title_of(title)
    return Change(
        "Title the project", (Edit("head", "", "title", project.title, title),) if title != project.title else ()
    )


def _free_name(project: Project, name: str) -> None:
    require_id(name)
    if name in project.graphs:
        raise EditError(f"there is already a graph {name}")
