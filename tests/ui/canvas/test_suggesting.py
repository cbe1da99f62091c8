"""What often comes next, suggested beside the selected node."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from netbuilder.graph import edits
from netbuilder.graph.model import Input, Output
from netbuilder.ui.canvas.check import differences
from netbuilder.ui.canvas.options import Options
from tests.ui.canvas.conftest import LEFT, NO_KEYS, Hand

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def conv(document, canvas, report) -> str:
    """A convolution whose output is free, with room beside it."""
    canvas.show_report(report)
    document.apply(edits.move(document.project, "classifier", {"conv2": (300.0, 600.0)}))
    canvas.fit()
    canvas.select(["conv2"])
    return "conv2"


def shown(canvas) -> list[str]:
    return [chip.offer.block.name for chip in canvas.chips.chips] if canvas.chips.isVisible() else []


def links(document):
    return document.project.graphs["classifier"].links


def click(canvas, number: int) -> None:
    at = canvas.chips.middle(number).toPoint()
    QTest.mouseMove(canvas.viewport(), at)
    QTest.mouseClick(canvas.viewport(), LEFT, NO_KEYS, at)


def test_a_click_on_a_suggestion_adds_and_links_it(conv, canvas, document, report):
    assert shown(canvas) == ["BatchNorm2d", "ReLU", "MaxPool2d"]
    before = document.project
    click(canvas, 1)
    (made,) = canvas.selected()
    assert document.project.graphs["classifier"].nodes[made].block == "ReLU"
    assert links(document)[Input(made, "x")].source == Output("conv2", "y")
    assert canvas.node_rect(made).left() > canvas.node_rect("conv2").right()
    assert differences(canvas.graph_scene, report) == []
    document.undo()
    assert document.project == before


def test_alt_and_numbers_draw_a_row_without_the_mouse(conv, canvas, hand, document):
    for key in (Qt.Key.Key_1, Qt.Key.Key_1, Qt.Key.Key_1):
        hand.key(key, ALT)
    blocks, at = [], "conv2"
    for _ in range(3):
        at = next(key.node for key, link in links(document).items() if link.source.node == at)
        blocks.append(document.project.graphs["classifier"].nodes[at].block)
    assert blocks == ["BatchNorm2d", "ReLU", "Conv2d"]
    assert canvas.selected() == [at]


def test_only_what_fits_is_suggested(canvas, document):
    document.apply(edits.add_node(document.project, "classifier", "LSTM", (300.0, 700.0), id="lstm1"))
    document.apply(edits.add_node(document.project, "classifier", "Output", (300.0, 900.0), id="end"))
    canvas.fit()
    canvas.select(["lstm1"])
    assert shown(canvas) == ["Select", "Linear", "Dropout"]
    canvas.select(["end"])
    assert shown(canvas) == [], "nothing comes behind an Output"


def test_nothing_is_suggested_where_it_would_be_in_the_way(conv, canvas, hand, document):
    canvas.select(["conv2", "add1"])
    assert shown(canvas) == [], "of several it is not known which"
    canvas.select(["relu1"])
    assert shown(canvas) == [], "its output leads somewhere"
    canvas.select(["conv2"])
    hand.pull(hand.node("conv2"), hand.node("conv2") + QPointF(40, 0))
    assert shown(canvas) == [], "not while it is dragged"
    hand.key(Qt.Key.Key_Escape)
    assert shown(canvas) != []
    rect = canvas.node_rect("conv2")
    document.apply(edits.move(document.project, "classifier", {"add1": (rect.right() + 40, rect.top())}))
    assert shown(canvas) == [], "not over other blocks"
    document.undo()
    canvas.zoom(0.3)
    assert shown(canvas) == [], "not from far"


def test_what_a_suggestion_is_for_is_said_under_the_pointer(conv, canvas):
    said = []
    canvas.status.connect(said.append)
    QTest.mouseMove(canvas.viewport(), canvas.chips.middle(1).toPoint())
    assert said[-1] == "ReLU: Bends the numbers; without it two layers are no more than one."


def test_switched_off_nothing_is_shown_and_the_keys_still_work(conv, canvas, document):
    canvas.show_options(Options(suggestions="off"))
    assert shown(canvas) == []
    Hand(canvas).key(Qt.Key.Key_2, ALT)
    assert document.project.graphs["classifier"].nodes[canvas.selected()[0]].block == "ReLU"


def test_a_key_without_a_suggestion_says_so(canvas, hand, document):
    said = []
    canvas.status.connect(said.append)
    canvas.select(["logits"])
    hand.key(Qt.Key.Key_1, ALT)
    assert said[-1] == "Select one block whose output is free: what often follows it is suggested beside it."
    assert document.revision == 0
