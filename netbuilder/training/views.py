"""What the View nodes of a preview graph draw: a grid of pictures, or curves."""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

MOST_IMAGES = 64
MOST_CURVES = 64
MOST_POINTS = 4096
_GAP, _CAPTION, _SMALLEST = 2, 14, 40  # pixels: between pictures, of a caption, of a picture with a caption
_NEUTRAL, _RIGHT, _WRONG = (200, 200, 200), (80, 200, 120), (240, 90, 80)

Levels = npt.NDArray[np.uint8]


class ViewError(ValueError):
    """A View node got something that it can't show; the message is one sentence."""


def draw(block: str, inputs: Mapping[str, Tensor], count: int, classes: Sequence[str] = ()) -> tuple[str, bytes]:
    """File suffix and content of what a View node shows of the tensors at its ports, at most `count` samples.

    classes: their names, for captions. Raises ViewError.
    """
    if block not in _VIEWS:
        raise ViewError(f"There is no way to show a {block}.")
    suffix, make = _VIEWS[block]
    return suffix, make(inputs, count, classes)


def picture(image: Tensor) -> bytes:
    """One image, [C, H, W] or [H, W], as PNG; with 1 (grey) or 3 (colours) channels, of others the first is shown."""
    levels = _levels(image[None])[0]
    return _png(Image.fromarray(levels))


def _images(inputs: Mapping[str, Tensor], count: int, classes: Sequence[str]) -> bytes:
    """A grid as PNG. Values from 0 to 1 are shown as they are; others are stretched from smallest to largest."""
    if "images" not in inputs:
        raise ViewError("Nothing is linked to its images.")
    tensor = inputs["images"][: min(count, MOST_IMAGES)]
    if tensor.ndim not in (3, 4) or not tensor.numel():
        raise ViewError(f"Images have the axes N, C, H, W and at least one sample; this is {list(tensor.shape)}.")
    levels = _levels(tensor)
    captions = _captions(inputs, len(levels), classes)
    height, width = levels.shape[1:3]
    factor = max(1, math.ceil(_SMALLEST / min(height, width))) if captions else 1
    height, width = height * factor + (_CAPTION if captions else 0), width * factor
    columns = min(len(levels), max(1, math.ceil(math.sqrt(len(levels) * height / width))))
    rows = math.ceil(len(levels) / columns)
    grid = Image.new("RGB", (columns * (width + _GAP) - _GAP, rows * (height + _GAP) - _GAP))
    pen, font = ImageDraw.Draw(grid), ImageFont.load_default()
    for at, level in enumerate(levels):
        left, top = at % columns * (width + _GAP), at // columns * (height + _GAP)
        cell = Image.fromarray(level)
        grid.paste(cell.resize((cell.width * factor, cell.height * factor), Image.Resampling.NEAREST), (left, top))
        if captions:
            text, color = captions[at]
            pen.text((left + 1, top + height - _CAPTION), text, fill=color, font=font)
    return _png(grid)


def _captions(
    inputs: Mapping[str, Tensor], count: int, classes: Sequence[str]
) -> list[tuple[str, tuple[int, int, int]]]:
    """What the network takes each image for, green where it is right; the truth alone where that is all there is."""

    def named(number: int) -> str:
        return classes[number] if 0 <= number < len(classes) else str(number)

    truth = [int(value) for value in inputs["truth"][:count].tolist()] if "truth" in inputs else None
    if "logits" not in inputs:
        return [(named(number), _NEUTRAL) for number in truth] if truth else []
    said = inputs["logits"][:count].argmax(1).tolist()
    if truth is None:
        return [(named(number), _NEUTRAL) for number in said]
    return [
        (named(number), _RIGHT) if number == right else (f"{named(number)} not {named(right)}", _WRONG)
        for number, right in zip(said, truth, strict=True)
    ]


def _curve(inputs: Mapping[str, Tensor], count: int, _classes: Sequence[str]) -> bytes:
    return msgspec.json.encode({"series": series(inputs["values"], count)}) if "values" in inputs else _nothing()


def _nothing() -> bytes:
    raise ViewError("Nothing is linked to its values.")


def series(tensor: Tensor, count: int = MOST_CURVES) -> list[list[float]]:
    """Curves of [T], [N, T], or [N, ..., T] with the axes between run together; at most 4096 points each."""
    rows = tensor.detach().float().cpu()
    rows = rows.reshape(-1, rows.shape[-1]) if rows.ndim else rows.reshape(1, 1)
    rows = rows[: min(count, MOST_CURVES), :MOST_POINTS]
    return [[value if math.isfinite(value) else 0.0 for value in row] for row in rows.tolist()]


_VIEWS: dict[str, tuple[str, Callable[[Mapping[str, Tensor], int, Sequence[str]], bytes]]] = {
    "ViewImages": (".png", _images),
    "ViewCurve": (".json", _curve),
}


def _levels(tensor: Tensor) -> Levels:
    """Grey values or colours [N, H, W] or [N, H, W, 3] of images [N, H, W] or [N, C, H, W]."""
    batch = torch.nan_to_num(tensor.detach().float().cpu())
    if batch.ndim == 4:
        batch = batch.permute(0, 2, 3, 1) if batch.shape[1] == 3 else batch[:, 0]
    low, high = batch.min(), batch.max()
    if low < 0 or high > 1:
        batch = (batch - low) / (high - low).clamp_min(1e-12)
    found: npt.NDArray[Any] = (batch * 255).round().to(torch.uint8).numpy()
    return np.ascontiguousarray(found)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, format="PNG")
    return out.getvalue()
