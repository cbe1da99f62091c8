"""Training graphs for tests of the training step: small networks over rows, blocks that only tests need, and a way to
run a written step beside one that is written by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import msgspec
import torch
from immutables import Map

from netbuilder.blocks.catalogue import Catalogue, builtin_blocks
from netbuilder.blocks.params import Int
from netbuilder.blocks.spec import IN_STEPS, Block, Port
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.program import Program, build
from netbuilder.graph.model import Column, Dataset, Graph, Project
from tests.compiler.projects import chain, graph, link
from tests.compiler.test_source import formatted

_SCORE = Port("score", "N *", dtype="float32")
NOISE = Block(
    name="TestNoise",
    category="Data",
    summary="Normal noise, as many rows as x has.",
    inputs=(Port("x", "N *"),),
    outputs=(Port("y", "N F"),),
    call="{y} = torch.randn({x}.shape[0], {features}, device={x}.device)",
    params=(Int(name="features", default=4, low=1, high=1000),),
    graphs=IN_STEPS,
)
REAL_OR_FAKE = Block(
    name="TestRealOrFake",
    category="Loss",
    part="loss",
    summary="How badly real and made rows are told apart.",
    inputs=(Port("real", "N *", dtype="float32"), Port("fake", "N *", dtype="float32")),
    outputs=(Port("loss", role="loss", dtype="float32"),),
    call="{loss} = F.binary_cross_entropy_with_logits({real}, torch.ones_like({real})) + "
    "F.binary_cross_entropy_with_logits({fake}, torch.zeros_like({fake}))",
    graphs=("training",),
)
TAKEN_FOR_REAL = Block(
    name="TestTakenForReal",
    category="Loss",
    part="loss",
    summary="How badly made rows pass for real ones.",
    inputs=(_SCORE,),
    outputs=(Port("loss", role="loss", dtype="float32"),),
    call="{loss} = F.binary_cross_entropy_with_logits({score}, torch.ones_like({score}))",
    graphs=("training",),
)
MEAN = Block(
    name="TestMean",
    category="Loss",
    part="loss",
    summary="The mean of x squared.",
    inputs=(Port("x", "N *", dtype="float32"),),
    outputs=(Port("loss", role="loss", dtype="float32"),),
    call="{loss} = {x}.square().mean()",
    graphs=("training",),
)
LATENT = Block(
    name="TestSample",
    category="Data",
    summary="A sample of a normal distribution.",
    inputs=(Port("mean", "N F", dtype="float32"), Port("logvar", "N F", dtype="float32")),
    outputs=(Port("y", "N F", dtype="float32"),),
    call="{y} = {mean} + torch.randn_like({mean}) * ({logvar} / 2).exp()",
    graphs=IN_STEPS,
)
KL = Block(
    name="TestKL",
    category="Loss",
    part="loss",
    summary="How far a normal distribution is from the standard one.",
    inputs=(Port("mean", "N F", dtype="float32"), Port("logvar", "N F", dtype="float32")),
    outputs=(Port("loss", role="loss", dtype="float32"),),
    call="{loss} = -0.5 * (1 + {logvar} - {mean}.square() - {logvar}.exp()).mean()",
    graphs=("training",),
)
TIME = Block(
    name="TestTime",
    category="Data",
    summary="A moment between 0 and 1 for each row of x.",
    inputs=(Port("x", "N *"),),
    outputs=(Port("t", "N 1"),),
    call="{t} = torch.rand({x}.shape[0], 1, device={x}.device)",
    graphs=IN_STEPS,
)
MIX = Block(
    name="TestMix",
    category="Data",
    summary="Noise mixed in, the more the later.",
    inputs=(Port("x", "N F"), Port("noise", "N F"), Port("t", "N 1")),
    outputs=(Port("y", "N F"),),
    call="{y} = (1 - {t}) * {x} + {t} * {noise}",
    graphs=IN_STEPS,
)
CATALOGUE = Catalogue([*builtin_blocks(), NOISE, REAL_OR_FAKE, TAKEN_FOR_REAL, MEAN, LATENT, KL, TIME, MIX])

ROWS = Dataset(
    "digits",
    columns=(Column("x", shape=(6,), axes="F", role="vector"), Column("y", shape=(6,), axes="F", role="vector")),
    samples=100,
)


def body(features: int = 6, width: int = 6, *layers: str) -> Graph:
    """A small network: linear, what is named, linear."""
    nodes: dict[str, Any] = {"start": ("Input", {"shape": f"N {features}"}), "linear1": ("Linear", {"out_features": 8})}
    nodes |= {f"{layer.lower()}1": layer for layer in layers or ("Tanh",)}
    return chain({**nodes, "linear2": ("Linear", {"out_features": width}), "end": "Output"})


def two_ends(features: int = 6, width: int = 4) -> Graph:
    """A network with a common trunk and two outputs."""
    return graph(
        {
            "start": ("Input", {"shape": f"N {features}"}),
            "linear1": ("Linear", {"out_features": 8}),
            "tanh1": "Tanh",
            "linear2": ("Linear", {"out_features": width}),
            "linear3": ("Linear", {"out_features": width}),
            "one": "Output",
            "two": "Output",
        },
        [
            "start.x > linear1.x",
            "linear1.y > tanh1.x",
            "tanh1.y > linear2.x",
            "tanh1.y > linear3.x",
            "linear2.y > one.x",
            "linear3.y > two.x",
        ],
    )


def place(network: str) -> tuple[str, dict[str, Any]]:
    return "Network", {"network": network}


def optimizer(*names: str, **params: Any) -> tuple[str, dict[str, Any]]:
    """An SGD that changes these networks."""
    return "Optimizer", {
        "algorithm": "SGD",
        "lr": 0.1,
        "networks": Map({name: Map() for name in names}),
        **params,
    }


def world(nodes: Mapping[str, Any], links: Sequence[str], networks: Mapping[str, Graph], **more: Any) -> Project:
    """A project with one training graph over rows; `more` are further data sets."""
    held = {"rows": ("Data", {"dataset": "rows"}), **nodes}
    graphs = Map({"training": graph(held, links, "training"), **networks})
    return Project("test", graphs, Map(rows=ROWS, **more))


def insert(held: Project, nodes: Mapping[str, Any], links: Sequence[str], without: Sequence[str] = ()) -> Project:
    """The project with more nodes and links in its training graph, or others in their place."""
    before = held.graphs["training"]
    more = graph(nodes, links, "training")
    gone = {one.target for one in map(link, without)}
    kept = {end: one for end, one in before.links.items() if end not in gone}
    after = msgspec.structs.replace(
        before, nodes=before.nodes.update(more.nodes), links=Map({**kept, **dict(more.links.items())})
    )
    return msgspec.structs.replace(held, graphs=held.graphs.set("training", after))


def problems(held: Project, graph: str = "training") -> list[tuple[str, str, str]]:
    report = Analyser(CATALOGUE).analyse(held)[graph]
    return [(problem.severity, problem.rule, problem.node) for problem in report.problems]


def built(held: Project) -> Program:
    program = build(held, "training", CATALOGUE)
    formatted(program.source)
    return program


def function(program: Program, name: str = "train_step") -> str:
    """The text of one function, without its docstring."""
    text = program.source.partition(f"def {name}(")[2].partition('"""\n')[2]
    return text.partition("\n\n\n")[0].rstrip("\n") + "\n"


