"""What counting costs, and that torch is loaded before somebody waits for it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler import unrolled
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.report import GraphReport
from netbuilder.graph.model import Project
from tests.compiler.projects import graph, project

LATE = """
import sys
from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.cost import warm_up
from tests.compiler.projects import cnn_project

analyser = Analyser(Catalogue.builtin())
if sys.argv[1] == "warm":
    warm_up()
before = set(sys.modules)
analyser.analyse(cnn_project())
print(len(set(sys.modules) - before))
"""


def loaded_late(start: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", LATE, start], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    return int(done.stdout)


def test_after_a_warm_up_the_first_analysis_loads_nothing_more() -> None:
    assert loaded_late("cold") > 100
    assert loaded_late("warm") < 10


def reader(block: str, shape: str, states: bool, **params: Any) -> Project:
    """A recurrent block behind one that gives its first states."""
    nodes: dict[str, Any] = {
        "x": ("Input", {"shape": shape}),
        "tried": (block, {"hidden_size": 7, **params}),
        "y": "Output",
        "h": "Output",
    }
    links = ["x.x > tried.x", "tried.y > y.x", "tried.h > h.x"]
    if states:
        nodes["before"] = (block, {"hidden_size": 7, **params})
        links += ["x.x > before.x", "before.h > tried.h0"]
        links += ["before.c > tried.c0"] if block == "LSTM" else []
    return project(graph(nodes, links))


SHAPES = ["N T 6", "N 9 6", "N 20 6", "N 2 6", "N T 1"]
DEEP = {"num_layers": 2, "bidirectional": True}  # dear step by step, and a free time has four runs: at fewer lengths


@pytest.mark.parametrize("block", ["LSTM", "GRU"])
@pytest.mark.parametrize(
    ("shape", "states", "params"),
    [(shape, states, params) for shape in SHAPES for states, params in ((False, {}), (True, {"bias": False}))]
    + [(shape, True, DEEP) for shape in ("N T 6", "N 2 6", "N 9 6")],
)
def test_a_long_sequence_is_inferred_from_short_ones_exactly(
    block: str, shape: str, states: bool, params: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    held = reader(block, shape, states, **params)

    def analysed() -> GraphReport:
        return Analyser(Catalogue.builtin()).analyse(held)["classifier"]

    short = analysed()
    monkeypatch.setattr(unrolled, "_STEPPED", {})
    assert short == analysed()
    assert short.errors == ()
    assert short.multiply_adds > 0


def test_the_length_of_a_sequence_costs_nothing() -> None:
    started = time.perf_counter()
    report = Analyser(Catalogue.builtin()).analyse(reader("LSTM", "N 100000 6", True, num_layers=4))["classifier"]
    assert time.perf_counter() - started < 20  # a second; step by step it is half an hour
    assert str(report.nodes["tried"].outputs["y"]) == "N x 100000 x 7"
