"""The map in the corner: where it shows, what a click, a drag and the wheel on it do."""

import time

import pytest
from immutables import Map
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from netbuilder.graph import edits
from netbuilder.graph.document import Document
from netbuilder.graph.model import Node, Project
from netbuilder.ui.canvas.options import Options
from netbuilder.ui.canvas.view import Canvas
from netbuilder.ui.theme import Theme
from tests.ui.canvas.conftest import NO_KEYS, make_graph

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def near(canvas) -> Canvas:
    """So near that only a part of the graph is in view."""
    canvas.zoom(3.0 / canvas.zoom_level)
    QApplication.processEvents()
    return canvas


def middle(canvas) -> QPointF:
    return canvas.mapToScene(canvas.viewport().rect().center())


def test_it_shows_where_the_graph_is_larger_than_the_view_and_is_wanted(canvas):
    chart = canvas._corners.map
    canvas.fit()
    QApplication.processEvents()
    assert not chart.isVisible()
    canvas.zoom(3.0 / canvas.zoom_level)
    QApplication.processEvents()
    assert chart.isVisible()
    assert chart.geometry().bottomRight() == canvas.viewport().rect().bottomRight() - QPoint(12, 12)
    canvas.show_options(Options(minimap="off"))
    assert not chart.isVisible()
    canvas.show_options(Options())
    assert chart.isVisible()
    canvas.resize(400, 300)
    QApplication.processEvents()
    assert not chart.isVisible()
    assert chart.accessibleName() == "Map of the graph"
    assert chart.focusPolicy() == Qt.FocusPolicy.NoFocus


def test_a_click_puts_what_lies_there_into_the_middle_and_a_drag_goes_on(near):
    chart = near._corners.map
    chart.grab()
    for id in ("logits", "image"):
        center = near.node_rect(id).center()
        QTest.mousePress(chart, LEFT, pos=chart.onto(center).toPoint())
        assert (middle(near) - center).manhattanLength() < 30
    away = near.node_rect("conv2").center()
    QTest.mouseMove(chart, chart.onto(away).toPoint())
    move = chart.onto(away).toPoint()
    QApplication.sendEvent(
        chart,
        QMouseEvent(QMouseEvent.Type.MouseMove, QPointF(move), chart.mapToGlobal(QPointF(move)), LEFT, LEFT, NO_KEYS),
    )
    assert (middle(near) - away).manhattanLength() < 30
    QTest.mouseRelease(chart, LEFT, pos=move)
    assert near.selected() == []


def test_the_wheel_zooms(near):
    chart, before = near._corners.map, near.zoom_level
    at = QPointF(chart.rect().center())
    nothing = Qt.MouseButton.NoButton
    still = Qt.ScrollPhase.NoScrollPhase
    wheel = QWheelEvent(at, chart.mapToGlobal(at), QPoint(), QPoint(0, -240), nothing, NO_KEYS, still, False)
    QApplication.sendEvent(chart, wheel)
    assert near.zoom_level < before


def plates(chart) -> list[bool]:
    """Whether plates are drawn along a line through the middle of the first row."""
    image = chart.grab().toImage()
    y = round(chart.onto(chart._canvas.node_rect("image").center()).y() * image.devicePixelRatio())
    return [image.pixelColor(x, y).value() > 100 for x in range(image.width())]


def test_it_follows_the_graph_after_a_moment(near, document, qtbot):
    chart = near._corners.map
    near.look_at(QPointF(0, 1500))  # out of the way
    before = plates(chart)
    assert any(before)
    document.apply(edits.move(document.project, "classifier", {"conv1": (260.0, 400.0)}))
    qtbot.waitUntil(lambda: plates(chart) != before)
    document.undo()
    qtbot.waitUntil(lambda: plates(chart) == before)


def test_a_picture_of_ten_thousand_nodes_is_cheap_and_made_once(qtbot, catalogue):
    nodes = {f"n{at}": Node("ReLU", Map(), (at % 100 * 260.0, at // 100 * 120.0)) for at in range(10_000)}
    document = Document(Project(graphs=Map(net=make_graph(nodes, []))))
    canvas = Canvas(document, "net", catalogue, Theme.load("dark"))
    qtbot.addWidget(canvas, before_close_func=Canvas.close_view)
    canvas.resize(1600, 1000)
    with qtbot.waitExposed(canvas):
        canvas.show()
    canvas.zoom(1.0 / canvas.zoom_level)
    QApplication.processEvents()
    chart = canvas._corners.map
    assert chart.isVisible()
    took = []
    for _ in range(3):  # the quickest: others use the machine too
        began = time.process_time()
        chart._forget()
        chart.grab()
        took.append(time.process_time() - began)
    assert min(took) < 0.2  # some 10 ms on a quiet machine
    held = chart._picture
    canvas.look_at(QPointF(9000, 5000))
    chart.grab()
    assert chart._picture is held
