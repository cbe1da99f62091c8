"""Two projects side by side, worked with mouse and keys."""

from __future__ import annotations

import pytest
from immutables import Map
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from netbuilder.graph import edits
from netbuilder.graph.change import apply
from netbuilder.graph.file import save
from netbuilder.graph.model import Input, Project
from netbuilder.training.run import create
from netbuilder.training.settings import Settings
from netbuilder.ui.compare.window import CompareWindow, Source
from netbuilder.ui.theme import Theme
from tests.ui.conftest import small_project

LEFT = Qt.MouseButton.LeftButton


def changed() -> Project:
    """conv1 changed, a ReLU put behind it, flatten1 removed, linear1 moved."""
    project = small_project()
    project = apply(project, edits.set_params(project, "classifier", "conv1", {"kernel_size": 5}))
    project = apply(project, edits.insert_on_link(project, "classifier", Input("flatten1", "x"), "ReLU", "x", "y"))
    project = apply(project, edits.remove(project, "classifier", ["flatten1"], [], []))
    return apply(project, edits.move(project, "classifier", {"linear1": (780.0, 400.0)}))


@pytest.fixture
def compare_(qtbot, catalogue, theme, preferences):
    def open_it(before: Project, after: Project) -> CompareWindow:
        made = CompareWindow(
            Source("old.netbuilder", lambda: before),
            Source("new.netbuilder", lambda: after),
            catalogue,
            theme,
            preferences,
        )
        qtbot.addWidget(made)
        made.show()
        qtbot.waitExposed(made)
        qtbot.waitUntil(lambda: not made._drawing.isActive() and not made._arriving.isActive())
        return made

    return open_it


@pytest.fixture
def shown(compare_) -> CompareWindow:
    return compare_(small_project(), changed())


def rows(window: CompareWindow) -> list[str]:
    model = window.list.model()
    return [model.index(row).data() for row in range(model.rowCount())]


def go_to(window: CompareWindow, words: str) -> None:
    """Steps down the list by keys until the row begins so."""
    window.list.setFocus()
    QTest.keyClick(window.list, Qt.Key.Key_Home)
    for _ in rows(window):
        if words in str(window.list.currentIndex().data()):
            QTest.keyClick(window.list, Qt.Key.Key_Return)
            return
        QTest.keyClick(window.list, Qt.Key.Key_Down)
    raise AssertionError(f"{words!r} is not in {rows(window)}")


def colors_around(window: CompareWindow, side: int, id: str) -> set[str]:
    """The colours along the left edge of a node's mark, and around its sign."""
    view = window.sides[side]
    rect = view.held.nodes[id].rect
    image = view.viewport().grab().toImage()
    found = set()
    for y in range(-20, int(rect.height())):
        for x in range(-20, 10):
            at = view.mapFromScene(rect.topLeft() + QPointF(x, y))
            if image.rect().contains(at):
                found.add(image.pixelColor(at).name())
    return found


