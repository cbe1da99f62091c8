"""Pictures side by side: images with what they are taken for, rows of steps, and maps of features."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from PIL import Image
from torch import Tensor

from netbuilder.training.views.drawn import (
    INK,
    RIGHT,
    WRONG,
    Color,
    Drawn,
    Given,
    Names,
    ViewError,
    enlarged,
    fitted,
    font,
    levels,
    linked,
    named,
    numbers,
    page,
    pictures,
    png,
    value,
)

_GAP, _CAPTION, _SMALLEST = 1, 15, 54  # pixels: between pictures, of a caption, of a picture with a caption
Caption = tuple[str, Color]


def picture(image: Tensor) -> bytes:
    """One image, [C, H, W] or [H, W], as PNG; with 1 (grey) or 3 (colours) channels, of others the first is shown."""
    return png(Image.fromarray(levels(image[None])[0])).content


def images(inputs: Mapping[str, Tensor], given: Given, names: Names) -> Drawn:
    """A grid. Values from 0 to 1 are shown as they are; others are stretched from smallest to largest."""
    cells = pictures(linked(inputs, "images"), value(given, "count", 16))
    captions = _captions(inputs, len(cells), names)
    if captions:
        cells = [enlarged(cell, max(1, math.ceil(_SMALLEST / min(cell.size)))) for cell in cells]
    return side_by_side(cells, captions, value(given, "columns", 0))


def strip(inputs: Mapping[str, Tensor], given: Given, names: Names) -> Drawn:
    """A row for each sample: its steps from left to right."""
    steps = linked(inputs, "images")[: value(given, "count", 4)]
    if steps.ndim not in (4, 5) or not steps.numel():
        raise ViewError(f"A strip has the axes N, S, C, H, W and at least one sample; this is {list(steps.shape)}.")
    # One scale for all steps would leave the data grey beside the noise, so values are cut off at 0 and 1 where they
    # lie around there at the end.
    last = numbers(steps[:, -1])
    if last.min() > -0.5 and last.max() < 1.5:
        steps = numbers(steps).clamp(0, 1)
    elif last.min() > -1.5 and last.max() < 1.5:
        steps = (numbers(steps).clamp(-1, 1) + 1) / 2
    cells = pictures(steps.flatten(0, 1), steps.shape[0] * steps.shape[1])
    return side_by_side(cells, [], steps.shape[1])


def maps(inputs: Mapping[str, Tensor], given: Given, names: Names) -> Drawn:
    """Each channel as a grey picture: a row for each sample, or a square of samples that have one channel only.

    Zero is black, or grey where there are negative values too.
    """
    found = linked(inputs, "maps")
    if found.ndim != 4 or not found.numel():
        raise ViewError(f"Maps have the axes N, C, H, W and at least one sample; this is {list(found.shape)}.")
    found = numbers(found[: value(given, "count", 4), : value(given, "channels", 16)])
    samples, channels, height, width = found.shape
    flat = found.reshape(samples * channels, height * width)
    reach = flat.abs().amax(1) if value(given, "scale", "all") == "each" else flat.abs().max().expand(len(flat))
    flat = flat / reach.clamp_min(1e-12)[:, None]
    if flat.min() < 0:
        flat = (flat + 1) / 2
    cells = [Image.fromarray(level) for level in levels(flat.view(-1, height, width).clamp(0, 1))]
    return side_by_side(cells, [], channels if channels > 1 else 0)


def side_by_side(cells: Sequence[Image.Image], captions: Sequence[Caption], columns: int = 0) -> Drawn:
    """Pictures of one size in rows, about as high as wide where the number of columns is not given."""
    width, height = cells[0].width, cells[0].height + (_CAPTION if captions else 0)
    columns = columns or max(1, math.ceil(math.sqrt(len(cells) * height / width)))
    columns = min(len(cells), columns)
    rows = math.ceil(len(cells) / columns)
    gap = 3 * _GAP if captions else _GAP  # the window enlarges pictures without words, and the gaps with them
    grid, pen = page(columns * (width + gap) - gap, rows * (height + gap) - gap)
    for at, cell in enumerate(cells):
        left, top = at % columns * (width + gap), at // columns * (height + gap)
        grid.paste(cell, (left, top))
        if captions:
            text, shade = captions[at]
            pen.text((left + 1, top + height - _CAPTION), fitted(text, width), fill=shade, font=font(10))
    return png(grid, figure=bool(captions))


def _captions(inputs: Mapping[str, Tensor], count: int, names: Names) -> list[Caption]:
    """What the network takes each image for, green where it is right; the truth alone where that is all there is."""
    truth = [int(number) for number in inputs["truth"][:count].tolist()] if "truth" in inputs else None
    right_names = names.get("truth") or names.get("logits", ())
    if "logits" not in inputs:
        return [(named(right_names, number), INK) for number in truth] if truth else []
    scores = inputs["logits"][:count]
    said: list[int] = scores.argmax(1).tolist()
    said_names = names.get("logits") or right_names
    if truth is None:
        return [(named(said_names, number), INK) for number in said]
    return [
        (named(said_names, number), RIGHT)
        if number == right
        else (f"{named(said_names, number)} not {named(right_names, right)}", WRONG)
        for number, right in zip(said, truth, strict=True)
    ]
