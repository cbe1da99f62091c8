"""Several data sets in one run, of uneven lengths: what each step gets of them, and that a run goes on with them."""

import msgspec
import pytest
import torch
from immutables import Map

from netbuilder.data.loaders import Splits, samples, together
from netbuilder.data.readers import classic
from netbuilder.training import batches
from netbuilder.training.batches import in_order, shuffled
from tests.training.adversaries import PROJECT, drawn, program
from tests.training.projects import DIGITS
from tests.training.test_adversaries import begun, held, same, trained


def columns(count, start=0):
    return {"x": torch.arange(start, start + count), "y": torch.arange(start, start + count) * 2.0}


@pytest.mark.parametrize("limit", [0, 2**30], ids=["gathered", "copied"])
@pytest.mark.parametrize("other", [3, 25, 100])
def test_the_first_is_the_epoch_and_others_go_round(monkeypatch, limit, other):
    monkeypatch.setattr(batches, "EPOCH_COPY_LIMIT", limit)
    data = {"first": columns(25), "other": columns(other, 1000)}
    assert samples(data) == 25
    seen = []
    for epoch in range(8):
        found = list(shuffled(data, 10, seed=3, epoch=epoch))
        assert [samples(batch) for batch in found] == [10, 10, 5]
        assert all(len(batch["other"]["x"]) == len(batch["first"]["x"]) for batch in found)
        assert sorted(torch.cat([batch["first"]["x"] for batch in found]).tolist()) == list(range(25))
        assert all(torch.equal(batch["other"]["y"], batch["other"]["x"] * 2.0) for batch in found)
        seen += torch.cat([batch["other"]["x"] for batch in found]).tolist()
    assert len(seen) == 200
    rounds = [seen[at : at + other] for at in range(0, 200 - other + 1, other)]
    assert all(sorted(one) == list(range(1000, 1000 + other)) for one in rounds)  # each once a round
    assert rounds[0] != rounds[1]
    again = torch.cat([batch["other"]["x"] for batch in shuffled(data, 10, seed=3, epoch=5)]).tolist()
    assert again == seen[125:150]  # any epoch by itself


def test_the_first_has_the_order_that_it_has_alone():
    alone = [batch["x"].tolist() for batch in shuffled(columns(25), 10, seed=3, epoch=2)]
    data = {"first": columns(25), "other": columns(7)}
    assert [batch["first"]["x"].tolist() for batch in shuffled(data, 10, seed=3, epoch=2)] == alone


def test_evaluation_goes_in_order_and_round():
    found = in_order({"first": columns(5), "other": columns(3, 10)}, 2)
    assert [batch["first"]["x"].tolist() for batch in found] == [[0, 1], [2, 3, 4]]
    assert [batch["other"]["x"].tolist() for batch in found] == [[10, 11], [12, 10, 11]]
    assert list(in_order({}, 2)) == []


def test_what_has_no_validation_data_stands_in_with_what_it_has():
    first = Splits(columns(5), columns(2), columns(0))
    styles = Splits(columns(9, 100), columns(0), columns(0))
    found = together({"first": first, "styles": styles})
    assert found.validation["styles"]["x"].tolist() == list(range(100, 109))
    assert samples(found.test) == 0
    assert samples(found.train) == 5
    assert together({"first": first}).train is first.train


SECOND = msgspec.structs.replace(DIGITS, params=Map({"validation": 0.0, "test": 0.5}))


def two():
    """The adversaries with real pictures from another data set than the one whose length is the epoch."""
    project = drawn(real="second")
    return msgspec.structs.replace(project, datasets=project.datasets.set("second", SECOND))


def test_a_run_with_two_data_sets_goes_on_to_the_bit(tmp_path, monkeypatch):
    whole = trained(begun(tmp_path / "whole", two()), monkeypatch)
    assert whole.status().state == "finished", whole.status()
    assert '["second"]["image"]' in (whole.path / "model.py").read_text()
    run = begun(tmp_path / "cut", two())
    for steps in (9, 17):
        trained(run, monkeypatch, crash_after=steps, stop_after=steps - 2)
    trained(run, monkeypatch)
    assert same(held(run), held(whole))
    assert run.results() == whole.results()
    assert set(whole.results()["test"]) == {"d_loss", "g_loss"}


def test_data_that_is_not_on_this_machine_is_a_sentence(tmp_path, monkeypatch):
    def absent(_dataset, _place):
        raise FileNotFoundError(2, "No such file or directory", "digits.parquet")

    monkeypatch.setattr(classic, "digits", absent)
    run = trained(begun(tmp_path), monkeypatch)
    said = "The data 'digits' can't be read (digits.parquet): No such file or directory; is it on this machine?"
    assert (run.status().state, run.status().error) == ("failed", said)


def test_a_data_set_that_the_project_lacks_is_a_sentence(tmp_path, monkeypatch):
    run = trained(begun(tmp_path), monkeypatch, msgspec.structs.replace(program(), datasets=("digits", "gone")))
    assert run.status().error == "The project has no data set 'gone'; choose one in the Data node."


def test_a_run_without_validation_or_test_data_ends_with_training_figures(tmp_path, monkeypatch):
    bare = msgspec.structs.replace(DIGITS, params=Map({"validation": 0.0, "test": 0.0}))
    project = msgspec.structs.replace(PROJECT, datasets=Map({"digits": bare}))
    run = trained(begun(tmp_path, project, batch_size=300), monkeypatch)
    assert run.status().state == "finished", run.status()
    assert run.results()["test"] == {}
    assert run.checkpoint("best").values.keys() == {"d_loss", "g_loss"}
