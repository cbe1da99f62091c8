"""Recurrent networks drawn with Delays: they work step by step as hand-written ones do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from immutables import Map
from msgspec.structs import replace
from torch import nn

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.program import Program, build
from netbuilder.compiler.report import GraphReport
from netbuilder.graph.model import Graph, natural_key
from tests.compiler.cells import CELLS, FEATURES, HIDDEN
from tests.compiler.loop_examples import looped
from tests.compiler.projects import graph, project

CATALOGUE = Catalogue.builtin()
NAME = "classifier"
RANDOM = Analyser(CATALOGUE)


@pytest.fixture(scope="module")
def analyser() -> Analyser:
    return Analyser(CATALOGUE)


def built(analyser: Analyser, drawn: Graph, **others: Graph) -> Program:
    return build(project(drawn, **others), None, CATALOGUE, analyser)


def report(analyser: Analyser, drawn: Graph, **others: Graph) -> GraphReport:
    return analyser.analyse(project(drawn, **others))[NAME]


def network(analyser: Analyser, drawn: Graph, **others: Graph) -> nn.Module:
    torch.manual_seed(0)
    return built(analyser, drawn, **others).networks[NAME]()


def with_params(held: Graph, id: str, **params: Any) -> Graph:
    node = held.nodes[id]
    return replace(held, nodes=held.nodes.set(id, replace(node, params=node.params.update(params))))


def forward_of(program: Program) -> list[str]:
    """The lines of the first network's forward."""
    lines = program.source.splitlines()
    return lines[next(at for at, line in enumerate(lines) if "def forward" in line) :]


@pytest.mark.parametrize("name", CELLS)
def test_a_drawn_cell_equals_torchs_own_with_the_same_weights(name: str, analyser: Analyser) -> None:
    """Forward and gradient to 1e-6, over several lengths and batch sizes."""
    cell = CELLS[name]
    ours = network(analyser, cell.drawn)
    theirs = cell.theirs(FEATURES, HIDDEN, batch_first=True)
    cell.copy(ours, theirs)
    for batch, steps in ((1, 1), (3, 2), (2, 17)):
        x = torch.randn(batch, steps, FEATURES)
        given = [x.clone().requires_grad_() for _ in range(2)]
        drawn, *last = ours(given[0])
        said, states = theirs(given[1])
        assert torch.allclose(drawn, said, atol=1e-6, rtol=0)
        for mine, state in zip(last, states if isinstance(states, tuple) else (states,), strict=True):
            assert torch.allclose(mine, state[0], atol=1e-6, rtol=0)
        weight = torch.randn_like(said)
        gradients = []
        for module, y, one in ((ours, drawn, given[0]), (theirs, said, given[1])):
            module.zero_grad()
            (y * weight).mean().backward()
            gradients.append([one.grad, *cell.gradients(module)])
        for mine, others in zip(*gradients, strict=True):
            assert torch.allclose(mine, others, atol=1e-6, rtol=0)


def test_time_stays_free_and_nodes_see_one_step(analyser: Analyser) -> None:
    found = report(analyser, CELLS["elman"].drawn)
    assert not found.problems
    assert str(found.nodes["x"].whole) == f"N x T x {FEATURES}"
    assert str(found.nodes["x"].outputs["x"]) == f"N x {FEATURES}"
    assert str(found.nodes["h"].inputs["x"][0]) == str(found.nodes["h"].outputs["y"]) == f"N x {HIDDEN}"
    assert str(found.nodes["y"].whole) == f"N x T x {HIDDEN}"
    assert found.nodes["z"].whole is None
    assert found.parameters == HIDDEN * (FEATURES + HIDDEN + 2)


def test_it_costs_what_all_steps_cost(analyser: Analyser) -> None:
    """Each node of the loop once a step; before and after the loop once. Numbers are for one sample."""
    found = report(analyser, with_params(_with_a_head_and_a_constant(), "x", shape="N 11 5"))
    assert found.nodes["place"].multiply_adds == 3 * 7
    assert found.nodes["recall"].multiply_adds == 11 * 7 * 7
    assert found.nodes["head"].multiply_adds == 7 * 2
    assert found.multiply_adds == 3 * 7 + 11 * (5 * 7 + 7 * 7) + 7 * 2


