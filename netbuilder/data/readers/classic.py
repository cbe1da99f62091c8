"""scikit-learn's own small data sets."""

from __future__ import annotations

import numpy as np

from netbuilder.data.facts import facts
from netbuilder.data.place import Place
from netbuilder.data.table import Table, held
from netbuilder.graph.model import Dataset


def digits(dataset: Dataset, _place: Place) -> Table:
    """1797 handwritten digits, 8 x 8, grey values 0..16 scaled to 0..1 (scikit-learn's copy of UCI's test set)."""
    from sklearn.datasets import load_digits

    found = load_digits()
    images = (found.images[:, None] / 16.0).astype(np.float32)
    arrays = {"image": np.ascontiguousarray(images), "label": found.target.astype(np.int64)}
    return held(facts("digits").columns, arrays)
