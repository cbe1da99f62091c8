"""A network drawn out as 3,000 single nodes: how long its analysis takes, beside what torch needs to construct the
same modules on the meta device and run them once; and how long after an edit in its middle.

Run: python benchmarks/large.py
"""

from __future__ import annotations

import gc
import time
from itertools import pairwise

import torch
from immutables import Map
from torch import nn

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.cost import warm_up
from netbuilder.graph.change import apply
from netbuilder.graph.edits import insert_on_link, set_params
from netbuilder.graph.model import Graph, Input, Link, Node, Output, Project

NODES, ROUNDS = 3000, 5
# Widths repeat after a while, as they do in every network of such a size.
WIDTHS = (16, 24, 32, 48, 64, 96, 128, 96, 64, 48, 32, 24)


def drawn() -> Project:
    """Convolutions, normalisations and activations, one behind the other."""
    nodes = {"image": Node("Input", Map(shape="N 3 32 32"))}
    for at in range((NODES - 2) // 3):
        nodes[f"conv{at}"] = Node("Conv2d", Map(out_channels=WIDTHS[at % len(WIDTHS)], padding=1))
        nodes[f"bn{at}"] = Node("BatchNorm2d")
        nodes[f"relu{at}"] = Node("ReLU")
    while len(nodes) < NODES - 1:
        nodes[f"tanh{len(nodes)}"] = Node("Tanh")
    nodes["end"] = Node("Output")
    ends = {"Input": "x"}
    links = [Link(Output(a, ends.get(nodes[a].block, "y")), Input(b, "x")) for a, b in pairwise(nodes)]
    graph = Graph("network", Map(nodes), Map({link.target: link for link in links}))
    return Project("large", Map(network=graph))


def by_hand() -> float:
    """Seconds that torch needs for the same modules and one run on the meta device."""
    started = time.perf_counter()
    with torch.device("meta"), torch.no_grad():
        layers: list[nn.Module] = []
        channels = 3
        for at in range((NODES - 2) // 3):
            width = WIDTHS[at % len(WIDTHS)]
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU()]
            channels = width
        while len(layers) < NODES - 2:
            layers.append(nn.Tanh())
        nn.Sequential(*layers)(torch.empty(2, 3, 32, 32))
    return time.perf_counter() - started


def main() -> None:
    catalogue = Catalogue.builtin()
    warm_up()
    by_hand()
    gc.freeze()  # as the engine does
    torch_s = min(by_hand() for _ in range(ROUNDS))
    fresh, edited, inserted = [], [], []
    for _ in range(ROUNDS):
        project, analyser = drawn(), Analyser(catalogue)
        started = time.perf_counter()
        report = analyser.analyse(project)["network"]
        fresh.append(time.perf_counter() - started)
        assert len(report.nodes) == NODES
        assert not report.errors, report.errors
        middle = (NODES - 2) // 6
        project = apply(project, set_params(project, "network", f"conv{middle}", {"out_channels": 40}))
        started = time.perf_counter()
        report = analyser.analyse(project)["network"]
        edited.append(time.perf_counter() - started)
        assert report.nodes[f"conv{middle}"].outputs["y"].shape[1] == 40
        target = Input(f"bn{middle}", "x")
        project = apply(project, insert_on_link(project, "network", target, "Tanh", "x", "y"))
        started = time.perf_counter()
        report = analyser.analyse(project)["network"]
        inserted.append(time.perf_counter() - started)
        assert len(report.nodes) == NODES + 1
    print(f"torch constructs and runs {NODES} modules on the meta device in {torch_s * 1000:.0f} ms")
    print(f"analysis of {NODES} nodes: {min(fresh) * 1000:.0f} ms, {min(fresh) / torch_s:.2f} x (at most 2)")
    print(f"after a parameter in the middle changed: {min(edited) * 1000:.0f} ms (at most 100)")
    print(f"after a node was put in there: {min(inserted) * 1000:.0f} ms (at most 100)")


if __name__ == "__main__":
    main()
