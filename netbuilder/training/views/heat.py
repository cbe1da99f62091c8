"""Tables of numbers as colours: attention, weights, and the confusion matrix."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

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
    Levels,
    Names,
    ViewError,
    blended,
    color,
    enlarged,
    fitted,
    font,
    linked,
    named,
    numbers,
    page,
    png,
    value,
    wide,
)

_PANEL, _GAP = 260, 18  # pixels: about how wide a panel is, and between panels
_WIDEST_NAME = 90
_MOST_CELLS = 512
_COLD, _WARM = (86, 160, 233), (240, 150, 50)


def heat(inputs: Mapping[str, Tensor], given: Given, names: Names) -> Drawn:
    """A panel for each sample and head; where tokens are linked, their names stand at the axes."""
    weights = linked(inputs, "weights")
    if weights.ndim < 2 or not weights.numel():
        raise ViewError(f"A heat map has the axes T and S, and before them N or N, H; this is {list(weights.shape)}.")
    count = value(given, "count", 4)
    while weights.ndim < 4:
        weights = weights[None] if weights.ndim == 2 else weights[:, None]
    weights = weights.flatten(1, -3) if weights.ndim > 4 else weights
    held = numbers(weights[:count, :, :_MOST_CELLS, :_MOST_CELLS])
    samples, heads = held.shape[:2]
    panels = [
        _panel(
            held[sample, head],
            _words(inputs, "rows", sample, held.shape[2], names),
            _words(inputs, "columns", sample, held.shape[3], names),
            f"head {head}" if heads > 1 else "",
        )
        for sample in range(samples)
        for head in range(min(heads, 16))
    ]
    return png(_laid(panels, min(heads, 16) if heads > 1 else 0), figure=True)


def confusion(inputs: Mapping[str, Tensor], given: Given, names: Names) -> Drawn:
    """How often each class (row) is taken for each (column); right answers in green."""
    count = value(given, "count", 1024)
    logits, truth = linked(inputs, "logits")[:count], linked(inputs, "truth")[:count]
    classes = logits.shape[1] if logits.ndim > 1 else 0
    if not 2 <= classes <= 100:
        raise ViewError(f"A confusion matrix is for scores N, C of 2 to 100 classes; this is {list(logits.shape)}.")
    said, right = logits.argmax(1).cpu().reshape(-1).long(), truth.cpu().reshape(-1).long()
    kept = (right >= 0) & (right < classes)
    counts = torch.bincount(right[kept] * classes + said[kept], minlength=classes**2).view(classes, classes)
    names_of = names.get("truth") or names.get("logits", ())
    return png(_counted(counts, [named(names_of, number) for number in range(classes)]), figure=True)


def _words(inputs: Mapping[str, Tensor], port: str, sample: int, length: int, names: Names) -> list[str]:
    """The names of a sample's tokens along an axis, "" at those that it has none for."""
    if port not in inputs or sample >= len(inputs[port]):
        return []
    tokens = inputs[port][sample].reshape(-1)[:length].tolist()
    words = [named(names.get(port, ()), int(token)) for token in tokens]
    return [*(" " if not word.strip() else word for word in words), *[""] * (length - len(words))]


