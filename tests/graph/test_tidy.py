"""Graphs laid out as one change: what belongs to which frame, what stays, where notes and parts go."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from immutables import Map
from msgspec.structs import replace

from netbuilder.graph.change import apply
from netbuilder.graph.folding import owners
from netbuilder.graph.layout.nest import arrange
from netbuilder.graph.layout.spots import touch
from netbuilder.graph.layout.tidy import Measures, scope, sketched, tidied
from netbuilder.graph.model import Frame, Graph, Input, Link, Node, Output, Project
from tests.graph.strategies import graphs

SIZE = (200.0, 80.0)


def measures(graph: Graph) -> Measures:
    ends = [end for link in graph.links.values() for end in (link.source, link.target)]
    return Measures(
        dict.fromkeys(graph.nodes, SIZE), dict.fromkeys(ends, 15.0), dict.fromkeys(graph.frames, 30.0), SIZE, 15.0
    )


def laid_out(graph: Graph, only=None, direction=None) -> Graph:
    """The graph after a layout, which undo takes back."""
    known, direction = measures(graph), direction or graph.direction
    held = scope(graph, known, only)
    project = Project(graphs=Map(g=graph))
    change = tidied(project, "g", known, held, arrange(sketched(graph, known, held, direction)), direction, only)
    after = apply(project, change)
    assert apply(after, change.inverse()) == project
    return after.graphs["g"]


def graph(nodes: dict[str, tuple[float, float]], links=(), frames=None) -> Graph:
    """Links as "a-b" pairs; frames by id with their rectangles."""
    ends: dict[Input, Link] = {}
    for pair in links:
        source, target = pair.split("-")
        end = Input(target, "x", sum(other.node == target for other in ends))
        ends[end] = Link(Output(source, "y"), end)
    drawn = {id: Frame(rect) for id, rect in (frames or {}).items()}
    return Graph(nodes=Map({id: Node("X", at=at) for id, at in nodes.items()}), links=Map(ends), frames=Map(drawn))


def rect(held: Graph, id: str) -> tuple[float, float, float, float]:
    return (*held.nodes[id].at, *SIZE)


ROW = {"a": (700.0, 300.0), "b": (0.0, 40.0), "c": (350.0, 250.0)}


@given(graphs(), st.data())
@settings(max_examples=60, deadline=None)
def test_any_graph_is_laid_out_and_what_is_not_meant_stays(held, data):
    parts = [*held.nodes, *held.frames]
    only = data.draw(st.none() | st.sets(st.sampled_from(sorted(parts)))) if parts else None
    after = laid_out(held, only, data.draw(st.sampled_from(["right", "down"])))
    known = scope(held, measures(held), only)
    moving = {*known.nodes, *known.plates, *known.frames}
    hidden = owners(held)
    for id in held.nodes:
        assert replace(after.nodes[id], at=held.nodes[id].at) == held.nodes[id]
        if id not in moving and id not in hidden:
            assert after.nodes[id] == held.nodes[id]
    seen = [rect(after, id) for id in known.nodes if id not in hidden]
    if all(abs(number) < 1e6 for box in seen for number in box):  # places end at the limits of a file
        assert not any(touch(one, other, -0.1) for at, one in enumerate(seen) for other in seen[:at])
    assert set(after.links) == set(held.links)
    for key, link in held.links.items():
        assert replace(after.links[key], via=link.via) == link
        if only is not None and not {link.source.node, key.node} & {*known.nodes, *hidden}:
            assert after.links[key] == link


def test_it_begins_where_it_lay():
    after = laid_out(graph(ROW, ["b-c", "c-a"]))
    assert [after.nodes[id].at for id in "bca"] == [(0.0, 40.0), (260.0, 40.0), (520.0, 40.0)]


def test_a_frame_is_drawn_anew_around_its_nodes_and_others_are_kept_out():
    held = graph(ROW | {"d": (900.0, 900.0)}, ["b-c", "c-a", "b-d", "d-a"], {"f": (-50.0, -50.0, 800.0, 500.0)})
    after = laid_out(held)
    x, y, width, height = after.frames["f"].rect
    assert {id for id in after.nodes if touch(rect(after, id), after.frames["f"].rect)} == {"b", "c"}
    for id in "bc":
        left, top = after.nodes[id].at
        assert x < left
        assert y + 30.0 < top
        assert left + 200 < x + width
        assert top + 80 < y + height


def test_a_frame_in_a_frame_stays_there():
    frames = {"outer": (-100.0, -100.0, 1200.0, 700.0), "inner": (-20.0, -20.0, 300.0, 300.0)}
    held = scope(graph(ROW, ["b-c"], frames), measures(graph(ROW, ["b-c"], frames)))
    assert held.inside == {"node a": "outer", "node b": "inner", "node c": "outer", "frame inner": "outer"}
    after = laid_out(graph(ROW, ["b-c"], frames))
    (x, y, width, height), (left, top, wide, high) = after.frames["outer"].rect, after.frames["inner"].rect
    assert x < left
    assert y < top
    assert left + wide < x + width
    assert top + high < y + height


def test_notes_stay_beside_what_they_stand_at():
    notes = {
        "above": (0.0, -200.0, 300.0, 60.0),
        "below": (0.0, 500.0, 300.0, 60.0),
        "right": (1000.0, 50.0, 200.0, 60.0),
        "beside_a": (640.0, 390.0, 100.0, 40.0),
    }
    held = graph(ROW, ["b-c", "c-a"], notes)
    after = laid_out(held)
    low, right = after.nodes["b"].at[1] + 80, after.nodes["a"].at[0] + 200
    assert after.frames["above"] == held.frames["above"]
    assert after.frames["below"].rect == (0.0, low + 120.0, 300.0, 60.0)
    assert after.frames["right"].rect == (right + 100.0, 50.0, 200.0, 60.0)
    x, y = after.nodes["a"].at
    assert abs(after.frames["beside_a"].rect[0] - x) <= 200
    assert abs(after.frames["beside_a"].rect[1] - y) <= 200
    boxes = [rect(after, id) for id in after.nodes] + [frame.rect for frame in after.frames.values()]
    assert not any(touch(one, other) for at, one in enumerate(boxes) for other in boxes[:at])


def test_a_part_goes_where_it_covers_nothing():
    held = graph(ROW | {"wall": (300.0, 60.0), "low": (200.0, 200.0)}, ["b-c", "c-a", "b-wall"])
    after = laid_out(held, {"a", "b", "c"})
    assert {id for id in held.nodes if after.nodes[id] != held.nodes[id]} <= {"a", "b", "c"}
    for id in "abc":
        assert not any(touch(rect(after, id), rect(after, other)) for other in ("wall", "low"))
    assert after.nodes["b"].at[1] == after.nodes["c"].at[1] == after.nodes["a"].at[1]


def test_a_selected_frame_takes_what_lies_in_it_along():
    frames = {"f": (-50.0, -50.0, 800.0, 500.0)}
    held = graph(ROW, ["b-c", "c-a"], frames)
    after = laid_out(held, {"f"})
    assert after.nodes["a"] == held.nodes["a"]
    assert after.nodes["c"].at[0] > after.nodes["b"].at[0] + 200
    assert after.frames["f"].rect[0] < after.nodes["b"].at[0]


def test_a_frame_that_is_not_all_selected_grows_with_its_nodes():
    frames = {"f": (-20.0, -20.0, 640.0, 400.0)}
    places = {"b": (0.0, 40.0), "c": (350.0, 250.0), "stay": (0.0, 250.0)}
    held = graph(places | {"d": (350.0, 40.0), "e": (350.0, 140.0)}, ["b-c", "c-d", "d-e"], frames)
    after = laid_out(held, {"b", "c", "d", "e"})
    assert after.nodes["stay"] == held.nodes["stay"]
    x, y, width, height = after.frames["f"].rect
    for id in "bcde":
        left, top = after.nodes[id].at
        assert x <= left
        assert left + 200 <= x + width
        assert y <= top <= y + height - 80


def test_a_turn_of_the_flow_is_one_edit_of_the_graph():
    held = graph(ROW, ["b-c", "c-a"])
    after = laid_out(held, direction="down")
    assert after.direction == "down"
    assert [after.nodes[id].at for id in "bca"] == [(0.0, 40.0), (0.0, 180.0), (0.0, 320.0)]


def test_points_of_links_are_drawn_anew():
    held = graph(ROW, ["b-c", "c-a"])
    end = Input("c", "x")
    bent = replace(held, links=held.links.set(end, replace(held.links[end], via=((5.0, 900.0),))))
    assert laid_out(bent).links[end].via == ()
    assert laid_out(bent, {"a"}).links[end].via == ((5.0, 900.0),)


def test_what_passes_by_above_keeps_off_a_note_and_laying_out_twice_changes_nothing():
    places = {name: (300.0 * number, 0.0) for number, name in enumerate("abcd")}
    note = (0.0, -80.0, 700.0, 70.0)
    held = graph(places, ["a-d", "a-b", "b-c", "c-d"], {"note": note})
    once = laid_out(held)
    way = once.links[Input("d", "x")].via
    assert way
    assert not any(touch((*at, 0.1, 0.1), once.frames["note"].rect) for at in way)
    assert laid_out(once) == once
