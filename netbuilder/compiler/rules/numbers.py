"""Rules about kinds of numbers, when a node fails: real ones, whole ones, true and false."""

from __future__ import annotations

import re
from collections.abc import Iterator

from immutables import Map

from netbuilder.compiler import repair
from netbuilder.compiler.context import Context, Explain, Finding
from netbuilder.compiler.report import Repair
from netbuilder.compiler.rules.sizes import DTYPE_WORDS
from netbuilder.compiler.walk import Seen
from netbuilder.graph.model import Link

_ABOUT_KINDS = re.compile(
    r"dtype|scalar type|result type|bool tensor|not implemented for|expected float|long int", re.IGNORECASE
)


def _kind(context: Context, id: str, seen: Seen) -> Finding | None:
    """Numbers of a kind that the node cannot compute with."""
    assert seen.failure is not None
    if seen.failure.own or not _ABOUT_KINDS.search(seen.failure.text):
        return None
    odd: list[tuple[Link, str, str]] = []
    for port, kinds in seen.inputs.items():
        for at, kind in enumerate(kinds):
            link = context.link_at(id, port, at)
            if kind is not None and link is not None and "float" not in kind.dtype:
                odd.append((link, kind.dtype, "bool" if "mask" in port else "float32"))
    if not odd:
        return None
    link, dtype, wanted = odd[0]
    text = (
        f"{id} cannot compute with {DTYPE_WORDS.get(dtype, dtype)}, which {link.source.node} gives: it needs "
        f"{DTYPE_WORDS[wanted]}."
    )

    def repairs() -> Iterator[Repair]:
        made = [repair.insert(context, link.target, "Cast", Map(dtype=wanted)) for link, _, wanted in odd]
        yield made[0]
        yield repair.remove(context, id)

    return Finding(id, text, repairs)


EXPLAIN: tuple[tuple[str, Explain], ...] = (("number-kind", _kind),)
