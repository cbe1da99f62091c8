"""The canvas without a mouse: from node to node by keys."""

import msgspec
from PySide6.QtCore import Qt

from netbuilder.graph.change import Change, Edit
from netbuilder.graph.model import Input
from netbuilder.ui.canvas.check import differences

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
LEFT, RIGHT, UP, DOWN = Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down


def test_a_walk_follows_the_links_and_goes_to_what_lies_there(canvas, hand):
    canvas.select(["image"])
    way = []
    for key in (RIGHT, RIGHT, DOWN, LEFT, UP, LEFT):
        hand.key(key, CTRL)
        way += canvas.selected()
    assert way == ["conv1", "relu1", "add1", "conv2", "conv1", "image"]
    hand.key(LEFT, CTRL)
    assert canvas.selected() == ["image"]  # nothing lies there
    assert differences(canvas.graph_scene) == []


def test_a_walk_without_a_selection_begins_in_the_middle_of_the_view(canvas, hand):
    canvas.select([])
    canvas.center_on("relu1")
    hand.key(RIGHT, CTRL)
    assert canvas.selected() == ["relu1"]


def test_a_walk_may_keep_what_is_selected(canvas, hand):
    canvas.select(["conv1"])
    hand.key(RIGHT, ALT | SHIFT)
    hand.key(RIGHT, ALT | SHIFT)
    assert canvas.selected() == ["conv1", "flatten1", "relu1"]
    hand.key(RIGHT, CTRL)
    assert canvas.selected() == ["linear1"]


def test_a_walk_brings_its_end_into_view(canvas, hand):
    canvas.select(["image"])
    canvas.zoom(4.0)
    canvas.center_on("image")
    for _ in range(5):
        hand.key(RIGHT, CTRL)
    assert canvas.selected() == ["logits"]
    view = canvas.mapToScene(canvas.viewport().rect()).boundingRect()
    assert view.contains(canvas.node_rect("logits").center())


def test_zoom_to_the_selection(canvas, hand):
    canvas.select(["conv2", "add1"])
    canvas.zoom(0.2)
    hand.key(Qt.Key.Key_Z)
    view = canvas.mapToScene(canvas.viewport().rect()).boundingRect()
    both = canvas.node_rect("conv2").united(canvas.node_rect("add1"))
    assert view.contains(both)
    assert canvas.zoom_level == 1.0
    canvas.select([])
    hand.key(Qt.Key.Key_Z)
    assert canvas.zoom_level == 1.0


def fold(document, frame: str, ids: tuple[str, ...]) -> None:
    graph = document.project.graphs["classifier"]
    held = graph.frames[frame]
    change = Change("Fold", (Edit("frame", "classifier", frame, held, msgspec.structs.replace(held, folded=ids)),))
    document.apply(change)


def test_a_walk_goes_through_the_plate_of_a_folded_frame(canvas, hand, document):
    fold(document, "note", ("relu1", "flatten1"))
    canvas.select(["conv1"])
    hand.key(RIGHT, CTRL)
    chosen = canvas.graph_scene.chosen
    assert (chosen.nodes, chosen.frames) == (set(), {"note"})
    hand.key(RIGHT, CTRL)
    assert canvas.selected() == ["linear1"]
    hand.key(LEFT, CTRL)
    hand.key(LEFT, CTRL)
    assert canvas.selected() == ["conv1"]


def test_a_walk_from_a_link_goes_to_its_ends(canvas, hand):
    canvas.select(["conv1"])
    canvas.graph_scene.chosen.set(links=[Input("relu1", "x")])
    hand.key(LEFT, CTRL)
    assert canvas.selected() == ["conv1"]
    canvas.graph_scene.chosen.set(links=[Input("relu1", "x")])
    hand.key(RIGHT, CTRL)
    assert canvas.selected() == ["relu1"]
