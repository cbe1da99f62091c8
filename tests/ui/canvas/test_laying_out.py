"""A person lays out what a canvas shows, with real keys; a process of its own finds the places."""

from __future__ import annotations

import os
import signal

import pytest
from immutables import Map
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMenu, QProxyStyle, QStyle

from netbuilder.graph import edits
from netbuilder.graph.folding import fold
from netbuilder.graph.model import Frame, Node, Project
from netbuilder.ui.canvas import glide
from netbuilder.ui.canvas.check import differences
from netbuilder.ui.canvas.glide import LASTS_MS
from tests.ui.canvas.conftest import link, make_graph


@pytest.fixture
def project() -> Project:
    """A residual unit and more, drawn in a mess; a frame around two convolutions, a note above, one block alone."""
    names = ("image", "conv1", "relu1", "conv2", "add1", "logits", "lone1")
    blocks = ("Input", "Conv2d", "ReLU", "Conv2d", "Add", "Output", "ReLU")
    places = ((900, 300), (0, 500), (230, 520), (100, 640), (500, 100), (20, 50), (700, 620))
    nodes = {
        name: Node(block, Map(), (float(x), float(y)))
        for name, block, (x, y) in zip(names, blocks, places, strict=True)
    }
    links = [
        link("image", "conv1", out="x"),
        link("conv1", "relu1"),
        link("relu1", "conv2"),
        link("conv2", "add1"),
        link("image", "add1", 1, out="x"),
        link("add1", "logits"),
    ]
    frames = {
        "unit": Frame((-20.0, 440.0, 480.0, 320.0), "Unit"),
        "note": Frame((0.0, -160.0, 300.0, 80.0), "", "What it is."),
    }
    return Project("Mess", graphs=Map({"classifier": make_graph(nodes, links, frames=frames)}))


@pytest.fixture
def said(canvas) -> list[str]:
    heard: list[str] = []
    canvas.status.connect(heard.append)
    return heard


@pytest.fixture
def lay_out(canvas, qtbot):
    """Starts a layout and waits until it is done."""

    def work(start=None) -> None:
        (start or canvas.lay_out)()
        qtbot.waitUntil(lambda: not canvas._laying_out.going, timeout=10_000)

    return work


def rects(canvas) -> dict[str, object]:
    return {id: item.rect for id, item in canvas.graph_scene.nodes.items()}


def test_the_graph_is_laid_out_in_one_step_that_undo_takes_back(canvas, document, lay_out, said):
    start = document.project
    lay_out()
    canvas._laying_out.glide.end()
    scene, graph = canvas.graph_scene, document.project.graphs["classifier"]
    placed = {id: node.at for id, node in graph.nodes.items()}
    for one in graph.links.values():
        assert placed[one.source.node][0] + 200 < placed[one.target.node][0]
    unit = scene.frames["unit"].rect
    assert {id for id, item in scene.nodes.items() if unit.contains(item.rect)} == {"conv1", "relu1", "conv2"}
    assert {id for id, item in scene.nodes.items() if unit.intersects(item.rect)} == {"conv1", "relu1", "conv2"}
    boxes = [*rects(canvas).values(), scene.frames["note"].rect]
    assert not any(a.intersects(b) for at, a in enumerate(boxes) for b in boxes[:at])
    assert [bool(one.via) for one in graph.links.values() if one.source.node == "image"].count(True) == 1
    assert graph.frames["note"].rect == start.graphs["classifier"].frames["note"].rect
    assert differences(scene) == []
    assert said[-1] == "7 blocks laid out."
    assert document.undo_label == "Lay out the graph"
    document.undo()
    assert document.project == start
    assert differences(scene) == []
    assert not document.undo_label


def test_things_glide_to_their_places_while_the_model_is_done(canvas, document, lay_out, qtbot, monkeypatch):
    before = rects(canvas)
    lay_out()
    gliding = canvas._laying_out.glide
    assert gliding.going
    assert document.undo_label == "Lay out the graph"
    qtbot.waitUntil(lambda: before["image"] != canvas.node_rect("image"), timeout=2000)
    goal = document.project.graphs["classifier"].nodes["image"].at
    qtbot.waitUntil(lambda: not gliding.going, timeout=10 * LASTS_MS)
    assert canvas.node_rect("image").topLeft() == QPointF(*goal)
    assert differences(canvas.graph_scene) == []


