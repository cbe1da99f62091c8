"""In which steps something happens, as sets of cases and as the text of an `if`. Imports no torch.

A case is one way in which the conditions of a graph's optimizers can come out in a step; what happens in some cases
and not in others stands under the shortest condition that is true in exactly those.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations, product
from typing import NamedTuple

Cases = frozenset[int]

MOST = 6  # different conditions: beyond that nobody could read the text


class When(NamedTuple):
    """In every `every`-th step from `start` on, steps being counted from 0; of these in each `nth`-th."""

    every: int = 1
    start: int = 0
    nth: int = 1

    @property
    def first(self) -> int:
        """The first step in which the count begins."""
        return -(-self.start // self.every) * self.every

    @property
    def due(self) -> When:
        """The same without the count."""
        return When(self.every, self.start)

    @property
    def always(self) -> bool:
        return self.every == 1 and self.start == 0 and self.nth == 1

    def implies(self, other: When) -> bool:
        """Whether the other is true whenever this one is."""
        if other.nth > 1 and (self.due != other.due or self.nth % other.nth):
            return False
        return self.every % other.every == 0 and self.first >= other.start

    def holds(self, step: int) -> bool:
        """Whether it is true in this step."""
        if step < self.start or step % self.every:
            return False
        return ((step - self.first) // self.every + 1) % self.nth == 0

    def terms(self) -> list[str]:
        """Its text, to be joined by "and"."""
        found = [f"step % {self.every} == 0"] if self.every > 1 else []
        if self.start:
            found.append(f"step >= {self.start}")
        return [*found, self.counted()] if self.nth > 1 else found

    def counted(self) -> str:
        """The text of the count alone, for where the rest is known to be true."""
        ordinal = "step" if self.every == 1 else f"step // {self.every}"
        shift = 1 - self.first // self.every
        shifted = f"({ordinal} {'+' if shift > 0 else '-'} {abs(shift)})" if shift else ordinal
        return f"{shifted} % {self.nth} == 0"


class Conditions:
    """All conditions of one graph. Raises ValueError for more than MOST different ones."""

    def __init__(self, whens: Iterable[When]) -> None:
        self._whens = sorted({when for when in whens if not when.always})
        if len(self._whens) > MOST:
            raise ValueError(f"{len(self._whens)} different conditions, at most {MOST}")
        self._cases = [case for case in product((False, True), repeat=len(self._whens)) if self._possible(case)]
        self.all: Cases = frozenset(range(len(self._cases)))

    def _possible(self, case: tuple[bool, ...]) -> bool:
        holding = [when for when, holds in zip(self._whens, case, strict=True) if holds]
        missing = [when for when, holds in zip(self._whens, case, strict=True) if not holds]
        return not any(one.implies(other) for one in holding for other in missing)

    def of(self, when: When) -> Cases:
        """The cases in which it holds."""
        if when.always:
            return self.all
        at = self._whens.index(when)
        return frozenset(number for number, case in enumerate(self._cases) if case[at])

    def case(self, step: int) -> int:
        """Which case a step is."""
        return self._cases.index(tuple(when.holds(step) for when in self._whens))

    def text(self, cases: Cases) -> str:
        """A condition that is true in exactly these cases, "" where it always is."""
        if cases == self.all:
            return ""
        plain = [(self.of(when), when.terms()) for when in self._whens]
        for size in range(1, len(plain) + 1):
            for chosen in combinations(plain, size):
                if frozenset[int]().union(*(found for found, _ in chosen)) == cases:
                    return _any([terms for _, terms in chosen])
        return _any(self._cover(cases, [*plain, *((self.all - found, [_not(terms)]) for found, terms in plain)]))

    def _cover(self, cases: Cases, literals: Sequence[tuple[Cases, list[str]]]) -> list[list[str]]:
        """Terms that together are true in exactly these cases: the shortest and widest first."""
        within: list[tuple[Cases, list[str]]] = []
        for size in range(1, len(self._whens) + 1):
            for chosen in combinations(literals, size):
                found = self.all.intersection(*(one for one, _ in chosen)) & self.all
                if found and found <= cases and not any(found <= other for other, _ in within):
                    within.append((found, list(dict.fromkeys(term for _, terms in chosen for term in terms))))
        terms: list[list[str]] = []
        left = cases
        while left:
            found, term = max(within, key=lambda row: len(row[0] & left))
            terms.append(term)
            left -= found
        return terms


def _any(rows: Sequence[list[str]]) -> str:
    """Each row's terms together, in one row or another."""
    return " and ".join(rows[0]) if len(rows) == 1 else " or ".join(map(_one, rows))


def _one(terms: list[str]) -> str:
    return terms[0] if len(terms) == 1 else f"({' and '.join(terms)})"


def _not(terms: list[str]) -> str:
    if len(terms) > 1:
        return f"not ({' and '.join(terms)})"
    opposite = {" == ": " != ", " >= ": " < "}
    return next(terms[0].replace(sign, other) for sign, other in opposite.items() if sign in terms[0])