def _with_a_head_and_a_constant() -> Graph:
    """h = tanh(read(x) + recall(h) + place(where)); the last h -> head."""
    return graph(
        {
            "x": ("Input", {"shape": "N T 5"}),
            "where": ("Input", {"shape": "N 3", "steps": "constant"}),
            "place": ("Linear", {"out_features": 7}),
            "h": ("Delay", {"size": (7,)}),
            "read": ("Linear", {"out_features": 7}),
            "recall": ("Linear", {"out_features": 7}),
            "sum1": "Add",
            "tanh1": "Tanh",
            "head": ("Linear", {"out_features": 2}),
            "logits": ("Output", {"steps": "last"}),
        },
        [
            "x.x > read.x",
            "where.x > place.x",
            "h.y > recall.x",
            "read.y > sum1.x.0",
            "recall.y > sum1.x.1",
            "place.y > sum1.x.2",
            "sum1.y > tanh1.x",
            "tanh1.y > h.x",
            "tanh1.y > head.x",
            "head.y > logits.x",
        ],
    )


def test_what_no_step_changes_is_done_once_and_what_only_the_end_needs_too(analyser: Analyser) -> None:
    program = built(analyser, _with_a_head_and_a_constant())
    assert forward_of(program) == [
        "    def forward(self, where, x):",
        "        place = self.place(where)",
        "        h = x.new_zeros(x.shape[0], 7)",
        "        for x_t in x.unbind(1):",
        "            recall = self.recall(h)",
        "            read = self.read(x_t)",
        "            sum1 = read + recall + place",
        "            tanh1 = torch.tanh(sum1)",
        "            h = tanh1",
        "        head = self.head(tanh1)",
        "        return head",
    ]


def shifted(*, steps: str = "all", size: Any = (4,), **delay: Any) -> Graph:
    """x one step later, and nothing else."""
    return graph(
        {
            "x": ("Input", {"shape": "N T 4"}),
            "delay1": ("Delay", {"size": size, **delay}),
            "y": ("Output", {"steps": steps}),
        },
        ["x.x > delay1.x", "delay1.y > y.x"],
    )


def test_a_delay_outside_of_a_cycle_shifts_by_one_step(analyser: Analyser) -> None:
    x = torch.randn(3, 6, 4)
    later = torch.cat([torch.zeros(3, 1, 4), x[:, :-1]], dim=1)
    assert torch.equal(network(analyser, shifted())(x), later)
    assert torch.equal(network(analyser, shifted(steps="last"))(x), later[:, -1])


def test_states_change_together(analyser: Analyser) -> None:
    """A Delay that reads another sees its old value, in whatever order they are named."""
    for first, second in (("a", "b"), ("b", "a")):
        drawn = graph(
            {
                "x": ("Input", {"shape": "N T 2"}),
                first: ("Delay", {"size": (2,)}),
                second: ("Delay", {"size": (2,)}),
                "y": "Output",
            },
            [f"x.x > {first}.x", f"{first}.y > {second}.x", f"{second}.y > y.x"],
        )
        x = torch.randn(1, 5, 2)
        found = network(analyser, drawn)(x)
        assert torch.equal(found, torch.cat([torch.zeros(1, 2, 2), x[:, :-2]], dim=1))


def test_it_may_start_from_what_is_learned(analyser: Analyser) -> None:
    drawn = shifted(start="learned")
    found = report(analyser, drawn)
    assert (found.nodes["delay1"].parameters, found.parameters) == (4, 4)
    module = network(analyser, drawn)
    assert [(name, tuple(weight.shape)) for name, weight in module.named_parameters()] == [("delay1", (4,))]
    module.delay1.data = torch.arange(4.0)
    x = torch.randn(3, 2, 4)
    y = module(x)
    assert torch.equal(y[:, 0], torch.arange(4.0).expand(3, 4))
    y.sum().backward()
    assert torch.equal(module.delay1.grad, torch.full((4,), 3.0))


def test_it_may_start_from_a_constant_or_what_is_made_of_one(analyser: Analyser) -> None:
    drawn = graph(
        {
            "x": ("Input", {"shape": "N T 4"}),
            "start": ("Input", {"shape": "N 4", "steps": "constant"}),
            "relu1": "ReLU",
            "delay1": "Delay",
            "y": "Output",
        },
        ["x.x > delay1.x", "start.x > relu1.x", "relu1.y > delay1.initial", "delay1.y > y.x"],
    )
    assert not report(analyser, drawn).problems
    x, start = torch.randn(3, 5, 4), torch.randn(3, 4)
    y = network(analyser, drawn)(start, x)
    assert torch.equal(y, torch.cat([start.relu()[:, None], x[:, :-1]], dim=1))


