"""The trainer: what a run leaves, that nothing watching it changes it, and that it goes on as if never interrupted."""

import random

import msgspec
import pytest
import torch
from immutables import Map
from PIL import Image

from netbuilder.graph.model import Graph, Node, Project
from netbuilder.training import checkpoint
from netbuilder.training.run import RunError
from tests.training.here import epochs, new, same, train, weights
from tests.training.projects import DIGITS, digits_project, graph, training


@pytest.fixture(scope="module")
def patching():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def whole(tmp_path_factory, patching):
    """One run from beginning to end that several tests look at and compare with."""
    run = train(new(tmp_path_factory.mktemp("whole"), epochs=6, checkpoint_seconds=0.0), patching)
    assert run.status().state == "finished", run.status()
    return run


def test_a_run_leaves_all_that_it_promises(whole):
    status = whole.status()
    assert (status.epoch, status.epochs, status.step, status.steps) == (6, 6, 120, 120)
    assert (status.device, status.error, status.notes) == ("cpu", "", ())
    assert list(epochs(whole)) == [1, 2, 3, 4, 5, 6]
    (first, _), (last, validation) = epochs(whole)[1], epochs(whole)[6]
    assert last["loss"] < first["loss"]
    assert set(validation) == {"loss", "accuracy"}
    records, _ = whole.metrics()
    steps = [record for record in records if record["kind"] == "step"]
    assert [record["step"] for record in steps] == list(range(1, 121))
    assert steps[-1]["lr"] == {"optimizer": 0.01}
    assert steps[-1]["speed"] > 0
    assert records[-1]["kind"] == "test"
    assert records[-1]["values"]["accuracy"] > 0.8
    assert "class Classifier(nn.Module)" in (whole.path / "model.py").read_text()
    environment = whole.environment()
    assert (environment["threads"], environment["torch"]) == (1, torch.__version__)


def test_the_epochs_figures_are_the_exact_means_of_its_steps(whole):
    records = [record for record in whole.metrics()[0] if record["kind"] == "step" and record["epoch"] == 6]
    sizes = [64] * 19 + [1258 - 19 * 64]
    mean = sum(r["values"]["loss"] * n for r, n in zip(records, sizes, strict=True)) / 1258
    assert epochs(whole)[6][0]["loss"] == pytest.approx(mean, rel=1e-12)


def test_results_hold_figures_matrix_and_pictures(whole):
    results = whole.results()
    counts = torch.tensor(results["confusion"]["accuracy"]["counts"])
    assert int(counts.sum()) == 359
    assert counts.sum(1).tolist() == [36, 36, 35, 37, 36, 36, 36, 36, 35, 36]  # rows are the truth
    assert float(counts.diagonal().sum() / 359) == pytest.approx(results["test"]["accuracy"])
    assert results["classes"] == list("0123456789")
    assert len(results["samples"]) >= 16
    for sample in results["samples"]:
        with Image.open(whole.path / sample["image"]) as image:
            assert image.size == (8, 8)
        assert 0.1 <= sample["probability"] <= 1
        assert sample["truth"] in results["classes"]
        assert sample["predicted"] in results["classes"]
    assert results["checkpoint"] == whole.checkpoint("best").path.name


def test_previews_are_drawn(whole):
    names = {path.name for path in (whole.path / "preview" / "step-120").iterdir()}
    assert names == {"watch_pictures.png", "watch_scores.json", "views.json"}


def test_best_is_the_first_epoch_with_the_best_validation(whole):
    values = {epoch: validation["accuracy"] for epoch, (_, validation) in epochs(whole).items()}
    best = whole.checkpoint("best")
    assert best.step == 20 * max(values, key=lambda epoch: (values[epoch], -epoch))
    assert best.values["accuracy"] == max(values.values())
    assert whole.checkpoint("last").step == 120
    assert whole.checkpoint(best.path.name) == best
    with pytest.raises(RunError, match="has no checkpoint 'step-7'"):
        whole.checkpoint("step-7")


def test_watching_changes_nothing(whole, tmp_path, monkeypatch):
    """The same weights without previews, without a best, with other intervals, evaluated in other portions."""
    quiet = digits_project(previews=False)
    run = train(new(tmp_path, quiet, epochs=6, preview_every=0, best="", eval_batch_size=7), monkeypatch)
    assert same(weights(run), weights(whole))
    other = train(new(tmp_path, epochs=6, seed=1), monkeypatch)
    assert not same(weights(other), weights(whole))


