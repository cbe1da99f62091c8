"""For each lint rule about loops a project in which it speaks."""

from __future__ import annotations

from typing import Any

from netbuilder.graph.model import Project
from tests.compiler.projects import graph, project

STEPS = ("Input", {"shape": "N T 6"})
CONSTANT = ("Input", {"shape": "N 6", "steps": "constant"})


def looped(
    x: Any = STEPS, delay: dict[str, Any] | None = None, links: tuple[str, ...] = (), steps: str = "all", **more: Any
) -> Project:
    """x and what was said before -> a layer -> a squash, which is said and remembered."""
    nodes = {
        "x": x,
        "delay1": ("Delay", {"size": (8,), **(delay or {})}),
        "concat1": "Concat",
        "linear1": ("Linear", {"out_features": 8}),
        "tanh1": "Tanh",
        "y": ("Output", {"steps": steps}),
        **more,
    }
    usual = [
        "x.x > concat1.x.0",
        "delay1.y > concat1.x.1",
        "concat1.y > linear1.x",
        "linear1.y > tanh1.x",
        "tanh1.y > delay1.x",
        "tanh1.y > y.x",
    ]
    return project(graph(nodes, [*usual, *links]))


def closed(shape: str = "N 6", width: int = 8) -> Project:
    """The same with a link in the place of the Delay."""
    nodes = {
        "x": ("Input", {"shape": shape}),
        "concat1": "Concat",
        "linear1": ("Linear", {"out_features": width}),
        "tanh1": "Tanh",
        "y": "Output",
    }
    links = ["x.x > concat1.x.0", "tanh1.y > concat1.x.1", "concat1.y > linear1.x", "linear1.y > tanh1.x"]
    return project(graph(nodes, [*links, "tanh1.y > y.x"]))


def summed(shape: str = "N T 6") -> Project:
    """A cycle whose size only another link tells."""
    nodes = {"x": ("Input", {"shape": shape}), "add1": "Add", "tanh1": "Tanh", "y": "Output"}
    links = ["x.x > add1.x.0", "tanh1.y > add1.x.1", "add1.y > tanh1.x", "tanh1.y > y.x"]
    return project(graph(nodes, links))


def two_sequences(second: str) -> Project:
    return looped(
        z=("Input", {"shape": second}),
        add1="Add",
        out="Output",
        links=("x.x > add1.x.0", "z.x > add1.x.1", "add1.y > out.x"),
    )
