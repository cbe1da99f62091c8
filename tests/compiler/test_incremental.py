"""An analyser that has seen older states of a project says the same as one that sees it for the first time."""

from __future__ import annotations

import random

import pytest

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.program import project_source
from netbuilder.graph import edits
from netbuilder.graph.change import apply
from netbuilder.graph.errors import FileError
from netbuilder.graph.model import Input, Output, Project
from tests.compiler.composed import around, mlp
from tests.compiler.loop_examples import looped
from tests.compiler.projects import cnn_project, placed

CATALOGUE = Catalogue.builtin()
VALUES = {
    "out_channels": (8, 16, 0, "=width"),
    "out_features": (4, 10, "=width", "=width * 2"),
    "kernel_size": (1, 3, 99),
    "repeat": (1, 2, "=width"),
    "weights": ("own", "shared"),
    "network": ("classifier", "mlp", "nothing"),
    "shape": ("N 1 8 8", "N 8", "", "N T 8"),
    "bias": (True, False),
}


def edited(held: Project, throw: random.Random) -> Project:
    """One edit of any kind, as a person might make it."""
    name = throw.choice(sorted(held.graphs))
    graph = held.graphs[name]
    if not graph.nodes:
        return held
    id, other = throw.choice(sorted(graph.nodes)), throw.choice(sorted(graph.nodes))
    block = CATALOGUE.get(graph.nodes[id].block)
    kind = throw.choice(["set", "set", "set", "bypass", "unlink", "link", "remove", "add", "arguments"])
    if kind == "set" and block is not None:
        known = [param.name for param in block.typed(graph.nodes[id].params) if param.name in VALUES]
        values = {param: throw.choice(VALUES[param]) for param in known[:1]}
        return apply(held, edits.set_params(held, name, id, values)) if values else held
    if kind == "bypass":
        return apply(held, edits.bypass(held, name, [id], throw.random() < 0.5))
    if kind == "unlink" and graph.links:
        return apply(held, edits.disconnect(held, name, throw.choice(sorted(graph.links))))
    if kind == "link":
        return apply(held, edits.connect(held, name, Output(id, "y"), Input(other, "x")))
    if kind == "remove" and throw.random() < 0.3:
        return apply(held, edits.remove(held, name, nodes=(id,)))
    if kind == "add":
        return apply(held, edits.add_node(held, name, throw.choice(["ReLU", "Flatten", "Network", "Add"]), (0.0, 0.0)))
    if kind == "arguments" and graph.kind == "network":
        return apply(held, edits.set_arguments(held, name, {"width": throw.choice([4, 8])}))
    return held


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("start", ["cnn", "nested", "loop"])
def test_edits_one_after_another(start: str, seed: int) -> None:
    nested = around(placed("mlp", repeat=3, arguments={"width": 5}), mlp=mlp())
    held = {"cnn": cnn_project(), "nested": nested, "loop": looped()}[start]
    throw = random.Random(seed)
    analyser, runner = Analyser(CATALOGUE), Analyser(CATALOGUE).runner
    for _ in range(25):
        try:
            held = edited(held, throw)
        except (edits.EditError, FileError):
            continue
        fresh = Analyser(CATALOGUE, runner)
        expected = fresh.analyse(held)
        assert analyser.analyse(held) == expected
    assert project_source(held, CATALOGUE, analyser) == project_source(held, CATALOGUE, fresh)
