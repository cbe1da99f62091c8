"""How near pictures of digits come to real ones, in the eyes of a network that was trained to read them.

The feature ratio is the Frechet distance (Heusel and others, 2017) of samples to the training set in the last hidden
layer of that network, divided by the same distance of the real test images: 1 is as near as real ones.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor, nn
from torch.nn import functional

from netbuilder.data.facts import facts
from netbuilder.data.loaders import Splits, load
from netbuilder.training.batches import shuffled
from netbuilder.training.randomness import borrowed

SAMPLES = 360
ACCURATE = 0.985
EPOCHS = 40
_TRIES = 5
_CPU = torch.device("cpu")

Moments = tuple[Tensor, Tensor]  # mean [F] and covariance [F, F], float64


class Reader(nn.Module):
    """A plain convolutional network; [N, 1, 8, 8] in, logits [N, 10] out. `hidden` gives its last hidden layer."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Sequential(
            *(nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 64, 3, padding=1), nn.ReLU()),
            *(nn.MaxPool2d(2), nn.Dropout(0.25), nn.Flatten(), nn.Linear(1024, 128), nn.ReLU()),
        )
        self.head = nn.Sequential(nn.Dropout(0.5), nn.Linear(128, 10))

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.head(self.hidden(x))
        return found


class Judge:
    """A reader trained on the training images of the split that a run's seed makes."""

    def __init__(self, seed: int) -> None:
        """Raises ValueError where no reader becomes accurate enough to judge."""
        self.data: Splits = load(facts("digits"), seed)
        for attempt in range(_TRIES):
            self.reader = _trained(self.data, seed, attempt)
            if self.accuracy() >= ACCURATE:
                break
        else:
            raise ValueError(f"No reader of the split {seed} reads {ACCURATE:.1%} of the test images.")
        self._train = self._moments(self.data.train["image"])
        self._real = frechet(self._moments(self.data.test["image"]), self._train)

    @torch.no_grad()
    def accuracy(self) -> float:
        """The share of test images that the reader reads."""
        return float((self.reader(self.data.test["image"]).argmax(1) == self.data.test["label"]).float().mean())

    def ratio(self, images: Tensor) -> float:
        """The feature ratio of images [N, 1, 8, 8], cut to 0..1."""
        return frechet(self._moments(images), self._train) / self._real

    @torch.no_grad()
    def rarest(self, images: Tensor) -> float:
        """The share of the images that are of the class that the reader finds least often."""
        return float(self.reader(images.clamp(0, 1)).argmax(1).bincount(minlength=10).min() / len(images))

    def newness(self, images: Tensor) -> float:
        """The median distance to the nearest training image, divided by that of the test images; copies have 0."""
        return self._nearest(images) / self._nearest(self.data.test["image"])

    def _nearest(self, images: Tensor) -> float:
        known = self.data.train["image"].flatten(1)
        return float(torch.cdist(images.clamp(0, 1).flatten(1), known).amin(1).median())

    @torch.no_grad()
    def _moments(self, images: Tensor) -> Moments:
        features = self.reader.hidden(images.clamp(0, 1)).double()
        return features.mean(0), torch.cov(features.T)


def frechet(one: Moments, other: Moments) -> float:
    """|a - b|² + trace(A + B - 2 (A B)^½) of two normal distributions: Dowson and Landau, 1982."""
    (a, a_cov), (b, b_cov) = one, other
    values, vectors = torch.linalg.eigh(a_cov)
    root = vectors @ torch.diag(values.clamp(min=0).sqrt()) @ vectors.T
    shared = torch.linalg.eigvalsh(root @ b_cov @ root).clamp(min=0).sqrt().sum()
    return float((a - b).square().sum() + a_cov.trace() + b_cov.trace() - 2 * shared)


@cache
def judge(seed: int) -> Judge:
    """The judge of runs with this seed, trained once a process."""
    return Judge(seed)


def _trained(data: Splits, seed: int, attempt: int) -> Reader:
    with borrowed(1000 * attempt + seed, _CPU):
        reader = Reader()
        optimizer = torch.optim.AdamW(reader.parameters(), 1e-3)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS)
        for epoch in range(EPOCHS):
            for batch in shuffled(data.train, 64, seed, epoch):
                loss = functional.cross_entropy(reader(batch["image"]), batch["label"])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
            schedule.step()
    return reader.eval()
