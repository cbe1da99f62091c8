"""A link that is let go on empty canvas asks what it shall lead to, and offers what fits."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from netbuilder.graph import edits
from netbuilder.graph.change import Change, Edit
from netbuilder.graph.model import Input, Output
from netbuilder.ui.canvas.check import differences
from netbuilder.ui.canvas.link_item import LooseLink
from netbuilder.ui.icons import Icons
from netbuilder.ui.palette.popup import SearchPopup
from netbuilder.ui.theme import Theme

EMPTY = QPointF(700, 420)


@pytest.fixture
def popups(canvas, catalogue):
    """The searches that the canvas asks for, opened as the window does it."""
    theme, held = Theme.load("dark"), []

    def search(where: QPointF, at: QPoint) -> None:
        popup = SearchPopup(catalogue, canvas.graph_scene.graph.kind, theme, Icons(theme), canvas, canvas.asked)
        popup.chosen.connect(lambda name: canvas.add_block(name, where))
        popup.closed.connect(canvas.search_over)
        popup.open_at(at)
        held.append(popup)

    canvas.search_wanted.connect(search)
    yield held
    for popup in held:
        if isValid(popup):
            popup.close()


def offered(popup: SearchPopup) -> list[str]:
    return [hit.entry.key for hit in popup.rows.hits]


def loose(canvas) -> list[LooseLink]:
    return [item for item in canvas.graph_scene.items() if isinstance(item, LooseLink)]


def test_what_is_offered_fits_and_what_comes_there_most_often_is_first(canvas, hand, document, report, popups):
    before = document.project
    canvas.show_report(report)
    hand.drag(canvas.port_pos("conv1", "y", False), EMPTY)
    (popup,) = popups
    assert popup.about.text() == "Fits behind conv1: N × 16 × 6 × 6"
    names = offered(popup)
    assert names[:3] == ["BatchNorm2d", "ReLU", "MaxPool2d"]
    assert {"Conv2d", "Flatten", "Output"} <= set(names)
    assert not {"Conv1d", "LSTM", "Embedding", "BatchNorm1d", "CrossEntropyLoss", "Input"} & set(names)
    assert document.project == before, "nothing is done before a block is chosen"
    assert len(loose(canvas)) == 1, "the link stays in sight while one looks for its end"
    QTest.keyClicks(popup.field, "conv2")
    assert popup.rows.hits[0].entry[1:3] == ("Conv2d", "16 filters, 3 × 3")
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    graph = document.project.graphs["classifier"]
    (made,) = canvas.selected()
    assert graph.links[Input(made, "x")].source == Output("conv1", "y")
    assert dict(graph.nodes[made].params) == {"out_channels": 16, "padding": 1}, "it can be added to what goes in"
    assert document.revision == 1
    assert loose(canvas) == []
    port = canvas.port_pos(made, "x", True)
    assert (port - EMPTY).manhattanLength() < 20, "its port lies where the link was let go"
    assert differences(canvas.graph_scene, report) == []
    document.undo()
    assert document.project == before


def test_what_does_not_fit_is_not_found_and_it_is_said_why(canvas, hand, report, popups):
    canvas.show_report(report)
    hand.drag(canvas.port_pos("conv1", "y", False), EMPTY)
    (popup,) = popups
    QTest.keyClicks(popup.field, "lstm")
    assert offered(popup) == []
    assert popup.nothing.text() == "LSTM does not fit: x wants 3 axes (N T F), this has 4."
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    assert popup.isVisible()


def test_of_what_matches_the_letters_what_often_comes_there_is_first(canvas, hand, report, popups):
    canvas.show_report(report)
    hand.drag(canvas.port_pos("conv1", "y", False), EMPTY)
    (popup,) = popups
    QTest.keyClicks(popup.field, "max")
    assert offered(popup)[:2] == ["Max", "MaxPool2d"], "but the very name comes before all"
    popup.field.clear()
    QTest.keyClicks(popup.field, "re")
    assert offered(popup)[0] == "ReLU"


def test_esc_drops_the_link(canvas, hand, document, popups):
    hand.drag(canvas.port_pos("conv1", "y", False), EMPTY)
    QTest.keyClick(popups[0].field, Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert loose(canvas) == []
    assert document.revision == 0
    canvas.select([])
    hand.move(EMPTY + QPointF(60, 60))
    hand.double_click(EMPTY + QPointF(60, 60))
    assert not popups[1].about.isVisible()
    QTest.keyClicks(popups[1].field, "lstm")
    QTest.keyClick(popups[1].field, Qt.Key.Key_Return)
    assert all("lstm1" not in (key.node, link.source.node) for key, link in links(document).items())


def links(document):
    return document.project.graphs["classifier"].links


def test_dragged_back_from_an_input_it_offers_what_leads_there(canvas, hand, document, popups):
    hand.drag(canvas.port_pos("conv2", "x", True), QPointF(180, 440))
    (popup,) = popups
    assert popup.about.text() == "Fits before conv2"
    assert not {"Linear", "Conv1d", "Embedding", "Output"} & set(offered(popup))
    QTest.keyClicks(popup.field, "MaxPool2d")
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    assert links(document)[Input("conv2", "x")].source == Output("max_pool2d1", "y")
    assert (canvas.port_pos("max_pool2d1", "y", False) - QPointF(180, 440)).manhattanLength() < 20


def test_before_the_output_linear_counts_the_classes(canvas, hand, document, popups):
    for source, target in (
        (Output("data", "image"), Input("net", "image")),
        (Output("net", "logits"), Input("loss", "logits")),
        (Output("data", "label"), Input("loss", "target")),
    ):
        document.apply(edits.connect(document.project, "training", source, target))
    held = document.project.datasets["digits"]
    named = held.columns[1].__class__("label", dtype="int64", role="class", classes=tuple("0123456789"))
    document.apply(
        edits.set_dataset(document.project, "digits", held.__class__("digits", columns=(held.columns[0], named)))
    )
    document.apply(edits.disconnect(document.project, "classifier", Input("logits", "x")))
    hand.drag(canvas.port_pos("logits", "x", True), QPointF(1200, 440))
    QTest.keyClicks(popups[0].field, "linear")
    QTest.keyClick(popups[0].field, Qt.Key.Key_Return)
    made = document.project.graphs["classifier"].nodes[canvas.selected()[0]]
    assert made.params["out_features"] == "=digits.label.classes"


def test_tab_behind_a_node_shows_what_fits_first_and_everything_else_after_it(canvas, hand, document, report, popups):
    canvas.show_report(report)
    canvas.select(["conv2"])
    hand.key(Qt.Key.Key_Tab)
    (popup,) = popups
    assert offered(popup)[:3] == ["BatchNorm2d", "ReLU", "MaxPool2d"]
    assert "LSTM" in offered(popup)
    QTest.keyClicks(popup.field, "relu")
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    assert links(document)[Input("relu2", "x")].source == Output("conv2", "y")


def test_several_links_let_go_together_are_joined_by_one_block(canvas, hand, document, report, popups):
    canvas.show_report(report)
    canvas.select(["conv1", "conv2"])
    hand.drag(canvas.port_pos("conv2", "y", False), EMPTY)
    (popup,) = popups
    assert popup.about.text() == "Joins 2 links"
    assert offered(popup)[0] in ("Add", "Concat", "Multiply")
    assert len(loose(canvas)) == 2
    QTest.keyClicks(popup.field, "concat")
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    found = links(document)
    assert [found[Input("concat1", "x", at)].source.node for at in (0, 1)] == ["conv2", "conv1"]
    assert document.revision == 1


def test_where_data_flow_down_the_port_lies_at_the_end_of_the_link_too(canvas, hand, document, popups):
    graph = document.project.graphs["classifier"]
    document.apply(Change("Down", (Edit("graph", "", "classifier", graph, replace(graph, direction="down")),)))
    hand.drag(canvas.port_pos("conv2", "y", False), EMPTY)
    QTest.keyClicks(popups[0].field, "relu")
    QTest.keyClick(popups[0].field, Qt.Key.Key_Return)
    (made,) = canvas.selected()
    assert links(document)[Input(made, "x")].source == Output("conv2", "y")
    assert (canvas.port_pos(made, "x", True) - EMPTY).manhattanLength() < 20
    assert canvas.chips.isVisible()
    assert canvas.chips.place.top() > canvas.node_rect(made).bottom(), "what comes next lies below"
