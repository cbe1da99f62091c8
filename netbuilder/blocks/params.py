"""Kinds of block parameter. Each knows its limits, how a person types it and how it is shown.

The same declaration gives the inspector's field, the command line's check, the file's second check and
the argument in the generated source.
"""

from __future__ import annotations

import math
import re
from typing import ClassVar

import msgspec

from netbuilder.blocks.spelling import Code, is_none, literal, outer_commas, short, span, spell, split
from netbuilder.graph import expressions
from netbuilder.graph.expressions import holds_expression, is_expression
from netbuilder.graph.model import Value
from netbuilder.graph.names import is_id

_AXIS_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,15}")
_AXIS_SIZE = re.compile(r"[0-9]{1,10}")


class Param(msgspec.Struct, frozen=True, kw_only=True):
    """One parameter. `required`: torch gives it no default, so it is written by position.

    `optional` allows None. `advanced` hides it under "More" in the inspector. `beside`: it means something only in a
    graph that holds an active node of this part ("delay"), and is shown only there. `heading`: forms begin a group of
    parameters with this one.
    """

    expected: ClassVar[str] = "a value"
    takes_expressions: ClassVar[bool] = False

    name: str = msgspec.field(default="")
    default: Value = None
    help: str = ""
    label: str = ""
    required: bool = False
    optional: bool = False
    advanced: bool = False
    beside: str = ""
    heading: str = ""

    def check(self, value: Value) -> str:
        """What is wrong with the value in a few words, or "" if nothing is."""
        if value is None:
            return "" if self.optional else f"expected {self.expected}, got nothing"
        return self._check(value)

    def _check(self, value: Value) -> str:
        return ""

    def check_written(self, value: Value) -> str:
        """The same for a value that may hold expressions: those are only read, not computed."""
        if not self.takes_expressions or not holds_expression(value):
            return self.check(value)
        if wrong := next(filter(None, map(expressions.check, expressions.expressions(value))), ""):
            return wrong
        return "" if is_expression(value) else self.check(self._with_stand_ins(value))

    def _with_stand_ins(self, value: Value) -> Value:
        """The value with some number that is allowed there in the place of each expression."""
        stand_in = min(max(0, getattr(self, "low", 0)), getattr(self, "high", 0))
        return tuple(stand_in if is_expression(x) else x for x in value) if isinstance(value, tuple) else value

    def parse(self, text: str) -> Value:
        """The value that a person typed. Raises ValueError with what is wrong in a few words."""
        stripped = text.strip()
        if self.optional and stripped.lower() in ("", "none"):
            value = None
        elif self.takes_expressions and expressions.MARK in stripped:
            value = self._parse_written(stripped)
        else:
            value = self._parse(stripped)
        if wrong := self.check_written(value):
            raise ValueError(wrong)
        return value

    def _parse_written(self, text: str) -> Value:
        """A typed value with an expression in it."""
        return text if text.startswith(expressions.MARK) else self._parse(text)

    def _parse(self, text: str) -> Value:
        raise ValueError(f"expected {self.expected}, got {spell(text)}")

    def show(self, value: Value) -> str:
        """The value as a person would type it."""
        return "none" if value is None else str(value) if is_expression(value) else self._show(value)

    def _show(self, value: Value) -> str:
        return str(value)

    def source(self, value: Value) -> str:
        """The value as a Python literal: never anything but what repr() gives for plain values."""
        return literal(value)


class Int(Param, frozen=True, kw_only=True):
    """A whole number within limits, both included."""

    expected: ClassVar[str] = "int"
    takes_expressions: ClassVar[bool] = True
    low: int = -(2**31)
    high: int = 2**31 - 1

    def _check(self, value: Value) -> str:
        if not isinstance(value, int) or isinstance(value, bool):
            return f"expected int, got {spell(value)}"
        if not self.low <= value <= self.high:
            return f"must be {span(self.low, self.high, -(2**31), 2**31 - 1)}, is {value}"
        return ""

    def _parse(self, text: str) -> Value:
        try:
            return int(text)
        except ValueError:
            return super()._parse(text)


class Float(Param, frozen=True, kw_only=True):
    """A number within limits, both included. Files spell non-finite ones as "inf", "-inf", "nan"."""

    expected: ClassVar[str] = "a number"
    takes_expressions: ClassVar[bool] = True
    low: float = -math.inf
    high: float = math.inf

    def _check(self, value: Value) -> str:
        if isinstance(value, str) and value in ("inf", "-inf"):
            value = float(value)
        if not isinstance(value, int | float) or isinstance(value, bool) or math.isnan(value):
            return f"expected a number, got {spell(value)}"
        if not self.low <= value <= self.high:
            return f"must be {span(self.low, self.high, -math.inf, math.inf)}, is {short(value)}"
        return ""

    def _parse(self, text: str) -> Value:
        try:
            number = float(text)
        except ValueError:
            return super()._parse(text)
        return number if math.isfinite(number) else str(number)

    def _show(self, value: Value) -> str:
        return value if isinstance(value, str) else short(value)

    def source(self, value: Value) -> str:
        return f'float("{value}")' if isinstance(value, str) and not isinstance(value, Code) else literal(value)


