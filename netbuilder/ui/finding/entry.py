"""What can be found by a few letters, and how well each fits them: plain values, without widgets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from netbuilder.blocks.search import mistakes

# How well a word fits, best first; a word that fits nowhere rules the entry out.
_BEGINS, _WORD, _INSIDE, _INITIALS, _ELSEWHERE, _WITHIN, _SCATTERED, _MISTYPED = 0.0, 1.0, 2.0, 2.5, 3.0, 4.0, 6.0, 7.0
_WORDS = re.compile(r"\w+")


class Entry(NamedTuple):
    """One row. `key` is what choosing it gives. `detail` stands behind the title, `right` at the end of the row; `note`
    explains it under the list; `also` is searched and not shown. `why_not`: it can't be chosen now, and why."""

    key: Any
    title: str
    detail: str = ""
    right: str = ""
    note: str = ""
    also: str = ""
    icon: Any = None  # a QIcon, or a function that makes it when it is painted
    why_not: str = ""


class Hit(NamedTuple):
    """An entry that was found, and the places of the letters in its title that were meant."""

    entry: Entry
    marks: frozenset[int] = frozenset()


class Index:
    """Finds entries by words: each word of what is typed must fit somewhere, letters in order, with typing mistakes
    forgiven where nothing else fits. `first`: keys that come before others which fit about as well, best first."""

    def __init__(self, entries: Iterable[Entry], first: Sequence[Any] = ()) -> None:
        self.entries = list(entries)
        place = {key: at for at, key in enumerate(first)}
        self._ahead = {at: place[entry.key] for at, entry in enumerate(self.entries) if entry.key in place}
        self._titles = [entry.title.lower() for entry in self.entries]
        self._rests = [f"{entry.detail} {entry.also}".lower() for entry in self.entries]

    def find(self, text: str) -> list[Hit]:
        """The best first; for no text all of them, those of `first` before the others."""
        words = text.lower().split()
        if not words:
            order = sorted(range(len(self.entries)), key=lambda at: self._ahead.get(at, len(self._ahead)))
            return [Hit(self.entries[at]) for at in order]
        return self._ranked(words, forgiving=False) or self._ranked(words, forgiving=True)

    def _ranked(self, words: Sequence[str], *, forgiving: bool) -> list[Hit]:
        scored = []
        for at, (title, rest) in enumerate(zip(self._titles, self._rests, strict=True)):
            total = 0.0
            for word in words:
                rank = _rank(word, title, rest, forgiving)
                if rank is None:
                    break
                total += rank
            else:
                ahead = 0.6 - 0.01 * self._ahead[at] if at in self._ahead else 0.0
                scored.append((total + len(title) / 200 - ahead, at))
        scored.sort()
        return [Hit(self.entries[at], marks(words, self._titles[at])) for _, at in scored]


def _rank(word: str, title: str, rest: str, forgiving: bool) -> float | None:
    at = title.find(word)
    if at == 0:
        return _BEGINS
    if at > 0:
        return _WORD if not title[at - 1].isalnum() or f" {word}" in title else _INSIDE
    if len(word) > 1 and _initials(title).startswith(word):
        return _INITIALS
    at = rest.find(word)
    if at >= 0:
        return _ELSEWHERE if at == 0 or f" {word}" in rest else _WITHIN
    if len(word) > 2 and scattered(word, title):
        return _SCATTERED
    if forgiving and any(mistakes(word, other) is not None for other in _WORDS.findall(title)):
        return _MISTYPED
    return None


def _initials(title: str) -> str:
    return "".join(found[0] for found in _WORDS.findall(title))


def scattered(word: str, title: str) -> list[int]:
    """Where the letters of a word stand one after the other in a title, [] where they don't."""
    found, at = [], -1
    for letter in word:
        at = title.find(letter, at + 1)
        if at < 0:
            return []
        found.append(at)
    return found


def marks(words: Iterable[str], title: str) -> frozenset[int]:
    """The places of a title's letters that the words mean."""
    found: set[int] = set()
    for word in words:
        at = title.find(word)
        if at >= 0:
            after_space = title.find(f" {word}") + 1
            at = after_space if at > 0 and after_space else at
            found.update(range(at, at + len(word)))
        elif len(word) > 2:
            found.update(scattered(word, title))
    return frozenset(found)
