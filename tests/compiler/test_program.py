"""The loaded program: does what a hand-written one does, says where an error came from, refuses what is not ready."""

from __future__ import annotations

import linecache
import traceback
import warnings
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
import torch
import torch.nn.functional as F
from immutables import Map
from torch import nn

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.plans import OptimizerPlan
from netbuilder.compiler.program import NotReady, build, node_of_traceback, project_source
from netbuilder.compiler.report import Flow
from netbuilder.graph.model import Project
from tests.blocks.cases import LAYERS as CASES
from tests.blocks.cases.case import as_given, turn
from tests.compiler.examples import EXAMPLES, mlp, skip, states
from tests.compiler.projects import chain, cnn_nodes, cnn_project, graph, preview, project, training

CATALOGUE = Catalogue.builtin()


def batch(count: int = 6) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(count)
    image = torch.rand(count, 1, 8, 8, generator=generator)
    return {"image": image, "label": torch.randint(0, 10, (count,), generator=generator)}


class Hand(nn.Module):
    """The CNN as a person would write it."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1)
        self.linear1 = nn.Linear(512, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.max_pool2d(F.relu(self.conv2(F.relu(self.conv1(x)))), 2)
        result: torch.Tensor = self.linear1(x.flatten(1))
        return result


def test_training_is_bit_for_bit_that_of_a_hand_written_loop() -> None:
    program = build(cnn_project(), "training", CATALOGUE)
    torch.manual_seed(0)
    net = SimpleNamespace(classifier=program.networks["classifier"]())
    torch.manual_seed(0)
    hand = Hand()
    assert list(net.classifier.state_dict()) == list(hand.state_dict())
    plan = program.optimizers[0]
    ours = getattr(torch.optim, plan.algorithm)(net.classifier.parameters(), **plan.arguments)
    theirs = torch.optim.Adam(hand.parameters())
    for step in range(3):
        data = batch(5 + step)
        told = program.train_step(data, net, SimpleNamespace(optimizer=ours), step)
        logits = hand(data["image"])
        loss = F.cross_entropy(logits, data["label"])
        theirs.zero_grad()
        loss.backward()
        theirs.step()
        assert torch.equal(told["loss"], loss.detach())
        assert told["accuracy"].item() == (logits.argmax(1) == data["label"]).float().mean().item()
        assert not any(value.requires_grad for value in told.values())
    for ours_, theirs_ in zip(net.classifier.parameters(), hand.parameters(), strict=True):
        assert torch.equal(ours_, theirs_)


def test_evaluation_prediction_and_previews() -> None:
    program = build(cnn_project(), "training", CATALOGUE)
    net, data = SimpleNamespace(classifier=program.networks["classifier"]()), batch()
    logits = net.classifier(data["image"])
    told = program.eval_step(data, net)
    assert torch.equal(told["loss"], F.cross_entropy(logits, data["label"]))
    assert not told["loss"].requires_grad
    predicted = program.predict(data, net)
    assert torch.equal(predicted["accuracy"]["logits"], logits)
    assert predicted["accuracy"]["target"] is data["label"]
    shown = program.previews["predictions"](data, net)["images"]
    assert set(shown) == {"images", "truth", "logits"}
    assert shown["images"] is data["image"]
    assert program.dataset == "digits"
    assert program.previews_data == {"predictions": "digits"}


def test_what_the_optimizer_is_to_be() -> None:
    params = {"algorithm": "SGD", "lr": 0.1, "momentum": 0.9}
    held = project(mlp(), training=training(nodes={"optimizer": ("Optimizer", params)}))
    (plan,) = build(held, "training", CATALOGUE).optimizers
    assert plan == OptimizerPlan("optimizer", "SGD", plan.arguments, ("classifier",), losses=("loss",))
    assert plan.arguments["lr"] == 0.1
    assert plan.arguments["momentum"] == 0.9
    torch.optim.SGD([nn.Parameter(torch.ones(1))], **plan.arguments)


def test_several_losses_are_summed_and_those_without_optimizer_only_measured() -> None:
    held = project(
        mlp(),
        training=training(
            nodes={"smooth": ("CrossEntropyLoss", {"label_smoothing": 0.2}), "watched": "CrossEntropyLoss"},
            links=[
                "net1.logits > smooth.logits",
                "digits1.label > smooth.target",
                "smooth.loss > optimizer.loss.1",
                "net1.logits > watched.logits",
                "digits1.label > watched.target",
            ],
        ),
    )
    program = build(held, "training", CATALOGUE)
    assert "    total_loss = loss + smooth\n" in program.source
    assert "        watched = F.cross_entropy" in program.source.partition("with torch.no_grad():")[2]
    net, data = SimpleNamespace(classifier=program.networks["classifier"]()), batch()
    logits = net.classifier(data["image"])
    both = F.cross_entropy(logits, data["label"]) + F.cross_entropy(logits, data["label"], label_smoothing=0.2)
    expected = torch.autograd.grad(both, list(net.classifier.parameters()))
    optimizer = torch.optim.SGD(net.classifier.parameters(), lr=0.0)
    told = program.train_step(data, net, SimpleNamespace(optimizer=optimizer), 0)
    assert set(told) == {"loss", "smooth", "watched", "accuracy"}
    for parameter, gradient in zip(net.classifier.parameters(), expected, strict=True):
        assert parameter.grad is not None
        assert torch.allclose(parameter.grad, gradient)


def test_an_error_names_its_node_and_its_traceback_shows_the_line() -> None:
    program = build(cnn_project(), "training", CATALOGUE)
    net = SimpleNamespace(classifier=program.networks["classifier"]())
    with pytest.raises(RuntimeError) as caught:
        program.eval_step({**batch(), "image": torch.rand(6, 1, 5, 5)}, net)
    assert node_of_traceback(program, caught.value) == ("classifier", "linear1")
    assert "linear1 = self.linear1(flatten1)" in "".join(traceback.format_exception(caught.value))
    with pytest.raises(KeyError) as lost:
        program.eval_step({}, net)
    assert node_of_traceback(program, lost.value) == ("training", "digits1")
    assert linecache.getline(program.filename, 1).startswith('"""Written by netbuilder')
    assert node_of_traceback(program, ValueError("elsewhere")) is None


