"""A report for a thousand nodes is shown in slices: the newest wins, what is in view comes first."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from immutables import Map
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from netbuilder.compiler.report import Flow, GraphReport, NodeFacts, Problem
from netbuilder.graph import edits
from netbuilder.graph.document import Document
from netbuilder.graph.model import Graph, Input, Link, Node, Output, Project
from netbuilder.ui.canvas.check import differences
from netbuilder.ui.canvas.reporting import AT_ONCE, SLICE
from netbuilder.ui.canvas.view import Canvas
from netbuilder.ui.theme import Theme

MANY = 1000


def facts_of(ids, channels: int) -> GraphReport:
    flow = Flow(("N", channels, 8, 8))
    return GraphReport({id: NodeFacts("ok", {"x": (flow,)}, {"y": flow}, parameters=channels) for id in ids})


@pytest.fixture
def large() -> Project:
    ids = [f"conv{number}" for number in range(MANY)]
    places = [(number % 40 * 260.0, number // 40 * 170.0) for number in range(MANY)]
    nodes = {id: Node("Conv2d", at=at) for id, at in zip(ids, places, strict=True)}
    pairs = pairwise(ids)
    links = [Link(Output(one, "y"), Input(after, "x")) for one, after in pairs]
    return Project("large", Map(net=Graph("network", Map(nodes), Map({link.target: link for link in links}))))


@pytest.fixture
def canvas(qtbot, large, catalogue) -> Canvas:
    canvas = Canvas(Document(large), "net", catalogue, Theme.load("dark"))
    qtbot.addWidget(canvas, before_close_func=Canvas.close_view)
    canvas.resize(1200, 800)
    with qtbot.waitExposed(canvas):
        canvas.show()
    return canvas


def shapes(canvas: Canvas) -> list[str]:
    return [item.look.shape for item in canvas.graph_scene.nodes.values()]


def waiting(canvas: Canvas) -> int:
    return canvas.graph_scene.reporting.waiting


def test_a_large_report_comes_in_slices_and_the_newest_wins(canvas, qtbot):
    ids = list(canvas.graph_scene.nodes)
    canvas.show_report(facts_of(ids, 16))
    assert waiting(canvas) == MANY - AT_ONCE
    QApplication.processEvents()
    assert 0 < waiting(canvas) < MANY - AT_ONCE, "one turn shows a part"
    later = facts_of(ids, 32)
    canvas.show_report(later)
    qtbot.waitUntil(lambda: waiting(canvas) == 0)
    assert set(shapes(canvas)) == {"N × 32 × 8 × 8"}
    assert differences(canvas.graph_scene, later) == []


def test_a_slice_takes_what_it_may(canvas):
    """The median of all slices, so that whatever else the machine does has no say."""
    reporting = canvas.graph_scene.reporting
    for channels in range(3):
        canvas.show_report(facts_of(canvas.graph_scene.nodes, channels + 1))
        taken = []
        while waiting(canvas):
            begin = time.thread_time()
            reporting._slice()
            taken.append(time.thread_time() - begin)
        assert sorted(taken)[len(taken) // 2] < 3 * SLICE


def test_what_is_in_view_and_selected_is_shown_first(canvas):
    canvas.select(["conv3"])
    canvas.zoom(1 / canvas.zoom_level)
    canvas.center_on("conv900")
    canvas.show_report(facts_of(canvas.graph_scene.nodes, 16))
    looks = {id: item.look.shape for id, item in canvas.graph_scene.nodes.items()}
    assert looks["conv3"] == looks["conv900"] == "N × 16 × 8 × 8"
    shown = {id for id, shape in looks.items() if shape != "…"}
    seen = canvas.graph_scene.nodes_in(canvas.mapToScene(canvas.viewport().rect()).boundingRect())
    assert {item.id for item in seen} <= shown
    assert len(shown) == AT_ONCE, "the others follow in slices"
    canvas.flush()
    assert set(shapes(canvas)) == {"N × 16 × 8 × 8"}


def test_edits_while_slices_are_still_to_come(canvas, qtbot):
    """Moved, changed, removed and new nodes, undo, and a report that says nothing any more."""
    document = canvas.graph_scene.document
    report = facts_of(canvas.graph_scene.nodes, 16)
    canvas.show_report(report)
    document.apply(edits.remove(document.project, "net", nodes=["conv999", "conv500"]))
    document.apply(edits.set_params(document.project, "net", "conv998", {"out_channels": 5}))
    document.apply(edits.move(document.project, "net", {"conv997": (10.0, 9000.0)}))
    document.undo()
    document.apply(edits.add_node(document.project, "net", "ReLU", (0.0, 9000.0)))
    qtbot.waitUntil(lambda: waiting(canvas) == 0)
    assert differences(canvas.graph_scene, report) == []
    for _ in range(3):
        document.undo()
    assert differences(canvas.graph_scene, report) == []
    canvas.show_report(None)
    assert differences(canvas.graph_scene) == []


def test_a_bubble_opens_when_the_problem_of_its_node_arrives(canvas, qtbot):
    canvas.zoom(1 / canvas.zoom_level)
    canvas.center_on("conv980")
    canvas.select(["conv980"])
    problem = Problem("net", "conv980", "sizes", "conv979 gives 3 channels.")
    canvas.show_report(GraphReport(facts_of(canvas.graph_scene.nodes, 16).nodes, (problem,)))
    qtbot.waitUntil(lambda: waiting(canvas) == 0)
    assert canvas._hover.bubble.isVisible()
    canvas.show_report(facts_of(canvas.graph_scene.nodes, 8))
    qtbot.waitUntil(lambda: waiting(canvas) == 0)
    assert not canvas._hover.bubble.isVisible()


def test_from_far_only_what_can_be_seen_is_painted(canvas, qtbot):
    """Shapes can't be read from far, so new ones paint nothing; near again they are there."""
    canvas.show_report(facts_of(canvas.graph_scene.nodes, 16))
    canvas.flush()
    QApplication.processEvents()
    before = canvas.grab().toImage()
    canvas.show_report(facts_of(canvas.graph_scene.nodes, 64))
    canvas.flush()
    QApplication.processEvents()
    assert canvas.grab().toImage() == before
    canvas.zoom(1 / canvas.zoom_level)
    canvas.center_on("conv20")
    near = canvas.grab().toImage()
    canvas.show_report(facts_of(canvas.graph_scene.nodes, 128))
    canvas.flush()
    assert canvas.grab().toImage() != near


def test_one_can_work_while_slices_are_still_to_come(canvas):
    """A press in the middle of it selects at once."""
    canvas.show_report(facts_of(canvas.graph_scene.nodes, 16))
    QApplication.processEvents()
    place = canvas.mapFromScene(canvas.node_rect("conv41").center())
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert canvas.selected() == ["conv41"]
    assert waiting(canvas) > 0
