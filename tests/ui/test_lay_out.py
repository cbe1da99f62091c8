"""A person lays out the shown graph from the window: by key, by menu, with the flow of data turned."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

CTRL = Qt.KeyboardModifier.ControlModifier


def test_ctrl_l_lays_out_the_shown_graph_and_the_menu_says_which_way_data_flows(opened, qtbot):
    bench, actions = opened.workbench, opened.actions_table
    canvas, document = bench.tabs.canvas, bench.document
    start = document.project
    canvas.select(["conv1"])
    canvas.setFocus()
    for _ in range(9):
        QTest.keyClick(canvas, Qt.Key.Key_Down)
    moved = document.project
    assert moved != start
    QTest.keyClick(opened, Qt.Key.Key_L, CTRL)
    qtbot.waitUntil(lambda: document.undo_label == "Lay out the graph", timeout=10_000)
    assert document.project.graphs["classifier"] == start.graphs["classifier"]  # as it was drawn with care
    assert actions["flow_right"].isChecked()
    assert not actions["flow_down"].isChecked()

    actions["flow_down"].trigger()
    assert actions["flow_right"].isChecked()  # it is not so yet
    assert not actions["flow_down"].isChecked()
    qtbot.waitUntil(lambda: document.undo_label == "Data flows down", timeout=10_000)
    assert actions["flow_down"].isChecked()
    assert not actions["flow_right"].isChecked()

    QTest.keyClick(opened, Qt.Key.Key_Z, CTRL)
    assert actions["flow_right"].isChecked()
    QTest.keyClick(opened, Qt.Key.Key_Z, CTRL)
    assert document.project == moved


def test_the_menus_offer_it(opened):
    actions = opened.actions_table
    texts = [action.text().replace("&", "") for action in actions.menus["Arrange"].actions()]
    assert {"Lay out the graph", "Lay out the selection", "Data flows down"} <= set(texts)
    assert actions["lay_out"].shortcut().toString() == "Ctrl+L"
    assert not actions["lay_out_selection"].isEnabled()
    opened.workbench.tabs.canvas.select(["conv1"])
    assert actions["lay_out_selection"].isEnabled()
