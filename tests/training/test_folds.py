"""Runs in folds: a training for each, averaged; stopped, killed and resumed like any other."""

import msgspec
import pytest
import torch
from immutables import Map

from netbuilder.data.facts import facts
from netbuilder.data.loaders import load
from netbuilder.training import client
from netbuilder.training.checkpoint import read_weights
from netbuilder.training.folds import averaged, finished, fold_count
from netbuilder.training.run import create
from netbuilder.training.settings import resolve
from tests.training.projects import digits_project
from tests.training.waiting import ended, until

DIGITS = facts("digits", Map(split="folds", folds=3))
FOLDED = msgspec.structs.replace(digits_project(), datasets=Map(digits=DIGITS))


def made(tmp_path, **settings):
    values = {"epochs": 2, "batch_size": 256, "device": "cpu", "threads": 1, "best": "", **settings}
    return create(FOLDED, "training", resolve(values), tmp_path)


def pictures(columns):
    return {tuple(image.flatten().tolist()) for image in columns["image"]}


def test_only_data_in_folds_trains_more_than_once():
    assert fold_count(DIGITS) == 3
    assert fold_count(facts("digits")) == fold_count(msgspec.structs.replace(DIGITS, source="nowhere")) == 1


def test_every_sample_is_tested_once_and_never_trained_on_in_that_fold():
    parts = [load(DIGITS, seed=3, fold=fold) for fold in range(3)]
    everything = load(facts("digits", Map(test=0.0, validation=0.0)), seed=0).train
    tested = [pictures(part.test) for part in parts]
    assert set.union(*tested) == pictures(everything)
    for part, some in zip(parts, tested, strict=True):
        assert len(some & (pictures(part.train) | pictures(part.validation))) <= 3  # a few pictures are there twice
    for part in parts:
        counts = torch.bincount(part.test["label"])
        assert int(counts.max() - counts.min()) <= 4
        assert sum(len(columns["label"]) for columns in part) == 1797


def test_a_run_trains_all_folds_and_averages_them(tmp_path):
    run = made(tmp_path)
    client.start(run)
    assert ended(run) == "finished", run.status()
    folds, results, status = finished(run), run.results(), run.status()
    assert len(folds) == 3
    for name, value in results["test"].items():
        assert value == pytest.approx(sum(fold["test"][name] for fold in folds) / 3)
    matrix = next(iter(results["confusion"].values()))["counts"]
    assert sum(map(sum, matrix)) == 1797
    assert (status.epoch, status.epochs, status.step) == (6, 6, status.steps)
    records, _ = run.metrics()
    epochs = [record for record in records if record["kind"] == "epoch"]
    assert [record["epoch"] for record in epochs] == [1, 2, 3, 4, 5, 6]
    assert [record["fold"] for record in epochs] == [1, 1, 2, 2, 3, 3]
    steps = [record["step"] for record in epochs]
    assert steps == sorted(steps)
    # what is exported is the chosen fold's
    assert run.checkpoint("last").path.parts[-3] == str(results["fold"])
    assert all((run.path / sample["image"]).is_file() for sample in results["samples"])
    with pytest.raises(Exception, match="has finished"):
        client.resume(run)


def test_a_run_that_was_stopped_goes_on_with_the_fold_it_was_in(tmp_path):
    whole = made(tmp_path / "whole", epochs=8, batch_size=16)
    client.start(whole)
    assert ended(whole) == "finished"
    run = made(tmp_path / "cut", epochs=8, batch_size=16)
    client.start(run)
    until(lambda: finished(run), "the end of the first fold", run)
    client.stop(run)
    assert ended(run) == "stopped", run.status()
    assert len(finished(run)) == 1
    assert run.results()["test"] == finished(run)[0]["test"]
    client.resume(run)
    assert ended(run) == "finished", run.status()
    assert run.results()["test"] == whole.results()["test"]
    for fold in ("1", "2", "3"):
        ours, theirs = (last_weights(one.path / "folds" / fold) for one in (run, whole))
        assert ours.keys() == theirs.keys()
        for name, tensor in ours.items():
            assert torch.equal(tensor, theirs[name]), (fold, name)


def last_weights(folder):
    newest = max((folder / "checkpoints").glob("step-*"), key=lambda path: int(path.name[5:]))
    return {(network, name): tensor for network, held in read_weights(newest).items() for name, tensor in held.items()}


def test_the_best_fold_is_chosen_by_its_validation_value():
    def fold(best, accuracy):
        matrix = {"accuracy": {"counts": [[1, 2], [3, 4]], "classes": ["a", "b"]}}
        test = {"accuracy": accuracy}
        return {"test": test, "best": best, "confusion": matrix, "samples": [], "checkpoint": "step-1"}

    found = averaged([fold(0.5, 0.9), fold(0.7, 0.8), fold(0.6, 1.0)], largest=True)
    assert (found["fold"], found["test"]["accuracy"]) == (2, pytest.approx(0.9))
    assert found["spread"]["accuracy"] == pytest.approx(0.1)
    assert found["confusion"]["accuracy"]["counts"] == [[3, 6], [9, 12]]
    assert averaged([fold(0.5, 0.9), fold(0.7, 0.8)], largest=False)["fold"] == 1
    assert averaged([fold(None, 0.9), fold(None, 0.8)], largest=False)["fold"] == 1
