"""Figures of trained presets that no metric in their graphs gives: each a function of a run."""

from functools import lru_cache
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.program import Program, build
from netbuilder.data.loaders import Splits, load
from netbuilder.exchange.weights import choose, networks
from netbuilder.training.randomness import borrowed
from netbuilder.training.run import Run
from netbuilder.training.views.boxes import decode, right_boxes
from tests.templates.feature_ratio import SAMPLES, judge
from tests.templates.precision import average_precision

DRAWS = 5


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


def nearest_neighbor_accuracy(run: Run) -> float:
    """The share of test images whose nearest training image, by their embeddings, shows the same digit."""
    data, encoder = _digits(run), _network(run, "encoder")
    with torch.no_grad():
        known, new = (encoder(part["image"]) for part in (data.train, data.test))
    nearest = torch.cdist(new, known).argmin(dim=1)
    return float((data.train["label"][nearest] == data.test["label"]).float().mean())


def loss_left(run: Run) -> float:
    """The test loss divided by the loss of the first training step."""
    records, _ = run.metrics()
    first = next(record for record in records if record["kind"] == "step" and record["step"] == 1)
    results = run.results()
    assert results is not None
    return float(results["test"]["loss"] / first["values"]["loss"])


def feature_ratio(run: Run) -> float:
    """How much further 360 samples are from the training images than real test images, as feature_ratio.py has it.

    The median of several draws: those of one generator lie from 1.6 to 3.0, most of all by how often each class
    happens to be drawn, while the test images have each in its share.
    """
    return median(map(judge(_seed(run)).ratio, generated(run)))


def rarest_class(run: Run) -> float:
    """The share that the rarest class has among the samples."""
    return judge(_seed(run)).rarest(generated(run).flatten(0, 1))


def newness(run: Run) -> float:
    """How far samples are from the nearest training image, divided by the same of test images; medians."""
    return judge(_seed(run)).newness(generated(run).flatten(0, 1))


def generated(run: Run) -> Tensor:
    """What the run's preview graph `samples` shows with the weights that the run keeps: draws x 360 x 1 x 8 x 8."""
    return _generated(run.path)


@lru_cache(maxsize=1)  # several figures look at the same ones
def _generated(path: Path) -> Tensor:
    run = Run(path)
    program, net = _trained(run)
    like = torch.zeros(SAMPLES, 1, 8, 8)
    with torch.no_grad(), borrowed(_seed(run), torch.device("cpu")):
        drawn = [program.previews["samples"]({"image": like}, net) for _ in range(DRAWS)]
    return torch.stack([views["images"]["images"] for views in drawn])


def ap50(run: Run) -> float:
    """Average precision, at an overlap of one half, of what the detector finds in all test pictures."""
    program, net = _trained(run)
    data = load(run.project().datasets[program.previews_data["boxes"]], _seed(run)).test
    with torch.no_grad():
        seen = program.previews["boxes"](data, net)["boxes"]
    height, width = seen["images"].shape[2:]
    found = decode(seen["heat"], seen["size"], (width, height), (1.0, 1.0), threshold=0.0)
    return average_precision(found, right_boxes(seen["truth"], (1.0, 1.0)))


def style_fall(run: Run) -> float:
    """How many times smaller the style loss is at the end than in the first step."""
    told = [record["values"]["style"] for record in run.metrics()[0] if record["kind"] == "step"]
    return float(told[0] / told[-1])


def _trained(run: Run) -> tuple[Program, Any]:
    """What the run's project does, and its networks with the weights that the run keeps."""
    program = build(run.project(), run.recorded().training, Catalogue.builtin())
    return program, SimpleNamespace(**networks(program, program.networks, choose(run)))


def _seed(run: Run) -> int:
    return run.recorded().settings.seed


def _network(run: Run, name: str) -> nn.Module:
    """A network of the run with its best weights, as in use."""
    program = build(run.project(), None, Catalogue.builtin())
    return networks(program, [name], choose(run))[name]


def _digits(run: Run) -> Splits:
    """The images as this run's seed has parted them."""
    return load(run.project().datasets["digits"], _seed(run))