def _panel(cells: Tensor, rows: Sequence[str], columns: Sequence[str], title: str) -> Image.Image:
    """Cells [T, S] from dark to bright; in two colours where there are negative ones."""
    tall, across = cells.shape
    least = 15 if rows or columns else 1  # pixels that a name needs
    factor = max(least, min(_PANEL // max(tall, across), 40), 1)
    left = min(_WIDEST_NAME, max(map(wide, rows))) + 8 if rows else 0
    lying = bool(columns) and max(map(wide, columns)) > factor - 2
    head = (min(_WIDEST_NAME, max(map(wide, columns))) + 8 if lying else LINE + 3) if columns else 0
    top = (LINE + 2 if title else 0) + head
    image, pen = page(left + across * factor, top + tall * factor + LINE + 2)
    image.paste(enlarged(Image.fromarray(_shades(cells)), factor), (left, top))
    if title:
        pen.text((left, 0), title, fill=INK, font=font())
    for at, word in enumerate(rows):
        place = (left - 6, top + at * factor + factor // 2)
        pen.text(place, fitted(word, _WIDEST_NAME), fill=INK, font=font(), anchor="rm")
    for at, word in enumerate(columns):
        middle = left + at * factor + factor // 2
        if lying:
            _write_up(image, fitted(word, _WIDEST_NAME), (middle, top - 5))
        else:
            pen.text((middle, top - 4), word, fill=INK, font=font(), anchor="ms")
    said = f"{float(cells.min()):.3g} to {float(cells.max()):.3g}"
    pen.text((left, image.height - LINE), fitted(said, image.width - left), fill=MUTED, font=font())
    return image


def _write_up(image: Image.Image, text: str, end: tuple[int, int]) -> None:
    """Words that run upwards from a place."""
    beside, pen = page(wide(text) + 2, LINE)
    pen.text((0, 0), text, fill=INK, font=font())
    turned = beside.rotate(90, expand=True)
    image.paste(turned, (end[0] - turned.width // 2, end[1] - turned.height))


def _shades(cells: Tensor) -> Levels:
    low, high = float(cells.min()), float(cells.max())
    share = cells / max(abs(low), abs(high), 1e-12)
    ground, warm, cold = (torch.tensor(shade, dtype=torch.float32) for shade in (GROUND, _WARM, _COLD))
    # The root lets weak ones be seen; brighter than the warm colour only near the top.
    strong = share.abs().sqrt()[..., None]
    side = torch.where((share >= 0)[..., None], warm, cold) if low < 0 else warm
    mixed = ground + (side - ground) * strong
    if low >= 0:
        mixed = mixed + (255 - mixed) * ((share - 0.6).clamp_min(0) / 0.4 * 0.75)[..., None]
    found: Levels = mixed.round().clamp(0, 255).to(torch.uint8).numpy()
    return found


def _counted(counts: Tensor, names: Sequence[str]) -> Image.Image:
    """A matrix of numbers with names at both axes."""
    classes = len(counts)
    side = 32 if classes <= 12 else 24 if classes <= 30 else 12
    left = min(_WIDEST_NAME, max(map(wide, names))) + 8 + LINE
    lying = max(map(wide, names)) > side - 2
    top = LINE + (min(_WIDEST_NAME, max(map(wide, names))) + 8 if lying else LINE + 3)
    image, pen = page(left + classes * side + 8, top + classes * side + 8)
    pen.text((left, 0), "said", fill=MUTED, font=font())
    _write_up(image, "truth", (LINE // 2, top + wide("truth") + 2))
    shares = counts / counts.sum(1, keepdim=True).clamp_min(1)
    for row in range(classes):
        middle = top + row * side + side // 2
        pen.text((left - 6, middle), fitted(names[row], _WIDEST_NAME), fill=INK, font=font(), anchor="rm")
        for column in range(classes):
            x, y = left + column * side, top + row * side
            number, share = int(counts[row, column]), float(shares[row, column])
            strong = color(2) if row == column else color(3)
            tint = blended(GROUND, strong, 0.12 + 0.7 * math.sqrt(share) if number else 0.05)
            pen.rectangle((x, y, x + side - 2, y + side - 2), fill=tint)
            if number and side > 12:
                shade = GROUND if share > 0.5 else INK
                pen.text((x + side // 2 - 1, y + side // 2), str(number), fill=shade, font=font(10), anchor="mm")
    for column, name in enumerate(names):
        middle = left + column * side + side // 2 - 1
        if lying:
            _write_up(image, fitted(name, _WIDEST_NAME), (middle, top - 5))
        else:
            pen.text((middle, top - 5), name, fill=INK, font=font(), anchor="ms")
    return image


def _laid(panels: Sequence[Image.Image], columns: int) -> Image.Image:
    """Panels in rows; as many in each as there are heads, at most four, where that is not given two or so."""
    columns = min(len(panels), columns or max(1, math.ceil(math.sqrt(len(panels)))), 4)
    width, height = max(panel.width for panel in panels), max(panel.height for panel in panels)
    rows = math.ceil(len(panels) / columns)
    image, _ = page(columns * (width + _GAP) + _GAP, rows * (height + _GAP) + _GAP)
    for at, panel in enumerate(panels):
        image.paste(panel, (_GAP + at % columns * (width + _GAP), _GAP + at // columns * (height + _GAP)))
    return image
