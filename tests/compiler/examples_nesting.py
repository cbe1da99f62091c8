"""For each rule about networks in networks a project in which it speaks."""

from __future__ import annotations

from typing import Any

from netbuilder.graph.model import Graph, Project
from tests.compiler.projects import chain, graph, placed, project, training, with_arguments


def body(shape: str = "", width: Any = 4) -> Graph:
    return chain({"x": ("Input", {"shape": shape}), "linear1": ("Linear", {"out_features": width}), "y": "Output"})


def around(one: tuple[str, dict[str, Any]], **inner: Graph) -> Project:
    """A network with one placement in it, of a network with ports x and y."""
    nodes = {"a": ("Input", {"shape": "N 8"}), "one": one, "b": "Output"}
    return project(graph(nodes, ["a.x > one.x", "one.y > b.x"]), **inner)


def two_places(weights: str) -> Project:
    nodes = {
        "a": ("Input", {"shape": "N 8"}),
        "b": ("Input", {"shape": "N 16"}),
        "one": placed("inner", weights=weights),
        "two": placed("inner", weights=weights),
        "add1": "Add",
        "out": "Output",
    }
    links = ["a.x > one.x", "b.x > two.x", "one.y > add1.x.0", "two.y > add1.x.1", "add1.y > out.x"]
    return project(graph(nodes, links), inner=body())


def in_training() -> Project:
    nodes = {
        "image": ("Input", {"shape": "N 1 8 8"}),
        "flatten1": "Flatten",
        "linear1": ("Linear", {"out_features": 10}),
    }
    classifier = chain({**nodes, "logits": "Output"})
    return project(classifier, training=training(nodes={"net1": placed("classifier", repeat=2, weights="shared")}))


WRONG_DEFAULT = project(with_arguments(body("N 8"), size=(1, 2)))
MISSPELT = around(placed("inner", arguments={"widht": 5}), inner=with_arguments(body(width="=width"), width=4))
WRONG_KIND = around(placed("inner", arguments={"width": "many"}), inner=with_arguments(body(width="=width"), width=4))
UNKNOWN_NAME = project(with_arguments(body("N 8", width="=wdith * 2"), width=4))
ROW = around(placed("inner", repeat=3), inner=body("N 8"))
CHANGING = around(placed("inner", repeat=3, weights="shared"), inner=body())

# rule, project, graph, node, words
NESTING: tuple[tuple[str, Project, str, str, tuple[str, ...]], ...] = (
    ("arguments", WRONG_DEFAULT, "classifier", "", ("size", "a number, true or false, or a word")),
    ("given-arguments", MISSPELT, "classifier", "one", ("inner has no argument widht", "width")),
    ("given-arguments", WRONG_KIND, "classifier", "one", ("width: expected int", "many")),
    ("parameter", UNKNOWN_NAME, "classifier", "linear1", ("there is no argument wdith", "this graph has width")),
    ("placement-only-nested", in_training(), "training", "net1", ("repeat and weights", "inside another network")),
    ("copies", ROW, "classifier", "one", ("copy 2 gets N x 4 at x", "inner expects N x 8")),
    ("copies", CHANGING, "classifier", "one", ("linear1's in_features is 8 in copy 1 and 4 in copy 2",)),
    ("shared-sizes", two_places("shared"), "classifier", "two", ("8 in one and 16 in two",)),
)
