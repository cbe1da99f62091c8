"""Dragging comes to rest on the grid and beside neighbours, and shows why."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map
from msgspec.structs import replace
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication

from netbuilder.graph import edits
from netbuilder.graph.change import Change, Edit
from netbuilder.graph.document import Document
from netbuilder.graph.model import Frame, Graph, Node, Project
from netbuilder.ui.canvas.check import differences
from netbuilder.ui.canvas.guides import Guides
from netbuilder.ui.canvas.snapper import Snapper
from netbuilder.ui.canvas.snapping import Guide, Straight, guides, snap
from netbuilder.ui.canvas.view import Canvas
from netbuilder.ui.theme import Theme

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier


def at(document, id):
    return document.project.graphs["classifier"].nodes[id].at


def put(document, **places):
    document.apply(edits.move(document.project, "classifier", places))


def shown(canvas) -> tuple[Guide, ...]:
    return tuple(line for item in canvas.graph_scene.items() if isinstance(item, Guides) for line in item.lines)


# ---- where things come to rest

BOX = (0.0, 0.0, 200.0, 80.0)


def test_edges_and_middles_of_others_draw():
    other = (303.0, 400.0, 503.0, 520.0)
    assert snap((300.0, 100.0, 500.0, 180.0), (0.0, 0.0), [other], [], 6.0) == (3.0, None)
    assert snap((600.0, 405.0, 800.0, 460.0), (0.0, 0.0), [other], [], 6.0) == (None, -5.0), "the upper edge"
    assert snap((600.0, 463.0, 800.0, 518.0), (0.0, 0.0), [other], [], 6.0) == (None, 2.0), "the lower edge"
    assert snap((600.0, 430.0, 800.0, 485.0), (0.0, 0.0), [other], [], 6.0) == (None, 2.5), "the middle"
    assert snap((600.0, 100.0, 800.0, 180.0), (0.0, 0.0), [other], [], 6.0) == (None, None), "nothing near"


def test_equal_gaps_draw():
    left, right = (0.0, 0.0, 200.0, 80.0), (700.0, 20.0, 900.0, 100.0)
    assert snap((346.0, 33.0, 546.0, 200.0), (0.0, 0.0), [left, right], [], 6.0)[0] == 4.0, "between two"
    row = [(0.0, 0.0, 200.0, 80.0), (250.0, 0.0, 450.0, 80.0)]
    assert snap((503.0, 30.0, 703.0, 200.0), (0.0, 0.0), row, [], 6.0)[0] == -3.0, "as far as the two before"
    assert snap((-252.0, 30.0, -52.0, 200.0), (0.0, 0.0), row, [], 6.0)[0] == 2.0, "as far as the two behind"
    found = guides((500.0, 30.0, 700.0, 200.0), (0.0, 0.0), row, [])
    assert [line for line in found if line.gap] == [
        Guide(200.0, 40.0, 250.0, 40.0, True),
        Guide(450.0, 55.0, 500.0, 55.0, True),
    ]


def test_a_straight_link_comes_before_a_nearer_edge():
    link = Straight((500.0, 19.0), (0.0, 15.0), 1)
    other = (300.0, 1.0, 500.0, 60.0)
    assert snap(BOX, (0.0, 0.0), [other], [link], 6.0)[1] == 4.0
    assert snap(BOX, (0.0, 0.0), [other], [link._replace(fixed=(500.0, 40.0))], 6.0)[1] == 1.0, "too far to be meant"


boxes = st.tuples(st.integers(-300, 300), st.integers(-300, 300), st.integers(1, 40), st.integers(1, 40)).map(
    lambda box: (float(box[0]), float(box[1]), float(box[0] + 5 * box[2]), float(box[1] + 5 * box[3]))
)


@given(boxes, st.lists(boxes, max_size=6))
def test_what_has_come_to_rest_stays_and_says_why(box, others):
    by = snap(box, (0.0, 0.0), others, [], 8.0)
    x, y = (shift or 0.0 for shift in by)
    assert max(abs(x), abs(y)) <= 8.0
    rested = (box[0] + x, box[1] + y, box[2] + x, box[3] + y)
    for axis, shift in enumerate(by):
        if shift is not None and by[1 - axis] is None:  # the other axis has not moved it into another row
            assert any((line.x1 == line.x2) == (axis == 0) or line.gap for line in guides(rested, (x, y), others, []))


# ---- with the mouse


def test_a_drag_comes_into_line_with_a_neighbour(canvas, hand, document):
    put(document, add1=(533.0, 300.0))
    start = hand.node("conv2")
    hand.pull(start, start + QPointF(270, 45))
    assert canvas.node_rect("conv2").left() == 533.0, "not 530, which is on the grid"
    (line,) = [line for line in shown(canvas) if line.x1 == line.x2 == 533.0]
    assert line.y1 < canvas.node_rect("conv2").top()
    assert line.y2 > canvas.node_rect("add1").bottom()
    hand.release(start + QPointF(270, 45))
    assert shown(canvas) == ()
    assert at(document, "conv2")[0] == 533.0
    assert differences(canvas.graph_scene) == []
    document.undo()
    assert at(document, "conv2") == (260.0, 200.0)


def test_alt_moves_freely(canvas, hand, document):
    put(document, add1=(533.0, 300.0))
    start = hand.node("conv2")
    hand.pull(start, start + QPointF(270, 45))
    goal = hand.at(start + QPointF(271, 47))
    hand.release(start + QPointF(271, 47), ALT)
    moved = canvas.mapToScene(goal) - canvas.mapToScene(hand.at(start))
    assert at(document, "conv2") == pytest.approx((260.0 + moved.x(), 200.0 + moved.y()), abs=1.0)
    assert at(document, "conv2")[0] not in (530.0, 533.0)


def test_a_link_is_drawn_straight(canvas, hand, document):
    put(document, flatten1=(780.0, 3.0), relu1=(520.0, -160.0))
    start = hand.node("relu1")
    hand.pull(start, start + QPointF(0, 165))
    level = canvas.port_pos("relu1", "y", False).y()
    assert level == canvas.port_pos("flatten1", "x", True).y() == 18.0
    assert Guide(780.0, level, 720.0, level) in shown(canvas)
    hand.key(Qt.Key.Key_Escape)
    assert shown(canvas) == ()
    hand.release(start)
    assert at(document, "relu1") == (520.0, -160.0)


def test_where_data_flows_down_a_link_is_drawn_straight_down(canvas, hand, document):
    held = document.project.graphs["classifier"]
    down = Edit("graph", "", "classifier", held, replace(held, direction="down"))
    document.apply(Change("Downwards", (down,)))
    put(document, relu1=(703.0, 300.0), flatten1=(1100.0, 500.0), conv1=(200.0, 100.0))
    start = canvas.node_rect("flatten1").topLeft() + QPointF(30, 28)
    hand.pull(start, start + QPointF(-394, 0))
    assert canvas.port_pos("flatten1", "x", True).x() == canvas.port_pos("relu1", "y", False).x()
    assert any(line.x1 == line.x2 == canvas.port_pos("relu1", "y", False).x() for line in shown(canvas))
    hand.key(Qt.Key.Key_Escape)
    hand.release(start)


def test_equal_gaps_are_shown_with_their_length(canvas, hand, document):
    put(document, conv2=(0.0, 420.0), add1=(263.0, 420.0), relu1=(800.0, 470.0))
    start = hand.node("relu1")
    goal = start + QPointF(-271, -20)
    hand.pull(start, goal)
    gaps = [line for line in shown(canvas) if line.gap]
    assert [line.x2 - line.x1 for line in gaps] == [63.0, 63.0]
    QApplication.processEvents()  # painted with its numbers
    hand.release(goal)
    assert at(document, "relu1")[0] == 526.0


def test_frames_come_into_line_with_frames(canvas, hand, document):
    document.apply(edits.add_frame(document.project, "classifier", (843.0, 345.0, 300.0, 100.0), "Other", id="other"))
    hand.pull(QPointF(900, 355), QPointF(905, 351))
    assert canvas.graph_scene.frames["other"].rect.top() == 340.0
    assert any(line.y1 == line.y2 == 340.0 for line in shown(canvas))
    hand.release(QPointF(905, 351))
    assert differences(canvas.graph_scene) == []


def test_a_plate_comes_into_line_with_nodes_and_they_with_it(canvas, hand, document):
    canvas.select(["conv2", "add1"])
    hand.key(Qt.Key.Key_H)
    (id,) = canvas.graph_scene.chosen.frames
    plate = canvas.graph_scene.frames[id]
    put(document, relu1=(523.0, 0.0), logits=(900.0, 600.0))
    hand.pull(plate.rect.center(), plate.rect.center() + QPointF(262, 100))
    assert plate.rect.left() == 523.0
    assert any(line.x1 == line.x2 == 523.0 for line in shown(canvas))
    hand.release(plate.rect.center())
    start = hand.node("logits")
    hand.drag(start, start + QPointF(-376, 0))
    assert at(document, "logits")[0] == 523.0
    assert differences(canvas.graph_scene) == []


def test_copies_that_are_dragged_off_come_into_line_too(canvas, hand, document):
    put(document, add1=(533.0, 300.0))
    start = hand.node("conv2")
    goal = start + QPointF(271, 200)
    hand.move(start)
    hand.press(start, ALT)
    for step in (0.2, 0.6, 1.0):
        hand.move(start + (goal - start) * step)
    assert any(line.x1 == line.x2 == 533.0 for line in shown(canvas))
    hand.release(goal, ALT)
    assert shown(canvas) == ()
    (copied,) = canvas.selected()
    assert at(document, copied)[0] == 533.0
    assert at(document, "conv2") == (260.0, 200.0)


def test_what_is_switched_off_does_not_draw(canvas, hand, document):
    put(document, add1=(533.0, 300.0))
    canvas.graph_scene.snapping.neighbours = False
    start = hand.node("conv2")
    hand.drag(start, start + QPointF(271, 45))
    assert at(document, "conv2")[0] == 530.0
    canvas.graph_scene.snapping.grid = False
    start = hand.node("conv2")
    hand.drag(start, start + QPointF(53, 81))
    assert at(document, "conv2") == pytest.approx((583.0, 321.0), abs=1.5)
    assert at(document, "conv2")[0] % 10


def test_among_ten_thousand_a_step_of_a_drag_stays_cheap(qtbot, catalogue):
    """CPU time of finding what to snap to, with one node and with 1,000 of 10,000 dragged."""
    nodes = {f"n{n}": Node("ReLU", at=(n % 100 * 260.0, n // 100 * 120.0)) for n in range(10_000)}
    frames = {f"f{n}": Frame((n * 900.0, -300.0, 800.0, 200.0), "F") for n in range(30)}
    project = Project(graphs=Map(classifier=Graph(nodes=Map(nodes), frames=Map(frames))))
    canvas = Canvas(Document(project), "classifier", catalogue, Theme.load("dark"))
    qtbot.addWidget(canvas, before_close_func=Canvas.close_view)
    scene = canvas.graph_scene
    for many in (1, 1000):
        snapper = Snapper(scene, scene.nodes["n5050"].rect, 1.0, [f"n{n}" for n in range(5050, 5050 + many)])
        steps = [QPointF(3.0 * n, 2.0 * n) for n in range(60)]
        begun = time.process_time()
        for by in steps:
            snapper.snap(by, Qt.KeyboardModifier.NoModifier)
        assert (time.process_time() - begun) / len(steps) < 0.005
