"""The lint table: everything that can be wrong with a graph, each as one rule, with the repairs that mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from netbuilder.compiler import repair
from netbuilder.compiler.context import Context, Finding, Rule
from netbuilder.compiler.report import SEVERITIES, Problem
from netbuilder.compiler.rules import (
    advice,
    algorithms,
    custom,
    failing,
    language,
    loops,
    losses,
    nesting,
    optimizers,
    running,
    sizes,
    stacks,
    structure,
    training,
)

if TYPE_CHECKING:
    from netbuilder.compiler.analyse import Study

RULES: tuple[Rule, ...] = (
    *structure.RULES,
    *loops.RULES,
    *nesting.RULES,
    *sizes.RULES,
    *failing.RULES,
    *training.RULES,
    *losses.RULES,
    *language.RULES,
    *running.RULES,
    *optimizers.RULES,
    *algorithms.RULES,
    *stacks.RULES,
    *advice.RULES,
    *custom.RULES,
)


def findings(context: Context) -> list[tuple[Problem, Finding]]:
    """All problems of a graph: errors, warnings, hints, each in the order in which data flows."""
    name = context.name
    place = {id: at for at, id in enumerate(context.wiring.order)}
    found: list[tuple[Problem, Finding]] = []
    for rule in RULES:
        for finding in rule.find(context):
            problem = Problem(name, finding.node, rule.name, finding.message, finding.severity or rule.severity)
            found.append((problem, finding))
    found.sort(key=lambda pair: (SEVERITIES.index(pair[0].severity), place.get(pair[0].node, -1)))
    return found


def problems(study: Study, name: str, *, with_repairs: bool) -> tuple[Problem, ...]:
    """All problems of a graph, as it is shown; repairs are made and tried only on demand."""
    found = findings(Context(study, name))
    if not with_repairs:
        return tuple(problem for problem, _ in found)
    trials = repair.Trials(study)  # errors come first, so that they are tried first
    return tuple(
        msgspec.structs.replace(problem, repairs=trials.tried(problem, finding.repairs())) for problem, finding in found
    )
