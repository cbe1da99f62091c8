"""Every rule speaks where it should, in a sentence with the numbers, and every repair mends what it says."""

from __future__ import annotations

import time
from typing import Any

import pytest

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.lint import RULES
from netbuilder.compiler.report import Problem
from netbuilder.graph.change import apply
from netbuilder.graph.model import Project
from tests.compiler import problems_page
from tests.compiler.examples import EXAMPLES, SOUND, Example
from tests.compiler.projects import graph, project

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


@pytest.mark.parametrize("sound", SOUND)
def test_sound_projects_have_no_problems(sound: Project, analyser: Analyser) -> None:
    assert [problem.message for report in analyser.analyse(sound).values() for problem in report.problems] == []


def test_reports_of_large_broken_graphs_stay_cheap(analyser: Analyser) -> None:
    nodes: dict[str, Any] = {"x": ("Input", {"shape": "N 64"}), "y": "Output"}
    links = ["x.x > y.x"]
    for at in range(200):
        nodes |= {
            f"a{at}": ("Linear", {"out_features": 8}),
            f"b{at}": ("Linear", {"out_features": 9}),
            f"add{at}": "Add",
        }
        links += [f"x.x > a{at}.x", f"x.x > b{at}.x", f"a{at}.y > add{at}.x.0", f"b{at}.y > add{at}.x.1"]
    started = time.perf_counter()
    problems = analyser.analyse(project(graph(nodes, links)))["classifier"].problems
    assert time.perf_counter() - started < 10  # about 1 s on an idle machine
    wrong = [problem for problem in problems if problem.rule == "size-mismatch"]
    assert len(wrong) == 200
    assert all(problem.repairs for problem in wrong)
    assert wrong[0].repairs[0].parameters is not None


def test_the_page_about_problems_is_what_the_rules_say() -> None:
    assert problems_page.PAGE.read_text(encoding="utf-8") == problems_page.text()


def test_there_are_rules_for_everything_that_was_promised() -> None:
    assert len(RULES) >= 40
