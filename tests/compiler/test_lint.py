"""Every rule speaks where it should, in a sentence with the numbers, and every repair mends what it says."""

from __future__ import annotations

import pytest

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.lint import RULES
from netbuilder.compiler.report import Problem
from netbuilder.graph.change import apply
from netbuilder.graph.model import Project
from tests.compiler.examples import EXAMPLES, SOUND, Example

CATALOGUE = Catalogue.builtin()


@pytest.fixture(scope="module")
def analyser() -> Analyser:
    return Analyser(CATALOGUE)


def found(analyser: Analyser, example: Example) -> list[Problem]:
    problems = analyser.analyse(example.project)[example.graph].problems
    return [problem for problem in problems if (problem.rule, problem.node) == (example.rule, example.node)]


def test_every_rule_has_an_example() -> None:
    assert {rule.name for rule in RULES} == {example.rule for example in EXAMPLES}
    assert len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.rule}-{example.node[:8]}")
def test_rule_speaks_plainly_and_its_repairs_mend(example: Example, analyser: Analyser) -> None:
    (problem,) = found(analyser, example)
    assert problem.severity == example.severity
    assert all(word in problem.message for word in example.words), problem.message
    assert problem.message.endswith(".")
    assert "\n" not in problem.message
    assert len(problem.message) < 330
    assert len(problem.repairs) >= example.repairs, problem.message
    for repair in problem.repairs:
        assert repair.label
        assert repair.change.label
        after = apply(example.project, repair.change)
        left = analyser.analyse(after)[example.graph].problems
        assert not [other for other in left if (other.rule, other.node) == (problem.rule, problem.node)], repair.label
        assert apply(after, repair.change.inverse()) == example.project


@pytest.mark.parametrize("project", SOUND)
def test_sound_projects_have_no_problems(project: Project, analyser: Analyser) -> None:
    assert [problem.message for report in analyser.analyse(project).values() for problem in report.problems] == []
