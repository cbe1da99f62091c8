"""Which network is meant where none is named."""

from __future__ import annotations

import pytest
from immutables import Map

from netbuilder.exchange.target import outermost
from netbuilder.graph.model import Graph, Node, Project


def project(**networks: str) -> Project:
    """Networks by name, each with the names of those that it places."""
    return Project(
        graphs=Map(
            {
                name: Graph(
                    "network",
                    Map({f"n{at}": Node("Network", Map(network=inner)) for at, inner in enumerate(held.split())}),
                )
                for name, held in networks.items()
            }
        ).set("training", Graph("training", Map(net=Node("Network", Map(network="whole")))))
    )


@pytest.mark.parametrize(
    ("networks", "meant"),
    [
        ({"whole": "part part", "part": "piece", "piece": ""}, "whole"),
        ({"only": ""}, "only"),
        ({"generator": "part", "critic": "part", "part": ""}, ""),
        ({"one": "other", "other": "one"}, ""),
    ],
)
def test_the_network_that_stands_in_no_other_is_meant(networks, meant):
    assert outermost(project(**networks)) == meant
