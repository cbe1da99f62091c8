"""Keys of one's own: kept, without clashes, and in force at once."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from netbuilder.ui.keymap import Keymap, canvas_keys, key_of, portable, pressed
from netbuilder.ui.preferences import Preferences

pytestmark = pytest.mark.usefixtures("qapp")
PLAIN, CTRL, ALT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


def key(text: str) -> QKeySequence:
    return QKeySequence(text)


def texts(keymap: Keymap, id: str) -> list[str]:
    return [portable(one) for one in keymap.keys(id)]


def test_keys_of_ones_own_survive_a_restart(tmp_path):
    path = tmp_path / "window.ini"
    first = Preferences(path)
    keymap = Keymap(first)
    keymap.give("group", [key("Ctrl+,"), key("Ctrl+Shift+;")])
    keymap.give("train", [])
    first.sync()
    second = Keymap(Preferences(path))
    assert texts(second, "group") == ["Ctrl+,", "Ctrl+Shift+;"]
    assert texts(second, "train") == []
    assert second.is_own("train")
    assert not second.is_own("save")


def test_a_key_has_one_action_at_most(preferences):
    keymap = Keymap(preferences)
    assert keymap.holder(key("Ctrl+D")) == "duplicate"
    keymap.give("group", [key("Ctrl+D")])
    assert keymap.holder(key("Ctrl+D")) == "group"
    assert texts(keymap, "duplicate") == []
    assert keymap.holder(key("Ctrl+G")) == ""
    keymap.give("frame", [key("Ctrl+D")])
    assert texts(keymap, "group") == []
    keymap.reset("duplicate")
    assert texts(keymap, "duplicate") == ["Ctrl+D"]
    assert texts(keymap, "frame") == []
    keymap.reset_all()
    assert texts(keymap, "group") == ["Ctrl+G"]
    assert not keymap.any_own


def test_what_no_action_can_have_is_refused_in_a_sentence(preferences):
    keymap = Keymap(preferences)
    assert "typed in fields" in keymap.refusal("train", key("T"))
    assert keymap.refusal("fit", key("T")) == ""
    assert "Edit menu" in keymap.refusal("train", key("Alt+E"))
    assert keymap.refusal("fit", key("Esc"))
    assert keymap.refusal("fit", key("Space"))
    assert keymap.refusal("train", key("Ctrl+T")) == ""


def test_a_damaged_file_of_keys_hurts_nobody(tmp_path):
    path = tmp_path / "window.ini"
    path.write_text("[keys]\ngroup=@Variant(nonsense\nnobody=Ctrl+T\ntrain=Nonsense\ncopy=Ctrl+T, 7\nfit=\n")
    keymap = Keymap(Preferences(path))
    assert texts(keymap, "train") == []
    assert texts(keymap, "copy") == ["Ctrl+T", "7"]
    assert texts(keymap, "fit") == []
    assert keymap.holder(key("Ctrl+S")) == "save"


def test_a_canvas_looks_its_keys_up_in_the_same_table(preferences):
    found = canvas_keys(Keymap(preferences))
    assert found == canvas_keys()
    assert found[pressed(Qt.Key.Key_Tab, PLAIN)] == ("search_here", ())
    assert found[pressed(Qt.Key.Key_Left, Qt.KeyboardModifier.KeypadModifier)] == ("nudge", (-10.0, 0.0))
    assert found[pressed(Qt.Key.Key_D, CTRL)] == ("duplicate", ())


def test_the_key_of_a_method_is_said_as_it_is_now(preferences):
    keymap = Keymap(preferences)
    assert key_of(canvas_keys(keymap), "search_here") == "Tab"
    keymap.give("add_here", [key("Shift+A")])
    assert key_of(canvas_keys(keymap), "search_here") == "Shift+A"
    keymap.give("add_here", [])
    assert key_of(canvas_keys(keymap), "search_here") == ""


def test_another_key_holds_at_once_in_the_menu_the_tip_and_on_the_canvas(opened, qtbot):
    canvas = opened.workbench.tabs.canvas
    canvas.select(["conv1"])
    opened.keymap.give("duplicate", [key("Alt+D")])
    opened.keymap.give("nudge_right", [key("N")])
    assert opened.actions_table["duplicate"].shortcut() == key("Alt+D")
    assert "Alt+D" in opened.actions_table["duplicate"].toolTip()
    graph = opened.workbench.document.project.graphs["classifier"]
    x = graph.nodes["conv1"].at[0]
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_N)
    assert opened.workbench.document.project.graphs["classifier"].nodes["conv1"].at[0] == x + 10
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_D, CTRL)
    assert len(opened.workbench.document.project.graphs["classifier"].nodes) == len(graph.nodes)
    QTest.keyClick(canvas, Qt.Key.Key_D, ALT)
    assert len(opened.workbench.document.project.graphs["classifier"].nodes) == len(graph.nodes) + 1