def test_equal_projects_give_equal_programs_and_changes_show_in_the_hash() -> None:
    first, second = (build(cnn_project(), "training", CATALOGUE) for _ in range(2))
    assert first.hash == second.hash
    assert len(first.hash) == 64
    nodes = {**cnn_nodes(), "conv1": ("Conv2d", {"out_channels": 17, "padding": 1})}
    other = build(project(chain(nodes), training=training()), "training", CATALOGUE)
    assert other.hash != first.hash


@pytest.mark.parametrize(
    "example",
    [
        example
        for example in EXAMPLES
        if example.severity == "error"
        and "training" in example.project.graphs
        and example.project.graphs[example.graph].kind != "preview"  # that is only left out
    ],
    ids=lambda example: f"{example.rule}-{example.node[:8]}",
)
def test_what_has_errors_is_not_built(example: Any) -> None:
    with pytest.raises(NotReady) as refused:
        build(example.project, "training", CATALOGUE)
    assert all(problem.severity == "error" for problem in refused.value.problems)
    assert str(refused.value) == refused.value.problems[0].message


def test_a_spare_node_with_an_error_does_not_stop_the_rest() -> None:
    held = cnn_project()
    network = held.graphs["classifier"]
    add = {**cnn_nodes(), "add1": "Add", "spare1": "ReLU"}
    links = [
        f"{one.source.node}.{one.source.port} > {one.target.node}.{one.target.port}" for one in network.links.values()
    ]
    spare = graph(add, [*links, "conv1.y > add1.x.0", "conv2.y > add1.x.1"])
    changed = msgspec.structs.replace(held, graphs=held.graphs.set("classifier", spare))
    report = Analyser(CATALOGUE).analyse(changed)["classifier"]
    assert ("size-mismatch", "add1") in {(problem.rule, problem.node) for problem in report.problems}
    assert build(changed, "training", CATALOGUE).source == build(held, "training", CATALOGUE).source


def test_previews_with_errors_and_foreign_networks_are_left_out() -> None:
    other = chain(cnn_nodes())
    broken = graph(
        {"images": "ViewImages", "digits1": ("Data", {"dataset": "digits"})},
        ["digits1.label > images.images"],
        "preview",
    )
    held = project(mlp(), training=training(), other=other, shown=preview(), foreign=preview("other"), broken=broken)
    program = build(held, "training", CATALOGUE)
    assert set(program.previews) == {"shown"}
    assert set(program.networks) == {"classifier"}
    text = project_source(held, CATALOGUE).text
    assert "# The preview graph 'broken' is left out, it has errors:" in text


