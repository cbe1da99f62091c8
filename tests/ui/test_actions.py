"""The table of actions: whole, without clashes, and everything in it can be done."""

import inspect
import re
from collections import Counter
from operator import attrgetter

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from netbuilder.ui.action import CANVAS, NO_KEY
from netbuilder.ui.actions import ACTIONS, MENUS
from netbuilder.ui.icons import GLYPHS
from netbuilder.ui.keymap import FIXED, TABLE, portable, table_keys, typed

MNEMONIC = re.compile("&([^&])")


def test_no_key_means_two_things(qapp):
    pressed = Counter(portable(key) for entry in ACTIONS for key in table_keys(entry))
    assert [key for key, times in pressed.items() if times > 1] == []
    assert pressed["Ctrl+S"] == pressed["Tab"] == 1
    assert not pressed.keys() & {*FIXED, *(f"Alt+{menu[0]}" for menu in MENUS)}


def test_every_action_has_a_key_or_none_by_choice(qapp):
    undecided = [entry.id for entry in TABLE.values() if entry.shortcuts != NO_KEY and not table_keys(entry)]
    assert undecided == [], "give them a key, or say NO_KEY"


def test_keys_that_fields_take_belong_to_the_canvas(qapp):
    everywhere = [entry for entry in TABLE.values() if not entry.callback.startswith(CANVAS)]
    assert [(entry.id, portable(key)) for entry in everywhere for key in table_keys(entry) if typed(key)] == []


def test_what_is_switched_shows_whether_it_is_on():
    """Qt draws a menu's icon where the tick would stand."""
    assert [entry.id for entry in ACTIONS if entry.checkable and entry.icon] == []


def test_ids_menus_icons_and_callbacks_exist(opened):
    ids = [entry.id for entry in ACTIONS if entry.callback]
    assert len(ids) == len(set(ids))
    for entry in ACTIONS:
        assert entry.group in MENUS
        assert not entry.icon or entry.icon in GLYPHS, entry.id
        if entry.callback:
            owner = opened.workbench.tabs.canvas if entry.callback.startswith(CANVAS) else opened
            method = attrgetter(entry.callback.removeprefix(CANVAS))(owner)
            if inspect.ismethod(method):  # Qt's own have no signature
                inspect.signature(method).bind(*entry.by)


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
    menus = opened.actions_table.menus
    for name in MENUS:
        menu = menus[name]
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.actionGeometry(menu.menuAction()).center())
        qtbot.waitUntil(menu.isVisible)
        menu.close()
    for name, menu in menus.items():
        within = {id(other.menuAction()) for other in menus.values()}
        held = [action for action in menu.actions() if not action.isSeparator() and id(action) not in within]
        texts = [action.text().replace("&", "") for action in held]
        assert texts == [entry.text.replace("&", "") for entry in ACTIONS if entry.menu == name and entry.text]


def test_menus_show_keys_that_only_the_canvas_takes(opened):
    action = opened.actions_table["nudge_left"]
    assert action.shortcut().toString() == "Left"
    assert action.shortcutContext() == Qt.ShortcutContext.WidgetShortcut
    assert opened.actions_table["fit"].shortcuts()[0].toString() == "Ctrl+0"


def test_the_panels_menu_shows_and_hides_docks(opened):
    opened.menus.panels.aboutToShow.emit()
    entries = {action.text(): action for action in opened.menus.panels.actions()}
    assert set(entries) == {"Blocks", "Inspector", "Code", "History", "Problems", "Data", "Runs"}
    entries["Blocks"].trigger()
    assert not opened.workbench.docks["palette"].isVisible()


def test_no_letter_opens_two_entries_of_one_menu(window):
    for name, menu in window.actions_table.menus.items():
        letters = Counter(found[1].lower() for action in menu.actions() if (found := MNEMONIC.search(action.text())))
        assert [letter for letter, times in letters.items() if times > 1] == [], name
