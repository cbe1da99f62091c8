"""What grouping nodes into networks must know of the blocks."""

from __future__ import annotations

from typing import cast

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.families.structure import INPUT, NETWORK, OUTPUT
from netbuilder.graph.grouping import Parts
from netbuilder.graph.model import GraphKind


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
