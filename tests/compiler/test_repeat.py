"""Copies of a network in a row: a loop in the text, analysed once, with own or shared weights."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
import torch

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.analyse import Analyser
from netbuilder.graph.model import Graph, Project
from tests.compiler.composed import around, mlp
from tests.compiler.projects import graph, placed, project, with_arguments
from tests.compiler.test_composition import made, messages, shapes, text_of

CATALOGUE = Catalogue.builtin()


def repeated(count: Any, inner: Graph | None = None, **params: Any) -> Project:
    return around(placed("mlp", repeat=count, **params), mlp=inner or mlp())


def body_of(text: str) -> str:
    """The outer network's class."""
    return text[text.index("class Outer") :]


def test_a_loop_and_not_copies_of_text() -> None:
    text = body_of(text_of(repeated(1000)))
    assert "        self.one = nn.ModuleList(Mlp() for _ in range(1000))\n" in text
    assert "        one = a\n        for mlp in self.one:\n            one = mlp(one)\n        return one\n" in text
    held = shapes(made(repeated(3)))
    assert list(held)[:2] == ["one.0.linear1.weight", "one.0.linear1.bias"]
    assert len(held) == 6


def test_the_numbers_of_all_copies_are_counted() -> None:
    report = Analyser(CATALOGUE).analyse(repeated(1000))["outer"]
    assert report.parameters == 1000 * 72
    assert report.multiply_adds == 1000 * 64
    assert report.activation_bytes == 4 * 8 + 1000 * 3 * 4 * 8
    shared = Analyser(CATALOGUE).analyse(repeated(1000, weights="shared"))["outer"]
    assert (shared.parameters, shared.multiply_adds) == (72, 1000 * 64)


def test_shared_weights_are_one_module_in_a_loop() -> None:
    held = repeated(4, weights="shared")
    text = body_of(text_of(held))
    assert "        self.one = Mlp()\n" in text
    assert "        one = a\n        for _ in range(4):\n            one = self.one(one)\n" in text
    module, x = made(held), torch.randn(3, 8)
    assert len(shapes(module)) == 2
    expected = x
    for _ in range(4):
        expected = torch.relu(module.one.linear1(expected))  # type: ignore[union-attr,operator]
    assert torch.equal(module(x), expected)


def test_the_first_copy_may_have_its_own_size() -> None:
    held = around(placed("mlp", repeat=4, arguments={"width": 5}), mlp=mlp())
    text = body_of(text_of(held))
    assert "        self.one = nn.ModuleList([Mlp(8, width=5), *(Mlp(5, width=5) for _ in range(3))])\n" in text
    assert Analyser(CATALOGUE).analyse(held)["outer"].parameters == 45 + 3 * 30
    sizes = shapes(made(held))
    assert [sizes[f"one.{at}.linear1.weight"] for at in range(4)] == [(5, 8), (5, 5), (5, 5), (5, 5)]
    two = body_of(text_of(around(placed("mlp", repeat=2, arguments={"width": 5}), mlp=mlp())))
    assert "nn.ModuleList([Mlp(8, width=5), Mlp(5, width=5)])" in two


def stage() -> Graph:
    nodes = {
        "x": "Input",
        "row": placed("mlp", repeat="=depth", arguments={"width": "=width * 2"}),
        "same": placed("mlp", repeat="=depth", weights="shared", arguments={"width": "=width * 2"}),
        "y": "Output",
    }
    return with_arguments(graph(nodes, ["x.x > row.x", "row.y > same.x", "same.y > y.x"]), depth=2, width=4)


def test_how_many_may_be_an_argument() -> None:
    nodes = {
        "a": ("Input", {"shape": "N 6"}),
        "s1": placed("stage"),
        "s2": placed("stage", arguments={"depth": 1, "width": 5}),
        "s3": placed("stage", arguments={"depth": 3, "width": 5}),
        "b": "Output",
    }
    outer = graph(nodes, ["a.x > s1.x", "s1.y > s2.x", "s2.y > s3.x", "s3.y > b.x"])
    held = project(mlp=mlp(), stage=stage(), outer=outer)
    text = text_of(held)
    first, later = "Mlp(in_features, width=width * 2)", "Mlp(width * 2, width=width * 2)"
    assert f"            [{first}, *({later} for _ in range(depth - 1))]\n" in text
    assert "        for _ in range(self.depth):\n            same = self.same(same)\n" in text
    module = made(held)
    expected = Analyser(CATALOGUE).analyse(held)["outer"].parameters
    assert sum(tensor.numel() for tensor in module.parameters()) == expected
    assert module(torch.zeros(2, 6)).shape == (2, 10)


