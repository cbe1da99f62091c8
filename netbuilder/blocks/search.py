"""Finds what a person means by a few words: names, synonyms and summaries, with typing mistakes forgiven."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from netbuilder.blocks.params import Wrap
from netbuilder.blocks.spec import Block

_WORDS = re.compile(r"[a-z]+|[0-9]+[a-z]*")
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# What a match costs; lower is better. Blocks that match every word come alone, if there are any.
_NAME, _SYNONYM, _SUMMARY = 0.0, 1.0, 3.0
_PREFIX, _INSIDE, _TYPO = 0.3, 1.5, 1.0
_MISSED = 8.0  # a word that matches nothing, where no block has them all
_MISTYPED = 0.25  # a whole name with a typing mistake
# Words that say nothing about a block.
_STOP = frozenset(
    (
        *("a", "an", "and", "are", "as", "at", "by", "for", "from", "in", "into", "is", "it", "its", "of", "on"),
        *("do", "how", "i", "make", "my", "one", "or", "so", "that", "the", "to", "what", "with"),
    )
)


class Index:
    """The words of each block, taken apart once."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self._entries = [_Entry(block) for block in blocks]
        self._vocabulary = frozenset(word for entry in self._entries for word in entry.words)

    def find(self, text: str) -> list[Block]:
        """Blocks that fit, best first; all of them for empty text. Equal ones keep the order they were given in."""
        asked = " ".join(text.lower().split())
        words = [word for word in _WORDS.findall(asked) if word not in _STOP]
        if not asked:
            return [entry.block for entry in self._entries]
        if not words:
            return []
        matches = [self._matches(word) for word in words]
        scored = [(entry.cost(asked, matches), at) for at, entry in enumerate(self._entries)]
        found = [one for one in scored if one[0] < _NOTHING]
        if not found and len(words) > 1:
            found = self._partly(matches)
        return [self._entries[at].block for _, at in sorted(found)]

    def _partly(self, matches: list[dict[str, float]]) -> list[tuple[float, int]]:
        """Blocks that have at least half of the words, those with most of them first: for whole sentences, in which
        some word says nothing about any block."""
        scored = []
        for at, entry in enumerate(self._entries):
            costs = entry.word_costs(matches)
            known = [cost for cost in costs if cost < _NOTHING]
            if 2 * len(known) >= len(costs):
                scored.append(((len(costs) - len(known)) * _MISSED + sum(known), at))
        return scored

    def _matches(self, asked: str) -> dict[str, float]:
        """What each word costs that a query word may mean."""
        return {word: cost for word in self._vocabulary if (cost := _match(asked, word)) < _NOTHING}


_NOTHING = 1000.0


class _Entry:
    def __init__(self, block: Block) -> None:
        self.block = block
        self.name = block.name.lower()
        self.named = _HUMPS.sub(" ", block.name).lower()
        self.phrases = {phrase.lower() for phrase in block.synonyms}
        self.words: dict[str, float] = {}
        for cost, texts in (
            (_SUMMARY, (block.summary, block.category, *_wraps(block))),
            (_SYNONYM, block.synonyms),
            (_NAME, (block.name, _HUMPS.sub(" ", block.name))),
        ):
            for text in texts:
                self.words.update((word, cost) for word in _WORDS.findall(text.lower()) if word not in _STOP)

    def cost(self, asked: str, matches: list[dict[str, float]]) -> float:
        squeezed = asked.replace(" ", "")
        if squeezed == self.name:
            return -10.0
        if self.name.startswith(squeezed):
            return -8.0 + len(self.name) / 100
        if asked in self.phrases:  # a bit better where it is one of these: "attention" for MultiheadAttention
            return -6.0 if self.named.endswith(f" {asked}") else -5.0
        total = sum(self.word_costs(matches))
        if total > _MISTYPED and mistakes(squeezed, self.name) is not None:
            return _MISTYPED
        return total

    def word_costs(self, matches: list[dict[str, float]]) -> list[float]:
        """What each word that was asked for costs here."""
        return list(map(self._word, matches))

    def _word(self, matches: dict[str, float]) -> float:
        return min((self.words[word] + matches[word] for word in self.words.keys() & matches), default=_NOTHING)


def _wraps(block: Block) -> tuple[str, ...]:
    """What the block's module may be wrapped in: "spectral_norm"."""
    return tuple(option for param in block.params if isinstance(param, Wrap) for option in param.options[1:])


@lru_cache(maxsize=50_000)
def _match(asked: str, word: str) -> float:
    if asked == word:
        return 0.0
    if word.startswith(asked):
        return _PREFIX
    if len(asked) >= 3 and asked in word:
        return _INSIDE
    if len(word) >= 4 and asked.startswith(word) and len(asked) <= len(word) + 3:  # "pooling" for "pool"
        return _PREFIX
    wrong = mistakes(asked, word)
    return _NOTHING if wrong is None else _TYPO + wrong


def mistakes(asked: str, word: str) -> int | None:
    """How many typing mistakes lie between them, None for more than are forgiven. Each changes the length by one letter
    at most and the set of letters by two, which rules out most words without counting."""
    allowed = _allowed(asked)
    if not allowed or abs(len(asked) - len(word)) > allowed or len(set(asked) ^ set(word)) > 2 * allowed:
        return None
    wrong = distance(asked, word)
    return wrong if wrong <= allowed else None


def _allowed(word: str) -> int:
    """How many typing mistakes are forgiven: short words would turn into other words."""
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


def distance(a: str, b: str) -> int:
    """Letters to add, drop, replace or swap with a neighbour to get from a to b (optimal string alignment)."""
    if abs(len(a) - len(b)) > 3:
        return abs(len(a) - len(b))
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]