def test_the_list_says_what_differs(shown):
    assert rows(shown) == [
        "≠  classifier · conv1: kernel size 3 → 5",
        "−  classifier · flatten1: removed (Flatten)",
        "+  classifier · relu1: added (ReLU)",
    ]
    assert "4 differences: 1 added, 1 removed, 1 changed, 1 moved." in shown.words.text()
    assert shown.names[0].text() == "Before: old.netbuilder"
    assert shown.graphs.currentText() == "classifier (differs)"
    QTest.mouseClick(shown.places, LEFT, pos=QPoint(8, shown.places.height() // 2))
    assert "⇢  classifier · linear1: moved" in rows(shown)


def test_each_side_marks_its_own(shown):
    theme = Theme.load("dark")
    marked = {
        (0, "conv1"): "warning",
        (1, "conv1"): "warning",
        (0, "flatten1"): "error",
        (1, "relu1"): "ok",
    }
    for (side, id), token in marked.items():
        assert theme.color(token).name() in colors_around(shown, side, id), (side, id)
    plain = colors_around(shown, 0, "image")
    assert not plain & {theme.color(token).name() for token in ("ok", "error", "warning")}
    assert "flatten1" not in shown.sides[1].held.nodes
    assert "relu1" not in shown.sides[0].held.nodes


def test_what_moved_is_marked_when_it_is_wanted(shown):
    hint = Theme.load("dark").color("hint").name()
    assert hint not in colors_around(shown, 1, "linear1")
    QTest.mouseClick(shown.places, LEFT, pos=QPoint(8, shown.places.height() // 2))
    assert hint in colors_around(shown, 1, "linear1")


def test_keys_in_the_list_go_to_the_difference(shown):
    go_to(shown, "relu1: added")
    after = shown.sides[1]
    assert (after.middle - after.held.nodes["relu1"].rect.center()).manhattanLength() < 8
    accent = Theme.load("dark").color("accent").name()
    assert accent in colors_around(shown, 1, "relu1")
    assert (shown.sides[0].middle - after.middle).manhattanLength() < 8  # they move together
    go_to(shown, "flatten1")
    before = shown.sides[0]
    assert (before.middle - before.held.nodes["flatten1"].rect.center()).manhattanLength() < 8


def test_a_click_on_a_node_finds_it_in_the_list(shown):
    go_to(shown, "relu1: added")
    view = shown.sides[1]
    at = view.mapFromScene(view.held.nodes["relu1"].rect.center())
    shown.list.setCurrentIndex(shown.list.model().index(0))
    view.follow(1.0, view.held.nodes["relu1"].rect.center())
    at = view.mapFromScene(view.held.nodes["relu1"].rect.center())
    QTest.mouseClick(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, at)
    assert "relu1" in shown.list.currentIndex().data()


def test_views_move_together_until_that_is_switched_off(shown):
    left, right = shown.sides
    before = right.middle
    QTest.mousePress(left.viewport(), LEFT, pos=QPoint(100, 100))
    for x in (120, 160, 200):
        QTest.mouseMove(left.viewport(), QPoint(x, 130))
    QTest.mouseRelease(left.viewport(), LEFT, pos=QPoint(200, 130))
    assert (right.middle - left.middle).manhattanLength() < 8
    assert (right.middle - before).manhattanLength() > 50
    left.setFocus()
    QTest.keyClick(left, Qt.Key.Key_Minus)
    assert right.zoom_level == pytest.approx(left.zoom_level)
    QTest.mouseClick(shown.together, LEFT, pos=QPoint(8, shown.together.height() // 2))
    stays = right.middle
    QTest.keyClick(left, Qt.Key.Key_Right)
    QTest.keyClick(left, Qt.Key.Key_Plus)
    assert (right.middle - stays).manhattanLength() < 1
    assert right.zoom_level != pytest.approx(left.zoom_level)
    QTest.mouseClick(shown.together, LEFT, pos=QPoint(8, shown.together.height() // 2))
    assert right.zoom_level == pytest.approx(left.zoom_level)


def test_what_is_chosen_is_remembered(shown, compare_):
    for box in (shown.together, shown.places):
        QTest.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))
    again = compare_(small_project(), changed())
    assert not again.together.isChecked()
    assert again.places.isChecked()


def test_nothing_can_be_edited(shown):
    view = shown.sides[0]
    project = view.held.document.project
    at = view.mapFromScene(view.held.nodes["conv1"].rect.center())
    view.setFocus()
    QTest.mouseClick(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, at)
    QTest.keyClick(view, Qt.Key.Key_Delete)
    QTest.keyClick(view, Qt.Key.Key_Tab)
    QTest.mouseDClick(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, at)
    QTest.mousePress(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, at)
    QTest.mouseMove(view.viewport(), at + QPoint(60, 60))
    QTest.mouseRelease(view.viewport(), LEFT, Qt.KeyboardModifier.NoModifier, at + QPoint(60, 60))
    assert view.held.document.project is project
    assert view.held.document.undo_label == ""


def test_sides_are_swapped(shown):
    QTest.mouseClick(shown.swap, LEFT)
    assert shown.names[0].text() == "Before: new.netbuilder"
    assert rows(shown) == [
        "≠  classifier · conv1: kernel size 5 → 3",
        "−  classifier · relu1: removed (ReLU)",
        "+  classifier · flatten1: added (Flatten)",
    ]
    assert "relu1" in shown.sides[0].held.nodes


def test_another_graph_is_chosen(compare_, qtbot):
    project = changed()
    project = apply(project, edits.set_title(project, "training", "loss", "Cost"))
    window = compare_(small_project(), project)
    window.graphs.setFocus()
    QTest.keyClick(window.graphs, Qt.Key.Key_Down)
    assert window.graphs.currentText() == "training (differs)"
    assert "loss" in window.sides[0].held.nodes
    go_to(window, "conv1")
    assert window.graphs.currentText() == "classifier (differs)"
    after = window.sides[1]
    qtbot.waitUntil(lambda: (after.middle - after.held.nodes["conv1"].rect.center()).manhattanLength() < 8)


def test_equal_projects_and_empty_ones(compare_):
    window = compare_(small_project(), small_project())
    assert window.words.text() == "Nothing differs."
    assert rows(window) == []
    empty = compare_(Project(), small_project())
    assert rows(empty)[0] == "≠  project: title none → “Small”"
    assert empty.graphs.currentText() == "classifier (added)"
    nothing = compare_(Project(), Project())
    assert nothing.graphs.count() == 0
    nothing.grab()


def test_it_follows_a_change_of_theme(shown, qapp):
    Theme.load("light").apply(qapp)
    light = Theme.load("light")
    assert light.color("warning").name() in colors_around(shown, 0, "conv1")
    assert shown.sides[0].viewport().grab().toImage().pixelColor(3, 3) == light.color("canvas.background")
    Theme.load("dark").apply(qapp)


# ---- how it is opened


def test_a_file_is_compared_with_the_open_project(opened, tmp_path, qtbot, answer):
    other = tmp_path / "other.netbuilder"
    save(changed(), other)
    opened.dialogs.open_path = lambda folder: other
    opened.actions_table["compare"].trigger()
    window = opened.findChild(CompareWindow)
    assert window.names[0].text() == "Before: other.netbuilder"
    assert window.names[1].text() == "After: small.netbuilder, as it is now"
    document = opened.workbench.document
    document.apply(edits.set_title(document.project, "classifier", "image", "Picture"))
    assert not any("image" in row for row in rows(window))
    QTest.mouseClick(window.again, LEFT)
    assert any("image: title none → “Picture”" in row for row in rows(window))
    other.unlink()
    QTest.mouseClick(window.again, LEFT)
    assert "cannot be read" in window.words.text()
    window.close()


def test_a_file_that_is_no_project_is_told(opened, tmp_path, answer):
    odd = tmp_path / "odd.netbuilder"
    odd.write_text("{")
    opened.dialogs.open_path = lambda folder: odd
    seen = answer(lambda box: box.close())
    opened.actions_table["compare"].trigger()
    assert "“odd.netbuilder” cannot be opened" in seen[0]
    assert opened.findChild(CompareWindow) is None


def test_a_run_is_compared_with_the_open_project(opened, tmp_path, qtbot):
    path = tmp_path / "small.netbuilder"
    run = create(changed(), "training", Settings(), path.parent / "runs", source=path)
    opened.workbench.show_run(run)
    panel = opened.workbench.runs_panel()
    panel.stop_polling()
    qtbot.waitUntil(lambda: panel.run == run)
    QTest.mouseClick(panel.compare, LEFT)
    window = opened.findChild(CompareWindow)
    assert window.names[0].text() == f"Before: run {run.name}"
    assert "≠  classifier · conv1: kernel size 5 → 3" in rows(window)
    window.close()


def test_large_projects_are_compared_without_a_pause(compare_, qtbot):
    from tests.ui.pictures.test_thumbnail import large

    before = large(3000, 3000)
    graph = before.graphs["large"]
    nodes = graph.nodes
    for at in range(0, 3000, 3):
        nodes = nodes.set(f"n{at}", nodes[f"n{at}"].__class__("ReLU", Map(), nodes[f"n{at}"].at))
    after = Project(graphs=Map({"large": graph.__class__("network", nodes, graph.links)}))
    window = compare_(before, after)
    assert window.list.model().rowCount() == 1000
    qtbot.waitUntil(lambda: all(side.held is not None for side in window.sides))
    QApplication.processEvents()
    image = window.sides[0].viewport().grab().toImage()
    warning = Theme.load("dark").color("warning").name()
    assert warning in {image.pixelColor(x, y).name() for x in range(0, image.width(), 2) for y in range(0, 600, 2)}
