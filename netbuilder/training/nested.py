"""Networks inside networks: where in a module the placements of a drawn network lie."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from torch import nn

from netbuilder.graph.model import Project, natural_key


def placements(project: Project | None, name: str) -> list[tuple[str, str]]:
    """The nodes that place a network in this one, each with that network's name, in natural order."""
    graph = project.graphs.get(name) if project is not None else None
    nodes = sorted(graph.nodes.items(), key=lambda item: natural_key(item[0])) if graph is not None else []
    return [(id, inner) for id, node in nodes if isinstance(inner := node.params.get("network"), str)]


def nested(project: Project, name: str, module: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """All networks in the module of a network, by name, at any depth; a repeated one is there as often as it has
    weights of its own, and one that shares another's weights is not there again."""
    for id, inner in placements(project, name):
        held = getattr(module, id, None)
        for each in held if isinstance(held, nn.ModuleList) else (held,):
            if isinstance(each, nn.Module):
                yield inner, each
                yield from nested(project, inner, each)


def freeze(project: Project, names: Iterable[str], networks: Mapping[str, nn.Module]) -> list[nn.Module]:
    """Takes the networks of these names, also where they are nested, out of all learning; gives their modules."""
    wanted = set(names)
    every = [(name, module) for name, module in networks.items()]
    every += [found for name, module in networks.items() for found in nested(project, name, module)]
    frozen = [module for name, module in every if name in wanted]
    for module in frozen:
        module.requires_grad_(False)
    return frozen
