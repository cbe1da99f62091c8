"""What was typed and not finished is saved, too, and asked about before the window closes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from netbuilder.graph.file import load

CTRL = Qt.KeyboardModifier.ControlModifier


def channels(project) -> object:
    return project.graphs["classifier"].nodes["conv1"].params["out_channels"]


@pytest.fixture
def field(opened) -> QLineEdit:
    """The number of channels of a convolution, typed anew; Enter was not pressed."""
    opened.workbench.tabs.show_graph("classifier").select(["conv1"])
    line = opened.workbench.inspector.form.fields["out_channels"].findChild(QLineEdit)
    opened.activateWindow()
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "77")
    assert not opened.workbench.document.modified
    return line


def test_it_is_saved(opened, field, tmp_path):
    QTest.keyClick(field, Qt.Key.Key_S, CTRL)
    assert channels(load(tmp_path / "small.netbuilder")) == 77
    assert not opened.workbench.document.modified
    QTest.keyClicks(opened.focusWidget(), "0")  # the keyboard stays where it was
    QTest.keyClick(opened.focusWidget(), Qt.Key.Key_Return)
    assert channels(opened.workbench.document.project) == 770


def test_closing_asks_about_it(opened, field, tmp_path):
    asked = []
    opened.dialogs.unsaved = lambda title: asked.append(title) or "save"
    opened.close()
    assert asked == ["small"]
    assert channels(load(tmp_path / "small.netbuilder")) == 77


def test_closing_a_window_that_is_not_active_asks_about_it_too(opened, field, tmp_path, monkeypatch):
    monkeypatch.setattr(type(field), "hasFocus", lambda self: False)
    opened.dialogs.unsaved = lambda title: "cancel"
    assert not opened.close()
    assert channels(opened.workbench.document.project) == 77
    monkeypatch.undo()
    opened.dialogs.unsaved = lambda title: "discard"


def test_a_title_that_is_being_written_on_the_canvas_is_saved(opened, tmp_path):
    canvas = opened.workbench.tabs.show_graph("classifier")
    canvas.edit_title("conv1")
    QTest.keyClicks(opened.focusWidget(), "First")
    QTest.keyClick(opened.focusWidget(), Qt.Key.Key_S, CTRL)
    assert load(tmp_path / "small.netbuilder").graphs["classifier"].nodes["conv1"].title == "First"
