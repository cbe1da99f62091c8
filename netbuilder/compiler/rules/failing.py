"""What is said of a node that failed when it was run: the first explanation that fits, or torch's own words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from netbuilder.compiler import repair
from netbuilder.compiler.context import Context, Explain, Finding, Rule, one
from netbuilder.compiler.report import Repair
from netbuilder.compiler.rules import axes, layers, limits, merging, numbers, products, windows
from netbuilder.compiler.walk import Seen
from netbuilder.graph.change import Change


def _torch(context: Context, id: str, seen: Seen) -> Finding | None:
    """What no rule explains: torch's own words."""
    assert seen.failure is not None
    kinds = [context.shape(kind) for kinds in seen.inputs.values() for kind in kinds]
    gets = f" with {' and '.join(kinds)}" if kinds else ""

    def repairs() -> Iterator[Repair]:
        yield from limits.back_to_defaults(context, id)
        yield repair.remove(context, id)

    return Finding(id, f"{id} does not work{gets}: {seen.failure.text}", repairs)


_EXPLAIN: tuple[tuple[str, Explain], ...] = (
    *layers.EXPLAIN,
    *numbers.EXPLAIN,
    *windows.EXPLAIN,
    *axes.EXPLAIN,
    *merging.EXPLAIN,
    *products.EXPLAIN,
    *limits.EXPLAIN,
    ("torch", _torch),
)


# Rules whose own repairs may all fail: then what was changed goes back, or the node goes.
_LAST_RESORT = {name for name, _ in (*axes.EXPLAIN, *products.EXPLAIN)} - {"loss-shapes"}


def _or_else(context: Context, finding: Finding) -> Iterator[Repair]:
    offered: set[Change] = set()
    id = finding.node
    for made in (finding.repairs(), limits.back_to_defaults(context, id), one(repair.remove, context, id)()):
        for each in made:
            if each.change not in offered:
                offered.add(each.change)
                yield each


def _explained(context: Context) -> list[tuple[str, Finding]]:
    """For each failed node the first explanation that fits, with the rule that it belongs to."""
    found = []
    for id, seen, _ in context.failures("run"):
        for rule, explain in _EXPLAIN:
            if finding := explain(context, id, seen):
                if rule in _LAST_RESORT:
                    finding = finding._replace(repairs=partial(_or_else, context, finding))
                found.append((rule, finding))
                break
    return found


def _explaining(name: str) -> Callable[[Context], Iterator[Finding]]:
    def find(context: Context) -> Iterator[Finding]:
        for rule, finding in context.remembered(_explained):
            if rule == name:
                yield finding

    return find


RULES = tuple(Rule(name, "error", _explaining(name)) for name in dict.fromkeys(name for name, _ in _EXPLAIN))
