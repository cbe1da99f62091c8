"""Points in the plane: in the colours of their classes, and on a map of what a network says of each place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from PIL import Image
from torch import Tensor

from netbuilder.training.views.drawn import (
    GROUND,
    INK,
    MUTED,
    Color,
    Drawn,
    Given,
    Levels,
    Names,
    ViewError,
    color,
    fitted,
    font,
    legend,
    linked,
    named,
    numbers,
    page,
    png,
    value,
    wide,
)

SIDE = 380  # pixels of the plane
_LEFT, _BOTTOM, _EDGE = 44, 22, 10
_MOST_NAMED = 20  # classes in a legend
WHITE: Color = (255, 255, 255)
_Box = tuple[float, float, float, float]  # left, low, right, high in the plane's own numbers


class _Plane:
    """A square of the plane on a page, with numbers at its edges."""

    def __init__(self, box: _Box, classes: Sequence[tuple[str, Color]]) -> None:
        self.box = box
        beside = max((wide(text) for text, _ in classes), default=0)
        beside = min(beside, 160) + 34 if classes else 0
        self.image, self.pen = page(_LEFT + SIDE + _EDGE + beside, _EDGE + SIDE + _BOTTOM)
        self.pen.rectangle((_LEFT - 1, _EDGE - 1, _LEFT + SIDE, _EDGE + SIDE), outline=MUTED)
        legend(self.pen, (_LEFT + SIDE + 14, _EDGE), [(fitted(text, 160), shade) for text, shade in classes])
        left, low, right, high = box
        for share, along in ((0.0, "s"), (0.5, "m"), (1.0, "t")):
            x, y = _LEFT + share * SIDE, _EDGE + (1 - share) * SIDE
            across, up = left + share * (right - left), low + share * (high - low)
            self.pen.text((x, _EDGE + SIDE + 5), f"{across:.3g}", fill=MUTED, font=font(), anchor="ma")
            self.pen.text((_LEFT - 5, y), f"{up:.3g}", fill=MUTED, font=font(), anchor=f"r{along}")

    def lay(self, ground: Image.Image) -> None:
        """Puts a picture of the whole plane on it; its first row is the lowest."""
        whole = ground.transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize((SIDE, SIDE), Image.Resampling.NEAREST)
        self.image.paste(whole, (_LEFT, _EDGE))

    def put(self, points: Tensor, labels: Tensor | None, rim: Color) -> None:
        """Dots at points [N, 2] in the colours of their classes."""
        left, low, right, high = self.box
        numbers_of = labels.tolist() if labels is not None else [0] * len(points)
        radius = 3.5 if len(points) <= 300 else 2.5
        for (x, y), label in zip(points.tolist(), numbers_of, strict=False):
            across = _LEFT + (x - left) / (right - left) * SIDE
            down = _EDGE + (high - y) / (high - low) * SIDE
            if _LEFT <= across <= _LEFT + SIDE and _EDGE <= down <= _EDGE + SIDE:
                spot = (across - radius, down - radius, across + radius, down + radius)
                self.pen.ellipse(spot, fill=color(int(label)), outline=rim)


def scatter(inputs: Mapping[str, Tensor], given: Given, names: Names) -> Drawn:
    """Points in colours, with a legend."""
    points, labels = _points(inputs, value(given, "count", 256))
    if points is None:
        raise ViewError("Nothing is linked to its points.")
    low, high = points.amin(0), points.amax(0)
    middle, reach = (low + high) / 2, float((high - low).max().clamp_min(1e-6)) * 0.54
    box = (float(middle[0]) - reach, float(middle[1]) - reach, float(middle[0]) + reach, float(middle[1]) + reach)
    plane = _Plane(box, _classes(labels, names.get("labels", ())))
    plane.put(points, labels, GROUND)
    return png(plane.image, figure=True)


def decisions(inputs: Mapping[str, Tensor], given: Given, names: Names) -> Drawn:
    """A map of what is said of each point of a grid, with the samples on it.

    Scores of several classes: the colour of the best, the brighter the surer. One value: two colours on both sides of
    `level`, and the line where it is crossed.
    """
    grid, values = numbers(linked(inputs, "grid")), numbers(linked(inputs, "values"))
    if grid.ndim != 2 or grid.shape[1] != 2 or len(grid) != len(values):
        raise ViewError(f"The grid has the axes M, 2 and one value for each point; it is {list(grid.shape)} and its "
                        f"values are {list(values.shape)}.")  # fmt: skip
    (across, column), (up, row) = (torch.unique(grid[:, at], return_inverse=True) for at in (0, 1))
    if len(across) * len(up) != len(grid) or len(across) < 2 or len(up) < 2:
        raise ViewError("The points of the grid do not fill a rectangle: link the block Grid to it.")
    values = values.reshape(len(values), -1)
    held = torch.zeros(len(up), len(across), values.shape[1])
    held[row, column] = values
    one = values.shape[1] == 1
    colors = _sides(held[:, :, 0], value(given, "level", 0.0)) if one else _regions(held)
    points, labels = _points(inputs, value(given, "count", 256))
    names_here = names.get("labels") or names.get("values", ())
    classes = _classes(torch.arange(2 if one else values.shape[1]), names_here) if names_here or not one else []
    plane = _Plane((float(across[0]), float(up[0]), float(across[-1]), float(up[-1])), classes)
    plane.lay(Image.fromarray(colors))
    if points is not None:
        plane.put(points, labels, WHITE)
    return png(plane.image, figure=True)


def _points(inputs: Mapping[str, Tensor], count: int) -> tuple[Tensor | None, Tensor | None]:
    if "points" not in inputs:
        return None, None
    points = numbers(inputs["points"][:count])
    if points.ndim != 2 or points.shape[1] != 2 or not len(points):
        raise ViewError(f"Points have the axes N, 2 and at least one sample; this is {list(inputs['points'].shape)}.")
    labels = inputs["labels"][:count].detach().cpu().reshape(-1) if "labels" in inputs else None
    return points, labels


def _classes(labels: Tensor | None, names: Sequence[str]) -> list[tuple[str, Color]]:
    """The rows of a legend: the classes that occur, with names where they have some."""
    if labels is None:
        return []
    found: list[int] = torch.unique(labels.long()).tolist()
    rows = [(named(names, number), color(number)) for number in found[:_MOST_NAMED]]
    return [*rows, (f"and {len(found) - _MOST_NAMED} more", MUTED)] if len(found) > _MOST_NAMED else rows


def _regions(scores: Tensor) -> Levels:
    """[rows, columns, 3] colours of scores [rows, columns, C]; probabilities are taken as they are."""
    known = bool((scores >= 0).all()) and bool((scores.sum(-1) - 1).abs().max() < 1e-3)
    sure, best = (scores if known else scores.softmax(-1)).max(-1)
    classes = scores.shape[-1]
    palette = torch.tensor([color(number) for number in range(classes)], dtype=torch.float32)
    share = (sure - 1 / classes) / (1 - 1 / classes)
    return _mixed(palette[best], 0.18 + 0.5 * share)


def _sides(held: Tensor, level: float) -> Levels:
    """Two colours for values [rows, columns], stronger further from the level, and a line where it is crossed."""
    off = held - level
    palette = torch.tensor([color(0), color(1)], dtype=torch.float32)
    share = off.abs() / off.abs().max().clamp_min(1e-12)
    fine = 4  # the line is thinner than a place of the grid
    shade = torch.from_numpy(_mixed(palette[(off > 0).long()], 0.2 + 0.45 * share.sqrt()))
    shade = shade.repeat_interleave(fine, 0).repeat_interleave(fine, 1)
    smooth = torch.nn.functional.interpolate(off[None, None], scale_factor=fine, mode="bilinear", align_corners=False)
    above = smooth[0, 0] > 0
    line = torch.zeros_like(above)
    line[1:] |= above[1:] != above[:-1]
    line[:, 1:] |= above[:, 1:] != above[:, :-1]
    shade[line] = torch.tensor(INK, dtype=torch.uint8)
    found: Levels = shade.numpy()
    return found


def _mixed(shade: Tensor, share: Tensor) -> Levels:
    """Colours on the dark ground, so much of them."""
    ground = torch.tensor(GROUND, dtype=torch.float32)
    mixed: Levels = (ground + (shade - ground) * share[..., None]).round().clamp(0, 255).to(torch.uint8).numpy()
    return mixed
