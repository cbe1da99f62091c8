"""scikit-learn's tables, in their own units; what is treated as the declaration says."""

from __future__ import annotations

from typing import Any

import numpy as np

from netbuilder.data.facts import facts
from netbuilder.data.place import Place
from netbuilder.data.readers.values import numbers
from netbuilder.data.table import Table, Treat, held
from netbuilder.graph.model import Dataset


def iris(dataset: Dataset, _place: Place) -> Table:
    """150 flowers: 4 lengths in cm, 3 species."""
    from sklearn.datasets import load_iris

    return _classes(dataset, load_iris())


def wine(dataset: Dataset, _place: Place) -> Table:
    """178 wines: 13 measurements, 3 growers."""
    from sklearn.datasets import load_wine

    return _classes(dataset, load_wine())


def breast_cancer(dataset: Dataset, _place: Place) -> Table:
    """569 tumours: 30 measurements, malignant (0) or benign (1)."""
    from sklearn.datasets import load_breast_cancer

    return _classes(dataset, load_breast_cancer())


def diabetes(dataset: Dataset, _place: Place) -> Table:
    """442 patients: 10 measurements in their own units, and how far the disease went on in a year (25 to 346)."""
    from sklearn.datasets import load_diabetes

    found = load_diabetes(scaled=False)
    return _made(dataset, found.data, "target", found.target[:, None].astype(np.float32))


def _classes(dataset: Dataset, found: Any) -> Table:
    return _made(dataset, found.data, "label", found.target.astype(np.int64))


def _made(dataset: Dataset, features: Any, target: str, values: Any) -> Table:
    given, columns = numbers(dataset), facts(dataset.source, dataset.params).columns
    each = (given["scale"],) * columns[0].shape[0]
    treats = {"features": Treat(missing=("mean",) * len(each), scale=each)}
    if "target_scale" in given:
        treats[target] = Treat(scale=(given["target_scale"],))
    return held(columns, {"features": features.astype(np.float32), target: values}, treats=treats)
