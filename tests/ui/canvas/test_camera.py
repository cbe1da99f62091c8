"""Pan, zoom and fit."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from netbuilder.ui.theme import Theme

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
NONE, SHIFT, CTRL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


def wheel(canvas, at: QPoint, steps: int, keys=NONE, *, fingers: bool = False) -> None:
    phase = Qt.ScrollPhase.ScrollUpdate if fingers else Qt.ScrollPhase.NoScrollPhase
    pixels = QPoint(0, steps * 20) if fingers else QPoint()
    where = QPointF(at)
    event = QWheelEvent(
        where,
        QPointF(canvas.viewport().mapToGlobal(at)),
        pixels,
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        keys,
        phase,
        False,
    )
    QApplication.sendEvent(canvas.viewport(), event)


def test_the_wheel_zooms_to_the_cursor(canvas):
    at = QPoint(300, 200)
    before = canvas.mapToScene(at)
    for _ in range(5):
        wheel(canvas, at, 1)
        away = canvas.mapToScene(at) - before
        assert away.manhattanLength() < 3.0 / canvas.zoom_level
    assert canvas.zoom_level > 1.2


def test_zoom_stops_at_2_and_400_percent(canvas, hand):
    for steps, limit in ((3, 4.0), (-3, 0.02)):
        for _ in range(30):
            wheel(canvas, QPoint(300, 200), steps)
        assert canvas.zoom_level == pytest.approx(limit)
    canvas.zoom(1e9)
    assert canvas.zoom_level == pytest.approx(4.0)


def test_the_middle_button_pans(canvas):
    before = canvas.mapToScene(QPoint(100, 100))
    view = canvas.viewport()
    QTest.mousePress(view, MIDDLE, NONE, QPoint(400, 300))
    QTest.mouseMove(view, QPoint(430, 340))
    QTest.mouseMove(view, QPoint(460, 250))
    QTest.mouseRelease(view, MIDDLE, NONE, QPoint(460, 250))
    moved = (canvas.mapToScene(QPoint(100, 100)) - before) * canvas.zoom_level
    assert (moved - QPointF(-60, 50)).manhattanLength() < 2


def test_space_and_drag_pans_and_edits_nothing(canvas, hand, document):
    start = hand.at(hand.node("conv1"))
    before = canvas.mapToScene(start)
    QTest.keyPress(canvas, Qt.Key.Key_Space)
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, NONE, start)
    QTest.mouseMove(canvas.viewport(), start + QPoint(70, 20))
    QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, NONE, start + QPoint(70, 20))
    QTest.keyRelease(canvas, Qt.Key.Key_Space)
    moved = (canvas.mapToScene(start) - before) * canvas.zoom_level
    assert (moved - QPointF(-70, -20)).manhattanLength() < 2
    assert document.revision == 0
    hand.drag(hand.node("conv1"), hand.node("conv1") + QPointF(0, 60))
    assert document.revision == 1, "without space it drags the node again"


def test_two_fingers_pan_and_shift_wheel_goes_sideways(canvas):
    at = QPoint(300, 200)
    before, zoom = canvas.mapToScene(at), canvas.zoom_level
    wheel(canvas, at, 2, fingers=True)
    moved = canvas.mapToScene(at) - before
    assert canvas.zoom_level == zoom
    assert moved.x() == pytest.approx(0, abs=1)
    assert moved.y() * zoom == pytest.approx(-40, abs=1)
    wheel(canvas, at, 1, SHIFT)
    assert (canvas.mapToScene(at) - before).x() * zoom == pytest.approx(-60, abs=1)
    wheel(canvas, at, 1, CTRL, fingers=True)
    assert canvas.zoom_level > zoom


@pytest.mark.parametrize("key", [Qt.Key.Key_F, Qt.Key.Key_Home])
def test_fit_shows_everything(canvas, hand, key):
    canvas.zoom(3)
    hand.key(key)
    room = canvas.mapToScene(canvas.viewport().rect()).boundingRect()
    assert room.contains(canvas.graph_scene.bounds())
    assert canvas.zoom_level <= 1.0


def test_the_whole_graph_is_in_view_at_first_whatever_the_size(canvas):
    for width, height in ((600, 500), (1500, 700)):
        canvas.resize(width, height)
        QApplication.processEvents()
        room = canvas.mapToScene(canvas.viewport().rect()).boundingRect()
        assert room.contains(canvas.graph_scene.bounds())


def test_center_on_brings_a_node_near(canvas):
    canvas.zoom(0.01)
    canvas.center_on("logits")
    middle = canvas.mapToScene(canvas.viewport().rect().center())
    assert (middle - canvas.node_rect("logits").center()).manhattanLength() < 3
    assert canvas.zoom_level == pytest.approx(1.0)
    canvas.center_on("nobody")


def test_a_drag_to_the_edge_scrolls_on(canvas, hand, document, qtbot):
    start = hand.node("image")
    before = canvas.node_rect("image").left()
    hand.pull(start, canvas.mapToScene(QPoint(3, 300)))
    first = canvas.node_rect("image").left()
    qtbot.waitUntil(lambda: canvas.node_rect("image").left() < first - 100)
    hand.key(Qt.Key.Key_Escape)
    assert canvas.node_rect("image").left() == before
    assert document.revision == 0


@pytest.mark.parametrize("name", ["dark", "light"])
def test_focus_is_visible_when_the_keyboard_brought_it(canvas, qtbot, name):
    theme = Theme.load(name)
    canvas.set_theme(theme)
    room = QWidget()
    qtbot.addWidget(room)
    line, layout = QLineEdit(), QVBoxLayout(room)
    layout.addWidget(line)
    layout.addWidget(canvas)
    room.resize(900, 700)
    with qtbot.waitExposed(room):
        room.show()

    def edge() -> str:
        return canvas.grab().toImage().pixelColor(QPoint(0, canvas.height() // 2)).name()

    quiet, strong = theme.color("canvas.background").name(), theme.color("focus").name()
    line.setFocus()
    assert edge() == quiet
    QTest.keyClick(line, Qt.Key.Key_Tab)
    assert canvas.hasFocus()
    assert edge() == strong
    QTest.mouseClick(canvas.viewport(), LEFT, NONE, QPoint(5, 5))
    assert canvas.hasFocus()
    assert edge() == quiet, "who presses the mouse here knows where the keys go"
    line.setFocus()
    QTest.mouseClick(canvas.viewport(), LEFT, NONE, QPoint(5, 5))
    assert canvas.hasFocus()
    assert edge() == quiet
    QTest.keyClick(canvas, Qt.Key.Key_Tab, SHIFT)
    assert not canvas.hasFocus()
    layout.removeWidget(canvas)
    canvas.setParent(None)


def test_the_canvas_has_a_name(canvas):
    assert canvas.accessibleName() == "Canvas of classifier"
