"""For each block a graph in which it stands many times, each time with one input that is odd: another number of axes,
another dtype, or hardly any points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from immutables import Map

from netbuilder.graph.model import Column, Dataset, Graph, Input, Link, Node, Output, Project
from tests.blocks.cases import LAYERS, LOSSES
from tests.blocks.cases.case import Case, as_given, turn

ODD = (
    "N",
    "N 1",
    "N 5",
    "N 3 7",
    "N T 6",
    "N 1 1 1",
    "N 3 2 2",
    "N 5 6 7",
    "N 3 5 5",
    "N 2 3 4 5",
    "N int64",
    "N T int64",
    "N 4 bool",
)
CASES = {**LAYERS, **LOSSES}
FREE = 0  # how a data set spells a free axis


def _split(text: str) -> tuple[tuple[str, ...], str]:
    *axes, last = text.split()
    return (tuple(axes), last) if last in ("int64", "bool") else ((*axes, last), "float32")


def _inputs(case: Case) -> Iterator[dict[tuple[str, int], tuple[tuple[str, ...], str]]]:
    """What is linked to a node: each input odd while the others are as they should be, then all odd alike."""
    good = {(port, index): (axes, dtype) for port, index, axes, dtype in case.links()}
    for text in ODD:
        for end in good if len(good) > 1 else ():
            yield {**good, end: _split(text)}
        yield dict.fromkeys(good, _split(text))


def odd_project(name: str, cases: int = 99) -> tuple[Project, str]:
    """The project, and the graph in which the block stands; `cases`: how many of its good inputs are made odd."""
    kind = "network" if name in LAYERS else "training"
    nodes: dict[str, Node] = {}
    links: dict[Input, Link] = {}
    columns: list[Column] = []
    sources: dict[Any, Output] = {}

    def source(axes: tuple[str, ...], dtype: str) -> Output:
        if (axes, dtype) in sources:
            return sources[axes, dtype]
        id, given = f"in{len(sources)}", as_given(axes)
        if kind == "network":
            nodes[id] = Node("Input", Map(shape=" ".join(given), dtype=dtype))
            made = Output(id, "x")
        else:
            sizes = tuple(int(axis) if axis.isdigit() else FREE for axis in given[1:])
            letters = " ".join(f"L{axis}" if axis.isdigit() else axis for axis in given[1:])
            columns.append(Column(id, shape=sizes, axes=letters, dtype=dtype))
            made = Output("data1", id)
        if (turned := turn(axes)) is not None:
            end = Input(f"{id}_turned", "x")
            nodes[end.node], links[end] = turned, Link(made, end)
            made = Output(end.node, "y")
        sources[axes, dtype] = made
        return made

    count = 0
    for case in CASES[name][:cases]:
        for given in _inputs(case):
            id = f"it{count}"
            count += 1
            nodes[id] = Node(name, Map(case.params))
            for (port, index), (axes, dtype) in given.items():
                end = Input(id, port, index)
                links[end] = Link(source(axes, dtype), end)
    if kind == "training":
        nodes["data1"] = Node("Data", Map(dataset="rows"))
    held = Graph(kind, Map(nodes), Map(links))
    data = Map(rows=Dataset("digits", columns=tuple(columns), samples=99))
    return Project("odd", Map(odd=held), data if columns else Map()), "odd"