def test_states_of_other_kinds(analyser: Analyser) -> None:
    """The token before this one: one whole number a sample."""
    drawn = graph(
        {
            "tokens": ("Input", {"shape": "N T", "dtype": "int64"}),
            "before": ("Delay", {"size": (), "dtype": "int64"}),
            "embedding1": ("Embedding", {"num_embeddings": 10, "embedding_dim": 3}),
            "y": "Output",
        },
        ["tokens.x > before.x", "before.y > embedding1.x", "embedding1.y > y.x"],
    )
    assert not report(analyser, drawn).problems
    module, tokens = network(analyser, drawn), torch.randint(0, 10, (2, 6))
    later = torch.cat([torch.zeros(2, 1, dtype=torch.int64), tokens[:, :-1]], dim=1)
    assert torch.equal(module(tokens), module.embedding1(later))


def test_several_sequences_go_in_step(analyser: Analyser) -> None:
    drawn = graph(
        {
            "a": ("Input", {"shape": "N T 4"}),
            "b": ("Input", {"shape": "N T 4"}),
            "total": ("Delay", {"size": (4,)}),
            "sum1": "Add",
            "y": "Output",
        },
        ["a.x > sum1.x.0", "b.x > sum1.x.1", "total.y > sum1.x.2", "sum1.y > total.x", "sum1.y > y.x"],
    )
    program = built(analyser, drawn)
    assert "        for a_t, b_t in zip(a.unbind(1), b.unbind(1), strict=True):" in forward_of(program)
    a, b = torch.randn(2, 5, 4), torch.randn(2, 5, 4)
    assert torch.allclose(program.networks[NAME]()(a, b), (a + b).cumsum(1), atol=1e-6)


def test_layers_that_differ_while_training_work_in_each_step(analyser: Analyser) -> None:
    drawn = looped(
        drop=("Dropout", {"p": 0.5}),
        norm=("BatchNorm1d"),
        out="Output",
        links=("x.x > drop.x", "drop.y > norm.x", "norm.y > out.x"),
    )
    module = network(analyser, drawn.graphs[NAME])
    x = torch.randn(8, 4, 6)
    first, second = (module.train()(x)[0] for _ in range(2))
    assert not torch.equal(first, second)
    assert int(module.norm.num_batches_tracked) == 2 * 4
    module.eval()
    assert torch.equal(module(x)[0], module(x)[0])


def test_a_bypassed_delay_holds_nothing_back(analyser: Analyser) -> None:
    drawn = shifted()
    node = replace(drawn.nodes["delay1"], bypassed=True)
    x = torch.randn(2, 3, 4)
    assert torch.equal(network(analyser, replace(drawn, nodes=drawn.nodes.set("delay1", node)))(x), x)


def outer(inner: str, shape: str, before: str = "", **more: Any) -> Graph:
    nodes = {"a": ("Input", {"shape": shape}), "net1": ("Network", {"network": inner}), "b": "Output", **more}
    return graph(nodes, ["a.x > net1.x", "net1.y > b.x"])


def test_a_recurrent_network_inside_an_ordinary_one_takes_whole_sequences(analyser: Analyser) -> None:
    inner = looped().graphs[NAME]
    found = report(analyser, outer("cell", "N T 6"), cell=inner)
    assert not found.problems
    assert str(found.nodes["net1"].outputs["y"]) == "N x T x 8"
    module = network(analyser, outer("cell", "N T 6"), cell=inner)
    assert module(torch.randn(2, 5, 6)).shape == (2, 5, 8)


def test_an_ordinary_network_inside_a_recurrent_one_sees_one_step(analyser: Analyser) -> None:
    inner = graph(
        {"x": ("Input", {"shape": "N 6"}), "linear1": ("Linear", {"out_features": 6}), "y": "Output"},
        ["x.x > linear1.x", "linear1.y > y.x"],
    )
    drawn = graph(
        {
            "x": ("Input", {"shape": "N T 6"}),
            "h": ("Delay", {"size": (6,)}),
            "sum1": "Add",
            "net1": ("Network", {"network": "step1"}),
            "y": "Output",
        },
        ["x.x > sum1.x.0", "h.y > sum1.x.1", "sum1.y > net1.x", "net1.y > h.x", "net1.y > y.x"],
    )
    found = report(analyser, drawn, step1=inner)
    assert not found.problems
    module, x = network(analyser, drawn, step1=inner), torch.randn(2, 4, 6)
    state, said = torch.zeros(2, 6), []
    for x_t in x.unbind(1):
        state = module.net1(x_t + state)
        said.append(state)
    assert torch.allclose(module(x), torch.stack(said, 1), atol=1e-6)


