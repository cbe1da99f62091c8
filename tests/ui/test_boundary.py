"""A network's inputs and outputs, edited at the edges of its canvas and from where it is placed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from netbuilder.blocks.ends import ends
from netbuilder.graph.model import Input, Output
from netbuilder.ui.canvas.check import differences
from tests.ui.test_composition import nested, show  # noqa: F401

LEFT = Qt.MouseButton.LeftButton
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def sides(nested):  # noqa: F811
    """The two lists of the network classifier, opened by key."""
    QTest.keyClick(nested, Qt.Key.Key_U, CONTROL | SHIFT)
    QApplication.processEvents()
    return nested.workbench.tabs.currentWidget().boundaries.sides


def graph(nested, name="classifier"):  # noqa: F811
    return nested.workbench.document.project.graphs[name]


def sound(nested) -> None:  # noqa: F811
    QApplication.processEvents()
    for view in nested.workbench.views.all:
        for page in view._pages():
            if page.made is not None:
                assert differences(page.made.graph_scene) == []


def type_name(side, text: str) -> None:
    line = next(line for line in reversed(side.list.findChildren(QLineEdit)) if line.isVisible())
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)
    QApplication.processEvents()  # the name is taken over
    while side._later.isActive():  # and the list filled anew
        QApplication.processEvents()


def test_the_lists_open_by_key_and_are_remembered(nested, sides):  # noqa: F811
    inputs, outputs = sides
    assert inputs.list.hasFocus()
    assert (inputs.list.names(), outputs.list.names()) == (["image"], ["logits"])
    assert inputs.geometry().left() < outputs.geometry().left()
    QTest.keyClick(nested, Qt.Key.Key_U, CONTROL | SHIFT)
    assert outputs.list.hasFocus()
    QTest.keyClick(outputs.list, Qt.Key.Key_Escape)
    assert nested.workbench.tabs.canvas.hasFocus()
    assert nested.workbench._preferences.ends_open
    QTest.mouseClick(inputs.head, LEFT)
    assert not inputs.list.isVisible()
    assert not outputs.list.isVisible()
    assert not nested.workbench._preferences.ends_open
    show(nested, "training")
    nested.workbench.tabs.canvas.setFocus()
    assert nested.workbench.tabs.currentWidget().boundaries is None
    assert not nested.actions_table["ends"].isEnabled()


def test_what_is_fitted_lies_below_the_folded_lists(nested):  # noqa: F811
    canvas = nested.workbench.tabs.canvas
    canvas.fit()
    bounds = canvas.graph_scene.bounds()
    canvas.resize(canvas.width(), round(bounds.height() * canvas.zoom_level + 120))
    canvas.fit()
    sides = nested.workbench.tabs.currentWidget().boundaries.sides
    top = canvas.mapFromScene(bounds.topLeft()).y()
    assert not sides[0].head.isChecked()
    assert top + canvas.y() > max(side.geometry().bottom() for side in sides)


def test_an_input_is_added_named_ordered_and_removed(nested, sides):  # noqa: F811
    document, start = nested.workbench.document, nested.workbench.document.project
    inputs = sides[0]
    QTest.mouseClick(inputs.add, LEFT)
    type_name(inputs, "a mask")
    assert ends(graph(nested), "Input") == ["a_mask", "image"], "by name, as long as nobody has put them in order"
    assert nested.workbench.tabs.canvas.selected() == ["a_mask"], "the canvas shows what is chosen"
    assert inputs.list.chosen() == "a_mask"
    QTest.keyClick(inputs.list, Qt.Key.Key_Down, CONTROL)
    QApplication.processEvents()
    assert ends(graph(nested), "Input") == inputs.list.names() == ["image", "a_mask"]
    ports = nested._catalogue.ports(graph(nested, "training").nodes["net"], document.project).inputs
    assert [port.name for port in ports] == ["image", "a_mask"], "where it is placed the ports stand so, too"
    model = inputs.list.model()
    for number in range(2):
        model.moveRow(model.index(0, 0).parent(), 1, model.index(0, 0).parent(), 0)  # what a drop does
        QApplication.processEvents()
        assert ends(graph(nested), "Input") == inputs.list.names() == [["a_mask", "image"], ["image", "a_mask"]][number]
    sound(nested)
    inputs.list.choose("image")
    inputs.list.setFocus()
    QTest.keyClick(inputs.list, Qt.Key.Key_Delete)
    assert Input("net", "image") not in graph(nested, "training").links
    assert ends(graph(nested), "Input") == ["a_mask"]
    sound(nested)
    document.undo()
    assert Input("net", "image") in graph(nested, "training").links
    while document.undo():
        pass
    assert document.project == start
    sound(nested)


def test_a_name_that_is_taken_is_refused_and_another_is_followed(nested, sides):  # noqa: F811
    outputs, said = sides[1], []
    nested.workbench.status.connect(said.append)
    outputs.list.edit_name("logits")
    type_name(outputs, "image")
    assert said[-1] == "There is already something named image."
    assert outputs.list.names() == ["logits"]
    outputs.list.setFocus()
    outputs.list.choose("logits")
    QTest.keyClick(outputs.list, Qt.Key.Key_F2)
    type_name(outputs, "scores")
    assert outputs.list.names() == ["scores"]
    assert nested.workbench.tabs.canvas.selected() == ["scores"]
    assert graph(nested, "training").links[Input("loss", "logits")].source == Output("net", "scores")
    sound(nested)


def test_a_link_dropped_on_a_plus_adds_an_input_to_the_network(nested):  # noqa: F811
    document, start = nested.workbench.document, nested.workbench.document.project
    show(nested, "training")
    canvas = nested.workbench.tabs.canvas

    def at(pos: QPointF) -> QPoint:
        return canvas.mapFromScene(pos)

    port = canvas.port_pos("data", "label", False)
    goal = canvas.node_rect("net").bottomLeft() + QPointF(2, -12)
    QTest.mouseMove(canvas.viewport(), at(port))
    QTest.mousePress(canvas.viewport(), LEFT, pos=at(port))
    for share in (0.2, 0.6, 1.0):
        QTest.mouseMove(canvas.viewport(), at(port + (goal - port) * share))
        QApplication.processEvents()
    assert canvas._gesture.status == "Adds an input to classifier."
    QTest.mouseRelease(canvas.viewport(), LEFT, pos=at(goal))
    assert graph(nested, "training").links[Input("net", "label")].source == Output("data", "label")
    made = graph(nested).nodes["label"]
    assert (made.block, made.params["shape"], made.params["dtype"]) == ("Input", "N", "int64"), "as the data has it"
    sound(nested)
    document.undo()
    assert document.project == start
    sound(nested)


def test_a_first_view_leaves_room_for_the_lists(opened):
    """Neither hides a node of the whole graph."""
    tabs = opened.workbench.tabs
    canvas, page = tabs.canvas, tabs.currentWidget()
    canvas.fit()
    for side in page.boundaries.sides:
        covered = QRect(canvas.viewport().mapFrom(page, side.pos()), side.size())
        assert not canvas.graph_scene.ids_in(canvas.mapToScene(covered).boundingRect())
