"""Copies, pieces from elsewhere, healing and other blocks in place, with mouse and keys."""

from __future__ import annotations

import pytest
from immutables import Map
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from netbuilder.graph import edits
from netbuilder.graph.document import Document
from netbuilder.graph.model import Graph, Input, Node, Output, Project
from netbuilder.ui.canvas.check import differences
from netbuilder.ui.canvas.view import Canvas
from netbuilder.ui.theme import Theme

SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


@pytest.fixture
def story(document, project, canvas):
    """To be called when a story is told: the scene is the one built anew, and undo leads back to the start."""

    def told() -> None:
        assert differences(canvas.graph_scene) == []
        while document.undo():
            pass
        assert document.project == project
        assert differences(canvas.graph_scene) == []

    return told


def graph(document: Document, name: str = "classifier") -> Graph:
    return document.project.graphs[name]


def said(canvas: Canvas) -> list[str]:
    found: list[str] = []
    canvas.status.connect(found.append)
    return found


def test_deleting_out_of_a_chain_heals_it(canvas, hand, document, story):
    hand.click(hand.node("relu1"))
    hand.click(hand.node("flatten1"), SHIFT)
    hand.key(Qt.Key.Key_Delete)
    assert graph(document).links[Input("linear1", "x")].source == Output("conv1", "y")
    assert document.revision == 1
    story()


def test_deleting_without_healing_leaves_the_ends_free(canvas, hand, document, story):
    hand.click(hand.node("relu1"))
    hand.key(Qt.Key.Key_Delete, SHIFT)
    assert Input("flatten1", "x") not in graph(document).links
    story()


def test_a_chain_is_not_healed_by_what_does_not_fit(document, open_canvas, canvas, story):
    other = open_canvas("training")
    document.apply(edits.add_node(document.project, "training", "Optimizer", (800, 0), id="sgd"))
    for source, target in ((("net", "logits"), ("loss", "logits")), (("loss", "loss"), ("sgd", "loss"))):
        document.apply(edits.connect(document.project, "training", Output(*source), Input(*target)))
    other.select(["loss"])
    QTest.keyClick(other, Qt.Key.Key_Delete)
    assert not graph(document, "training").links, "logits are no loss"
    assert differences(other.graph_scene) == []
    story()


def test_a_deleted_input_takes_the_links_of_its_places_along(canvas, hand, document, story):
    document.apply(edits.connect(document.project, "training", Output("data", "image"), Input("net", "image")))
    words = said(canvas)
    hand.click(hand.node("image"))
    hand.key(Qt.Key.Key_Delete)
    assert not graph(document, "training").links
    assert words[-1] == "1 link in training went with it, where classifier is placed."
    story()


def test_a_duplicate_with_its_links_is_fed_as_the_original_is(canvas, hand, document, story):
    hand.click(hand.node("relu1"))
    hand.click(hand.node("flatten1"), SHIFT)
    hand.key(Qt.Key.Key_D, CTRL | SHIFT)
    made = {graph(document).nodes[id].block: id for id in canvas.selected()}
    links = graph(document).links
    assert links[Input(made["ReLU"], "x")].source == Output("conv1", "y")
    assert links[Input(made["Flatten"], "x")].source == Output(made["ReLU"], "y")
    assert links[Input("linear1", "x")].source == Output("flatten1", "y")
    assert document.undo_label == "Duplicate 2 nodes"
    story()


def test_dragging_with_alt_leaves_the_original_and_drops_a_copy(canvas, hand, document, story):
    goal = hand.node("relu1") + QPointF(0, 300)
    hand.drag(hand.node("relu1"), goal, ALT)
    (id,) = canvas.selected()
    assert id != "relu1"
    assert graph(document).nodes[id].at == (520.0, 300.0)
    assert graph(document).nodes["relu1"].at == (520.0, 0.0)
    hand.pull(hand.node("relu1"), goal + QPointF(0, 100), ALT)
    hand.key(Qt.Key.Key_Escape)
    hand.release(goal + QPointF(0, 100), ALT)
    assert document.revision == 1
    story()


@pytest.fixture
def elsewhere(qtbot, catalogue) -> Canvas:
    """Another project, in which a network of the same name is something else."""
    classifier = Graph("network", Map(x=Node("Input")))
    other = Document(Project("Other", Map(classifier=classifier, look=Graph("preview"))))
    canvas = Canvas(other, "look", catalogue, Theme.load("dark"))
    qtbot.addWidget(canvas, before_close_func=Canvas.close_view)
    canvas.show()
    return canvas


def test_a_piece_takes_what_it_names_into_another_project(document, open_canvas, canvas, elsewhere, story):
    here = open_canvas("training")
    here.select(["data", "net", "loss"])
    QTest.keyClick(here, Qt.Key.Key_C, CTRL)
    words = said(elsewhere)
    QTest.keyClick(elsewhere, Qt.Key.Key_V, CTRL)
    scene = elsewhere.graph_scene
    project = scene.document.project
    assert project.graphs["classifier1"] == graph(document)
    assert project.datasets == document.project.datasets
    assert sorted(node.block for node in project.graphs["look"].nodes.values()) == [
        "CrossEntropyLoss",
        "Data",
        "Network",
    ]
    assert words == ["With it came the network classifier1 and the data set digits."]
    assert differences(scene) == []
    QTest.keyClick(elsewhere, Qt.Key.Key_V, CTRL)
    assert set(scene.document.project.graphs) == {"classifier", "classifier1", "look"}, "it is there already"
    while scene.document.undo():
        pass
    assert set(scene.document.project.graphs) == {"classifier", "look"}
    story()


