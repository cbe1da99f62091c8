"""Splits: every sample once, every class its share, the same seed the same parts."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from netbuilder.data.splits import split


@given(
    st.lists(st.integers(0, 6), min_size=3, max_size=300),
    st.floats(0, 0.45),
    st.floats(0, 0.45),
    st.integers(0, 2**31),
)
def test_parts_cover_all_samples_once_and_every_class_has_its_share(classes, validation, test, seed):
    labels = np.array(classes, dtype=np.int64)
    assume(round(len(labels) * validation) + round(len(labels) * test) < len(labels))
    parts = split(len(labels), validation, test, seed, labels)
    together = np.concatenate(parts)
    assert sorted(together.tolist()) == list(range(len(labels)))
    assert len(parts.test) == round(len(labels) * test)
    assert len(parts.validation) == round(len(labels) * validation)
    for name, count in zip(*np.unique(labels, return_counts=True), strict=True):
        share = count * len(parts.test) / len(labels)
        assert abs(int((labels[parts.test] == name).sum()) - share) < 1 + 1e-9
        left = labels[np.concatenate([parts.train, parts.validation])]
        share = int((left == name).sum()) * len(parts.validation) / len(left)
        assert abs(int((labels[parts.validation] == name).sum()) - share) < 1 + 1e-9


def test_the_seed_decides():
    labels = np.arange(100) % 10
    first, again, other = (split(100, 0.1, 0.2, seed, labels) for seed in (0, 0, 1))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first.test, other.test)


def test_without_classes_the_sizes_hold():
    parts = split(101, 0.1, 0.2, 3)
    assert [len(part) for part in parts] == [71, 10, 20]
    assert sorted(np.concatenate(parts).tolist()) == list(range(101))


@pytest.mark.parametrize(
    ("samples", "validation", "test"), [(10, 0.5, 0.5), (10, -0.1, 0.2), (0, 0.1, 0.2), (1, 0, 0.9)]
)
def test_nothing_left_to_train_on_is_said(samples, validation, test):
    with pytest.raises(ValueError, match=r"samples.*train on"):
        split(samples, validation, test, 0)