def test_a_press_a_key_or_another_change_ends_the_gliding(canvas, document, hand, lay_out):
    for stop in (
        lambda: hand.click(QPointF(-500, -500)),
        lambda: hand.key(Qt.Key.Key_Escape),
        lambda: document.undo(),
        lambda: document.apply(edits.move(document.project, "classifier", {"conv1": (7.0, 7.0)})),
    ):
        document.apply(edits.move(document.project, "classifier", {"image": (5000.0, 5000.0)}))
        lay_out()
        assert canvas._laying_out.glide.going
        stop()
        assert not canvas._laying_out.glide.going
        assert differences(canvas.graph_scene) == []


def test_only_the_selection_is_laid_out_and_covers_nothing(canvas, document, lay_out, said):
    canvas.select(["conv1", "relu1", "conv2"])
    start = document.project.graphs["classifier"]
    lay_out(canvas.lay_out_selection)
    graph = document.project.graphs["classifier"]
    moved = {id for id in graph.nodes if graph.nodes[id] != start.nodes[id]}
    assert moved <= {"conv1", "relu1", "conv2"}
    assert document.undo_label == "Lay out 3 nodes"
    canvas._laying_out.glide.end()
    boxes = rects(canvas)
    for id in moved:
        assert not any(boxes[id].intersects(other) for name, other in boxes.items() if name != id)
    frame = canvas.graph_scene.frames["unit"].rect
    assert all(frame.contains(boxes[id]) for id in ("conv1", "relu1", "conv2"))
    assert boxes["conv1"].right() < boxes["relu1"].left()
    assert boxes["relu1"].right() < boxes["conv2"].left()
    assert canvas.selected() == ["conv1", "conv2", "relu1"]
    document.undo()
    assert document.project.graphs["classifier"] == start


def test_what_is_laid_out_already_stays_and_nothing_is_said_to_be_done(canvas, document, lay_out, said):
    lay_out()
    document_then = document.project
    lay_out()
    assert document.project is document_then
    assert said[-1] == "Everything is laid out already."


def test_data_flows_down_and_back_in_one_step(canvas, document, lay_out):
    start = document.project
    lay_out(lambda: canvas.lay_out("down"))
    graph = document.project.graphs["classifier"]
    assert graph.direction == "down"
    canvas._laying_out.glide.end()
    boxes = rects(canvas)
    for one in graph.links.values():
        assert boxes[one.source.node].bottom() < boxes[one.target.node].top()
    assert canvas.port_pos("conv1", "x", True).y() == boxes["conv1"].top()
    assert document.undo_label == "Data flows down"
    assert differences(canvas.graph_scene) == []
    document.undo()
    assert document.project == start
    assert differences(canvas.graph_scene) == []


def test_esc_stops_a_layout_and_nothing_moves(canvas, document, hand, said, qtbot):
    start = document.project
    canvas.select(["conv1"])
    canvas.lay_out()
    os.kill(canvas._laying_out._worker._child.pid, signal.SIGSTOP)  # it would be done too soon
    qtbot.waitUntil(lambda: bool(said), timeout=5000)
    assert said[-1] == "Laying out 7 blocks… 0%. Esc stops it."
    hand.key(Qt.Key.Key_Escape)
    assert not canvas._laying_out.going
    assert said[-1] == "The layout was stopped; everything is where it was."
    assert canvas.selected() == ["conv1"]
    assert document.project is start
    hand.key(Qt.Key.Key_Escape)
    assert canvas.selected() == []


def test_esc_stops_it_wherever_the_focus_is_but_menus_have_it_first(canvas, document, said, qtbot):
    field, menu = QLineEdit(), QMenu(canvas)
    qtbot.addWidget(field)
    field.show()
    start = document.project
    canvas.lay_out()
    os.kill(canvas._laying_out._worker._child.pid, signal.SIGSTOP)
    menu.addAction("Anything")
    menu.popup(canvas.mapToGlobal(canvas.rect().center()))
    QTest.keyClick(menu, Qt.Key.Key_Escape)
    assert not menu.isVisible()
    assert canvas._laying_out.going
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert not canvas._laying_out.going
    assert said[-1] == "The layout was stopped; everything is where it was."
    assert document.project is start