class Bool(Param, frozen=True, kw_only=True):
    """Yes or no."""

    expected: ClassVar[str] = "true or false"
    takes_expressions: ClassVar[bool] = True

    def _check(self, value: Value) -> str:
        return "" if isinstance(value, bool) else f"expected true or false, got {spell(value)}"

    def _parse(self, text: str) -> Value:
        known = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        return known[text.lower()] if text.lower() in known else super()._parse(text)

    def _show(self, value: Value) -> str:
        return "true" if value else "false"


class Choice(Param, frozen=True, kw_only=True):
    """One of some words."""

    takes_expressions: ClassVar[bool] = True
    options: tuple[str, ...] = ()

    def _check(self, value: Value) -> str:
        if value in self.options:
            return ""
        return f"expected one of {', '.join(self.options)}, got {spell(value)}"

    def _parse(self, text: str) -> Value:
        return text


class Wrap(Choice, frozen=True, kw_only=True):
    """Which of torch's functions the module is handed to when it is made; "none" leaves it as it is.

    It is no argument of the module's class: `nn.utils.parametrizations.weight_norm(nn.Linear(8, 4))`.
    """

    takes_expressions: ClassVar[bool] = False
    home: str = "nn.utils.parametrizations"


class Text(Param, frozen=True, kw_only=True):
    """Any short text."""

    expected: ClassVar[str] = "text"
    longest: int = 1000

    def _check(self, value: Value) -> str:
        if not isinstance(value, str):
            return f"expected text, got {spell(value)}"
        return "" if len(value) <= self.longest else f"at most {self.longest} characters, has {len(value)}"

    def _parse(self, text: str) -> Value:
        return text


class Size(Param, frozen=True, kw_only=True):
    """A size for each of `rank` axes: one int for all, or a tuple. `words` are torch's ("same")."""

    expected: ClassVar[str] = "int or a tuple of ints"
    takes_expressions: ClassVar[bool] = True
    rank: int = 2
    low: int = 0
    high: int = 2**20
    words: tuple[str, ...] = ()
    holes: bool = False  # a None inside the tuple keeps that axis
    whole: bool = False  # in source always the tuple, for torch's functions that take no single int

    def _check(self, value: Value) -> str:
        if isinstance(value, str) and value in self.words:
            return ""
        items = value if isinstance(value, tuple) else (value,)
        if isinstance(value, tuple) and len(value) != self.rank:
            return f"expected one int or {self.rank} of them, got {len(value)}"
        for item in items:
            if self.holes and item is None and isinstance(value, tuple):
                continue
            if not isinstance(item, int) or isinstance(item, bool):
                more = f" or {' or '.join(self.words)}" if self.words else ""
                return f"expected int{more}, got {spell(item)}"
            if not self.low <= item <= self.high:
                return f"must be {span(self.low, self.high, -(2**31), 2**20)}, is {item}"
        return ""

    def _parse(self, text: str) -> Value:
        if text in self.words:
            return text
        items = tuple(_int_or_none(part, self) for part in split(text))
        return items[0] if len(items) == 1 else items

    def _parse_written(self, text: str) -> Value:
        items = _split_written(text, self)
        return items[0] if len(items) == 1 else items

    def _show(self, value: Value) -> str:
        if isinstance(value, tuple):
            between = ", " if self.whole or holds_expression(value) else " x "
            return between.join("none" if item is None else str(item) for item in value)
        return str(value)

    def source(self, value: Value) -> str:
        return literal((value,) * self.rank if self.whole and isinstance(value, int | Code) else value)


class Ints(Param, frozen=True, kw_only=True):
    """A list of whole numbers. `spread`: in source they stand as arguments, without parentheses."""

    expected: ClassVar[str] = "a list of ints"
    takes_expressions: ClassVar[bool] = True
    spread: bool = False
    low: int = -(2**31)
    high: int = 2**31 - 1
    shortest: int = 1
    longest: int = 64

    def _check(self, value: Value) -> str:
        if not isinstance(value, tuple):
            return f"expected a list of ints, got {spell(value)}"
        if not self.shortest <= len(value) <= self.longest:
            return f"expected {self.shortest} to {self.longest} ints, got {len(value)}"
        for item in value:
            if not isinstance(item, int) or isinstance(item, bool):
                return f"expected int, got {spell(item)}"
            if not self.low <= item <= self.high:
                return f"must be {span(self.low, self.high, -(2**31), 2**31 - 1)}, is {item}"
        return ""

    def _parse(self, text: str) -> Value:
        return tuple(_int_or_none(part, self) for part in split(text))

    def _parse_written(self, text: str) -> Value:
        return _split_written(text, self)

    def _show(self, value: Value) -> str:
        return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)

    def source(self, value: Value) -> str:
        return ", ".join(map(literal, value)) if self.spread and isinstance(value, tuple) else literal(value)


