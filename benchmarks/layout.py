"""How long a layout takes and how many links cross in it, held against Graphviz dot: `python benchmarks/layout.py`.

Graphs are seeded and made like networks: layers of 4 to 20 parallel rows, each node fed by one near it in the layer
before ("rows"); or nodes in a line, each fed by one some nodes before it ("line"). The other links are skips: most of
one layer or a few nodes, some of many. 1,700 links for 1,000 nodes.

Crossings are counted in the order of the layers, with what passes by a layer in its place there, by one counter for
both: of ours from the layers that are drawn, of dot from its drawing (where its splines run through its ranks). Boxes
and ports play no part: dot gets boxes of one size and no ports, and so do we. Seconds are of computing (user and system
time of the process, Python's or dot's), `job` is the clock from the request to the answer of a window's job, whose
process runs already, `first` with its start. dot is Debian's `graphviz`; without it its columns are empty.

The second table is of all presets: crossings of the links and their length as drawn, before and after a layout.
"""

from __future__ import annotations

import argparse
import os
import queue
import random
import resource
import shutil
import subprocess
import sys
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import combinations, pairwise
from pathlib import Path
from statistics import median
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from netbuilder.graph.layout.crossings import crossings
from netbuilder.graph.layout.layered import Segment
from netbuilder.graph.layout.nest import arrange
from netbuilder.graph.layout.sketch import Box, Sketch, Wire
from netbuilder.jobs.staying import Staying

SIZE = (200.0, 100.0)
INCH = 72.0
NEAR = 40.0  # scene units around an end that two links share
Graph = tuple[int, list[tuple[int, int]]]


def rows(nodes: int, links: int, seed: int) -> Graph:
    """Layers of 4 to 20 rows; links mostly to the layer before and to a row near by."""
    dice, layers, left = random.Random(seed), list[list[int]](), nodes
    while left:
        width = min(left, dice.randint(4, 20))
        layers.append(list(range(nodes - left, nodes - left + width)))
        left -= width

    def near(layer: list[int], share: float, spread: float) -> int:
        return layer[min(len(layer) - 1, max(0, round(share * len(layer) - 0.5 + dice.gauss(0, spread))))]

    found = set()
    for before, layer in pairwise(layers):
        found.update((near(before, (at + 0.5) / len(layer), 1.0), v) for at, v in enumerate(layer))
    while len(found) < links:
        number = dice.randrange(1, len(layers))
        at = dice.randrange(len(layers[number]))
        back = 1 if dice.random() < 0.6 else min(number, 1 + int(dice.expovariate(1 / 3)))
        share = (at + 0.5) / len(layers[number])
        found.add((near(layers[number - back], share, 2.0), layers[number][at]))
    return nodes, sorted(found)


def line(nodes: int, links: int, seed: int) -> Graph:
    """Each node fed by one about ten before it; the other links about twenty long."""
    dice = random.Random(seed)
    found = {(max(0, v - 1 - int(dice.expovariate(1 / 10))), v) for v in range(1, nodes)}
    while len(found) < links:
        v = dice.randrange(1, nodes)
        if (u := max(0, v - 1 - int(dice.expovariate(1 / 20)))) < v:
            found.add((u, v))
    return nodes, sorted(found)


FAMILIES: dict[str, Callable[[int, int, int], Graph]] = {"rows": rows, "line": line}


def sketch(graph: Graph) -> Sketch:
    count, ends = graph
    boxes = {f"n{v}": Box(*SIZE) for v in range(count)}
    return Sketch(boxes, tuple(Wire(f"n{a}", f"n{b}", 15.0, 15.0) for a, b in ends))


def ours(asked: Sketch) -> tuple[int, float]:
    """Crossings, and seconds of computing."""
    begin = time.process_time()
    places = arrange(asked)
    return places.crossings, time.process_time() - begin


class Answered:
    """A window's job, asked from here."""

    def __init__(self) -> None:
        self._answers: queue.SimpleQueue[dict[str, object]] = queue.SimpleQueue()
        self.job = Staying(self._answers.put)

    def ask(self, asked: Sketch) -> float:
        """Seconds by the clock until the answer."""
        begin = time.perf_counter()
        self.job.ask({"job": "layout", "sketch": asked})
        while (answer := self._answers.get())["is"] == "progress":
            pass
        if answer["is"] != "done":
            raise SystemExit(str(answer))
        return time.perf_counter() - begin


