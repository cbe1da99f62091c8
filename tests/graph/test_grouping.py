"""Grouping and ungrouping: what each makes, that one undoes the other, and what is refused."""

from __future__ import annotations

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from netbuilder.graph import edits
from netbuilder.graph.change import apply
from netbuilder.graph.edits_base import EditError
from netbuilder.graph.grouping import Parts, group, ungroup
from netbuilder.graph.model import Frame, Graph, Input, Link, Node, Output, Project

PARTS = Parts(
    placement=("Network", "Repeat"),
    network="network",
    arguments="arguments",
    repeat="repeat",
    weights="weights",
    shared="shared",
    input="Input",
    output="Output",
    port="x",
    delays=("Delay",),
    fits=lambda block, kind: block != "Data" if kind == "network" else block != "Conv",
)


def graph(text: str, kind: str = "network", **nodes: Node) -> Graph:
    """Of "a.y > b.x, b.y > c.x[1]"; nodes are of block X unless given."""
    links = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        source, _, target = part.partition(" > ")
        end, _, index = target.rstrip("]").partition("[")
        into = Input(*end.split("."), int(index or 0))
        links[into] = Link(Output(*source.split(".")), into)
    names = {name for end, link in links.items() for name in (end.node, link.source.node)}
    made = {name: Node("X", at=(float(at), 0.0)) for at, name in enumerate(sorted(names))} | nodes
    return Graph(kind, Map(made), Map(links))


def read(held: Graph) -> set[str]:
    return {
        f"{link.source.node}.{link.source.port} > {end.node}.{end.port}" + (f"[{end.index}]" if end.index else "")
        for end, link in held.links.items()
    }


IN, OUT = Node("Input"), Node("Output")
CHAIN = Project(graphs=Map(g=graph("i.x > a.x, a.y > b.x, b.y > c.x, c.y > o.x", i=IN, o=OUT)))


def test_a_group_becomes_a_network_with_one_placement():
    change = group(CHAIN, "g", ["a", "b"], PARTS)
    after = apply(CHAIN, change)
    assert change.label == "Group 2 nodes into block1"
    assert read(after.graphs["g"]) == {"i.x > block1.x", "block1.y > c.x", "c.y > o.x"}
    assert after.graphs["g"].nodes["block1"].params == Map(network="block1")
    inner = after.graphs["block1"]
    assert read(inner) == {"x.x > a.x", "a.y > b.x", "b.y > y.x"}
    assert {name: node.block for name, node in inner.nodes.items()} == {"x": "Input", "a": "X", "b": "X", "y": "Output"}
    assert apply(after, change.inverse()) == CHAIN
    assert ungrouped(after, "block1") == CHAIN.graphs["g"].links


def ungrouped(project: Project, id: str) -> Map[Input, Link]:
    return apply(project, ungroup(project, "g", id, PARTS)).graphs["g"].links


def test_ungrouping_puts_everything_back_and_drops_the_network():
    after = apply(CHAIN, group(CHAIN, "g", ["a", "b"], PARTS))
    back = apply(after, ungroup(after, "g", "block1", PARTS))
    assert set(back.graphs) == {"g"}
    assert set(back.graphs["g"].nodes) == set(CHAIN.graphs["g"].nodes)


def test_one_value_that_leads_in_twice_is_one_input_and_several_are_named_for_their_sources():
    project = Project(graphs=Map(g=graph("a.y > m.x, a.y > m.x[1], b.y > m.x[2], m.y > c.x, m.z > d.x")))
    after = apply(project, group(project, "g", ["m"], PARTS, "mixer"))
    assert read(after.graphs["mixer"]) == {
        "a_x.x > m.x", "a_x.x > m.x[1]", "b_x.x > m.x[2]", "m.y > m_y.x", "m.z > m_y1.x",
    }  # fmt: skip
    assert read(after.graphs["g"]) == {
        "a.y > mixer1.a_x", "b.y > mixer1.b_x", "mixer1.m_y > c.x", "mixer1.m_y1 > d.x",
    }  # fmt: skip
    assert ungrouped(after, "mixer1") == project.graphs["g"].links


