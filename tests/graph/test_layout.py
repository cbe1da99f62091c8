"""Layout: data flows one way, nothing on top of anything else, frames kept together, the same every time."""

from __future__ import annotations

import random
import time
from itertools import pairwise, permutations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.layout import rows, sketch
from netbuilder.graph.layout.across import Apart, across
from netbuilder.graph.layout.crossings import crossings
from netbuilder.graph.layout.layered import Layered, Line
from netbuilder.graph.layout.nest import arrange
from netbuilder.graph.layout.order import order
from netbuilder.graph.layout.simplex import Arc, layers
from netbuilder.graph.layout.sketch import Box, Frame, Gaps, Sketch, Wire
from netbuilder.graph.layout.spots import free_spot, touch

GAPS = Gaps()


def boxes(*names: str, width: float = 200.0, height: float = 80.0) -> dict[str, Box]:
    return {name: Box(width, height) for name in names}


def wires(*pairs: str, back: str = "") -> tuple[Wire, ...]:
    """ "a-b" for a wire from a to b; those named in `back` lead back in time."""
    ends = [pair.split("-") for pair in pairs]
    return tuple(Wire(a, b, 15.0, 15.0, f"{a}-{b}" in back.split()) for a, b in ends)


@st.composite
def sketches(draw: st.DrawFn) -> Sketch:
    """Any wires, cycles too; frames in frames; sizes of all kinds; ports in rows."""
    names = [f"n{number}" for number in range(draw(st.integers(1, 9)))]
    size = st.integers(20, 300).map(float)
    held = {name: Box(draw(size), draw(size), (draw(size), draw(size))) for name in names}
    end = st.sampled_from(names)
    port = st.sampled_from([15.0, 15.0, 40.0, 60.0])
    wired = st.builds(Wire, end, end, port, port, st.sampled_from([False, False, False, True]))
    loose, frames = list(names), {}
    for number in range(draw(st.integers(0, 2))):
        mine = draw(st.lists(st.sampled_from(loose), unique=True, max_size=4)) if loose else []
        loose = [name for name in loose if name not in mine]
        inner = tuple(frames) if frames and draw(st.booleans()) else ()
        if mine or inner:
            frames[f"f{number}"] = Frame(tuple(mine), inner, draw(st.sampled_from([30.0, 90.0])))
    return Sketch(
        held,
        tuple(draw(st.lists(wired, max_size=14))),
        frames,
        draw(st.sampled_from(["right", "down"])),
        rows=draw(st.sampled_from([0.0, 1.9])),
    )


def rects(sketch: Sketch, places) -> dict[tuple[str, str], tuple[float, float, float, float]]:
    found = {("box", name): (*places.boxes[name], box.width, box.height) for name, box in sketch.boxes.items()}
    return found | {("frame", name): rect for name, rect in places.frames.items()}


def inside(sketch: Sketch, frame: str) -> set[tuple[str, str]]:
    held = sketch.frames[frame]
    found = {("box", name) for name in held.boxes}
    for inner in held.frames:
        found |= {("frame", inner)} | inside(sketch, inner)
    return found


@given(sketches())
@settings(max_examples=80, deadline=None)
def test_nothing_overlaps_and_frames_hold_what_is_theirs_and_nothing_else(sketch):
    places = arrange(sketch)
    assert places == arrange(sketch)
    assert places.boxes.keys() == sketch.boxes.keys()
    assert places.frames.keys() == sketch.frames.keys()
    assert len(places.ways) == len(sketch.wires)
    found = rects(sketch, places)
    held = {("frame", name): inside(sketch, name) for name in sketch.frames}
    for one, rect in found.items():
        for other, its in found.items():
            if one >= other:
                continue
            if other in held.get(one, ()) or one in held.get(other, ()):
                inner, outer = (its, rect) if other in held.get(one, ()) else (rect, its)
                assert outer[0] <= inner[0]
                assert outer[1] <= inner[1]
                assert inner[0] + inner[2] <= outer[0] + outer[2]
                assert inner[1] + inner[3] <= outer[1] + outer[3]
            else:
                assert not touch(rect, its)
    for name, frame in sketch.frames.items():
        top = places.frames[name][1] + frame.head
        assert all(found[key][1] >= top for key in held["frame", name])


@given(sketches())
@settings(max_examples=80, deadline=None)
def test_wires_lead_the_way_of_the_flow(sketch):
    """Without frames and broken rows: whatever is on no cycle lies ahead of what it feeds."""
    plain = Sketch(sketch.boxes, sketch.wires, {}, sketch.direction)
    places = arrange(plain)
    reach: dict[str, set[str]] = {name: {name} for name in plain.boxes}
    for _ in plain.boxes:
        for wire in plain.wires:
            reach[wire.source] |= reach[wire.target]
    axis = 1 if sketch.direction == "down" else 0
    for wire in plain.wires:
        if wire.source not in reach[wire.target] and not any(other.back for other in plain.wires):
            box = plain.boxes[wire.source]
            length = box.height if axis else box.width
            assert places.boxes[wire.source][axis] + length + GAPS.layers <= places.boxes[wire.target][axis]


