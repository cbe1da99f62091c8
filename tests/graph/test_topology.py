"""Topology kept up to date by edits is the topology made anew."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from netbuilder.graph import edits
from netbuilder.graph.change import Change, Edit, apply
from netbuilder.graph.model import Graph, Input, Link, Node, Output, Project
from netbuilder.graph.topology import Cut, Topology
from tests.graph.strategies import BLOCKS, graphs


def never(node: Node, end: Input) -> bool:
    return False


def held_back(node: Node, end: Input) -> bool:
    """As a Delay does with its x, unless it is bypassed."""
    return node.block in ("Delay", "Conv2d") and end.port == "x" and not node.bypassed


def plain(graph: Graph, cut: Cut) -> nx.DiGraph:
    """The oracle: networkx on the whole graph."""
    made = nx.DiGraph()
    made.add_nodes_from(graph.nodes)
    nodes = graph.nodes
    made.add_edges_from(
        (link.source.node, link.target.node)
        for link in graph.links.values()
        if link.target.node not in nodes or not cut(nodes[link.target.node], link.target)
    )
    return made


def assert_tells_of(topology: Topology, graph: Graph, cut: Cut = never) -> None:
    oracle, order = plain(graph, cut), topology.order()
    assert sorted(order) == sorted(graph.nodes)
    assert order == Topology(graph, cut).order()
    closed = [
        part for part in nx.strongly_connected_components(oracle) if len(part) > 1 or oracle.has_edge(*([*part] * 2))
    ]
    assert sorted(map(sorted, topology.cycles())) == sorted(map(sorted, closed))
    part_of = {name: number for number, part in enumerate(nx.strongly_connected_components(oracle)) for name in part}
    place = {name: at for at, name in enumerate(order)}
    for source, target in oracle.edges:
        assert part_of[source] == part_of[target] or place[source] < place[target]
    for name in graph.nodes:
        assert set(topology.links_into(name)) == {link for link in graph.links.values() if link.target.node == name}
        assert set(topology.links_from(name)) == {link for link in graph.links.values() if link.source.node == name}
        around = {name} if oracle.has_edge(name, name) or any(name in part for part in closed) else set()
        assert topology.upstream(name) == nx.ancestors(oracle, name) | around
        assert topology.downstream(name) == nx.descendants(oracle, name) | around
        for other in graph.nodes:
            assert topology.closes_cycle(name, other) == (name == other or nx.has_path(oracle, other, name))


numbers = st.lists(st.integers(0, 30), min_size=4, max_size=4)
scripts = st.lists(
    st.tuples(
        st.sampled_from(["add", "link", "link", "link", "remove", "unlink", "rename", "bypass", "swap", "undo"]),
        numbers,
    )
)


@given(graphs(), scripts, st.sampled_from([never, held_back]))
def test_after_any_edits_and_undos_it_is_as_made_anew(graph, script, cut):
    project, done = Project(graphs=Map(g=graph)), []
    topology = Topology(graph, cut)
    for operation, (one, two, port, index) in script:
        held = project.graphs["g"]
        names, ends = sorted(held.nodes), sorted(held.links)
        change = Change("")
        if operation == "undo" and done:
            change = done.pop().inverse()
        elif operation == "add" or not names:
            change = edits.add_node(project, "g", BLOCKS[one % len(BLOCKS)], (0, 0))
        elif operation == "link":
            target = Input(names[two % len(names)], "xy"[port % 2], index % 3)
            change = edits.connect(project, "g", Output(names[one % len(names)], "y"), target)
        elif operation == "remove":
            change = edits.remove(project, "g", [names[one % len(names)]])
        elif operation == "unlink" and ends:
            change = edits.disconnect(project, "g", ends[one % len(ends)])
        elif operation == "rename":
            with contextlib.suppress(edits.EditError):
                change = edits.rename(project, "g", names[one % len(names)], f"other{two}")
        elif operation == "bypass":
            change = edits.bypass(project, "g", [names[one % len(names)]], bool(port % 2))
        elif operation == "swap":  # what a newer edit may do: another block under the same name
            name = names[one % len(names)]
            node = held.nodes[name]
            other = Node(BLOCKS[two % len(BLOCKS)], node.params, node.at, node.title, node.bypassed, node.extra)
            change = Change("", (Edit("node", "g", name, node, other),))
        if operation != "undo" and change:
            done.append(change)
        project = apply(project, change)
        topology.apply(change.edits)
        assert topology.cycles() == Topology(project.graphs["g"], cut).cycles()
    assert_tells_of(topology, project.graphs["g"], cut)


def wired(*pairs: str) -> Graph:
    nodes, links = {}, {}
    for pair in pairs:
        source, _, target = pair.partition(">")
        nodes |= {source: Node("X"), **({target: Node("X")} if target else {})}
        if target:
            end = Input(target, "x", sum(other.node == target for other in links))
            links[end] = Link(Output(source, "y"), end)
    return Graph(nodes=Map(nodes), links=Map(links))


def test_order_takes_the_first_by_natural_order_of_what_could_come_next():
    assert Topology(wired("conv10", "conv2", "conv1")).order() == ("conv1", "conv2", "conv10")
    assert Topology(wired("z>a", "b>a", "a>c10", "a>c9")).order() == ("b", "z", "a", "c9", "c10")


def test_cycles_are_named_and_stand_together():
    topology = Topology(wired("in1>b", "b>a", "a>b", "b>out1", "d>d", "c"))
    assert topology.cycles() == [["a", "b"], ["d"]]
    assert topology.order() == ("c", "d", "in1", "a", "b", "out1")


def test_a_cut_link_closes_no_cycle_until_its_node_is_bypassed():
    nodes = Map(a=Node("X"), h=Node("Delay"))
    ends = [Link(Output("a", "y"), Input("h", "x")), Link(Output("h", "y"), Input("a", "x"))]
    graph = Graph(nodes=nodes, links=Map({link.target: link for link in ends}))
    topology, project = Topology(graph, held_back), Project(graphs=Map(g=graph))
    assert topology.order() == ("h", "a")
    assert not topology.cycles()
    assert topology.closes_cycle("a", "h")  # by another input than the one that is cut
    bypassed = edits.bypass(project, "g", ["h"], True)
    topology.apply(bypassed.edits)
    assert topology.cycles() == [["a", "h"]]
    topology.apply(bypassed.inverse().edits)
    assert topology.order() == ("h", "a")
    assert not topology.cycles()


def test_links_are_by_port_and_index():
    topology = Topology(wired(*[f"n{number}>sum" for number in range(12)]))
    assert [link.target.index for link in topology.links_into("sum")] == list(range(12))


def test_links_may_come_before_their_nodes_in_one_change():
    graph = wired("a>b")
    project = Project(graphs=Map(g=graph))
    gone = edits.remove(project, "g", ["a", "b"])
    backwards = Change("", tuple(reversed(gone.edits)))  # nodes first, then what hung from them
    topology = Topology(graph)
    topology.apply(backwards.edits)
    assert topology.order() == ()
    topology.apply(Change("", gone.edits).inverse().edits)
    assert_tells_of(topology, graph)


def test_a_link_touches_only_the_nodes_between_its_ends():
    """What Pearce and Kelly promise: in a chain of 2,000, a link that goes forward looks at nothing."""
    graph = wired(*[f"n{number}>n{number + 1}" for number in range(2000)])
    topology = Topology(graph)
    project = Project(graphs=Map(g=graph))
    before = dict(topology._place)
    topology.apply(edits.connect(project, "g", Output("n3", "y"), Input("n1900", "x", 1)).edits)
    assert topology._place == before
    assert not topology.cycles()
    extra = edits.add_node(project, "g", "X", (0, 0), id="late")
    topology.apply(extra.edits)
    change = edits.connect(apply(project, extra), "g", Output("late", "y"), Input("n1990", "x", 1))
    topology.apply(change.edits)
    moved = {name for name, place in topology._place.items() if before.get(name) != place}
    assert moved <= {"late", *(f"n{number}" for number in range(1990, 2001))}


def test_the_project_is_edited_and_saved_without_networkx():
    look = "import sys; from netbuilder.graph import document, edits, file; print('networkx' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert done.stdout.strip() == "False"
