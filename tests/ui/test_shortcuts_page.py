"""The page of shortcuts: every action on it, searched by text and key, and given other keys with the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from shiboken6 import isValid

from netbuilder.ui.help import GESTURES
from netbuilder.ui.keymap import TABLE, Keymap, portable, table_keys
from netbuilder.ui.preferences import Preferences
from netbuilder.ui.shortcuts.model import ACTION
from netbuilder.ui.shortcuts.page import ShortcutsPage
from netbuilder.ui.window import Window

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
RETURN, SPACE = Qt.Key.Key_Return, Qt.Key.Key_Space


@pytest.fixture
def page(opened: Window, qtbot) -> Iterator[ShortcutsPage]:
    qtbot.waitUntil(opened.isActiveWindow)
    QTest.keyClick(opened, Qt.Key.Key_F1)
    made = opened.findChild(ShortcutsPage)
    assert made.isVisible()
    yield made
    if isValid(made):
        made.reject()


def shown(page: ShortcutsPage) -> dict[str, str]:
    """Keys by the action's id, and those of the mouse by what it does."""
    found = {}
    for group in range(page.rows.rowCount()):
        parent = page.rows.index(group, 0)
        for row in range(page.rows.rowCount(parent)):
            first = page.rows.index(row, 0, parent)
            found[first.data(ACTION) or first.data()] = page.rows.index(row, 1, parent).data()
    return found


def texts(keymap: Keymap, id: str) -> list[str]:
    return [portable(key) for key in keymap.keys(id)]


def press(page: ShortcutsPage, id: str, key: Qt.Key, keys=Qt.KeyboardModifier.NoModifier) -> None:
    """Enter on the action's row, then the key."""
    page.choose(id)
    QTest.keyClick(page.tree, RETURN)
    assert page.recorder.isEnabled()
    QTest.keyClick(page.recorder, key, keys)


def test_every_action_and_every_gesture_is_on_the_page_and_found_by_text_and_key(page, opened):
    rows = shown(page)
    for id, entry in TABLE.items():
        assert rows[id] == (opened.keymap.all_shown(id) or "no key")
        if keys := table_keys(entry):
            assert keys[0].toString(QKeySequence.SequenceFormat.NativeText) in rows[id]
    assert set(GESTURES) <= set(rows.items())
    for typed, id in (("ctrl+d", "duplicate"), ("zoom selection", "zoom_selection")):
        page.search.clear()
        QTest.keyClicks(page.search, typed)
        assert id in shown(page)
        assert len(shown(page)) < 6


def test_another_key_holds_at_once_and_after_a_restart(page, opened, preferences):
    press(page, "duplicate", Qt.Key.Key_J, CTRL | SHIFT)
    assert texts(opened.keymap, "duplicate") == ["Ctrl+Shift+J"]
    assert shown(page)["duplicate"] == "Ctrl+Shift+J"
    assert page.current == "duplicate"
    assert opened.actions_table["duplicate"].shortcut() == QKeySequence("Ctrl+Shift+J")
    preferences.sync()
    assert texts(Keymap(Preferences(preferences.path)), "duplicate") == ["Ctrl+Shift+J"]


def test_a_key_that_another_has_names_it_and_can_be_left_or_taken(page, opened):
    press(page, "train", Qt.Key.Key_D, CTRL)
    assert page.said.text() == "Ctrl+D belongs to “Duplicate”."
    assert texts(opened.keymap, "train") == ["Ctrl+R", "F5"]
    QTest.keyClick(page.leave, SPACE)
    assert not page.said.isVisible()
    assert texts(opened.keymap, "duplicate") == ["Ctrl+D"]
    press(page, "train", Qt.Key.Key_D, CTRL)
    assert page.take.hasFocus() or page.focusWidget() is page.take
    QTest.keyClick(page.take, SPACE)
    assert texts(opened.keymap, "train") == ["Ctrl+D"]
    assert texts(opened.keymap, "duplicate") == []
    assert shown(page)["duplicate"] == "no key"


def test_what_cannot_be_a_key_is_said_and_another_may_be_pressed(page, opened):
    press(page, "train", Qt.Key.Key_T)
    assert "typed in fields" in page.said.text()
    QTest.keyClick(page.recorder, Qt.Key.Key_Plus, CTRL | SHIFT)  # Shift only makes the sign
    assert page.said.text() == "Ctrl++ belongs to “Zoom in”."
    page.choose("train")
    QTest.keyClick(page.tree, RETURN)
    QTest.keyClick(page.recorder, Qt.Key.Key_Tab, CTRL)  # no walk to the next field
    assert texts(opened.keymap, "train") == ["Ctrl+Tab"]


def test_esc_leaves_the_recording_and_then_the_page(page, opened):
    page.choose("train")
    QTest.keyClick(page.tree, RETURN)
    QTest.keyClick(page.recorder, Qt.Key.Key_Escape)
    assert page.isVisible()
    assert not page.recorder.isEnabled()
    assert not opened.keymap.any_own
    QTest.keyClick(page.tree, Qt.Key.Key_Escape)
    assert not page.isVisible()


def test_keys_are_added_taken_away_reset_and_taken_back(page, opened):
    keymap = opened.keymap
    page.choose("group")
    QTest.keyClick(page.add, SPACE)
    QTest.keyClick(page.recorder, Qt.Key.Key_G, ALT | SHIFT)
    assert texts(keymap, "group") == ["Ctrl+G", "Alt+Shift+G"]
    QTest.keyClick(page.none, SPACE)
    assert texts(keymap, "group") == []
    assert shown(page)["group"] == "no key, by your choice"
    QTest.keyClick(page.undo, SPACE)
    assert texts(keymap, "group") == ["Ctrl+G", "Alt+Shift+G"]
    QTest.keyClick(page.reset, SPACE)
    assert texts(keymap, "group") == ["Ctrl+G"]
    assert not page.reset.isEnabled()
    press(page, "frame", Qt.Key.Key_F3)
    press(page, "train", Qt.Key.Key_F7)
    QTest.keyClick(page.reset_all, SPACE)
    assert not keymap.any_own
    QTest.keyClick(page.undo, SPACE)
    assert texts(keymap, "train") == ["F7"]
    for _ in range(5):
        QTest.keyClick(page.undo, SPACE)
    assert not keymap.any_own
    assert not page.undo.isEnabled()


def test_a_key_of_the_canvas_may_be_a_letter(page, opened):
    press(page, "fit", Qt.Key.Key_Question, SHIFT)
    page.reject()
    canvas = opened.workbench.tabs.canvas
    canvas.zoom(10.0)
    near = canvas.zoom_level
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_F)
    assert canvas.zoom_level == near > 1.0
    QTest.keyClick(canvas, Qt.Key.Key_Question, SHIFT)
    assert canvas.zoom_level <= 1.0
