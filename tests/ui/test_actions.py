"""The table of actions: whole, without clashes, and everything in it can be done."""

from collections import Counter

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from netbuilder.ui.actions import ACTIONS, CANVAS, MENUS, keys
from netbuilder.ui.canvas.view import Canvas
from netbuilder.ui.help import shortcut_rows
from netbuilder.ui.icons import GLYPHS
from netbuilder.ui.window import Window


def test_no_key_means_two_things(qapp):
    pressed = Counter(key.toString() for entry in ACTIONS for key in keys(entry))
    assert [key for key, times in pressed.items() if times > 1] == []
    assert pressed["Ctrl+S"] == 1


def test_ids_menus_icons_and_callbacks_exist():
    ids = [entry.id for entry in ACTIONS if entry.callback]
    assert len(ids) == len(set(ids))
    for entry in ACTIONS:
        assert entry.menu in MENUS
        assert not entry.icon or entry.icon in GLYPHS, entry.id
        owner = Canvas if entry.callback.startswith(CANVAS) else Window
        assert not entry.callback or callable(getattr(owner, entry.callback.removeprefix(CANVAS).partition(":")[0])), (
            entry.id
        )


def test_the_shortcuts_page_names_each_key(qapp):
    rows = {text: pressed for held in shortcut_rows().values() for text, pressed in held}
    native = QKeySequence.SequenceFormat.NativeText
    for entry in ACTIONS:
        if entry.shortcuts:
            assert keys(entry)[0].toString(native) in rows[entry.text.replace("&", "").rstrip("…")]


def test_what_the_window_says_makes_an_action_enabled(window):
    table = window.actions_table
    assert not table["save"].isEnabled()
    assert table["open"].isEnabled()
    table.enable({"project", "undo"})
    assert table["save"].isEnabled()
    assert table["undo"].isEnabled()
    assert not table["redo"].isEnabled()


def test_every_tool_has_an_icon_a_tip_and_a_name(window):
    for entry in ACTIONS:
        if entry.tool:
            action = window.actions_table[entry.id]
            assert not action.icon().isNull()
            assert action.toolTip()
            assert action.text()


def test_menus_open_by_mouse_and_hold_their_actions(opened, qtbot):
    bar = opened.menuBar()
    for name, menu in opened.actions_table.menus.items():
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.actionGeometry(menu.menuAction()).center())
        qtbot.waitUntil(menu.isVisible)
        texts = [action.text().replace("&", "") for action in menu.actions() if not action.isSeparator()]
        expected = [entry.text.replace("&", "") for entry in ACTIONS if entry.menu == name and entry.text]
        assert texts == expected
        menu.close()


def test_the_panels_menu_shows_and_hides_docks(opened):
    opened.menus.panels.aboutToShow.emit()
    entries = {action.text(): action for action in opened.menus.panels.actions()}
    assert set(entries) == {"Blocks", "Inspector", "Code", "Problems", "Data", "Runs"}
    entries["Blocks"].trigger()
    assert not opened.workbench.docks["palette"].isVisible()