def test_without_validation_data_best_goes_by_the_training_figures(tmp_path, monkeypatch):
    dataset = msgspec.structs.replace(DIGITS, params=Map({"validation": 0.0, "test": 0.2}))
    project = msgspec.structs.replace(digits_project(), datasets=Map({"digits": dataset}))
    run = train(new(tmp_path, project), monkeypatch)
    assert run.status().state == "finished", run.status()
    assert epochs(run)[3][1] == {}
    assert run.checkpoint("best").values["accuracy"] == epochs(run)[run.checkpoint("best").step // 22][0]["accuracy"]


@pytest.mark.parametrize("seed", range(6))
def test_interrupted_at_random_steps_it_ends_with_the_same_bits(whole, tmp_path, monkeypatch, seed):
    """Stopped (with a checkpoint) and crashed (without one), mid-epoch included; figures and best are the same too."""
    chance = random.Random(seed)
    run = new(tmp_path, epochs=6, checkpoint_seconds=chance.choice([0.0, 0.001, 3600]))
    for _ in range(3):
        at = chance.randrange(1, 50)
        train(run, monkeypatch, **{chance.choice(["stop_after", "crash_after"]): at})
    train(run, monkeypatch)
    assert run.status().state == "finished"
    assert same(weights(run), weights(whole))
    assert same(weights(run, "best"), weights(whole, "best"))
    assert run.checkpoint("best").step == whole.checkpoint("best").step
    assert epochs(run) == epochs(whole)
    assert run.results() == whole.results()
    assert [r["kind"] for r in run.metrics()[0]].count("resumed") == 3


def test_a_damaged_last_checkpoint_is_passed_over_and_said(whole, tmp_path, monkeypatch):
    run = new(tmp_path, epochs=6)
    for steps in (31, 23):
        train(run, monkeypatch, stop_after=steps)
    assert run.checkpoint("last").step == 54
    path = run.checkpoint("last").path / checkpoint.OPTIMIZERS
    data = bytearray(path.read_bytes())
    data[-9] ^= 4
    path.write_bytes(data)
    train(run, monkeypatch)
    assert any("step-54 is damaged: optimizers.safetensors" in note for note in run.status().notes)
    assert same(weights(run), weights(whole))
    assert same(weights(run, "best"), weights(whole, "best"))
    assert run.results() == whole.results()


def test_when_every_checkpoint_is_damaged_the_run_says_so(tmp_path, monkeypatch):
    run = train(new(tmp_path), monkeypatch, stop_after=5)
    assert run.status().state == "stopped"
    for facts in run.checkpoints():
        (facts.path / checkpoint.STATE).write_bytes(b"{}")
    train(run, monkeypatch)
    assert run.status().state == "failed"
    assert run.status().error.startswith("No checkpoint of this run can be used. The checkpoint step-5 is damaged")


def test_another_source_than_the_recorded_one_is_reported(tmp_path, monkeypatch):
    run = train(new(tmp_path), monkeypatch, stop_after=5)
    (run.path / "model.py").write_text("raise SystemExit('never imported')\n")
    train(run, monkeypatch)
    assert run.status().state == "finished"
    assert any("model.py" in note and "not to the bit" in note for note in run.status().notes)


def test_a_loss_that_is_no_number_stops_with_its_step_and_keeps_the_checkpoint(tmp_path, monkeypatch):
    drawn = digits_project()
    exploding = training({"algorithm": "SGD", "lr": 100.0, "weight_decay": 1.0})
    project = msgspec.structs.replace(drawn, graphs=drawn.graphs.set("training", exploding))
    run = train(new(tmp_path, project, epochs=100), monkeypatch, stop_after=2)
    train(run, monkeypatch)
    status = run.status()
    assert status.state == "failed"
    assert (status.error_graph, status.error_node) == ("training", "loss")
    assert "The loss 'loss' became" in status.error
    assert " at step " in status.error
    assert status.error.endswith("The checkpoint of step 2 is kept.")
    assert checkpoint.read(run.checkpoint("last").path).state.position.step == 2


def embedding_project(rows: int) -> Project:
    """A network that looks twice the label up in a table; with too few rows, analysis is content and reality not."""
    network = graph(
        "network",
        {
            "label": ("Input", {"shape": "N", "dtype": "int64"}),
            "twice": ("Add", {}),
            "embedding1": ("Embedding", {"num_embeddings": rows, "embedding_dim": 10}),
            "logits": ("Output", {}),
        },
        "label.x > twice.x",
        "label.x > twice.x",
        "twice.y > embedding1.x",
        "embedding1.y > logits.x",
    )
    steps = training({})
    links = {end: link for end, link in steps.links.items() if end.node != "net"}
    taught = graph("training", {}, "data.label > net.label").links
    steps = Graph("training", steps.nodes, Map({**links, **taught}))
    return Project("Lookup", Map({"classifier": network, "training": steps}), Map({"digits": DIGITS}))


def test_an_error_on_the_first_real_batch_names_the_node(tmp_path, monkeypatch):
    run = train(new(tmp_path, embedding_project(rows=15)), monkeypatch)
    status = run.status()
    assert status.state == "failed"
    assert (status.error_graph, status.error_node) == ("classifier", "embedding1"), status
    assert "failed on the first batch: index out of range" in status.error
    assert status.error.count("\n") == 0
    assert (status.step, run.checkpoints()) == (0, [])
    assert train(new(tmp_path, embedding_project(rows=19), epochs=1), monkeypatch).status().state == "finished"


@pytest.mark.parametrize(
    ("settings", "says"),
    [({"best": "f1"}, "no loss or metric 'f1'; there are"), ({"device": "cuda"}, "device cuda is not available")],
)
def test_settings_that_do_not_fit_are_a_sentence(tmp_path, monkeypatch, settings, says):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    run = train(new(tmp_path, **settings), monkeypatch)
    assert run.status().state == "failed"
    assert says in run.status().error


def test_a_project_with_errors_fails_with_the_compilers_sentence(tmp_path, monkeypatch):
    project = digits_project()
    nodes = project.graphs["classifier"].nodes.set("linear2", Node("Linear", Map({"out_features": 0})))
    classifier = Graph("network", nodes, project.graphs["classifier"].links)
    run = train(
        new(tmp_path, msgspec.structs.replace(project, graphs=project.graphs.set("classifier", classifier))),
        monkeypatch,
    )
    status = run.status()
    assert (status.state, status.error_graph, status.error_node) == ("failed", "classifier", "linear2")
    assert status.error.endswith(".")


def test_a_project_that_cannot_be_read_is_a_sentence(tmp_path, monkeypatch):
    run = new(tmp_path)
    (run.path / "project.netbuilder").write_bytes(b"not a project")
    train(run, monkeypatch)
    assert run.status().state == "failed"
    assert "The project of the run" in run.status().error


def test_a_disk_that_fails_is_a_sentence_and_the_checkpoint_is_kept(tmp_path, monkeypatch):
    run = train(new(tmp_path), monkeypatch, stop_after=25)
    with monkeypatch.context() as patch:
        patch.setattr(checkpoint, "write", full)
        train(run, patch, stop_after=10)
    status = run.status()
    assert status.state == "failed"
    assert "the disk is full" in status.error
    assert "are kept" in status.error
    assert run.checkpoint("last").step == 25
    assert train(run, monkeypatch).status().state == "finished"


def full(*_arguments):
    raise OSError(28, "No space left on device", "checkpoints")


def test_a_preview_that_fails_is_said_once_and_the_run_goes_on(whole, tmp_path, monkeypatch):
    project = digits_project()
    links = {end: link for end, link in project.graphs["watch"].links.items() if end.node != "pictures"}
    watch = Graph("preview", project.graphs["watch"].nodes.delete("pictures"), Map(links))
    project = msgspec.structs.replace(project, graphs=project.graphs.set("watch", watch))
    monkeypatch.setattr("netbuilder.training.previews.shown", broken)
    run = train(new(tmp_path, project, epochs=6), monkeypatch)
    assert run.status().state == "finished"
    assert [note for note in run.status().notes if "preview 'watch' could not be drawn" in note] == list(
        run.status().notes
    )
    assert len(run.status().notes) == 1
    assert same(weights(run), weights(whole))


def broken(*_arguments):
    raise ValueError("no paint")


def test_previews_take_their_share_of_the_time(tmp_path, monkeypatch):
    """As seldom as they are drawn in a short run, each is drawn where all of the time may go into them."""
    drawn = {}
    for share in (0.005, 1.0):
        run = train(new(tmp_path / str(share), epochs=4, preview_share=share), monkeypatch)
        drawn[share] = {path.name for path in (run.path / "preview").glob("step-*")}
    assert drawn[1.0] == {"step-20", "step-40", "step-60", "step-80"}
    assert "step-80" in drawn[0.005] < drawn[1.0]
