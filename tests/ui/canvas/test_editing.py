"""Moving, selecting, adding, removing and copying, with mouse and keys."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QGuiApplication, QKeyEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication

from netbuilder.graph import edits
from netbuilder.graph.model import Input, Output
from netbuilder.ui.canvas.check import differences

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def nodes(document):
    return document.project.graphs["classifier"].nodes


def test_a_drag_moves_a_node_in_one_step_on_the_grid(canvas, hand, document):
    hand.drag(hand.node("conv2"), hand.node("conv2") + QPointF(43, 88))
    assert document.revision == 1
    assert nodes(document)["conv2"].at == (300.0, 290.0)
    assert differences(canvas.graph_scene) == []
    document.undo()
    assert nodes(document)["conv2"].at == (260.0, 200.0)
    assert canvas.node_rect("conv2").topLeft() == QPointF(260, 200)


def test_links_follow_while_it_is_dragged(canvas, hand, document):
    goal = hand.node("relu1") + QPointF(0, 120)
    hand.pull(hand.node("relu1"), goal)
    link = canvas.graph_scene.links[Input("relu1", "x")]
    assert link.ends[1] == canvas.port_pos("relu1", "x", True)
    assert canvas.node_rect("relu1").top() == 120
    assert document.revision == 0, "nothing is edited before the release"
    hand.key(Qt.Key.Key_Escape)
    hand.release(goal)
    assert document.revision == 0
    assert canvas.node_rect("relu1").top() == 0
    assert differences(canvas.graph_scene) == []


def test_several_nodes_move_together(canvas, hand, document):
    hand.click(hand.node("conv2"))
    hand.click(hand.node("add1"), SHIFT)
    assert canvas.selected() == ["add1", "conv2"]
    hand.drag(hand.node("add1"), hand.node("add1") + QPointF(0, 50))
    assert (nodes(document)["add1"].at, nodes(document)["conv2"].at) == ((520.0, 250.0), (260.0, 250.0))
    assert document.revision == 1
    hand.click(hand.node("add1"))
    assert canvas.selected() == ["add1"], "a click without a drag takes one of several alone"


def test_a_rubber_band_selects_and_keys_add_and_remove(canvas, hand):
    spy = QSignalSpy(canvas.selection_changed)
    hand.drag(QPointF(180, 170), QPointF(760, 300))
    assert canvas.selected() == ["add1", "conv2"]
    assert spy.at(spy.count() - 1)[0] == ["add1", "conv2"]
    hand.drag(QPointF(700, 120), QPointF(800, -20), SHIFT)
    assert canvas.selected() == ["add1", "conv2", "flatten1", "relu1"]
    hand.drag(QPointF(180, 170), QPointF(300, 300), CTRL)
    assert canvas.selected() == ["add1", "flatten1", "relu1"]
    hand.click(hand.node("add1"), CTRL)
    assert canvas.selected() == ["flatten1", "relu1"]
    hand.click(QPointF(400, 150))
    assert canvas.selected() == []


def test_of_very_many_under_a_rubber_band_it_is_told_in_the_end(canvas, hand, qtbot, monkeypatch):
    monkeypatch.setattr("netbuilder.ui.canvas.view._MANY", 1)
    spy = QSignalSpy(canvas.selection_changed)
    hand.pull(QPointF(180, 170), QPointF(760, 300))
    hand.move(QPointF(760, -20))
    told = spy.count()
    hand.release(QPointF(760, -20))
    assert told <= 1, "not at every step"
    qtbot.waitUntil(lambda: spy.count() and spy.at(spy.count() - 1)[0] == canvas.selected())
    assert len(canvas.selected()) > 2


def test_escape_takes_a_rubber_band_back(canvas, hand):
    canvas.select(["image"])
    hand.pull(QPointF(180, 170), QPointF(760, 300))
    assert canvas.selected() == ["add1", "conv2"]
    hand.key(Qt.Key.Key_Escape)
    assert canvas.selected() == []
    hand.release(QPointF(760, 300))
    assert canvas.selected() == []


def test_delete_removes_nodes_with_their_links(canvas, hand, document):
    hand.click(hand.node("relu1"))
    hand.key(Qt.Key.Key_Delete, SHIFT)
    assert "relu1" not in nodes(document)
    assert Input("flatten1", "x") not in document.project.graphs["classifier"].links
    assert canvas.selected() == []
    assert differences(canvas.graph_scene) == []
    document.undo()
    assert differences(canvas.graph_scene) == []


def test_copy_and_paste_keep_inner_links(canvas, hand, document):
    canvas.select(["conv1", "relu1"])
    hand.key(Qt.Key.Key_C, CTRL)
    json.loads(QGuiApplication.clipboard().text())
    hand.key(Qt.Key.Key_V, CTRL)
    new = canvas.selected()
    assert len(new) == 2
    assert not {"conv1", "relu1"} & set(new)
    made = {nodes(document)[id].block: id for id in new}
    source = document.project.graphs["classifier"].links[Input(made["ReLU"], "x")].source
    assert source == Output(made["Conv2d"], "y")
    assert document.revision == 1
    assert differences(canvas.graph_scene) == []


def test_cut_takes_away_and_duplicate_lies_beside(canvas, hand, document):
    canvas.select(["conv2"])
    hand.key(Qt.Key.Key_D, CTRL)
    (copy,) = canvas.selected()
    assert nodes(document)[copy].at == (290.0, 230.0)
    assert nodes(document)[copy].params == nodes(document)["conv2"].params
    hand.key(Qt.Key.Key_X, CTRL)
    assert copy not in nodes(document)
    hand.key(Qt.Key.Key_V, CTRL)
    assert len(canvas.selected()) == 1


def test_pasting_something_else_says_so(canvas, hand, document):
    said = []
    canvas.status.connect(said.append)
    for text in ("hello", "", "{", "[1, 2]", '{"nodes": 3}', "[" * 100_000):
        QGuiApplication.clipboard().setText(text)
        hand.key(Qt.Key.Key_V, CTRL)
    assert said == ["The clipboard holds no blocks; copy some on a canvas first."] * 6
    assert document.revision == 0


def test_arrows_nudge_the_selection(canvas, hand, document):
    canvas.select(["conv2"])
    hand.key(Qt.Key.Key_Right)
    hand.key(Qt.Key.Key_Down, SHIFT)
    assert nodes(document)["conv2"].at == (270.0, 250.0)
    hand.key(Qt.Key.Key_Left, CTRL | Qt.KeyboardModifier.AltModifier)
    assert nodes(document)["conv2"].at == (269.0, 250.0)
    canvas.select([])
    hand.key(Qt.Key.Key_Left)
    assert document.revision == 3


def test_a_key_that_is_held_is_one_step(canvas, hand, document, monkeypatch):
    now = [100.0]
    monkeypatch.setattr("netbuilder.ui.canvas.nudging.monotonic", lambda: now[0])
    canvas.select(["conv2", "add1"])
    QTest.keyPress(canvas, Qt.Key.Key_Right)
    for _ in range(8):
        again = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, "", True)
        QApplication.sendEvent(canvas, again)
    QTest.keyRelease(canvas, Qt.Key.Key_Right)
    hand.key(Qt.Key.Key_Up)  # at once
    assert (nodes(document)["conv2"].at, nodes(document)["add1"].at) == ((350.0, 190.0), (610.0, 190.0))
    assert document.undo_label == "Move 2 nodes"
    now[0] += 5.0
    hand.key(Qt.Key.Key_Down)  # after a pause
    canvas.select(["conv2"])
    hand.key(Qt.Key.Key_Down)  # something else
    for expected in ((350.0, 200.0), (350.0, 190.0), (260.0, 200.0)):
        document.undo()
        assert nodes(document)["conv2"].at == expected
        assert differences(canvas.graph_scene) == []
    assert document.undo_label == ""


def test_a_step_there_and_back_leaves_nothing_to_undo(canvas, hand, document):
    document.apply(edits.set_title(document.project, "classifier", "conv2", "Wide"))
    canvas.select(["conv2"])
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_Down):
        hand.key(key)
    document.undo()
    assert nodes(document)["conv2"].at == (260.0, 200.0)
    assert document.undo_label == "Title conv2"


def test_select_all_and_bypass(canvas, hand, document):
    hand.key(Qt.Key.Key_A, CTRL)
    assert canvas.selected() == sorted(nodes(document))
    canvas.select(["relu1", "conv2"])
    hand.key(Qt.Key.Key_B, CTRL)
    assert nodes(document)["relu1"].bypassed
    assert canvas.graph_scene.nodes["relu1"].look.bypassed
    hand.key(Qt.Key.Key_B, CTRL)
    assert not nodes(document)["relu1"].bypassed
    assert differences(canvas.graph_scene) == []


def test_add_block_finds_a_free_place_and_selects_it(canvas, document):
    first, second = canvas.add_block("Linear"), canvas.add_block("Linear")
    assert canvas.selected() == [second]
    assert not canvas.node_rect(first).intersects(canvas.node_rect(second))
    third = canvas.add_block("ReLU", QPointF(10, 600))
    assert nodes(document)[third].at == (10.0, 600.0)


def test_a_block_of_another_kind_of_graph_is_refused_in_words(canvas, document):
    said = []
    canvas.status.connect(said.append)
    assert canvas.add_block("Optimizer") == ""
    assert canvas.add_block("NoSuchBlock") == ""
    assert document.revision == 0
    assert said[0].startswith("Optimizer can't be in a network; it belongs in a training graph")
    assert said[1] == "There is no block 'NoSuchBlock'."


def test_tab_and_double_click_ask_for_a_block(canvas, hand):
    spy = QSignalSpy(canvas.search_wanted)
    hand.key(Qt.Key.Key_Tab)
    assert spy.count() == 1
    hand.double_click(QPointF(400, 150))
    pos, place = spy.at(1)
    assert (pos - QPointF(400, 150)).manhattanLength() < 3 / canvas.zoom_level
    assert canvas.viewport().mapFromGlobal(place) == hand.at(QPointF(400, 150))
    assert canvas.hasFocus(), "Tab stays on the canvas"


def test_tab_puts_a_block_behind_the_selected_one_and_links_it(canvas, hand, document):
    ask = QSignalSpy(canvas.search_wanted)
    canvas.select(["logits"])
    hand.key(Qt.Key.Key_Tab)  # an Output leads nowhere: the block comes where the pointer is, without a link
    canvas.add_block("ReLU", ask.at(0)[0])
    before = len(document.project.graphs["classifier"].links)
    canvas.select(["add1"])
    hand.key(Qt.Key.Key_Tab)
    made = canvas.add_block("Linear", ask.at(1)[0])
    graph = document.project.graphs["classifier"]
    assert graph.links[Input(made, "x")].source == Output("add1", "y")
    assert len(graph.links) == before + 1
    assert canvas.node_rect(made).top() == canvas.node_rect("add1").top()
    assert canvas.viewport().rect().contains(canvas.mapFromScene(canvas.node_rect(made)).boundingRect())
    document.undo()
    assert made not in document.project.graphs["classifier"].nodes
    assert differences(canvas.graph_scene) == []


def test_a_block_asked_for_elsewhere_is_not_linked(canvas, hand, document):
    ask = QSignalSpy(canvas.search_wanted)
    canvas.select(["add1"])
    hand.double_click(QPointF(900, 400))
    made = canvas.add_block("Linear", ask.at(0)[0])
    assert all(link.target.node != made for link in document.project.graphs["classifier"].links.values())


def test_what_does_not_fit_is_put_behind_without_a_link(open_canvas, document):
    canvas = open_canvas("training")
    canvas.select(["loss"])
    ask = QSignalSpy(canvas.search_wanted)
    QTest.keyClick(canvas, Qt.Key.Key_Tab)
    canvas.add_block("Accuracy", ask.at(0)[0])
    assert not document.project.graphs["training"].links
    canvas.select(["loss"])
    QTest.keyClick(canvas, Qt.Key.Key_Tab)
    made = canvas.add_block("Optimizer", ask.at(1)[0])
    assert document.project.graphs["training"].links[Input(made, "loss")].source == Output("loss", "loss")


def test_where_there_is_one_network_and_one_data_set_they_are_taken(open_canvas, document):
    canvas = open_canvas("training")
    net, data = canvas.add_block("Network"), canvas.add_block("Data")
    graph = document.project.graphs["training"]
    assert (graph.nodes[net].params["network"], graph.nodes[data].params["dataset"]) == ("classifier", "digits")
    canvas.select([data])
    ask = QSignalSpy(canvas.search_wanted)
    QTest.keyClick(canvas, Qt.Key.Key_Tab)
    other = canvas.add_block("Network", ask.at(0)[0])
    assert document.project.graphs["training"].links[Input(other, "image")].source == Output(data, "image")


def test_blocks_asked_for_at_one_place_do_not_cover_each_other(canvas):
    place = QPointF(10, 600)
    first, second = canvas.add_block("Linear", place), canvas.add_block("ReLU", place)
    assert not canvas.node_rect(first).intersects(canvas.node_rect(second))


class Paints(QObject):
    """Where a widget was painted anew."""

    def __init__(self, widget) -> None:
        super().__init__()
        self.regions = []
        widget.installEventFilter(self)

    def eventFilter(self, _watched, event) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.regions.append(event.region())
        return False


def test_the_invitation_goes_with_the_first_block(qtbot, open_canvas, document, project):
    document.apply(edits.add_graph(project, "empty"))
    canvas = open_canvas("empty")
    qtbot.waitExposed(canvas)
    QApplication.processEvents()
    paints = Paints(canvas.viewport())
    words = canvas.mapFromScene(QPointF(-150, 0))  # beside the block that comes
    canvas.add_block("Input", QPointF(0, 0))
    qtbot.waitUntil(lambda: any(region.contains(words) for region in paints.regions))


def test_a_double_click_opens_a_placed_network(open_canvas, hand):
    canvas = open_canvas("training")
    spy = QSignalSpy(canvas.open_graph_wanted)
    type(hand)(canvas).double_click(canvas.node_rect("net").center())
    assert [spy.at(i) for i in range(spy.count())] == [["classifier", "net"]]


# ---- drops from the palette


def block_data(name: str) -> QMimeData:
    data = QMimeData()
    data.setData("application/x-netbuilder-block", name.encode())
    return data


def drag_in(canvas, data: QMimeData, at: QPoint, *, drop: bool = True) -> bool:
    """Brings it over the canvas; says whether it was taken."""
    view, copy, button = canvas.viewport(), Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at, copy, data, button, none)
    QApplication.sendEvent(view, enter)
    if not enter.isAccepted():
        return False
    QApplication.sendEvent(view, QDragMoveEvent(at, copy, data, button, none))
    QApplication.sendEvent(view, QDropEvent(QPointF(at), copy, data, button, none) if drop else QDragLeaveEvent())
    return True


def test_a_block_dropped_from_the_palette_is_added_there(canvas, hand, document):
    assert drag_in(canvas, block_data("Linear"), hand.at(QPointF(900, 300)))
    (id,) = canvas.selected()
    assert nodes(document)[id].block == "Linear"
    assert canvas.node_rect(id).adjusted(-1, -1, 1, 1).contains(QPointF(900, 300))
    assert document.revision == 1
    assert differences(canvas.graph_scene) == []


def test_a_block_dropped_on_a_link_is_spliced_in(canvas, hand, document):
    start, end = canvas.port_pos("flatten1", "y", False), canvas.port_pos("linear1", "x", True)
    assert drag_in(canvas, block_data("ReLU"), hand.at((start + end) / 2))
    (id,) = canvas.selected()
    links = document.project.graphs["classifier"].links
    assert links[Input(id, "x")].source == Output("flatten1", "y")
    assert links[Input("linear1", "x")].source == Output(id, "y")
    assert document.revision == 1
    # It lies in the row, and what follows has made room for it.
    assert nodes(document)[id].at == (1040.0, 0.0)
    assert nodes(document)["linear1"].at == (1300.0, 0.0)
    assert nodes(document)["logits"].at == (1560.0, 0.0)
    assert nodes(document)["flatten1"].at == (780.0, 0.0)
    assert differences(canvas.graph_scene) == []
    document.undo()
    assert differences(canvas.graph_scene) == []


def test_a_drop_that_leaves_or_is_no_block_changes_nothing(canvas, hand, document):
    at = hand.at(QPointF(900, 300))
    assert drag_in(canvas, block_data("Linear"), at, drop=False)
    assert not drag_in(canvas, block_data("NoSuchBlock"), at)
    assert not drag_in(canvas, block_data("Optimizer"), at)
    text = QMimeData()
    text.setText("Linear")
    assert not drag_in(canvas, text, at)
    assert document.revision == 0
    assert differences(canvas.graph_scene) == []


@pytest.mark.parametrize("undo_while", ["move", "link"])
def test_a_change_from_elsewhere_ends_the_gesture(canvas, hand, document, undo_while):
    hand.drag(hand.node("conv2"), hand.node("conv2") + QPointF(0, 50))
    start = hand.node("conv2") if undo_while == "move" else canvas.port_pos("conv2", "y", False)
    hand.pull(start, start + QPointF(100, 100))
    document.undo()
    hand.release(start + QPointF(100, 100))
    assert nodes(document)["conv2"].at == (260.0, 200.0)
    assert differences(canvas.graph_scene) == []


@pytest.mark.parametrize(("x", "y"), [(230, 170), (360, 270), (620, 45)])  # a band, a node, one with links
def test_what_a_drag_leaves_on_the_screen_is_what_a_whole_painting_shows(canvas, hand, x, y):
    """Only parts are repainted; nothing may stay where it was, keep its old look, or be painted over others."""
    start = QPointF(x, y)
    hand.move(start)
    hand.press(start)
    for goal in ((300, 200), (760, 300), (560, 330), (500, -30), (-40, 90), (900, 100), (700, 250)):
        hand.move(QPointF(*goal))
        QApplication.processEvents()
        shown = canvas.screen().grabWindow(canvas.winId()).toImage()
        whole = canvas.grab().toImage()
        assert not shown.isNull()
        assert shown.convertToFormat(whole.format()) == whole, goal
    hand.release(QPointF(700, 250))


@pytest.mark.parametrize("on_port", [False, True])
def test_a_press_on_what_an_undo_takes_away_begins_nothing(canvas, hand, document, on_port):
    document.apply(edits.add_node(document.project, "classifier", "ReLU", (0.0, 420.0), id="late"))
    item = canvas.graph_scene.nodes["late"]
    at = item.spots(False)[0][1] if on_port else hand.node("late")
    hand.press(at)
    document.undo()
    hand.move(at + QPointF(60, 40))
    hand.release(at + QPointF(60, 40))
    assert document.position == 0
    assert not canvas.graph_scene.chosen
    assert differences(canvas.graph_scene) == []
