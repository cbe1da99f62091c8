"""What the figures of generative presets are worth: the same code on pictures whose quality is known."""

import numpy as np
import pytest
import scipy.linalg
import torch

from tests.templates import feature_ratio
from tests.templates.feature_ratio import SAMPLES, frechet, judge


@pytest.fixture(scope="module")
def judged():
    return judge(0)


def moments(rows):
    return rows.mean(0), torch.cov(rows.T)


def test_the_distance_is_that_of_the_formula():
    generator = torch.Generator().manual_seed(0)
    one, other = (torch.randn(40, 5, generator=generator, dtype=torch.float64) for _ in range(2))
    (a, a_cov), (b, b_cov) = moments(one @ torch.diag(torch.arange(1.0, 6.0).double())), moments(other + 0.5)
    root = scipy.linalg.sqrtm(a_cov.numpy() @ b_cov.numpy()).real
    expected = float((a - b).square().sum()) + np.trace(a_cov.numpy() + b_cov.numpy() - 2 * root)
    assert frechet((a, a_cov), (b, b_cov)) == pytest.approx(expected, rel=1e-9)
    assert frechet((a, a_cov), (a, a_cov)) == pytest.approx(0, abs=1e-9)


def test_the_judge_reads_digits(judged):
    assert judged.accuracy() >= feature_ratio.ACCURATE


def test_a_gaussian_of_pixels_is_far_off(judged):
    pixels = judged.data.train["image"].flatten(1).double()
    generator = torch.Generator().manual_seed(0)
    root = torch.linalg.cholesky(torch.cov(pixels.T) + 1e-6 * torch.eye(64))
    noise = torch.randn(SAMPLES, 64, generator=generator, dtype=torch.float64)
    made = (pixels.mean(0) + noise @ root.T).float().view(-1, 1, 8, 8)
    assert judged.ratio(made) > 10


def test_real_images_are_the_unit(judged):
    real = judged.data.test["image"]
    assert judged.ratio(real) == pytest.approx(1)
    assert judged.newness(real) == pytest.approx(1)
    assert 0.08 < judged.rarest(real) <= 0.1


def test_copies_and_a_forgotten_class_are_told(judged):
    train = judged.data.train
    copies = train["image"][::3][:SAMPLES]
    assert judged.ratio(copies) < 2, "copies look real, which is why newness is asked for, too"
    assert judged.newness(copies) < 1e-3
    without = train["image"][train["label"] != 8][::3][:SAMPLES]
    assert judged.rarest(without) < 0.01
    assert judged.ratio(without) > 2 * judged.ratio(copies)
