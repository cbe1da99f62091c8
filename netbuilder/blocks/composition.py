"""What grouping nodes into networks must know of the blocks."""

from __future__ import annotations

from typing import cast

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.families.structure import INPUT, NETWORK, OUTPUT
from netbuilder.blocks.groups import Groups
from netbuilder.blocks.params import DatasetRef, NetworkRef
from netbuilder.graph.carrying import References
from netbuilder.graph.grouping import Parts
from netbuilder.graph.model import GraphKind, Project, natural_key


def parts(catalogue: Catalogue) -> Parts:
    """The parts that this catalogue's placements, Inputs, Outputs and delays play."""

    def fits(name: str, kind: str) -> bool:
        block = catalogue.get(name)
        return block is None or cast(GraphKind, kind) in block.graphs

    blocks = [catalogue[name] for name in catalogue.names]
    placements = [block.name for block in blocks if block.part == NETWORK.part]
    return Parts(
        placement=(NETWORK.name, *(name for name in placements if name != NETWORK.name)),
        network="network",
        arguments="arguments",
        repeat="repeat",
        weights="weights",
        shared="shared",
        input=INPUT.name,
        output=OUTPUT.name,
        port=OUTPUT.inputs[0].name,
        delays=tuple(block.name for block in blocks if block.part == "delay"),
        fits=fits,
    )


def network_params(catalogue: Catalogue) -> frozenset[str]:
    """The names of all parameters that hold a network's name."""
    blocks = [catalogue[name] for name in catalogue.names]
    return frozenset(param.name for block in blocks for param in block.params if isinstance(param, NetworkRef))


def places(project: Project, network: str, known: Parts) -> list[tuple[str, str]]:
    """Where a network is placed: graph and node, in the order of their names."""
    found: list[tuple[str, str]] = []
    for name in sorted(project.graphs, key=natural_key):
        nodes = project.graphs[name].nodes.items()
        here = [id for id, node in nodes if node.block in known.placement and node.params.get(known.network) == network]
        found += [(name, id) for id in sorted(here, key=natural_key)]
    return found


def dataset_params(catalogue: Catalogue) -> frozenset[str]:
    """The names of all parameters that hold a data set's name."""
    blocks = [catalogue[name] for name in catalogue.names]
    return frozenset(param.name for block in blocks for param in block.params if isinstance(param, DatasetRef))


def references(catalogue: Catalogue) -> References:
    """The names of all parameters that name networks or data sets, of whatever kind."""
    blocks = [catalogue[name] for name in catalogue.names]
    named = (param.name for block in blocks for param in block.params if isinstance(param, NetworkRef | Groups))
    return References(frozenset(named), dataset_params(catalogue))
