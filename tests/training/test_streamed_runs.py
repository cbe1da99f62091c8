"""Runs whose data is streamed: the same bits as in memory, also after a kill, and a sentence where a file is gone."""

import os
import signal
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import msgspec
import numpy as np
import psutil
import pytest
from immutables import Map
from sklearn.datasets import load_digits

from netbuilder.data.facts import facts
from netbuilder.data.place import Place
from netbuilder.data.readers import read
from netbuilder.training import client, loop
from netbuilder.training.control import Control
from netbuilder.training.run import create
from netbuilder.training.settings import resolve
from tests.training.here import epochs, same, train, weights
from tests.training.projects import digits_project
from tests.training.waiting import ended, processes, step_of, until

COUNT = 300
pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and files of POSIX")


def begun(folder: Path, **settings):
    """A run on handwritten digits that lie in files of a person's own."""
    data = folder / "own"
    data.mkdir(parents=True)
    found = load_digits()
    images = (found.images[:COUNT, None] / 16.0).astype(np.float32)
    np.save(data / "image.npy", images)
    np.save(data / "label.npy", found.target[:COUNT].astype(np.int64))
    said = Map(image=Map({"as": "image", "layout": "channels first"}))
    dataset = facts("numpy", Map(path="own", columns=said, validation=0.1, test=0.1))
    columns = read(dataset, Place(folder)).columns
    dataset = msgspec.structs.replace(dataset, columns=columns, samples=COUNT)
    project = digits_project()
    project = msgspec.structs.replace(project, datasets=project.datasets.set("digits", dataset))
    chosen = {"epochs": 3, "threads": 1, "batch_size": 16, "checkpoint_seconds": 3600, "best": "accuracy", **settings}
    return create(project, "training", resolve(chosen), folder / "runs", source=folder / "p.netbuilder")


def test_a_streamed_run_is_the_run_in_memory_and_goes_on_to_the_bit(tmp_path, monkeypatch):
    held = train(begun(tmp_path / "held", keep_data="memory"), monkeypatch)
    assert held.status().state == "finished", held.status()
    run = begun(tmp_path / "streamed", keep_data="stream", reading_processes=1)
    train(run, monkeypatch, stop_after=7)  # within the first epoch of 15 steps
    train(run, monkeypatch, crash_after=20)
    train(run, monkeypatch)
    assert run.status().state == "finished", run.status()
    assert same(weights(run), weights(held))
    assert epochs(run) == epochs(held)
    assert run.results() == held.results()
    assert run.status().doing == ""


class Wishing(pytest.MonkeyPatch):
    """Puts this in place of the wishes that `train` would have."""

    def __init__(self, wish):
        super().__init__()
        self._wish = wish

    @contextmanager
    def context(self):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Control, "wish", self._wish)
            patch.setattr(loop, "LOOK_SECONDS", 0.0)
            yield SimpleNamespace(setattr=lambda *_: None)


def test_a_run_whose_file_is_cut_meanwhile_names_it_and_can_go_on(tmp_path, monkeypatch):
    whole = train(begun(tmp_path / "whole", keep_data="stream", reading_processes=1), monkeypatch)
    run = begun(tmp_path / "cut", keep_data="stream", reading_processes=1)
    file = tmp_path / "cut" / "own" / "image.npy"
    content = file.read_bytes()
    steps = 0

    def wish(self):
        nonlocal steps
        steps += 1
        if steps == 18:
            file.unlink()
        return ""

    train(run, Wishing(wish))
    said = run.status()
    assert said.state == "failed", said
    assert "image.npy" in said.error
    kept = run.checkpoint("last").step
    assert kept >= 18
    assert said.error.endswith(f" The checkpoint of step {kept} is kept.")
    file.write_bytes(content)
    train(run, monkeypatch)
    assert run.status().state == "finished", run.status()
    assert same(weights(run), weights(whole))


def test_a_killed_run_takes_its_processes_along_and_goes_on_to_the_bit(tmp_path):
    settings = {"keep_data": "stream", "reading_processes": 2, "epochs": 12, "checkpoint_seconds": 0.05}
    run = begun(tmp_path / "killed", **settings)
    client.start(run)
    until(lambda: step_of(run) > 20 and bool(run.checkpoints()), "a checkpoint", run)
    trainer = processes(run.path)["trainer"]
    readers = psutil.Process(trainer).children(recursive=True)
    assert len(readers) >= 3  # a server and two that read
    os.kill(trainer, signal.SIGKILL)
    assert ended(run) == "failed"
    kept = run.checkpoint("last").step
    assert not psutil.wait_procs(readers, timeout=20)[1]
    client.resume(run)
    assert ended(run) == "finished", run.status()
    assert [record["step"] for record in run.metrics()[0] if record["kind"] == "resumed"] == [kept]
    whole = begun(tmp_path / "whole", **{**settings, "keep_data": "memory"})
    client.start(whole)
    assert ended(whole) == "finished", whole.status()
    assert same(weights(run), weights(whole))
    assert epochs(run) == epochs(whole)
    assert run.results() == whole.results()
