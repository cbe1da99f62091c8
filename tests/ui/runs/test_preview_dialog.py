"""A preview run by hand: a real job draws with the weights of a run."""

from __future__ import annotations

import hashlib
import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.program import build
from netbuilder.graph.file import load, save
from netbuilder.resources import template
from netbuilder.training.run import Run, create
from netbuilder.training.settings import Settings
from netbuilder.ui.runs.preview_dialog import PreviewDialog

LEFT = Qt.MouseButton.LeftButton


def dialog_of(window) -> PreviewDialog | None:
    return window.findChild(PreviewDialog)


@pytest.fixture
def preset(window, tmp_path):
    """The window at the preview graph of a preset that lies in a file."""
    path = tmp_path / "digits.netbuilder"
    save(load(template("mlp_digits")), path)
    window.files.open(path)
    graphs = window.workbench.document.project.graphs
    (name,) = (name for name, graph in graphs.items() if graph.kind == "preview")
    window.workbench.tabs.show_graph(name)
    return window


@pytest.fixture
def trained(preset, tmp_path) -> Run:
    """A run with one checkpoint, whose weights are those that the network begins with."""
    from safetensors.torch import save_file

    from netbuilder.training.checkpoint import MANIFEST

    project = preset.workbench.document.project
    path = preset.workbench.path
    training = next(name for name, graph in project.graphs.items() if graph.kind == "training")
    run = create(project, training, Settings(), path.parent / "runs", source=path)
    folder = run.path / "checkpoints" / "step-7"
    folder.mkdir()
    (folder / "facts.json").write_text('{"step": 7, "epoch": 1, "values": {}}')
    networks = build(project, training, Catalogue.builtin()).networks
    weights = {f"{name}.{key}": value for name, made in networks.items() for key, value in made().state_dict().items()}
    save_file(weights, folder / "weights.safetensors")
    sums = {"weights.safetensors": hashlib.sha256((folder / "weights.safetensors").read_bytes()).hexdigest()}
    (folder / MANIFEST).write_text(json.dumps(sums))
    return run


def test_the_action_is_there_on_preview_graphs_only(preset):
    assert preset.actions_table["run_preview"].isEnabled()
    preset.workbench.tabs.show_graph("training")
    assert not preset.actions_table["run_preview"].isEnabled()


def test_a_checkpoint_that_is_damaged_gives_a_sentence(preset, trained, qtbot):
    (trained.path / "checkpoints" / "step-7" / "manifest.json").unlink(missing_ok=True)
    (trained.path / "checkpoints" / "step-7" / "weights.safetensors").unlink()
    preset.actions_table["run_preview"].trigger()
    dialog = dialog_of(preset)
    qtbot.waitUntil(lambda: dialog._job is None, timeout=120_000)
    assert "step-7" in dialog.words.text()
    assert "Traceback" not in dialog.words.text()
    assert not dialog.previews.isVisible()
    assert dialog.close_button.text() == "Close"


def test_without_weights_a_sentence_says_so(preset):
    preset.actions_table["run_preview"].trigger()
    assert "train the project first" in preset.status_bar.currentMessage()
    assert dialog_of(preset) is None


def test_pictures_come_from_the_newest_run_s_weights(preset, trained, qtbot):
    preset.actions_table["run_preview"].trigger()
    dialog = dialog_of(preset)
    assert not dialog.isModal()
    qtbot.waitUntil(lambda: dialog._job is None, timeout=120_000)
    assert dialog.words.text().startswith(f"With the weights of run {trained.name}, step 7"), dialog.words.text()
    assert dialog.previews.words.text() == "step 7"
    shown = {card.title.text(): card.shown for card in dialog.previews.cards}
    nodes = preset.workbench.document.project.graphs["predictions"].nodes
    assert set(shown) == {node.title or id for id, node in nodes.items() if node.block.startswith("View")}
    assert not any(each.pixmap().isNull() for each in shown.values())
    QTest.mouseClick(dialog.close_button, LEFT)
    qtbot.waitUntil(lambda: dialog_of(preset) is None)


@pytest.mark.parametrize("how", ["button", "project"])
def test_closing_ends_the_job(preset, trained, qtbot, how):
    preset.actions_table["run_preview"].trigger()
    dialog = dialog_of(preset)
    job = dialog._job
    assert job.running
    if how == "button":
        QTest.mouseClick(dialog.close_button, LEFT)
    else:
        preset.close_project()
    qtbot.waitUntil(lambda: not job.running, timeout=10_000)
    assert job.wait(10)
