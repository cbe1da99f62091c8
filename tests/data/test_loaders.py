"""Loading: what the facts promise is what the tensors are, and what isn't is said in a sentence."""

import msgspec
import pytest
import torch
from immutables import Map
from sklearn.datasets import load_digits

from netbuilder.data.facts import facts
from netbuilder.data.loaders import DataError, load, samples
from netbuilder.graph.model import Column

DIGITS = facts("digits")


def test_digits_are_scikit_learns_scaled_to_one():
    splits = load(DIGITS, seed=0)
    assert [samples(part) for part in splits] == [1797 - 180 - 359, 180, 359]
    original = load_digits()
    pixels = torch.cat([part["image"] for part in splits]).sum(dim=(0, 1)) * 16
    assert torch.allclose(pixels, torch.from_numpy(original.images.sum(0)).float(), rtol=1e-5)
    assert splits.train["image"].dtype == torch.float32
    assert splits.train["label"].dtype == torch.int64
    assert float(splits.train["image"].max()) == 1.0
    # an image still belongs to its label
    for at in (0, 100, 358):
        image = splits.test["image"][at, 0].double().numpy() * 16
        found = (original.images == image).all(axis=(1, 2))
        assert splits.test["label"][at] in original.target[found]


def test_the_test_part_is_stratified():
    labels = load(DIGITS, seed=5).test["label"]
    counts = torch.bincount(labels, minlength=10)
    assert int(counts.min()) >= 34
    assert int(counts.max()) <= 37


def test_shares_are_the_datasets_own():
    splits = load(msgspec.structs.replace(DIGITS, params=Map({"validation": 0.0, "test": 0.5})), seed=0)
    assert [samples(part) for part in splits] == [1797 - 898, 0, 898]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"source": "nowhere"}, "no data source 'nowhere'"),
        ({"params": Map({"test": "much"})}, "its test expected a number"),
        ({"params": Map({"test": 0.6, "validation": 0.5})}, "train on"),
        ({"columns": (Column("image", "", (1, 9, 9)),)}, r"Column 'image'.*\(1, 8, 8\)"),
        ({"columns": (Column("picture", "", (1, 8, 8)),)}, "no column 'picture'"),
        ({"columns": (Column("label", "", (), "int64", role="class", classes=("0", "1")),)}, "classes 0 to 9, but 2"),
    ],
)
def test_what_does_not_fit_is_a_sentence(change, says):
    with pytest.raises(DataError, match=says):
        load(msgspec.structs.replace(DIGITS, **change), seed=0)
