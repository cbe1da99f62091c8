"""Every block says in plain words what it cannot take: odd inputs over the whole catalogue."""

from __future__ import annotations

import re

import pytest

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.analyse import Analyser
from tests.compiler.odd import CASES, odd_project

ANALYSER = Analyser(Catalogue.builtin())
# What torch says to programmers and a person who draws can make nothing of.
JARGON = re.compile(
    r"mat1|mat2|torch\.|Tensor\b|Expected all tensors|got size|size mismatch|non-singleton|broadcast|dtype|operand|"
    r"\b[234]-?D\b|meta\b|argument #|shape '|NoneType|object has no|Traceback|self\."
)
# Blocks for which torch's own words remain, at most once each.
TORCH_SAYS = {"FractionalMaxPool3d", "PReLU"}
NAMES = sorted(CASES)


@pytest.mark.parametrize("start", range(8))
def test_odd_inputs_are_told_in_plain_words(start: int) -> None:
    for name in NAMES[start::8]:
        held, graph = odd_project(name, cases=1)
        study = ANALYSER.study(held)
        told: dict[str, list[str]] = {}
        for problem in study.problems(graph):
            if problem.severity == "error" and problem.node:
                told.setdefault(problem.node, []).append(problem.message)
                assert problem.rule != "torch" or name in TORCH_SAYS, problem.message
                assert not JARGON.search(problem.message.replace(problem.node, "it")), problem.message
                assert problem.message.endswith(".")
                assert "\n" not in problem.message
                assert len(problem.message) <= 300, problem.message
        failed = {id for id, seen in study.walk(graph).nodes.items() if seen.state == "error"}
        assert failed <= told.keys(), f"{name}: {failed - told.keys()} fail and nothing is said"
        assert all(len(messages) == 1 for id, messages in told.items() if id in failed), name


def test_every_block_that_computes_is_asked() -> None:
    catalogue = Catalogue.builtin()
    parts = {"input", "output", "data", "network", "optimizer", "view", "freeze", "delay", "python"}
    wanted = {name for name in catalogue.names if catalogue[name].part not in parts}
    asked = {name for name in NAMES if any(case.inputs for case in CASES[name])}
    callers = {name for name in wanted if any(type(p).__name__ == "NetworkRef" for p in catalogue[name].params)}
    sources = {name for name in wanted if not catalogue[name].inputs and catalogue[name].ports is None}
    assert wanted - asked - callers - sources == {"WeightedSum"}  # it takes losses only
