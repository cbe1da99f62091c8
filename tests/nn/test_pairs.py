"""Triplets are what they promise, whatever the batch; the nearest neighbour's metric against scikit-learn."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsClassifier

from netbuilder.nn.pairs import draw_triplets, nearest_neighbor_accuracy


@given(st.lists(st.integers(0, 3), min_size=1, max_size=20), st.integers(0, 1000))
def test_each_gets_one_of_its_class_and_one_of_another_where_there_is_one(classes, seed):
    target, who = torch.tensor(classes), torch.arange(len(classes))
    torch.manual_seed(seed)
    positive, negative = (found.tolist() for found in draw_triplets(who, target))
    for at, own in enumerate(classes):
        assert classes[positive[at]] == own
        assert (positive[at] == at) == (classes.count(own) == 1)
        if len(set(classes)) > 1:
            assert classes[negative[at]] != own
        else:
            assert negative[at] == at


def test_all_are_drawn_equally_often():
    target = torch.tensor([0, 0, 0, 0, 1, 1, 1])
    torch.manual_seed(0)
    drawn = [draw_triplets(torch.arange(7), target) for _ in range(3000)]
    like = torch.stack([positive[0] for positive, _ in drawn]).bincount(minlength=7)
    unlike = torch.stack([negative[0] for _, negative in drawn]).bincount(minlength=7)
    assert like.tolist() == [0, *(pytest.approx(1000, abs=100) for _ in range(3)), 0, 0, 0]
    assert unlike.tolist() == [0, 0, 0, 0, *(pytest.approx(1000, abs=100) for _ in range(3))]


def test_images_come_whole_and_the_seed_decides():
    images, target = torch.rand(12, 1, 4, 4), torch.arange(12) % 3
    torch.manual_seed(5)
    positive, negative = draw_triplets(images, target)
    torch.manual_seed(5)
    assert torch.equal(draw_triplets(images, target)[0], positive)
    assert not torch.equal(draw_triplets(images, target)[0], positive)
    for found in (positive, negative):
        assert all(any(torch.equal(image, other) for other in images) for image in found)


def test_nearest_neighbours_are_those_of_scikit_learn():
    torch.manual_seed(1)
    embedding, target = torch.randn(40, 3), torch.randint(0, 3, (40,))
    embedding += target.unsqueeze(1)
    hits = 0
    for at in range(40):
        rest = torch.arange(40) != at
        known = KNeighborsClassifier(1).fit(embedding[rest].numpy(), target[rest].numpy())
        hits += int(known.predict(embedding[at : at + 1].numpy())[0] == target[at])
    assert 0 < hits < 40
    assert nearest_neighbor_accuracy(embedding, target) == pytest.approx(hits / 40)


def test_one_sample_has_no_neighbour():
    assert nearest_neighbor_accuracy(torch.zeros(1, 3), torch.zeros(1, dtype=torch.int64)) == 0
