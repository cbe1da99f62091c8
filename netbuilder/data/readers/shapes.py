"""Pictures of simple shapes, each with the class of every pixel, boxes, and the maps that a detector learns."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from netbuilder.data.builtin_pictures import SHAPES
from netbuilder.data.facts import facts
from netbuilder.data.place import Place
from netbuilder.data.readers.values import numbers
from netbuilder.data.table import Table, held
from netbuilder.graph.model import Dataset

_TRIES = 12  # places that are tried for each shape before it is left out
_CONTRAST = 0.25  # at least so far from the ground in one colour

Pixels = npt.NDArray[np.bool_]


class Box(NamedTuple):
    """Pixels left <= x < right, top <= y < bottom."""

    left: int
    top: int
    right: int
    bottom: int

    def meets(self, other: Box) -> bool:
        """Whether they overlap or touch."""
        return (
            self.left <= other.right
            and other.left <= self.right
            and self.top <= other.bottom
            and other.top <= self.bottom
        )


def shapes(dataset: Dataset, _place: Place) -> Table:
    """float32 image [3, S, S] 0 to 1; int64 mask [S, S], 0 the ground; float32 boxes [most, 5]; maps at every
    `stride`-th pixel.

    boxes: class, x and y of the centre, width, height, in pixels, a box around the shape's pixels; rows of -1 where
    there are fewer shapes. heat [classes, S / stride, S / stride]: 1 where a centre lies, falling off around it as wide
    as the shape; extent [2, ...]: width and height where a centre lies, else 0; center [1, ...]: 1 there, else 0 (Zhou
    and others: Objects as points, 2019). Shapes do not touch.
    """
    given = numbers(dataset)
    random = np.random.default_rng(given["seed"])
    columns = facts(dataset.source, dataset.params).columns
    arrays = {c.id: np.zeros((given["samples"], *c.shape), dtype=c.dtype) for c in columns}
    arrays["boxes"][:] = -1
    for at in range(given["samples"]):
        _draw({id: array[at] for id, array in arrays.items()}, given, random)
    return held(columns, arrays)


def _draw(sample: dict[str, npt.NDArray[Any]], given: dict[str, Any], random: np.random.Generator) -> None:
    size, stride = given["size"], given["stride"]
    across = np.linspace(-0.5, 0.5, size)
    ground = random.uniform(0.2, 0.8, 3)
    slope = random.uniform(-0.3, 0.3, (2, 3))  # the light falls off across the picture
    image = ground + across[None, :, None] * slope[0] + across[:, None, None] * slope[1]
    placed: list[Box] = []
    for _ in range(random.integers(1, given["most"] + 1)):
        kind = int(random.integers(len(SHAPES)))
        found = _placed(kind, size, placed, random)
        if found is None:
            continue
        box, pixels = found
        image[pixels] = _color(image[pixels].mean(0), random)
        sample["mask"][pixels] = kind + 1
        w, h = box.right - box.left, box.bottom - box.top
        x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
        sample["boxes"][len(placed)] = (kind, x, y, w, h)
        placed.append(box)
        column, row = int(x / stride), int(y / stride)
        sample["extent"][:, row, column] = (w, h)
        sample["center"][:, row, column] = 1
        spread = max(w, h) / stride / 6  # the blob is as wide as the shape
        away = np.arange(sample["heat"].shape[-1])
        blob = np.exp(-((away[None] - column) ** 2 + (away[:, None] - row) ** 2) / (2 * spread**2))
        np.maximum(sample["heat"][kind], blob, out=sample["heat"][kind], casting="same_kind")
    noisy = image + given["noise"] * random.standard_normal(image.shape)
    sample["image"][:] = np.clip(noisy, 0, 1).transpose(2, 0, 1)


def _placed(kind: int, size: int, placed: list[Box], random: np.random.Generator) -> tuple[Box, Pixels] | None:
    """A shape where it touches none of those placed before, None where there is no room."""
    for _ in range(_TRIES):
        reach = random.uniform(0.125, 0.25) * size
        x, y = random.uniform(reach, size - reach, 2)
        pixels = _pixels(kind, size, x, y, reach, random)
        rows, columns = np.flatnonzero(pixels.any(1)), np.flatnonzero(pixels.any(0))
        box = Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
        if not any(box.meets(other) for other in placed):
            return box, pixels
    return None


def _pixels(kind: int, size: int, x: float, y: float, reach: float, random: np.random.Generator) -> Pixels:
    """[size, size], where the middle of a pixel lies in the shape; all of it lies within `reach` of (x, y)."""
    middles = np.arange(size) + 0.5
    dx, dy = middles[None] - x, middles[:, None] - y
    if SHAPES[kind] == "circle":
        inside = dx**2 + dy**2 <= (0.85 * reach) ** 2
    elif SHAPES[kind] == "square":
        side = reach * random.uniform(0.6, 0.9, 2)  # half of width and height: squares and other rectangles
        inside = (np.abs(dx) <= side[0]) & (np.abs(dy) <= side[1])
    else:  # a triangle that stands on its base or on its tip
        up = dy if random.random() < 0.5 else -dy
        inside = (up <= 0.7 * reach) & (2 * np.abs(dx) <= up + reach)
    return np.asarray(inside, dtype=np.bool_)


def _color(ground: npt.NDArray[Any], random: np.random.Generator) -> npt.NDArray[Any]:
    """A colour that stands out from the ground."""
    while True:
        color = random.uniform(0, 1, 3)
        if np.abs(color - ground).max() >= _CONTRAST:
            return color
