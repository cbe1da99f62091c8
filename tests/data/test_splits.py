"""Splits: every sample once, every class its share, the same seed the same parts."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from netbuilder.data.splits import folds, in_time, spelled, split
from netbuilder.data.splits import given as given_parts


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


@given(st.integers(10, 200), st.integers(2, 8), st.floats(0, 0.3), st.integers(0, 99), st.booleans())
def test_every_sample_is_in_exactly_one_fold(samples, count, validation, seed, classed):
    classes = np.arange(samples) % 3 if classed else None
    assume(samples > 3 * count)
    found = [folds(samples, count, fold, validation, seed, classes) for fold in range(count)]
    assert sorted(np.concatenate([parts.test for parts in found]).tolist()) == list(range(samples))
    for parts in found:
        assert sorted(np.concatenate(parts).tolist()) == list(range(samples))
        if classes is not None:
            counts = np.bincount(classes[parts.test], minlength=3)
            assert counts.max() - counts.min() <= 2


@given(st.integers(60, 400), st.floats(0, 0.3), st.floats(0, 0.3), st.integers(0, 9), st.integers(2, 4))
def test_samples_of_two_parts_never_share_values(samples, validation, test, reach, count):
    """A sample at `at` is made of the raw values at to at + reach."""
    found = [in_time(samples, validation, test, reach)]
    found += [folds(samples, count, fold, validation, 0, None, reach) for fold in range(count)]
    for parts in found:
        used = [{value for at in part for value in range(at, at + reach + 1)} for part in map(np.ndarray.tolist, parts)]
        assert not used[0] & used[1]
        assert not used[0] & used[2]
        assert not used[1] & used[2]
        assert len(parts.train)
    tested = np.concatenate([parts.test for parts in found[1:]])
    assert sorted(tested.tolist()) == list(range(samples))
    assert not len(found[0].test) or found[0].test[-1] == samples - 1


def test_the_source_says_what_is_for_what():
    parts = given_parts(spelled(["train", "Test", "val", "train", "dev", "TRAINING"]), 0.5, 0)
    assert [part.tolist() for part in parts] == [[0, 3, 5], [2, 4], [1]]
    parts = given_parts(np.array([0, 0, 0, 0, 2, -1], dtype=np.int8), 0.25, 0)
    assert (len(parts.train), len(parts.validation), parts.test.tolist()) == (3, 1, [4])
    with pytest.raises(ValueError, match="Sample 2 has 'maybe' where train, validation or test should stand"):
        spelled(["train", "maybe"])
    with pytest.raises(ValueError, match="of no sample that it is for training"):
        given_parts(np.array([2, 1], dtype=np.int8), 0.1, 0)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: in_time(10, 0.2, 0.2, 5), "too few"),
        (lambda: folds(3, 5, 0, 0.1, 0), "can't be parted into 5 folds"),
        (lambda: folds(4, 2, 0, 0.1, 0, None, 3), "none is left to train on"),
    ],
)
def test_too_few_samples_are_a_sentence(make, says):
    with pytest.raises(ValueError, match=says):
        make()
