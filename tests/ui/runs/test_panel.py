"""The runs panel over run directories that the tests write as a trainer would."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from immutables import Map
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QScrollArea, QWidget

from netbuilder.graph.document import Document
from netbuilder.graph.model import Graph, Project
from netbuilder.training import files
from netbuilder.training.run import Run, Status, create, runs_folder
from netbuilder.training.settings import Settings
from netbuilder.ui.runs.panel import RunsPanel
from netbuilder.ui.runs.plots import MOST_DOTS
from netbuilder.ui.theme import Theme

PROJECT = Project(title="Digits", graphs=Map(training=Graph(kind="training")))


@pytest.fixture
def saved(tmp_path) -> Path:
    return tmp_path / "digits.netbuilder"


@pytest.fixture
def run(saved) -> Run:
    return create(PROJECT, "training", Settings(epochs=2), runs_folder(saved), source=saved)


@pytest.fixture
def panel(qtbot) -> RunsPanel:
    panel = RunsPanel(Theme.load("dark"))
    qtbot.addWidget(panel)
    panel.resize(1000, 420)
    panel.show()
    yield panel
    panel.stop_polling()


def say(run: Run, **fields) -> None:
    status = msgspec.structs.replace(Status(epochs=2, steps=100, device="cpu"), **fields)
    files.write(run.path / "status.json", msgspec.json.encode(status))


def record(run: Run, *records: dict) -> None:
    with (run.path / "metrics.jsonl").open("a") as file:
        file.writelines(json.dumps(each) + "\n" for each in records)


def test_a_run_that_goes_on_is_found_and_its_curves_grow(qtbot, panel, saved, run):
    lock = files.Lock(run.path / "supervisor.lock")
    say(run, state="running", epoch=1, step=50, elapsed=5.0)
    record(run, {"kind": "step", "step": 50, "epoch": 1, "time": 5.0, "values": {"loss": 0.5, "accuracy": 0.9}})
    panel.set_project(saved, Document(PROJECT))
    assert panel.list.count() == 1
    assert panel.header.state.text() == "Training"
    assert "5 s left" in panel.header.detail.text()
    assert panel.header.progress.value() == 50
    assert panel.plots.names() == ["loss", "accuracy"] or panel.plots.names() == ["accuracy", "loss"]
    record(
        run,
        {"kind": "step", "step": 60, "epoch": 1, "time": 6.0, "values": {"loss": 0.4, "accuracy": 0.92}},
        {"kind": "epoch", "step": 60, "epoch": 1, "train": {"loss": 0.5}, "validation": {"loss": 0.45}},
    )
    qtbot.waitUntil(lambda: panel.plots.points("loss", "train") == 2, timeout=3000)
    assert panel.plots.points("loss", "validation") == 1
    lock.release()


def test_what_takes_its_time_before_the_first_step_is_told(qtbot, panel, saved, run):
    lock = files.Lock(run.path / "supervisor.lock")
    say(run, state="starting", doing="Reading the data 12,000 of 20,000")
    panel.set_project(saved, Document(PROJECT))
    assert panel.header.detail.text() == "Reading the data 12,000 of 20,000"
    say(run, state="running", epoch=1, step=50, elapsed=5.0)
    qtbot.waitUntil(lambda: "epoch 1 of 2" in panel.header.detail.text(), timeout=3000)
    lock.release()


def test_the_buttons_steer_through_the_control_folder(qtbot, panel, saved, run):
    lock = files.Lock(run.path / "supervisor.lock")
    say(run, state="running")
    panel.set_project(saved, Document(PROJECT))
    qtbot.mouseClick(panel.header.buttons["pause"], Qt.MouseButton.LeftButton)
    assert (run.path / "control" / "pause").exists()
    say(run, state="paused")
    qtbot.waitUntil(panel.header.buttons["resume"].isVisible, timeout=3000)
    qtbot.mouseClick(panel.header.buttons["resume"], Qt.MouseButton.LeftButton)
    assert not (run.path / "control" / "pause").exists()
    qtbot.mouseClick(panel.header.buttons["stop"], Qt.MouseButton.LeftButton)
    assert (run.path / "control" / "stop").exists()
    lock.release()


def test_space_pauses_and_resumes_and_never_stops(qtbot, panel, saved, run):
    lock = files.Lock(run.path / "supervisor.lock")
    say(run, state="running")
    panel.set_project(saved, Document(PROJECT))
    buttons = panel.header.buttons
    place = buttons["stop"].pos()
    buttons["pause"].setFocus()
    qtbot.keyClick(buttons["pause"], Qt.Key.Key_Space)
    say(run, state="paused")
    qtbot.waitUntil(buttons["resume"].hasFocus, timeout=3000)
    assert buttons["stop"].pos() == place
    qtbot.keyClick(buttons["resume"], Qt.Key.Key_Space)
    say(run, state="starting")
    qtbot.waitUntil(lambda: panel.header.state.text() == "Starting", timeout=3000)
    assert not buttons["stop"].hasFocus()
    assert not (run.path / "control" / "stop").exists()
    lock.release()


def test_figures_stay_on_one_line_however_long(qtbot, panel, saved, run):
    lock = files.Lock(run.path / "supervisor.lock")
    say(run, state="running", epoch=1, step=50, elapsed=5.0)
    panel.set_project(saved, Document(PROJECT))
    height = panel.header.sizeHint().height()
    record(run, {"kind": "step", "step": 50, "epoch": 1, "time": 5.0, "values": {f"loss_{n}": 0.5 for n in range(30)}})
    qtbot.waitUntil(lambda: "loss_29" in panel.header.detail.text(), timeout=3000)
    assert panel.header.sizeHint().height() == height
    assert panel.width() == 1000
    lock.release()


def test_a_trainer_that_dies_shows_as_such_within_three_seconds(qtbot, panel, saved, run):
    lock = files.Lock(run.path / "supervisor.lock")
    say(run, state="running")
    panel.set_project(saved, Document(PROJECT))
    say(run, state="failed", error="The trainer was killed by signal 9, possibly out of memory.")
    qtbot.waitUntil(lambda: panel.header.state.text() == "Failed", timeout=3000)
    assert panel.header.detail.text() == "The trainer was killed by signal 9, possibly out of memory."
    assert panel.header.buttons["resume"].isEnabled()
    lock.release()


def test_a_run_whose_processes_are_gone_is_shown_as_interrupted(panel, saved, run):
    say(run, state="running", started=1.0)
    panel.set_project(saved, Document(PROJECT))
    assert panel.header.state.text().startswith("Interrupted")
    assert panel.header.buttons["resume"].isVisible()
    assert not panel.header.buttons["stop"].isVisible()


def test_results_show_matrix_and_samples_as_plain_text(panel, saved, run):
    (run.path / "preview" / "samples").mkdir()
    Image.new("L", (8, 8), 200).save(run.path / "preview" / "samples" / "00.png")
    results = {
        "test": {"accuracy": 0.98765},
        "confusion": {"accuracy": {"counts": [[8, 1], [0, 9]], "classes": ["<b>zero</b>", "one"]}},
        "samples": [
            {"image": "preview/samples/00.png", "truth": "<b>zero</b>", "predicted": "one", "probability": 0.6},
            {"image": "../../../outside.png", "truth": "one", "predicted": "one", "probability": 0.9},
        ],
    }
    (run.path / "results.json").write_text(json.dumps(results))
    say(run, state="finished", step=100)
    panel.set_project(saved, Document(PROJECT))
    assert "accuracy 0.9877" in panel.results.figures
    assert panel.results.matrix.counts == [[8, 1], [0, 9]]
    labels = panel.results.findChildren(QLabel)
    pictures = [label for label in labels if not label.pixmap().isNull()]
    assert len(pictures) == 1  # the one inside the run's folder
    assert "✗ one 60%" in [label.text() for label in labels]
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in labels if label.text())


def test_previews_follow_the_newest_step(panel, saved, run):
    panel.set_project(saved, Document(PROJECT))
    panel.tabs.setCurrentWidget(panel.previews)
    for step, shade in ((10, 50), (200, 250)):
        folder = run.path / "preview" / f"step-{step}"
        folder.mkdir()
        Image.new("L", (16, 16), shade).save(folder / "predictions_view1.png")
        (folder / "predictions_curve1.json").write_text('{"series": [[0.0, 1.0, 0.5]]}')
        panel.previews.show_folder(run.path / "preview")
        assert panel.previews.words.text() == f"step {step}"
    assert panel.previews.slider.maximum() == 1
    panel.previews.slider.setValue(0)
    assert panel.previews.words.text() == "step 10"
    (run.path / "preview" / "step-300").mkdir()
    panel.previews.show_folder(run.path / "preview")
    assert panel.previews.words.text() == "step 10"  # who looks at an older one is left alone


def test_a_removed_run_is_let_go(qtbot, panel, saved, run):
    say(run, state="stopped")
    panel.set_project(saved, Document(PROJECT))
    for path in sorted(run.path.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    run.path.rmdir()
    qtbot.waitUntil(lambda: panel.list.count() == 0 and panel.run is None, timeout=3000)
    assert panel.header.title.text() == "No run yet"


def test_both_themes_paint(qtbot, panel, saved, run):
    record(run, {"kind": "step", "step": 5, "values": {"loss <i>x</i>": 1.0}})
    say(run, state="stopped")
    panel.set_project(saved, Document(PROJECT))
    panel.set_theme(Theme.load("light"))
    assert not panel.grab().isNull()


def test_a_constant_learning_rate_can_be_read_from_its_axis(panel, saved, run):
    record(
        run, *({"kind": "step", "step": at, "values": {"loss": 1.0 / at}, "lr": {"adam": 0.001}} for at in (1, 2, 3))
    )
    say(run, state="stopped")
    panel.set_project(saved, Document(PROJECT))
    low, high = panel.plots._plots["learning rate"].getViewBox().viewRange()[1]
    assert low == pytest.approx(0.0)
    assert high == pytest.approx(0.002)


def test_many_epochs_are_a_line_without_dots_and_the_legend_follows_the_theme(panel, saved, run):
    record(run, *({"kind": "epoch", "step": n, "epoch": n, "train": {}, "validation": {"loss": 1 / n}} for n in (1, 2)))
    say(run, state="stopped")
    panel.set_project(saved, Document(PROJECT))
    curve = panel.plots._curves["loss", "validation"]
    assert curve.opts["symbol"] == "o"
    later = range(3, MOST_DOTS + 3)
    record(run, *({"kind": "epoch", "step": n, "epoch": n, "train": {}, "validation": {"loss": 1 / n}} for n in later))
    panel.refresh()
    assert curve.opts["symbol"] is None
    light = Theme.load("light")
    panel.set_theme(light)
    words = [label for _, label in panel.plots._plots["loss"].getPlotItem().legend.items]
    assert all(light.color("text.muted").name() in label.item.toHtml() for label in words)


def test_names_of_runs_can_be_read_in_a_narrow_panel(qtbot, panel, saved, run):
    say(run, state="stopped")
    panel.set_project(saved, Document(PROJECT))
    panel.resize(480, 300)
    qtbot.waitUntil(lambda: panel.width() == 480)
    needed = panel.list.fontMetrics().horizontalAdvance(panel.list.item(0).text().splitlines()[0])
    assert panel.list.viewport().width() > needed


HOSTILE = "<img src='file:///x'>"


def test_what_files_say_is_never_rich_text(panel, saved):
    """Legends, titles and tool tips are rich text in Qt: a name from a file must come through as it is."""
    folder = runs_folder(saved) / f"2026-01-31T10-15-00Z-{HOSTILE.replace('/', '∕')}-1"
    create(PROJECT, "training", Settings(epochs=2), runs_folder(saved), source=saved).path.rename(folder)
    run = Run(folder)
    record(run, {"kind": "step", "step": 5, "values": {HOSTILE: 1.0}, "lr": {HOSTILE: 0.1}})
    say(run, state="stopped")
    results = {"samples": [{"image": "", "truth": HOSTILE, "predicted": HOSTILE, "probability": 1.0}]}
    (run.path / "results.json").write_text(json.dumps(results))
    panel.set_project(saved, Document(PROJECT))
    assert panel.run == run
    plots = panel.plots._plots
    assert set(plots) == {"learning rate", HOSTILE}
    words = [label for widget in plots.values() for _, label in widget.getPlotItem().legend.items]
    assert {label.item.toPlainText() for label in words} == {HOSTILE, "train"}
    assert plots[HOSTILE].getPlotItem().titleLabel.item.toPlainText() == HOSTILE
    panel.set_theme(Theme.load("light"))
    assert {label.item.toPlainText() for label in words} == {HOSTILE, "train"}
    tips = [each.toolTip() for each in panel.findChildren(QWidget)] + [panel.list.item(0).toolTip()]
    assert sum("&lt;img" in each for each in tips) >= 2
    assert not any("<img" in each for each in tips)


@pytest.mark.parametrize("name", ["dark", "light"])
def test_all_pages_have_the_panel_s_ground(qtbot, qapp, panel, saved, run, name):
    record(run, {"kind": "step", "step": 5, "values": {"loss": 1.0}})
    say(run, state="stopped")
    theme = Theme.load(name)
    theme.apply(qapp)
    try:
        panel.set_theme(theme)
        panel.set_project(saved, Document(PROJECT))
        for page in (panel.plots, panel.results, panel.previews):
            panel.tabs.setCurrentWidget(page)
            area = page if isinstance(page, QScrollArea) else page.findChild(QScrollArea)
            picture = area.grab().toImage()
            found = picture.pixelColor(2, picture.height() - 3)
            assert found == theme.color("surface"), page
    finally:
        Theme.load("dark").apply(qapp)


def test_sample_predictions_are_never_cut_off(panel, saved, run, qtbot):
    samples = [{"truth": "1", "predicted": "1", "probability": 0.9} for _ in range(24)]
    (run.path / "results.json").write_text(json.dumps({"test": {}, "confusion": {}, "samples": samples}))
    say(run, state="finished", step=100)
    panel.set_project(saved, Document(PROJECT))
    panel.tabs.setCurrentWidget(panel.results)
    panel.resize(620, 420)
    qtbot.waitUntil(lambda: panel.results.horizontalScrollBar().maximum() == 0, timeout=2000)
    cards = [label.parentWidget() for label in panel.results.findChildren(QLabel) if label.text().startswith("✓")]
    assert len(cards) == 24
    edge = panel.results.viewport().width()
    assert all(card.mapTo(panel.results.viewport(), card.rect().topRight()).x() <= edge for card in cards)


def test_figures_that_have_no_room_end_in_an_ellipsis(qtbot, panel, saved, run):
    lock = files.Lock(run.path / "supervisor.lock")
    say(run, state="running", epoch=1, step=50, elapsed=5.0)
    values = {f"quite a long loss {number}": 0.123456 for number in range(6)}
    record(run, {"kind": "step", "step": 50, "epoch": 1, "time": 5.0, "values": values})
    panel.set_project(saved, Document(PROJECT))
    detail = panel.header.detail
    assert detail.shown().endswith("…")
    assert detail.fontMetrics().horizontalAdvance(detail.shown()) <= detail.width()
    panel.resize(4000, 420)
    qtbot.waitUntil(lambda: detail.shown() == detail.text(), timeout=2000)
    lock.release()


def test_rates_of_several_optimizers_can_be_told_apart(panel, saved, run):
    say(run, state="finished", epoch=2, step=100)
    rates = {"encoder": 1e-4, "head": 1e-2}
    record(run, *({"kind": "step", "step": n, "values": {}, "lr": rates} for n in range(10, 400, 10)))
    panel.set_project(saved, Document(PROJECT))
    curves = [panel.plots._curves["learning rate", name] for name in rates]
    assert len({curve.opts["pen"].color().name() for curve in curves}) == 2
    (axis,) = {curve.opts["logMode"][1] for curve in curves}
    assert axis  # one is a hundred times the other
    assert [panel.plots.points("learning rate", name) for name in rates] == [39, 39]


def test_a_loss_that_comes_in_few_steps_shows_each_of_them(panel, saved, run):
    say(run, state="finished", epoch=2, step=100)
    often = [{"kind": "step", "step": n, "values": {"d_loss": 1.0 / n}} for n in range(1, 101)]
    for n in (24, 49, 74):
        often[n]["values"]["g_loss"] = 0.5 + n / 100
    record(run, *often)
    panel.set_project(saved, Document(PROJECT))
    rare, usual = panel.plots._curves["g_loss", "train"], panel.plots._curves["d_loss", "train"]
    assert list(rare.xData) == [25, 50, 75]
    assert rare.opts["symbol"] == "o"
    assert usual.opts["symbol"] is None


def test_notes_of_a_run_have_a_page_of_their_own(panel, saved, run):
    panel.set_project(saved, Document(PROJECT))
    at = panel.tabs.indexOf(panel.notes)
    assert not panel.tabs.isTabVisible(at)
    told = (
        "The network 'encoder' starts with 4 tensors of best of <b>run</b>.",
        "The network 'head' begins at random.",
    )
    say(run, state="running", notes=told)
    panel.refresh()
    assert panel.tabs.isTabVisible(at)
    assert panel.tabs.tabText(at) == "Notes (2)"
    assert panel.notes.toPlainText() == "\n\n".join(told)
