"""Batches: every sample once an epoch, in an order that any epoch can be asked for."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from netbuilder.training import batches
from netbuilder.training.batches import in_order, shuffled, sizes


@given(st.integers(0, 500), st.integers(1, 64))
def test_sizes_cover_all_and_leave_no_single_sample_behind(count, batch_size):
    found = sizes(count, batch_size)
    assert sum(found) == count
    if count > 1 and batch_size > 1:
        assert 1 not in found
    assert all(size <= batch_size + 1 for size in found)


def data(count):
    return {"image": torch.arange(count * 2.0).view(count, 2), "label": torch.arange(count)}


@pytest.mark.parametrize("limit", [0, 2**30], ids=["gathered", "copied"])
def test_an_epoch_has_every_sample_once_with_its_label(monkeypatch, limit):
    monkeypatch.setattr(batches, "EPOCH_COPY_LIMIT", limit)
    found = list(shuffled(data(103), 10, seed=1, epoch=4))
    labels = torch.cat([batch["label"] for batch in found])
    images = torch.cat([batch["image"] for batch in found])
    assert sorted(labels.tolist()) == list(range(103))
    assert torch.equal(images[:, 0], labels * 2.0)
    assert not torch.equal(labels, torch.arange(103))


def test_the_order_follows_from_seed_and_epoch_alone(monkeypatch):
    torch.manual_seed(1)
    first = [batch["label"].tolist() for batch in shuffled(data(50), 8, seed=1, epoch=2)]
    torch.manual_seed(2)
    before = torch.get_rng_state()
    monkeypatch.setattr(batches, "EPOCH_COPY_LIMIT", 0)  # gathered or copied: the same batches
    again = [batch["label"].tolist() for batch in shuffled(data(50), 8, seed=1, epoch=2)]
    assert first == again
    assert torch.equal(torch.get_rng_state(), before)
    assert first != [batch["label"].tolist() for batch in shuffled(data(50), 8, seed=1, epoch=3)]
    assert first != [batch["label"].tolist() for batch in shuffled(data(50), 8, seed=2, epoch=2)]


def test_evaluation_goes_in_order_without_copies():
    held = data(25)
    found = in_order(held, 10)
    assert torch.cat([batch["label"] for batch in found]).tolist() == list(range(25))
    assert found[1]["image"].untyped_storage().data_ptr() == held["image"].untyped_storage().data_ptr()
