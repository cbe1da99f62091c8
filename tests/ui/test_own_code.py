"""The Python block in the inspector: its code is edited in place, wrong code is told, trust follows the text."""

from __future__ import annotations

import pytest
from immutables import Map
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.plugins import PluginFailure
from netbuilder.blocks.trust import Trust
from netbuilder.graph import edits
from netbuilder.graph.change import apply
from netbuilder.graph.document import Document
from netbuilder.graph.model import Graph, Project
from netbuilder.ui.inspector.panel import Inspector
from netbuilder.ui.palette.panel import PalettePanel

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def store(tmp_path) -> Trust:
    return Trust(tmp_path / "trust")


@pytest.fixture
def document() -> Document:
    project = Project(graphs=Map(net=Graph("network")))
    return Document(apply(project, edits.add_node(project, "net", "Python", (0, 0), id="python1")))


@pytest.fixture
def inspector(qtbot, document, catalogue, theme, icons, store):
    made = Inspector(document, catalogue, theme, icons, store)
    qtbot.addWidget(made, before_close_func=Inspector.close_view)
    made.resize(360, 900)
    made.show()
    qtbot.waitExposed(made)
    made.show_selection("net", ["python1"])
    made.activateWindow()
    return made


def params(document):
    return document.project.graphs["net"].nodes["python1"].params


def type_over(editor, text):
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, text)


def test_code_is_typed_checked_and_kept_as_one_edit(inspector, document):
    editor = inspector.form.fields["code"].editor
    type_over(editor, "y = (x")
    assert "Python can't read it" in inspector.form.fields["code"].message.text()
    QTest.keyClick(editor, Qt.Key.Key_Return, CONTROL)
    assert "code" not in params(document), "what can't be read is not kept"
    QTest.keyClicks(editor, ")")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.keyClicks(editor, "if x.ndim > 2:")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    QTest.keyClicks(editor, "y = y * 2")
    QTest.keyClick(editor, Qt.Key.Key_Return, CONTROL)
    assert params(document)["code"] == "y = (x)\nif x.ndim > 2:\n    y = y * 2"
    assert not inspector.form.fields["code"].message.isVisible()
    document.undo()
    assert "code" not in params(document)
    assert editor.toPlainText() == "y = x"


def test_escape_takes_an_edit_back(inspector, document):
    editor = inspector.form.fields["code"].editor
    type_over(editor, "y = -x")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert editor.toPlainText() == "y = x"
    assert "code" not in params(document)


def test_trust_is_given_and_taken_with_the_button_and_follows_the_text(inspector, document, store, qtbot):
    bar = inspector.trust
    assert "has not run" in bar.words.text()
    with qtbot.waitSignal(inspector.trust_changed):
        qtbot.mouseClick(bar.button, Qt.MouseButton.LeftButton)
    assert "You trusted this very text" in bar.words.text()
    document.apply(edits.set_params(document.project, "net", "python1", {"code": "y = x + 1"}))
    assert "has not run" in bar.words.text()
    document.undo()
    assert "You trusted" in bar.words.text()
    with qtbot.waitSignal(inspector.trust_changed):
        qtbot.mouseClick(bar.button, Qt.MouseButton.LeftButton)
    assert "has not run" in bar.words.text()


def test_code_that_cannot_be_read_cannot_be_trusted(inspector, document):
    document.apply(edits.set_params(document.project, "net", "python1", {"code": "y = ("}))
    assert not inspector.trust.button.isEnabled()


def test_a_store_that_cannot_be_written_is_told(inspector, store, tmp_path, qtbot):
    (tmp_path / "trust").write_text("in the way")
    with qtbot.waitSignal(inspector.status) as told:
        qtbot.mouseClick(inspector.trust.button, Qt.MouseButton.LeftButton)
    assert told.args[0].startswith("What you trust can't be kept")


def test_other_nodes_ask_for_no_trust(inspector, document):
    document.apply(edits.add_node(document.project, "net", "ReLU", (0, 0), id="relu1"))
    inspector.show_selection("net", ["relu1"])
    assert not inspector.trust.isVisible()


def test_plug_ins_that_were_left_out_are_named_in_the_palette(qtbot, catalogue, theme, icons):
    text = "The plug-in <b>gates</b> (gates) was left out: ImportError: No module named 'gates'."
    broken = Catalogue([catalogue[name] for name in catalogue.names], [PluginFailure("gates", text)])
    for held, shown in ((broken, True), (catalogue, False)):
        panel = PalettePanel(held, theme, icons)
        qtbot.addWidget(panel)
        panel.show()
        assert panel.left_out.isVisible() == shown
        assert panel.left_out.text() == (text if shown else "")
        assert panel.left_out.textFormat() == Qt.TextFormat.PlainText
