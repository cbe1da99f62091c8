"""Files that no window writes: whatever stands in them, they are told about in sentences, and soon."""

from __future__ import annotations

import ast
import contextlib
import random
import time
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from immutables import Map
from msgspec.structs import replace

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.cli.look import found_problems
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.program import NotReady, build, project_source
from netbuilder.graph.file import FileError, dumps, loads
from netbuilder.graph.model import KINDS, Link, Node, Output, Project
from tests.compiler.projects import chain, cnn_nodes, cnn_project, graph, placed, project, training
from tests.training.adversaries import PROJECT as ADVERSARIES

CATALOGUE = Catalogue.builtin()
ROOT = Path(__file__).parents[2]
FILES = ("templates/mlp_digits", "tests/reference/dcgan", "tests/reference/vae", "tests/reference/lstm_lm")
PROJECTS = {name: loads((ROOT / f"{name}.netbuilder").read_bytes()) for name in FILES}
PROJECTS |= {"cnn": cnn_project(), "adversaries": ADVERSARIES}
DRAWN = sorted(PROJECTS)

# What a parameter, or anything else in a file, may become.
ODD: tuple[Any, ...] = (
    0, 1, -1, 2**31, 2**63, 10**30, 1e308, "nan", "inf", float("inf"), True, None, "", "x",
    "\n", "é", "a" * 5000, (), (1,), (0, 0),
    (-1, -1), (("a",),), (None,), ("=channels", 2), "=", "=channels", "=9**9**9", "=digits.classes", "=digits.image.Z",
    "=1/0", "=min()", "=" + "(" * 50, "=" + "1+" * 150 + "1", "=__import__('os')", "=lambda: 0", "=1 if 1 else 2",
    Map(lr=0.1), Map(channels="=channels"), Map(latent=0), Map(generator=Map(lr=0.1)), Map(generator=1),
    Map(x=Map(y=Map(z=1))), "N 3 8 8", "N T 8", "own", "shared", 1000, "def forward(x):\n    return x",
)  # fmt: skip


def with_something_odd(held: Project, chance: random.Random) -> Project:
    """One to four things of a project are others: a parameter, a block, a link, a bypass, arguments, a graph's kind."""
    for _ in range(chance.randint(1, 4)):
        name = chance.choice(sorted(held.graphs))
        old = held.graphs[name]
        if not old.nodes or not old.links:
            continue
        id, end = chance.choice(sorted(old.nodes)), chance.choice(sorted(old.links))
        node, other = old.nodes[id], chance.choice(list(held.graphs.values()))
        block = CATALOGUE.get(node.block)
        params = [param.name for param in block.typed(node.params)] if block else []
        param = chance.choice([*params, "arguments", "repeat"])
        argument = chance.choice(["channels", "latent", "self", "a b"])
        placed = Map(network=chance.choice(sorted(held.graphs)), repeat=chance.choice([1, 2, 1000]))
        source = Output(chance.choice(sorted(old.nodes)), chance.choice(["x", "y", "loss"]))
        new_nodes = (
            replace(node, params=node.params.set(param, chance.choice(ODD))),
            replace(node, block=chance.choice([*CATALOGUE.names, "gone"])),
            replace(node, block="Repeat", params=placed),
            replace(node, bypassed=True),
            chance.choice(list(other.nodes.values()) or [node]),
        )
        new_graphs = (
            replace(old, links=old.links.set(end, Link(source, end))),
            replace(old, links=old.links.delete(end)),
            replace(old, nodes=old.nodes.delete(id)),
            replace(old, arguments=old.arguments.set(argument, chance.choice(ODD))),
            replace(old, kind=chance.choice(KINDS)),
        )
        nodes = old.nodes.set(id, chance.choice([*new_nodes, new_nodes[0]]))
        new = replace(old, nodes=nodes) if chance.random() < 0.6 else chance.choice(new_graphs)
        held = replace(held, graphs=held.graphs.set(name, new))
    return held


