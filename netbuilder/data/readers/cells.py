"""Cells of a table, as they are read, become numbers: what each kind of column has to know for that is found first."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from netbuilder.data.csv_records import number
from netbuilder.data.errors import DataError
from netbuilder.data.files import displays, shown
from netbuilder.graph.model import natural_key

Array = npt.NDArray[Any]
Cells = Sequence[str] | npt.NDArray[np.float64]  # text, or numbers where the file has them as such
Where = Callable[[int], str]  # "data.csv, line 7" of a cell

MOST_CLASSES = 100_000
LETTERS = 200  # by which words are put in order
MOST_LETTERS = 2**25  # of all classes of a column together
PAD, UNKNOWN, GAP = "<pad>", "<unknown>", "<missing>"
_PRUNE = 1_000_000  # different tokens that are counted at a time
_WORDS = re.compile(r"\w+|[^\w\s]")


class Encoder(Protocol):
    """Cells as numbers, in another process too."""

    def __call__(self, cells: Cells) -> Array: ...


class Finder(Protocol):
    """Looks at all cells once, piece by piece; gives a mask of those that are missing. Then it can tell an encoder."""

    def look(self, cells: Cells, where: Where) -> npt.NDArray[np.bool_]: ...

    def encoder(self) -> Encoder: ...


class Numbers(msgspec.Struct, frozen=True):
    """Numbers as float64 [cells]; NaN is what is missing."""

    name: str
    missing: frozenset[str]
    decimal: str = "point"

    def __call__(self, cells: Cells) -> Array:
        return self.numbers(cells, lambda at: f"row {at + 1}")

    def look(self, cells: Cells, where: Where) -> npt.NDArray[np.bool_]:
        return np.isnan(self.numbers(cells, where))

    def encoder(self) -> Numbers:
        return self

    def numbers(self, cells: Cells, where: Where) -> npt.NDArray[np.float64]:
        """Raises DataError with the place of the first cell that is no number."""
        if isinstance(cells, np.ndarray):
            return np.where(np.isfinite(cells), cells, np.nan)
        if self.decimal == "point" and (found := _at_once(cells)) is not None:
            return found
        return np.array([self._number(cell, at, where) for at, cell in enumerate(cells)], dtype=np.float64)

    def _number(self, cell: str, at: int, where: Where) -> float:
        value = number(cell, self.decimal)
        if value is not None:
            return value
        if cell.strip().lower() not in self.missing:
            raise DataError(
                f"{where(at)}: {shown(cell[:40])} in column {shown(self.name)} is no number; make it a category, or "
                "add the word to those that mean a missing value."
            )
        return float("nan")


def _at_once(cells: Sequence[str]) -> npt.NDArray[np.float64] | None:
    """Plain numbers quickly, None where any cell wants a closer look."""
    try:
        found = np.array(list(map(float, cells)), dtype=np.float64)
    except ValueError:
        return None
    together = "".join(cells)
    plain = together.isascii() and "_" not in together  # Python and numpy take more for a number than we do
    return found if plain and bool(np.isfinite(found).all()) else None


class Category(msgspec.Struct, frozen=True):
    """Words as their place among the classes, int64 [cells]; -1 is what is missing."""

    places: dict[str, int]
    gap: int
    missing: frozenset[str]

    def __call__(self, cells: Cells) -> Array:
        words = map(str.strip, _words(cells))
        places, gap, missing = self.places, self.gap, self.missing
        return np.array([gap if w.lower() in missing else places[w] for w in words], dtype=np.int64)


class OneHot(msgspec.Struct, frozen=True):
    """Words as rows of zeros with a one, float32 [cells, classes]; what is missing has no one."""

    category: Category
    count: int

    def __call__(self, cells: Cells) -> Array:
        places = self.category(cells)
        found = np.zeros((len(places), self.count), dtype=np.float32)
        there = places >= 0
        found[np.flatnonzero(there), places[there]] = 1.0
        return found


class Categories:
    """Finds the classes of a column: all its words in natural order, and one for what is missing if it is `own`."""

    def __init__(self, name: str, missing: frozenset[str], own: bool, keep: bool = False) -> None:
        self._name, self._missing, self._own = name, missing, own
        self._seen: dict[str, int] = {}
        self._gaps = False
        self._letters = 0
        self._codes = array("q") if keep else None

    def look(self, cells: Cells, where: Where) -> npt.NDArray[np.bool_]:
        words = [word.strip() for word in _words(cells)]
        missing = np.array([word.lower() in self._missing for word in words], dtype=np.bool_)
        for at, word in enumerate(words):
            if not missing[at] and word not in self._seen:
                self._seen[word] = len(self._seen)
                self._letters += len(word)
        if len(self._seen) > MOST_CLASSES or self._letters > MOST_LETTERS:
            raise DataError(
                f"{where(len(words) - 1)}: column {shown(self._name)} has more different values than a category can "
                f"have ({MOST_CLASSES:,}); ignore it, or make it numeric or text."
            )
        self._gaps = self._gaps or bool(missing.any())
        if self._codes is not None:
            self._codes.extend(-1 if gap else self._seen[w] for w, gap in zip(words, missing.tolist(), strict=True))
        return missing

    @property
    def classes(self) -> tuple[str, ...]:
        """Their names for people, each different."""
        return tuple(displays([*self._order(), *([GAP] if self._own and self._gaps else [])]))

    @property
    def codes(self) -> npt.NDArray[np.int64]:
        """Of every cell that was looked at, its class; -1 is what is missing."""
        assert self._codes is not None
        places = np.full(len(self._seen) + 1, -1, dtype=np.int64)  # the last is for -1
        for place, word in enumerate(self._order()):
            places[self._seen[word]] = place
        return places[np.frombuffer(self._codes, dtype=np.int64)] if self._codes else np.empty(0, dtype=np.int64)

    def encoder(self) -> Category:
        places = {word: place for place, word in enumerate(self._order())}
        return Category(places, len(places) if self._own and self._gaps else -1, self._missing)

    def _order(self) -> list[str]:
        return sorted(self._seen, key=_as_number)


def _as_number(word: str) -> tuple[bool, float, Any, str]:
    """Numbers by their size, then words in natural order: -1, 0, 1.5, 10, a2, a10."""
    value = number(word)
    return value is None, value or 0.0, natural_key(word[:LETTERS]), word


class Tokens(msgspec.Struct, frozen=True):
    """Texts as their tokens' places in a vocabulary, int64 [cells, length]; cut or padded with 0."""

    places: dict[str, int]
    by: str
    length: int

    def __call__(self, cells: Cells) -> Array:
        found = np.zeros((len(cells), self.length), dtype=np.int64)
        for at, text in enumerate(_words(cells)):
            tokens = [self.places.get(token, 1) for token in cut(text, self.by)[: self.length]]
            found[at, : len(tokens)] = tokens
        return found


