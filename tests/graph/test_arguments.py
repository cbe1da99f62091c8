"""Arguments of a network renamed and removed: expressions that use them and placements that give them follow."""

import pytest
from immutables import Map

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.composition import parts
from netbuilder.graph.change import apply
from netbuilder.graph.edits import EditError
from netbuilder.graph.edits_arguments import remove_argument, rename_argument
from netbuilder.graph.model import Graph, Node, Project

PARTS = parts(Catalogue.builtin())
BLOCK = Graph(
    "network",
    Map(
        {
            "conv1": Node("Conv2d", Map({"out_channels": "=n * 2", "kernel_size": (3, "=max(n, stride)")})),
            "conv2": Node("Conv2d", Map({"out_channels": "= stride", "padding": "=digits.n"})),
            "odd": Node("Conv2d", Map({"out_channels": "=n +"})),
        }
    ),
    arguments=Map({"n": 16, "stride": 2}),
)
NET = Graph(
    "network",
    Map(
        {
            "a": Node("Network", Map({"network": "block", "arguments": Map({"n": "=n"})})),
            "b": Node("Repeat", Map({"network": "block", "arguments": Map({"n": 4, "stride": 1})})),
            "other": Node("Network", Map({"network": "else", "arguments": Map({"n": 4})})),
        }
    ),
    arguments=Map({"n": 8}),
)
PROJECT = Project(graphs=Map({"block": BLOCK, "net": NET}))


def test_a_renamed_argument_is_renamed_wherever_it_is_used_and_given():
    change = rename_argument(PROJECT, "block", "n", "channels", PARTS)
    after = apply(PROJECT, change)
    block, net = after.graphs["block"], after.graphs["net"]
    assert block.arguments == Map({"channels": 16, "stride": 2})
    assert block.nodes["conv1"].params == Map(
        {"out_channels": "=channels * 2", "kernel_size": (3, "=max(channels, stride)")}
    )
    assert block.nodes["conv2"] == BLOCK.nodes["conv2"]
    assert block.nodes["odd"] == BLOCK.nodes["odd"]
    assert net.nodes["a"].params["arguments"] == Map({"channels": "=n"})  # the n of the network around it
    assert net.nodes["b"].params["arguments"] == Map({"channels": 4, "stride": 1})
    assert net.nodes["other"] == NET.nodes["other"]
    assert apply(after, change.inverse()) == PROJECT


def test_without_an_argument_its_default_stands_in_its_place():
    change = remove_argument(PROJECT, "block", "n", PARTS)
    after = apply(PROJECT, change)
    block, net = after.graphs["block"], after.graphs["net"]
    assert block.arguments == Map({"stride": 2})
    assert block.nodes["conv1"].params == Map({"out_channels": 32, "kernel_size": (3, "=max(16, stride)")})
    assert "arguments" not in net.nodes["a"].params
    assert net.nodes["b"].params["arguments"] == Map({"stride": 1})
    assert apply(after, change.inverse()) == PROJECT


@pytest.mark.parametrize("new", ["stride", "for", "two words", ""])
def test_a_name_that_is_taken_or_none_is_refused(new):
    with pytest.raises(EditError):
        rename_argument(PROJECT, "block", "n", new, PARTS)


def test_an_argument_that_is_not_there_is_refused():
    with pytest.raises(EditError, match="block has no argument m"):
        remove_argument(PROJECT, "block", "m", PARTS)