@settings(max_examples=60)
@given(st.sampled_from(DRAWN), st.integers(0, 2**32))
@example("tests/reference/lstm_lm", 1160)  # a node that is needed, behind a circle and a port that is not there
def test_no_project_breaks_what_looks_at_it(name: str, seed: int) -> None:
    try:
        found = loads(dumps(with_something_odd(PROJECTS[name], random.Random(seed))))
    except (FileError, ValueError):  # what could not be loaded again is not written
        return
    started = time.perf_counter()
    assert loads(dumps(found)) == found
    analyser = Analyser(CATALOGUE)
    problems = found_problems(found, CATALOGUE)
    assert all("\n" not in problem.message for problem in problems)
    ast.parse(project_source(found, CATALOGUE, analyser).text)
    for step in [None, *(key for key, one in found.graphs.items() if one.kind == "training")]:
        with contextlib.suppress(NotReady):
            build(found, step, CATALOGUE, analyser)
    assert time.perf_counter() - started < 30  # about 0.1 s on an idle machine


def said(held: Project, name: str = "training") -> list[str]:
    return [problem.rule for problem in Analyser(CATALOGUE).analyse(held)[name].problems]


def test_a_loss_that_has_no_output_yet_is_not_linked() -> None:
    nodes = {"penalty": "GradientPenalty"}
    assert "no-optimizer" in said(project(chain(cnn_nodes()), training=training(nodes=nodes, without=["optimizer"])))


def test_an_unknown_block_where_data_was_expected() -> None:
    held = cnn_project()
    steps = held.graphs["training"]
    strange = replace(steps, nodes=steps.nodes.set("digits1", Node("gone")))
    assert "unknown-block" in said(replace(held, graphs=held.graphs.set("training", strange)))


def test_a_single_number_where_a_batch_is_wanted() -> None:
    nodes = {"mean1": ("Mean", {"dim": (0, 1)}), "off": "MAE"}
    links = ["net1.logits > mean1.x", "mean1.y > off.prediction", "mean1.y > off.target"]
    assert "rank" in said(project(chain(cnn_nodes()), training=training(nodes=nodes, links=links)))


def test_a_network_that_stands_only_in_a_dead_branch_is_written_by_itself() -> None:
    inner = chain({"x": "Input", "linear1": ("Linear", {"out_features": 3}), "y": "Output"})
    nodes = {"x": ("Input", {"shape": "N 4"}), "relu1": "ReLU", "y": "Output", "spare": placed("inner")}
    outer = graph(nodes, ["x.x > relu1.x", "relu1.y > y.x", "x.x > spare.x"])
    held = project(inner=inner, outer=outer)
    text = project_source(held, CATALOGUE).text
    assert "class Inner(nn.Module)" in text
    assert "class Outer(nn.Module)" in text
    made = build(held, None, CATALOGUE, networks=["outer"])
    assert list(made.networks["outer"]().parameters()) == []


def test_a_place_that_is_passed_by_stops_nothing() -> None:
    """What is placed there alone may be unfinished: its Input is blank, nothing being given to it."""
    inner = chain({"x": "Input", "linear1": ("Linear", {"out_features": 3}), "y": "Output"})
    off = Node("Network", Map(network="inner"), bypassed=True)
    nodes = cnn_nodes() | {"relu2": "ReLU"}
    net = chain(nodes)
    inside = project(replace(net, nodes=net.nodes.set("relu2", off)), inner=inner, training=training())
    step = training(nodes={"off": "ReLU"}, links=["net1.logits > off.x"])
    beside = project(net, inner=inner, training=replace(step, nodes=step.nodes.set("off", off)))
    for held in (inside, beside):
        made = build(held, "training", CATALOGUE)
        assert list(made.networks) == ["classifier"]
        assert "class Classifier(nn.Module)" in project_source(held, CATALOGUE).text
