"""Pieces of a function that stand under headers ("if step % 5 == 0:"), joined where neighbours share them. No torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from netbuilder.compiler.text import Text

Emit = Callable[[int], None]


class Piece(NamedTuple):
    """Something that writes itself at an indent, under headers from the outermost in."""

    headers: tuple[str, ...]
    emit: Emit


class Pieces:
    """The body of one function in the making; written by `write`."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self._pieces: list[Piece] = []

    def add(self, headers: tuple[str, ...], emit: Emit) -> None:
        self._pieces.append(Piece(tuple(filter(None, headers)), emit))

    def line(self, headers: tuple[str, ...], line: str, owner: tuple[str, str] | None = None) -> None:
        """One statement."""
        self.add(headers, lambda indent: self.text.add(line, indent, owner, main=False))

    def before_branches(self, line: str) -> None:
        """A statement in front of the first piece that is not always done."""
        at = next(n for n, piece in enumerate(self._pieces) if any(head.startswith("if ") for head in piece.headers))
        self._pieces.insert(at, Piece((), lambda indent: self.text.add(line, indent)))

    def write(self, indent: int) -> None:
        """All pieces, in order."""
        open_: tuple[str, ...] = ()
        for headers, emit in self._pieces:
            kept = 0
            while kept < min(len(open_), len(headers)) and open_[kept] == headers[kept]:
                kept += 1
            for depth in range(kept, len(headers)):
                self.text.add(headers[depth], indent + 4 * depth)
            open_ = headers
            emit(indent + 4 * len(headers))
