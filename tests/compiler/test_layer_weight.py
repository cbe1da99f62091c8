"""LayerWeight: a preview graph sees what a layer has learned, and a layer that is not there is told in words."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from immutables import Map

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.program import build
from netbuilder.graph.model import Graph, Project
from tests.compiler.projects import DIGITS, chain, graph

CATALOGUE = Catalogue.builtin()
UNIT = chain(
    {"x": ("Input", {"shape": "N 6 8 8"}), "conv1": ("Conv2d", {"out_channels": 6, "padding": 1}), "y": "Output"}
)


def network() -> Graph:
    nodes: dict[str, Any] = {
        "image": ("Input", {"shape": "N 1 8 8"}),
        "conv1": ("Conv2d", {"out_channels": 6, "padding": 1, "bias": False}),
        "unit1": ("Network", {"network": "unit"}),
        "stack1": ("Repeat", {"network": "unit", "repeat": 3}),
        "shift1": ("Parameter", {"shape": (1, 6, 8, 8)}),
        "add1": "Add",
        "end": "Output",
    }
    links = ["image.x > conv1.x", "conv1.y > unit1.x", "unit1.y > stack1.x", "stack1.y > add1.x.0"]
    return graph(nodes, [*links, "shift1.y > add1.x.1", "add1.y > end.x"])


def looking(layer: str, tensor: str = "weight") -> Project:
    nodes = {"filters1": ("LayerWeight", {"network": "model", "layer": layer, "tensor": tensor}), "maps": "ViewMaps"}
    look = graph(nodes, ["filters1.y > maps.maps"], "preview")
    return Project("test", Map(model=network(), unit=UNIT, look=look), Map(digits=DIGITS))


@pytest.mark.parametrize(
    ("layer", "tensor", "key"),
    [
        ("conv1", "weight", "conv1.weight"),
        ("unit1.conv1", "weight", "unit1.conv1.weight"),
        ("stack1.2.conv1", "weight", "stack1.2.conv1.weight"),
        ("shift1", "itself", "shift1"),
    ],
)
def test_it_gives_the_very_tensor(layer: str, tensor: str, key: str) -> None:
    held = looking(layer, tensor)
    report = Analyser(CATALOGUE).analyse(held)["look"]
    assert [problem.message for problem in report.problems] == []
    program = build(held, None, CATALOGUE)
    model = program.networks["model"]()
    found = program.previews["look"]({}, SimpleNamespace(model=model))["maps"]["maps"]
    assert torch.equal(found, model.state_dict()[key])
    assert report.nodes["filters1"].outputs["y"].shape == tuple(found.shape)
    assert report.nodes["filters1"].parameters == sum(p.numel() for p in model.parameters())


def test_a_layer_that_is_renamed_is_missed_in_words() -> None:
    (problem,) = Analyser(CATALOGUE).analyse(looking("conv7"))["look"].errors
    assert problem.rule == "no-layer"
    assert "conv7" in problem.message
    assert problem.repairs[0].label == "Set filters1's layer to conv1"
