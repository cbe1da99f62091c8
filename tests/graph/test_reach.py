"""Upstream, downstream, neighbours, chains and nodes of one kind."""

from __future__ import annotations

from hypothesis import given
from immutables import Map

from netbuilder.graph.model import Graph, Input, Link, Node, Output
from netbuilder.graph.reach import WAYS, alike, chain, downstream, neighbours, upstream
from netbuilder.graph.topology import Topology
from tests.graph.strategies import graphs


def graph(*pairs: str, **blocks: str) -> Graph:
    """Of "a b": a leads to b."""
    links = [Link(Output(a, "y"), Input(b, a)) for a, b in (pair.split() for pair in pairs)]
    names = {name for pair in pairs for name in pair.split()} | blocks.keys()
    nodes = Map({name: Node(blocks.get(name, "X")) for name in names})
    return Graph(nodes=nodes, links=Map({link.target: link for link in links}))


#      a - b - c - d - e       x - c       y alone
ROW = graph("a b", "b c", "c d", "d e", "x c", y="Y")
LOOP = graph("a b", "b c", "c a")


def test_upstream_and_downstream_hold_the_nodes_themselves():
    assert upstream(ROW, ["c"]) == {"a", "b", "x", "c"}
    assert downstream(ROW, ["c"]) == {"c", "d", "e"}
    assert downstream(ROW, ["x", "gone"]) == {"x", "c", "d", "e"}
    assert upstream(LOOP, ["b"]) == downstream(LOOP, ["b"]) == {"a", "b", "c"}
    assert upstream(ROW, []) == set()


def test_neighbours_are_one_link_away():
    assert neighbours(ROW, ["c"]) == {"b", "x", "c", "d"}
    assert neighbours(ROW, ["y"]) == {"y"}


def test_a_chain_ends_where_others_join_or_branch_off():
    assert chain(ROW, ["a"]) == {"a", "b"}
    assert chain(ROW, ["d"]) == {"c", "d", "e"}
    assert chain(ROW, ["y", "x"]) == {"y", "x"}
    assert chain(LOOP, ["a"]) == {"a", "b", "c"}
    assert chain(graph("a a"), ["a"]) == {"a"}


def test_alike_are_those_of_the_same_block():
    assert alike(ROW, ["a"]) == {"a", "b", "c", "d", "e", "x"}
    assert alike(ROW, ["y"]) == {"y"}


@given(graphs())
def test_the_same_as_the_topology_finds(held):
    topology = Topology(held)
    for id in held.nodes:
        assert upstream(held, [id]) == topology.upstream(id) | {id}
        assert downstream(held, [id]) == topology.downstream(id) | {id}
    for way in WAYS.values():
        assert way(held, held.nodes) == set(held.nodes)
