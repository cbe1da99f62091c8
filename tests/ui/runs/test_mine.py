"""Whose run a run is, as the panel and the export dialog show it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from netbuilder.graph.document import Document
from netbuilder.graph.model import Project
from netbuilder.training.run import Run, create, runs_folder
from netbuilder.training.settings import Settings
from netbuilder.ui.export import ExportDialog
from netbuilder.ui.runs.mine import OwnRuns
from netbuilder.ui.runs.panel import RunsPanel
from netbuilder.ui.theme import Theme
from tests.ui.conftest import small_project

LEFT = Qt.MouseButton.LeftButton


def keep_checkpoint(run: Run) -> None:
    """What a trainer leaves of its first epoch."""
    folder = run.path / "checkpoints" / "step-10"
    folder.mkdir()
    (folder / "facts.json").write_text('{"step": 10, "epoch": 1, "values": {}}')
    (run.path / "checkpoints" / "index.json").write_text('{"best": "step-10"}')


def in_panel(panel: RunsPanel) -> list[str]:
    return [panel.list.item(row).data(Qt.ItemDataRole.UserRole) for row in range(panel.list.count())]


def in_dialog(dialog: ExportDialog) -> list[str]:
    return [dialog.weights.itemData(at)[0] for at in range(dialog.weights.count())]


@pytest.fixture
def started(monkeypatch) -> list[Run]:
    runs: list[Run] = []
    monkeypatch.setattr("netbuilder.training.client.start", runs.append)
    return runs


def test_open_preset_train_save_export_keeps_the_run(window, started, tmp_path, qtbot):
    window.files.open_template("cnn_digits")
    QTest.mouseClick(window.train_button, LEFT)
    (run,) = started
    assert run.path.is_relative_to(tmp_path / "data")
    keep_checkpoint(run)
    window.dialogs.save_path = lambda suggestion: tmp_path / "mine" / "digits.netbuilder"
    (tmp_path / "mine").mkdir()
    QTest.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    panel = window.workbench.runs_panel()
    assert in_panel(panel) == [run.name]
    assert panel.run == run
    QTest.mouseClick(window.train_button, LEFT)
    assert in_panel(panel) == sorted((each.name for each in started), reverse=True)
    assert started[1].path.parent == tmp_path / "mine" / "runs"
    QTest.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    dialog = window.findChild(ExportDialog)
    assert in_dialog(dialog) == [str(run.path), str(run.path), ""]
    assert dialog.weights.currentData() == (str(run.path), "best")
    dialog.reject()
    panel.stop_polling()


def test_panel_and_dialog_hold_no_other_project_s_runs(opened, tmp_path, qtbot):
    own = create(small_project(), "training", Settings(), tmp_path / "runs", source=tmp_path / "small.netbuilder")
    other = create(small_project(), "training", Settings(), tmp_path / "runs", source=tmp_path / "other.netbuilder")
    for run in (own, other):
        keep_checkpoint(run)
    panel = opened.workbench.runs_panel()
    assert in_panel(panel) == [own.name]
    panel.stop_polling()
    opened.export()
    dialog = opened.findChild(ExportDialog)
    assert in_dialog(dialog) == [str(own.path), str(own.path), ""]
    dialog.reject()


def test_what_is_found_follows_the_disk_and_the_title(tmp_path, qtbot):
    path = tmp_path / "a.netbuilder"
    own = OwnRuns(path, Document(small_project()))
    assert own.find() == []
    first = create(small_project(), "training", Settings(), runs_folder(path), source=path)
    assert own.find() == [first]
    elsewhere = create(small_project(), "training", Settings(), tmp_path / "data")
    own.started(elsewhere)
    assert set(own.find()) == {first, elsewhere}
    for place in sorted(elsewhere.path.rglob("*"), reverse=True):
        place.unlink() if place.is_file() else place.rmdir()
    elsewhere.path.rmdir()
    assert own.find() == [first]


def test_a_panel_without_a_project_starts_nothing(qtbot):
    panel = RunsPanel(Theme.load("dark"))
    qtbot.addWidget(panel)
    with pytest.raises(ValueError, match="no project"):
        panel.start(Project(), "training")
