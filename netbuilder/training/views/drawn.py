"""What all views share: what they are given, what they hand back, and how they put pictures and words on a page.

Figures lie on a dark ground of their own, which reads well in a light window and in a dark one.
"""

from __future__ import annotations

import colorsys
import io
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

Color = tuple[int, int, int]
Given = Mapping[str, object]
Names = Mapping[str, Sequence[str]]
Levels = npt.NDArray[np.uint8]
T = TypeVar("T", int, float, str)

GROUND: Color = (22, 24, 29)
INK: Color = (208, 213, 222)
MUTED: Color = (142, 149, 162)
RIGHT: Color = (80, 200, 120)
WRONG: Color = (240, 90, 80)
LINE = 15  # pixels that a line of words takes

# Told apart also by most who see colours differently (Okabe and Ito, 2008, lightened for a dark ground).
_FIRST: tuple[Color, ...] = (
    (86, 180, 233), (230, 159, 0), (0, 190, 140), (240, 110, 60), (204, 140, 190), (240, 228, 66), (90, 130, 230),
    (170, 210, 90), (220, 80, 110), (160, 170, 185),
)  # fmt: skip


class ViewError(ValueError):
    """A View node got something that it can't show; the message is one sentence."""


class Drawn(NamedTuple):
    """File suffix and content. `figure`: it holds words, so its pixels should stay as large as they are."""

    suffix: str
    content: bytes
    figure: bool = False


def value(given: Given, name: str, default: T) -> T:
    """A parameter's value; the default where it is missing or of another kind."""
    found = given.get(name, default)
    kind = type(default)
    if kind is float and isinstance(found, int):
        return kind(found)
    return found if isinstance(found, kind) else default


def linked(inputs: Mapping[str, Tensor], port: str) -> Tensor:
    """What came to a port. Raises ViewError where nothing did."""
    if port not in inputs:
        raise ViewError(f"Nothing is linked to its {port}.")
    return inputs[port].detach()


def numbers(tensor: Tensor) -> Tensor:
    """The same as float32 on the processor, finite throughout."""
    return torch.nan_to_num(tensor.detach().float().cpu())


def named(names: Sequence[str], number: int) -> str:
    """The name of a class or token, its number where it has none."""
    return names[number] if 0 <= number < len(names) else str(number)


def color(number: int) -> Color:
    """The colour of a class."""
    if number < len(_FIRST):
        return _FIRST[number]
    hue = (0.11 + 0.61803 * (number - len(_FIRST))) % 1  # the golden ratio keeps neighbours apart
    red, green, blue = colorsys.hls_to_rgb(hue, 0.66, 0.6)
    return round(red * 255), round(green * 255), round(blue * 255)


def blended(one: Color, other: Color, share: float) -> Color:
    """So much of the other colour in the first."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


@cache
def font(size: int = 11) -> ImageFont.ImageFont | ImageFont.FreeTypeFont:
    """The one typeface of figures."""
    return ImageFont.load_default(size)


def wide(text: str, size: int = 11) -> int:
    """Pixels that a line of words is wide."""
    return round(font(size).getlength(text))


def fitted(text: str, width: int) -> str:
    """The words, cut short with an ellipsis where they are wider than that."""
    if wide(text) <= width:
        return text
    while text and wide(f"{text}…") > width:
        text = text[:-1]
    return f"{text}…"


def page(width: int, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """An empty figure and its pen."""
    made = Image.new("RGB", (max(1, width), max(1, height)), GROUND)
    return made, ImageDraw.Draw(made)


def enlarged(image: Image.Image, factor: int) -> Image.Image:
    """Each pixel as a square of so many."""
    return image.resize((image.width * factor, image.height * factor), Image.Resampling.NEAREST)


def png(image: Image.Image, *, figure: bool = False) -> Drawn:
    """A picture as a file."""
    out = io.BytesIO()
    image.save(out, format="PNG")
    return Drawn(".png", out.getvalue(), figure)


def levels(tensor: Tensor) -> Levels:
    """Grey values or colours [N, H, W] or [N, H, W, 3] of images [N, H, W] or [N, C, H, W].

    Values from 0 to 1 are as they are; others are stretched from smallest to largest.
    """
    batch = numbers(tensor)
    if batch.ndim == 4:
        batch = batch.permute(0, 2, 3, 1) if batch.shape[1] == 3 else batch[:, 0]
    low, high = batch.min(), batch.max()
    if low < 0 or high > 1:
        batch = (batch - low) / (high - low).clamp_min(1e-12)
    found: Levels = (batch * 255).round().to(torch.uint8).numpy()
    return np.ascontiguousarray(found)


def pictures(tensor: Tensor, count: int) -> list[Image.Image]:
    """The first images of a batch. Raises ViewError for a tensor that holds none."""
    some = tensor[:count]
    if some.ndim not in (3, 4) or not some.numel():
        raise ViewError(f"Images have the axes N, C, H, W and at least one sample; this is {list(tensor.shape)}.")
    return [Image.fromarray(level).convert("RGB") for level in levels(some)]


def legend(pen: ImageDraw.ImageDraw, at: tuple[int, int], rows: Sequence[tuple[str, Color]]) -> None:
    """Names behind dots of their colours, one below the other."""
    x, y = at
    for text, shade in rows:
        pen.ellipse((x, y + 3, x + 8, y + 11), fill=shade)
        pen.text((x + 14, y), text, fill=INK, font=font())
        y += LINE
