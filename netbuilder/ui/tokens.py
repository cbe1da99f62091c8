"""The design tokens of `resources/themes/tokens.json`: sizes and fonts, and every colour for dark and for light.

Groups of the file: `size` in logical pixels, `font` as families in the order in which they are tried, `color`,
`category` and `role` with a colour for each theme, `scale` with the steps of the overlays' colours, low to high.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from netbuilder.resources import resource

Tokens = dict[str, dict[str, Any]]


@cache
def tokens() -> Tokens:
    """All groups of the file. Raises ValueError where a name stands twice in a group: the first would be lost."""
    found: Tokens = json.loads(resource("themes/tokens.json").read_bytes(), object_pairs_hook=_once)
    return found


def size(name: str) -> float:
    """A length or type size in logical pixels. Raises KeyError for an unknown one."""
    return float(tokens()["size"][name])


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"twice in the tokens: {', '.join(sorted({name for name in names if names.count(name) > 1}))}")
    return found
