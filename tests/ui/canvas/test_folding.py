"""Frames and chains folded to one plate, with mouse and keys: what is seen, what follows, what comes back."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from netbuilder.compiler.report import Flow, GraphReport, NodeFacts, Problem
from netbuilder.graph import edits
from netbuilder.graph.change import Change, Edit
from netbuilder.graph.folding import fold
from netbuilder.graph.model import Input
from netbuilder.ui.canvas.check import differences

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
CHAIN = ("conv1", "relu1", "flatten1")


def graph(document):
    return document.project.graphs["classifier"]


def new_frame(document) -> str:
    (id,) = set(graph(document).frames) - {"note"}
    return id


@pytest.fixture
def plate(canvas, hand, document):
    """The item of the chain conv1 .. flatten1, folded by key."""
    canvas.select(CHAIN)
    hand.key(Qt.Key.Key_H)
    return canvas.graph_scene.frames[new_frame(document)]


def test_a_selected_chain_becomes_one_plate_in_one_step(canvas, hand, document, report):
    start = document.project
    canvas.show_report(report)
    was = canvas.port_pos("image", "x", False), canvas.port_pos("linear1", "x", True)
    canvas.select(CHAIN)
    hand.key(Qt.Key.Key_H)
    id = new_frame(document)
    item, scene = canvas.graph_scene.frames[id], canvas.graph_scene
    assert (document.revision, document.undo_label) == (1, "Fold 3 nodes")
    assert item.rect.topLeft() == QPointF(260, 0), "where its first node stood, so that the row stays straight"
    assert item.rect.size().width() == canvas.node_rect("image").width()
    look = item.plate.look
    assert (look.title, look.brief) == ("conv1 … flatten1", "3 blocks · Conv2d → ReLU → Flatten")
    assert (look.shape, look.cost) == ("…", ("160 params", "160"))
    assert [scene.links[key].isVisible() for key in (Input("relu1", "x"), Input("flatten1", "x"))] == [False, False]
    assert scene.links[Input("conv1", "x")].ends == (was[0], item.rect.topLeft() + QPointF(0, 15))
    assert scene.links[Input("linear1", "x")].ends == (item.rect.topRight() + QPointF(0, 15), was[1])
    assert scene.hit(item.rect.center(), 1.0)[:2] == ("frame", id)
    assert scene.nodes_in(item.rect) == []
    assert scene.hit(canvas.node_rect("relu1").center(), 1.0).kind in ("nothing", "link"), "nothing is hit where it was"
    assert scene.chosen.frames == {id}
    assert canvas.selected() == sorted(CHAIN), "a plate stands for what it hides"
    assert differences(scene, report) == []
    document.undo()
    assert document.project == start
    assert differences(scene, report) == []


def test_moving_the_plate_moves_what_it_hides_and_unfolding_shows_it_there(canvas, hand, document, plate):
    before = {id: graph(document).nodes[id].at for id in CHAIN}
    hand.drag(plate.rect.center(), plate.rect.center() + QPointF(40, 320))
    assert document.undo_label == "Move 3 nodes and 1 frame"
    assert {id: graph(document).nodes[id].at for id in CHAIN} == {
        id: (x + 40, y + 320) for id, (x, y) in before.items()
    }
    assert plate.rect.topLeft() == QPointF(300, 320)
    assert canvas.graph_scene.links[Input("conv1", "x")].ends[1] == QPointF(300, 335)
    assert differences(canvas.graph_scene) == []
    hand.double_click(plate.rect.center())
    assert plate.plate is None
    assert canvas.node_rect("relu1").topLeft() == QPointF(560, 320)
    assert plate.rect.contains(canvas.node_rect("conv1"))
    assert canvas.graph_scene.links[Input("relu1", "x")].isVisible()
    assert document.undo_label == "Unfold conv1 … flatten1"
    assert differences(canvas.graph_scene) == []
    for _ in range(3):
        document.undo()
    assert "frame1" not in graph(document).frames
    assert differences(canvas.graph_scene) == []


def test_its_links_follow_while_it_is_dragged_and_escape_brings_it_back(canvas, hand, document, plate):
    hand.pull(plate.rect.center(), plate.rect.center() + QPointF(0, 320))
    assert canvas.graph_scene.links[Input("linear1", "x")].ends[0] == plate.rect.topRight() + QPointF(0, 15)
    assert plate.rect.top() > 200
    hand.key(Qt.Key.Key_Escape)
    assert plate.rect.topLeft() == QPointF(260, 0)
    hand.release(plate.rect.center())
    assert document.revision == 1
    assert differences(canvas.graph_scene) == []


def test_a_frame_folds_what_lies_in_it_and_h_opens_it_again(canvas, hand, document):
    document.apply(edits.move(document.project, "classifier", {"conv2": (260.0, 420.0), "add1": (480.0, 440.0)}))
    hand.click(QPointF(300, 352))
    hand.key(Qt.Key.Key_H)
    assert graph(document).frames["note"].folded == ("add1", "conv2")
    item = canvas.graph_scene.frames["note"]
    assert item.rect.topLeft() == QPointF(260, 420)
    assert item.plate.look.brief == "2 blocks · Conv2d → Add"
    assert item.sides_at(item.rect.bottomRight(), 4.0) == (0, 0), "a plate is not resized"
    hand.key(Qt.Key.Key_H)
    assert graph(document).frames["note"].folded == ()
    assert item.rect.topLeft() == QPointF(240, 340)
    assert differences(canvas.graph_scene) == []
    hand.click(QPointF(300, 352))
    hand.key(Qt.Key.Key_H)
    hand.key(Qt.Key.Key_Return)  # goes in, as with a network
    assert graph(document).frames["note"].folded == ()


def test_what_cannot_be_folded_is_told(canvas, hand, document):
    said = []
    canvas.status.connect(said.append)
    canvas.select(["note"])
    hand.key(Qt.Key.Key_H)
    canvas.select(["conv1"])
    hand.key(Qt.Key.Key_H)
    assert said == [
        "A frame without blocks in it can't be folded; draw it around some first.",
        "Select a frame, or two or more blocks, then fold them.",
    ]
    assert document.revision == 0


def test_a_note_among_the_selected_blocks_does_not_keep_them_from_folding(canvas, hand, document):
    """As when all is selected, with a note beside the blocks."""
    start = document.project
    assert not graph(document).frames["note"].folded
    canvas.select([*CHAIN, "note"])
    hand.key(Qt.Key.Key_H)
    frame = graph(document).frames[new_frame(document)]
    assert set(frame.folded) == {*CHAIN, "note"}
    assert differences(canvas.graph_scene) == []
    document.undo()
    assert document.project == start


def test_the_worst_problem_shows_and_is_explained(canvas, hand, document, report, qtbot):
    document.apply(edits.move(document.project, "classifier", {"conv2": (260.0, 420.0), "add1": (480.0, 440.0)}))
    document.apply(fold(document.project, "classifier", "note", ["conv2", "add1"]))
    plate = canvas.graph_scene.frames["note"]
    assert plate.plate.look.severity == ""
    canvas.show_report(report)
    assert plate.plate.look.severity == "error"
    assert plate.plate.look.cost[0] == "4,640 params"
    hand.move(plate.rect.center())
    bubble = canvas._hover.bubble
    assert bubble.isVisible()
    assert bubble.node == "add1"
    facts = {**report.nodes, "add1": NodeFacts("ok", {}, {"y": Flow(("N", 32, 6, 6))}, parameters=10)}
    warned = (Problem("classifier", "conv2", "odd", "This is odd.", "warning"),)
    better = GraphReport(facts, warned)
    canvas.show_report(better)
    assert (plate.plate.look.severity, plate.plate.look.shape) == ("warning", "N × 32 × 6 × 6")
    assert differences(canvas.graph_scene, better) == []


def test_delete_copy_and_duplicate_take_all_of_it(canvas, hand, document, plate):
    hand.key(Qt.Key.Key_C, CTRL)
    hand.key(Qt.Key.Key_Delete)
    assert not set(CHAIN) & set(graph(document).nodes)
    assert not graph(document).frames.get(plate.id)
    assert differences(canvas.graph_scene) == []
    document.undo()
    assert graph(document).frames[plate.id].folded == tuple(sorted(CHAIN))
    canvas.select([])
    hand.key(Qt.Key.Key_V, CTRL)
    assert QGuiApplication.clipboard().text()
    (pasted,) = set(graph(document).frames) - {"note", plate.id}
    assert canvas.graph_scene.chosen.frames == {pasted}
    assert len(canvas.selected()) == 3
    assert len(canvas.graph_scene.frames[pasted].plate.look.brief.split("→")) == 3
    assert differences(canvas.graph_scene) == []
    corner = canvas.graph_scene.frames[pasted].rect.topLeft()
    hand.key(Qt.Key.Key_D, CTRL)
    (copied,) = set(graph(document).frames) - {"note", plate.id, pasted}
    assert canvas.graph_scene.frames[copied].rect.topLeft() == corner + QPointF(30, 30)
    assert differences(canvas.graph_scene) == []


def test_bypass_and_nudge_reach_what_it_hides(canvas, hand, document, plate):
    hand.key(Qt.Key.Key_B, CTRL)
    assert all(graph(document).nodes[id].bypassed for id in CHAIN)
    hand.key(Qt.Key.Key_Down)
    assert plate.rect.topLeft() == QPointF(260, 10)
    assert graph(document).nodes["relu1"].at == (520.0, 10.0)
    assert differences(canvas.graph_scene) == []


def test_going_to_a_hidden_node_shows_its_plate(canvas, document, plate):
    canvas.select([])
    canvas.select(["relu1"])
    assert canvas.graph_scene.chosen.frames == {plate.id}
    canvas.center_on("relu1")
    middle = canvas.mapToScene(canvas.viewport().rect().center())
    assert (middle - plate.rect.center()).manhattanLength() < 5
    canvas.select_all()
    assert canvas.graph_scene.chosen.nodes == set(graph(document).nodes) - set(CHAIN)
    assert canvas.graph_scene.chosen.frames == {"note", plate.id}
    canvas.invert_selection()
    assert not canvas.graph_scene.chosen


def test_a_band_and_the_grid_take_it_like_a_node(canvas, hand, document, plate):
    hand.drag(QPointF(480, 160), QPointF(540, 60))  # where relu1 and the frame's own edge are not seen
    assert not canvas.graph_scene.chosen
    hand.drag(QPointF(400, 120), QPointF(500, 60))
    assert canvas.graph_scene.chosen.frames == {plate.id}
    hand.drag(plate.rect.center(), plate.rect.center() + QPointF(3, 147))
    assert plate.rect.topLeft() == QPointF(260, 150)


def test_what_was_taken_last_lies_above(canvas, hand, document, plate):
    hand.drag(plate.rect.center(), canvas.node_rect("linear1").center())
    place = canvas.node_rect("linear1").center()
    assert canvas.graph_scene.hit(place, 1.0)[:2] == ("frame", plate.id)
    hand.click(hand.node("conv2"))
    assert canvas.graph_scene.hit(place, 1.0)[:2] == ("node", "linear1")


def test_grouping_the_plate_groups_what_it_hides(canvas, hand, document, plate):
    hand.key(Qt.Key.Key_G, CTRL)
    (made,) = set(document.project.graphs) - {"classifier", "training"}
    assert set(CHAIN) < set(document.project.graphs[made].nodes)
    assert document.project.graphs[made].frames[plate.id].folded == tuple(sorted(CHAIN))
    assert differences(canvas.graph_scene) == []
    document.undo()
    assert differences(canvas.graph_scene) == []


def test_a_fold_in_a_fold(canvas, hand, document, plate):
    canvas.select([plate.id, "linear1"])
    hand.key(Qt.Key.Key_H)
    (outer,) = set(graph(document).frames) - {"note", plate.id}
    assert plate.hidden
    assert canvas.graph_scene.frames[outer].plate.look.brief.startswith("4 blocks · Conv2d → ReLU → Flatten → Linear")
    assert differences(canvas.graph_scene) == []
    hand.key(Qt.Key.Key_H)
    assert not plate.hidden
    assert plate.plate is not None
    assert differences(canvas.graph_scene) == []


def test_a_node_that_is_renamed_or_removed_elsewhere(canvas, document, plate):
    document.apply(edits.rename(document.project, "classifier", "relu1", "bend"))
    assert canvas.selected() == ["bend", "conv1", "flatten1"]
    assert differences(canvas.graph_scene) == []
    document.apply(edits.remove(document.project, "classifier", nodes=["conv1"]))
    assert plate.rect.topLeft() == QPointF(520, 0), "where the next one stands"
    assert plate.plate.look.brief == "2 blocks · ReLU → Flatten"
    assert differences(canvas.graph_scene) == []
    document.apply(edits.remove(document.project, "classifier", nodes=["bend", "flatten1"]))
    assert plate.plate is None, "an empty frame is an ordinary one"
    while document.undo():
        assert differences(canvas.graph_scene) == []


def test_data_that_flows_down_enters_a_plate_from_above(canvas, document, plate):
    held = graph(document)
    down = Edit("graph", "", "classifier", held, replace(held, direction="down"))
    document.apply(Change("Downwards", (down,)))
    ends = canvas.graph_scene.links[Input("conv1", "x")].ends
    assert ends[1] == QPointF(plate.rect.center().x(), plate.rect.top())
    assert differences(canvas.graph_scene) == []


def test_one_undo_for_several_frames(canvas, hand, document):
    document.apply(edits.move(document.project, "classifier", {"conv2": (260.0, 420.0), "add1": (20.0, 640.0)}))
    document.apply(edits.add_frame(document.project, "classifier", (0.0, 600.0, 300.0, 190.0), "Other", id="other"))
    start = document.project
    canvas.select(["note", "other"])
    hand.key(Qt.Key.Key_H)
    assert document.undo_label == "Fold 2 frames"
    assert all(item.plate for item in canvas.graph_scene.frames.values())
    document.undo()
    assert document.project == start
    QTest.keyClick(canvas, Qt.Key.Key_H)
    QTest.keyClick(canvas, Qt.Key.Key_H)
    assert not any(item.plate for item in canvas.graph_scene.frames.values())
    assert differences(canvas.graph_scene) == []