def test_a_project_that_can_only_be_looked_at_says_so(canvas, document, said):
    document.refusal = "It is open in another window."
    canvas.lay_out()
    assert said == ["It is open in another window."]
    assert not canvas._laying_out.going


class Still(QProxyStyle):
    """A desktop whose animations are switched off."""

    def styleHint(self, hint, option=None, widget=None, returnData=None):
        if hint == QStyle.StyleHint.SH_Widget_Animation_Duration:
            return 0
        return super().styleHint(hint, option, widget, returnData)


def test_nothing_glides_where_animations_are_switched_off_or_with_very_many_nodes(
    canvas, lay_out, document, monkeypatch
):
    still = Still()
    canvas.setStyle(still)
    lay_out()
    assert not canvas._laying_out.glide.going
    assert differences(canvas.graph_scene) == []
    canvas.setStyle(None)  # the usual one again; what style() gave may be the style sheet's, which must not be set
    document.undo()
    monkeypatch.setattr(glide, "MOST", 3)
    lay_out()
    assert not canvas._laying_out.glide.going


def test_a_link_that_passes_by_keeps_its_distance(canvas, lay_out):
    """Between its points it runs level: the curve does not swing beyond them into a block."""
    lay_out()
    canvas._laying_out.glide.end()
    scene = canvas.graph_scene
    item = next(item for item in scene.links.values() if item.via)
    lane = {y for _, y in item.via}
    assert len(lane) == 1
    heights = [item.ends[0].y(), *lane, item.ends[1].y()]
    assert min(heights) - 1e-6 <= item.points[:, 1].min()
    assert item.points[:, 1].max() <= max(heights) + 1e-6


def test_a_layout_of_what_has_changed_meanwhile_is_dropped_in_words(canvas, document, said, qtbot):
    canvas.lay_out()
    document.apply(edits.move(document.project, "classifier", {"conv1": (3000.0, 0.0)}))
    moved = document.project
    qtbot.waitUntil(lambda: not canvas._laying_out.going, timeout=10_000)
    assert document.project is moved
    assert said[-1] == "The graph has changed meanwhile, so nothing was moved. Lay it out again."


def test_a_change_that_moves_nothing_keeps_the_layout(canvas, document, qtbot):
    canvas.lay_out()
    document.apply(edits.set_title(document.project, "classifier", "conv1", "First"))
    qtbot.waitUntil(lambda: not canvas._laying_out.going, timeout=10_000)
    assert document.undo_label == "Lay out the graph"
    assert document.project.graphs["classifier"].nodes["conv1"].title == "First"


def test_a_process_that_dies_is_told_in_words_and_the_next_layout_works(canvas, document, said, qtbot, lay_out):
    canvas.lay_out()
    os.kill(canvas._laying_out._worker._child.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: not canvas._laying_out.going, timeout=10_000)
    assert said[-1].startswith("The process for this was lost (killed by signal 9")
    lay_out()
    assert document.undo_label == "Lay out the graph"


def test_a_folded_frame_is_laid_out_as_its_plate(canvas, document, lay_out):
    document.apply(fold(document.project, "classifier", "unit", ["conv1", "conv2", "relu1"]))
    before = document.project.graphs["classifier"]
    lay_out()
    canvas._laying_out.glide.end()
    scene, now = canvas.graph_scene, document.project.graphs["classifier"]
    plate = scene.frames["unit"].rect
    seen = [scene.nodes[id].rect for id in ("image", "add1", "logits", "lone1")]
    assert not any(plate.intersects(rect) for rect in seen)
    assert seen[0].right() < plate.left()
    assert plate.right() < seen[1].left()
    shifts = {
        tuple(b - a for a, b in zip(before.nodes[id].at, now.nodes[id].at, strict=True))
        for id in now.frames["unit"].folded
    }
    assert len(shifts) == 1  # what it hides lies as it lay
    assert differences(scene) == []
    document.undo()
    assert document.project.graphs["classifier"] == before
