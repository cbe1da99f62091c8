"""How long the analysis of a network takes that stands a thousand times in a row, beside the time of one.

Run: python benchmarks/repeat.py
"""

from __future__ import annotations

import time
from itertools import pairwise

from immutables import Map

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.cost import warm_up
from netbuilder.graph.model import Graph, Input, Link, Node, Output, Project

TIMES, ROUNDS = 1000, 15


def chain(nodes: dict[str, Node]) -> Graph:
    ids = list(nodes)
    links = [Link(Output(a, "x" if nodes[a].block == "Input" else "y"), Input(b, "x")) for a, b in pairwise(ids)]
    return Graph("network", Map(nodes), Map({link.target: link for link in links}))


def project(repeat: int) -> Project:
    """A transformer's width: normalise, widen, bend, narrow."""
    layers = {
        "x": Node("Input"),
        "norm1": Node("LayerNorm"),
        "wide": Node("Linear", Map(out_features=1024)),
        "gelu1": Node("GELU"),
        "narrow": Node("Linear", Map(out_features=256)),
        "y": Node("Output"),
    }
    nodes = {
        "tokens": Node("Input", Map(shape="N T 256")),
        "blocks": Node("Repeat", Map(network="layer", repeat=repeat)),
        "end": Node("Output"),
    }
    links = [Link(Output("tokens", "x"), Input("blocks", "x")), Link(Output("blocks", "y"), Input("end", "x"))]
    outer = Graph("network", Map(nodes), Map({link.target: link for link in links}))
    return Project("repeat", Map(outer=outer, layer=chain(layers)))


def seconds(repeat: int, catalogue: Catalogue) -> float:
    """The best of some rounds, each from nothing."""
    best = float("inf")
    for _ in range(ROUNDS):
        analyser, held = Analyser(catalogue), project(repeat)
        started = time.perf_counter()
        report = analyser.analyse(held, ["outer"])["outer"]
        best = min(best, time.perf_counter() - started)
        assert not report.errors, report.errors
        assert report.parameters == repeat * (512 + 256 * 1024 + 1024 + 1024 * 256 + 256)
    return best


def main() -> None:
    catalogue = Catalogue.builtin()
    warm_up()
    one, many = seconds(1, catalogue), seconds(TIMES, catalogue)
    print(f"one: {one * 1000:.1f} ms, {TIMES} in a row: {many * 1000:.1f} ms, ratio {many / one:.2f} (at most 1.5)")


if __name__ == "__main__":
    main()
