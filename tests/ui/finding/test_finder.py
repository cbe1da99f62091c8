"""The palette of commands, go to and bookmarks, worked by keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from netbuilder.graph import edits
from netbuilder.ui.actions import ACTIONS
from netbuilder.ui.conditions import REASONS
from netbuilder.ui.finding.popup import FindPopup
from netbuilder.ui.keymap import TABLE

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
P, RETURN = Qt.Key.Key_P, Qt.Key.Key_Return


def press(window: QWidget, key: Qt.Key, keys=Qt.KeyboardModifier.NoModifier) -> FindPopup:
    QTest.keyClick(QApplication.focusWidget() or window, key, keys)
    return window.findChildren(FindPopup)[-1]


def shown(popup: FindPopup) -> list[str]:
    return [hit.entry.title for hit in popup.rows.hits]


@pytest.fixture
def commands(opened):
    return lambda: press(opened, P, CTRL | SHIFT)


@pytest.fixture
def go_to(opened):
    return lambda: press(opened, P, CTRL)


def test_every_reason_is_said():
    assert {entry.when for entry in TABLE.values()} - {"always"} <= REASONS.keys()


def test_the_palette_lists_every_action_with_its_key(opened, commands):
    popup = commands()
    entries = {hit.entry.key: hit.entry for hit in popup.rows.hits}
    for entry in ACTIONS:
        if entry.callback and entry.id != "commands":
            assert entries[entry.id].right == opened.keymap.shown(entry.id)
    assert entries["align_left"].detail == "Arrange"
    assert "graph:training" in entries
    assert "panel:runs" in entries


def test_a_command_is_found_run_and_first_next_time(opened, commands):
    opened.workbench.tabs.canvas.select(["conv1"])
    popup = commands()
    QTest.keyClicks(popup.field, "dupl")
    assert popup.current.title == "Duplicate"
    QTest.keyClick(popup.field, RETURN)
    assert "conv2" in opened.workbench.document.project.graphs["classifier"].nodes
    popup = commands()
    assert shown(popup)[0] == "Duplicate"
    assert popup.current.key == "duplicate"


@pytest.mark.parametrize(("asked", "title"), [("minimap", "Map of the graph"), ("overlay mem", "By memory")])
def test_words_that_other_programs_use_find_commands(opened, commands, asked, title):
    popup = commands()
    QTest.keyClicks(popup.field, asked)
    assert popup.current.title == title
    popup.close()


def test_what_cannot_be_done_now_says_why_and_stays(opened, commands):
    opened.workbench.tabs.canvas.select([])
    popup = commands()
    QTest.keyClicks(popup.field, "duplicate")
    assert popup.current.why_not == REASONS["things"]
    assert popup.rows.data(popup.list.currentIndex(), Qt.ItemDataRole.AccessibleTextRole).endswith(REASONS["things"])
    QTest.keyClick(popup.field, RETURN)
    assert popup.isVisible()
    QTest.keyClick(popup.field, Qt.Key.Key_Escape)
    assert not popup.isVisible()


def test_without_a_project_the_palette_says_to_open_one(window):
    popup = press(window, P, CTRL | SHIFT)
    QTest.keyClicks(popup.field, "train")
    assert popup.current.why_not == REASONS["project"]
    popup.close()


def test_a_key_of_ones_own_stands_in_the_palette(opened, commands):
    opened.keymap.give("duplicate", [QKeySequence("Alt+D")])
    popup = commands()
    assert next(hit.entry for hit in popup.rows.hits if hit.entry.key == "duplicate").right == "Alt+D"


def test_the_palette_shows_graphs_and_panels(opened, commands):
    popup = commands()
    QTest.keyClicks(popup.field, "go to training")
    QTest.keyClick(popup.field, RETURN)
    assert opened.workbench.graph == "training"
    popup = commands()
    QTest.keyClicks(popup.field, "hide panel code")
    QTest.keyClick(popup.field, RETURN)
    assert not opened.workbench.docks["code"].isVisible()


PLACES = (
    ("conv1", "classifier", "conv1"),
    ("conv 3x3", "classifier", "conv1"),
    ("linear 10", "classifier", "linear1"),
    ("out_features=10", "classifier", "linear1"),
    ("crossentropy", "training", "loss"),
    ("learns digits", "classifier", "note"),
    ("training", "training", ""),
)


def test_go_to_finds_by_id_block_parameter_and_note(opened, go_to, qtbot):
    bench = opened.workbench
    for typed, graph, node in PLACES:
        bench.tabs.show_graph(graph).select([])
        bench.tabs.show_graph("classifier")
        popup = go_to()
        QTest.keyClicks(popup.field, typed)
        QTest.keyClick(popup.field, RETURN)
        assert bench.graph == graph
        chosen = bench.tabs.canvas.graph_scene.chosen
        assert {*chosen.nodes, *chosen.frames} == ({node} if node else set())
        qtbot.waitUntil(lambda: opened.focusWidget() is bench.tabs.canvas)


def test_go_to_says_where_nothing_is_found(opened, go_to):
    popup = go_to()
    QTest.keyClicks(popup.field, "qqqq")
    assert "qqqq" in popup.nothing.text()
    QTest.keyClick(popup.field, RETURN)
    assert popup.isVisible()
    popup.close()


def test_a_title_is_found_after_an_edit(opened, go_to):
    document = opened.workbench.document
    go_to().close()
    document.apply(edits.set_title(document.project, "classifier", "conv1", "First look"))
    popup = go_to()
    QTest.keyClicks(popup.field, "first look")
    assert popup.current.key == ("classifier", "conv1")
    popup.close()


def test_bookmarks_come_first_and_can_be_walked_through(opened, go_to):
    bench = opened.workbench
    start = bench.document.project
    canvas = bench.tabs.canvas
    canvas.select(["linear1"])
    QTest.keyClick(canvas, Qt.Key.Key_F2, CTRL)
    canvas.select(["conv1"])
    QTest.keyClick(canvas, Qt.Key.Key_F2, CTRL)
    assert canvas.graph_scene.nodes["conv1"].look.signs[0] == "bookmarked"
    bench.tabs.show_node("training", "loss")
    QTest.keyClick(bench.tabs.canvas, Qt.Key.Key_F2, CTRL)
    popup = go_to()
    assert shown(popup)[:3] == ["loss", "conv1", "linear1"]  # the shown graph first
    popup.close()
    visited = []
    for _ in range(4):
        QTest.keyClick(bench.tabs.canvas, Qt.Key.Key_F4)
        visited.append((bench.graph, *bench.tabs.canvas.selected()))
    conv, linear, loss = ("classifier", "conv1"), ("classifier", "linear1"), ("training", "loss")
    assert visited == [conv, linear, loss, conv]
    QTest.keyClick(bench.tabs.canvas, Qt.Key.Key_F4, SHIFT)
    assert (bench.graph, *bench.tabs.canvas.selected()) == ("training", "loss")
    QTest.keyClick(bench.tabs.canvas, Qt.Key.Key_F2, CTRL)
    assert not bench.document.project.graphs["training"].nodes["loss"].bookmarked
    for _ in range(4):
        opened.undo()
    assert bench.document.project == start


def test_the_arrows_go_around_the_list(opened, commands):
    popup = commands()
    last = popup.rows.rowCount() - 1
    QTest.keyClick(popup.field, Qt.Key.Key_Up)
    assert popup.list.currentIndex().row() == last
    QTest.keyClick(popup.field, Qt.Key.Key_Down)
    assert popup.list.currentIndex().row() == 0
    QTest.keyClick(popup.field, Qt.Key.Key_PageDown)
    assert popup.list.currentIndex().row() > 3
    popup.close()
