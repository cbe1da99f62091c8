"""What counting costs, and that torch is loaded before somebody waits for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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