def test_a_recurrent_network_inside_a_recurrent_one(analyser: Analyser) -> None:
    """The outer one's step is a whole sequence for the inner one: sentences of words."""
    inner = with_params(looped().graphs[NAME], "y", steps="last")
    drawn = graph(
        {
            "x": ("Input", {"shape": "N T W 6"}),
            "total": ("Delay", {"size": (8,)}),
            "net1": ("Network", {"network": "words"}),
            "sum1": "Add",
            "y": "Output",
        },
        ["x.x > net1.x", "net1.y > sum1.x.0", "total.y > sum1.x.1", "sum1.y > total.x", "sum1.y > y.x"],
    )
    found = report(analyser, drawn, words=inner)
    assert not found.problems
    assert str(found.nodes["y"].whole) == "N x T x 8"
    module, x = network(analyser, drawn, words=inner), torch.randn(2, 3, 4, 6)
    each = torch.stack([module.net1(x[:, at]) for at in range(3)], 1)
    assert torch.allclose(module(x), each.cumsum(1), atol=1e-6)


def test_a_learned_start_of_one_number(analyser: Analyser) -> None:
    drawn = graph(
        {
            "x": ("Input", {"shape": "N T"}),
            "delay1": ("Delay", {"size": (), "start": "learned"}),
            "y": "Output",
        },
        ["x.x > delay1.x", "delay1.y > y.x"],
    )
    assert report(analyser, drawn).parameters == 1
    x = torch.randn(3, 4)
    assert torch.equal(network(analyser, drawn)(x)[:, 1:], x[:, :-1])


def test_a_cell_with_arguments_is_placed_with_several_sizes(analyser: Analyser) -> None:
    """One class; the size of its state and its in-sizes are given by each placement."""
    cell = looped(
        ("Input", {"shape": ""}),
        {"size": ("=width",), "start": "learned"},
        linear1=("Linear", {"out_features": "=width"}),
    ).graphs[NAME]
    cell = replace(cell, arguments=cell.arguments.set("width", 8))
    drawn = graph(
        {
            "a": ("Input", {"shape": "N T 6"}),
            "one": ("Network", {"network": "cell"}),
            "two": ("Network", {"network": "cell", "arguments": Map(width=5)}),
            "rest": ("Network", {"network": "cell", "arguments": Map(width=5), "repeat": 3}),
            "y": "Output",
        },
        ["a.x > one.x", "one.y > two.x", "two.y > rest.x", "rest.y > y.x"],
    )
    found = report(analyser, drawn, cell=cell)
    assert not [problem.message for problem in found.errors]
    assert [str(found.nodes[id].outputs["y"]) for id in ("one", "two", "rest")] == [
        "N x T x 8",
        "N x T x 5",
        "N x T x 5",
    ]
    program = built(analyser, drawn, cell=cell)
    assert program.source.count("class ") == 2
    module = program.networks[NAME]()
    assert sum(weight.numel() for weight in module.parameters()) == found.parameters
    assert module(torch.randn(2, 7, 6)).shape == (2, 7, 5)


def test_costs_and_types_do_not_depend_on_what_was_analysed_before(analyser: Analyser) -> None:
    """A Delay that becomes active or passive in a graph whose links stay is seen at once."""
    held = looped().graphs[NAME]
    again = Analyser(CATALOGUE)
    off = replace(held, nodes=held.nodes.set("delay1", replace(held.nodes["delay1"], bypassed=True)))
    other = replace(held, nodes=held.nodes.set("delay1", replace(held.nodes["delay1"], block="Identity", params=Map())))
    for drawn in (held, off, other, held, other, off, held):
        fresh = report(Analyser(CATALOGUE, analyser.runner), drawn)
        assert report(again, drawn) == fresh
        assert any(problem.rule == "cycle" for problem in fresh.problems) == (drawn is not held)


