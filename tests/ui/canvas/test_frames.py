"""Frames: made, moved with what lies in them, resized and written in."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from netbuilder.graph import edits
from netbuilder.ui.canvas.check import differences
from netbuilder.ui.canvas.frame_colors import CATEGORY, ground, tint
from netbuilder.ui.canvas.frame_item import Paragraph
from netbuilder.ui.canvas.style import Style
from netbuilder.ui.theme import NAMES, Theme
from tests.ui.test_theme import contrast

CTRL = Qt.KeyboardModifier.ControlModifier


def frame(document, id="note"):
    return document.project.graphs["classifier"].frames[id]


def test_a_frame_carries_the_nodes_in_it(canvas, hand, document):
    document.apply(edits.move(document.project, "classifier", {"conv2": (260.0, 420.0)}))
    hand.drag(QPointF(300, 352), QPointF(350, 402))
    assert frame(document).rect == (290.0, 390.0, 480.0, 200.0)
    assert document.project.graphs["classifier"].nodes["conv2"].at == (310.0, 470.0)
    assert document.project.graphs["classifier"].nodes["add1"].at == (520.0, 200.0), "not in it"
    assert document.revision == 2
    assert differences(canvas.graph_scene) == []


def test_its_corner_resizes_it(canvas, hand, document):
    hand.drag(QPointF(715, 535), QPointF(775, 575))
    assert frame(document).rect == (240.0, 340.0, 540.0, 240.0)
    hand.drag(QPointF(775, 575), QPointF(0, 0))
    assert frame(document).rect[2:] == (140.0, 70.0), "never smaller than its least size"
    assert differences(canvas.graph_scene) == []


@pytest.mark.parametrize(
    ("start", "by", "rect"),
    [
        (QPointF(240, 450), QPointF(-63, 90), (180.0, 340.0, 540.0, 200.0)),  # the left edge
        (QPointF(720, 450), QPointF(57, 90), (240.0, 340.0, 540.0, 200.0)),  # the right one
        (QPointF(480, 340), QPointF(90, -42), (240.0, 300.0, 480.0, 240.0)),
        (QPointF(480, 540), QPointF(90, 42), (240.0, 340.0, 480.0, 240.0)),
        (QPointF(240, 340), QPointF(-40, -20), (200.0, 320.0, 520.0, 220.0)),  # the upper left corner
        (QPointF(720, 340), QPointF(40, 500), (240.0, 470.0, 520.0, 70.0)),  # the upper right one, as far as it goes
        (QPointF(240, 540), QPointF(900, 20), (580.0, 340.0, 140.0, 220.0)),
    ],
)
def test_every_edge_and_corner_resizes_it(canvas, hand, document, start, by, rect):
    canvas.zoom(1.0 / canvas.zoom_level)
    hand.move(start)
    assert canvas.viewport().cursor().shape() in (
        Qt.CursorShape.SizeHorCursor,
        Qt.CursorShape.SizeVerCursor,
        Qt.CursorShape.SizeFDiagCursor,
        Qt.CursorShape.SizeBDiagCursor,
    )
    hand.drag(start, start + by)
    assert frame(document).rect == rect
    assert document.revision == 1
    assert differences(canvas.graph_scene) == []


def test_escape_takes_a_resize_back(canvas, hand, document):
    hand.pull(QPointF(715, 535), QPointF(775, 575))
    hand.key(Qt.Key.Key_Escape)
    hand.release(QPointF(775, 575))
    assert document.revision == 0
    assert differences(canvas.graph_scene) == []


def test_a_double_click_edits_title_and_note(canvas, hand, document):
    hand.double_click(QPointF(300, 352))
    editor = canvas.frame_editor
    QTest.keyClicks(editor.title, "Stem")
    QTest.keyClick(editor.title, Qt.Key.Key_Tab)
    editor.note.setPlainText("")
    QTest.keyClicks(editor.note, "Look <b>here</b>")
    QTest.keyClick(editor.note, Qt.Key.Key_Return, CTRL)
    assert (frame(document).title, frame(document).text) == ("Stem", "Look <b>here</b>")
    assert document.revision == 1
    assert differences(canvas.graph_scene) == []


def test_escape_in_the_form_drops_what_was_typed(canvas, hand, document):
    hand.double_click(QPointF(300, 352))
    QTest.keyClicks(canvas.frame_editor.title, "Stem")
    QTest.keyClick(canvas.frame_editor.title, Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert document.revision == 0
    assert frame(document).title == "What to look at"


def test_a_colour_is_chosen_in_the_form_by_mouse_or_keys(canvas, hand, document):
    hand.double_click(QPointF(300, 352))
    named = {button.accessibleName(): button for button in canvas.frame_editor.colors.buttons()}
    assert set(named) >= {"Quiet frame", "Green frame", "Violet frame"}
    QTest.mouseClick(named["Green frame"], Qt.MouseButton.LeftButton)
    assert canvas.frame_editor.isVisible(), "choosing a colour is not leaving"
    QTest.keyClick(named["Green frame"], Qt.Key.Key_Return)
    assert frame(document).color == "green"
    assert document.revision == 1
    hand.double_click(QPointF(300, 352))
    for _ in range(2):  # through the note to the colours
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert QApplication.focusWidget().accessibleName() == "Green frame"
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Left)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return, CTRL)
    assert frame(document).color == "teal"
    assert differences(canvas.graph_scene) == []
    hand.double_click(QPointF(300, 352))
    QTest.mouseClick(canvas.frame_editor.colors.buttons()[0], Qt.MouseButton.LeftButton)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert frame(document).color == "teal"


def test_several_frames_take_a_colour_in_one_step(canvas, document):
    document.apply(edits.add_frame(document.project, "classifier", (0.0, 600.0, 300.0, 90.0), "Other", id="other"))
    canvas.select(["note", "other"])
    canvas.color_frames("violet")
    assert (frame(document).color, frame(document, "other").color) == ("violet", "violet")
    assert document.undo_label == "Colour 2 frames"
    document.undo()
    assert (frame(document).color, frame(document, "other").color) == ("", "")
    canvas.color_frames("")
    assert document.redo_label, "nothing was changed"


@pytest.mark.parametrize("theme", NAMES)
def test_texts_can_be_read_on_every_colour(qapp, theme):
    style = Style(Theme.load(theme))
    for name in CATEGORY:
        assert contrast(style.frame_text, ground(style, name)) >= 4.5, name
        assert contrast(tint(style, name), style.ground) >= 3, name
    assert ground(style, "no such colour") == ground(style, "") == style.frame_body
    assert tint(style, "#80c0ff").name() == "#80c0ff"


def new_frame(document):
    (id,) = set(document.project.graphs["classifier"].frames) - {"note"}
    return document.project.graphs["classifier"].frames[id]


def test_a_note_is_written_under_the_pointer(canvas, hand, document):
    QCursor.setPos(canvas.viewport().mapToGlobal(hand.at(QPointF(803, 418))))
    hand.move(QPointF(803, 418))
    hand.key(Qt.Key.Key_N)
    editor = canvas.frame_editor
    assert QApplication.focusWidget() is editor.note
    assert document.revision == 0, "nothing is made before something is written"
    QTest.keyClicks(editor.note, "First line")
    QTest.keyClick(editor.note, Qt.Key.Key_Return)
    QTest.keyClicks(editor.note, "and a second one. " * 20)
    QTest.keyClick(editor.note, Qt.Key.Key_Return, CTRL)
    note = new_frame(document)
    assert (note.title, note.color) == ("", "yellow")
    assert note.text.startswith("First line\nand a second one.")
    assert abs(note.rect[0] - 800) <= 10
    assert abs(note.rect[1] - 420) <= 10
    item = canvas.graph_scene.frames[next(iter(canvas.graph_scene.chosen.frames))]
    assert item.rect.height() > 150, "as high as its text"
    assert not item.paragraph.lines[-1].endswith("…")
    assert document.undo_label == "Add note"
    assert canvas.hasFocus()
    assert differences(canvas.graph_scene) == []
    document.undo()
    assert set(document.project.graphs["classifier"].frames) == {"note"}


def test_a_note_without_words_is_none(canvas, hand, document):
    hand.key(Qt.Key.Key_N)
    QTest.keyClick(canvas.frame_editor.note, Qt.Key.Key_Return, CTRL)
    hand.key(Qt.Key.Key_N)
    QTest.keyClicks(canvas.frame_editor.note, "Never mind")
    QTest.keyClick(canvas.frame_editor.note, Qt.Key.Key_Escape)
    assert document.revision == 0


def test_a_selected_frame_is_edited_by_key(canvas, hand, document):
    canvas.select(["note"])
    hand.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(canvas.frame_editor.title, "By key")
    QTest.keyClick(canvas.frame_editor.title, Qt.Key.Key_Return)
    assert frame(document).title == "By key"
    canvas.select(["conv1"])
    hand.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert not canvas.frame_editor.isVisible()


def test_a_frame_is_made_around_the_selection(canvas, hand, document):
    canvas.select(["conv2", "add1"])
    hand.key(Qt.Key.Key_F, CTRL | Qt.KeyboardModifier.ShiftModifier)
    (id,) = set(document.project.graphs["classifier"].frames) - {"note"}
    item = canvas.graph_scene.frames[id]
    assert item.rect.contains(canvas.node_rect("conv2"))
    assert item.rect.contains(canvas.node_rect("add1"))
    assert canvas.graph_scene.chosen.frames == {id}
    assert differences(canvas.graph_scene) == []


def test_a_rubber_band_inside_a_frame_takes_nodes_not_the_frame(canvas, hand, document):
    document.apply(edits.move(document.project, "classifier", {"conv2": (270.0, 430.0)}))
    hand.drag(QPointF(250, 530), QPointF(300, 440))
    assert canvas.selected() == ["conv2"]
    assert not canvas.graph_scene.chosen.frames


def test_a_note_wraps_to_its_width_and_ends_in_an_ellipsis(qapp):
    text = Style(Theme.load("dark")).note_text
    words = "Two convolutions find strokes.\n\nÄöü 𝒙𝒚 and averyveryverylongwordwithoutanyspace " * 3
    paragraph = Paragraph(words, text, 120.0)
    assert all(text.metrics.horizontalAdvance(line) <= 120.5 for line in paragraph.lines)
    assert "".join("".join(paragraph.lines).split()) == "".join(words.split())
    short = Paragraph(words, text, 120.0, height=3 * text.metrics.lineSpacing() * 1.12)
    assert len(short.lines) == 3
    assert short.lines[-1].endswith("…")
    assert all(text.metrics.horizontalAdvance(line) <= 120.5 for line in short.lines)


def test_the_view_moves_on_while_a_band_is_drawn_beyond_its_edge(canvas, hand, document, qtbot):
    document.apply(edits.move(document.project, "classifier", {"logits": (6000.0, 200.0)}))
    canvas.center_on("conv1")
    canvas.zoom(1.0 / canvas.zoom_level)
    start = QPointF(300, 520)  # over the frame's body
    hand.move(start)
    hand.press(start)
    edge = canvas.mapToScene(canvas.viewport().width() - 3, hand.at(QPointF(0, 150)).y())
    before = canvas.mapToScene(0, 0).x()
    hand.move(start + (edge - start) * 0.5)
    hand.move(edge)
    qtbot.waitUntil(lambda: canvas.mapToScene(0, 0).x() > before + 300)
    assert {"conv2", "add1"} <= set(canvas.selected())
    assert not canvas.graph_scene.chosen.frames
    reached = canvas.mapToScene(canvas.viewport().width() - 3, 100).x()
    hand.key(Qt.Key.Key_Escape)
    assert canvas.selected() == []
    assert reached > edge.x()
    hand.release(edge)
