"""The page docs/problems.md, made from the table of rules and one example of each. Run this file to write it anew."""

from __future__ import annotations

from pathlib import Path

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.lint import RULES
from netbuilder.compiler.machine import Machine
from netbuilder.compiler.report import Problem
from tests.compiler.examples import EXAMPLES

PAGE = Path(__file__).parents[2] / "docs" / "problems.md"
HEAD = """# Problems and repairs

Everything that netbuilder finds wrong with a graph comes from one table of rules, `lint.RULES`. Each rule says in a
sentence where the problem is and what the numbers are. Where something mends it, that stands beside it as a button;
repairs are tried before they are offered, the ones that change least come first, and each tells how many parameters it
adds. An *error* keeps a run from starting, a *warning* does not, and a *hint* may well be what was meant.

This page is made from the rules and the examples that their tests use (`python -m tests.compiler.problems_page`); a
test compares it.

| rule | severity | for example | repairs |
| --- | --- | --- | --- |
"""


def text() -> str:
    """The page as it should be."""
    analyser = Analyser(Catalogue.builtin(), machine=Machine(memory=16 * 2**30))
    rows = []
    for rule in RULES:
        example = next(example for example in EXAMPLES if example.rule == rule.name)
        problems = analyser.analyse(example.project, [example.graph])[example.graph].problems
        found = next(p for p in problems if (p.rule, p.node) == (example.rule, example.node))
        rows.append(f"| {rule.name} | {found.severity} | {_cell(found.message)} | {_repairs(found)} |\n")
    return HEAD + "".join(rows)


def _repairs(problem: Problem) -> str:
    return "; ".join(_cell(repair.label) for repair in problem.repairs) or "none"


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
