"""Costs that would show at once if something grew with the project: wide limits, the figures are the benchmark's."""

from __future__ import annotations

import json

from benchmarks.graph import change_ratios, project_of, seconds
from netbuilder.graph.file import dumps, loads


def test_a_change_costs_what_it_touches():
    figures = change_ratios(runs=200)
    assert figures["change_ms_10000"] < 1.0
    assert figures["change_ratio"] < 4  # ten times as many nodes; a copy would cost ten times as much


def test_loading_keeps_up_with_json():
    data = dumps(project_of(10_000))
    ratios = sorted(seconds(lambda: loads(data)) / seconds(lambda: json.loads(data)) for _ in range(7))
    assert ratios[3] < 12  # 8 is held by the benchmark, on a machine that does nothing else
