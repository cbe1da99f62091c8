"""What the window sets in its own colours and type: curves and texts, as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec
from torch import Tensor

from netbuilder.training.views.drawn import Drawn, Given, Names, linked, named, value

MOST_POINTS = 4096
MOST_TOKENS = 2000


def curves(inputs: Mapping[str, Tensor], given: Given, names: Names) -> Drawn:
    """`series` and, where it is linked, `truth`: a row of numbers a sample. `offset`: where in the truth a series
    begins; `ticks`: names of the places along the axis, where these are classes; `x_label`, `y_label`: its words."""
    count = value(given, "count", 4)
    found = {
        "kind": "curves",
        "series": series(linked(inputs, "values"), count),
        "offset": value(given, "offset", 0),
        "ticks": list(names.get("values", ())),
        "x_label": value(given, "x_label", ""),
        "y_label": value(given, "y_label", ""),
    }
    if "truth" in inputs:
        found["truth"] = series(inputs["truth"], count)
    return Drawn(".json", msgspec.json.encode(found))


def series(tensor: Tensor, count: int) -> list[list[float]]:
    """Curves of [T], [N, T], or [N, ..., T] with the axes between run together; at most 4096 points each.

    A last axis of size 1 behind one of time is no curve's: [N, T, 1] is [N, T].
    """
    rows = tensor.detach().float().cpu()
    if rows.ndim > 2 and rows.shape[-1] == 1:
        rows = rows[..., 0]
    rows = rows.reshape(-1, rows.shape[-1]) if rows.ndim else rows.reshape(1, 1)
    return [[number if math.isfinite(number) else 0.0 for number in row] for row in rows[:count, :MOST_POINTS].tolist()]


PADDING = "<pad>"  # the token that fills a row up, which no text shows


def texts(inputs: Mapping[str, Tensor], given: Given, names: Names) -> Drawn:
    """`rows`: for each sample its text, and `source` and `truth` where they are linked."""
    count, end = value(given, "count", 8), value(given, "end", "")
    spelled = {
        port: [_spelled(row, names.get(port, ()), end) for row in linked(inputs, port)[:count].tolist()]
        for port in ("source", "tokens", "truth")
        if port in inputs or port == "tokens"
    }
    keys = {"tokens": "text"}
    rows = [
        {keys.get(port, port): row for port, row in zip(spelled, each, strict=True)}
        for each in zip(*spelled.values(), strict=False)
    ]
    return Drawn(".json", msgspec.json.encode({"kind": "texts", "rows": rows}))


def _spelled(tokens: Sequence[int] | int, names: Sequence[str], end: str) -> str:
    """Tokens as text: characters stand side by side, words are set apart."""
    row = [tokens] if isinstance(tokens, int) else list(tokens)[:MOST_TOKENS]
    words = [named(names, int(token)) for token in row]
    if end and end in words:
        words = words[: words.index(end)]
    words = [word for word in words if word != PADDING]
    characters = bool(names) and sum(len(name) == 1 for name in names) > len(names) / 2
    return ("" if characters else " ").join(words)
