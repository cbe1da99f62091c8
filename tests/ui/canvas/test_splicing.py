"""Blocks dropped into links, and links cut with a stroke."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from netbuilder.graph import edits
from netbuilder.graph.model import Input, Output
from netbuilder.ui.canvas.check import differences
from netbuilder.ui.mime import MIME

CTRL = Qt.KeyboardModifier.ControlModifier
RIGHT = Qt.MouseButton.RightButton
LEFT, NO_KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def links(document):
    return {key: link.source for key, link in document.project.graphs["classifier"].links.items()}


def middle(canvas, key: Input) -> QPointF:
    return canvas.graph_scene.links[key].path.pointAtPercent(0.5)


@pytest.fixture
def tanh(document) -> str:
    """A node without links, far from everything."""
    document.apply(edits.add_node(document.project, "classifier", "Tanh", (700.0, 500.0), id="tanh1"))
    return "tanh1"


def bring(hand, canvas, id: str, to: QPointF) -> QPointF:
    """Drags a node so that its port line comes to lie on a place; gives where the pointer is."""
    rect = canvas.node_rect(id)
    grip = hand.node(id)
    goal = grip + to - QPointF(rect.center().x(), rect.top() + 15)
    hand.pull(grip, goal)
    return goal


def test_a_node_without_links_that_is_dropped_on_a_link_is_put_into_it(tanh, canvas, hand, document):
    before, said = document.project, []
    canvas.status.connect(said.append)
    key = Input("relu1", "x")
    at = bring(hand, canvas, tanh, middle(canvas, key))
    assert canvas.graph_scene.links[key].hovered, "the link is lit while the node is over it"
    assert said[-1] == "Drop to put tanh1 into this link."
    hand.release(at)
    assert links(document)[Input("tanh1", "x")] == Output("conv1", "y")
    assert links(document)[key] == Output("tanh1", "y")
    assert document.undo_label == "Put tanh1 into a link"
    assert not canvas.graph_scene.links[key].hovered
    assert differences(canvas.graph_scene) == []
    document.undo()
    assert document.project == before
    assert differences(canvas.graph_scene) == []


def test_a_node_that_does_not_fit_is_only_moved_and_it_is_said_why(canvas, hand, document, report):
    document.apply(edits.add_node(document.project, "classifier", "LSTM", (700.0, 500.0), id="lstm1"))
    canvas.show_report(report)
    said = []
    canvas.status.connect(said.append)
    key = Input("relu1", "x")
    at = bring(hand, canvas, "lstm1", middle(canvas, key))
    assert not canvas.graph_scene.links[key].hovered
    assert said[-1] == "lstm1 does not fit into this link: x wants 3 axes (N T F), this has 4."
    hand.release(at)
    assert links(document)[key] == Output("conv1", "y")
    assert document.undo_label == "Move 1 node"


def test_esc_puts_the_node_back_and_leaves_the_link_dark(tanh, canvas, hand, document):
    revision, key = document.revision, Input("relu1", "x")
    at = bring(hand, canvas, tanh, middle(canvas, key))
    hand.key(Qt.Key.Key_Escape)
    hand.release(at)
    assert document.revision == revision
    assert not canvas.graph_scene.links[key].hovered
    assert differences(canvas.graph_scene) == []


def test_a_node_that_has_links_is_never_put_into_another(canvas, hand, document):
    document.apply(edits.connect(document.project, "classifier", Output("image", "x"), Input("conv2", "x")))
    at = bring(hand, canvas, "conv2", middle(canvas, Input("relu1", "x")))
    hand.release(at)
    assert links(document)[Input("relu1", "x")] == Output("conv1", "y")


class Palette:
    """Drags a block in, as the palette does."""

    def __init__(self, canvas) -> None:
        self.canvas = canvas

    def _event(self, kind, pos: QPointF, data: QMimeData):
        at = self.canvas.mapFromScene(pos)
        place = at if kind is not QDropEvent else QPointF(at)
        return kind(place, Qt.DropAction.CopyAction, data, LEFT, NO_KEYS)

    def drag(self, block: str, pos: QPointF, *, drop: bool = True) -> None:
        self.data = QMimeData()
        self.data.setData(MIME, block.encode())
        for kind in (QDragEnterEvent, QDragMoveEvent, *((QDropEvent,) if drop else ())):
            QApplication.sendEvent(self.canvas.viewport(), self._event(kind, pos, self.data))


def test_a_block_from_the_palette_is_put_into_a_link_with_parameters_that_suit(canvas, document, report):
    canvas.show_report(report)
    key = Input("relu1", "x")
    Palette(canvas).drag("Conv2d", middle(canvas, key))
    (made,) = canvas.selected()
    assert links(document)[key] == Output(made, "y")
    assert links(document)[Input(made, "x")] == Output("conv1", "y")
    assert dict(document.project.graphs["classifier"].nodes[made].params) == {"out_channels": 16, "padding": 1}


def test_a_block_that_does_not_fit_into_the_link_comes_to_lie_beside_it(canvas, document, report):
    canvas.show_report(report)
    said, key = [], Input("relu1", "x")
    canvas.status.connect(said.append)
    Palette(canvas).drag("LSTM", middle(canvas, key), drop=False)
    assert said[-1] == "LSTM does not fit into this link: x wants 3 axes (N T F), this has 4."
    Palette(canvas).drag("LSTM", middle(canvas, key))
    assert links(document)[key] == Output("conv1", "y")
    assert document.project.graphs["classifier"].nodes[canvas.selected()[0]].block == "LSTM"


# ---- strokes


def across(canvas, *keys: Input) -> tuple[QPointF, QPointF]:
    """A stroke through the middles of links in one row."""
    first, last = middle(canvas, keys[0]), middle(canvas, keys[-1])
    return first + QPointF(-5, -25), last + QPointF(5, 25)


def test_a_stroke_with_k_cuts_the_links_that_it_crosses(canvas, hand, document):
    before, said = document.project, []
    canvas.status.connect(said.append)
    key = Input("relu1", "x")
    start, end = across(canvas, key)
    QTest.keyPress(canvas, Qt.Key.Key_K)
    hand.pull(start, end)
    assert said[-1] == "Let go to cut 1 link. Esc leaves them."
    assert key in links(document), "nothing is cut before the stroke ends"
    hand.release(end)
    QTest.keyRelease(canvas, Qt.Key.Key_K)
    assert key not in links(document)
    assert len(links(document)) == 4
    assert document.undo_label == "Cut 1 link"
    assert differences(canvas.graph_scene) == []
    document.undo()
    assert document.project == before
    hand.pull(start, end)
    hand.release(end)
    assert key in links(document), "without K a drag selects"


def test_ctrl_and_the_right_button_cut_several_at_once_and_open_no_menu(canvas, hand, document):
    menus = []
    canvas.menu_wanted.connect(lambda *wanted: menus.append(wanted))
    document.apply(edits.connect(document.project, "classifier", Output("conv1", "y"), Input("add1", "x")))
    document.apply(edits.connect(document.project, "classifier", Output("conv1", "y"), Input("conv2", "x")))
    start = canvas.port_pos("conv1", "y", False) + QPointF(22, -30)
    end = start + QPointF(10, 230)
    hand.drag(start, end, CTRL, RIGHT)
    held = links(document)
    assert not {Input("relu1", "x"), Input("add1", "x")} & held.keys()
    assert {Input("flatten1", "x"), Input("conv1", "x")} <= held.keys()
    assert document.undo_label.startswith("Cut ")
    assert menus == []


def test_esc_leaves_what_was_crossed(canvas, hand, document):
    start, end = across(canvas, Input("relu1", "x"))
    hand.pull(start, end, CTRL, RIGHT)
    hand.key(Qt.Key.Key_Escape)
    hand.release(end, CTRL, RIGHT)
    assert document.revision == 0
    assert len(links(document)) == 5


def test_a_stroke_beside_all_links_changes_nothing(canvas, hand, document):
    hand.drag(QPointF(300, 420), QPointF(600, 460), CTRL, RIGHT)
    assert document.revision == 0


def test_the_stroke_is_drawn_from_where_it_begins(canvas, hand):
    start, end = QPointF(300, 420), QPointF(600, 460)
    hand.pull(start, end, CTRL, RIGHT)
    (stroke,) = [
        item
        for item in canvas.graph_scene.items()
        if type(item).__name__ == "QGraphicsPathItem" and item.pen().style() == Qt.PenStyle.DashLine
    ]
    assert (stroke.path().pointAtPercent(0.0) - start).manhattanLength() < 3
    assert (stroke.path().pointAtPercent(1.0) - end).manhattanLength() < 3
    hand.release(end, CTRL, RIGHT)
