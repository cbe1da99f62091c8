"""Breaks a statement that is too long the way ruff's formatter does, so that generated source is formatted source.

Knows what generated statements are made of: calls, literals of lists, tuples and dicts, sums. Imports no torch.
"""

from __future__ import annotations

import io
import re
import tokenize

WIDTH = 120
_OPENING, _CLOSING = "([{", ")]}"
_SIGNS = ("+", "-", "*", "/", "@")


def wrap(line: str, indent: int) -> list[str]:
    """The statement as lines of at most WIDTH where it can be, indented by `indent` spaces."""
    line = double_quoted(line)
    pad = " " * indent
    if len(pad + line) <= WIDTH:
        return [pad + line]
    if line.startswith("if ") and line.endswith(":"):
        return [f"{pad}if (", *(f"{pad}    {term}" for term in _alternatives(line[3:-1])), f"{pad}):"]
    if line.startswith("from "):
        head, _, names = line.partition(" import ")
        return [f"{pad}{head} import (", *(f"{pad}    {name}," for name in names.split(", ")), f"{pad})"]
    if line.endswith(":"):  # def f(...):
        return _bracketed(line[:-1], indent, ":") or [pad + line]
    at = _assignment(line)
    head, value = line[:at], line[at:]
    if lines := _bracketed(value, indent, "", head):
        return lines
    pieces = _top_level(value, ", ")
    if len(pieces) > 1:
        return [f"{pad}{head}(", *(f"{pad}    {piece}," for piece in pieces), f"{pad})"]
    if len(f"{pad}    {value}") <= WIDTH:
        return [f"{pad}{head}(", f"{pad}    {value}", f"{pad})"]
    if lines := _two_calls(value, indent, head):
        return lines
    terms = re.split(r" (?=[-+*/@] )", value)
    return [f"{pad}{head}(", *(f"{pad}    {term}" for term in terms), f"{pad})"]


def double_quoted(line: str) -> str:
    """Strings in double quotes, as the formatter wants them, unless that needs more escapes."""
    if "'" not in line:
        return line
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(line).readline))
    except (tokenize.TokenError, IndentationError):
        return line
    for token in reversed(tokens):
        text = token.string
        if token.type == tokenize.STRING and text.startswith("'") and '"' not in text:
            plain = text[1:-1].replace("\\'", "'")
            line = f'{line[: token.start[1]]}"{plain}"{line[token.end[1] :]}'
    return line


def _assignment(line: str) -> int:
    """Where the value of "a, (b, c) = f(x)" or "return x" starts."""
    if line.startswith("return "):
        return len("return ")
    depth = 0
    for at, letter in enumerate(line):
        depth += (letter in _OPENING) - (letter in _CLOSING)
        if depth == 0 and line.startswith(" = ", at):
            return at + 3
        if letter in "\"'":
            break
    return 0


def _bracketed(value: str, indent: int, end: str, head: str = "") -> list[str]:
    """ "f(a, b)" opened up: its arguments on one line of their own, or else one a line; [] if it is no such thing."""
    at = _matching(value)
    if at < 0 or at == len(value) - 2:  # nothing to open up, or empty brackets
        return []
    pad, inner = " " * indent, value[at + 1 : -1]
    literal = at == 0  # lists and dicts are opened up one item a line at once
    first, last = f"{pad}{head}{value[: at + 1]}", f"{pad}{value[-1]}{end}"
    if not literal and len(f"{pad}    {inner}") <= WIDTH:
        return [first, f"{pad}    {inner}", last]
    lines = [first]
    for item in _top_level(inner, ", "):
        lines.extend(_item(item, indent + 4))
    return [*lines, last]


def _alternatives(condition: str) -> list[str]:
    """The parts of a long condition, one a line: "a and b", "or c"."""
    for joint in ("or", "and"):
        parts = _top_level(condition, f" {joint} ")
        if len(parts) > 1:
            bare = [part[1:-1] if part.startswith("(") and part.endswith(")") else part for part in parts]
            return [bare[0], *(f"{joint} {part}" for part in bare[1:])]
    return [condition]


def _two_calls(value: str, indent: int, head: str) -> list[str]:
    """ "f(a) + g(b)" with the one call opened up that has to be; [] if it is no such thing."""
    found = [(sign, terms) for sign in _SIGNS if len(terms := _top_level(value, f" {sign} ")) > 1]
    if len(found) != 1 or len(found[0][1]) != 2:
        return []
    sign, (one, other) = found[0]
    at, then = _matching(one), _matching(other)
    if min(at, then) < 1 or at == len(one) - 2 or then == len(other) - 2:
        return []
    if len(f"{' ' * indent}{head}{one} {sign} {other[: then + 1]}") <= WIDTH:
        return _bracketed(other, indent, "", f"{head}{one} {sign} ")
    lines = _bracketed(one, indent, f" {sign} {other}", head)
    return lines if all(len(line) <= WIDTH for line in lines) else []


def _item(item: str, indent: int) -> list[str]:
    pad = " " * indent
    if len(f"{pad}{item},") <= WIDTH:
        return [f"{pad}{item},"]
    key = re.match(r'"[^"\\]*": ', item)
    head = key[0] if key else ""
    return _bracketed(item[len(head) :], indent, ",", head) or [f"{pad}{item},"]


def _matching(value: str) -> int:
    """Where the bracket opens that the value's last letter closes; -1 if something other stands around it."""
    if not value or value[-1] not in _CLOSING:
        return -1
    opened: list[int] = []
    string = ""
    skip = False
    for at, letter in enumerate(value):
        if skip:
            skip = False
        elif string:
            skip = letter == "\\"
            string = "" if letter == string else string
        elif letter in "\"'":
            string = letter
        elif letter in _OPENING:
            opened.append(at)
        elif letter in _CLOSING:
            start = opened.pop() if opened else -1
            if at == len(value) - 1:
                return start if re.fullmatch(r"[\w.]*", value[:start]) or value.startswith("def ") else -1
    return -1


def _top_level(text: str, separator: str) -> list[str]:
    """The text split where the separator stands outside all brackets and strings."""
    pieces: list[str] = []
    depth, start, at = 0, 0, 0
    string = ""
    while at < len(text):
        letter = text[at]
        if string:
            if letter == "\\":
                at += 1
            elif letter == string:
                string = ""
        elif letter in "\"'":
            string = letter
        elif letter in _OPENING:
            depth += 1
        elif letter in _CLOSING:
            depth -= 1
        elif depth == 0 and text.startswith(separator, at):
            pieces.append(text[start:at])
            at += len(separator)
            start = at
            continue
        at += 1
    return [*pieces, text[start:]]
