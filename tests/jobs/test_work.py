"""The real jobs as processes: export with random and with a run's weights, a preview, a scan."""

import shutil
import tempfile
import threading
from pathlib import Path

import msgspec
import numpy as np
import onnx
import pytest
import torch
from immutables import Map
from sklearn.datasets import load_digits

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.program import build
from netbuilder.data.facts import facts
from netbuilder.graph.model import NONE, Graph, Input, Link, Node, Output, Project
from netbuilder.graph.plain import dataset_from_plain, project_to_plain
from netbuilder.jobs import worker
from netbuilder.jobs.client import Job
from netbuilder.jobs.staying import Staying
from netbuilder.jobs.table import WORK
from netbuilder.training import checkpoint
from netbuilder.training.run import create
from netbuilder.training.settings import resolve


def wired(kind, nodes, links):
    ends = {Input(*target.split(".")): Output(*source.split(".")) for source, target in links}
    return Graph(kind=kind, nodes=Map(nodes), links=Map({end: Link(source, end) for end, source in ends.items()}))


@pytest.fixture
def project():
    network = wired(
        "network",
        {
            "image": Node("Input", Map({"shape": "N 1 8 8"})),
            "flatten1": Node("Flatten"),
            "linear1": Node("Linear", Map({"out_features": 10})),
            "logits": Node("Output"),
        },
        [("image.x", "flatten1.x"), ("flatten1.y", "linear1.x"), ("linear1.y", "logits.x")],
    )
    preview = wired(
        "preview",
        {
            "data": Node("Data", Map({"dataset": "digits"})),
            "model": Node("Network", Map({"network": "net"})),
            "pictures": Node("ViewImages", Map({"count": 9})),
            "curve": Node("ViewCurve", Map({"count": 2})),
        },
        [
            ("data.image", "model.image"),
            ("data.image", "pictures.images"),
            ("model.logits", "pictures.logits"),
            ("model.logits", "curve.values"),
        ],
    )
    training = wired("training", {"data": Node("Data", Map({"dataset": "digits"}))}, [])
    return Project(
        title="Jobs",
        graphs=Map({"net": network, "look": preview, "training": training}),
        datasets=Map({"digits": facts("digits")}),
    )


@pytest.fixture
def run(project, tmp_path):
    """A run with one checkpoint of known weights."""
    made = create(project, "training", resolve({"seed": 3}), tmp_path / "runs")
    program = build(project, None, Catalogue.builtin(), networks=["net"])
    torch.manual_seed(7)
    networks = {"net": program.networks["net"]()}
    state = checkpoint.State(position=checkpoint.Position(1, 0, 12), values={"accuracy": 0.5})
    snapshot = checkpoint.take(networks, {}, torch.device("cpu"), state)
    checkpoint.write(snapshot, made.path / "checkpoints")
    return made, networks["net"]


def do(request, timeout=300):
    """Runs a job to its end and gives its last answer and how far it said it was on the way."""
    answers, ended = [], threading.Event()

    def hear(answer):
        answers.append(answer)
        if answer["is"] in ("done", "failed"):
            ended.set()

    job = Job(request, hear)
    assert ended.wait(timeout)
    assert job.wait(60)
    return answers[-1], [answer["done"] for answer in answers[:-1]]


def test_export_with_a_runs_weights(project, run, tmp_path):
    made, module = run
    target = tmp_path / "out.onnx"
    request = {"job": "export", "project": project_to_plain(project), "network": "net", "to": str(target)}
    answer, steps = do({**request, "run": str(made.path), "checkpoint": "best", "untrained": False})
    assert answer["is"] == "done", answer
    result = answer["result"]
    assert result["path"] == str(target)
    assert result["batches"] == [2, 5]
    assert result["largest_difference"] < 1e-4
    assert "step 12" in result["weights"]
    assert "accuracy 0.5" in result["weights"]
    assert len(steps) > 3
    model = onnx.load(str(target))
    weights = {one.name: onnx.numpy_helper.to_array(one) for one in model.graph.initializer}
    expected = module.state_dict()["linear1.weight"].numpy()
    assert any(array.shape == expected.shape and (array == expected).all() for array in weights.values())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.onnx", "runs"]


def test_a_project_without_a_title_is_named_after_its_file_in_the_exported_one(project, run, tmp_path):
    made, _ = run
    project = msgspec.structs.replace(project, title="")
    sourced = create(project, "training", resolve({}), tmp_path / "runs", source=tmp_path / "of the run.netbuilder")
    shutil.copytree(made.path / "checkpoints", sourced.path / "checkpoints", dirs_exist_ok=True)
    target = tmp_path / "out.onnx"
    plain = project_to_plain(project)
    request = {"job": "export", "project": plain, "network": "net", "to": str(target), "run": str(sourced.path)}
    for more, title in (({}, "of the run"), ({"name": "asked"}, "asked")):
        said = []
        worker.run({**request, **more}, said.append, WORK)
        assert said[-1]["is"] == "done", said[-1]
        found = {entry.key: entry.value for entry in onnx.load(str(target)).metadata_props}
        assert found["netbuilder.project"] == title


