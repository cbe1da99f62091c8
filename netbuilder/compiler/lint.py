"""The lint table: what can be wrong with a graph, each as one rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netbuilder.compiler.report import Problem

if TYPE_CHECKING:
    from netbuilder.compiler.analyse import Study


def problems(study: Study, name: str, *, with_repairs: bool) -> tuple[Problem, ...]:
    """All problems of a graph."""
    walk = study.walk(name)
    return tuple(
        Problem(name, id, seen.failure.kind, seen.failure.text or f"{id}: {seen.failure.kind}.")
        for id, seen in walk.nodes.items()
        if seen.failure is not None
    )
