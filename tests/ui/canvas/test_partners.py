"""Linking by keys: what is offered for a node, and what choosing does."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from netbuilder.graph.model import Input, Output
from netbuilder.ui.canvas.check import differences
from netbuilder.ui.canvas.partners import linked, partners
from netbuilder.ui.finding.popup import FindPopup


def test_every_offer_can_be_made_and_nothing_closes_a_cycle(canvas, document):
    start = document.project
    for id in canvas.graph_scene.nodes:
        for one in partners(canvas.graph_scene, id):
            document.apply(linked(canvas.graph_scene, one))
            held = document.project.graphs["classifier"].links
            assert one.linked or any(link.source == one.source and link.target.node == one.target.node
                                     for link in held.values())  # fmt: skip
            assert not one.linked or one.target not in held
            assert differences(canvas.graph_scene) == []
            document.undo()
            assert document.project == start
    backwards = [one for one in partners(canvas.graph_scene, "relu1") if one.outwards and one.other == "conv1"]
    assert [("Delay" in one.why) for one in backwards] == [True]


def test_what_is_free_comes_first_and_what_is_there_can_be_taken_away(canvas):
    found = partners(canvas.graph_scene, "conv2")
    assert not found[0].instead
    taken = {one.other: one for one in partners(canvas.graph_scene, "conv1")}
    assert taken["image"].linked
    there = [one.target for one in partners(canvas.graph_scene, "conv1") if one.linked and one.outwards]
    assert there == [Input("relu1", "x")]
    assert next(one.instead for one in found if one.target == Input("relu1", "x")) == "conv1"


@pytest.fixture
def ask(opened):
    """Presses J on a node, and gives what opens."""

    def asking(id: str) -> FindPopup:
        canvas = opened.workbench.tabs.canvas
        canvas.select([id])
        canvas.setFocus()
        QTest.keyClick(canvas, Qt.Key.Key_J)
        return opened.findChildren(FindPopup)[-1]

    return asking


def test_a_link_is_made_and_taken_away_with_the_keyboard_alone(opened, ask):
    document = opened.workbench.document
    start = document.project
    popup = ask("conv1")
    QTest.keyClicks(popup.field, "to linear")
    assert popup.current.right == "in place of flatten1"
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    links = document.project.graphs["classifier"].links
    assert links[Input("linear1", "x")].source == Output("conv1", "y")
    assert opened.focusWidget() is opened.workbench.tabs.canvas
    popup = ask("linear1")
    QTest.keyClicks(popup.field, "from conv1")
    assert popup.current.right == "linked"
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    assert Input("linear1", "x") not in document.project.graphs["classifier"].links
    opened.undo()
    opened.undo()
    assert document.project == start


def test_the_second_view_asks_too(opened, ask):
    opened.workbench.views.open_beside("training")
    popup = ask("loss")
    assert popup.field.placeholderText() == "Link loss to or from"
    popup.close()


def test_what_does_not_fit_is_said_to_be_unlikely_and_why(opened, ask):
    opened.workbench.tabs.show_graph("training")
    popup = ask("data")
    QTest.keyClicks(popup.field, "to loss label")
    entries = {(hit.entry.title, hit.entry.detail): hit.entry for hit in popup.rows.hits}
    assert all(entry.note for entry in entries.values())
    popup.close()
    popup = ask("loss")
    unlikely = [hit.entry for hit in popup.rows.hits if hit.entry.right == "unlikely"]
    assert unlikely
    assert all("wants" in entry.note for entry in unlikely)
    popup.close()
