"""Numbers in English words, and Python's standard library as text."""

from __future__ import annotations

import sysconfig
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from netbuilder.data.builtin_text import CHARACTERS, DIGITS, MODULES, ONES, PARTS, SIGNS, STRETCH, TENS, WORDS
from netbuilder.data.errors import DataError
from netbuilder.data.facts import SOURCES, facts
from netbuilder.data.place import Place
from netbuilder.data.table import Arrays, Indices, Table, held
from netbuilder.graph.model import Dataset


def numbers(dataset: Dataset, _place: Place) -> Table:
    """Different numbers in a random order, so that no two parts share one.

    Digits from the first to the last, then <pad>. Words as a decoder needs them: <start> and the words; the words and
    <end>; <pad> after them.
    """
    found = facts(dataset.source, dataset.params)
    random = np.random.default_rng(_value(dataset, "seed"))
    chosen = random.choice(_value(dataset, "largest") + 1, size=found.samples, replace=False)
    columns = {column.id: column for column in found.columns}
    digit, word = ({token: at for at, token in enumerate(names)} for names in (DIGITS, WORDS))
    start, end = SIGNS[1:]
    spelled = [in_words(int(number)) for number in chosen]
    arrays = {
        "digits": _padded([[digit[sign] for sign in str(number)] for number in chosen], columns["digits"].shape[0]),
        "words": _padded([[word[w] for w in (start, *words)] for words in spelled], columns["words"].shape[0]),
        "target": _padded([[word[w] for w in (*words, end)] for words in spelled], columns["target"].shape[0]),
    }
    return held(found.columns, arrays)


def in_words(number: int) -> list[str]:
    """The English words of a number from 0 to 999,999, as Britons say it: "one hundred and five"."""
    if number < 20:
        return [ONES[number]]
    if number < 100:
        tens, rest = divmod(number, 10)
        return [TENS[tens - 2], *(in_words(rest) if rest else ())]
    unit, name = (100, "hundred") if number < 1000 else (1000, "thousand")
    many, rest = divmod(number, unit)
    joined = ["and"] if 0 < rest < 100 else []
    return [*in_words(many), name, *joined, *(in_words(rest) if rest else ())]


def python_library(dataset: Dataset, _place: Place) -> Table:
    """The modules one after the other, cut at `size` characters; characters that have no name count as the last one.

    Raises DataError where this Python has come without its source.
    """
    size = _value(dataset, "size")
    text = library(size)
    if len(text) < size:
        raise DataError(
            f"This Python brings {len(text):,} characters of its library's source along, fewer than the {size:,} that "
            "are asked for; take a smaller size."
        )
    rows = Windows(encode(text), _value(dataset, "window"))
    columns = facts(dataset.source, dataset.params).columns
    return Table(columns=columns, count=rows.count, rows=rows, given=_in_turn(rows.count, rows.window), reach=1)


class Windows(msgspec.Struct, frozen=True):
    """Windows of tokens side by side, and those of one token further on, both int64 [window].

    The last token of a sample's target is the first of the next sample's text, so the table has reach 1.
    """

    tokens: npt.NDArray[np.uint8]
    window: int

    @property
    def count(self) -> int:
        """How many samples there are."""
        return max(0, len(self.tokens) - 1) // self.window

    def __call__(self, indices: Indices) -> Arrays:
        places = indices[:, None] * self.window + np.arange(self.window + 1)
        found = self.tokens[places].astype(np.int64)
        return {"text": found[:, :-1], "target": found[:, 1:]}


def _in_turn(count: int, window: int) -> npt.NDArray[np.int8]:
    """Stretches of windows by turns. The last window before another part is left out: its target ends in that part."""
    stretch = np.arange(count) // max(8, STRETCH // window)
    parts = np.array(PARTS, dtype=np.int8)[stretch % len(PARTS)]
    parts[:-1][parts[:-1] != parts[1:]] = -1
    return parts


def library(size: int) -> str:
    """The first `size` characters of the library's modules, or as many as there are. Raises OSError."""
    folder = Path(sysconfig.get_path("stdlib"))
    found, missing = "", size
    for module in MODULES:
        path = folder / f"{module}.py"
        if missing > 0 and path.is_file():
            found += path.read_text(encoding="utf-8")[:missing]
            missing = size - len(found)
    return found


def encode(text: str) -> npt.NDArray[np.uint8]:
    """The place of each character in CHARACTERS."""
    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)
    table = np.full(128, len(CHARACTERS) - 1, dtype=np.uint8)
    for at, character in enumerate(CHARACTERS[:-1]):
        table[ord(character)] = at
    return np.where(codes < 128, table[np.minimum(codes, 127)], len(CHARACTERS) - 1).astype(np.uint8)


def _padded(rows: list[list[int]], length: int) -> npt.NDArray[np.int64]:
    """Rows of tokens of one length; 0 is <pad>."""
    found = np.zeros((len(rows), length), dtype=np.int64)
    for at, row in enumerate(rows):
        found[at, : len(row)] = row
    return found


def _value(dataset: Dataset, name: str) -> Any:
    return SOURCES[dataset.source].value(dataset.params, name)
