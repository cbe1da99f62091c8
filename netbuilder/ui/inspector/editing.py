"""What the inspector's fields do to the document, as changes. No widgets here."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from netbuilder.blocks.arguments import Arguments
from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.layer_paths import rename_node
from netbuilder.blocks.params import DatasetRef, NetworkRef, Param
from netbuilder.blocks.spec import Block
from netbuilder.data.facts import SOURCES
from netbuilder.data.facts import facts as facts_of
from netbuilder.graph import edits
from netbuilder.graph.change import Change, apply, join
from netbuilder.graph.model import NONE, Graph, Project, Value, Values
from netbuilder.training.settings import SETTINGS


def active_parts(graph: Graph, catalogue: Catalogue) -> frozenset[str]:
    """The parts of the blocks that work in a graph."""
    names = {node.block for node in graph.nodes.values() if not node.bypassed}
    return frozenset(held.part for name in names if (held := catalogue.get(name)) is not None)


def shown_params(
    block: Block, values: Values, graph: Graph, project: Project, parts: Collection[str]
) -> Sequence[Param]:
    """The parameters that mean something where the node stands, and those that are set all the same. `parts`: those of
    the blocks that work there."""
    single = block.part == "network" and graph.kind != "network"  # there a network is one object, made as it is

    placed = project.graphs.get(str(values.get("network", "")))

    def means(param: Param) -> bool:
        here = (not param.beside or param.beside in parts) and (not single or isinstance(param, NetworkRef))
        if isinstance(param, Arguments):
            here = here and placed is not None and bool(placed.arguments)
        return here or values.get(param.name, param.default) != param.default

    return [param for param in block.typed(values) if means(param)]


def set_param(project: Project, graph: str, id: str, param: Param, value: Value) -> Change:
    """A parameter's new value; the default is not written. A data set that the project lacks comes with the choice."""
    new = edits.DEFAULT if value == param.default and type(value) is type(param.default) else value
    change = edits.set_params(project, graph, id, {param.name: new})
    if isinstance(param, DatasetRef) and value in SOURCES and value not in project.datasets:
        source = str(value)
        return join(change.label, (edits.set_dataset(project, source, facts_of(source)), change))
    return change


def set_setting(project: Project, training: str, name: str, value: Value) -> Change:
    """A setting's new value; the default is not written."""
    default = next(param.default for param in SETTINGS if param.name == name)
    new = edits.DEFAULT if value == default and type(value) is type(default) else value
    return edits.set_settings(project, training, {name: new})


def rename(project: Project, graph: str, id: str, new: str, catalogue: Catalogue) -> Change:
    """A node's other name; links, ports of placements, paths to layers and the setting that names it follow. Raises
    EditError."""
    change = rename_node(project, graph, id, new, catalogue)
    if change and project.settings.get(graph, NONE).get("best") == id:
        after = apply(project, change)
        return join(change.label, (change, edits.set_settings(after, graph, {"best": new})))
    return change