def test_what_has_no_place_in_a_graph_is_left_out_and_named(document, open_canvas, canvas, hand, story):
    words = said(canvas)
    here = open_canvas("training")
    here.select(["data"])
    QTest.keyClick(here, Qt.Key.Key_C, CTRL)
    hand.key(Qt.Key.Key_V, CTRL)
    assert words == ["Nothing of this can be in classifier: data has no place here."]
    here.select(["data", "net"])
    QTest.keyClick(here, Qt.Key.Key_C, CTRL)
    hand.key(Qt.Key.Key_V, CTRL)
    assert words[-1] == "data has no place in this graph."
    assert canvas.selected() == ["net1"]
    story()


def test_a_title_is_given_where_the_node_stands(canvas, hand, document, story):
    canvas.select(["relu1"])
    assert canvas.rename_selected()
    line = canvas.findChild(QLineEdit)
    assert line.hasFocus()
    QTest.keyClicks(line, "Bend")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert graph(document).nodes["relu1"].title == "Bend"
    canvas.rename_selected()
    line = canvas.findChildren(QLineEdit)[-1]
    QTest.keyClicks(line, "no")
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert graph(document).nodes["relu1"].title == "Bend"
    assert document.revision == 1
    canvas.select(["relu1", "conv1"])
    assert not canvas.rename_selected()
    story()


def test_another_block_takes_the_place_of_the_selected_ones(canvas, hand, document, story):
    canvas.select(["relu1", "conv1"])
    assert canvas.replacing().words == "Replace 2 nodes by"
    canvas.select(["relu1"])
    asked = canvas.replacing()
    offered = [offer.block.name for offer in asked.find("")]
    assert canvas._catalogue[offered[0]].category == "Activation", "what is most like it comes first"
    assert not {"ReLU", "Input", "Output", "Data", "Parameter", "Constant"} & set(offered)
    assert asked.refused("Constant") == "Constant can't stand here: it needs no input."
    assert asked.refused("ReLU") == "ReLU can't stand here: it is there already."
    canvas.replace_by("GELU")
    (id,) = canvas.selected()
    assert graph(document).nodes[id].block == "GELU"
    assert graph(document).links[Input(id, "x")].source == Output("conv1", "y")
    assert graph(document).links[Input("flatten1", "x")].source == Output(id, "y")
    assert document.undo_label == "Replace relu1 by GELU"
    assert document.revision == 1
    story()


def test_grouped_layers_are_still_found_by_who_looks_into_them(canvas, hand, document, story):
    document.apply(edits.add_graph(document.project, "look", "preview"))
    watch = Map(network="classifier", layer="conv1")
    document.apply(edits.add_node(document.project, "look", "LayerWeight", (0, 0), watch, id="watch"))
    canvas.select(["conv1", "relu1"])
    hand.key(Qt.Key.Key_G, CTRL)
    assert graph(document, "look").nodes["watch"].params["layer"] == "block1.conv1"
    hand.key(Qt.Key.Key_G, CTRL | SHIFT)
    assert graph(document, "look").nodes["watch"].params["layer"] == "conv1"
    story()


def test_json_from_anywhere_is_pasted_as_data_alone(canvas, hand, document, story):
    text = '{"netbuilder": 1, "fragment": {"nodes": {"a": {"block": "ReLU", "at": [0, 0]}}}, "graphs": {"../x": {}}}'
    QGuiApplication.clipboard().setText(text)
    hand.key(Qt.Key.Key_V, CTRL)
    assert [graph(document).nodes[id].block for id in canvas.selected()] == ["ReLU"]
    assert set(document.project.graphs) == {"classifier", "training"}
    story()


def test_a_number_of_the_selected_block_changes_by_dragging_on_it(canvas, hand, document, story):
    corner = canvas.node_rect("conv1").topLeft()
    number = corner + QPointF(18, 46)  # "16" of "16 filters, 3 × 3"
    hand.drag(number, number + QPointF(60, 0))
    assert graph(document).nodes["conv1"].at == (320.0, 0.0), "a block that is not selected is moved"
    document.undo()
    hand.click(QPointF(600, 400))
    hand.click(hand.node("conv1"))
    hand.move(number + QPointF(0, 20))
    hand.move(number)
    assert canvas.viewport().cursor().shape() == Qt.CursorShape.SizeHorCursor
    hand.pull(number, number + QPointF(60, 5))
    assert graph(document).nodes["conv1"].params["out_channels"] == 16, "one change, on release"
    hand.release(number + QPointF(60, 5))
    changed = graph(document).nodes["conv1"]
    assert (changed.params["out_channels"], changed.at) == (28, (260.0, 0.0))
    assert document.undo_label == "Set out_channels of conv1"
    hand.pull(number, number + QPointF(-60, 0))
    hand.key(Qt.Key.Key_Escape)
    hand.release(number)
    assert graph(document).nodes["conv1"].params["out_channels"] == 28
    canvas.zoom(0.2)
    hand.drag(number, number + QPointF(300, 0))
    assert graph(document).nodes["conv1"].params["out_channels"] == 28, "from far the block is taken as a whole"
    story()
