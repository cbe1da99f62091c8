"""The Delay under the contract of the other layers: analysis, generated source and real tensors agree."""

import pytest
import torch
from immutables import Map

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.program import build
from netbuilder.graph.model import Graph, Input, Link, Node, Output, Project

CATALOGUE = Catalogue.builtin()
ANALYSER = Analyser(CATALOGUE)
CASES = [
    ({"size": (12,)}, "N T 12", "", 0),
    ({"size": (12,), "start": "learned"}, "N 5 12", "", 12),
    ({"size": (4, 8, 8), "start": "learned"}, "N T 4 8 8", "", 4 * 64),
    ({"size": ()}, "N T", "", 0),
    ({"size": (), "start": "learned"}, "N T", "", 1),
    ({"size": (3,), "dtype": "int64"}, "N T 3 int64", "", 0),
    ({"size": (3,), "dtype": "bool"}, "N T 3 bool", "", 0),
    ({}, "N T 6", "N 6", 0),
    ({"start": "learned"}, "N T 6 int64", "N 6 int64", 0),
]


def _input(text, steps):
    *axes, last = text.split()
    dtype = last if last in ("int64", "bool") else "float32"
    return Node("Input", Map(shape=" ".join(axes if last == dtype else [*axes, last]), dtype=dtype, steps=steps))


def _tensor(node, sizes):
    shape = [sizes.get(axis) or int(axis) for axis in node.params["shape"].split()]
    return torch.randint(0, 2, shape).to(getattr(torch, node.params["dtype"]))


@pytest.mark.parametrize(("params", "x", "initial", "learned"), CASES)
def test_a_delay_does_what_analysis_says(params, x, initial, learned):
    nodes = {"it": Node("Delay", Map(params)), "x": _input(x, "sequence"), "y": Node("Output")}
    links = [Link(Output("x", "x"), Input("it", "x")), Link(Output("it", "y"), Input("y", "x"))]
    if initial:
        nodes["begin"] = _input(initial, "constant")
        links.append(Link(Output("begin", "x"), Input("it", "initial")))
    project = Project(graphs=Map(tried=Graph("network", Map(nodes), Map({link.target: link for link in links}))))
    report = ANALYSER.analyse(project)["tried"]
    assert [problem.message for problem in report.errors] == []
    facts = report.nodes["it"]
    assert facts.inputs["x"][0] == facts.outputs["y"]
    net = build(project, None, CATALOGUE, ANALYSER).networks["tried"]()
    assert sum(weight.numel() for weight in net.parameters()) == facts.parameters == report.parameters == learned
    for sizes in ({"N": 2, "T": 5}, {"N": 3, "T": 1}):
        given = {id: _tensor(node, sizes) for id, node in nodes.items() if node.block == "Input"}
        found = net(**given)
        assert str(found.dtype).removeprefix("torch.") == facts.outputs["y"].dtype
        assert list(found.shape) == [sizes.get(axis, axis) for axis in report.nodes["y"].whole.shape]
        assert torch.equal(found[:, 1:], given["x"][:, :-1])
        start = given.get("begin", torch.zeros_like(found[:, 0]))
        assert torch.equal(found[:, 0], start)
