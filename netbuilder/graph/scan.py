"""What can be told of JSON bytes before anything is made of them: depth, number of values, keys."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from netbuilder.graph.errors import FileError, TooLarge

MAX_DEPTH = 64
MAX_NODES = 50_000
MAX_VALUES = 2_000_000  # 50,000 nodes have about a million
MAX_OBJECTS = 400_000  # and, with their parameters and links, about 200,000 of these

_STRUCTURE = b'"[]{}:,'
_OTHERS = bytes(set(range(256)) - set(_STRUCTURE))
_BRACKETS = bytes.maketrans(b"[]", b"{}")
_CHUNK = 2**18


class Scan(NamedTuple):
    """`keys`: how many "name": value pairs there are."""

    keys: int


def scan(data: bytes) -> Scan:
    """Looks at brackets, colons and commas outside of strings only. Raises TooLarge over a limit.

    For bytes that are not JSON the numbers mean nothing; the decoder says what is wrong with those.
    """
    if data.count(b'"block":') > MAX_NODES:
        raise TooLarge(f"it has more than {MAX_NODES} nodes")
    if b"\\" in data:  # an escaped quote ends no string
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    bare = _outside_strings(data.translate(None, _OTHERS))
    objects = bare.count(b"{")
    if objects > MAX_OBJECTS or objects + bare.count(b"[") + bare.count(b",") > MAX_VALUES:
        raise TooLarge(f"it holds more than {MAX_VALUES} values or {MAX_OBJECTS} objects")
    _limit_depth(bare.translate(_BRACKETS, b":,"))
    return Scan(bare.count(b":"))


def _outside_strings(data: bytes) -> bytes:
    """By chunks: split all at once, a list of every string would be many times as large as the bytes."""
    outside, found = True, []
    for start in range(0, len(data), _CHUNK):
        pieces = data[start : start + _CHUNK].split(b'"')
        found.append(b"".join(pieces[0 if outside else 1 :: 2]))
        outside ^= len(pieces) % 2 == 0
    return b"".join(found)


def _limit_depth(brackets: bytes) -> None:
    """Each round takes away the innermost pairs. What brackets do not match is left to the decoder."""
    for _ in range(MAX_DEPTH):
        fewer = brackets.replace(b"{}", b"")
        if len(fewer) == len(brackets):
            break
        brackets = fewer
    if brackets.count(b"{") > MAX_DEPTH or b"{}" in brackets:
        raise TooLarge(f"it is nested in more than {MAX_DEPTH} levels")


class _Repeated(dict[str, Any]):
    """An object in which `key` stands twice."""

    key = ""


def find_repeated(data: bytes) -> FileError:
    """The error that names a key that stands twice in one object. Slow: for when it is known that there is one."""
    return _find(json.loads(data, object_pairs_hook=_object)) or FileError("a name stands twice in one object")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    marked, seen = _Repeated(found), set[str]()
    for name, _ in pairs:
        if name in seen:
            marked.key = name
        seen.add(name)
    return marked


def _find(value: object) -> FileError | None:
    if isinstance(value, _Repeated):
        return FileError("this stands twice", value.key)
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in items:
        if error := _find(item):
            return error.under(name)
    return None
