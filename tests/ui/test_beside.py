"""Two views of a project side by side, worked with by mouse and keys."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from netbuilder.graph import edits
from netbuilder.graph.model import Input, Output
from netbuilder.ui.canvas.check import differences
from tests.ui.test_composition import nested  # noqa: F401

LEFT, CONTROL, SHIFT, ALT = (
    Qt.MouseButton.LeftButton,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def bar(view):
    return view.currentWidget().bar


def test_a_network_opens_beside_and_both_views_live_on_one_document(nested):  # noqa: F811
    bench, document = nested.workbench, nested.workbench.document
    views, start = bench.views, bench.document.project
    views.main.canvas.select(["stem"])
    QTest.keyClick(nested, Qt.Key.Key_Backslash, CONTROL)
    assert views.beside is not None
    assert (views.main.name, views.beside.name, bench.graph) == ("classifier", "block", "block")
    assert views.beside.canvas.hasFocus()
    views.beside.canvas.select(["conv1"])
    assert bench.inspector._nodes == ["conv1"]
    QTest.keyClick(views.beside.canvas, Qt.Key.Key_Delete)
    assert "conv1" not in document.project.graphs["block"].nodes
    views.main.canvas.center_on("linear1")
    at = views.main.canvas.mapFromScene(views.main.canvas.node_rect("linear1").center())
    QTest.mouseClick(views.main.canvas.viewport(), LEFT, pos=at)
    assert views.active is views.main, "the keyboard is there now"
    assert (bench.graph, list(bench.inspector._nodes)) == ("classifier", ["linear1"])
    assert views.beside.tabBar().property("quiet")
    QTest.keyClick(views.main.canvas, Qt.Key.Key_B, CONTROL)
    for view in views.all:
        assert differences(view.canvas.graph_scene) == []
    QTest.keyClick(nested, Qt.Key.Key_Z, CONTROL)
    QTest.keyClick(nested, Qt.Key.Key_Z, CONTROL)
    assert document.project == start
    assert views.beside.name == "block", "what was undone is in view already"
    QApplication.processEvents()
    assert views.closer.isVisible()
    QTest.mouseClick(views.closer, LEFT)
    assert views.beside is None
    assert bench.graph == "classifier"
    QApplication.processEvents()
    nested.toggle_theme()
    views.open_beside("training")
    nested.toggle_theme()


def test_one_graph_twice_each_with_its_own_selection_and_way(nested):  # noqa: F811
    views = nested.workbench.views
    views.main.canvas.select([])
    QTest.keyClick(nested, Qt.Key.Key_Backslash, CONTROL)
    assert (views.main.name, views.beside.name) == ("classifier", "classifier")
    views.beside.canvas.select(["stage"])
    assert views.main.canvas.selected() == []
    QTest.keyClick(views.beside.canvas, Qt.Key.Key_Return)
    assert (views.main.name, views.beside.name) == ("classifier", "block")
    assert [step.text() for step in bar(views.beside).steps] == ["classifier · stage"]
    QTest.keyClick(nested, Qt.Key.Key_Up, ALT)
    assert (views.beside.name, views.beside.canvas.selected()) == ("classifier", ["stage"])
    QTest.keyClick(nested, Qt.Key.Key_F6)
    assert not views.beside.canvas.hasFocus()
    views.main.canvas.setFocus()
    QTest.keyClick(nested, Qt.Key.Key_F6)
    assert views.beside.canvas.hasFocus(), "the key that goes from panel to panel comes by here"
    QTest.keyClick(nested, Qt.Key.Key_Backslash, CONTROL | SHIFT)
    assert views.beside is None
    assert views.main.canvas.hasFocus()


def test_a_second_view_is_remembered_with_the_project(nested, qtbot):  # noqa: F811
    path = nested.workbench.path
    nested.workbench.views.open_beside("training")
    nested.workbench.document.mark_saved()
    nested.files.close()
    nested.files.open(path)
    qtbot.waitUntil(lambda: nested.workbench is not None and nested.workbench.views.beside is not None)
    views = nested.workbench.views
    assert views.beside.name == "training"
    assert views.active is views.main
    views.open_beside("block")
    document = nested.workbench.document
    document.apply(edits.remove_graph(document.project, "block"))
    assert {view.name for view in views.all} <= set(document.project.graphs), "what is gone is shown nowhere"
    document.undo()
    assert views.beside.count() == len(document.project.graphs)
    views.close_beside()
    nested.files.close()
    nested.files.open(path)
    QApplication.processEvents()
    assert nested.workbench.views.beside is None


def test_a_renamed_network_is_looked_at_as_before(nested):  # noqa: F811
    bench, tabs = nested.workbench, nested.workbench.tabs
    tabs.canvas.select(["stem"])
    QTest.keyClick(tabs.canvas, Qt.Key.Key_Return)
    tabs.canvas.zoom(1.7)
    tabs.canvas.select(["conv1"])
    zoom = tabs.canvas.zoom_level
    bench.document.apply(edits.rename_graph(bench.document.project, "block", "stage"))
    assert tabs.name == "stage"
    assert tabs.canvas.selected() == ["conv1"]
    assert abs(tabs.canvas.zoom_level - zoom) < 1e-6
    bench.document.apply(edits.rename_graph(bench.document.project, "classifier", "net"))
    assert tabs.name == "stage", "what is renamed elsewhere does not take one away"
    assert [step.text() for step in bar(tabs).steps] == ["net · stem"]
    QTest.keyClick(nested, Qt.Key.Key_Up, ALT)
    assert (tabs.name, tabs.canvas.selected()) == ("net", ["stem"])
    QTest.keyClick(tabs.canvas, Qt.Key.Key_Return)
    bench.document.apply(edits.rename(bench.document.project, "net", "stem", "root"))
    assert [step.text() for step in bar(tabs).steps] == ["net · root"]
    QTest.keyClick(nested, Qt.Key.Key_Up, ALT)
    for _ in range(3):
        bench.document.undo()
    assert tabs.name == "classifier"


def test_a_block_is_replaced_and_titled_by_keys_alone(nested):  # noqa: F811
    bench = nested.workbench
    start, canvas = bench.document.project, bench.tabs.canvas
    canvas.select(["flatten1"])
    QTest.keyClick(nested, Qt.Key.Key_H, CONTROL)
    popup = QApplication.activePopupWidget()
    assert popup.about.text() == "Replace flatten1 by"
    QTest.keyClicks(popup.field, "global average")
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    (id,) = canvas.selected()
    held = bench.document.project.graphs["classifier"]
    assert held.nodes[id].block == "GlobalAvgPool"
    assert held.links[Input("linear1", "x")].source == Output(id, "y")
    QTest.keyClick(nested, Qt.Key.Key_F2)
    line = canvas.viewport().findChild(QLineEdit)
    QTest.keyClicks(line, "Mean")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert bench.document.project.graphs["classifier"].nodes[id].title == "Mean"
    assert canvas.hasFocus()
    for _ in range(2):
        QTest.keyClick(nested, Qt.Key.Key_Z, CONTROL)
    assert bench.document.project == start
    assert differences(canvas.graph_scene) == []
