"""One sample's value in one column as a person can look at it: a picture, a wave, text, a class, numbers. No torch."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from netbuilder.data.kinds import kind_of
from netbuilder.graph.model import Column

SIDE = 160  # pixels: what is larger is made smaller for a page of many
BINS = 120  # of a wave: the least and the largest value in each
NUMBERS = 64  # of a vector that are shown
LETTERS = 600

Cell = dict[str, Any]
Array = npt.NDArray[Any]
Keep = Callable[[bytes], str]  # writes a picture and gives its path

# A colour for each class of a mask; a pixel of class 0 is dark. From Okabe and Ito's set, which the colour-blind see.
_COLORS = np.array(
    [
        (44, 48, 58), (230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66), (0, 114, 178), (213, 94, 0),
        (204, 121, 167), (200, 200, 200),
    ],
    dtype=np.uint8,
)  # fmt: skip


def cell(column: Column, value: Array, keep: Keep) -> Cell:
    """The value [*shape] as plain data; `keep` is called with a picture as PNG."""
    kind = "wave" if _is_series(column) else kind_of(column)
    return {"kind": kind, **_CELLS[kind](column, value, keep)}


def _is_series(column: Column) -> bool:
    """Steps of several numbers, which read better as a line than as a heap."""
    return column.axes.split() == ["T", "F"] and column.dtype.startswith("float") and column.shape[0] > 1


def picture(column: Column, value: Array) -> bytes:
    """An image [C, H, W] or [H, W] as PNG, not larger than SIDE: 0..1 or whole 0..255 as it is, else stretched."""
    image = np.nan_to_num(np.asarray(value, dtype=np.float64))
    if value.dtype == np.uint8:
        image = image / 255
    elif image.min(initial=0) < 0 or image.max(initial=1) > 1:
        low, high = (column.facts.get(name) for name in ("low", "high"))
        if not isinstance(low, int | float) or not isinstance(high, int | float) or not low < high:
            low, high = float(image.min()), float(image.max())
        image = (image - low) / max(high - low, 1e-12)
    levels = (image.clip(0, 1) * 255).round().astype(np.uint8)
    if levels.ndim == 3:
        levels = levels[:3].transpose(1, 2, 0) if len(levels) >= 3 else levels[0]
    return _png(levels, Image.Resampling.BOX)


def _picture(column: Column, value: Array, keep: Keep) -> Cell:
    return {"file": keep(picture(column, value))}


def _mask(_column: Column, value: Array, keep: Keep) -> Cell:
    colors = _COLORS[np.where(value > 0, 1 + (value - 1) % (len(_COLORS) - 1), 0)]
    return {"file": keep(_png(colors, Image.Resampling.NEAREST))}


def _wave(column: Column, value: Array, _keep: Keep) -> Cell:
    """The first channel, or the first number of each step: least and largest value of some stretches; its length."""
    value = value.T if _is_series(column) else value
    row = np.nan_to_num(value.reshape(-1, value.shape[-1])[0].astype(np.float64))
    edges = np.linspace(0, len(row), min(BINS, len(row)) + 1).astype(int)[:-1]
    low, high = np.minimum.reduceat(row, edges), np.maximum.reduceat(row, edges)
    return {"low": _rounded(low), "high": _rounded(high), "length": len(row), "rows": value.size // len(row)}


def _text(column: Column, value: Array, _keep: Keep) -> Cell:
    tokens = [column.classes[int(at)] for at in value.reshape(-1)[:LETTERS]]
    apart = "" if all(len(token) <= 1 for token in column.classes) else " "
    return {"text": apart.join(tokens)[:LETTERS], "more": bool(value.size > LETTERS)}


def _class(column: Column, value: Array, _keep: Keep) -> Cell:
    return {"value": int(value), "text": column.classes[int(value)]}


def _number(_column: Column, value: Array, _keep: Keep) -> Cell:
    return {"value": _plain(value.item())}


def _numbers(_column: Column, value: Array, _keep: Keep) -> Cell:
    flat = value.reshape(-1)
    return {"values": [_plain(one) for one in flat[:NUMBERS].tolist()], "more": max(0, flat.size - NUMBERS)}


_CELLS: dict[str, Callable[[Column, Array, Keep], Cell]] = {
    "picture": _picture, "mask": _mask, "wave": _wave, "text": _text, "class": _class, "number": _number,
    "numbers": _numbers,
}  # fmt: skip


def _plain(number: Any) -> Any:
    """A number for JSON: None for what is missing, and no more digits than one reads."""
    if isinstance(number, float):
        return float(f"{number:.7g}") if math.isfinite(number) else None
    return number


def _rounded(values: Array) -> list[float]:
    return [float(f"{value:.4g}") for value in values.tolist()]


def _png(levels: Array, how: Image.Resampling) -> bytes:
    image = Image.fromarray(np.ascontiguousarray(levels))
    if max(image.size) > SIDE:
        share = SIDE / max(image.size)
        image = image.resize((max(1, round(image.width * share)), max(1, round(image.height * share))), how)
    out = io.BytesIO()
    image.save(out, format="PNG")
    return out.getvalue()
