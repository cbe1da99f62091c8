"""How a project of 10,000 nodes loads, and what a change in it costs: `python benchmarks/graph.py [--json]`.

Both are ratios, so that they hold on any machine:
- load: time of `loads` over that of `json.loads` of the same bytes, the median of paired runs;
- change: time of applying and of undoing one change in 10,000 nodes over that in 1,000.
"""

from __future__ import annotations

import argparse
import gc
import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from immutables import Map

from netbuilder.graph import edits
from netbuilder.graph.change import Change
from netbuilder.graph.document import Document
from netbuilder.graph.file import dumps, loads
from netbuilder.graph.model import Graph, Input, Link, Node, Output, Project

LOAD_LIMIT = 8.0
CHANGE_LIMIT_MS = 1.0
CHANGE_LIMIT_RATIO = 2.0

BLOCKS: dict[str, dict[str, object]] = {
    "Conv2d": {"out_channels": 32, "kernel_size": (3, 3), "padding": 1, "bias": False},
    "BatchNorm2d": {"momentum": 0.05},
    "ReLU": {},
    "Dropout": {"p": 0.25},
    "Linear": {"out_features": 128},
    "Add": {},
}


def project_of(nodes: int, seed: int = 0) -> Project:
    """One network of so many nodes with one and a half times as many links."""
    random_ = random.Random(seed)
    names = [f"node{number}" for number in range(1, nodes + 1)]
    held = {}
    for number, name in enumerate(names):
        block = random_.choice(list(BLOCKS))
        held[name] = Node(block, Map(BLOCKS[block]), (number % 100 * 180.0, number // 100 * 90.5))
    links = {}
    for number in range(1, nodes):
        for index in range(1 + number % 2):
            source = names[max(0, number - random_.randint(1, 20))] if index else names[number - 1]
            end = Input(names[number], "x", index)
            links[end] = Link(Output(source, "y"), end)
    return Project("benchmark", Map(network=Graph("network", Map(held), Map(links))))


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def load_ratio(runs: int) -> dict[str, float]:
    """Paired: both in turn in each round, with the garbage collector at work as in the window."""
    data = dumps(project_of(10_000))
    loads(data), json.loads(data)
    ours, theirs = [], []
    for _ in range(runs):
        gc.collect()
        ours.append(seconds(lambda: loads(data)))
        gc.collect()
        theirs.append(seconds(lambda: json.loads(data)))
    return {
        "load_ms": statistics.median(ours) * 1e3,
        "json_ms": statistics.median(theirs) * 1e3,
        "load_ratio": statistics.median(a / b for a, b in zip(ours, theirs, strict=True)),
        "megabytes": len(data) / 1e6,
    }


def changes_of(project: Project) -> dict[str, Change]:
    middle = f"node{len(project.graphs['network'].nodes) // 2}"
    some = {f"node{number}": (5.0, number) for number in range(100, 110)}
    return {
        "move one": edits.move(project, "network", {middle: (1.0, 2.0)}),
        "move ten": edits.move(project, "network", some),
        "add": edits.add_node(project, "network", "ReLU", (0.0, 0.0)),
        "link": edits.connect(project, "network", Output("node1", "y"), Input(middle, "x", 0)),
        "remove": edits.remove(project, "network", [middle]),
        "set": edits.set_params(project, "network", middle, {"p": 0.5}),
    }


def change_times(nodes: int, runs: int) -> dict[str, tuple[float, float]]:
    """Per kind of change, median seconds of applying and of undoing it."""
    project = project_of(nodes)
    found = {}
    for name, change in changes_of(project).items():
        document = Document(project)
        applied, undone = [], []
        for _ in range(runs):
            applied.append(seconds(lambda d=document, c=change: d.apply(c)))
            undone.append(seconds(document.undo))
        found[name] = (statistics.median(applied), statistics.median(undone))
    return found


def change_ratios(runs: int) -> dict[str, float]:
    small, large = change_times(1_000, runs), change_times(10_000, runs)
    pairs = [(small[name][way], large[name][way]) for name in small for way in (0, 1)]
    return {
        "change_ms_10000": max(b for _, b in pairs) * 1e3,
        "change_ratio": max(b / a for a, b in pairs),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--runs", type=int, default=15, help="paired runs of loading")
    given = parser.parse_args()
    figures = {**load_ratio(given.runs), **change_ratios(given.runs * 40)}
    kept = (
        figures["load_ratio"] <= LOAD_LIMIT
        and figures["change_ms_10000"] < CHANGE_LIMIT_MS
        and figures["change_ratio"] < CHANGE_LIMIT_RATIO
    )
    if given.json:
        print(json.dumps(figures))
    else:
        print(
            f"load 10,000 nodes ({figures['megabytes']:.2f} MB): {figures['load_ms']:.1f} ms,"
            f" {figures['load_ratio']:.2f} x json.loads ({figures['json_ms']:.1f} ms); at most {LOAD_LIMIT:g} x"
        )
        print(
            f"slowest apply or undo in 10,000 nodes: {figures['change_ms_10000'] * 1e3:.0f} us (under 1,000 us);"
            f" worst ratio to 1,000 nodes: {figures['change_ratio']:.2f} (under {CHANGE_LIMIT_RATIO:g})"
        )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