class Texts:
    """Finds the vocabulary of a column: what comes most often, at most so many tokens."""

    def __init__(self, missing: frozenset[str], by: str, length: int, most: int) -> None:
        self._missing, self._by, self._length, self._most = missing, by, length, most
        self._counts: Counter[str] = Counter()

    def look(self, cells: Cells, where: Where) -> npt.NDArray[np.bool_]:
        texts = _words(cells)
        for text in texts:
            self._counts.update(cut(text, self._by))
        if len(self._counts) > _PRUNE:
            self._counts = Counter(dict(self._counts.most_common(_PRUNE // 2)))
        return np.array([text.strip().lower() in self._missing for text in texts], dtype=np.bool_)

    @property
    def classes(self) -> tuple[str, ...]:
        """The vocabulary as people see it."""
        return tuple(token_names(self._order()))

    def encoder(self) -> Tokens:
        return Tokens({token: place for place, token in enumerate(self._order())}, self._by, self._length)

    def _order(self) -> list[str]:
        common = sorted(self._counts.items(), key=lambda pair: (-pair[1], pair[0]))
        return [PAD, UNKNOWN, *(token for token, _ in common[: self._most - 2])]


def cut(text: str, by: str) -> list[str]:
    """A text's tokens: its characters, or its words in small letters and its marks."""
    return list(text) if by == "character" else _WORDS.findall(text.lower())


def token_names(tokens: Sequence[str]) -> list[str]:
    """Tokens as a project's file can hold them: characters as they are, words not too long and each different."""
    own = [token for token in tokens if token not in (PAD, UNKNOWN)]
    return list(tokens) if all(len(token) == 1 for token in own) else displays(list(tokens))


def _words(cells: Cells) -> Sequence[str]:
    return [str(cell) for cell in cells.tolist()] if isinstance(cells, np.ndarray) else cells
