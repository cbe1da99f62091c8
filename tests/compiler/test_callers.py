"""Blocks that take a network and call it, as samplers do: analysed, taught, shown and renamed like placements."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
import torch
from immutables import Map

from netbuilder.blocks.catalogue import Catalogue, builtin_blocks
from netbuilder.blocks.params import Int, NetworkRef
from netbuilder.blocks.spec import IN_STEPS, Block, Port
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.program import NotReady, build, project_source
from netbuilder.graph import edits
from netbuilder.graph.change import apply
from netbuilder.graph.model import Column, Graph, Project
from tests.compiler.projects import DIGITS, chain, graph
from tests.compiler.test_source import formatted

ROLL_OUT = Block(
    name="CallAgain",
    category="Structure",
    summary="Sends x through a network again and again.",
    inputs=(Port("x", "N *", help="Where it begins."),),
    outputs=(Port("y", "N *", help="Where it ends."),),
    call="{y} = {x}\nfor _ in range({steps}):\n    {y} = {network}({y})",
    params=(NetworkRef(name="network", default=""), Int(name="steps", default=2, low=1, high=1000)),
    graphs=IN_STEPS,
)
MIX = Block(
    name="Mix",
    category="Structure",
    summary="The mean of what two networks make of x.",
    inputs=(Port("x", "N *"),),
    outputs=(Port("y", "N *"),),
    call="{y} = ({first}({x}) + {second}({x})) / 2",
    params=(NetworkRef(name="first", default=""), NetworkRef(name="second", default="")),
    graphs=IN_STEPS,
)
CATALOGUE = Catalogue([*builtin_blocks(), ROLL_OUT, MIX])
REFS = ("network", "first", "second")
ROWS = msgspec.structs.replace(
    DIGITS, columns=(Column("x", shape=(6,), axes="F", role="vector"), Column("y", shape=(6,), axes="F"))
)


def body(shape: str = "N 6", width: int = 6) -> Graph:
    nodes = {"start": ("Input", {"shape": shape}), "linear1": ("Linear", {"out_features": width})}
    return chain({**nodes, "tanh1": "Tanh", "end": "Output"})


def steps(caller: Any, kind: str = "training", more: tuple[str, ...] = ()) -> Graph:
    nodes: dict[str, Any] = {"rows": ("Data", {"dataset": "rows"}), "roll": caller}
    links = ["rows.x > roll.x"]
    if kind == "training":
        nodes |= {"loss": "MSELoss", "optimizer": ("Optimizer", {"algorithm": "SGD", "lr": 0.1})}
        links += ["roll.y > loss.prediction", "rows.y > loss.target", "loss.loss > optimizer.loss"]
    else:
        nodes |= {"curve": "ViewCurve"}
        links += ["roll.y > curve.values"]
    return graph(nodes, [*links, *more], kind)  # type: ignore[arg-type]


def world(caller: Any = ("CallAgain", {"network": "model"}), **networks: Graph) -> Project:
    graphs = {"training": steps(caller), "shown": steps(caller, "preview"), **(networks or {"model": body()})}
    return Project("test", Map(graphs), Map(rows=ROWS))


def messages(held: Project) -> list[str]:
    return [problem.message for report in Analyser(CATALOGUE).analyse(held).values() for problem in report.problems]


def test_it_is_analysed_by_calling_the_network() -> None:
    reports = Analyser(CATALOGUE).analyse(world())
    assert messages(world()) == []
    roll = reports["training"].nodes["roll"]
    assert str(roll.outputs["y"]) == "N x 6"
    assert roll.parameters == 6 * 6 + 6
    assert roll.multiply_adds == 2 * 6 * 6
    assert reports["training"].parameters == reports["shown"].parameters == 42


def test_it_learns_what_a_hand_written_step_learns() -> None:
    program = build(world(), "training", CATALOGUE)
    formatted(program.source)
    loop = "    roll = rows_x\n    for _ in range(2):\n        roll = net.model(roll)\n"
    assert f"{loop}    loss = F.mse_loss(roll, rows_y)\n" in program.source
    (plan,) = program.optimizers
    assert plan.networks == ("model",)
    assert set(program.networks) == {"model"}
    net = SimpleNamespace(model=program.networks["model"]())
    hand = program.networks["model"]()
    hand.load_state_dict(net.model.state_dict())
    ours = getattr(torch.optim, plan.algorithm)(net.model.parameters(), **plan.arguments)
    theirs = torch.optim.SGD(hand.parameters(), lr=0.1)
    batch = {"x": torch.randn(5, 6), "y": torch.randn(5, 6)}
    for step in range(3):
        told = program.train_step(batch, net, SimpleNamespace(optimizer=ours), step)
        loss = torch.nn.functional.mse_loss(hand(hand(batch["x"])), batch["y"])
        theirs.zero_grad()
        loss.backward()
        theirs.step()
        assert torch.equal(told["loss"], loss.detach())
    for one, other in zip(net.model.parameters(), hand.parameters(), strict=True):
        assert torch.equal(one, other)
    assert torch.equal(program.previews["shown"](batch, net)["curve"]["values"], hand(hand(batch["x"])))
    first, last = program.spans["training", "roll"]
    assert program.source.splitlines()[first - 1 : last] == loop.splitlines()


def test_a_network_used_twice_is_counted_once() -> None:
    held = world()
    placed = steps(("Network", {"network": "model"}))
    nodes = held.graphs["training"].nodes.set("net1", placed.nodes["roll"])
    link = next(iter(graph({}, ["rows.x > net1.start"]).links.values()))
    train = msgspec.structs.replace(
        held.graphs["training"], nodes=nodes, links=held.graphs["training"].links.set(link.target, link)
    )
    train = msgspec.structs.replace(train, links=train.links.set(*_item("net1.end > loss.prediction")))
    train = msgspec.structs.replace(train, links=train.links.set(*_item("roll.y > loss.target")))
    report = Analyser(CATALOGUE).analyse(msgspec.structs.replace(held, graphs=held.graphs.set("training", train)))
    assert report["training"].errors == ()
    assert report["training"].parameters == 42


def _item(text: str) -> Any:
    return next(iter(graph({}, [text]).links.items()))


def test_two_networks_in_one_block() -> None:
    held = world(("Mix", {"first": "one", "second": "two"}), one=body(), two=body())
    assert messages(held) == []
    program = build(held, "training", CATALOGUE)
    assert "roll = (net.one(rows_x) + net.two(rows_x)) / 2" in program.source
    assert program.optimizers[0].networks == ("one", "two")
    assert Analyser(CATALOGUE).analyse(held)["training"].parameters == 84


def test_nested_networks_are_needed_too() -> None:
    outer = graph(
        {"start": ("Input", {"shape": "N 6"}), "inner1": ("Network", {"network": "inner"}), "end": "Output"},
        ["start.x > inner1.start", "inner1.end > end.x"],
    )
    held = world(model=outer, inner=body())
    assert messages(held) == []
    program = build(held, "training", CATALOGUE)
    assert "class Inner(nn.Module):" in program.source
    assert list(program.networks) == ["model"]  # the other one is part of it


def test_what_is_wrong_with_the_network_is_said_at_the_block() -> None:
    for network, words in (
        (body("N 5"), "does not work with N x 6"),
        (body(width=7), "does not work with N x 6"),
        (
            chain({"start": ("Input", {"shape": "N 6"}), "conv1": "Conv2d", "end": "Output"}),
            "has an error of its own: see conv1 there",
        ),
        (chain({"start": "Input", "tanh1": "Tanh", "end": "Output"}), "see start there"),
    ):
        held = world(model=network)
        told = Analyser(CATALOGUE).analyse(held)["training"].errors
        assert [problem.node for problem in told] == ["roll"]
        assert words in told[0].message
        with pytest.raises(NotReady):
            build(held, "training", CATALOGUE)
    inside = graph(
        {"start": ("Input", {"shape": "N 6"}), "again": ("Network", {"network": "model"}), "end": "Output"},
        ["start.x > again.start", "again.end > end.x"],
    )
    told = Analyser(CATALOGUE).analyse(world(model=inside))["training"].errors
    assert "has an error of its own: see again there" in told[0].message


def test_a_network_that_is_missing_is_said_and_can_be_chosen() -> None:
    held = world(("CallAgain", {"network": "modle"}))
    (problem,) = Analyser(CATALOGUE).analyse(held)["training"].errors
    assert problem.message == "roll uses the network 'modle', which this project does not have."
    assert [repair.label for repair in problem.repairs] == ["Set roll's network to model"]
    mended = apply(held, problem.repairs[0].change)
    assert not Analyser(CATALOGUE).analyse(mended)["training"].errors


def test_a_blank_input_is_filled_by_a_placement_although_a_block_calls_the_network_too() -> None:
    """The shape is looked for in the very graph in which the block waits for it."""
    held = world(model=body(""))
    assert "start has no shape yet" in messages(held)[0]
    nodes = {"net1": ("Network", {"network": "model"}), "shown1": "MSELoss"}
    placed = steps(("CallAgain", {"network": "model"}))
    links = ["rows.x > net1.start", "net1.end > shown1.prediction", "rows.y > shown1.target"]
    more = graph(nodes, links)
    both = msgspec.structs.replace(placed, nodes=placed.nodes.update(more.nodes), links=placed.links.update(more.links))
    held = msgspec.structs.replace(held, graphs=held.graphs.set("training", both))
    assert messages(held) == []
    assert build(held, "training", CATALOGUE).optimizers[0].networks == ("model",)
    assert "left out" not in project_source(held, CATALOGUE).text


def test_it_follows_the_networks_name() -> None:
    held = world()
    renamed = apply(held, edits.rename_graph(held, "model", "generator", REFS))
    assert messages(renamed) == []
    assert "roll = net.generator(roll)" in build(renamed, "training", CATALOGUE).source


def test_an_edit_of_the_network_reaches_the_block() -> None:
    analyser = Analyser(CATALOGUE)
    held = world()
    assert analyser.analyse(held)["training"].parameters == 42
    wider = body()
    linear = wider.nodes["linear1"]
    nodes = wider.nodes.set("linear1", msgspec.structs.replace(linear, params=linear.params.set("bias", False)))
    changed = msgspec.structs.replace(
        held, graphs=held.graphs.set("model", msgspec.structs.replace(wider, nodes=nodes))
    )
    assert analyser.analyse(changed)["training"].parameters == 36


def test_inside_a_network_it_has_a_network_of_its_own() -> None:
    """With the sizes that the network has by itself; other places have other weights."""
    calls = graph(
        {
            "start": ("Input", {"shape": "N 6"}),
            "roll": ("CallAgain", {"network": "body", "steps": 3}),
            "mix": ("Mix", {"first": "body", "second": "other"}),
            "end": "Output",
        },
        ["start.x > roll.x", "roll.y > mix.x", "mix.y > end.x"],
    )
    inside = [msgspec.structs.replace(block, graphs=("network",)) for block in (ROLL_OUT, MIX)]
    catalogue = Catalogue([*builtin_blocks(), *inside])
    held = Project("test", Map(model=calls, body=body(), other=body()))
    report = Analyser(catalogue).analyse(held)["model"]
    assert report.errors == ()
    assert report.parameters == 3 * 42
    program = build(held, None, catalogue, networks=["model"])
    formatted(program.source)
    for line in (
        "        self.roll = Body()",
        "        self.mix_body = Body()",
        "        self.mix_other = Other()",
        "            roll = self.roll(roll)",
        "        mix = (self.mix_body(roll) + self.mix_other(roll)) / 2",
    ):
        assert f"{line}\n" in program.source
    module, x = program.networks["model"](), torch.randn(2, 6)
    assert sum(tensor.numel() for tensor in module.parameters()) == 3 * 42
    y = module.roll(module.roll(module.roll(x)))
    assert torch.equal(module(x), (module.mix_body(y) + module.mix_other(y)) / 2)
