"""Another block in a node's place, paths to layers that follow, and a network's ends as a list."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from immutables import Map

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.composition import network_params, parts
from netbuilder.blocks.ends import add_end, ends, hanging, order_ends, remove_ends
from netbuilder.blocks.families.structure import network_ports
from netbuilder.blocks.layer_paths import following, rename_node
from netbuilder.blocks.replacing import kept_params, replace_block
from netbuilder.graph.change import apply
from netbuilder.graph.edits import EditError
from netbuilder.graph.grouping import group, ungroup
from netbuilder.graph.model import Graph, Node, Project
from tests.graph.strategies import graphs
from tests.graph.test_grouping import graph, read
from tests.graph.test_healing import sound

CATALOGUE = Catalogue.builtin()
PARTS = parts(CATALOGUE)
ALWAYS = lambda giver, goal: True  # noqa: E731


def replaced(start: Project, id: str, block: str):
    found = replace_block(start, "g", id, CATALOGUE[block], CATALOGUE, ALWAYS)
    after = apply(start, found.change)
    assert apply(after, found.change.inverse()) == start
    return after.graphs["g"], found


def test_links_place_title_bypass_and_like_named_parameters_stay():
    node = Node("Conv2d", Map(out_channels=16, kernel_size=5, padding="same"), (7.0, 8.0), "Eye", bypassed=True)
    start = Project(graphs=Map(g=graph("i.x > eye.x, eye.y > o.x", i=Node("Input"), o=Node("Output"), eye=node)))
    held, found = replaced(start, "eye", "ConvTranspose2d")
    new = held.nodes["eye"]
    assert (new.block, new.at, new.title, new.bypassed) == ("ConvTranspose2d", (7.0, 8.0), "Eye", True)
    assert new.params == Map(out_channels=16, kernel_size=5)
    assert found.lost == ("the parameter padding",), '"same" is no padding of a transposed convolution'
    assert read(held) == {["i.x > eye.x", "eye.y > o.x"][0], "eye.y > o.x"}


def test_a_name_made_of_the_block_follows_it_and_links_go_by_place():
    start = Project(graphs=Map(g=graph("i.x > relu1.x, j.x > add1.x, relu1.y > add1.x[1], add1.y > o.x",
        i=Node("Input"), j=Node("Input"), o=Node("Output"), relu1=Node("ReLU"), add1=Node("Add"))))  # fmt: skip
    held, found = replaced(start, "add1", "Power")
    assert (found.id, found.lost) == ("power1", ("the link from relu1 to add1",)), "Power takes one link at each port"
    assert read(held) == {"i.x > relu1.x", "j.x > power1.x", "power1.y > o.x"}
    held, found = replaced(start, "relu1", "MultiheadAttention")
    assert "i.x > multihead_attention1.query" in read(held)
    assert f"{found.id}.y > add1.x[1]" in read(held)
    with pytest.raises(EditError, match="no place in this graph"):
        replace_block(start, "g", "add1", CATALOGUE["Data"], CATALOGUE, ALWAYS)


def test_a_link_that_would_not_fit_another_port_is_told():
    start = Project(graphs=Map(g=graph("i.x > a.x", i=Node("Input"), a=Node("ReLU"))))
    found = replace_block(start, "g", "a", CATALOGUE["MultiheadAttention"], CATALOGUE, lambda giver, goal: False)
    assert found.lost == ("the link from i to a",)


def test_what_is_seen_of_a_parameter_is_what_is_kept():
    values, lost = kept_params(Node("MaxPool2d"), CATALOGUE["AvgPool2d"], CATALOGUE)
    old, new = CATALOGUE["MaxPool2d"], CATALOGUE["AvgPool2d"]
    assert new.value(values, "kernel_size") == old.value(Map(), "kernel_size")
    assert lost == ()


@settings(max_examples=20, deadline=None)
@given(graphs(), st.sampled_from(sorted(CATALOGUE.names)), st.data())
def test_replacing_keeps_a_graph_sound(held: Graph, block: str, data: st.DataObject):
    start = Project(graphs=Map(g=held))
    if not held.nodes or held.kind not in CATALOGUE[block].graphs:
        return
    id = data.draw(st.sampled_from(sorted(held.nodes)))
    found = replace_block(start, "g", id, CATALOGUE[block], CATALOGUE, ALWAYS)
    after = apply(start, found.change)
    sound(after)
    assert after.graphs["g"].nodes[found.id].block == block
    assert not CATALOGUE[block].check(after.graphs["g"].nodes[found.id].params)
    assert apply(after, found.change.inverse()) == start


def nested() -> Project:
    block = graph("x.x > conv1.x, conv1.y > y.x", x=Node("Input"), y=Node("Output"), conv1=Node("Conv2d"))
    stack = Node("Repeat", Map(network="block", repeat=3))
    net = graph("x.x > stack.x, stack.y > y.x", x=Node("Input"), y=Node("Output"), stack=stack)
    watch = {
        "far": Node("LayerWeight", Map(network="net", layer="stack.2.conv1")),
        "near": Node("LayerWeight", Map(network="block", layer="conv1")),
        "other": Node("LayerWeight", Map(network="net", layer="conv1")),
    }
    return Project(graphs=Map(block=block, net=net, look=Graph("preview", Map(watch))))


def layers(project: Project) -> list[object]:
    return [project.graphs["look"].nodes[id].params["layer"] for id in ("far", "near", "other")]


def test_paths_to_a_layer_follow_its_name_and_its_home():
    start = nested()
    named = apply(start, rename_node(start, "block", "conv1", "eye", CATALOGUE))
    assert layers(named) == ["stack.2.eye", "eye", "conv1"]
    named = apply(named, rename_node(named, "net", "stack", "tower", CATALOGUE))
    assert layers(named) == ["tower.2.eye", "eye", "conv1"]
    change = group(start, "block", ["conv1"], PARTS, "inner")
    grouped = following(start, "block", change, {("conv1",): ("inner1", "conv1")}, CATALOGUE)
    after = apply(start, grouped)
    assert layers(after) == ["stack.2.inner1.conv1", "inner1.conv1", "conv1"]
    change = ungroup(after, "block", "inner1", PARTS)
    back = apply(after, following(after, "block", change, {("inner1", "conv1"): ("conv1",)}, CATALOGUE))
    assert layers(back) == layers(start)
    assert apply(after, grouped.inverse()) == start


def ports(project: Project) -> tuple[list[str], list[str]]:
    found = network_ports(Map(network="net"), project)
    return [port.name for port in found.inputs], [port.name for port in found.outputs]


def test_ends_are_added_last_put_in_order_and_removed_with_the_links_that_hang_from_them():
    net = graph("b.x > m.x, a.x > m.x[1], m.y > y.x", a=Node("Input"), b=Node("Input"), y=Node("Output"))
    outer = graph("p.y > net1.a, q.y > net1.b, net1.y > r.x", net1=Node("Network", Map(network="net")))
    start = Project(graphs=Map(net=net, outer=outer))
    turned = apply(start, order_ends(start, "net", ["b", "a"]))
    assert ports(turned) == (["b", "a"], ["y"])
    more = apply(turned, add_end(turned, "net", "Input", "aa"))
    assert ports(more)[0] == ["b", "a", "aa"], "a new one comes last, whatever its name"
    back = apply(more, order_ends(more, "net", ["a", "aa", "b"]))
    assert not any("place" in node.params for node in back.graphs["net"].nodes.values()), "names alone say it"
    assert len(hanging(start, "net", ["a", "y"], PARTS)) == 2
    gone = remove_ends(start, "net", ["a", "y"], PARTS)
    after = apply(start, gone)
    assert read(after.graphs["outer"]) == {"q.y > net1.b"}
    assert ends(after.graphs["net"], "Input") == ["b"]
    assert apply(after, gone.inverse()) == start
    renamed = apply(start, rename_node(start, "net", "a", "image", CATALOGUE))
    assert "p.y > net1.image" in read(renamed.graphs["outer"])
    with pytest.raises(EditError, match="already something named b"):
        add_end(start, "net", "Input", "b")
    assert "network" in network_params(CATALOGUE)