def test_other_inputs_stay_the_same_and_several_outputs_go_on() -> None:
    inner = graph(
        {
            "c": "Input",
            "h": "Input",
            "z": "Input",
            "add1": "Add",
            "mul1": "Multiply",
            "c2": "Output",
            "h2": "Output",
        },
        [
            "c.x > add1.x.0",
            "z.x > add1.x.1",
            "h.x > mul1.x.0",
            "add1.y > mul1.x.1",
            "add1.y > c2.x",
            "mul1.y > h2.x",
        ],
    )
    nodes = {"a": ("Input", {"shape": "N 4"}), "b": ("Input", {"shape": "N 4"}), "cell": placed("cell_net", repeat=3)}
    links = ["a.x > cell.c", "a.x > cell.h", "b.x > cell.z", "cell.h2 > end.x"]
    held = project(cell_net=inner, outer=graph({**nodes, "end": "Output"}, links))
    text = body_of(text_of(held))
    assert "cell_c2, cell_h2 = a, a\n" in text
    assert "            cell_c2, cell_h2 = cell_net(cell_c2, cell_h2, b)\n" in text
    a, b = torch.randn(2, 4), torch.randn(2, 4)
    c, h = a, a
    for _ in range(3):
        c, h = c + b, h * (c + b)
    assert torch.allclose(made(held)(a, b), h)


def test_no_more_nodes_are_run_than_for_two_copies() -> None:
    def runs(count: int) -> int:
        analyser = Analyser(CATALOGUE)
        analyser.analyse(around(placed("mlp", repeat=count, arguments={"width": 5}), mlp=mlp()))
        return analyser.runner.runs

    assert runs(1) < runs(2) == runs(3) == runs(100_000)


@pytest.mark.parametrize(
    ("inner", "shape", "words"),
    [
        ({"pool1": "MaxPool2d"}, "N 3 8 8", "does not work in copy 4 of one: pool1"),
        ({"conv1": ("Conv2d", {"out_channels": 4}), "again": "Concat"}, "N 3 32 32", "copies in a row are alike"),
        ({"flatten1": ("Flatten", {"start_dim": 2})}, "N 3 8 8", ""),
    ],
)
def test_sizes_that_do_not_fit_after_a_copy_are_said_in_words(inner: Any, shape: str, words: str) -> None:
    ids = ["x", *inner, "y"]
    links = [f"{a}.{'x' if a == 'x' else 'y'} > {b}.x" for a, b in pairwise(ids)]
    if "again" in inner:  # each copy gives what it was given and more
        inner = {**inner, "conv1": ("Conv2d", {"out_channels": 4, "padding": 1})}
        links += ["x.x > again.x.1"]
    held = around(placed("body", repeat=5), shape, body=graph({"x": "Input", **inner, "y": "Output"}, links))
    told = messages(held)
    if words:
        assert any(words in text for text in told), told
        repairs = Analyser(CATALOGUE).analyse(held)["outer"].errors[0].repairs
        assert repairs
    else:
        assert told == []


def test_copies_of_what_gives_more_than_it_takes() -> None:
    body = graph(
        {"x": "Input", "relu1": "ReLU", "y": "Output", "z": "Output"},
        ["x.x > relu1.x", "relu1.y > y.x", "relu1.y > z.x"],
    )
    (text,) = messages(around(placed("body", repeat=2), body=body))
    assert text == "one can't repeat: body gives more than it takes, so copies can't follow it."


def test_a_network_that_repeats_itself_is_recursion() -> None:
    inner = graph(
        {"x": "Input", "again": placed("body", repeat=3, weights="shared"), "y": "Output"},
        ["x.x > again.x", "again.y > y.x"],
    )
    told = messages(around(placed("body", arguments={}), body=inner))
    assert any("again puts the network body inside itself, which would never end." in text for text in told)
    one = graph({"x": "Input", "two": placed("two"), "y": "Output"}, ["x.x > two.x", "two.y > y.x"])
    other = graph({"x": "Input", "one": placed("one", repeat=2), "y": "Output"}, ["x.x > one.x", "one.y > y.x"])
    told = messages(project(one=one, two=other, outer=around(placed("one")).graphs["outer"]))
    assert any("inside itself" in text for text in told)
