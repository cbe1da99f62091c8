"""Kinds of parameter that decide how a call is spelled, beyond giving a literal."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import ClassVar

import msgspec
from immutables import Map

from netbuilder.blocks.params import Choice, Int, Param, Text
from netbuilder.blocks.spelling import spell
from netbuilder.graph.model import Node, Value, natural_key
from netbuilder.graph.names import is_id

_EQUATION = re.compile(r"[A-Za-z., ]+->[A-Za-z. ]*")


class Phrase(Choice, frozen=True, kw_only=True):
    """One of some words, each with the piece of the call that stands for it.

    The pieces are the declaration's own text and may name ports and parameters in braces; a person chooses only
    between them. `options` follow from `phrases`.
    """

    takes_expressions: ClassVar[bool] = False  # the shape of the call depends on it
    phrases: Mapping[str, str] = Map()

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "options", tuple(self.phrases))

    def source(self, value: Value) -> str:
        """The piece for this value. Raises KeyError for a value that is none of the options."""
        return self.phrases[str(value)]


class Axis(Int, frozen=True, kw_only=True):
    """One axis, counted from 0, the batch, or from −1, the last.

    A call may name what stands in an index around that axis: `{x}[{dim:before}3{dim:after}]` is `x[:, :, 3]` for 2 and
    `x[..., 3, :]` for −2.
    """

    takes_expressions: ClassVar[bool] = False  # the shape of the call depends on it
    low: int = -16
    high: int = 15

    def around(self, side: str, value: Value) -> str:
        """What stands `before` or `after` this axis in an index."""
        axis = value if isinstance(value, int) else 0
        pieces = {
            "before": ":, " * axis if axis >= 0 else "..., ",
            "after": "" if axis >= 0 else ", :" * (-1 - axis),
        }
        return pieces[side]


class Place(Int, frozen=True, kw_only=True):
    """Where a thing stands among its like, counted from 1; nothing: behind those that have a place, by its name."""

    takes_expressions: ClassVar[bool] = False  # ports stand in this order, whatever the arguments
    low: int = 1
    high: int = 10_000
    optional: bool = True


def in_order(nodes: Iterable[tuple[str, Node]], param: str = "place") -> list[tuple[str, Node]]:
    """Ids and nodes as their places have them, those without a place last; alike ones by name."""

    def key(item: tuple[str, Node]) -> tuple[float, object]:
        place = item[1].params.get(param)
        return (place if type(place) is int else math.inf), natural_key(item[0])

    return sorted(nodes, key=key)


class Axes(Param, frozen=True, kw_only=True):
    """One axis or several, counted from 0, the batch, or from −1, the last."""

    expected: ClassVar[str] = "an axis or a list of axes"
    low: int = -16
    high: int = 15
    longest: int = 16

    def _check(self, value: Value) -> str:
        items = value if isinstance(value, tuple) else (value,)
        if not 1 <= len(items) <= self.longest:
            return f"expected 1 to {self.longest} axes, got {len(items)}"
        each = Int(low=self.low, high=self.high)
        if wrong := next(filter(None, map(each.check, items)), ""):
            return wrong
        twice = next((item for item in items if items.count(item) > 1), None)
        return "" if twice is None else f"names axis {twice} twice"

    def _parse(self, text: str) -> Value:
        try:
            items = tuple(int(part) for part in text.strip("()[] ").split(",") if part.strip())
        except ValueError:
            return super()._parse(text)
        return items[0] if len(items) == 1 and "," not in text else items

    def _show(self, value: Value) -> str:
        if not isinstance(value, tuple):
            return str(value)
        return f"{value[0]}," if len(value) == 1 else ", ".join(map(str, value))


class Equation(Text, frozen=True, kw_only=True):
    """Einstein's sum as torch.einsum reads it, with its arrow: "nij,njk->nik". In source a literal."""

    expected: ClassVar[str] = 'an equation such as "nij,njk->nik"'
    longest: int = 200

    def _check(self, value: Value) -> str:
        if wrong := super()._check(value):
            return wrong
        text = str(value)
        if not _EQUATION.fullmatch(text):
            return f"{spell(value)} is not axes as letters, then ->, then the axes of the result"
        left, _, right = text.replace(" ", "").partition("->")
        terms = [*left.split(","), right]
        if any("." in term.replace("...", "", 1) for term in terms):
            return "dots come three together, once for each tensor"
        kept = right.replace("...", "")
        if twice := next((letter for letter in kept if kept.count(letter) > 1), ""):
            return f"the result names axis {twice} twice"
        unknown = next((letter for letter in kept if letter not in left), "")
        return f"the result has axis {unknown}, which no tensor has" if unknown else ""


class LayerPath(Text, frozen=True, kw_only=True):
    """The id of a node in a network, "conv1"; in networks within it "block1.conv1", the third copy's "stack.2.conv1".

    In a call it is written behind the network: `{network}.{layer}`.
    """

    expected: ClassVar[str] = 'a node of the network, such as "conv1"'
    longest: int = 200

    def _check(self, value: Value) -> str:
        if wrong := super()._check(value):
            return wrong
        steps = str(value).split(".") if value else []
        wrong_steps = [step for step in steps if not (is_id(step) or (step.isascii() and step.isdigit()))]
        return f"expected {self.expected}, got {spell(value)}" if wrong_steps or (steps and steps[0].isdigit()) else ""

    def source(self, value: Value) -> str:
        """The path as attributes and places. Raises ValueError for what is none."""
        if not value or self._check(value):
            raise ValueError(f"{spell(value)} is no layer")
        first, *rest = str(value).split(".")
        return first + "".join(f"[{int(step)}]" if step.isdigit() else f".{step}" for step in rest)