def test_a_placement_whose_input_leads_straight_out():
    inner = graph("x.x > y.x, x.x > a.x, a.y > z.x", x=IN, y=OUT, z=OUT)
    placed = Node("Network", Map(network="n"))
    project = Project(graphs=Map(g=graph("s.y > p.x, p.y > t.x, p.z > u.x", p=placed), n=inner))
    after = apply(project, ungroup(project, "g", "p", PARTS))
    assert read(after.graphs["g"]) == {"s.y > t.x", "s.y > a.x", "a.y > u.x"}


def test_ids_that_are_taken_give_way_and_lost_links_close_up():
    inner = graph("x.x > a.x, a.y > y.x", x=IN, y=OUT)
    placed = Node("Network", Map(network="n"))
    project = Project(
        graphs=Map(g=graph("p.y > t.x[1], a.y > t.x, a.y > t.x[2], p.no > t.x[3], a.y > t.x[4]", p=placed), n=inner)
    )
    after = apply(project, ungroup(project, "g", "p", PARTS))
    assert read(after.graphs["g"]) == {"a.y > t.x", "a1.y > t.x[1]", "a.y > t.x[2]", "a.y > t.x[3]"}


def test_a_network_that_something_else_places_stays():
    inner = graph("x.x > a.x, a.y > y.x", x=IN, y=OUT)
    placed = Node("Network", Map(network="n"))
    project = Project(graphs=Map(g=graph("p.y > t.x", p=placed, q=placed), n=inner))
    assert set(apply(project, ungroup(project, "g", "p", PARTS)).graphs) == {"g", "n"}


def test_arguments_go_in_and_come_back():
    held = graph("a.y > b.x", a=Node("X", Map(size="=width * 2", other=(1, "=depth"))), b=Node("X"))
    project = Project(graphs=Map(g=Graph("network", held.nodes, held.links, arguments=Map(width=8, depth=2, rest=1))))
    after = apply(project, group(project, "g", ["a"], PARTS))
    assert after.graphs["block1"].arguments == Map(width=8, depth=2)
    placement = after.graphs["g"].nodes["block1"]
    assert placement.params["arguments"] == Map(width="=width", depth="=depth")
    back = apply(after, ungroup(after, "g", "block1", PARTS))
    assert back.graphs["g"].nodes["a"].params == held.nodes["a"].params
    chosen = {"arguments": Map(width=5, depth="=rest + 1")}
    other = apply(after, edits.set_params(after, "g", "block1", chosen))
    there = apply(other, ungroup(other, "g", "block1", PARTS))
    assert there.graphs["g"].nodes["a"].params == Map(size=10, other=(1, "=rest + 1"))


def test_frames_go_along():
    frame = Frame((0, 0, 10, 10), "note")
    held = CHAIN.graphs["g"]
    project = Project(graphs=Map(g=Graph("network", held.nodes, held.links, Map(f=frame))))
    after = apply(project, group(project, "g", ["a", "f"], PARTS))
    assert after.graphs["block1"].frames == Map(f=frame)
    assert not after.graphs["g"].frames
    assert len(apply(after, ungroup(after, "g", "block1", PARTS)).graphs["g"].frames) == 1


@pytest.mark.parametrize(
    ("ids", "text"),
    [
        ([], "select the nodes to group first"),
        (["i", "o"], "Inputs and Outputs stay"),
        (["a", "c"], "b lies between nodes of the group"),
        (["d"], "d is a Data, which has no place in a network"),
    ],
)
def test_what_cannot_be_grouped_is_said(ids, text):
    held = CHAIN.graphs["g"]
    project = Project(graphs=Map(g=Graph("network", held.nodes.set("d", Node("Data")), held.links)))
    with pytest.raises(EditError, match=text):
        group(project, "g", ids, PARTS)


def test_a_path_back_through_a_delay_is_no_obstacle():
    project = Project(graphs=Map(g=graph("a.y > d.x, d.y > b.x, b.y > a.x", d=Node("Delay"))))
    after = apply(project, group(project, "g", ["a", "b"], PARTS))
    assert read(after.graphs["g"]) == {"block1.y > d.x", "d.y > block1.x"}


