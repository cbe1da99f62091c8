"""How values are spelled: in messages, in source, and as a person types them."""

from __future__ import annotations

import math

import msgspec
from immutables import Map

from netbuilder.graph.model import Value


def spell(value: Value) -> str:
    """A value as JSON spells it, shortened: what messages quote."""
    text = msgspec.json.encode(_plain(value)).decode()
    return text if len(text) <= 40 else text[:37] + "..."


def short(value: Value) -> str:
    """A number as short as it can be without becoming another: "0.001", "1e-08", "2"."""
    if not isinstance(value, float):
        return str(value)
    text = f"{value:g}"
    return text if float(text) == value else repr(value)


def _plain(value: Value) -> object:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Map):
        return {name: _plain(item) for name, item in value.items()}
    return value


class Code(str):
    """A piece of source in the place of a literal: `channels * 2`. Only the compiler makes it, from what it checked."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def literal(value: Value) -> str:
    """A value as Python source: never anything but what repr() gives for plain values."""
    if isinstance(value, Code):
        return str(value)
    if isinstance(value, tuple):
        return "(" + ", ".join(map(literal, value)) + ("," if len(value) == 1 else "") + ")"
    if value is None or isinstance(value, bool | int | str):
        return repr(value)
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else f'float("{value}")'
    raise TypeError(f"a {type(value).__name__} has no literal")


def split(text: str) -> list[str]:
    """The items of a typed list of numbers: "3, 3" or "3 x 3"."""
    return [part for part in text.strip("()[] ").replace("x", ",").replace("×", ",").split(",") if part.strip()]


def is_none(text: str) -> bool:
    """Whether a person wrote that there is nothing."""
    return text.strip().lower() == "none"


def outer_commas(text: str) -> list[str]:
    """The text split at the commas that stand in no parentheses."""
    pieces, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            pieces.append("")
        else:
            pieces[-1] += letter
    return pieces


def span(low: float, high: float, lowest: float, highest: float) -> str:
    """What must be, in words: "at least 1", "0 to 1". `lowest` and `highest` are no limits at all."""
    if high >= highest:
        return f"at least {short(low)}"
    if low <= lowest:
        return f"at most {short(high)}"
    return f"{short(low)} to {short(high)}"
