"""How graphs are shown, as a person chooses it in the window: links, overlays, the map, signs, code and selection."""

from __future__ import annotations

import json
import struct

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel

from netbuilder.compiler.report import Flow, GraphReport, NodeFacts
from netbuilder.training.run import CHECKPOINTS, Run, create
from netbuilder.training.settings import resolve
from netbuilder.ui.canvas.signs import SIGNS
from netbuilder.ui.legend import FLOWS, PROBLEMS
from netbuilder.ui.preferences import Preferences

LEFT, CONTROL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier
SHAPES = {"classifier.conv1.weight": [4, 1, 3, 3], "classifier.conv1.bias": [4]}


@pytest.fixture
def run(project, tmp_path) -> Run:
    """A run that holds weights for conv1 alone: names and shapes are all that is read of them."""
    made = create(project, "training", resolve({}), tmp_path / "runs", source=tmp_path / "small.netbuilder")
    path = made.path / CHECKPOINTS / "step-7"
    path.mkdir()
    header = json.dumps(
        {name: {"dtype": "F32", "shape": shape, "data_offsets": [0, 0]} for name, shape in SHAPES.items()}
    )
    (path / "weights.safetensors").write_bytes(struct.pack("<Q", len(header)) + header.encode())
    (path / "facts.json").write_bytes(msgspec.json.encode({"step": 7, "epoch": 1, "values": {}}))
    return made


def reported(window) -> None:
    """As if the engine had answered."""
    flow = Flow(("N", 4, 8, 8))
    conv = NodeFacts("ok", {}, {"y": flow}, parameters=40, multiply_adds=2304, activation_bytes=1024)
    flat = NodeFacts("ok", {}, {"y": Flow(("N", 256))})
    net = NodeFacts("ok", {}, {"logits": Flow(("N", 10))}, parameters=2610)
    reports = {"classifier": GraphReport({"conv1": conv, "flatten1": flat}), "training": GraphReport({"net": net})}
    window.bridge._reports = reports
    window.workbench._reported(list(reports))


def looks(window):
    return {id: item.look for id, item in window.workbench.tabs.canvas.graph_scene.nodes.items()}


def test_the_shape_of_links_is_chosen_for_every_canvas_and_remembered(opened, preferences, tmp_path):
    opened.actions_table["links_orthogonal"].trigger()
    bench = opened.workbench
    assert bench.tabs.canvas.graph_scene.styling.links == "orthogonal"
    bench.tabs.show_graph("training")  # made only now
    assert bench.tabs.canvas.graph_scene.styling.links == "orthogonal"
    opened.toggle_theme()
    assert bench.tabs.canvas.graph_scene.styling.links == "orthogonal"
    bench.views.open_beside("classifier")
    assert bench.views.beside.canvas.graph_scene.styling.links == "orthogonal"
    assert not opened.actions_table["links_smooth"].isChecked()
    preferences.sync()
    again = Preferences(tmp_path / "config" / "window.ini")
    assert again.choice("view/links", ("smooth", "orthogonal")) == "orthogonal"


def test_overlays_are_chosen_by_keys_one_at_a_time_and_leave_nothing_behind(opened):
    reported(opened)
    before = looks(opened)
    canvas = opened.workbench.tabs.canvas
    keys = CONTROL | Qt.KeyboardModifier.AltModifier
    for key, name in ((Qt.Key.Key_1, "parameters"), (Qt.Key.Key_2, "multiply_adds"), (Qt.Key.Key_3, "memory")):
        QTest.keyClick(canvas, key, keys)
        assert canvas.graph_scene.reporting.overlay.mode == name
        assert opened.actions_table[f"overlay_{name}"].isChecked()
        assert not opened.actions_table["overlay_none"].isChecked()
        assert looks(opened)["conv1"].tone == "scale 16"
    assert looks(opened)["conv1"].cost[1] == "1.0 KiB"
    QTest.keyClick(canvas, Qt.Key.Key_4, keys)
    assert looks(opened)["flatten1"].cost == ("2 axes", "2")
    QTest.keyClick(canvas, Qt.Key.Key_0, keys)
    assert looks(opened) == before


def test_the_map_is_switched_by_a_key_and_remembered(opened, preferences):
    canvas = opened.workbench.tabs.canvas
    canvas.zoom(4.0 / canvas.zoom_level)
    QApplication.processEvents()
    shown = canvas._corners.map
    assert shown.isVisible()
    for wanted in (False, True):
        QTest.keyClick(canvas, Qt.Key.Key_M, CONTROL)
        QApplication.processEvents()
        assert shown.isVisible() is wanted
        assert opened.actions_table["minimap"].isChecked() is wanted
    assert preferences.choice("view/minimap", ("on", "off")) == "on"


