"""The export dialog: what it may write over, and what the file is called after."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from netbuilder.graph.file import load
from netbuilder.ui.export import ExportDialog

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(opened, qtbot) -> ExportDialog:
    opened.actions_table["export"].trigger()
    made = opened.findChild(ExportDialog)
    assert made is not None
    yield made
    made.reject()


@pytest.fixture
def requests(monkeypatch) -> list[dict]:
    """What would be given to a job."""
    asked: list[dict] = []

    class Asked:
        def __init__(self, request, on_message) -> None:
            asked.append(request)

        def cancel(self) -> None:
            pass

    monkeypatch.setattr("netbuilder.ui.export.Job", Asked)
    return asked


def press(name: str):
    """Presses the button of that name in a box."""
    return lambda box: QTest.mouseClick(next(b for b in box.buttons() if b.text().replace("&", "") == name), LEFT)


def export_to(dialog: ExportDialog, target: Path | str) -> None:
    dialog.target.selectAll()
    QTest.keyClicks(dialog.target, str(target))
    QTest.mouseClick(dialog.export, LEFT)


@pytest.mark.parametrize(("button", "replaced"), [("Replace", True), ("Cancel", False)])
def test_an_older_export_is_replaced_only_after_a_question(dialog, requests, answer, tmp_path, button, replaced):
    target = tmp_path / "old.onnx"
    target.write_bytes(b"older")
    seen = answer(press(button))
    export_to(dialog, target)
    assert seen == ["“old.onnx” is there already. Replace it?"]
    assert [request["to"] for request in requests] == ([str(target)] if replaced else [])
    assert target.read_bytes() == b"older"  # the job puts the new one in its place when it is whole


def test_a_new_file_is_written_without_a_question_and_gets_its_suffix(dialog, requests, tmp_path):
    export_to(dialog, tmp_path / "net")
    assert [request["to"] for request in requests] == [str(tmp_path / "net.onnx")]
    assert requests[0]["name"] == "small"


def test_what_is_no_onnx_file_is_refused_in_a_sentence(dialog, requests, tmp_path):
    notes = tmp_path / "notes.txt"
    notes.write_text("mine")
    export_to(dialog, notes)
    assert "notes.txt" in dialog.words.text()
    assert "not replaced" in dialog.words.text()
    export_to(dialog, "small.netbuilder")
    assert "is the project itself" in dialog.words.text()
    export_to(dialog, tmp_path / "nowhere" / "a.onnx")
    assert "a folder that exists" in dialog.words.text()
    assert requests == []
    assert notes.read_text() == "mine"
    assert load(tmp_path / "small.netbuilder").title == "Small"


def test_a_project_begun_here_is_called_after_its_first_file(window, tmp_path, qtbot):
    window.new_project()
    assert window.workbench.document.project.title == ""
    for name in ("first", "second"):
        window.dialogs.save_path = lambda suggestion, name=name: tmp_path / f"{name}.netbuilder"
        window.save_project_as()
        assert load(tmp_path / f"{name}.netbuilder") == window.workbench.document.project
        assert window.workbench.document.project.title == "first"
        assert not window.isWindowModified()


def test_a_first_save_that_fails_changes_nothing(window, answer, tmp_path):
    window.new_project()
    texts = answer(lambda box: box.close())
    window.dialogs.save_path = lambda suggestion: tmp_path / "no" / "such.netbuilder"
    window.save_project()
    assert "cannot be written" in texts[0]
    assert window.workbench.document.project.title == ""
    assert window.workbench.document.undo_label == ""
