"""Figures of trained presets that no metric in their graphs gives: each a function of a run."""

from types import SimpleNamespace

import torch
from torch import Tensor

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.program import build
from netbuilder.data.loaders import Splits, load
from netbuilder.exchange.weights import choose, networks
from netbuilder.training.randomness import borrowed
from netbuilder.training.run import Run
from tests.templates.feature_ratio import SAMPLES, judge


def pca_ratio(run: Run) -> float:
    """The test loss, a reconstruction's mean squared error, divided by that of scikit-learn's PCA with two components.

    PCA is fitted to the training images of the same split, and puts together the clean test images.
    """
    from sklearn.decomposition import PCA

    data = _digits(run)
    known, new = (part["image"].flatten(1).numpy() for part in (data.train, data.test))
    pca = PCA(2).fit(known)
    error = ((pca.inverse_transform(pca.transform(new)) - new) ** 2).mean()
    results = run.results()
    assert results is not None
    return float(results["test"]["loss"] / error)


def feature_ratio(run: Run) -> float:
    """How much further 360 samples are from the training images than real test images, as feature_ratio.py has it."""
    return judge(_seed(run)).ratio(generated(run))


def rarest_class(run: Run) -> float:
    """The share that the rarest class has among 360 samples."""
    return judge(_seed(run)).rarest(generated(run))


def newness(run: Run) -> float:
    """How far samples are from the nearest training image, divided by the same of test images; medians."""
    return judge(_seed(run)).newness(generated(run))


def generated(run: Run) -> Tensor:
    """360 samples [N, 1, 8, 8]: what the run's preview graph `samples` shows, with the weights that the run keeps."""
    project = run.project()
    program = build(project, None, Catalogue.builtin())
    net = SimpleNamespace(**networks(program, program.networks, choose(run)))
    like = torch.zeros(SAMPLES, 1, 8, 8)
    with torch.no_grad(), borrowed(_seed(run), torch.device("cpu")):
        views = program.previews["samples"]({"image": like}, net)
    images: Tensor = views["images"]["images"]
    return images


def _seed(run: Run) -> int:
    return run.recorded().settings.seed


def _digits(run: Run) -> Splits:
    """The images as this run's seed has parted them."""
    return load(run.project().datasets["digits"], run.recorded().settings.seed)
