"""Selecting and aligning as the window offers them: by shortcut and in menus."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from netbuilder.ui.context_menu import context_menu
from netbuilder.ui.preferences import Preferences
from netbuilder.ui.snap_commands import SnapCommands

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
Key = Qt.Key


def test_by_shortcut(opened, qtbot):
    canvas, document = opened.workbench.tabs.canvas, opened.workbench.document
    nodes = document.project.graphs["classifier"].nodes
    canvas.select(["flatten1"])
    for key, modifiers, expected in (
        (Key.Key_Left, CTRL | SHIFT, ["conv1", "flatten1", "image"]),
        (Key.Key_Right, CTRL | SHIFT, sorted(nodes)),
        (Key.Key_A, CTRL | SHIFT, []),
        (Key.Key_I, CTRL | SHIFT, sorted(nodes)),
    ):
        QTest.keyClick(canvas, key, modifiers)
        assert canvas.selected() == expected
    canvas.select(["flatten1"])
    QTest.keyClick(canvas, Key.Key_Up, CTRL | SHIFT)
    assert canvas.selected() == ["conv1", "flatten1", "linear1"]
    QTest.keyClick(canvas, Key.Key_L, CTRL | SHIFT)
    assert canvas.selected() == sorted(nodes)
    canvas.select(["conv1", "linear1"])
    QTest.keyClick(canvas, Key.Key_R, ALT | SHIFT)
    assert document.project.graphs["classifier"].nodes["conv1"].at == (780.0, 0.0)
    assert document.undo_label == "Align the right edges of 2 things"


def test_what_can_be_done_now_is_in_the_menus(opened):
    canvas, table = opened.workbench.tabs.canvas, opened.actions_table
    canvas.select([])
    assert not table["align_left"].isEnabled()
    assert not table["upstream"].isEnabled()
    canvas.select(["conv1"])
    menu = context_menu("node", table, opened)
    assert [within.title() for within in menu.findChildren(QMenu)] == ["Select more", "Align"]
    offered = [action.objectName() for action in menu.findChildren(QMenu)[1].actions() if not action.isSeparator()]
    assert offered == ["lay_out_selection"], "one block can't be aligned"
    canvas.select(["conv1", "note"])
    menu = context_menu("frame", table, opened)
    colour, _, align = menu.findChildren(QMenu)
    assert (colour.title(), align.title()) == ("Colour", "Align")
    next(action for action in colour.actions() if action.text() == "&Green").trigger()
    assert opened.workbench.document.project.graphs["classifier"].frames["note"].color == "green"
    (top,) = (action for action in align.actions() if action.text() == "Align &top edges")
    top.trigger()
    assert opened.workbench.document.undo_label == "Align the top edges of 2 things"


def test_what_dragging_snaps_to_is_switched_and_remembered(opened, preferences, tmp_path):
    table = opened.actions_table
    for what in ("grid", "neighbours"):
        assert table[f"snap_{what}"].isChecked()
        table[f"snap_{what}"].trigger()
        assert not table[f"snap_{what}"].isChecked()
    snapping = opened.workbench.tabs.canvas.graph_scene.snapping
    assert not snapping.grid
    assert not snapping.neighbours
    assert opened.workbench.tabs.canvas_of("training").graph_scene.snapping is snapping
    preferences.sync()
    again = SnapCommands(Preferences(tmp_path / "config" / "window.ini"), table)
    assert not again.snapping.grid
    assert not table["snap_neighbours"].isChecked()
    table["snap_grid"].trigger()
    assert snapping.grid
