"""Edits of a project's data sets that reach into its graphs, and where a data set is used."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec.structs import replace

from netbuilder.graph.change import Change, Edit
from netbuilder.graph.edits_base import EditError, changed, require_id
from netbuilder.graph.model import Project, Value, Values, natural_key
from netbuilder.graph.substitution import names, renamed

Place = tuple[str, str]  # a graph and a node in it


def uses_of_dataset(project: Project, name: str, dataset_params: Collection[str] = ("dataset",)) -> list[Place]:
    """The nodes that name the data set, in a parameter of these names or in an expression; in natural order."""
    found: list[Place] = []
    for graph in sorted(project.graphs, key=natural_key):
        nodes = project.graphs[graph].nodes
        for id in sorted(nodes, key=natural_key):
            params = nodes[id].params
            if any(params.get(param) == name for param in dataset_params) or _named(params, name):
                found.append((graph, id))
    return found


def rename_dataset(project: Project, name: str, new: str, dataset_params: Collection[str] = ("dataset",)) -> Change:
    """Another name; parameters of these names that hold it, and expressions that use its facts, follow.

    Raises EditError.
    """
    label = f"Rename dataset {name} to {new}"
    if name not in project.datasets:
        raise EditError(f"there is no dataset {name}")
    if new == name:
        return Change(label)
    require_id(new)
    if new in project.datasets:
        raise EditError(f"there is already a dataset {new}")
    dataset = project.datasets[name]
    edits = [Edit("dataset", "", name, dataset, None), Edit("dataset", "", new, None, dataset)]
    for key, graph in project.graphs.items():
        arguments = naming_datasets(graph.arguments, {name: new}, ())
        if arguments is not graph.arguments:
            graph = replace(graph, arguments=arguments)
            edits.append(Edit("graph", "", key, project.graphs[key], graph))
        for id, node in graph.nodes.items():
            params = naming_datasets(node.params, {name: new}, dataset_params)
            if params is not node.params:
                edits.append(Edit("node", key, id, node, replace(node, params=params)))
    return Change(label, tuple(edits))


def _named(params: Values, name: str) -> bool:
    return any(used.startswith(f"{name}.") for value in params.values() for used in names(value))


def named_datasets(params: Values, dataset_params: Collection[str]) -> set[str]:
    """What may be data sets: values of parameters of these names, and what stands before a dot in an expression."""
    found = {value for param in dataset_params if isinstance(value := params.get(param), str)}
    return found | {one.partition(".")[0] for value in params.values() for one in names(value) if "." in one}


def naming_datasets(params: Values, new: Mapping[str, str], dataset_params: Collection[str]) -> Values:
    """The parameters with new names of data sets in the place of old ones; the very same if none is named."""
    held: dict[str, Value] = {}
    for param in dataset_params:
        value = params.get(param)
        if isinstance(value, str) and value in new:
            held[param] = new[value]
    for param, value in params.items():
        found = ((one, *one.partition(".")) for one in names(value))
        used = {one: f"{new[name]}.{rest}" for one, name, dot, rest in found if dot and name in new}
        if used:
            held[param] = renamed(value, used)
    return changed(params, held.items()) if held else params
