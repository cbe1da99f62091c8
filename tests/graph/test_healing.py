"""Removing nodes out of chains, and copies that keep the links that lead in."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from immutables import Map
from msgspec.structs import replace

from netbuilder.graph import edits
from netbuilder.graph.change import apply
from netbuilder.graph.file import dumps, loads
from netbuilder.graph.healing import remove_healed
from netbuilder.graph.model import Graph, Input, Project
from netbuilder.graph.plain import project_from_plain, project_to_plain
from netbuilder.graph.walk import MAX_VIA
from tests.graph.strategies import graphs
from tests.graph.test_grouping import graph, read

MANY = "a.y > b.x, b.y > c.x, c.y > sum.x, d.y > sum.x[1], c.z > e.x"


def healed(text: str, *gone: str, allowed=lambda source, end: True, links=()) -> set[str]:
    start = Project(graphs=Map(g=graph(text)))
    change = remove_healed(start, "g", gone, lambda id: (("x", "w"), "y"), allowed, links)
    after = apply(start, change)
    assert apply(after, change.inverse()) == start
    return read(after.graphs["g"])


def test_what_fed_a_removed_node_feeds_what_it_fed():
    assert healed(MANY, "b") == {"a.y > c.x", "c.y > sum.x", "d.y > sum.x[1]", "c.z > e.x"}
    assert healed(MANY, "b", "c") == {"a.y > sum.x", "d.y > sum.x[1]"}, "an output beside the main one leads nowhere"
    assert healed(MANY, "a") == {"b.y > c.x", "c.y > sum.x", "d.y > sum.x[1]", "c.z > e.x"}
    assert healed(MANY, "a", "b", "c") == {"d.y > sum.x"}, "where nothing leads in, a port that takes many closes up"
    assert healed("a.y > b.w, b.y > c.x", "b") == {"a.y > c.x"}, "the first input that is linked"


def test_a_link_that_would_not_fit_or_was_chosen_to_go_is_not_healed():
    assert healed("a.y > b.x, b.y > c.x", "b", allowed=lambda source, end: end.node != "c") == set()
    assert healed("a.y > b.x, b.y > c.x", "b", links=[Input("b", "x")]) == set()
    assert healed("a.y > b.x, b.y > a.x", "b") == set(), "a node is never linked to itself"
    assert healed("a.y > b.x, b.y > a.x", "a", "b") == set()


@settings(max_examples=40)
@given(graphs(), st.data())
def test_a_healed_graph_is_sound_and_undo_gives_the_start(held: Graph, data: st.DataObject):
    start = Project(graphs=Map(g=held))
    gone = data.draw(st.sets(st.sampled_from(sorted(held.nodes)))) if held.nodes else set()
    links = data.draw(st.sets(st.sampled_from(sorted(held.links)), max_size=2)) if held.links else set()
    change = remove_healed(start, "g", gone, lambda id: (("x", "y"), "y"), lambda source, end: True, links)
    after = apply(start, change)
    sound(after)
    assert gone.isdisjoint(after.graphs["g"].nodes)
    plain = apply(start, edits.remove(start, "g", gone, links)).graphs["g"]
    assert len(plain.links) <= len(after.graphs["g"].links), "healing never takes more away"
    assert apply(after, change.inverse()) == start


@settings(max_examples=40)
@given(graphs(), st.booleans(), st.data())
def test_a_duplicate_is_sound_leaves_the_rest_alone_and_goes_with_undo(held: Graph, linked: bool, data: st.DataObject):
    start = Project(graphs=Map(g=held))
    ids = data.draw(st.sets(st.sampled_from(sorted(held.nodes)))) if held.nodes else set()
    change = edits.duplicate(start, "g", ids, (5.0, 5.0), linked=linked)
    after = apply(start, change)
    sound(after)
    assert {end: after.graphs["g"].links[end] for end in held.links} == dict(held.links)
    arriving = sum(end.node in ids and (linked or link.source.node in ids) for end, link in held.links.items())
    assert len(after.graphs["g"].links) == len(held.links) + arriving
    assert apply(after, change.inverse()) == start


def test_a_copy_may_keep_the_links_that_lead_in():
    start = Project(graphs=Map(g=graph(MANY)))
    change = edits.duplicate(start, "g", ["c", "sum"], (0, 0), linked=True)
    assert change.label == "Duplicate 2 nodes"
    new = read(apply(start, change).graphs["g"]) - read(start.graphs["g"])
    assert new == {"b.y > c1.x", "c1.y > sum1.x", "d.y > sum1.x[1]"}
    new = read(apply(start, edits.duplicate(start, "g", ["c", "sum"], (0, 0))).graphs["g"]) - read(start.graphs["g"])
    assert new == {"c1.y > sum1.x"}


def sound(project: Project) -> None:
    """As the file would judge it: links hang from nodes that are there."""
    for held in project.graphs.values():
        assert all(end.node in held.nodes and link.source.node in held.nodes for end, link in held.links.items())
        assert all(link.target == end for end, link in held.links.items())
    assert project_from_plain(project_to_plain(project)) == project


def test_links_through_very_many_points_become_one_that_a_file_can_hold():
    held = graph("a.y > b.x, b.y > c.x")
    bent = {end: replace(link, via=tuple((float(n), 0.0) for n in range(900))) for end, link in held.links.items()}
    start = Project(graphs=Map(g=replace(held, links=Map(bent))))
    change = remove_healed(start, "g", ["b"], lambda id: (("x",), "y"), lambda source, end: True)
    after = apply(start, change)
    (link,) = after.graphs["g"].links.values()
    assert len(link.via) == MAX_VIA
    assert link.via[0] == (0.0, 0.0)
    assert loads(dumps(after)) == after