def dot(graph: Graph) -> tuple[int, float] | None:
    """Crossings of dot's drawing, and seconds of computing; None where there is no dot."""
    if shutil.which("dot") is None:
        return None
    count, ends = graph
    width, height = SIZE[0] / INCH, SIZE[1] / INCH
    text = f'digraph {{ rankdir=LR; node [shape=box, fixedsize=true, width={width}, height={height}, label=""];'
    text += "".join(f"{v};" for v in range(count)) + "".join(f"{a}->{b};" for a, b in ends) + "}"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    drawn = subprocess.run(["dot", "-Tplain"], input=text, capture_output=True, text=True, check=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return crossings_of_dot(drawn), after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def crossings_of_dot(plain: str) -> int:
    """From its "plain" format: nodes with x and y, edges with the control points of their splines."""
    nodes: dict[str, tuple[float, float]] = {}
    edges: list[tuple[str, str, list[tuple[float, float]]]] = []
    for words in map(str.split, plain.splitlines()):
        if words[0] == "node":
            nodes[words[1]] = float(words[2]), float(words[3])
        elif words[0] == "edge":
            numbers = [float(word) for word in words[4 : 4 + 2 * int(words[3])]]
            edges.append((words[1], words[2], list(zip(numbers[::2], numbers[1::2], strict=True))))
    ranks = sorted({round(x, 1) for x, _ in nodes.values()})
    layers: list[list[tuple[float, int]]] = [[] for _ in ranks]
    numbered = {name: number for number, name in enumerate(nodes)}
    for name, (x, y) in nodes.items():
        layers[bisect_left(ranks, round(x, 1) - 0.05)].append((y, numbered[name]))
    after: list[list[Segment]] = [[] for _ in nodes]
    for source, target, points in edges:
        first, last = (bisect_left(ranks, round(nodes[end][0], 1) - 0.05) for end in (source, target))
        at = numbered[source]
        for rank in range(first + 1, last):
            after.append([])
            layers[rank].append((_height(points, ranks[rank]), len(after) - 1))
            after[at].append(Segment(0.5, len(after) - 1, 0.5, 0.0))
            at = len(after) - 1
        after[at].append(Segment(0.5, numbered[target], 0.5, 0.0))
    return crossings([[v for _, v in sorted(layer)] for layer in layers], after)


def _height(points: list[tuple[float, float]], x: float) -> float:
    """Where a spline of Bezier curves runs through x."""
    for at in range(0, len(points) - 3, 3):
        a, b, c, d = points[at : at + 4]
        if min(a[0], d[0]) - 1e-6 <= x <= max(a[0], d[0]) + 1e-6:
            low, high = 0.0, 1.0
            for _ in range(40):
                t = (low + high) / 2
                low, high = (t, high) if _bezier(a[0], b[0], c[0], d[0], t) < x else (low, t)
            return _bezier(a[1], b[1], c[1], d[1], low)
    nearest = min(points, key=lambda point: abs(point[0] - x))
    return nearest[1]


def _bezier(a: float, b: float, c: float, d: float, t: float) -> float:
    return (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t * t * c + t**3 * d


class Drawn(NamedTuple):
    """Of all graphs of a preset: links that cross and their length in scene units, as drawn and laid out."""

    name: str
    links: int
    before: int
    after: int
    length: float
    length_after: float


def presets() -> Iterator[Drawn]:
    from PySide6.QtWidgets import QApplication

    from netbuilder.blocks.catalogue import Catalogue
    from netbuilder.graph.document import Document
    from netbuilder.graph.file import load
    from netbuilder.graph.layout.tidy import scope, sketched, tidied
    from netbuilder.ui.canvas.measuring import measured
    from netbuilder.ui.canvas.scene import GraphScene
    from netbuilder.ui.canvas.style import Style
    from netbuilder.ui.theme import Theme

    app = QApplication.instance() or QApplication([])
    catalogue, style = Catalogue.builtin(), Style(Theme.load("dark"))
    for path in sorted((Path(__file__).resolve().parents[1] / "templates").glob("*.netbuilder")):
        document = Document(load(path))
        links, found = 0, []
        for name in sorted(document.project.graphs):
            scene = GraphScene(document, name, catalogue, style)
            direction = scene.graph.direction
            links += len(scene.links)
            found.append(_drawn([item.points for item in scene.links.values()]))
            measures = measured(scene, direction)
            held = scope(scene.graph, measures)
            places = arrange(sketched(scene.graph, measures, held, direction))
            change = tidied(document.project, name, measures, held, places, direction)
            document.apply(change)
            scene.apply(change)
            found.append(_drawn([item.points for item in scene.links.values()]))
        before, after = (tuple(map(sum, zip(*found[side::2], strict=True))) for side in (0, 1))
        yield Drawn(path.stem, links, int(before[0]), int(after[0]), before[1], after[1])
    del app


def _drawn(ways: list[np.ndarray]) -> tuple[float, float]:
    """Pairs of links that cross, and the length of all. `ways`: [n, 2] points of each."""
    pairs = sum(_cross(one, other) for one, other in combinations(ways, 2))
    return pairs, sum(float(np.hypot(*np.diff(way, axis=0).T).sum()) for way in ways)


def _cross(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two ways cross anywhere but near an end that they share."""
    for end in (0, -1):
        if np.hypot(*(one[end] - other[end])) < NEAR:
            shared = one[end]
            one, other = (way[np.hypot(*(way - shared).T) > NEAR] for way in (one, other))
    a, b = one[:-1, None], one[1:, None]
    c, d = other[None, :-1], other[None, 1:]
    side = _side(a, b, c) * _side(a, b, d) < 0
    side &= _side(c, d, a) * _side(c, d, b) < 0
    return bool(side.any())


def _side(a: np.ndarray, b: np.ndarray, p: np.ndarray) -> np.ndarray:
    """On which side of the line from a to b the point p lies: -1, 0 or 1."""
    run, rise = b[..., 0] - a[..., 0], b[..., 1] - a[..., 1]
    return np.sign(run * (p[..., 1] - a[..., 1]) - rise * (p[..., 0] - a[..., 0]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, nargs="*", default=[100, 300, 1000, 3000])
    parser.add_argument("--seeds", type=int, default=3)
    args = parser.parse_args()
    worker = Answered()
    first = worker.ask(sketch(line(10, 12, 0)))
    print(f"{'graph':5} {'nodes':>6} {'links':>6} {'seed':>4} {'crossings':>9} {'cpu s':>6} {'job s':>6}", end="")
    print(f" {'dot':>7} {'cpu s':>6} {'ratio':>6}")
    for nodes in args.nodes:
        ratios = []
        for name, make in FAMILIES.items():
            for seed in range(args.seeds):
                graph = make(nodes, nodes * 17 // 10, seed)
                asked = sketch(graph)
                count, seconds = ours(asked)
                print(f"{name:5} {nodes:6,} {len(graph[1]):6,} {seed:4} {count:9,} {seconds:6.2f} ", end="")
                print(f"{worker.ask(asked):6.2f}", end="", flush=True)
                if (theirs := dot(graph)) is not None:
                    ratios.append(count / max(theirs[0], 1))
                    print(f" {theirs[0]:7,} {theirs[1]:6.2f} {ratios[-1]:6.2f}", end="")
                print(flush=True)
        if ratios:
            print(
                f"{nodes:,} nodes: {median(ratios):.2f} times dot's crossings in the middle, {max(ratios):.2f} at most"
            )
    worker.job.cancel()
    print(f"first answer of a job, with its start: {first:.2f} s\n")
    print(f"{'preset':22} {'links':>5} {'crossings':>9} {'laid out':>8} {'length':>9} {'laid out':>9}")
    table = list(presets())
    for one in table:
        print(f"{one.name:22} {one.links:5} {one.before:9} {one.after:8} {one.length:9,.0f} {one.length_after:9,.0f}")
    links, before, after = (sum(one[column] for one in table) for column in (1, 2, 3))
    length, shorter = (sum(one[column] for one in table) for column in (4, 5))
    print(f"{'all':22} {links:5} {before:9} {after:8} {length:9,.0f} {shorter:9,.0f}")


if __name__ == "__main__":
    main()
