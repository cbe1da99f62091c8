"""Networks in networks, many levels deep: computed as far as Python's stack allows, told in words beyond."""

from __future__ import annotations

import pytest
import torch

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.program import NotReady, build, project_source
from netbuilder.compiler.seen import MOST_LEVELS
from tests.compiler.examples import nested

CATALOGUE = Catalogue.builtin()


def test_as_many_levels_as_are_allowed_work():
    project = nested(MOST_LEVELS)
    program = build(project, None, CATALOGUE, networks=[f"n{MOST_LEVELS - 1}"])
    net = program.networks[f"n{MOST_LEVELS - 1}"]()
    assert sum(p.numel() for p in net.parameters()) == 20
    assert net(torch.ones(2, 4)).shape == (2, 4)


def test_more_are_a_problem_in_words():
    levels = MOST_LEVELS + 10
    project = nested(levels)
    reports = Analyser(CATALOGUE).analyse(project)
    top = reports[f"n{levels - 1}"]
    assert [problem.rule for problem in top.errors] == ["levels"]
    assert "levels" not in {problem.rule for problem in reports["n0"].errors}
    with pytest.raises(NotReady) as refused:
        build(project, None, CATALOGUE, networks=[f"n{levels - 1}"])
    assert any("inside one another" in problem.message for problem in refused.value.problems)
    assert "has errors" in project_source(project, CATALOGUE).text
