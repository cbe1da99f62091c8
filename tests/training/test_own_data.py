"""Runs on a person's own files: they train, and when a file goes or changes they say so and keep their checkpoint."""

import hashlib

import numpy as np
import pytest
from immutables import Map
from PIL import Image

from netbuilder.data.place import Place
from netbuilder.data.readers.pictures import PictureRows
from netbuilder.data.reading import Reading
from netbuilder.data.scan import scan
from netbuilder.graph.model import Dataset, Project
from netbuilder.training.run import create
from netbuilder.training.settings import resolve
from tests.data.own import picture, write_csv
from tests.training.here import train, weights
from tests.training.projects import graph

MODEL = graph(
    "network",
    {
        "x": ("Input", {"shape": "N 2"}),
        "hidden": ("Linear", {"out_features": 8}),
        "relu": ("ReLU", {}),
        "last": ("Linear", {"out_features": 2}),
        "logits": ("Output", {}),
    },
    "x.x > hidden.x",
    "hidden.y > relu.x",
    "relu.y > last.x",
    "last.y > logits.x",
)
PICTURES = graph(
    "network",
    {
        "x": ("Input", {"shape": "N 1 6 8"}),
        "flat": ("Flatten", {}),
        "last": ("Linear", {"out_features": 2}),
        "logits": ("Output", {}),
    },
    "x.x > flat.x",
    "flat.y > last.x",
    "last.y > logits.x",
)


def project(model, column, folder, source, **params):
    data, _ = scan(Dataset(source, Map(params)), Place(folder), lambda share, words: None)
    training = graph(
        "training",
        {
            "data": ("Data", {"dataset": "mine"}),
            "net": ("Network", {"network": "classifier"}),
            "loss": ("CrossEntropyLoss", {}),
            "accuracy": ("Accuracy", {}),
            "optimizer": ("Optimizer", {"lr": 0.05}),
        },
        f"data.{column} > net.x",
        "net.logits > loss.logits",
        "data.label > loss.target",
        "net.logits > accuracy.logits",
        "data.label > accuracy.target",
        "loss.loss > optimizer.loss",
    )
    return Project("Own", Map({"classifier": model, "training": training}), Map({"mine": data}))


@pytest.fixture
def table(tmp_path):
    random = np.random.default_rng(0)
    points = random.normal(size=(120, 2)) + np.arange(120)[:, None] % 2 * 4
    lines = [[f"{x:.3f}", f"{y:.3f}", "far" if at % 2 else "near"] for at, (x, y) in enumerate(points)]
    return write_csv(tmp_path / "points.csv", ["x", "y", "label"], *lines)


def begun(made, folder, **more):
    """A run beside the project's file, which its data's paths begin at."""
    plain = {"epochs": 4, "batch_size": 16, "threads": 1, "checkpoint_seconds": 3600, "best": "accuracy"}
    chosen = resolve({**plain, **more})
    return create(made, "training", chosen, folder / "runs", source=folder / "own.netbuilder")


def kept(run):
    files = sorted(path for path in (run.path / "checkpoints").rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_table_trains_and_what_went_since_is_said(tmp_path, table, monkeypatch):
    run = begun(project(MODEL, "features", tmp_path, "table", path="points.csv"), tmp_path)
    train(run, monkeypatch, stop_after=8)
    assert run.status().state == "stopped", run.status()
    checkpoints = kept(run)
    content = table.read_text()
    table.unlink()
    train(run, monkeypatch)
    assert run.status().state == "failed"
    assert "points.csv" in run.status().error
    assert "is the data still there?" in run.status().error
    assert kept(run) == checkpoints
    table.write_text(content + "1,2\n")
    train(run, monkeypatch)
    assert "points.csv', line 122: has 2 fields where the first row has 3" in run.status().error
    assert kept(run) == checkpoints
    table.write_text(content.replace("near", "elsewhere"))
    train(run, monkeypatch)
    assert "The classes of column label are not those that the scan found; scan the data again" in run.status().error
    table.write_text(content)
    train(run, monkeypatch)
    assert run.status().state == "finished", run.status()
    assert run.metrics()[0][-1]["values"]["accuracy"] > 0.9


def test_pictures_train_and_one_that_goes_is_named(tmp_path, monkeypatch):
    for name, light in (("dark", 40), ("light", 200)):
        for at in range(20):
            path = picture(tmp_path / "pics" / name / f"{at}.png", mode="L", seed=at)
            Image.fromarray((np.asarray(Image.open(path)) // 8 + light).astype(np.uint8)).save(path)
    made = project(PICTURES, "image", tmp_path, "image_folder", path="pics")
    run = begun(made, tmp_path)
    train(run, monkeypatch)
    assert run.status().state == "finished", run.status()
    assert run.metrics()[0][-1]["values"]["accuracy"] == 1.0
    (tmp_path / "pics/dark/7.png").write_bytes(b"\x89PNG spoilt")
    again = begun(made, tmp_path)
    train(again, monkeypatch)
    assert again.status().state == "failed"
    assert "pics/dark/7.png' is no picture that can be read" in again.status().error


def test_a_picture_that_goes_while_a_run_streams_ends_it_by_name_and_its_checkpoint_stays(tmp_path, monkeypatch):
    for name, light in (("dark", 40), ("light", 200)):
        for at in range(40):
            path = picture(tmp_path / "pics" / name / f"{at}.png", mode="L", seed=at)
            Image.fromarray((np.asarray(Image.open(path)) // 8 + light).astype(np.uint8)).save(path)
    made = project(PICTURES, "image", tmp_path, "image_folder", path="pics")
    run = begun(made, tmp_path, keep_data="stream", checkpoint_seconds=0.0)
    monkeypatch.setattr(Reading, "processes", 0)  # so that this process sees what is read
    read, calls = PictureRows.__call__, 0

    def until_one_goes(rows, indices):
        nonlocal calls
        calls += 1
        if calls == 12:
            for gone in (tmp_path / "pics/light").glob("*.png"):
                gone.unlink()
        return read(rows, indices)

    monkeypatch.setattr(PictureRows, "__call__", until_one_goes)
    train(run, monkeypatch)
    assert run.status().state == "failed"
    assert "pics/light/" in run.status().error
    assert "is not there any more" in run.status().error
    last = run.checkpoint("last")
    assert last.step > 0
    assert weights(run)["last.weight"].isfinite().all()
