"""The history panel: what was done, in a list to jump in."""

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from netbuilder.graph import edits
from netbuilder.graph.document import Document
from netbuilder.ui.canvas.check import differences
from netbuilder.ui.history.model import OPENED
from netbuilder.ui.history.panel import HistoryPanel
from tests.ui.conftest import small_project

CTRL = Qt.KeyboardModifier.ControlModifier
Role = Qt.ItemDataRole


def rows(panel: HistoryPanel, role: Role = Role.DisplayRole) -> list:
    model = panel.steps.model()
    return [model.index(row, 0).data(role) for row in range(model.rowCount())]


@pytest.fixture
def worked(opened, qtbot):
    """Three changes were made, and the history is open."""
    document = opened.workbench.document
    document.apply(edits.set_params(document.project, "classifier", "conv1", {"out_channels": 8}))
    document.apply(edits.move(document.project, "classifier", {"conv1": (260.0, 50.0)}))
    document.apply(edits.bypass(document.project, "training", ["loss"]))
    qtbot.waitUntil(opened.isActiveWindow)
    QTest.keyClick(opened, Qt.Key.Key_H, CTRL | Qt.KeyboardModifier.ShiftModifier)
    return opened


def test_the_history_names_every_change_and_marks_where_one_is(worked):
    panel = worked.workbench.history
    assert panel.isVisible()
    assert rows(panel)[0] == f"{OPENED} (saved)"
    assert rows(panel)[2:] == ["Move 1 node", "Bypass 1 node"]
    assert rows(panel, Role.AccessibleTextRole)[3] == "Bypass 1 node, now"
    assert [font is not None for font in rows(panel, Role.FontRole)] == [False, False, False, True]
    worked.undo()
    assert rows(panel, Role.AccessibleTextRole)[2:] == ["Move 1 node, now", "Bypass 1 node, undone"]
    assert panel.steps.currentIndex().row() == 2


def test_a_click_jumps_and_shows_the_graph(worked):
    bench, panel = worked.workbench, worked.workbench.history
    end = bench.document.project
    rect = panel.steps.visualRect(panel.steps.model().index(0, 0))
    QTest.mouseClick(panel.steps.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert bench.document.project == small_project()
    assert differences(bench.tabs.canvas.graph_scene) == []
    worked.jump_to(2)
    assert bench.graph == "classifier"
    rect = panel.steps.visualRect(panel.steps.model().index(3, 0))
    QTest.mouseClick(panel.steps.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert bench.document.project == end
    assert bench.graph == "training", "the change was made there"


def test_the_history_works_by_keys(worked):
    bench, panel = worked.workbench, worked.workbench.history
    assert worked.focusWidget() is panel.steps
    QTest.keyClick(panel.steps, Qt.Key.Key_Up)
    QTest.keyClick(panel.steps, Qt.Key.Key_Up)
    assert bench.document.position == 3, "arrows only look"
    QTest.keyClick(panel.steps, Qt.Key.Key_Return)
    assert bench.document.position == 1
    QTest.keyClick(panel.steps, Qt.Key.Key_End)
    QTest.keyClick(panel.steps, Qt.Key.Key_Return)
    assert bench.document.position == 3


def test_another_way_on_drops_what_was_undone(worked):
    document = worked.workbench.document
    worked.jump_to(1)
    document.apply(edits.set_title(document.project, "classifier", "conv1", "First"))
    assert rows(worked.workbench.history)[2:] == ["Title conv1"]


def test_what_was_never_saved_is_not_marked_as_saved(window, qtbot):
    window.files.new()
    window.show_panel("history")
    assert rows(window.workbench.history) == [OPENED]


def test_saving_moves_the_mark(worked):
    worked.save_project()
    marked = [row.endswith("(saved)") for row in rows(worked.workbench.history)]
    assert marked == [False, False, False, True]
    worked.jump_to(0)
    assert worked.isWindowModified()
    worked.jump_to(3)
    assert not worked.isWindowModified()


def test_ten_thousand_steps_are_followed_quickly(qtbot, theme, icons):
    document = Document(small_project())
    for at in range(10_000):
        document.apply(edits.move(document.project, "classifier", {"conv1": (float(at + 1), 0.0)}))
    panel = HistoryPanel(document, theme, icons)
    qtbot.addWidget(panel)
    document.subscribe(lambda _: panel.follow(filed=False))
    panel.resize(300, 500)
    panel.show()
    qtbot.waitExposed(panel)
    took = []
    for at in range(20):
        start = time.process_time()
        document.apply(edits.move(document.project, "classifier", {"conv1": (0.0, float(at + 1))}))
        panel.grab()
        took.append(time.process_time() - start)
    assert sorted(took)[10] < 0.05  # the middle: others use the machine too
    assert panel.steps.model().rowCount() == 10_021
    took = []
    for goal in (0, 10_020, 0):
        start = time.process_time()
        document.jump(goal)
        took.append(time.process_time() - start)
    assert min(took) < 0.5
