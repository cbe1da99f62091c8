"""Frames: made, moved with what lies in them, resized and written in."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from netbuilder.graph import edits
from netbuilder.ui.canvas.check import differences
from netbuilder.ui.canvas.frame_item import Paragraph
from netbuilder.ui.canvas.style import Style
from netbuilder.ui.theme import Theme

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


def test_escape_takes_a_resize_back(canvas, hand, document):
    hand.pull(QPointF(715, 535), QPointF(775, 575))
    hand.key(Qt.Key.Key_Escape)
    hand.release(QPointF(775, 575))
    assert document.revision == 0
    assert differences(canvas.graph_scene) == []


def test_a_double_click_edits_title_and_note(canvas, hand, document):
    hand.double_click(QPointF(300, 352))
    editor = canvas._editor
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
    QTest.keyClicks(canvas._editor.title, "Stem")
    QTest.keyClick(canvas._editor.title, Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert document.revision == 0
    assert frame(document).title == "What to look at"


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
