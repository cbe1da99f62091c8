"""Rules about Python that a person wrote into a node."""

from __future__ import annotations

from collections.abc import Iterator

from netbuilder.compiler.context import Context, Finding, Rule


def _untrusted(context: Context) -> Iterator[Finding]:
    for id, _, _ in context.failures("untrusted"):
        yield Finding(
            id,
            f"{id} holds Python code that you have not trusted on this machine, so nothing of it runs: select the "
            "node, read its code, and trust it.",
        )


RULES = (Rule("untrusted", "error", _untrusted),)