def test_export_refuses_what_it_can_not_do(project, run, tmp_path):
    made, _ = run
    plain = project_to_plain(project)
    request = {"job": "export", "project": plain, "network": "net", "to": str(tmp_path / "out.onnx")}
    for wrong, words in (
        ({}, "Which weights?"),
        ({"run": str(made.path), "checkpoint": "step-99"}, "has no checkpoint 'step-99'"),
        ({"run": str(tmp_path)}, "has no checkpoint yet"),
        ({"untrained": True, "network": "nope"}, "no network 'nope'"),
        ({"untrained": 7}, "The request for this job is not complete"),
        ({"untrained": True, "project": {**plain, "graphs": 7}}, "graphs"),
    ):
        said = []
        worker.run({**request, **wrong}, said.append, WORK)  # in this process: one import of torch instead of six
        answer = said[-1]
        assert answer["is"] == "failed"
        assert words in answer["message"]
        assert "\n" not in answer["message"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["runs"]


def test_a_cancelled_export_leaves_nothing(project, tmp_path):
    target = tmp_path / "out.onnx"
    writing = threading.Event()

    def hear(answer):
        if answer.get("text", "").startswith("Writing"):
            writing.set()

    plain = project_to_plain(project)
    job = Job({"job": "export", "project": plain, "network": "net", "untrained": True, "to": str(target)}, hear)
    assert writing.wait(120)
    assert len(list(tmp_path.iterdir())) == 1  # the folder beside its place
    job.cancel()
    assert job.wait(30)
    assert list(tmp_path.iterdir()) == []


def test_sample_draws_with_a_runs_weights(project, run, tmp_path):
    made, _ = run
    folder = tmp_path / "pictures"
    folder.mkdir()
    wish = {"graph": "look", "part": "validation", "count": 2}
    request = {"job": "sample", "project": project_to_plain(project), "wish": wish, "to": str(folder)}
    answer, _ = do({**request, "run": str(made.path)})
    assert answer["is"] == "done", answer
    views = answer["result"]["views"]
    assert views == {"pictures": str(folder / "look_pictures.png"), "curve": str(folder / "look_curve.json")}
    assert (folder / "look_pictures.png").read_bytes().startswith(b"\x89PNG")
    assert {path.name for path in folder.iterdir()} == {"look_pictures.png", "look_curve.json", "views.json"}
    curve = msgspec.json.decode((folder / "look_curve.json").read_bytes())
    assert [len(row) for row in curve["series"]] == [10, 10]
    listed = msgspec.json.decode((folder / "views.json").read_bytes())
    assert [(row["view"], row["figure"]) for row in listed] == [("curve", False), ("pictures", True)]
    answer, _ = do({**request, "wish": {"graph": "net"}})
    assert answer == {"is": "failed", "message": "The project has no preview graph 'net'; it has: look."}


def test_a_process_that_stays_answers_the_newest_question(project, run, tmp_path):
    made, _ = run
    heard, done = [], threading.Event()

    def hear(answer):
        heard.append(answer)
        if answer["is"] != "progress":
            done.set()

    def ask(**wish):
        done.clear()
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        plain = project_to_plain(project)
        wished = {"graph": "look", "count": 2, **wish}
        asking = {"job": "sample", "project": plain, "wish": wished, "to": str(folder), "run": str(made.path)}
        staying.ask(asking)
        return folder

    staying = Staying(hear)
    ask(first=-1)
    ask(first=1)
    third = ask(first=2)
    assert done.wait(120)
    assert heard[-1]["is"] == "done", heard[-1]
    assert heard[-1]["result"]["views"]["curve"] == str(third / "look_curve.json")
    assert not staying.busy
    process = staying._child.pid
    ask(first=-1)
    assert done.wait(60)
    assert heard[-1]["message"] == "The first sample is 0 or more, not -1."
    assert staying._child.pid == process
    staying._child.kill()
    staying._child.wait(30)
    ask()
    assert done.wait(120)
    assert heard[-1]["is"] == "done"
    assert staying._child.pid != process
    before = len(heard)
    ask()
    staying.cancel()
    assert not staying.busy
    ask(first=3)
    assert done.wait(120)
    assert [answer["is"] for answer in heard[before:] if answer["is"] != "progress"] == ["done"]
    staying.cancel()


def test_scan_gives_what_is_counted_in_every_column():
    answer, _ = do({"job": "scan", "dataset": {"source": "digits"}})
    assert answer["is"] == "done", answer
    found = dataset_from_plain(answer["result"]["dataset"])
    plain = [msgspec.structs.replace(column, facts=NONE) for column in found.columns]
    assert (plain, found.samples) == (list(facts("digits").columns), 1797)
    image, label = (column.facts for column in found.columns)
    assert (image["low"], image["high"], image["missing"]) == (0.0, 1.0, 0)
    pixels = load_digits().images / 16
    assert image["mean"] == pytest.approx(pixels.mean(), rel=1e-6)
    assert image["std"] == pytest.approx(pixels.std(), rel=1e-6)
    assert list(label["counts"]) == np.bincount(load_digits().target).tolist()
    assert answer["result"]["notes"] == []
    answer, _ = do({"job": "scan", "dataset": {"source": "nope"}})
    assert answer["is"] == "failed"
    assert "no data source 'nope'" in answer["message"]