class Made(SimpleNamespace):
    """Networks and optimizers of a program with first weights that depend on nothing but their names."""


class Average:
    """What a run makes for a moving average, as far as a step knows it."""

    def __init__(self, parameters: Sequence[torch.Tensor], decay: float) -> None:
        self.parameters, self.decay = parameters, decay
        self.held = [p.detach().clone() for p in parameters]

    def update(self) -> None:
        for held, parameter in zip(self.held, self.parameters, strict=True):
            held.lerp_(parameter.detach(), 1 - self.decay)


def made(program: Program) -> tuple[Made, Made]:
    net = Made()
    for name, make in program.networks.items():
        torch.manual_seed(sum(map(ord, name)))
        setattr(net, name, make())
    for name in program.frozen:
        for parameter in getattr(net, name).parameters():
            parameter.requires_grad_(False)
    opt = Made(scaler=torch.amp.GradScaler("cpu"))
    for plan in program.optimizers:
        groups = [
            {"params": [p for p in getattr(net, name).parameters() if p.requires_grad], **plan.groups.get(name, {})}
            for name in plan.networks
        ]
        if not plan.groups:
            groups = [{"params": [p for group in groups for p in group["params"]]}]
        held = getattr(torch.optim, plan.algorithm)(groups, **plan.arguments)
        held.parameters = [p for group in groups for p in group["params"]]
        held.average = Average(held.parameters, plan.average)
        held.schedule = torch.optim.lr_scheduler.StepLR(held, 2)
        setattr(opt, plan.node, held)
    return net, opt


def batch(step: int, rows: int = 5) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(1000 + step)
    return {"x": torch.randn(rows, 6, generator=generator), "y": torch.randn(rows, 6, generator=generator)}


Step = Callable[[dict[str, torch.Tensor], Any, Any, int], dict[str, torch.Tensor]]


def weights(net: Made) -> dict[str, torch.Tensor]:
    return {f"{name}.{key}": v for name, one in vars(net).items() for key, v in one.state_dict().items()}


def same_after(program: Program, by_hand: Step, steps: int = 20) -> None:
    """The written step and the one by hand leave the same bits in all weights and tell the same, step for step."""
    ours, our_opt = made(program)
    theirs, their_opt = made(program)
    for step in range(steps):
        torch.manual_seed(step)
        told = program.train_step(batch(step), ours, our_opt, step)
        torch.manual_seed(step)
        expected = by_hand(batch(step), theirs, their_opt, step)
        assert set(told) == set(expected), step
        for name, value in expected.items():
            assert torch.equal(told[name], value.detach()), (step, name)
            assert not told[name].requires_grad
        held = weights(theirs)
        for name, value in weights(ours).items():
            assert torch.equal(value, held[name]), (step, name)
    for plan in program.optimizers:
        one, other = (getattr(opt, plan.node) for opt in (our_opt, their_opt))
        assert one.param_groups[0]["lr"] == other.param_groups[0]["lr"]
        assert all(map(torch.equal, one.average.held, other.average.held))
    started, _ = made(program)
    changed = {name for name, value in weights(started).items() if not torch.equal(value, weights(ours)[name])}
    names = {name for plan in program.optimizers for name in plan.networks}
    assert {name.partition(".")[0] for name in changed} == names


def with_settings(held: Project, **settings: Any) -> Project:
    return msgspec.structs.replace(held, settings=held.settings.set("training", Map(settings)))