@given(sketches())
@settings(max_examples=40, deadline=None)
def test_down_is_right_turned(sketch):
    """Frames have their title at the top either way, so this holds for boxes alone."""
    right = Sketch(sketch.boxes, sketch.wires)
    turned = {name: Box(box.height, box.width, box.at[::-1]) for name, box in sketch.boxes.items()}
    down = Sketch(turned, sketch.wires, direction="down")
    assert {name: at[::-1] for name, at in arrange(down).boxes.items()} == arrange(right).boxes


def test_a_chain_is_a_straight_row():
    names = [f"n{number}" for number in range(12)]
    places = arrange(Sketch(boxes(*names), wires(*(f"{a}-{b}" for a, b in pairwise(names)))))
    assert [places.boxes[name] for name in names] == [(number * (200 + GAPS.layers), 0.0) for number in range(12)]


def test_a_long_chain_is_broken_into_rows_that_fit_a_view():
    names = [f"n{number}" for number in range(40)]
    chain = wires(*(f"{a}-{b}" for a, b in pairwise(names)))
    places = arrange(Sketch(boxes(*names), chain, rows=1.9))
    length = max(x for x, _ in places.boxes.values()) + 200
    breadth = max(y for _, y in places.boxes.values()) + 80
    assert 1.3 < length / breadth < 2.7
    corners = [places.boxes[name] for name in names]
    assert all((a[0] < b[0] and a[1] == b[1]) or (a[1] < b[1] and b[0] == 0) for a, b in pairwise(corners))


def test_a_row_is_not_broken_where_several_wires_lead_on():
    names = [f"n{number}" for number in range(12)]
    chain = [f"{a}-{b}" for a, b in pairwise(names)]
    places = arrange(Sketch(boxes(*names), wires(*chain, "n0-n11"), rows=1.9))
    assert len({y for _, y in places.boxes.values()}) == 1


def test_two_branches_do_not_cross():
    pairs = wires("in1-b1", "in1-a2", "b1-b3", "a2-a1", "b3-sum", "a1-sum")
    places = arrange(Sketch(boxes("in1", "b1", "a2", "b3", "a1", "sum"), pairs))
    assert places.crossings == 0
    assert (places.boxes["b1"][1] < places.boxes["a2"][1]) == (places.boxes["b3"][1] < places.boxes["a1"][1])


def test_orders_that_are_as_good_stay_as_they_lie():
    pairs = wires("in1-a", "in1-b", "a-sum", "b-sum")
    for upper, lower in (("a", "b"), ("b", "a")):
        lying = boxes("in1", "sum") | {upper: Box(200, 80, (270, 0)), lower: Box(200, 80, (270, 500))}
        places = arrange(Sketch(lying, pairs))
        assert places.boxes[upper][1] < places.boxes[lower][1]


def test_a_skip_goes_round_and_the_row_stays_straight():
    names = ["x", "conv1", "relu1", "conv2", "add", "y"]
    row = wires(*(f"{a}-{b}" for a, b in pairwise(names)), "x-add")
    places = arrange(Sketch(boxes(*names), row))
    assert len({y for _, y in places.boxes.values()}) == 1
    assert [bool(way) for way in places.ways] == [False] * 5 + [True]
    for x, y in places.ways[-1]:
        for name, (left, top) in places.boxes.items():
            assert not (left <= x <= left + 200 and top <= y <= top + 80), name


def test_the_upper_port_gets_the_upper_wire():
    held = boxes("data", "upper", "lower")
    ports = (Wire("data", "lower", 20.0, 15.0), Wire("data", "upper", 60.0, 15.0))
    places = arrange(Sketch(held, ports))
    assert places.boxes["lower"][1] < places.boxes["upper"][1]
    assert places.crossings == 0


def test_a_wire_back_in_time_leads_from_what_it_gives_to_what_it_is_given():
    row = wires("x-add1", "delay1-add1", "add1-tanh1", "tanh1-delay1", "tanh1-y", back="tanh1-delay1")
    places = arrange(Sketch(boxes("x", "delay1", "add1", "tanh1", "y"), row)).boxes
    columns = [places[name][0] for name in ("delay1", "add1", "tanh1", "y")]
    assert columns == sorted(set(columns))
    assert places["x"][0] == places["delay1"][0]


def test_nothing_and_one():
    assert arrange(Sketch({})).boxes == {}
    assert arrange(Sketch(boxes("a"), wires("a-a"))).boxes == {"a": (0.0, 0.0)}


def test_boxes_that_nothing_joins_stand_in_rows():
    places = arrange(Sketch(boxes(*(f"n{number}" for number in range(30))))).boxes
    assert 3 < len({y for _, y in places.values()}) < 10


