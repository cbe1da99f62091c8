"""Costs that would show at once if something grew with the project: wide limits, the figures are the benchmark's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.graph import change_ratios


def test_a_change_costs_what_it_touches():
    figures = change_ratios(runs=200)
    assert figures["change_ms_10000"] < 1.0
    assert figures["change_ratio"] < 4  # ten times as many nodes; a copy would cost ten times as much


ROOT = Path(__file__).resolve().parents[2]
LOADING = """
import json
from benchmarks.graph import project_of, seconds
from netbuilder.graph.file import dumps, loads
data = dumps(project_of(10_000))
ratios = sorted(seconds(lambda: loads(data)) / seconds(lambda: json.loads(data)) for _ in range(7))
print(ratios[3])
"""


def test_loading_keeps_up_with_json():
    """In a process of its own: one in which hundreds of windows were opened before is half as slow again."""
    done = subprocess.run([sys.executable, "-c", LOADING], cwd=ROOT, capture_output=True, text=True, check=True)
    assert float(done.stdout) < 12  # 8 is held by the benchmark, on a machine that does nothing else
