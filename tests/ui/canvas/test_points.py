"""Points that links run through: with the mouse, by keys, and with what their nodes do."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from netbuilder.graph import edits_links
from netbuilder.graph.model import Input
from netbuilder.ui.canvas.check import differences
from netbuilder.ui.canvas.points import PointKey
from tests.ui.canvas.conftest import Hand

ALT, SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier
KEY = Input("relu1", "x")


def via(document, key: Input = KEY):
    return document.project.graphs["classifier"].links[key].via


def bend(document, *points, key: Input = KEY) -> None:
    document.apply(edits_links.set_via(document.project, "classifier", key, points, "Bend"))


def middle(canvas, key: Input = KEY) -> QPointF:
    return canvas.graph_scene.links[key].path.pointAtPercent(0.5)


def test_a_double_click_on_a_link_puts_a_point_into_it_and_one_on_the_point_takes_it_out(canvas, hand, document):
    before, at = document.project, middle(canvas)
    hand.click(at)
    hand.double_click(at)
    (point,) = via(document)
    assert (QPointF(*point) - at).manhattanLength() < 2
    assert canvas.graph_scene.chosen.point == PointKey(KEY, 0)
    assert document.revision == 1
    assert differences(canvas.graph_scene) == []
    hand.double_click(at)
    assert via(document) == ()
    document.undo()
    document.undo()
    assert document.project == before
    assert differences(canvas.graph_scene) == []


def test_a_point_is_dragged_on_the_grid_and_the_link_follows_its_way(canvas, hand, document):
    bend(document, (490.0, 120.0))
    revision, goal = document.revision, QPointF(493, 162)
    hand.pull(QPointF(490, 120), goal)
    item = canvas.graph_scene.links[KEY]
    assert item.distance(QPointF(490, 160)) < 1.0, "seen before it is let go"
    assert via(document) == ((490.0, 120.0),)
    hand.release(goal)
    assert via(document) == ((490.0, 160.0),)
    assert document.revision == revision + 1
    assert document.undo_label == "Move a point of a link"
    assert canvas.graph_scene.hit(QPointF(491, 161), 1.0).key == PointKey(KEY, 0)
    assert differences(canvas.graph_scene) == []


def test_alt_and_a_drag_put_a_point_into_the_link_where_it_was_taken(canvas, hand, document):
    bend(document, (480.0, 100.0), (500.0, 260.0))
    at = min(
        (QPointF(x, y) for x, y in canvas.graph_scene.links[KEY].points),
        key=lambda p: abs(p.x() - 490) + abs(p.y() - 180),
    )
    hand.move(at)
    hand.press(at, ALT)
    for step in (10, 30):
        hand.move(at + QPointF(0, step))
    hand.release(at + QPointF(0, 30), ALT)
    assert len(via(document)) == 3
    assert via(document)[0] == (480.0, 100.0)
    assert via(document)[2] == (500.0, 260.0)
    assert document.undo_label == "Add a point to a link"
    assert differences(canvas.graph_scene) == []


def test_esc_leaves_the_point_where_it_was(canvas, hand, document):
    bend(document, (490.0, 120.0))
    revision = document.revision
    hand.pull(QPointF(490, 120), QPointF(400, 200))
    hand.key(Qt.Key.Key_Escape)
    hand.release(QPointF(400, 200))
    assert document.revision == revision
    assert canvas.graph_scene.links[KEY].via == ((490.0, 120.0),)
    assert differences(canvas.graph_scene) == []


def test_del_removes_the_selected_point_and_only_then_the_link(canvas, hand, document):
    bend(document, (490.0, 120.0), (490.0, 160.0))
    hand.click(QPointF(490, 160))
    assert canvas.graph_scene.chosen.point == PointKey(KEY, 1)
    hand.key(Qt.Key.Key_Delete)
    assert via(document) == ((490.0, 120.0),)
    assert canvas.graph_scene.chosen.point is None
    hand.key(Qt.Key.Key_Delete)
    assert KEY not in document.project.graphs["classifier"].links


def test_everything_works_by_keys(canvas, hand, document):
    canvas.select(["relu1"])
    hand.key(Qt.Key.Key_L)
    assert canvas.graph_scene.chosen.links == {Input("flatten1", "x")}
    hand.key(Qt.Key.Key_L)
    assert canvas.graph_scene.chosen.links == {KEY}
    hand.key(Qt.Key.Key_P, SHIFT)
    (first,) = via(document)
    hand.key(Qt.Key.Key_Down)
    hand.key(Qt.Key.Key_Right, SHIFT)
    assert via(document) == ((first[0] + 50, first[1] + 10),)
    canvas.graph_scene.chosen.set(links=[KEY])
    hand.key(Qt.Key.Key_P)
    assert canvas.graph_scene.chosen.point == PointKey(KEY, 0)
    hand.key(Qt.Key.Key_Delete)
    assert via(document) == ()


def test_what_keys_can_not_do_is_said(canvas, hand, document):
    said = []
    canvas.status.connect(said.append)
    for key, held in ((Qt.Key.Key_L, Qt.KeyboardModifier.NoModifier), (Qt.Key.Key_P, SHIFT)):
        hand.key(key, held)
    hand.key(Qt.Key.Key_P)
    assert said == [
        "Select a block with links first.",
        "Select a link first, then put a point into it.",
        "Select a link with points first.",
    ]
    assert document.revision == 0


def test_points_go_with_the_nodes_at_both_ends(canvas, hand, document):
    bend(document, (490.0, 120.0))
    canvas.select(["conv1", "relu1"])
    hand.drag(hand.node("conv1"), hand.node("conv1") + QPointF(0, 100))
    (point,) = via(document)
    by = document.project.graphs["classifier"].nodes["conv1"].at[1]
    assert by > 50
    assert point == (490.0, 120.0 + by)
    assert differences(canvas.graph_scene) == []
    canvas.select(["conv1"])
    hand.drag(hand.node("conv1"), hand.node("conv1") + QPointF(0, 60))
    assert via(document) == (point,)


def test_points_part_when_a_block_is_put_between_them_and_stay_when_an_end_is_moved(canvas, hand, document):
    bend(document, (490.0, 120.0))
    hand.drag(canvas.port_pos("relu1", "x", True), canvas.port_pos("conv2", "x", True))
    assert via(document, Input("conv2", "x")) == ((490.0, 120.0),)
    assert differences(canvas.graph_scene) == []


def test_what_lies_at_a_point_is_taken_before_the_link(canvas, document):
    hand = Hand(canvas)
    bend(document, (490.0, 120.0))
    hand.move(QPointF(490, 120))
    assert canvas.graph_scene.links[KEY].hovered
    assert canvas.graph_scene.hit(QPointF(490, 120), 1.0).kind == "point"
    assert canvas.graph_scene.hit(QPointF(490, 120), 0.2).kind == "link", "from far there are no points to be seen"


def test_where_a_project_can_only_be_looked_at_points_stay_and_it_is_said(canvas, hand, document):
    bend(document, (490.0, 120.0))
    revision, said = document.revision, []
    canvas.status.connect(said.append)
    document.refusal = "It is open elsewhere."
    hand.drag(QPointF(490, 120), QPointF(490, 200))
    hand.double_click(QPointF(490, 120))
    canvas.graph_scene.chosen.set_point(PointKey(KEY, 0))
    hand.key(Qt.Key.Key_Down)
    hand.key(Qt.Key.Key_P, SHIFT)
    assert document.revision == revision
    assert said.count("It is open elsewhere.") == 4


def test_what_turns_outside_of_all_blocks_is_in_view_too(canvas, document):
    bounds = canvas.graph_scene.bounds()
    bend(document, (bounds.left() - 150, bounds.center().y()), (bounds.right() + 200, bounds.bottom() + 120))
    canvas.fit()
    shown = canvas.mapToScene(canvas.viewport().rect()).boundingRect()
    assert not bounds.contains(middle(canvas))
    assert shown.contains(canvas.graph_scene.links[KEY].path.boundingRect())
