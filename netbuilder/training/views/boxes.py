"""Boxes around things: what a detector with a heat map of centres finds, over the images, beside the truth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

import torch.nn.functional as F
from PIL import ImageDraw
from torch import Tensor

from netbuilder.training.views.drawn import (
    INK,
    Color,
    Drawn,
    Given,
    Names,
    ViewError,
    color,
    enlarged,
    font,
    linked,
    named,
    numbers,
    page,
    pictures,
    png,
    value,
    wide,
)

_SMALLEST, _GAP = 150, 6
MOST = 50  # boxes on an image


class Box(NamedTuple):
    """Centre and size in pixels of the image, and how sure it is."""

    number: int
    x: float
    y: float
    w: float
    h: float
    score: float = 1.0


def boxes(inputs: Mapping[str, Tensor], given: Given, names: Names) -> Drawn:
    """Found boxes in the colours of their classes; the true ones, where they are linked, thin and white."""
    cells = pictures(linked(inputs, "images"), value(given, "count", 8))
    across, down = cells[0].size
    unit = value(given, "unit", "pixels")
    scale = (1.0, 1.0) if unit == "pixels" else (float(across), float(down))
    heat, size = linked(inputs, "heat")[: len(cells)], linked(inputs, "size")[: len(cells)]
    found = decode(heat, size, (across, down), scale, value(given, "threshold", 0.3))
    right = right_boxes(inputs["truth"][: len(cells)], scale) if "truth" in inputs else [[] for _ in cells]
    factor = max(1, math.ceil(_SMALLEST / min(across, down)))
    columns = max(1, min(len(cells), 4))
    width, height = across * factor + _GAP, down * factor + _GAP
    image, _ = page(columns * width - _GAP, math.ceil(len(cells) / columns) * height - _GAP)
    names_of = names.get("heat") or names.get("truth", ())
    for at, cell in enumerate(cells):
        part = enlarged(cell, factor)
        inner = ImageDraw.Draw(part)
        for box in right[at]:
            _frame(inner, box, factor, INK, 1)
        for box in found[at]:
            _frame(inner, box, factor, color(box.number), 2)
        for box in found[at]:
            _caption(inner, box, factor, f"{named(names_of, box.number)} {box.score:.2f}", part.width)
        image.paste(part, (at % columns * width, at // columns * height))
    return png(image, figure=True)


def decode(
    heat: Tensor, size: Tensor, whole: tuple[int, int], scale: tuple[float, float], threshold: float
) -> list[list[Box]]:
    """The boxes of each sample: peaks of a heat map of centres above their 3 x 3 neighbours, the surest first.

    heat: logits [N, C, H, W], a map a class; size: [N, 2, H, W], width and height there, times `scale` in pixels.
    whole: width and height of the image. (Zhou, Wang and Kraehenbuehl: Objects as points, 2019.)
    """
    if heat.ndim != 4 or size.ndim != 4 or size.shape[1] != 2 or heat.shape[2:] != size.shape[2:]:
        raise ViewError(
            f"The heat map has the axes N, C, H, W and the sizes N, 2, H, W; they are {list(heat.shape)} and "
            f"{list(size.shape)}."
        )
    scores, sizes = numbers(heat).sigmoid(), numbers(size)
    peaks = scores * (scores == F.max_pool2d(scores, 3, stride=1, padding=1))
    classes, rows, columns = heat.shape[1:]
    best = peaks.flatten(1).topk(min(MOST, classes * rows * columns))
    found: list[list[Box]] = []
    for sample, (values, places) in enumerate(zip(best.values.tolist(), best.indices.tolist(), strict=True)):
        some = []
        for score, place in zip(values, places, strict=True):
            if score >= threshold and score > 0:
                number, rest = divmod(place, rows * columns)
                row, column = divmod(rest, columns)
                w, h = sizes[sample, :, row, column].tolist()
                x, y = (column + 0.5) * whole[0] / columns, (row + 0.5) * whole[1] / rows
                some.append(Box(number, x, y, max(w, 0.0) * scale[0], max(h, 0.0) * scale[1], score))
        found.append(some)
    return found


def right_boxes(truth: Tensor, scale: tuple[float, float]) -> list[list[Box]]:
    """Boxes of rows (class, x, y, w, h), x and y the centre; a class below 0 is none."""
    if truth.ndim != 3 or truth.shape[2] != 5:
        raise ViewError(f"True boxes have the axes N, M, 5; this is {list(truth.shape)}.")
    (across, down), rows = scale, numbers(truth).tolist()
    return [
        [Box(int(k), x * across, y * down, w * across, h * down) for k, x, y, w, h in some if k >= 0] for some in rows
    ]


def _frame(pen: ImageDraw.ImageDraw, box: Box, factor: int, shade: Color, width: int) -> None:
    left, top = (box.x - box.w / 2) * factor, (box.y - box.h / 2) * factor
    pen.rectangle((left, top, left + box.w * factor, top + box.h * factor), outline=shade, width=width)


def _caption(pen: ImageDraw.ImageDraw, box: Box, factor: int, text: str, width: int) -> None:
    x = min(max(0, (box.x - box.w / 2) * factor), max(0, width - wide(text, 10) - 4))
    y = max(0, (box.y - box.h / 2) * factor - 13)
    pen.rectangle((x, y, x + wide(text, 10) + 3, y + 12), fill=color(box.number))
    pen.text((x + 2, y), text, fill=(0, 0, 0), font=font(10))