def test_a_run_marks_what_it_holds_weights_for_on_every_canvas(opened, run):
    reported(opened)
    bench = opened.workbench
    assert looks(opened)["conv1"].signs == ()
    bench.look_for_runs()
    assert looks(opened)["conv1"].signs == ("trained",)
    assert looks(opened)["flatten1"].signs == ()
    bench.views.open_beside("classifier")
    assert looks(opened)["conv1"].signs == ("trained",)
    bench.views.close_beside()
    bench.tabs.canvas.select(["conv1"])
    assert bench.inspector.signs.text() == f"Trained: the run {run.name} holds its weights."
    assert bench.inspector.signs.isVisible()
    bench.tabs.canvas.select(["flatten1"])
    assert not bench.inspector.signs.isVisible()
    bench.tabs.show_graph("training")
    assert looks(opened)["net"].signs == ()  # 44 numbers are not the 2,610 of the whole network


def test_a_checkpoint_that_comes_while_a_run_trains_is_seen(opened, run, qtbot):
    reported(opened)
    bench = opened.workbench
    facts = run.path / CHECKPOINTS / "step-7" / "facts.json"
    held, waiting = facts.read_bytes(), bench.held_weights
    facts.unlink()
    waiting._again.setInterval(20)
    waiting.follow(True)  # as the runs panel tells it
    assert looks(opened)["conv1"].signs == ()
    facts.write_bytes(held)
    qtbot.waitUntil(lambda: looks(opened)["conv1"].signs == ("trained",))
    waiting.follow(False)
    assert not waiting._again.isActive()
    facts.unlink()
    waiting.look()
    assert looks(opened)["conv1"].signs == ()


def test_the_inspector_shows_formula_cost_and_help(opened):
    reported(opened)
    opened.workbench.tabs.canvas.select(["conv1"])
    inspector = opened.workbench.inspector
    assert dict(inspector.cost.rows) == {
        "Parameters": "40",
        "Multiply-adds": "2.3 k a sample",
        "Memory": "1.0 KiB a sample",
    }
    formula = opened._catalogue["Conv2d"].formula
    assert formula
    assert formula in inspector.help.text
    opened.workbench.tabs.canvas.select(["conv1", "flatten1"])
    assert dict(inspector.cost.rows)["Memory"] == "1.0 KiB a sample"


def test_code_and_canvas_lead_each_other_also_to_another_graph(opened, qtbot):
    bench = opened.workbench
    lines = [f"line{number} = {number}" for number in range(1, 201)]
    spans = {"classifier": {"": (1, 100), "conv1": (90, 90)}, "training": {"": (101, 200), "net": (150, 150)}}
    bench.code.show_code("\n".join(lines), spans)
    bench.show_dock("code")
    qtbot.waitUntil(lambda: not bench.docks["code"].visibleRegion().isEmpty())
    bench.tabs.canvas.select(["conv1"])
    marked = [mark.cursor.blockNumber() + 1 for mark in bench.code.extraSelections()]
    assert marked == [90]
    bench.code.verticalScrollBar().setValue(145)
    block = bench.code.document().findBlockByNumber(149)
    area = bench.code.blockBoundingGeometry(block).translated(bench.code.contentOffset())
    QTest.mouseClick(bench.code.viewport(), LEFT, pos=QPoint(40, round(area.center().y())))
    assert bench.graph == "training"
    assert bench.tabs.canvas.selected() == ["net"]
    assert bench.code.firstVisibleBlock().blockNumber() == 145  # it stays where it was clicked
    bench.tabs.canvas_of("classifier").select_none()
    bench.tabs.enter("classifier", "net")
    assert bench.code.firstVisibleBlock().blockNumber() <= 1  # the class that was entered


def test_the_page_of_signs_and_colours_names_them_all(opened):
    opened.actions_table["legend"].trigger()
    page = QApplication.activeModalWidget()
    assert isinstance(page, QDialog)
    texts = [shown.text() for shown in page.findChildren(QLabel)]
    for sign in SIGNS:
        assert sign.title in texts
        assert sign.meaning in texts
    assert {"Images", "Sequences", "Vectors", "Labels", "Loss", "Error", "Warning", "Hint"} <= set(texts)
    pictures = [shown.pixmap() for shown in page.findChildren(QLabel) if not shown.pixmap().isNull()]
    drawn = {bytes(picture.toImage().constBits()) for picture in pictures}
    assert len(drawn) == len(pictures) == len([*SIGNS, *PROBLEMS, *FLOWS])
    page.close()
