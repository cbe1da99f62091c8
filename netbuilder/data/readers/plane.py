"""Points of the plane in two classes, about within -1 to 1. Equal numbers of both, as far as that goes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from netbuilder.data.facts import facts
from netbuilder.data.place import Place
from netbuilder.data.readers.values import numbers
from netbuilder.data.table import Table, held
from netbuilder.graph.model import Dataset

Numbers = npt.NDArray[np.float64]


def clouds(dataset: Dataset, _place: Place) -> Table:
    """Normal clouds around (-gap / 2, 0) and (gap / 2, 0), turned by 45 degrees."""
    given, random, label = _begun(dataset)
    middle = given["gap"] / 2 * np.sqrt(0.5)
    points = np.where(label, middle, -middle)[:, None] * np.ones(2)
    return _made(dataset, points, label, random)


def spirals(dataset: Dataset, _place: Place) -> Table:
    """Points r · (cos, sin)(2π · turns · r), r from 0.1 to 1 and evenly along the arm; the other arm half a turn on."""
    given, random, label = _begun(dataset)
    radius = np.sqrt(random.uniform(0.01, 1.0, len(label)))
    angle = 2 * np.pi * given["turns"] * radius + np.pi * label
    return _made(dataset, radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1), label, random)


def circles(dataset: Dataset, _place: Place) -> Table:
    """Rings of radius `inner` and 1."""
    given, random, label = _begun(dataset)
    angle = random.uniform(0, 2 * np.pi, len(label))
    radius = np.where(label, 1.0, given["inner"])
    return _made(dataset, radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1), label, random)


def moons(dataset: Dataset, _place: Place) -> Table:
    """Half circles of radius 0.65: the upper around (-0.325, -0.16), the lower around (0.325, 0.16)."""
    _given, random, label = _begun(dataset)
    angle = random.uniform(0, np.pi, len(label))
    side = np.where(label, -1.0, 1.0)
    points = 0.65 * np.stack([side * np.cos(angle) - side / 2, side * np.sin(angle) - side / 4], 1)
    return _made(dataset, points, label, random)


def xor(dataset: Dataset, _place: Place) -> Table:
    """Even points of the square from -1 to 1; class 1 where the signs differ."""
    _given, random, label = _begun(dataset)
    size = random.uniform(0.0, 1.0, (len(label), 2))
    first = random.choice([-1.0, 1.0], len(label))
    points = size * np.stack([first, np.where(label, -first, first)], 1)
    return _made(dataset, points, label, random)


def _begun(dataset: Dataset) -> tuple[dict[str, Any], np.random.Generator, npt.NDArray[np.int64]]:
    """The parameters, the random numbers, and the class of each sample in a random order."""
    given = numbers(dataset)
    random = np.random.default_rng(given["seed"])
    return given, random, random.permutation(given["samples"]) % 2


def _made(dataset: Dataset, points: Numbers, label: npt.NDArray[np.int64], random: np.random.Generator) -> Table:
    scattered = points + numbers(dataset)["noise"] * random.standard_normal(points.shape)
    arrays = {"point": scattered.astype(np.float32), "label": label.astype(np.int64)}
    return held(facts(dataset.source, dataset.params).columns, arrays)
