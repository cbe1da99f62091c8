"""Segmentation: what is said of each pixel in colours over its image, beside the truth."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from netbuilder.training.views.drawn import (
    GROUND,
    INK,
    LINE,
    MUTED,
    Drawn,
    Given,
    Names,
    ViewError,
    color,
    enlarged,
    font,
    legend,
    linked,
    named,
    page,
    pictures,
    png,
    value,
    wide,
)

_SMALLEST, _GAP = 88, 6
_STRONG, _PALE = 0.65, 0.8  # of a class's colour over the image; how bright the image is, in grey


def masks(inputs: Mapping[str, Tensor], given: Given, names: Names) -> Drawn:
    """A cell for each sample: the truth, where it is linked, left of the prediction, and how well they agree."""
    cells = pictures(linked(inputs, "images"), value(given, "count", 8))
    said = classes_of(linked(inputs, "prediction")[: len(cells)])
    right = classes_of(inputs["truth"][: len(cells)]) if "truth" in inputs else None
    for found in (said, right) if right is not None else (said,):
        if found.shape[1:] != (cells[0].height, cells[0].width):
            raise ViewError(
                f"Its masks have {' x '.join(map(str, found.shape[1:]))} pixels, its images "
                f"{cells[0].height} x {cells[0].width}."
            )
    factor = max(1, math.ceil(_SMALLEST / min(cells[0].size)))
    width, height = cells[0].width * factor, cells[0].height * factor
    sides = 1 if right is None else 2
    columns = max(1, min(len(cells), 4 if sides == 1 else 3))
    rows = math.ceil(len(cells) / columns)
    whole, tall = sides * width + (sides - 1) * 2 + _GAP, height + LINE + 4 + _GAP
    present = sorted({*_present(said), *(_present(right) if right is not None else ())})
    names_of = names.get("truth") or names.get("prediction", ())
    listed = [(named(names_of, number), color(number - 1)) for number in present if number > 0][:20]
    beside = max((wide(text) for text, _ in listed), default=0) + 30 if names_of and listed else 0
    image, pen = page(columns * whole + beside, max(rows * tall, len(listed) * LINE if beside else 0))
    for at, cell in enumerate(cells):
        x, y = at % columns * whole, at // columns * tall
        if right is not None:
            image.paste(enlarged(_over(cell, right[at]), factor), (x, y))
            x += width + 2
        image.paste(enlarged(_over(cell, said[at]), factor), (x, y))
        if right is not None:
            score = overlap(said[at], right[at])
            words = "nothing there" if score is None else f"IoU {score:.2f}"
            pen.text((x, y + height + 2), words, fill=INK, font=font())
            pen.text((x - width - 2, y + height + 2), "truth", fill=MUTED, font=font())
    if beside:
        legend(pen, (columns * whole + 4, 0), listed)
    return png(image, figure=right is not None or bool(beside))


def classes_of(tensor: Tensor) -> Tensor:
    """Classes [N, H, W] of logits [N, C, H, W], of one logit or mask [N, 1, H, W], or of classes [N, H, W]."""
    found = tensor.detach().cpu()
    if found.ndim == 4 and found.shape[1] > 1:
        return found.argmax(1)
    if found.ndim == 4:
        found = found[:, 0]
    if found.ndim != 3:
        raise ViewError(f"A mask has the axes N, C, H, W or N, H, W; this is {list(tensor.shape)}.")
    if found.is_floating_point():  # logits have their border at 0; a mask of 0 and 1 at one half
        border = 0.0 if bool((found < 0).any()) else 0.5
        return (found > border).long()
    return found.long()


def overlap(said: Tensor, right: Tensor) -> float | None:
    """Mean over the classes but 0 of intersection over union [H, W]; None where neither holds any."""
    found = []
    for number in {*_present(said), *_present(right)} - {0}:
        one, other = said == number, right == number
        found.append(float((one & other).sum() / (one | other).sum()))
    return sum(found) / len(found) if found else None


def _present(mask: Tensor) -> list[int]:
    found: list[int] = torch.unique(mask).tolist()
    return found


def _over(image: Image.Image, mask: Tensor) -> Image.Image:
    palette = torch.tensor([GROUND, *(color(number) for number in range(max(1, int(mask.max()))))])
    shade = palette[mask.clamp_min(0)].numpy()
    inside = (mask > 0).numpy()[..., None]
    held = np.asarray(image.convert("L").convert("RGB"), dtype=np.float32) * _PALE  # its own colours would mix in
    mixed = np.where(inside, held * (1 - _STRONG) + shade * _STRONG, held)
    return Image.fromarray(mixed.round().astype(np.uint8))
