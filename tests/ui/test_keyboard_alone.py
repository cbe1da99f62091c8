"""One evening without a mouse: a network is drawn, linked, named, mended, saved and looked through by keys alone."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from netbuilder.graph.file import load
from netbuilder.graph.model import Input, Output
from netbuilder.ui.canvas.check import differences
from netbuilder.ui.window import Window

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Key = Qt.Key


class Keyboard:
    """Presses keys where the focus is, as a keyboard does."""

    def __init__(self, window: Window) -> None:
        self._window = window

    def press(self, key: Qt.Key, keys=Qt.KeyboardModifier.NoModifier) -> None:
        popup = QApplication.activePopupWidget()
        QTest.keyClick((popup and popup.focusWidget()) or popup or self._window.focusWidget(), key, keys)

    def type(self, text: str) -> None:
        popup = QApplication.activePopupWidget()
        QTest.keyClicks((popup and popup.focusWidget()) or QApplication.focusWidget(), text)

    def choose(self, text: str) -> None:
        """Types in what has opened, and takes the first that fits."""
        self.type(text)
        self.press(Key.Key_Return)


def test_a_network_is_drawn_by_keys_alone(window, qtbot, tmp_path: Path):
    keys = Keyboard(window)
    window.dialogs.save_path = lambda suggestion: tmp_path / "mine.netbuilder"
    qtbot.waitUntil(window.isActiveWindow)
    keys.press(Key.Key_N, CTRL)
    bench = window.workbench
    document = bench.document
    keys.press(Key.Key_P, CTRL | SHIFT)
    keys.choose("new network")
    name = bench.graph
    assert document.project.graphs[name].kind == "network"
    qtbot.waitUntil(lambda: window.focusWidget() is bench.tabs.canvas)

    def nodes():
        return document.project.graphs[name].nodes

    made = []
    for block in ("Input", "Conv2d", "ReLU", "Output"):  # each behind the one before, which is selected
        keys.press(Key.Key_Tab)
        keys.choose(block.lower())
        made += [id for id in nodes() if id not in made]
    links = document.project.graphs[name].links
    image, conv, relu, out = made
    assert [links[Input(id, "x")].source.node for id in (conv, relu, out)] == [image, conv, relu]

    keys.press(Key.Key_Left, CTRL)
    assert bench.tabs.canvas.selected() == [relu]
    keys.press(Key.Key_F2)
    keys.choose("Bend")
    assert nodes()[relu].title == "Bend"
    keys.press(Key.Key_J)
    keys.choose(f"to {out}")  # is there: taken away
    assert Input(out, "x") not in document.project.graphs[name].links
    keys.press(Key.Key_Left, CTRL)
    keys.press(Key.Key_J)
    keys.choose(f"to {out}")
    assert document.project.graphs[name].links[Input(out, "x")].source == Output(conv, "y")
    keys.press(Key.Key_P, CTRL)
    keys.choose("bend")
    keys.press(Key.Key_Delete)
    assert relu not in nodes()
    keys.press(Key.Key_Z, CTRL)
    assert nodes()[relu].title == "Bend"

    keys.press(Key.Key_H, CTRL | SHIFT)
    keys.press(Key.Key_Home)
    keys.press(Key.Key_Return)
    assert name not in document.project.graphs
    keys.press(Key.Key_End)
    keys.press(Key.Key_Up)
    keys.press(Key.Key_Return)
    assert nodes()[relu].title == "Bend"
    keys.press(Key.Key_F6)
    while window.focusWidget() is not bench.tabs.canvas:
        keys.press(Key.Key_F6)
    keys.press(Key.Key_S, CTRL)
    assert load(tmp_path / "mine.netbuilder") == document.project
    assert differences(bench.tabs.canvas.graph_scene) == []
