"""Which nodes a run holds weights for: read from names and shapes of a checkpoint, without torch."""

from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest
import safetensors.torch

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.program import build
from netbuilder.graph.change import apply
from netbuilder.graph.edits import bypass, set_params
from netbuilder.graph.file import load
from netbuilder.graph.model import Project
from netbuilder.resources import template
from netbuilder.training.held import Held, held
from netbuilder.training.run import CHECKPOINTS, Run, RunError, create
from netbuilder.training.settings import resolve

CATALOGUE = Catalogue.builtin()


def made(project: Project, folder, analyser: Analyser) -> Run:
    """A run with a checkpoint as trainers write it, of weights that were never trained."""
    training = next(name for name, graph in project.graphs.items() if graph.kind == "training")
    run = create(project, training, resolve({}), folder)
    path = run.path / CHECKPOINTS / "step-1"
    path.mkdir()
    program = build(project, training, CATALOGUE, analyser)
    weights = {
        f"{name}.{key}": tensor.clone()
        for name, make in program.networks.items()
        for key, tensor in make().state_dict().items()
    }
    safetensors.torch.save_file(weights, path / "weights.safetensors")
    (path / "facts.json").write_bytes(msgspec.json.encode({"step": 1, "epoch": 1, "values": {}}))
    return run


def fitting(found: Held, project: Project, analyser: Analyser) -> set[tuple[str, str]]:
    reports = analyser.analyse(project)
    return {
        (name, id) for name, graph in project.graphs.items() for id in found.fitting(name, graph, reports[name].nodes)
    }


@pytest.mark.parametrize("name", ["cnn_digits", "gan_digits", "resnet_digits", "char_gpt"])
def test_every_node_that_learns_is_held_and_no_other(name, tmp_path):
    """Plain layers, norms with buffers, spectral norms, networks in networks, copies in a row, shared weights."""
    project, analyser = load(template(name)), Analyser(CATALOGUE)
    found = held(made(project, tmp_path, analyser))
    learning = {
        (graph, id)
        for graph, report in analyser.analyse(project).items()
        for id, facts in report.nodes.items()
        if facts.parameters
    }
    assert fitting(found, project, analyser) == learning
    assert len(learning) > 5


def test_what_was_changed_since_is_held_no_more(tmp_path):
    project, analyser = load(template("cnn_digits")), Analyser(CATALOGUE)
    found = held(made(project, tmp_path, analyser))
    before = fitting(found, project, analyser)
    net = next(name for name, graph in project.graphs.items() if "conv2" in graph.nodes)
    other = apply(project, set_params(project, net, "conv2", {"out_channels": 48}))
    gone = before - fitting(found, other, analyser)
    assert {(net, "conv2"), (net, "norm2"), (net, "conv3")} <= gone  # conv3 takes more channels now
    assert (net, "conv1") not in gone
    passed = apply(project, bypass(project, net, ["norm1"]))
    assert before - fitting(found, passed, analyser) >= {(net, "norm1")}


def test_a_run_without_readable_weights_says_so(tmp_path):
    project = load(template("cnn_digits"))
    run = create(project, "training", resolve({}), tmp_path)
    with pytest.raises(RunError, match="no checkpoint"):
        held(run)
    path = run.path / CHECKPOINTS / "step-1"
    path.mkdir()
    (path / "facts.json").write_bytes(msgspec.json.encode({"step": 1, "epoch": 1, "values": {}}))
    for wrong in (b"", b"\xff" * 64, b"\x02\0\0\0\0\0\0\0[]"):
        (path / "weights.safetensors").write_bytes(wrong)
        with pytest.raises(RunError, match="weights"):
            held(run)
    assert Held().fitting("classifier", project.graphs["classifier"], {}) == frozenset()


def test_the_window_reads_it_without_torch():
    code = "import sys, netbuilder.ui.runs.weights; print('torch' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
