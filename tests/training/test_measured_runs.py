"""Runs whose training graph has metrics that need state: trained, killed within an epoch, resumed, concluded."""

import msgspec
import pytest
import torch
from immutables import Map
from sklearn import metrics as sk

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.program import build
from netbuilder.data.loaders import load
from netbuilder.graph.model import Graph, Input, Link, Node, Output
from netbuilder.training import checkpoint, metrics
from netbuilder.training.run import Run
from netbuilder.training.settings import SettingsError, resolve_for
from netbuilder.training.work import build_networks
from tests.training.here import epochs, new, same, train, weights
from tests.training.projects import DIGITS, digits_project

CPU = torch.device("cpu")
METRICS = {"f1": "F1", "auroc": "AUROC", "perplexity": "Perplexity", "matrix": "ConfusionMatrix", "rmse": "RMSE"}


def measured_project(**params):
    """The digits classifier with metrics beside its accuracy; RMSE between the scores and themselves pushed."""
    project = digits_project(previews=False)
    drawn = project.graphs["training"]
    nodes, links = drawn.nodes, drawn.links
    for id, block in METRICS.items():
        nodes = nodes.set(id, Node(block, Map(params.get(id, {}))))
        first, second = ("prediction", "target") if block == "RMSE" else ("logits", "target")
        other = Output("net", "logits") if block == "RMSE" else Output("data", "label")
        for port, source in ((first, Output("net", "logits")), (second, other)):
            links = links.set(Input(id, port), Link(source, Input(id, port)))
    return msgspec.structs.replace(project, graphs=project.graphs.set("training", Graph("training", nodes, links)))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metrics, "MOST_STEPS", 7)  # so that steps wait within an epoch of 20
        yield train(new(tmp_path_factory.mktemp("whole"), measured_project(), best="f1"), patch)


def test_epochs_and_the_end_know_them_and_steps_only_means(whole):
    assert whole.status().state == "finished", whole.status().error
    figures = {"loss", "accuracy", "f1", "auroc", "perplexity", "rmse"}
    for trained, validated in epochs(whole).values():
        assert set(trained) == set(validated) == figures
        assert validated["rmse"] == trained["rmse"] == 0.0
        assert trained["perplexity"] == pytest.approx(2.718281828 ** trained["loss"], rel=1e-3)
    steps = [record for record in whole.metrics()[0] if record["kind"] == "step"]
    assert set(steps[-1]["values"]) == {"loss", "accuracy"}
    assert set(whole.results()["test"]) == figures


def test_the_best_checkpoint_can_be_by_one_of_them(whole):
    values = {epoch: validation["f1"] for epoch, (_, validation) in epochs(whole).items()}
    assert whole.checkpoint("best").values["f1"] == max(values.values())


def test_test_figures_are_sklearns_on_the_whole(whole):
    program = build(measured_project(), "training", Catalogue.builtin())
    networks = build_networks(program, 0, CPU)
    checkpoint.load_weights(networks, whole.checkpoint("best").path)
    data = load(DIGITS, 0, CPU).test
    with torch.no_grad():
        logits = networks["classifier"].eval()(data["image"])
    target, said, found = data["label"], logits.argmax(1), whole.results()["test"]
    assert found["f1"] == pytest.approx(sk.f1_score(target, said, average="macro"), abs=1e-6)
    auroc = sk.roc_auc_score(target, logits.double().softmax(1).numpy(), multi_class="ovr")
    assert found["auroc"] == pytest.approx(auroc, abs=1e-6)
    assert found["perplexity"] == pytest.approx(
        float(torch.nn.functional.cross_entropy(logits, target).exp()), rel=1e-5
    )


def test_the_drawn_confusion_matrix_is_the_one_that_is_kept(whole):
    results = whole.results()
    assert list(results["confusion"]) == ["matrix"]
    matrix = results["confusion"]["matrix"]
    counts = torch.tensor(matrix["counts"])
    assert counts.dtype == torch.int64
    assert matrix["classes"] == list("0123456789")
    assert int(counts.sum()) == 359
    assert float(counts.diagonal().sum() / 359) == pytest.approx(results["test"]["accuracy"])


@pytest.mark.parametrize("steps", [3, 21, 34, 47])
def test_a_run_that_dies_within_an_epoch_gives_the_same_figures_to_the_bit(whole, tmp_path, monkeypatch, steps):
    monkeypatch.setattr(metrics, "MOST_STEPS", 7)
    run = new(tmp_path, measured_project(), best="f1", checkpoint_seconds=0.000001)
    train(run, monkeypatch, crash_after=steps)
    assert len(epochs(run)) == (steps - 1) // 20
    train(Run(run.path), monkeypatch)
    assert epochs(run) == epochs(whole)
    assert run.results()["test"] == whole.results()["test"]
    assert same(weights(run), weights(whole))


def test_metrics_change_no_weights(whole, tmp_path, monkeypatch):
    assert same(weights(train(new(tmp_path, digits_project(previews=False)), monkeypatch)), weights(whole))


def test_a_metric_that_cannot_be_measured_is_named_before_the_run_begins(tmp_path, monkeypatch):
    """A window wider than the picture: no line of the source is at fault, so the metric itself must be named."""
    project = digits_project(previews=False)
    drawn = project.graphs["training"]
    links = drawn.links
    for port in ("prediction", "target"):
        links = links.set(Input("ssim", port), Link(Output("data", "image"), Input("ssim", port)))
    graph = Graph("training", drawn.nodes.set("ssim", Node("SSIM", Map(sigma=3.0))), links)
    project = msgspec.structs.replace(project, graphs=project.graphs.set("training", graph))
    status = train(new(tmp_path, project), monkeypatch).status()
    assert status.state == "failed"
    assert status.error.startswith("The metric 'ssim' cannot be measured: ")
    assert "Padding size should be less than" in status.error
    assert (status.error_graph, status.error_node) == ("training", "ssim")


def test_a_table_cannot_say_what_is_best():
    graph = measured_project().graphs["training"]
    assert resolve_for(graph, {"best": "f1"}, Catalogue.builtin()).best == "f1"
    with pytest.raises(SettingsError, match="there is no loss or metric 'matrix'; there are: accuracy, auroc, f1"):
        resolve_for(graph, {"best": "matrix"}, Catalogue.builtin())
