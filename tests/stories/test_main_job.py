"""The main job as a person does it, with real mouse and key events over the real window, engine, run and export.

They open the CNN preset, drag a block in, link it, read on the node why the numbers do not fit, mend that with one
click, train, watch, and export a file that onnxruntime runs to the same numbers.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.graph.file import load
from netbuilder.graph.model import Input, Output
from netbuilder.ui.canvas.view import Canvas
from netbuilder.ui.export import ExportDialog
from netbuilder.ui.palette.model import BLOCK
from netbuilder.ui.preferences import Preferences
from netbuilder.ui.window import Window
from tests.predictions import check_predictions

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
EPOCHS = 8
SLOW = 120_000  # ms; the machine may be busy


class Person:
    """Somebody at the window: looks, moves the mouse, types."""

    def __init__(self, window: Window, qtbot) -> None:
        self.window, self.qtbot = window, qtbot

    @property
    def canvas(self) -> Canvas:
        return self.window.workbench.tabs.canvas

    @property
    def graph(self):
        return self.window.workbench.document.project.graphs["classifier"]

    def waits_for(self, what, timeout: int = SLOW) -> None:
        self.qtbot.waitUntil(lambda: bool(what()), timeout=timeout)

    def waits_for_analysis(self) -> None:
        client = self.window.bridge.client
        self.waits_for(lambda: client is not None and client.state == "ready")
        QApplication.processEvents()

    def drags_block_in(self, name: str, to: QPointF) -> str:
        """Searches the palette for a block, takes the row that it shows and drops it on the canvas."""
        palette = self.window.workbench.palette_panel
        self.qtbot.mouseClick(palette.search, LEFT)
        palette.search.selectAll()
        QTest.keyClicks(palette.search, name)
        model = palette.tree.model()
        rows = (model.index(row, 0) for row in range(model.rowCount()))
        index = next(index for index in rows if index.data(BLOCK) == name)
        data = model.mimeData([index])
        assert isinstance(data, QMimeData)
        before = set(self.graph.nodes)
        view, at, copy = self.canvas.viewport(), self.canvas.mapFromScene(to), Qt.DropAction.CopyAction
        QApplication.sendEvent(view, QDragEnterEvent(at, copy, data, LEFT, NONE))
        QApplication.sendEvent(view, QDragMoveEvent(at, copy, data, LEFT, NONE))
        QApplication.sendEvent(view, QDropEvent(QPointF(at), copy, data, LEFT, NONE))
        (made,) = set(self.graph.nodes) - before
        return made

    def links(self, source: tuple[str, str], target: tuple[str, str], index: int = 0) -> None:
        """Drags from an output port to an input port."""
        start = self.canvas.port_pos(*source, False)
        end = self.canvas.port_pos(*target, True, index)
        view = self.canvas.viewport()

        def spot(pos: QPointF) -> QPoint:
            return self.canvas.mapFromScene(pos)

        QTest.mouseMove(view, spot(start))
        QTest.mousePress(view, LEFT, NONE, spot(start))
        for share in (0.1, 0.5, 0.9, 1.0):
            QTest.mouseMove(view, spot(start + (end - start) * share))
            QApplication.processEvents()
        QTest.mouseRelease(view, LEFT, NONE, spot(end))
        held = self.graph.links[Input(*target, index)]
        assert held.source == Output(*source)

    def clicks_node(self, id: str) -> None:
        rect = self.canvas.node_rect(id)
        spot = self.canvas.mapFromScene(QPointF(rect.center().x(), rect.bottom() - 6))
        QTest.mouseClick(self.canvas.viewport(), LEFT, NONE, spot)


@pytest.fixture
def person(qtbot, qapp, tmp_path: Path, monkeypatch):
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    window = Window(qapp, Catalogue.builtin(), Preferences(tmp_path / "window.ini"))
    window.resize(1500, 950)
    window.show_welcome()
    window.show()
    qtbot.waitExposed(window)
    yield Person(window, qtbot)
    window.files.opened = None  # no question about unsaved changes
    window.close()
    window.deleteLater()


def test_from_the_preset_to_a_file_that_onnxruntime_agrees_with(person: Person, tmp_path: Path, qtbot):
    window = person.window

    # Starts the app, sees the CNN preset as a wired network.
    card = next(card for card in window.welcome.presets if "CNN" in card.accessibleName())
    qtbot.mouseClick(card, LEFT)
    person.waits_for(lambda: window.workbench is not None and window.workbench.tabs.canvas is not None)
    person.waits_for_analysis()
    report = window.bridge.reports["classifier"]
    assert not report.errors
    assert report.nodes["logits"].inputs["x"][0].shape == ("N", 10)
    assert person.canvas.graph_scene.links

    # Saves it somewhere, with the keyboard.
    path = tmp_path / "digits ü.netbuilder"
    window.files.dialogs.save_path = lambda suggestion: path
    QTest.keyClick(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert load(path) == window.workbench.document.project

    # Drags in a block and links it: a connection that skips the third convolution.
    where = person.canvas.node_rect("logits")
    add = person.drags_block_in("Add", QPointF(where.center().x(), where.bottom() + 50))
    person.links(("pool1", "y"), (add, "x"), 0)
    person.links(("relu3", "y"), (add, "x"), 1)
    person.links((add, "y"), ("flatten1", "x"))
    person.waits_for_analysis()

    # Reads on the node why the numbers do not fit.
    (problem,) = window.bridge.reports["classifier"].errors
    assert problem.node == add
    assert "32" in problem.message
    assert "64" in problem.message
    person.clicks_node(add)
    bubble = person.canvas._hover.bubble
    person.waits_for(lambda: bubble.isVisible() and bubble.node == add)
    assert " ".join(bubble.sentences) == problem.message

    # Mends it with one click, there on the node.
    revision = window.workbench.document.revision
    QTest.mouseClick(person.canvas.viewport(), LEFT, NONE, person.canvas.repair_pos(0))
    assert window.workbench.document.revision == revision + 1
    person.waits_for_analysis()
    assert not window.bridge.reports["classifier"].errors

    # A shorter training, set in the inspector of the training graph.
    window.workbench.tabs.show_graph("training")
    form = window.workbench.inspector.settings
    field = next(line for line in form.findChildren(QLineEdit) if line.accessibleName().lower() == "epochs")
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, str(EPOCHS))
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert window.workbench.document.project.settings["training"]["epochs"] == EPOCHS

    # Presses Train, watches loss and accuracy move.
    person.waits_for_analysis()
    assert [problem.message for found in window.bridge.reports.values() for problem in found.errors] == []
    qtbot.mouseClick(window.train_button, LEFT)
    panel = window.workbench.runs_panel()
    run = panel.run
    assert run is not None
    person.waits_for(lambda: panel.plots.points("loss", "train") > 3 and panel.plots.points("accuracy", "validation"))
    person.waits_for(lambda: panel.header.state.text() == "Finished")
    assert panel.header.progress.value() == panel.header.progress.maximum()
    losses = panel.history.curves["loss", "validation"].y
    accuracies = panel.history.curves["accuracy", "validation"].y
    assert len(losses) == EPOCHS
    assert losses[-1] < losses[0]
    assert accuracies[-1] > accuracies[0]
    person.waits_for(lambda: panel.results.matrix.counts)
    assert panel.history.test["accuracy"] > 0.95
    assert sum(map(sum, panel.results.matrix.counts)) == 359  # a fifth of 1,797 digits

    # Exports; the dialog says how far onnxruntime and torch differ.
    QTest.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    person.waits_for(lambda: window.findChild(ExportDialog) is not None)
    dialog = window.findChild(ExportDialog)
    target = tmp_path / "digits.onnx"
    dialog.target.selectAll()
    QTest.keyClicks(dialog.target, str(target))
    assert "best" in dialog.weights.currentText()
    qtbot.mouseClick(dialog.export, LEFT)
    person.waits_for(lambda: dialog.exported is not None)
    assert "largest difference" in dialog.words.text()
    qtbot.mouseClick(dialog.close_button, LEFT)
    check_predictions(target, run)
