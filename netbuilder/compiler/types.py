"""What flows through a port while a graph is analysed: a size is a pair, one for each of two runs.

A free axis (N, T, ...) takes a different prime in each run, a fixed one the same number in both. So after the runs a
size that is equal in both is fixed, and one that differs is fitted with a formula over the names of the free axes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import combinations
from math import gcd, prod
from typing import NamedTuple

from netbuilder.compiler.report import Flow, Size

Dim = tuple[int, int]
Declared = tuple[int | str, ...]  # an Input's shape: a number is fixed, a name is free

DTYPES = ("float32", "float64", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool", "complex64")
BATCH = "N"
MOST_AXES = 16
MOST_SIZE = 2**31 - 1
_AXIS = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,15}")
# The batch axis costs nothing on the meta device, so it is far from any size that a person types. Other free axes
# stay small at first: recurrent layers are unrolled step by step.
_BATCH_SIZES: Dim = (1009, 2003)
_PRIMES_FROM = {0: 31, 1: 503}


class TensorType(NamedTuple):
    """Sizes by axis, and torch's dtype name without "torch."."""

    dims: tuple[Dim, ...]
    dtype: str = "float32"

    def sizes(self, run: int) -> tuple[int, ...]:
        """The shape in one of the two runs."""
        return tuple(dim[run] for dim in self.dims)


def fixed(*sizes: int, dtype: str = "float32") -> TensorType:
    """A type without free axes."""
    return TensorType(tuple((size, size) for size in sizes), dtype)


def is_fixed(dim: Dim) -> bool:
    return dim[0] == dim[1]


def is_axis_name(text: str) -> bool:
    """Whether a free axis can be called so: a letter, then at most 15 letters, digits and underscores."""
    return _AXIS.fullmatch(text) is not None


class ShapeError(ValueError):
    """A shape's text that cannot be read; the message is one sentence."""


def parse_shape(text: str) -> Declared:
    """The axes of "N 1 8 8". Empty text gives no axes. Raises ShapeError."""
    words = text.replace(",", " ").split()
    if len(words) > MOST_AXES:
        raise ShapeError(f"a shape has at most {MOST_AXES} axes, this one has {len(words)}")
    return tuple(_axis(word) for word in words)


def _axis(word: str) -> int | str:
    if word.isascii() and word.isdigit():
        if not 1 <= (size := int(word[:12])) <= MOST_SIZE:
            raise ShapeError(f"the size of an axis is 1 to {MOST_SIZE}, not {word[:12]}")
        return size
    if _AXIS.fullmatch(word):
        return word
    raise ShapeError(f"{word[:20]!r} is neither a size nor the name of a free axis")


class Symbols:
    """The names of a graph's free axes and the sizes that stand for them. `scale` 1 takes larger ones."""

    def __init__(self, names: Iterable[str], scale: int = 0) -> None:
        others = sorted(set(names) - {BATCH})
        primes = _primes(_PRIMES_FROM[scale], 8 + 3 * len(others))
        self.sizes: dict[str, Dim] = {BATCH: _BATCH_SIZES}
        for at, name in enumerate(others):
            self.sizes[name] = (primes[at], primes[4 + 2 * at])
        self._names = {dim: name for name, dim in self.sizes.items()}

    def type_of(self, declared: Declared, dtype: str = "float32") -> TensorType:
        """The type of a declared shape."""
        return TensorType(tuple(self.sizes[a] if isinstance(a, str) else (a, a) for a in declared), dtype)

    def size(self, dim: Dim) -> Size:
        """A size as it is shown: 8, "N", "2*T", "N*T", "T-2", or "T'" where no such formula fits."""
        if dim[0] == dim[1]:
            return dim[0]
        if name := self._names.get(dim):
            return name
        return self._product(dim) or self._line(dim) or self._nearest(dim)

    def flow(self, kind: TensorType) -> Flow:
        """The type as it is shown."""
        return Flow(tuple(self.size(dim) for dim in kind.dims), kind.dtype)

    def _product(self, dim: Dim) -> str:
        for count in (1, 2, 3):
            for names in combinations(self.sizes, count):
                first, second = (prod(self.sizes[name][run] for name in names) for run in (0, 1))
                if dim[0] % first == 0 and dim[1] % second == 0 and dim[0] // first == dim[1] // second:
                    factor = dim[0] // first
                    return "*".join(([str(factor)] if factor > 1 else []) + list(names)) if factor else ""
        return ""

    def _line(self, dim: Dim) -> str:
        found: list[tuple[int, str]] = []
        for name, (first, second) in self.sizes.items():
            slope, rest = divmod(dim[1] - dim[0], second - first)
            offset = dim[0] - slope * first
            if rest == 0 and slope >= 1 and abs(offset) < first:
                head = name if slope == 1 else f"{slope}*{name}"
                found.append((abs(offset), f"{head}{offset:+d}"))
        return min(found)[1] if found else ""

    def _nearest(self, dim: Dim) -> str:
        """The free axis whose sizes grow most like these, with a dash."""
        ratios = {
            name: abs(dim[0] * second - dim[1] * first) / (first * second)
            for name, (first, second) in self.sizes.items()
            if name != BATCH or len(self.sizes) == 1
        }
        return min(ratios, key=lambda name: ratios[name]) + "'"


def same_shape(first: TensorType, second: TensorType) -> bool:
    return first.dims == second.dims


def mismatch(declared: Declared, given: TensorType) -> bool:
    """Whether a tensor cannot go where this shape is declared; a free axis takes any size, the same by name."""
    if len(declared) != len(given.dims):
        return True
    bound: dict[str, Dim] = {}
    for want, dim in zip(declared, given.dims, strict=True):
        if isinstance(want, str):
            if bound.setdefault(want, dim) != dim:
                return True
        elif dim != (want, want):
            return True
    return False


def show_declared(declared: Declared) -> str:
    return " x ".join(map(str, declared))


def names_in(shapes: Iterable[Declared]) -> set[str]:
    """The names of the free axes in some shapes."""
    return {axis for shape in shapes for axis in shape if isinstance(axis, str)}


def elements(kind: TensorType, run: int = 0) -> int:
    return prod(kind.sizes(run))


def type_map(values: Mapping[str, TensorType]) -> tuple[tuple[str, TensorType], ...]:
    """Types by name as a hashable key."""
    return tuple(sorted(values.items()))


def _primes(start: int, count: int) -> list[int]:
    found: list[int] = []
    number = start
    while len(found) < count:
        if all(gcd(number, other) == 1 for other in range(2, int(number**0.5) + 1)):
            found.append(number)
        number += 1
    return found
