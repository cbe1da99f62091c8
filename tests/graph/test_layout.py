"""Layout: left to right, nothing on top of anything else, the same every time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from netbuilder.graph.layout import GAP, SIZE, layered
from netbuilder.graph.model import Graph, Input, Link, Node, Output
from netbuilder.graph.topology import Topology
from tests.graph.strategies import graphs

sizes_ = st.tuples(st.floats(1, 400), st.floats(1, 400))


@given(graphs(), st.data())
def test_links_go_right_and_nodes_do_not_overlap(graph, data):
    sizes = {name: data.draw(sizes_) for name in sorted(graph.nodes) if data.draw(st.booleans())}
    places = layered(graph, sizes)
    assert places == layered(graph, sizes)
    assert places.keys() == set(graph.nodes)
    boxes = {name: (*places[name], *sizes.get(name, SIZE)) for name in places}
    tangled = {name for cycle in Topology(graph).cycles() for name in cycle}
    for one, (x, y, width, height) in boxes.items():
        for other, (left, top, *_) in boxes.items():
            if one < other:
                apart = left >= x + width or left + boxes[other][2] <= x
                assert apart or top >= y + height or top + boxes[other][3] <= y
    for link in graph.links.values():
        if not {link.source.node, link.target.node} <= tangled:
            source, target = boxes[link.source.node], boxes[link.target.node]
            assert source[0] + source[2] + GAP[0] * 0.99 <= target[0]


def test_a_chain_is_a_straight_row():
    names = [f"n{number}" for number in range(12)]
    ends = [Input(name, "x") for name in names[1:]]
    links = {end: Link(Output(name, "y"), end) for name, end in zip(names, ends, strict=False)}
    places = layered(Graph(nodes=Map(dict.fromkeys(names, Node("X"))), links=Map(links)), {})
    assert [places[name] for name in names] == [(number * (SIZE[0] + GAP[0]), 0.0) for number in range(12)]


def test_two_branches_do_not_cross():
    pairs = [("in1", "b1"), ("in1", "a2"), ("b1", "b3"), ("a2", "a1"), ("b3", "sum"), ("a1", "sum")]
    links = {}
    for number, (source, target) in enumerate(pairs):
        end = Input(target, "x", number)
        links[end] = Link(Output(source, "y"), end)
    nodes = {name: Node("X") for pair in pairs for name in pair}
    places = layered(Graph(nodes=Map(nodes), links=Map(links)), {})
    assert (places["b1"][1] < places["a2"][1]) == (places["b3"][1] < places["a1"][1])


def test_nothing_and_one():
    assert layered(Graph(), {}) == {}
    assert layered(Graph(nodes=Map(a=Node("X"))), {}) == {"a": (0.0, 0.0)}


def test_a_cut_link_leads_back_over_nodes_in_their_order():
    """A loop through a Delay is laid out from what the Delay gives to what it is given."""
    ends = [("x", "add1"), ("delay1", "add1"), ("add1", "tanh1"), ("tanh1", "delay1"), ("tanh1", "y")]
    links = {
        (end := Input(target, "x", sum(other == target for _, other in ends[:at]))): Link(Output(source, "y"), end)
        for at, (source, target) in enumerate(ends)
    }
    graph = Graph(nodes=Map({name: Node("X") for pair in ends for name in pair}), links=Map(links))
    places = layered(graph, {}, cut=lambda node, end: end.node == "delay1")
    columns = [places[name][0] for name in ("delay1", "add1", "tanh1", "y")]
    assert columns == sorted(set(columns))
    assert places["x"][0] == places["delay1"][0]
