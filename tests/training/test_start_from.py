"""A run that begins with another's weights: pre-train, then fine-tune with a frozen encoder; and what matched."""

import msgspec
import pytest
import torch
from immutables import Map

from netbuilder.graph.model import Project
from netbuilder.training import checkpoint
from netbuilder.training.run import Run, create
from netbuilder.training.settings import resolve
from tests.training.here import train
from tests.training.projects import DIGITS, graph

ENCODER = graph(
    "network",
    {
        "image": ("Input", {"shape": "N 1 8 8"}),
        "flatten": ("Flatten", {}),
        "linear": ("Linear", {"out_features": 12}),
        "norm": ("BatchNorm1d", {}),
        "relu": ("ReLU", {}),
        "features": ("Output", {}),
    },
    "image.x > flatten.x", "flatten.y > linear.x", "linear.y > norm.x", "norm.y > relu.x", "relu.y > features.x",
)  # fmt: skip


def head(out):
    return graph(
        "network",
        {
            "features": ("Input", {"shape": "N 12"}),
            "linear": ("Linear", {"out_features": out}),
            "logits": ("Output", {}),
        },
        "features.x > linear.x",
        "linear.y > logits.x",
    )


NESTED = graph(  # encoder and a layer in one network
    "network",
    {
        "image": ("Input", {"shape": "N 1 8 8"}),
        "eyes": ("Network", {"network": "encoder"}),
        "linear": ("Linear", {"out_features": 10}),
        "logits": ("Output", {}),
    },
    "image.x > eyes.image", "eyes.features > linear.x", "linear.y > logits.x",
)  # fmt: skip


def steps(*, networks=("encoder", "head"), freeze=""):
    nodes = {
        "data": ("Data", {"dataset": "digits"}),
        "loss": ("CrossEntropyLoss", {}),
        "accuracy": ("Accuracy", {}),
        "optimizer": ("Optimizer", {"lr": 0.01}),
        "net0": ("Network", {"network": networks[0]}),
    }
    links = ["data.image > net0.image", "data.label > loss.target", "data.label > accuracy.target"]
    scores = "net0.logits"
    if len(networks) > 1:
        nodes["net1"] = ("Network", {"network": networks[1]})
        links.append("net0.features > net1.features")
        scores = "net1.logits"
    if freeze:
        nodes["freeze"] = ("Freeze", {"network": freeze})
    links += [f"{scores} > loss.logits", f"{scores} > accuracy.logits", "loss.loss > optimizer.loss"]
    return graph("training", nodes, *links)


PROJECT = Project(
    "Two phases",
    Map({
        "encoder": ENCODER, "head": head(10), "broad": head(12), "classifier": NESTED,
        "pretrain": steps(),
        "finetune": steps(networks=("classifier",), freeze="encoder"),
        "again": steps(),
        "lone": steps(networks=("classifier",)),
        "other": steps(networks=("encoder", "broad"), freeze="encoder"),
    }),
    Map({"digits": DIGITS}),
)  # fmt: skip


@pytest.fixture(scope="module")
def patching():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def trained(folder, graph, patch, **settings) -> Run:
    held = {"epochs": 2, "threads": 1, "batch_size": 200, "best": "accuracy", **settings}
    return train(create(PROJECT, graph, resolve(held), folder, name=graph), patch)


@pytest.fixture(scope="module")
def pretrained(tmp_path_factory, patching):
    run = trained(tmp_path_factory.mktemp("runs"), "pretrain", patching)
    assert run.status().state == "finished", run.status()
    return run


def weights(run, which="last"):
    return {
        f"{n}.{k}": t
        for n, each in checkpoint.read_weights(run.checkpoint(which).path).items()
        for k, t in each.items()
    }


def test_fine_tuning_leaves_the_frozen_encoder_as_it_was_to_the_bit(pretrained, monkeypatch):
    """Nested in another network there, batch statistics included, after an interruption too."""
    run = create(
        PROJECT, "finetune", resolve({"epochs": 2, "threads": 1, "batch_size": 200, "start_from": pretrained.name}),
        pretrained.path.parent, name="finetune",
    )  # fmt: skip
    train(run, monkeypatch, stop_after=3)
    train(run, monkeypatch)
    assert run.status().state == "finished", run.status()
    before, after = weights(pretrained, "best"), weights(run)
    kept = [name for name in before if name.startswith("encoder.")]
    assert len(kept) == 7
    for name in kept:
        assert torch.equal(before[name], after[name.replace("encoder.", "classifier.eyes.")]), name
    assert after.keys() == {n.replace("encoder.", "classifier.eyes.") for n in kept} | {
        "classifier.linear.weight", "classifier.linear.bias",
    }  # fmt: skip
    first, second = (record["train"]["loss"] for record in run.metrics()[0] if record["kind"] == "epoch")
    assert second < first  # the head learns
    best = pretrained.checkpoint("best").path.name
    (note,) = run.status().notes  # said again after the interruption
    assert note.startswith(f"The network 'classifier' starts with 7 tensors of {best} of {pretrained.name} (from ")
    assert note.endswith("; 'linear.weight', 'linear.bias' not there and random.")
    facts = msgspec.json.decode((run.path / "start.json").read_bytes())["networks"]["classifier"]
    assert facts["origins"] == ["encoder"]
    assert sorted(facts["matched"]) == sorted(name.replace("encoder.", "eyes.") for name in kept)
    assert facts["missing"] == ["linear.weight", "linear.bias"]
    assert best in msgspec.json.decode((run.path / "start.json").read_bytes())["checkpoint"]


