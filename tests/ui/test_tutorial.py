"""The tutorial played through in the real window, with mouse and keys; left at any time."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from netbuilder.compiler.analyse import Analyser
from netbuilder.graph.file import load
from netbuilder.resources import resource
from netbuilder.ui.palette.popup import SearchPopup
from netbuilder.ui.tutorial.steps import STEPS

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def learning(window, qtbot):
    """The window with the tutorial begun from the welcome page."""
    window.show_welcome()
    window.resize(1500, 950)
    window.show()
    QTest.mouseClick(window.welcome.tutorial, LEFT)
    qtbot.waitUntil(lambda: window.tutorial.coach is not None)
    return window


def at(window, place) -> QPoint:
    return window.workbench.tabs.canvas.mapFromScene(place)


def click_node(window, id: str) -> None:
    canvas = window.workbench.tabs.canvas
    rect = canvas.node_rect(id)
    QTest.mouseClick(canvas.viewport(), LEFT, pos=canvas.mapFromScene(rect.center().x(), rect.bottom() - 8))


def test_it_is_played_through_with_mouse_and_keys(learning, qtbot):
    window, coach = learning, learning.tutorial.coach
    bench, canvas = window.workbench, window.workbench.tabs.canvas
    assert "Step 1 of 5" in coach._count.text()
    click_node(window, "flatten1")
    QTest.keyClick(canvas, Qt.Key.Key_Tab)
    popup = bench.findChild(SearchPopup)
    QTest.keyClicks(popup.field, "linear")
    QTest.keyClick(popup.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: coach.at == 1)
    view = canvas.viewport()
    start, end = at(window, canvas.port_pos("linear1", "y", False)), at(window, canvas.port_pos("logits", "x", True))
    QTest.mouseMove(view, start)
    QTest.mousePress(view, LEFT, pos=start)
    for step in (0.3, 0.7, 1.0):
        QTest.mouseMove(view, start + (end - start) * step)
    QTest.mouseRelease(view, LEFT, pos=end)
    qtbot.waitUntil(lambda: coach.at == 2)
    click_node(window, "linear1")
    field = bench.inspector.form.fields["out_features"].editor
    field.selectAll()
    QTest.keyClicks(field, "10")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: coach.at == 3)
    bench.training_changed.emit(True)  # what the runs panel says when a run begins: the run itself is tested elsewhere
    qtbot.waitUntil(lambda: coach.at == 4)
    assert not coach.help.isVisible()
    bench.training_changed.emit(False)
    qtbot.waitUntil(lambda: coach.ended)
    assert "first network" in coach.words
    QTest.mouseClick(coach.leave, LEFT)
    assert window.tutorial.coach is None
    assert window.tutorial.known
    window.files.opened.document.mark_saved()
    window.show_welcome()
    assert window.welcome.tutorial is None


def test_it_is_left_at_any_time_and_begins_anew_from_the_menu(learning, qtbot):
    window = learning
    window.tutorial.coach.leave.setFocus()
    QTest.keyClick(window.tutorial.coach.leave, Qt.Key.Key_Space)
    assert window.tutorial.coach is None
    assert window.workbench is not None  # what was drawn stays
    window.actions_table["tutorial"].trigger()
    assert window.tutorial.coach is not None
    window.files.close()
    assert window.tutorial.coach is None


def test_do_it_for_me_leads_to_a_network_without_problems(learning, qtbot, catalogue):
    window, coach = learning, learning.tutorial.coach
    for step in (1, 2, 3):
        QTest.mouseClick(coach.help, LEFT)
        qtbot.waitUntil(lambda step=step: coach.at == step)
    project = window.workbench.document.project
    reports = Analyser(catalogue).analyse(project)
    assert not [problem for report in reports.values() for problem in report.problems]


def test_each_step_shows_where_to_look(learning, qtbot):
    window, coach = learning, learning.tutorial.coach
    for step in STEPS[:4]:
        rect = step.look(window)
        assert window.rect().contains(rect)
        assert rect.width() > 20
        assert coach.outline.isVisible()
        if step is not STEPS[3]:
            QTest.mouseClick(coach.help, LEFT)
            qtbot.waitUntil(lambda step=step: coach.at > STEPS.index(step))


def test_its_project_is_a_file_like_any_other():
    project = load(resource("tutorial.netbuilder"))
    assert set(project.graphs["classifier"].nodes) == {"image", "flatten1", "logits"}