@pytest.mark.parametrize(
    "sketch",
    [
        Sketch(boxes("a"), wires("a-b")),
        Sketch(boxes("a"), (), {"f": Frame(("b",))}),
        Sketch(boxes("a"), (), {"f": Frame(("a",)), "g": Frame(("a",))}),
        Sketch(boxes("a"), (), {"f": Frame((), ("g",)), "g": Frame((), ("f",))}),
    ],
)
def test_a_sketch_that_makes_no_sense_is_refused(sketch):
    with pytest.raises(ValueError, match=r"there is no box|lies in two frames|lie in each other"):
        arrange(sketch)


def _layered(seed: int, count: int = 40, more: int = 30) -> Layered:
    dice = random.Random(seed)
    lines = [Line(max(0, v - dice.randint(1, 6)), v, 0.0, 0.0) for v in range(1, count)]
    lines += [Line(a, b, 0.0, 0.0) for a, b in (sorted(dice.sample(range(count), 2)) for _ in range(more))]
    return Layered(count, lines)


def _crossed(graph: Layered) -> int:
    """Pairs of segments between the same layers that cross, one by one."""
    place = graph.places()
    count = 0
    for layer in graph.layers:
        ends = [(place[v] + s.own, place[s.other] + s.port) for v in layer for s in graph.after[v]]
        count += sum((a[0] - b[0]) * (a[1] - b[1]) < 0 for at, a in enumerate(ends) for b in ends[:at])
    return count


@pytest.mark.parametrize("seed", range(6))
def test_crossings_are_counted_and_ordering_leaves_fewer(seed):
    graph = _layered(seed)
    before = crossings(graph.layers, graph.after)
    assert before == _crossed(graph)
    found = order(graph, [float(v) for v in range(graph.real)])
    assert found == crossings(graph.layers, graph.after) == _crossed(graph)
    assert found < before
    assert sorted(v for layer in graph.layers for v in layer) == list(range(len(graph.layer)))


@pytest.mark.parametrize("seed", range(4))
def test_ordering_is_no_worse_than_the_best_of_a_small_graph(seed):
    """Held against every order of two layers of five."""
    dice = random.Random(seed)
    lines = [Line(dice.randrange(5), 5 + dice.randrange(5), 0.0, 0.0) for _ in range(11)]
    graph = Layered(10, lines)
    right = list(graph.layers[1])
    ends = [(line.source, line.target) for line in lines]
    best = min(
        sum(
            (left.index(a) - left.index(c)) * (other.index(b) - other.index(d)) < 0
            for n, (a, b) in enumerate(ends)
            for c, d in ends[:n]
        )
        for left in permutations(sorted({a for a, _ in ends}))
        for other in permutations(right)
    )
    assert order(graph, [0.0] * 10) == best


@pytest.mark.parametrize("seed", range(4))
def test_layers_are_as_short_as_can_be(seed):
    """Held against networkx: the least total length is the most that a flow through the arcs can be paid, its dual."""
    graph = _layered(seed, 25, 20)
    arcs = [Arc(line.source, line.target) for line in graph.lines]
    found = layers(25, arcs)
    assert min(found) == 0
    assert all(found[arc.head] - found[arc.tail] >= arc.least for arc in arcs)
    net: nx.DiGraph = nx.DiGraph()
    for v in range(25):
        net.add_node(v, demand=sum(arc.head == v for arc in arcs) - sum(arc.tail == v for arc in arcs))
    net.add_edges_from(((arc.tail, arc.head) for arc in arcs), weight=-1)
    assert sum(found[arc.head] - found[arc.tail] for arc in arcs) == -nx.network_simplex(net)[0]


def test_vertices_keep_apart_and_long_wires_run_straight():
    graph = _layered(3)
    order(graph, [0.0] * graph.real)
    breadths = [50.0 + v for v in range(graph.real)]
    at = across(graph, breadths, Apart(30.0, 20.0, 10.0))
    size = [*breadths, *([0.0] * (len(graph.layer) - graph.real))]
    for layer in graph.layers:
        for u, v in pairwise(layer):
            gap = (10.0, 20.0, 30.0)[(u < graph.real) + (v < graph.real)]
            assert at[u] + size[u] + gap <= at[v] + 1e-6
    bends = sum(at[a] != at[b] for chain in graph.chains for a, b in pairwise(chain[1:-1]))
    runs = sum(max(0, len(chain) - 3) for chain in graph.chains)
    assert bends < runs / 3


def test_room_is_found_beside_what_stays():
    assert free_spot((100, 50), (10, 10), [(500, 0, 50, 50)]) == (10, 10)
    spot = free_spot((100, 50), (10, 10), [(0, 0, 80, 60), (0, 100, 300, 40)])
    assert not any(touch((*spot, 100, 50), rect) for rect in [(0, 0, 80, 60), (0, 100, 300, 40)])


def test_a_thousand_boxes_are_laid_out_in_time_and_with_no_more_crossings_than_dot_leaves():
    """dot 2.43 leaves 1,981 in this graph; `benchmarks/layout.py` has more. Its time is 0.7 s of computing."""
    begin = time.process_time()
    places = arrange(sketch(rows(1000, 1700, 0)))
    assert time.process_time() - begin < 3.0
    assert places.crossings <= 1.05 * 1981