def interpreted(drawn: Graph, module: nn.Module, inputs: dict[str, torch.Tensor]) -> list[torch.Tensor]:
    """The oracle: each step, each node by itself, in a plain table of values."""
    fed = {(end.node, end.port, end.index): link.source.node for end, link in drawn.links.items()}
    steps = inputs["in0"].shape[1]
    kept = {id: torch.zeros(2, 4) for id, node in drawn.nodes.items() if node.block == "Delay"}
    said: dict[str, list[torch.Tensor]] = {id: [] for id, node in drawn.nodes.items() if node.block == "Output"}
    for at in range(steps):
        values = dict(kept)
        for id, node in drawn.nodes.items():
            if node.block == "Input":
                values[id] = inputs[id] if node.params.get("steps") == "constant" else inputs[id][:, at]
        for id in sorted((id for id in drawn.nodes if id.startswith("n")), key=natural_key):
            first = values[fed[id, "x", 0]]
            match drawn.nodes[id].block:
                case "Add":
                    values[id] = first + values[fed[id, "x", 1]]
                case "Tanh":
                    values[id] = torch.tanh(first)
                case _:  # one that nobody needs is not made
                    values[id] = getattr(module, id, nn.Identity())(first)
        for id, heard in said.items():
            heard.append(values[fed[id, "x", 0]])
        kept = {id: values[fed[id, "x", 0]] for id in kept}
    every = {id: drawn.nodes[id].params.get("steps") != "last" for id in said}
    return [torch.stack(said[id], 1) if every[id] else said[id][-1] for id in sorted(said, key=natural_key)]


@st.composite
def loops(draw: st.DrawFn) -> Graph:
    """Random networks over tensors of N x 4: any node may read any before it, or a Delay, which reads any."""
    nodes: dict[str, Any] = {"in0": ("Input", {"shape": "N T 4"})}
    for at in range(draw(st.integers(0, 2))):
        kind = draw(st.sampled_from(["sequence", "constant"]))
        shape = "N T 4" if kind == "sequence" else "N 4"
        nodes[f"in{at + 1}"] = ("Input", {"shape": shape, "steps": kind})
    for at in range(draw(st.integers(1, 3))):
        nodes[f"delay{at}"] = ("Delay", {"size": (4,)})
    links, known = [], list(nodes)
    for at in range(draw(st.integers(1, 6))):
        block = draw(st.sampled_from(["Add", "Tanh", "Linear"]))
        nodes[f"n{at}"] = (block, {"out_features": 4} if block == "Linear" else {})
        count = 2 if block == "Add" else 1
        links += [f"{draw(st.sampled_from(known))}.{{}} > n{at}.x.{index}" for index in range(count)]
        known.append(f"n{at}")
    for id in [id for id in nodes if id.startswith("delay")]:
        links.append(f"{draw(st.sampled_from([one for one in known if one != id]))}.{{}} > {id}.x")
    for at in range(draw(st.integers(1, 3))):
        nodes[f"out{at}"] = ("Output", {"steps": draw(st.sampled_from(["all", "last"]))})
        links.append(f"{draw(st.sampled_from(known))}.{{}} > out{at}.x")
    return graph(nodes, [link.format("x" if link.startswith("in") else "y") for link in links])


@settings(max_examples=60, deadline=None)
@given(loops())
def test_any_loop_does_what_its_nodes_do_step_by_step(drawn: Graph) -> None:
    """Whatever is hoisted out of the loop or left until its end, and in whatever order states feed one another."""
    found = report(RANDOM, drawn)
    assert not [problem.message for problem in found.errors]
    program = built(RANDOM, drawn)
    module = program.networks[NAME]()
    inputs = {
        id: torch.randn((2, 4) if node.params.get("steps") == "constant" else (2, 3, 4))
        for id, node in drawn.nodes.items()
        if node.block == "Input"
    }
    given_in_order = [inputs[id] for id in sorted(inputs, key=natural_key)]
    with torch.no_grad():
        ours, theirs = module(*given_in_order), interpreted(drawn, module, inputs)
    for mine, other in zip(ours if isinstance(ours, tuple) else (ours,), theirs, strict=True):
        assert torch.allclose(mine, other, atol=1e-6)


def test_written_loops_are_formatted_source(analyser: Analyser) -> None:
    wide = {f"a_state_with_a_rather_long_name_{at}": ("Delay", {"size": (4,)}) for at in range(6)}
    links = [f"x.x > {id}.x" for id in wide] + [f"{id}.y > out{at}.x" for at, id in enumerate(wide)]
    many = graph({"x": ("Input", {"shape": "N T 4"}), **wide, **{f"out{at}": "Output" for at in range(6)}}, links)
    drawn = {"one": CELLS["lstm"].drawn, "two": _with_a_head_and_a_constant(), "three": shifted(steps="last")}
    ruff = Path(sys.executable).with_name("ruff")
    for scanned in (False, True):
        held = project(**drawn) if scanned else project(**drawn, many=many)  # nobody reads a scan
        source = build(held, None, CATALOGUE, analyser, scanned=scanned).source
        done = subprocess.run(
            [str(ruff), "format", "--diff", "--isolated", "--line-length", "120", "--stdin-filename", "model.py", "-"],
            input=source,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