@pytest.mark.parametrize(
    ("params", "text"),
    [
        (Map(network="n", repeat=3), "set repeat to 1"),
        (Map(network="n", weights="shared"), "shares its weights with q"),
        (Map(network="none"), "places no network"),
    ],
)
def test_what_cannot_be_ungrouped_is_said(params, text):
    inner = graph("x.x > a.x, a.y > y.x", x=IN, y=OUT)
    other = Node("Network", Map(network="n", weights="shared"))
    project = Project(graphs=Map(g=graph("", p=Node("Network", params), q=other), n=inner))
    with pytest.raises(EditError, match=text):
        ungroup(project, "g", "p", PARTS)


def test_layers_are_not_put_into_a_training_graph():
    inner = graph("x.x > a.x", x=IN, a=Node("Conv"))
    project = Project(graphs=Map(g=graph("", "training", p=Node("Network", Map(network="n"))), n=inner))
    with pytest.raises(EditError, match="a in n is a Conv, which has no place in this graph"):
        ungroup(project, "g", "p", PARTS)


@st.composite
def drawings(draw):
    """A random graph without cycles, and some of its nodes."""
    count = draw(st.integers(1, 8))
    names = [f"n{at}" for at in range(count)]
    links = {}
    for at, name in enumerate(names):
        for index in range(draw(st.integers(0, min(at, 3)))):
            end = Input(name, "x", index)
            links[end] = Link(Output(names[draw(st.integers(0, at - 1))], draw(st.sampled_from("yz"))), end)
    held = Graph("network", Map({name: Node("X", at=(1.0, 2.0)) for name in names}), Map(links))
    return Project(graphs=Map(g=held)), draw(st.lists(st.sampled_from(names), min_size=1))


def leaves_and_returns(held: Graph, ids: set[str]) -> bool:
    paths = networkx.DiGraph((link.source.node, end.node) for end, link in held.links.items())
    paths.add_nodes_from(held.nodes)
    after = set().union(*(networkx.descendants(paths, id) for id in ids)) - ids
    before = set().union(*(networkx.ancestors(paths, id) for id in ids)) - ids
    return bool(after & before)


@given(drawings())
def test_ungrouping_what_was_grouped_gives_the_same_links(drawn):
    project, ids = drawn
    try:
        change = group(project, "g", ids, PARTS)
    except EditError:
        assert leaves_and_returns(project.graphs["g"], set(ids))
        return
    assert not leaves_and_returns(project.graphs["g"], set(ids))
    after = apply(project, change)
    assert apply(after, change.inverse()) == project
    back = ungroup(after, "g", "block1", PARTS)
    there = apply(after, back)
    assert there.graphs["g"].links == project.graphs["g"].links
    assert set(there.graphs["g"].nodes) == set(project.graphs["g"].nodes)
    assert set(there.graphs) == {"g"}
    assert apply(there, back.inverse()) == after


def test_a_network_that_an_optimizer_names_outlives_its_last_placement():
    held = graph("a.y > b.x, b.y > c.x")
    project = Project(graphs=Map({"net": held}))
    project = apply(project, group(project, "net", ["b"], PARTS, name="inner"))
    steps = Graph("training", Map({"opt": Node("Optimizer", Map({"networks": Map({"inner": Map()})}))}))
    named = Project(graphs=project.graphs.set("steps", steps))
    (placed,) = (id for id, node in project.graphs["net"].nodes.items() if node.block == "Network")
    assert "inner" in apply(named, ungroup(named, "net", placed, PARTS)).graphs
    assert "inner" not in apply(project, ungroup(project, "net", placed, PARTS)).graphs


def test_points_that_led_round_grouped_nodes_go_and_others_stay():
    nodes = {"a": Node("X", at=(0.0, 0.0)), "b": Node("X", at=(260.0, 0.0)), "c": Node("X", at=(520.0, 0.0))}
    held = graph("i.x > a.x, i.x > b.x[1], a.y > b.x, b.y > c.x, a.y > c.x[1]", i=IN, **nodes)
    far, near = (-300.0, 200.0), (130.0, -20.0)
    bent = {end: Link(link.source, end, (far, near)) for end, link in held.links.items()}
    project = Project(graphs=Map(g=Graph("network", held.nodes, Map(bent))))
    after = apply(project, group(project, "g", ["a", "b"], PARTS)).graphs["g"]
    assert {link.via for link in after.links.values()} == {(far,)}