def test_what_matched_is_said_and_recorded(pretrained, monkeypatch):
    run = trained(
        pretrained.path.parent, "other", monkeypatch, start_from=str(pretrained.checkpoint("last").path), epochs=1
    )
    place = f"{pretrained.checkpoint('last').path.name} of {pretrained.name}"
    assert run.status().notes == (
        f"The network 'broad' begins at random: {place} has no weights for it.",
        f"The network 'encoder' starts with 7 tensors of {place}.",
    )
    assert msgspec.json.decode((run.path / "start.json").read_bytes())["networks"]["broad"]["matched"] == []


def test_a_network_that_was_nested_there_is_found(pretrained, tmp_path, monkeypatch):
    nested = trained(tmp_path, "lone", monkeypatch, epochs=1)
    assert {name.partition(".")[0] for name in weights(nested)} == {"classifier"}  # the encoder is only inside
    run = trained(tmp_path, "other", monkeypatch, start_from=str(nested.path), epochs=1)
    assert run.status().notes[1].startswith("The network 'encoder' starts with 7 tensors of step-")
    assert run.status().notes[1].endswith("(from 'classifier.eyes').")
    for name, tensor in weights(nested, "best").items():
        if name.startswith("classifier.eyes."):
            assert torch.equal(tensor, weights(run)[name.replace("classifier.eyes.", "encoder.")])


def test_training_goes_on_where_all_of_it_matches(pretrained, tmp_path, monkeypatch):
    run = trained(tmp_path, "again", monkeypatch, start_from=str(pretrained.path), epochs=1)
    losses = [record["values"]["loss"] for record in run.metrics()[0] if record["kind"] == "step"]
    before = [record["values"]["loss"] for record in pretrained.metrics()[0] if record["kind"] == "step"]
    assert losses[0] < before[0] * 0.75


def test_other_shapes_and_other_names_are_told_apart(pretrained, tmp_path, monkeypatch):
    narrow = msgspec.structs.replace(PROJECT, graphs=PROJECT.graphs.set("head", head(11)))
    settings = resolve({"epochs": 1, "threads": 1, "batch_size": 400, "start_from": str(pretrained.path)})
    run = train(create(narrow, "again", settings, tmp_path), monkeypatch)
    assert run.status().notes[1].startswith("The network 'head' begins at random")  # none of its tensors fits
    facts = msgspec.json.decode((run.path / "start.json").read_bytes())["networks"]["head"]
    assert facts["different"] == {"linear.weight": [[10, 12], [11, 12]], "linear.bias": [[10], [11]]}


def test_resuming_does_not_start_over(pretrained, tmp_path, monkeypatch):
    settings = resolve({"epochs": 2, "threads": 1, "batch_size": 200, "start_from": str(pretrained.path)})
    whole = train(create(PROJECT, "again", settings, tmp_path, name="whole"), monkeypatch)
    cut = create(PROJECT, "again", settings, tmp_path, name="cut")
    train(cut, monkeypatch, stop_after=5)
    (pretrained.path / "project.netbuilder").rename(tmp_path / "kept")  # nothing of the other run is needed any more
    monkeypatch.setattr("netbuilder.training.start_from.find", None)
    train(cut, monkeypatch)
    (tmp_path / "kept").rename(pretrained.path / "project.netbuilder")
    assert all(torch.equal(tensor, weights(cut)[name]) for name, tensor in weights(whole).items())


def says(tmp_path, monkeypatch, start_from):
    run = trained(tmp_path, "again", monkeypatch, start_from=str(start_from))
    assert (run.status().state, run.status().step) == ("failed", 0)
    return run.status().error


def test_what_is_missing_or_damaged_is_one_sentence(pretrained, tmp_path, monkeypatch):
    assert says(tmp_path, monkeypatch, "runs/none") == (
        "Setting start_from: there is no folder 'runs/none'; give a run's folder or a checkpoint's."
    )
    (tmp_path / "empty").mkdir()
    assert "is not a run: it has no status.json" in says(tmp_path, monkeypatch, tmp_path / "empty")
    fresh = create(PROJECT, "pretrain", resolve({}), tmp_path / "unborn")
    assert "has no checkpoint yet" in says(tmp_path, monkeypatch, fresh.path)
    copy = tmp_path / "step-9"
    copy.mkdir()
    for file in pretrained.checkpoint("last").path.iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    data = bytearray((copy / checkpoint.WEIGHTS).read_bytes())
    data[-3] ^= 8
    (copy / checkpoint.WEIGHTS).write_bytes(data)
    assert says(tmp_path, monkeypatch, copy).startswith(
        "Setting start_from: The checkpoint step-9 is damaged: weights.safetensors is not what was written"
    )
    (copy / checkpoint.WEIGHTS).unlink()
    assert says(tmp_path, monkeypatch, copy).count(". ") <= 1


def test_a_run_of_other_networks_is_refused(pretrained, tmp_path, monkeypatch):
    from tests.training.projects import digits_project

    settings = resolve({"epochs": 1, "start_from": str(pretrained.path)})
    run = train(create(digits_project(), "training", settings, tmp_path), monkeypatch)
    assert run.status().error == (
        f"Setting start_from: nothing in the checkpoint {pretrained.checkpoint('best').path.name} fits; it holds "
        "weights of 'encoder', 'head', and this run trains 'classifier'."
    )
