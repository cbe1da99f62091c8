"""Folded frames: what they hide, and that every edit takes it along."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from netbuilder.graph import edits
from netbuilder.graph.change import Change, apply
from netbuilder.graph.edits_base import EditError
from netbuilder.graph.folding import as_seen, expanded, fold, fold_around, owners, plate_corner, unfold
from netbuilder.graph.grouping import group, ungroup
from netbuilder.graph.model import Frame, Graph, Input, Link, Node, Output, Project
from tests.graph.test_grouping import PARTS

BOX = (90.0, 40.0, 500.0, 200.0)


def link(source: str, target: str) -> Link:
    return Link(Output(source, "y"), Input(target, "x"))


def project(**frames: Frame) -> Project:
    """i -> a -> b -> c -> o in a row, and these frames."""
    row = [Node("Input"), *[Node("X")] * 3, Node("Output")]
    nodes = {id: Node(node.block, at=(100.0 * n, 100.0)) for n, (id, node) in enumerate(zip("iabco", row, strict=True))}
    links = [link("i", "a"), link("a", "b"), link("b", "c"), link("c", "o")]
    return Project(graphs=Map(g=Graph("network", Map(nodes), Map({one.target: one for one in links}), Map(frames))))


OPEN = project(f=Frame(BOX, "Middle"))
FOLDED = project(f=Frame(BOX, "Middle", folded=("a", "b")))


def done(start: Project, change: Change) -> Graph:
    assert apply(apply(start, change), change.inverse()) == start
    return apply(start, change).graphs["g"]


def test_folding_and_unfolding_are_the_frames_own():
    change = fold(OPEN, "g", "f", ["b", "a", "gone", "f"])
    assert change.label == "Fold Middle"
    assert apply(OPEN, change) == FOLDED
    assert owners(FOLDED.graphs["g"]) == {"a": "f", "b": "f"}
    change = unfold(FOLDED, "g", ["f", "gone"])
    assert change.label == "Unfold Middle"
    assert apply(FOLDED, change) == OPEN
    assert not unfold(OPEN, "g", ["f"])
    with pytest.raises(EditError, match="without blocks"):
        fold(OPEN, "g", "f", ["gone"])


def test_a_chain_gets_a_frame_of_its_own():
    change = fold_around(OPEN, "g", BOX, "a … b", ["a", "b"])
    assert change.label == "Fold 2 nodes"
    assert done(OPEN, change).frames["frame1"] == Frame(BOX, "a … b", folded=("a", "b"))
    with pytest.raises(EditError, match="select the blocks"):
        fold_around(OPEN, "g", BOX, "", ["f"])


def test_the_plate_stands_where_the_first_node_stood():
    held = FOLDED.graphs["g"]
    assert plate_corner(held, "f") == (100.0, 100.0)
    nodes = Map(a=Node("X", at=(0.0, 50.0)), b=Node("X", at=(90.0, 0.0)))
    assert plate_corner(Graph(nodes=nodes, frames=held.frames, direction="down"), "f") == (90.0, 0.0)
    assert plate_corner(Graph(frames=held.frames), "f") == BOX[:2]


def test_a_fold_in_a_fold():
    start = project(f=Frame(BOX, folded=("a", "b")), g=Frame((0.0, 0.0, 900.0, 400.0)))
    held = done(start, fold(start, "g", "g", ["f", "c"]))
    assert held.frames["g"].folded == ("a", "b", "c", "f")
    assert owners(held) == dict.fromkeys("abcf", "g"), "only the outermost is seen"
    assert expanded(held, ["f", "o"]) == ["f", "a", "b", "o"]
    opened = done(apply(start, fold(start, "g", "g", ["f", "c"])), unfold(FOLDED, "g", []))
    assert owners(opened) == owners(held)


def test_frames_that_hide_each_other_or_themselves_are_still_seen():
    both = project(f=Frame(BOX, folded=("a", "h", "f")), h=Frame((0.0, 0.0, 10.0, 10.0), folded=("f", "b")))
    assert owners(both.graphs["g"]) == {"a": "f", "h": "f"}
    assert set(expanded(both.graphs["g"], ["h"])) == {"h", "f", "a", "b"}


def test_what_it_hides_moves_with_it():
    held = done(FOLDED, edits.move(FOLDED, "g", {"f": (190.0, 50.0), "o": (0.0, 0.0)}))
    assert {id: held.nodes[id].at for id in "abco"} == {
        "a": (200.0, 110.0),
        "b": (300.0, 110.0),
        "c": (300.0, 100.0),
        "o": (0.0, 0.0),
    }
    held = done(FOLDED, edits.move(FOLDED, "g", {"f": (190.0, 50.0), "a": (7.0, 7.0)}))
    assert (held.nodes["a"].at, held.nodes["b"].at) == ((7.0, 7.0), (300.0, 110.0))


def test_what_it_hides_goes_with_it():
    change = edits.remove(FOLDED, "g", frames=["f"])
    assert change.label == "Delete 2 nodes and 1 frame"
    held = done(FOLDED, change)
    assert set(held.nodes) == {"i", "c", "o"}
    assert not held.frames
    assert set(done(OPEN, edits.remove(OPEN, "g", frames=["f"])).nodes) == set("iabco"), "an open frame goes alone"


def test_a_node_that_is_gone_or_renamed_is_so_in_the_frame_too():
    assert done(FOLDED, edits.remove(FOLDED, "g", ["a"])).frames["f"].folded == ("b",)
    assert done(FOLDED, edits.rename(FOLDED, "g", "a", "stem")).frames["f"].folded == ("stem", "b")


def test_a_copy_has_copies_of_what_it_hides():
    start = project(f=Frame(BOX, folded=("a", "b", "n")), n=Frame((0.0, 0.0, 10.0, 10.0), "note"))
    fragment = edits.cut_out(start, "g", ["f"])
    assert set(fragment.nodes) == {"a", "b"}
    assert set(fragment.frames) == {"f", "n"}
    assert edits.fragment_from_text(edits.fragment_to_text(fragment)) == fragment
    held = done(start, edits.paste(start, "g", fragment, (0.0, 500.0)))
    (new,) = [frame for id, frame in held.frames.items() if frame.folded and id != "f"]
    assert len(new.folded) == 3
    assert not {"a", "b", "n"} & set(new.folded)
    assert set(new.folded) <= {*held.nodes, *held.frames}


def test_grouping_takes_it_in_and_ungrouping_brings_it_back():
    grouped = apply(FOLDED, group(FOLDED, "g", ["f"], PARTS))
    assert grouped.graphs["block1"].frames["f"].folded == ("a", "b")
    assert not grouped.graphs["g"].frames
    back = apply(grouped, ungroup(grouped, "g", "block1", PARTS))
    (frame,) = back.graphs["g"].frames.values()
    assert set(frame.folded) == {"a", "b"} <= set(back.graphs["g"].nodes)


def test_grouping_some_of_what_a_frame_hides():
    after = apply(FOLDED, group(FOLDED, "g", ["b"], PARTS)).graphs["g"]
    assert after.frames["f"].folded == ("a",)
    held = project(f=Frame(BOX, folded=("block1", "i")))
    inner = apply(held, group(held, "g", ["b"], PARTS))
    hidden = apply(inner, ungroup(inner, "g", "block1", PARTS)).graphs["g"].frames["f"].folded
    assert set(hidden) == {"b", "i"}, "a placement that is hidden gives its place to its nodes"


def test_a_small_picture_shows_the_plate_and_the_links_across_its_border():
    start = project(f=Frame(BOX, "Middle", folded=("a", "b")), h=Frame((0.0, 300.0, 10.0, 10.0)))
    seen = as_seen(start.graphs["g"])
    assert set(seen.nodes) == {"i", "f", "c", "o"}
    assert seen.nodes["f"].at == (100.0, 100.0)
    assert {(link.source.node, end.node) for end, link in seen.links.items()} == {("i", "f"), ("f", "c"), ("c", "o")}
    assert set(seen.frames) == {"h"}
    assert as_seen(OPEN.graphs["g"]) is OPEN.graphs["g"]


ids = st.sampled_from(["i", "a", "b", "c", "o", "f", "h", "gone"])
frames_ = st.builds(
    Frame,
    st.tuples(st.just(0.0), st.just(0.0), st.integers(0, 3).map(float), st.just(1.0)),
    folded=st.lists(ids, max_size=4).map(tuple),
)


@given(frames_, frames_, st.sampled_from(["f", "h"]), st.lists(ids, max_size=3))
def test_edits_leave_no_name_of_what_they_removed(f, h, id, gone):
    start = project(f=f, h=h)
    graph = start.graphs["g"]
    hidden = owners(graph)
    assert not hidden.keys() & set(hidden.values()), "what is seen in another's stead is seen itself"
    assert all(inner in graph.nodes or inner in graph.frames for inner in hidden)
    held = done(start, edits.remove(start, "g", [name for name in gone if name in graph.nodes], frames=[id]))
    away = {*graph.nodes, *graph.frames} - {*held.nodes, *held.frames}
    assert not away & {name for frame in held.frames.values() for name in frame.folded}
