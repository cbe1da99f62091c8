"""Numbers that are dragged, and parameters of several nodes at once, in the inspector."""

from __future__ import annotations

import pytest
from immutables import Map
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from netbuilder.blocks.params import Float, Int
from netbuilder.blocks.trust import Nothing
from netbuilder.graph.document import Document
from netbuilder.graph.model import Graph, Node, Project
from netbuilder.ui.inspector.panel import Inspector
from netbuilder.ui.inspector.scrub import dragged

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def document() -> Document:
    nodes = {
        "conv1": Node("Conv2d", Map(out_channels=16, kernel_size=3)),
        "conv2": Node("Conv2d", Map(out_channels=32, kernel_size=3, bias=False)),
        "up": Node("ConvTranspose2d", Map(out_channels=16)),
        "drop": Node("Dropout", Map(p=0.5)),
        "relu": Node("ReLU"),
    }
    return Document(Project(graphs=Map(net=Graph("network", Map(nodes)))))


@pytest.fixture
def inspector(qtbot, document, catalogue, theme, icons) -> Inspector:
    made = Inspector(document, catalogue, theme, icons, Nothing())
    qtbot.addWidget(made, before_close_func=Inspector.close_view)
    made.resize(340, 900)
    made.show()
    qtbot.waitExposed(made)
    return made


def params(document: Document, id: str) -> Map:
    return document.project.graphs["net"].nodes[id].params


def caption(inspector: Inspector, words: str) -> QLabel:
    return next(label for label in inspector.form.findChildren(QLabel) if label.text() == words and label.isVisible())


def pull(widget: QWidget, pixels: int, keys=NONE, *, release: bool = True) -> None:
    """Presses in the widget and drags it sideways."""
    start = widget.rect().center()
    QTest.mousePress(widget, LEFT, NONE, start)
    QTest.mouseMove(widget, start + QPoint(4 if pixels > 0 else -4, 0))
    QTest.mouseMove(widget, start + QPoint(4 + pixels if pixels > 0 else pixels - 4, 0))
    if release:
        QTest.mouseRelease(widget, LEFT, keys, start + QPoint(pixels, 0))
    QApplication.processEvents()


def test_a_drag_on_a_number_is_live_and_one_step(inspector, document):
    start = document.project
    inspector.show_selection("net", ["conv1"])
    field = inspector.form.fields["out_channels"]
    pull(caption(inspector, "Out channels"), 50, release=False)
    assert params(document, "conv1")["out_channels"] == 26
    assert field.editor.text() == "26"
    QTest.mouseRelease(caption(inspector, "Out channels"), LEFT)
    pull(field.editor, -25)
    assert params(document, "conv1")["out_channels"] == 21
    document.undo()
    assert params(document, "conv1")["out_channels"] == 26
    document.undo()
    assert document.project == start


def test_escape_takes_a_drag_back_without_a_trace(inspector, document):
    start = document.project
    inspector.show_selection("net", ["drop"])
    pull(inspector.form.fields["p"].editor, 25, release=False)
    assert params(document, "drop")["p"] == pytest.approx(0.525)
    QTest.keyClick(inspector.window(), Qt.Key.Key_Escape)
    assert document.project == start
    assert (document.undo_label, document.redo_label) == ("", "")
    QTest.mouseRelease(inspector.form.fields["p"].editor, LEFT)
    assert document.project == start


def test_a_click_without_a_drag_is_for_typing(inspector, document):
    inspector.show_selection("net", ["conv1"])
    field = inspector.form.fields["out_channels"]
    QTest.mouseClick(field.editor, LEFT)
    QTest.keyClicks(field.editor, "48")
    QTest.keyClick(field.editor, Qt.Key.Key_Return)
    assert params(document, "conv1")["out_channels"] == 48


@pytest.mark.parametrize(
    ("param", "start", "pixels", "coarse", "fine", "end"),
    [
        (Int(low=1, high=20), 16, 50, False, False, 20),
        (Int(low=1), 16, -500, False, False, 1),
        (Int(), 16, 50, True, False, 116),
        (Int(), 16, 50, False, True, 17),
        (Float(low=0.0), 0.001, 20, False, False, 0.0012),
        (Float(low=0.0), 0.001, -5000, False, False, 0.0),
        (Float(), 0.001, 20, False, True, 0.00102),
        (Float(), 0.0, 10, False, False, 0.01),
        (Float(high=0.9), 0.5, 50, True, False, 0.9),
    ],
)
def test_how_far_a_drag_goes(param, start, pixels, coarse, fine, end):
    assert dragged(param, start, pixels, coarse, fine) == pytest.approx(end)


def test_several_nodes_show_what_they_have_in_common_and_are_edited_at_once(inspector, document):
    start = document.project
    inspector.show_selection("net", ["conv1", "conv2", "up"])
    fields = inspector.form.fields
    assert {"out_channels", "kernel_size", "bias"} <= set(fields)
    assert "output_padding" not in fields, "only one of them has it"
    channels = fields["out_channels"].editor
    assert (channels.text(), channels.placeholderText()) == ("", "—  differs")
    channels.setFocus()
    QTest.keyClicks(channels, "64")
    QTest.keyClick(channels, Qt.Key.Key_Return)
    assert {params(document, id)["out_channels"] for id in ("conv1", "conv2", "up")} == {64}
    assert document.undo_label == "Set out_channels of 3 nodes"
    assert channels.text() == "64"
    inspector.form.more.setChecked(True)
    box = fields["bias"].editor
    assert box.checkState() == Qt.CheckState.PartiallyChecked
    QTest.mouseClick(box, LEFT, NONE, QPoint(9, box.height() // 2))
    assert all("bias" not in params(document, id) for id in ("conv1", "conv2", "up")), "true is the default"
    assert not box.isTristate()
    document.undo()
    document.undo()
    assert document.project == start
    assert channels.text() == ""


def test_a_choice_that_differs_says_so_until_one_is_made(inspector, document):
    inspector.show_selection("net", ["conv1", "conv2"])
    inspector.form.more.setChecked(True)
    document.apply(inspector._param_change("padding_mode", "reflect"))
    inspector.show_selection("net", ["conv1"])
    inspector._set_param("padding_mode", "circular")
    inspector.show_selection("net", ["conv1", "conv2"])
    box = inspector.form.fields["padding_mode"].editor
    assert box.currentText() == "—  differs"
    box.setFocus()
    QTest.keyClicks(box, "zer")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert all("padding_mode" not in params(document, id) for id in ("conv1", "conv2"))


def test_a_value_that_one_of_them_cannot_have_is_refused_for_all(inspector, document):
    start = document.project
    inspector.show_selection("net", ["conv1", "up"])
    line = inspector.form.fields["padding"].editor
    inspector._set_param("padding", "same")
    assert document.project == start
    assert inspector.form.fields["padding"].message.text().startswith("Padding: up:")
    assert line.isVisible()


def test_a_drag_changes_all_of_several(inspector, document):
    inspector.show_selection("net", ["conv1", "up"])
    pull(caption(inspector, "Out channels"), 20)
    assert {params(document, id)["out_channels"] for id in ("conv1", "up")} == {20}
    inspector.show_selection("net", ["conv1", "relu"])
    assert not inspector.form.isVisible()
