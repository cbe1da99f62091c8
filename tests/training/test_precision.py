"""Half precision and torch.compile: what they change, that they survive an interruption, and when they can't be had."""

import msgspec
import pytest
import torch

from netbuilder.training import compiled, session
from netbuilder.training.settings import resolve
from tests.training.adversaries import LEARN_G, PROJECT, drawn
from tests.training.here import epochs
from tests.training.test_adversaries import begun, held, same, trained


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_half_precision_trains_and_goes_on_to_the_bit(tmp_path, monkeypatch, precision):
    """Named for this run only: the text is written by the run's settings, not by the project's."""
    project = drawn(learn_g={**LEARN_G, "accumulate": 2, "every": 1, "start": 0})  # one scaler: equal accumulation
    whole = trained(begun(tmp_path / "whole", project, precision=precision, epochs=2), monkeypatch)
    assert whole.status().state == "finished", whole.status()
    text = (whole.path / "model.py").read_text()
    assert "torch.autocast(" in text
    assert ("opt.scaler.step(opt.learn_g)" in text) == (precision == "fp16")
    run = begun(tmp_path / "cut", project, precision=precision, epochs=2)
    for at in (5, 14):
        trained(run, monkeypatch, stop_after=at)
    trained(run, monkeypatch)
    assert same(held(run), held(whole))
    assert bool(held(run).state.scaler) == (precision == "fp16")
    assert {tensor.dtype for name, tensor in held(run).weights.items() if "num_batches" not in name} == {torch.float32}
    plain = trained(begun(tmp_path / "plain", project, epochs=2), monkeypatch)
    assert epochs(plain)[1][0] != epochs(whole)[1][0]
    assert epochs(plain)[1][0]["d_loss"] == pytest.approx(epochs(whole)[1][0]["d_loss"], rel=0.05)
    assert "autocast" not in (plain.path / "model.py").read_text()


@pytest.fixture
def eager_backend(monkeypatch):
    """torch.compile without its slow half: graphs are taken and run as they are."""
    monkeypatch.setattr(compiled, "BACKEND", "eager")
    before = torch._dynamo.config.suppress_errors
    yield monkeypatch
    torch._dynamo.config.suppress_errors = before
    torch.compiler.reset()


def test_compiled_networks_learn_the_same(tmp_path, eager_backend):
    """With a backend that changes no operation; trying it out leaves no trace in weights, averages or generators."""
    counts = []

    def counting(graph, _inputs):
        counts.append(graph)
        return graph.forward

    plain = trained(begun(tmp_path, epochs=2), eager_backend)
    eager_backend.setattr(compiled, "BACKEND", counting)
    run = trained(begun(tmp_path, compile=True, epochs=2), eager_backend)
    assert run.status().state == "finished", run.status()
    assert run.status().notes == ()
    assert len(counts) >= 2
    assert same(held(run), held(plain))


def refusing(graph, _inputs):
    """Knows no sigmoid: the generator can't be compiled, the discriminator can."""
    if "sigmoid" in graph.print_readable(print_output=False):
        raise NotImplementedError("no sigmoid here\nand many more lines")
    return graph.forward


def test_a_network_that_cannot_be_compiled_runs_as_it_is(tmp_path, eager_backend):
    plain = trained(begun(tmp_path, epochs=1), eager_backend)
    eager_backend.setattr(compiled, "BACKEND", refusing)
    run = trained(begun(tmp_path, compile=True, epochs=1), eager_backend)
    assert run.status().state == "finished", run.status()
    (note,) = run.status().notes
    assert note.startswith("The network 'generator' runs uncompiled: torch.compile failed with ")
    assert "no sigmoid here" in note
    assert "\n" not in note
    assert same(held(run), held(plain))


def test_networks_under_a_gradient_penalty_stay_as_they_are(tmp_path, eager_backend):
    made = session.build

    def with_penalty(*arguments):
        return msgspec.structs.replace(made(*arguments), eager={"discriminator": "a penalty needs its slopes."})

    eager_backend.setattr(session, "build", with_penalty)
    run = trained(begun(tmp_path, compile=True, epochs=1), eager_backend)
    assert run.status().state == "finished", run.status()
    assert run.status().notes == ("The network 'discriminator' is not compiled: a penalty needs its slopes.",)


def test_without_a_compiler_the_run_goes_on_and_says_so(tmp_path, monkeypatch):
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    run = trained(begun(tmp_path, compile=True, epochs=1), monkeypatch)
    assert run.status().state == "finished", run.status()
    assert run.status().notes == (
        "The networks run uncompiled: torch.compile needs a C++ compiler, and there is none on this machine (g++ or "
        "clang++).",
    )


def test_settings_of_a_run_are_those_of_its_training_graph():
    assert resolve({}).precision == "float32"
    assert (resolve({}).compile, resolve({}).start_from) == (False, "")
    assert drawn().graphs["training"] == PROJECT.graphs["training"]
