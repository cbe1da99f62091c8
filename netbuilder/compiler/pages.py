"""Lays text out in lines of a given width: groups that stay on one line where they fit and are opened up where not.

The printer of P. Wadler, "A prettier printer" (2003), with the two additions that ruff's formatter makes to it: a group
may ask how another one was laid out, and brackets may be measured as if they were opened up. Imports no torch.
"""

from __future__ import annotations

from typing import Union

from msgspec import Struct

Doc = Union[str, "Line", "Group", "Indent", "Broken", "Expanded", tuple["Doc", ...]]


class Line(Struct, frozen=True):
    """Where a line may be broken; `flat` stands there if it is not. Never while group `of` stays on one line."""

    flat: str = ""
    of: str = ""


class Group(Struct, frozen=True):
    """Laid out on one line if it fits, with what follows up to the next place for a break."""

    content: Doc
    name: str = ""


class Indent(Struct, frozen=True):
    """Four spaces further in; not while group `of` stays on one line."""

    content: Doc
    of: str = ""


class Broken(Struct, frozen=True):
    """Text that stands only where the group around it is opened up."""

    text: str


class Expanded(Struct, frozen=True):
    """Measured as if all in it were opened up, as long as group `of` stays on one line."""

    content: Doc
    of: str


_Entry = tuple[bool, int, Doc]  # whether opened up, indent, what


class _Printer:
    def __init__(self, width: int) -> None:
        self._width = width
        self._text: list[str] = []
        self._column = 0
        self._open: dict[str, bool] = {}
        self._measured = False

    def print(self, doc: Doc, indent: int) -> list[str]:
        self._column = indent
        stack: list[_Entry] = [(True, indent, doc)]
        while stack:
            opened, indent, doc = stack.pop()
            match doc:
                case str():
                    self._put(doc)
                case tuple():
                    stack.extend((opened, indent, part) for part in reversed(doc))
                case Line(flat, of):
                    if opened and (not of or self._open[of]):
                        self._text.append("\n")
                        self._text.append(" " * indent)
                        self._column, self._measured = indent, False
                    else:
                        self._put(flat)
                case Group(content, name):
                    if opened or not self._measured:
                        self._open[name] = False
                        opened = not self._fits([*stack, (False, indent, content)])
                        self._measured = not opened
                    self._open[name] = opened
                    stack.append((opened, indent, content))
                case Indent(content, of):
                    stack.append((opened, indent + 4 if not of or self._open[of] else indent, content))
                case Broken(text):
                    self._put(text if opened else "")
                case Expanded(content, of):
                    if not self._open[of]:
                        self._measured = False
                    stack.append((opened, indent, content))
        return "".join(self._text).split("\n")

    def _put(self, text: str) -> None:
        self._text.append(text)
        self._column += len(text)

    def _fits(self, entries: list[_Entry]) -> bool:
        """Whether the last entry fits, with what the others still put on its line."""
        column, below = self._column, False
        stack = [(*entry, False) for entry in entries]
        while stack:
            opened, indent, doc, all_lines = stack.pop()
            match doc:
                case str():
                    column += len(doc)
                case tuple():
                    stack.extend((opened, indent, part, all_lines) for part in reversed(doc))
                case Line(flat, of):
                    if not opened or (of and not self._open[of]):
                        column += len(flat)
                    elif all_lines:
                        column, below = indent, True
                    else:
                        return True
                case Group(content, name):
                    self._open[name] = opened
                    stack.append((opened, indent, content, all_lines))
                case Indent(content, of):
                    deeper = indent + 4 if not of or self._open[of] else indent
                    stack.append((opened, deeper, content, all_lines))
                case Broken(text):
                    column += len(text) if opened else 0
                case Expanded(content, of):
                    if not opened and not self._open[of]:
                        opened = all_lines = True
                        below = False
                    stack.append((opened, indent, content, all_lines))
            if column > self._width and not (all_lines and below):  # what stands alone on a line can't be shorter
                return False
        return True


def lines(doc: Doc, indent: int, width: int) -> list[str]:
    """The document without the spaces before its first line, which stands `indent` spaces in."""
    return _Printer(width).print(doc, indent)