class Floats(Param, frozen=True, kw_only=True):
    """Exactly `count` numbers within limits, or any number of them up to `longest`. `holes`: each may be None."""

    expected: ClassVar[str] = "a list of numbers"
    takes_expressions: ClassVar[bool] = True
    count: int = 2
    longest: int = 0
    low: float = -math.inf
    high: float = math.inf
    holes: bool = False

    def _check(self, value: Value) -> str:
        if self.longest:
            if not isinstance(value, tuple) or not 1 <= len(value) <= self.longest:
                return f"expected 1 to {self.longest} numbers, got {spell(value)}"
        elif not isinstance(value, tuple) or len(value) != self.count:
            return f"expected {self.count} numbers, got {spell(value)}"
        each = Float(low=self.low, high=self.high, optional=self.holes)
        return next(filter(None, map(each.check, value)), "")

    def _parse(self, text: str) -> Value:
        try:
            return tuple(None if self.holes and is_none(part) else float(part) for part in split(text))
        except ValueError:
            return super()._parse(text)

    def _parse_written(self, text: str) -> Value:
        return _split_written(text, self)

    def _show(self, value: Value) -> str:
        if not isinstance(value, tuple):
            return str(value)
        return ", ".join("none" if item is None else short(item) for item in value)


class Shape(Text, frozen=True, kw_only=True):
    """Axes separated by spaces, the batch `N` first: a number is fixed, a name is free. Empty is blank."""

    expected: ClassVar[str] = 'axes such as "N 1 8 8"'

    def _check(self, value: Value) -> str:
        if not isinstance(value, str):
            return f"expected {self.expected}, got {spell(value)}"
        axes = value.split()
        for axis in axes:
            if not (_AXIS_NAME.fullmatch(axis) or (_AXIS_SIZE.fullmatch(axis) and 1 <= int(axis) < 2**31)):
                return f"{spell(axis)} is neither a size nor the name of a free axis"
        if axes and axes[0] != "N":
            return f"the first axis is the batch, N, not {spell(axes[0])}"
        return "" if len(axes) <= 16 else f"at most 16 axes, has {len(axes)}"

    def _parse(self, text: str) -> Value:
        axes = text.replace(",", " ").replace("×", " ").split()
        return " ".join(axis for axis in axes if axis != "x")  # "N x 8 x 8" is how shapes are shown


class NetworkRef(Text, frozen=True, kw_only=True):
    """The name of a network of the project. In source the network itself, as training and preview graphs see it.

    `gives`: the block calls it with a main input of this dtype, then the step's number where `timed`, then its other
    inputs, for which the block has ports; `blocks.calling` finds out which is which.
    """

    expected: ClassVar[str] = "the name of a network"
    gives: str = ""
    timed: bool = False

    def source(self, value: Value) -> str:
        if not isinstance(value, str) or not is_id(value) or value.startswith("_"):
            raise ValueError(f"{spell(value)} is no name of a network")
        return f"net.{value}"


class RunFolder(Text, frozen=True, kw_only=True):
    """The folder of a run, or of one of its checkpoints; "" is none."""

    expected: ClassVar[str] = "a run's folder"


class DatasetRef(Text, frozen=True, kw_only=True):
    """The name of a data set of the project."""

    expected: ClassVar[str] = "the name of a data set"


class Inferred(Param, frozen=True, kw_only=True):
    """Not typed by anyone: the size of an axis of an input, `"x.C"`. It stands where torch's signature has it.

    `"value.V|key.K"` takes the first of these inputs that is linked. An optional one is left out where none is.
    """

    axis: str = ""

    @property
    def axes(self) -> tuple[tuple[str, str], ...]:
        """(port, letter) in the order in which they are looked for."""
        parts = (alternative.partition(".") for alternative in self.axis.split("|"))
        return tuple((port, letter) for port, _, letter in parts)


def _split_written(text: str, param: Param) -> tuple[Value, ...]:
    """The items of a typed list with expressions in it: "1, =max(a, b)"."""
    single = Float() if isinstance(param, Floats) else Int()
    parts = [part.strip() for part in outer_commas(text)]
    return tuple(part if part.startswith(expressions.MARK) else single.parse(part) for part in parts if part)


def _int_or_none(text: str, param: Param) -> int | None:
    text = text.strip()
    if isinstance(param, Size) and param.holes and is_none(text):
        return None
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"expected {param.expected}, got {spell(text)}") from None
