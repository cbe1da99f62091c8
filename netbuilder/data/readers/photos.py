"""scikit-learn's two sample photographs, cut square from the middle and made smaller."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from netbuilder.data.builtin_pictures import PHOTOS
from netbuilder.data.facts import facts
from netbuilder.data.place import Place
from netbuilder.data.readers.values import numbers
from netbuilder.data.table import Table, held
from netbuilder.graph.model import Dataset


def photos(dataset: Dataset, _place: Place) -> Table:
    """`samples` times the same pair: content and style, float32 [3, size, size], 0 to 1."""
    from sklearn.datasets import load_sample_images

    given = numbers(dataset)
    found = dict(zip(PHOTOS, load_sample_images().images, strict=True))
    pictures = {"content": found.pop(given["content"]), "style": found.popitem()[1]}
    arrays = {
        id: np.broadcast_to(_square(picture, given["size"]), (given["samples"], 3, given["size"], given["size"]))
        for id, picture in pictures.items()
    }
    return held(facts(dataset.source, dataset.params).columns, arrays)


def _square(picture: npt.NDArray[np.uint8], size: int) -> npt.NDArray[Any]:
    """[height, width, 3] as [3, size, size]: the middle, each pixel the mean of those that fall into it."""
    from PIL import Image

    height, width = picture.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    middle = Image.fromarray(picture[top : top + side, left : left + side])
    small = np.asarray(middle.resize((size, size), Image.Resampling.BOX), dtype=np.float32)
    return np.ascontiguousarray(small.transpose(2, 0, 1)) / np.float32(255)
