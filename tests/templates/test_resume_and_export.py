"""Every preset goes on to the bit after it was stopped, and every network of it becomes an ONNX file that agrees."""

import pytest
import torch

from netbuilder import resources
from netbuilder.blocks.catalogue import Catalogue
from netbuilder.exchange.errors import ExportError
from netbuilder.exchange.project_out import export_network
from netbuilder.exchange.weights import Weights
from netbuilder.graph import file
from netbuilder.training import checkpoint, trainer
from netbuilder.training.run import create
from netbuilder.training.settings import resolve
from tests.templates.running import shallow, training_of
from tests.training import here

PROJECTS = {name: shallow(file.load(path)) for name, path in resources.templates().items()}
CATALOGUE = Catalogue.builtin()
STEPS = 6

# What can't become an ONNX file as a whole: it draws random numbers, and says so. Its parts can.
RANDOM: set[tuple[str, str]] = set()
# Conversion takes minutes: `benchmarks/preset_exports.py` does it.
SLOW: set[tuple[str, str]] = set()
NETWORKS = [
    (name, network)
    for name, project in PROJECTS.items()
    for network in sorted(project.graphs)
    if project.graphs[network].kind == "network" and (name, network) not in SLOW
]


def begun(name, parent):
    project, training = PROJECTS[name], training_of(name)
    settings = {**project.settings[training], "device": "cpu", "threads": 1, "checkpoint_seconds": 3600.0}
    return create(project, training, resolve(settings), parent)


def last_weights(run):
    held = checkpoint.read_weights(run.checkpoint("last").path)
    return {(network, key): tensor for network, tensors in held.items() for key, tensor in tensors.items()}


@pytest.mark.parametrize("name", PROJECTS)
def test_a_stopped_training_goes_on_to_the_bit(name, tmp_path, monkeypatch):
    monkeypatch.setattr(trainer, "conclude", lambda session, outcome, state: session.keeper.wait())
    whole = here.train(begun(name, tmp_path / "whole"), monkeypatch, stop_after=STEPS)
    cut = begun(name, tmp_path / "cut")
    here.train(cut, monkeypatch, stop_after=STEPS // 2)
    assert cut.checkpoint("last").step == STEPS // 2
    here.train(cut, monkeypatch, stop_after=STEPS - STEPS // 2)
    ours, theirs = last_weights(cut), last_weights(whole)
    assert cut.checkpoint("last").step == whole.checkpoint("last").step == STEPS
    assert ours.keys() == theirs.keys()
    for key, tensor in ours.items():
        assert torch.equal(tensor, theirs[key]), key


@pytest.mark.parametrize(("name", "network"), NETWORKS)
def test_a_network_becomes_an_onnx_file_that_agrees(name, network, tmp_path):
    target = tmp_path / "out.onnx"
    if (name, network) in RANDOM:
        with pytest.raises(ExportError, match="random"):
            export_network(PROJECTS[name], network, Weights(), target, CATALOGUE)
        return
    done = export_network(PROJECTS[name], network, Weights(), target, CATALOGUE)
    assert target.is_file()
    assert done.largest_relative_difference < 1e-3
