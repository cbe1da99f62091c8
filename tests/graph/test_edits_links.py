"""Links swapped, cut, spliced, made several at once, and led over points."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map
from msgspec.structs import replace

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.composition import parts
from netbuilder.graph import edits, edits_links
from netbuilder.graph.change import apply
from netbuilder.graph.edits import EditError
from netbuilder.graph.grouping import group, ungroup
from netbuilder.graph.model import Frame, Graph, Input, Link, Node, Output, Project
from netbuilder.graph.via import nearest_segment, parted

A, B, C = ((100.0, 0.0), (200.0, 50.0), (300.0, 0.0))


def link(source: str, target: str, port: str = "x", index: int = 0, via=()) -> Link:
    return Link(Output(source, "y"), Input(target, port, index), tuple(via))


def project(*links: Link) -> Project:
    """a, b, c, d in a row, 100 apart; `sum` takes many."""
    nodes = {name: Node("ReLU", at=(100.0 * at, 0.0)) for at, name in enumerate("abcd")}
    nodes["sum"] = Node("Add", at=(500.0, 0.0))
    frame = Frame((0.0, 0.0, 300.0, 300.0))
    graph = Graph(nodes=Map(nodes), links=Map({one.target: one for one in links}), frames=Map({"frame": frame}))
    return Project(graphs=Map({"net": graph}))


def done(start: Project, change) -> Map:
    """The links afterwards; going back must give the start."""
    after = apply(start, change)
    assert apply(after, change.inverse()) == start
    return after.graphs["net"].links


def test_several_links_are_one_change_and_fill_a_port_that_takes_many():
    start = project(link("a", "sum"))
    pairs = [(Output(name, "y"), Input("sum", "x", 10_000)) for name in "bcd"]
    change = edits_links.connect_all(start, "net", pairs)
    assert change.label == "Make 3 links"
    links = done(start, change)
    assert [links[Input("sum", "x", at)].source.node for at in range(4)] == ["a", "b", "c", "d"]
    assert edits_links.connect_all(start, "net", pairs[:1]).label == "Link b to sum"


def test_two_links_exchange_their_ends_and_keep_their_points():
    start = project(link("a", "c", via=[A]), link("b", "d"))
    links = done(start, edits_links.swap(start, "net", Input("c", "x"), Input("d", "x")))
    assert links[Input("c", "x")] == link("b", "c")
    assert links[Input("d", "x")] == link("a", "d", via=[A])
    with pytest.raises(EditError, match=r"nothing is linked to b\.x"):
        edits_links.swap(start, "net", Input("c", "x"), Input("b", "x"))


def test_a_swap_in_one_port_is_another_order_without_a_gap():
    start = project(link("a", "sum"), link("b", "sum", index=1), link("c", "sum", index=2))
    links = done(start, edits_links.swap(start, "net", Input("sum", "x", 0), Input("sum", "x", 2)))
    assert [links[Input("sum", "x", at)].source.node for at in range(3)] == ["c", "b", "a"]


def test_links_are_cut_together():
    start = project(link("a", "b"), link("b", "c"), link("a", "sum"), link("b", "sum", index=1))
    change = edits_links.cut(start, "net", [Input("b", "x"), Input("sum", "x", 0), Input("gone", "x")])
    assert change.label == "Cut 2 links"
    links = done(start, change)
    assert set(links) == {Input("c", "x"), Input("sum", "x", 0)}
    assert links[Input("sum", "x", 0)].source.node == "b"


def test_a_node_that_is_there_is_put_into_a_link_with_its_points_on_their_sides():
    start = project(link("a", "d", via=[(50.0, 80.0), (250.0, 80.0)]))
    start = apply(start, edits.move(start, "net", {"b": (150.0, 80.0)}))
    links = done(start, edits_links.splice(start, "net", Input("d", "x"), "b", "x", "y"))
    assert links[Input("b", "x")] == link("a", "b", via=[(50.0, 80.0)])
    assert links[Input("d", "x")] == link("b", "d", via=[(250.0, 80.0)])
    with pytest.raises(EditError, match="at an end"):
        edits_links.splice(start, "net", Input("d", "x"), "a", "x", "y")


def test_a_new_node_in_a_link_parts_its_points_too():
    start = project(link("a", "d", via=[(20.0, 40.0), (280.0, 40.0)]))
    links = done(start, edits.insert_on_link(start, "net", Input("d", "x"), "Tanh", "x", "y"))
    assert links[Input("tanh1", "x")].via == ((20.0, 40.0),)
    assert links[Input("d", "x")].via == ((280.0, 40.0),)


def test_points_are_added_moved_and_removed():
    start = project(link("a", "d", via=[A, C]))
    end = Input("d", "x")
    assert done(start, edits_links.add_point(start, "net", end, 1, B))[end].via == (A, B, C)
    assert done(start, edits_links.move_point(start, "net", end, 0, B))[end].via == (B, C)
    assert done(start, edits_links.remove_point(start, "net", end, 1))[end].via == (A,)
    assert not edits_links.move_point(start, "net", end, 0, A)
    with pytest.raises(EditError, match="no such point"):
        edits_links.remove_point(start, "net", end, 2)
    full = project(link("a", "d", via=[A] * 1_000))
    with pytest.raises(EditError, match="at most 1000 points"):
        edits_links.add_point(full, "net", end, 0, B)


def test_points_go_with_a_link_whose_both_ends_are_moved():
    start = project(link("a", "d", via=[A]), link("b", "c", via=[B]), link("a", "sum", via=[C]))
    change = edits.move(start, "net", {"a": (10.0, 20.0), "d": (310.0, 20.0), "b": (0.0, 0.0)})
    links = done(start, change)
    assert change.label == "Move 3 nodes"
    assert links[Input("d", "x")].via == ((110.0, 20.0),)
    assert links[Input("c", "x")].via == (B,), "c stays"
    assert links[Input("sum", "x")].via == (C,)
    known = edits.move(start, "net", {"a": (10.0, 20.0), "d": (310.0, 20.0)}, links=[Input("d", "x"), Input("no", "x")])
    assert done(start, known)[Input("d", "x")].via == ((110.0, 20.0),)
    apart = edits.move(start, "net", {"a": (10.0, 20.0), "d": (310.0, 30.0)})
    assert done(start, apart)[Input("d", "x")].via == (A,), "which way should they go?"


def test_points_survive_copies_groups_and_names():
    start = project(link("a", "b", via=[A]))
    fragment = edits.cut_out(start, "net", ["a", "b"])
    pasted = apply(start, edits.paste(start, "net", fragment, (1000.0, 0.0)))
    copies = [one for one in pasted.graphs["net"].links.values() if one.source.node != "a"]
    assert [one.via for one in copies] == [((1100.0, 0.0),)]
    renamed = apply(start, edits.rename(start, "net", "b", "bend"))
    assert renamed.graphs["net"].links[Input("bend", "x")].via == (A,)


def test_points_survive_a_group_and_its_end():
    before, after = (A[0], 900.0), (C[0], 900.0)  # far from what is grouped; points that led round it go
    start = project(link("a", "b", via=[before]), link("b", "c", via=[B]), link("c", "d", via=[after]))
    known = parts(Catalogue.builtin())
    grouped = apply(start, group(start, "net", ["b", "c"], known, "pair"))
    outer, inner = grouped.graphs["net"].links, grouped.graphs["pair"].links
    assert outer[Input("pair1", "x")].via == (before,)
    assert outer[Input("d", "x")].via == (after,)
    assert inner[Input("b", "x")].via == (), "that way lies outside"
    assert inner[Input("c", "x")].via == (B,)
    again = apply(grouped, ungroup(grouped, "net", "pair1", known))
    found = again.graphs["net"]
    by = found.nodes["b"].at[0] - start.graphs["net"].nodes["b"].at[0]
    assert found.links[Input("b", "x")].via == (before,)
    assert found.links[Input("c", "x")].via == ((B[0] + by, B[1]),)
    assert found.links[Input("d", "x")].via == (after,)


places = st.tuples(st.integers(-500, 500), st.integers(-500, 500))


@given(places, st.lists(places, max_size=6).map(tuple), places, places)
def test_parting_keeps_all_points_in_order(start, via, end, at):
    before, after = parted(start, via, end, at)
    assert before + after == via
    assert 0 <= nearest_segment((start, *via, end), at) == len(before)


@given(st.lists(places, min_size=1, max_size=5), st.integers(0, 5), places)
def test_a_point_that_was_added_can_be_removed(via, index, at):
    start = project(link("a", "d", via=[(float(x), float(y)) for x, y in via]))
    index = min(index, len(via))
    more = apply(start, edits_links.add_point(start, "net", Input("d", "x"), index, at))
    again = apply(more, edits_links.remove_point(more, "net", Input("d", "x"), index))
    assert again == start
    assert replace(again.graphs["net"].links[Input("d", "x")], via=()) == link("a", "d")
