"""Aligning and distributing: where things come to lie, what rides along, what stays."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from netbuilder.graph.arrange import AXES, LINES, align, distribute
from netbuilder.graph.change import apply
from netbuilder.graph.model import Frame, Graph, Node, Project

SIZES = {"a": (200.0, 80.0), "b": (200.0, 55.0), "c": (200.0, 120.0)}
NODES = Map(a=Node("X", at=(0.0, 0.0)), b=Node("X", at=(310.0, 90.0)), c=Node("X", at=(400.0, 45.0)))
START = Project(graphs=Map(g=Graph(nodes=NODES, frames=Map(f=Frame((300.0, 300.0, 400.0, 200.0), "F")))))
BOXES = {id: (*NODES[id].at, *SIZES[id]) for id in NODES}


def places(project: Project) -> dict[str, tuple[float, float]]:
    return {id: node.at for id, node in project.graphs["g"].nodes.items()}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("left", {"a": (0, 0), "b": (0, 90), "c": (0, 45)}),
        ("centre", {"a": (200, 0), "b": (200, 90), "c": (200, 45)}),
        ("right", {"a": (400, 0), "b": (400, 90), "c": (400, 45)}),
        ("top", {"a": (0, 0), "b": (310, 0), "c": (400, 0)}),
        ("middle", {"a": (0, 42.5), "b": (310, 55), "c": (400, 22.5)}),
        ("bottom", {"a": (0, 85), "b": (310, 110), "c": (400, 45)}),
    ],
)
def test_each_line(line, expected):
    change = align(START, "g", BOXES, line)
    assert places(apply(START, change)) == expected
    assert change.label.startswith("Align the ")
    assert change.label.endswith(" of 3 things")
    assert apply(apply(START, change), change.inverse()) == START


def test_gaps_become_equal_and_the_ends_stay():
    boxes = {id: (x, 0.0, 200.0, 60.0) for id, x in {"a": 0.0, "b": 210.0, "c": 700.0}.items()}
    held = Map({id: Node("X", at=box[:2]) for id, box in boxes.items()})
    start = Project(graphs=Map(g=Graph(nodes=held)))
    after = apply(start, distribute(start, "g", boxes, "horizontally"))
    assert places(after) == {"a": (0, 0), "b": (350, 0), "c": (700, 0)}
    assert not distribute(after, "g", {id: (*at, 200.0, 60.0) for id, at in places(after).items()}, "horizontally")
    assert distribute(start, "g", boxes, "horizontally").label == "Distribute 3 things horizontally"


def test_a_frame_takes_along_what_rides_on_it():
    boxes = {"a": BOXES["a"], "f": (300.0, 300.0, 400.0, 200.0)}
    after = apply(START, align(START, "g", boxes, "left", {"f": ("b", "a")})).graphs["g"]
    assert after.frames["f"].rect == (0.0, 300.0, 400.0, 200.0)
    assert after.nodes["b"].at == (10.0, 90.0), "as far as its frame"
    assert after.nodes["a"].at == (0.0, 0.0), "it is moved for itself, not with the frame"
    assert after.nodes["c"] is NODES["c"]


def test_one_alone_two_to_distribute_and_unknown_ids_change_nothing():
    assert not align(START, "g", {}, "left")
    assert not align(START, "g", {"c": BOXES["c"]}, "left")
    assert not distribute(START, "g", {"a": BOXES["a"], "b": BOXES["b"]}, "vertically")
    assert not align(START, "g", {"gone": (9.0, 0.0, 1.0, 1.0), "a": BOXES["a"]}, "left")


numbers = st.integers(-2000, 2000).map(float)
boxes_ = st.dictionaries(
    st.sampled_from([f"n{n}" for n in range(8)]),
    st.tuples(numbers, numbers, st.just(200.0), st.integers(11, 40).map(lambda steps: steps * 5.0)),
    min_size=3,
)


@given(boxes_, st.sampled_from(sorted(LINES)), st.sampled_from(sorted(AXES)))
def test_what_was_put_in_line_is_in_line(boxes, line, way):
    start = Project(graphs=Map(g=Graph(nodes=Map({id: Node("X", at=box[:2]) for id, box in boxes.items()}))))
    axis, share, _ = LINES[line]
    after = apply(start, align(start, "g", boxes, line))
    ends = [at[axis] + boxes[id][2 + axis] * share for id, at in places(after).items()]
    assert max(ends) - min(ends) < 0.02
    assert all(at[1 - axis] == boxes[id][1 - axis] for id, at in places(after).items()), "only along one axis"
    after, axis = apply(start, distribute(start, "g", boxes, way)), AXES[way]
    order = sorted(boxes, key=lambda id: boxes[id][axis] + boxes[id][2 + axis] / 2)
    spans = sorted((at[axis], at[axis] + boxes[id][2 + axis]) for id, at in places(after).items())
    assert min(span[0] for span in spans) <= boxes[order[0]][axis]
    moved = sorted(places(after), key=lambda id: places(after)[id][axis] + boxes[id][2 + axis] / 2)
    gaps = [places(after)[b][axis] - places(after)[a][axis] - boxes[a][2 + axis] for a, b in itertools.pairwise(moved)]
    if all(gap > 0 for gap in gaps):
        assert max(gaps) - min(gaps) < 0.05