def test_networks_are_built_without_a_training_graph() -> None:
    held = project(mlp(), wrong=skip().graphs["classifier"])
    assert set(build(held, None, CATALOGUE).networks) == {"classifier"}
    with pytest.raises(NotReady, match="merge1 adds tensors"):
        build(held, None, CATALOGUE, networks=["wrong"])
    with pytest.raises(NotReady, match="no network 'gone'"):
        build(held, None, CATALOGUE, networks=["gone"])
    with pytest.raises(NotReady, match="no training graph 'gone'"):
        build(held, "gone", CATALOGUE)
    with pytest.raises(NotReady):
        build(Project(), None, CATALOGUE)


def test_a_network_is_made_without_a_warning() -> None:
    held = states("h0", "c0", dropout=0.1)
    assert "nn.LSTM(8, 8, dropout=0.1, batch_first=True)" in build(held, None, CATALOGUE).source
    assert "lstm1_y, _ = self.lstm1(gru1_y, (gru1_h, gru1_h))" in build(held, None, CATALOGUE).source
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        nn.LSTM(8, 8, dropout=0.1)  # torch itself does warn
        assert len(heard) == 1
        module = build(held, None, CATALOGUE).networks["classifier"]()
        module(torch.zeros(2, 3, 6))
    assert len(heard) == 1


def test_two_training_graphs_get_names_of_their_own() -> None:
    held = project(mlp(), first=training(), second=training())
    text = project_source(held, CATALOGUE).text
    assert "def first_train_step(batch, net, opt, step):" in text
    assert "def second_predict(batch, net):" in text
    assert "def train_step(" in build(held, "second", CATALOGUE).source


def around(name: str) -> Project:
    """A network around one block, as the first of its cases has it."""
    first = CASES[name][0]
    nodes: dict[str, Any] = {}
    links = []
    for port, index, axes, dtype in first.links():
        id = f"in_{port}{index}"
        nodes[id] = ("Input", {"shape": " ".join(as_given(axes)), "dtype": dtype})
        source = f"{id}.x"
        if node := turn(axes):
            nodes[f"turned_{id}"] = (node.block, dict(node.params))
            links.append(f"{source} > turned_{id}.x")
            source = f"turned_{id}.y"
        links.append(f"{source} > tried.{port}.{index}")
    nodes["tried"] = (name, first.params)
    for port in CATALOGUE[name].node_ports(Map(first.params), Project()).outputs:
        nodes[f"out_{port.name}"] = "Output"
        links.append(f"tried.{port.name} > out_{port.name}.x")
    return project(graph(nodes, links))


LAYERS = [name for name in CATALOGUE.names if CATALOGUE[name].part == "layer" and "network" in CATALOGUE[name].graphs]


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("sizes", [(2, 5), (3, 8)])
def test_analysis_and_real_execution_agree(name: str, sizes: tuple[int, int]) -> None:
    held = around(name)
    report = Analyser(CATALOGUE).analyse(held)["classifier"]
    assert [problem.message for problem in report.problems] == []
    module = build(held, None, CATALOGUE).networks["classifier"]()
    bound = {"N": sizes[0], **dict.fromkeys("TLDHW", sizes[1])}
    inputs = []
    for id in sorted(id for id in report.nodes if id.startswith("in_")):
        flow = report.nodes[id].outputs["x"]
        shape = [bound[size] if isinstance(size, str) else size for size in flow.shape]
        inputs.append(torch.ones(shape, dtype=getattr(torch, flow.dtype)))
    given = module(*inputs)
    tensors = given if isinstance(given, tuple) else (given,)
    expected = [report.nodes[id].inputs["x"][0] for id in sorted(id for id in report.nodes if id.startswith("out_"))]
    told = sum(tensor.numel() for tensor in module.parameters())
    assert told == report.nodes["tried"].parameters
    for tensor, flow in zip(tensors, expected, strict=True):
        assert isinstance(flow, Flow)
        assert str(tensor.dtype) == f"torch.{flow.dtype}"
        assert tuple(tensor.shape) == tuple(value(size, bound) for size in flow.shape)


def value(size: int | str, bound: dict[str, int]) -> int:
    return size if isinstance(size, int) else int(eval(size, {}, bound))
