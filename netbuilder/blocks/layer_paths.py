"""Paths to layers of a network, such as a LayerWeight has, follow where a layer gets another name or home."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.composition import network_params
from netbuilder.blocks.params import NetworkRef
from netbuilder.blocks.pieces import LayerPath
from netbuilder.graph import edits
from netbuilder.graph.change import Change, Edit, apply, join
from netbuilder.graph.model import Node, Project

Steps = tuple[str, ...]
Moved = Mapping[Steps, Steps]  # the first one or two steps from a graph on, as they were and as they are


def rename_node(project: Project, graph: str, id: str, new: str, catalogue: Catalogue) -> Change:
    """Another id for a node; links, ports of placements and paths to layers follow. Raises EditError."""
    change = edits.rename(project, graph, id, new, network_params(catalogue))
    return following(project, graph, change, {(id,): (new,)}, catalogue)


def following(project: Project, graph: str, change: Change, moved: Moved, catalogue: Catalogue) -> Change:
    """The change, joined by all paths that lead through this graph along other steps now.

    Where conv1 was grouped, ("conv1",) became ("block1", "conv1").
    """
    if not change:
        return change
    after = apply(project, change)
    found = tuple(_paths(project, after, graph, moved, catalogue))
    return join(change.label, (change, Change(change.label, found))) if found else change


def _paths(before: Project, after: Project, graph: str, moved: Moved, catalogue: Catalogue) -> Iterator[Edit]:
    known = {name: catalogue[name] for name in catalogue.names if _layer(catalogue[name].params)}
    for name, held in after.graphs.items():
        for id, node in held.nodes.items():
            if node.block not in known:
                continue
            block = known[node.block]
            param = _layer(block.params)
            network = next((node.params.get(one.name) for one in block.params if isinstance(one, NetworkRef)), None)
            path = node.params.get(param)
            if isinstance(path, str) and path and isinstance(network, str):
                new = ".".join(_moved(before, network, tuple(path.split(".")), graph, moved))
                if new != path:
                    yield Edit("node", name, id, node, replace(node, params=node.params.set(param, new)))


def _layer(params: tuple[object, ...]) -> str:
    return next((param.name for param in params if isinstance(param, LayerPath)), "")


def _moved(project: Project, network: str, steps: Steps, graph: str, moved: Moved) -> Steps:
    """The steps from a network on, as they are now; each follows the placements as they were."""
    done: Steps = ()
    around: set[str] = set()
    while steps and network in project.graphs and network not in around:
        around.add(network)
        if network == graph:
            for many in (2, 1):
                if (to := moved.get(steps[:many])) is not None:
                    return (*done, *to, *steps[many:])
            return (*done, *steps)
        node: Node | None = project.graphs[network].nodes.get(steps[0])
        count = 2 if len(steps) > 1 and steps[1].isdigit() else 1  # a copy of those in a row
        done, steps = (*done, *steps[:count]), steps[count:]
        inner = node.params.get("network") if node is not None else None
        network = inner if isinstance(inner, str) else ""
    return (*done, *steps)
