"""The blocks that call a network many times: each analysed, taught or shown, and equal to its function by hand."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
import torch
from immutables import Map

from netbuilder.blocks.catalogue import Catalogue, builtin_blocks
from netbuilder.blocks.params import NetworkRef
from netbuilder.blocks.spec import IN_PREVIEWS, Block, Port
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.program import build
from netbuilder.compiler.report import GraphReport
from netbuilder.graph.model import Column, Dataset, Graph, Project
from netbuilder.nn import sampling
from tests.compiler.projects import chain, graph
from tests.compiler.test_source import formatted

LOOK = Block(
    name="Look",
    category="View",
    part="view",
    summary="Shows whatever it is.",
    inputs=(Port("values"),),
    graphs=IN_PREVIEWS,
)
CATALOGUE = Catalogue([*builtin_blocks(), LOOK])
ROWS = Dataset(
    "rows",
    columns=(
        Column("x", shape=(6,), axes="F", role="vector"),
        Column("z", shape=(6,), axes="F", role="vector"),
        Column("series", shape=(5, 6), axes="T F", role="sequence"),
        Column("tokens", shape=(4,), axes="T", dtype="int64"),
        Column("label", dtype="int64", role="class", classes=tuple("abc")),
    ),
    samples=20,
)


def denoiser(x: str = "x", t: str = "t", label: str = "") -> Graph:
    """noise = linear(x + embedding of t [+ embedding of the label])"""
    nodes: dict[str, Any] = {
        x: ("Input", {"shape": "N 6"}),
        t: ("Input", {"shape": "N", "dtype": "int64"}),
        "embedding1": ("Embedding", {"num_embeddings": 1000, "embedding_dim": 6}),
        "add1": "Add",
        "linear1": ("Linear", {"out_features": 6}),
        "found": "Output",
    }
    links = [f"{x}.x > add1.x", f"{t}.x > embedding1.x", "embedding1.y > add1.x.1"]
    links += ["add1.y > linear1.x", "linear1.y > found.x"]
    if label:
        nodes |= {label: ("Input", {"shape": "N", "dtype": "int64"})}
        nodes |= {"embedding2": ("Embedding", {"num_embeddings": 3, "embedding_dim": 6})}
        links += [f"{label}.x > embedding2.x", "embedding2.y > add1.x.2"]
    return graph(nodes, links)


def body(shape: str = "N 6", **params: Any) -> Graph:
    nodes = {"start": ("Input", {"shape": shape}), "linear1": ("Linear", {"out_features": 6, **params})}
    return chain({**nodes, "tanh1": "Tanh", "end": "Output"})


def language() -> Graph:
    start = ("Input", {"shape": "N T", "dtype": "int64"})
    embedding = ("Embedding", {"num_embeddings": 9, "embedding_dim": 6})
    return chain({"start": start, "embedding1": embedding, "linear1": ("Linear", {"out_features": 9}), "end": "Output"})


def shown(block: str, params: dict[str, Any], links: tuple[str, ...]) -> Graph:
    """A preview of what a block makes of the data."""
    nodes = {"rows": ("Data", {"dataset": "rows"}), "made": (block, {"network": "model", **params}), "view": "Look"}
    return graph(nodes, [*links, "made.y > view.values"], "preview")


CALLERS: dict[str, tuple[Any, ...]] = {
    "DDPMSample": (
        denoiser(),
        {"steps": 3, "schedule": "cosine", "predicts": "velocity", "clip": 2.0},
        ("rows.x > made.noise",),
        "N x 6",
    ),
    "DDIMSample": (
        denoiser(),
        {"steps": 3, "trained_steps": 30, "schedule": "cosine", "eta": 0.5, "predicts": "velocity", "clip": 2.0},
        ("rows.x > made.noise",),
        "N x 6",
    ),
    "DDPMChain": (
        denoiser(),
        {"frames": 4, "steps": 3, "schedule": "cosine", "predicts": "velocity", "clip": 2.0},
        ("rows.x > made.noise",),
        "N x 4 x 6",
    ),
    "DDIMChain": (
        denoiser(),
        {
            "frames": 3,
            "steps": 4,
            "trained_steps": 30,
            "schedule": "cosine",
            "eta": 0.5,
            "predicts": "velocity",
            "clip": 2.0,
        },
        ("rows.x > made.noise",),
        "N x 3 x 6",
    ),
    "Generate": (
        language(),
        {"length": 5, "temperature": 0.5, "top_k": 4, "context": 3, "dim": 2},
        ("rows.tokens > made.tokens",),
        "N x 9",
    ),
    "RollOut": (body("N T 6"), {"steps": 4}, ("rows.series > made.x",), "N x 4 x 6"),
    "LatentWalk": (
        body(),
        {"steps": 5, "spherical": True},
        ("rows.x > made.start", "rows.z > made.end"),
        "5*N x 6",
    ),
}
NAMES = {
    "DDPMSample": "ddpm_sample",
    "DDIMSample": "ddim_sample",
    "DDPMChain": "ddpm_chain",
    "DDIMChain": "ddim_chain",
    "LatentWalk": "latent_walk",
    "RollOut": "roll_out",
}


def project(model: Graph, **graphs: Graph) -> Project:
    return Project("test", Map({"model": model, **graphs}), Map(rows=ROWS))


def analysed(held: Project) -> dict[str, GraphReport]:
    reports = Analyser(CATALOGUE).analyse(held)
    assert [problem.message for report in reports.values() for problem in report.errors] == []
    return reports


def batch(count: int = 7) -> dict[str, torch.Tensor]:
    return {
        "x": torch.randn(count, 6),
        "z": torch.randn(count, 6),
        "series": torch.randn(count, 5, 6),
        "tokens": torch.randint(0, 9, (count, 4)),
        "label": torch.randint(0, 3, (count,)),
    }


def test_every_block_that_calls_a_network_is_tried() -> None:
    callers = {
        name for name in CATALOGUE.names if any(isinstance(p, NetworkRef) and p.gives for p in CATALOGUE[name].params)
    }
    assert callers == {*CALLERS, "GradientPenalty"}
    for name, (_, params, _, _) in CALLERS.items():
        assert set(params) == {param.name for param in CATALOGUE[name].typed()} - {"network"}


@pytest.mark.parametrize(("chain", "sample"), [("ddpm_chain", "ddpm_sample"), ("ddim_chain", "ddim_sample")])
@pytest.mark.parametrize(("frames", "steps"), [(2, 6), (4, 6), (7, 6), (9, 2)])
def test_a_chain_leads_from_the_noise_to_the_very_sample(chain: str, sample: str, frames: int, steps: int) -> None:
    def network(x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        return torch.tanh(x + t[:, None] / 10)

    noise = torch.randn(5, 3)
    torch.manual_seed(1)
    found = getattr(sampling, chain)(network, noise, frames=frames, steps=steps)
    torch.manual_seed(1)
    last = getattr(sampling, sample)(network, noise, steps=steps)
    assert found.shape == (5, frames, 3)
    assert torch.equal(found[:, 0], noise)
    assert torch.equal(found[:, -1], last)
    assert len({tuple(state.flatten().tolist()) for state in found.unbind(1)}) == min(frames, steps + 1)


@pytest.mark.parametrize("name", CALLERS)
@pytest.mark.parametrize("plain", [True, False])
def test_what_is_shown_is_what_analysis_says_and_what_the_function_gives(name: str, plain: bool) -> None:
    model, params, links, shape = CALLERS[name]
    params = {} if plain else params
    held = project(model, look=shown(name, params, links))
    made = analysed(held)["look"].nodes["made"]
    program = build(held, None, CATALOGUE)
    formatted(program.source)
    function = NAMES.get(name, name.lower())
    assert f"from netbuilder.nn.sampling import {function}\n" in program.source
    if not plain:
        assert " x ".join(map(str, made.outputs["y"].shape)) == shape
    net = SimpleNamespace(model=program.networks["model"]().eval())
    for count in (2, 3):
        given = batch(count)
        torch.manual_seed(0)
        found = program.previews["look"](given, net)["view"]["values"]
        torch.manual_seed(0)
        call = getattr(sampling, function)
        inputs = [given[link.split(".")[1].split(" ")[0]] for link in links]
        network = (lambda x, t: net.model(x=x, t=t)) if "t.x" in str(model.links) or "t" in model.nodes else net.model
        assert torch.equal(found, call(network, *inputs, **params))
        sizes = [eval(str(size), {"N": count}) for size in made.outputs["y"].shape]
        assert list(found.shape) == sizes


@pytest.mark.parametrize(
    ("x", "t", "label"),
    [("image", "t", ""), ("x", "t", ""), ("noisy", "step", ""), ("x", "t", "label"), ("a", "time", "b")],
)
def test_the_networks_inputs_are_matched_whatever_they_are_called(x: str, t: str, label: str) -> None:
    """A network's own inputs stand in the natural order of their names, which is not that of the call."""
    links = ("rows.x > made.noise", *([f"rows.label > made.{label}"] if label else []))
    held = project(denoiser(x, t, label), look=shown("DDPMSample", {"steps": 4}, links))
    analysed(held)
    program = build(held, None, CATALOGUE)
    formatted(program.source)
    own = sorted([x, t, *([label] if label else [])])
    given = [x, t, *([label] if label else [])]
    assert ("lambda" in program.source) == (own != given)
    model = program.networks["model"]().eval()
    rows = batch()
    torch.manual_seed(0)
    found = program.previews["look"](rows, SimpleNamespace(model=model))["view"]["values"]
    torch.manual_seed(0)
    more = [rows["label"]] if label else []

    def by_name(*inputs):  # type: ignore[no-untyped-def]
        named = dict(zip(given, inputs, strict=True))
        return model(*(named[name] for name in own))

    assert torch.equal(found, sampling.ddpm_sample(by_name, rows["x"], *more, steps=4))


@pytest.mark.parametrize("second", ["attention", "weights"])
def test_of_several_outputs_the_logits_count(second: str) -> None:
    """A decoder may show what it looks at beside what it says."""
    start = ("Input", {"shape": "N T", "dtype": "int64"})
    nodes = {
        "words": start,
        "memory": ("Input", {"shape": "N 5 6"}),
        "embedding1": ("Embedding", {"num_embeddings": 9, "embedding_dim": 6}),
        "attention1": ("MultiheadAttention", {"num_heads": 2}),
        "linear1": ("Linear", {"out_features": 9}),
        "logits": "Output",
        second: "Output",
    }
    links = ["words.x > embedding1.x", "embedding1.y > attention1.query", "memory.x > attention1.key"]
    links += ["attention1.y > linear1.x", "linear1.y > logits.x", f"attention1.weights > {second}.x"]
    look = shown(
        "Generate", {"length": 4, "temperature": 0.0}, ("rows.tokens > made.tokens", "rows.series > made.memory")
    )
    held = project(graph(nodes, links), look=look)
    analysed(held)
    program = build(held, None, CATALOGUE)
    place = sorted(["logits", second]).index("logits")
    assert f"lambda words, memory: net.model(memory, words)[{place}]" in program.source
    model = program.networks["model"]().eval()
    rows = batch()
    found = program.previews["look"](rows, SimpleNamespace(model=model))["view"]["values"]
    tokens = rows["tokens"] % 9
    for _ in range(4):
        tokens = torch.cat([tokens, model(rows["series"], tokens)[place][:, -1].argmax(-1, keepdim=True)], dim=1)
    assert torch.equal(found, tokens)


def test_a_condition_that_is_not_linked_is_missed() -> None:
    held = project(denoiser(label="label"), look=shown("DDPMSample", {}, ("rows.x > made.noise",)))
    (problem,) = Analyser(CATALOGUE).analyse(held)["look"].errors
    assert problem.node == "made"
    assert "label" in problem.message


def test_a_thousand_steps_are_analysed_like_one() -> None:
    def seconds(steps: int) -> tuple[float, int]:
        held = project(denoiser(), look=shown("DDPMSample", {"steps": steps}, ("rows.x > made.noise",)))
        analyser = Analyser(CATALOGUE)
        analyser.analyse(project(denoiser()))
        began = time.perf_counter()
        report = analyser.analyse(held)["look"]
        return time.perf_counter() - began, report.nodes["made"].multiply_adds

    seconds(1)
    one, once = min(seconds(1) for _ in range(3))
    many, often = min(seconds(1000) for _ in range(3))
    assert many < 3 * one + 0.05  # all of them would take more than 100 times as long
    assert often == 1000 * once


@pytest.mark.parametrize("name", ["Generate", "RollOut", "LatentWalk"])
def test_long_work_is_inferred_as_it_would_be_run(name: str) -> None:
    model, params, links, _ = CALLERS[name]
    (count,) = CATALOGUE[name].analysis
    held = project(model, look=shown(name, {**params, count: 20}, links))
    short = analysed(held)["look"].nodes["made"]
    block = msgspec.structs.replace(CATALOGUE[name], analysis=Map())
    others = [CATALOGUE[other] for other in CATALOGUE.names if other != name]
    full = Analyser(Catalogue([*others, block])).analyse(held)["look"].nodes["made"]
    assert short == full


def test_more_steps_than_were_trained_are_a_problem() -> None:
    held = project(denoiser(), look=shown("DDIMSample", {"steps": 2000}, ("rows.x > made.noise",)))
    (problem,) = Analyser(CATALOGUE).analyse(held)["look"].errors
    assert "2000 steps are more than the 1000" in problem.message


def critic_step(**params: Any) -> Graph:
    """A critic between rows and rows, with its penalty."""
    nodes: dict[str, Any] = {
        "rows": ("Data", {"dataset": "rows"}),
        "critic1": ("Network", {"network": "model"}),
        "loss": "MSELoss",
        "penalty": ("GradientPenalty", {"network": "model", **params}),
        "optimizer": ("Optimizer", {"algorithm": "SGD", "lr": 0.1}),
    }
    links = ["rows.x > critic1.start", "critic1.end > loss.prediction", "rows.z > loss.target"]
    links += ["rows.x > penalty.real", "rows.z > penalty.fake"]
    links += ["loss.loss > optimizer.loss", "penalty.loss > optimizer.loss.1"]
    return graph(nodes, links, "training")


@pytest.mark.parametrize("params", [{}, {"weight": 3.0, "center": 0.0}])
def test_a_gradient_penalty_teaches_as_by_hand(params: dict[str, Any]) -> None:
    held = project(body(), training=critic_step(**params))
    penalty = analysed(held)["training"].nodes["penalty"]
    assert penalty.outputs["loss"].shape == ()
    program = build(held, "training", CATALOGUE)
    formatted(program.source)
    net = SimpleNamespace(model=program.networks["model"]())
    hand = program.networks["model"]()
    hand.load_state_dict(net.model.state_dict())
    ours = torch.optim.SGD(net.model.parameters(), lr=0.1)
    ours.parameters = list(net.model.parameters())  # type: ignore[attr-defined]
    theirs = torch.optim.SGD(hand.parameters(), lr=0.1)
    rows = batch()
    for step in range(3):
        torch.manual_seed(step)
        program.train_step(rows, net, SimpleNamespace(optimizer=ours), step)
        torch.manual_seed(step)
        share = torch.rand(7, 1)
        between = (share * rows["x"] + (1 - share) * rows["z"]).requires_grad_()
        (slope,) = torch.autograd.grad(hand(between).sum(), between, create_graph=True)
        held_at = params.get("center", 1.0)
        extra = params.get("weight", 10.0) * ((slope.norm(dim=1) - held_at) ** 2).mean()
        loss = torch.nn.functional.mse_loss(hand(rows["x"]), rows["z"]) + extra
        theirs.zero_grad()
        loss.backward()
        theirs.step()
    for one, other in zip(net.model.parameters(), hand.parameters(), strict=True):
        torch.testing.assert_close(one, other)
    told = program.eval_step(rows, net)
    assert told["penalty"] > 0
    assert not told["penalty"].requires_grad


def test_a_drawn_diffusion_learns_and_samples() -> None:
    """Data, random steps, noise, a network of (x, t): what a DDPM trains, then what it samples."""
    nodes: dict[str, Any] = {
        "rows": ("Data", {"dataset": "rows"}),
        "t": ("RandomTimestep", {"steps": 50}),
        "noisy": ("AddNoise", {"steps": 50, "schedule": "cosine"}),
        "guess": ("Network", {"network": "model"}),
        "loss": "MSELoss",
        "optimizer": ("Optimizer", {"algorithm": "Adam", "lr": 0.01}),
    }
    links = ["rows.x > t.x", "rows.x > noisy.x", "rows.z > noisy.noise", "t.t > noisy.t", "noisy.y > guess.x"]
    links += ["t.t > guess.t", "guess.found > loss.prediction", "rows.z > loss.target", "loss.loss > optimizer.loss"]
    look = shown("DDPMSample", {"steps": 50, "schedule": "cosine", "clip": 2.0}, ("rows.z > made.noise",))
    model = denoiser()
    wide = {"linear1": ("Linear", {"out_features": 64}), "linear2": ("Linear", {"out_features": 6}), "relu1": "ReLU"}
    more = graph(wide, ["linear1.y > relu1.x", "relu1.y > linear2.x", "linear2.y > found.x"])
    model = msgspec.structs.replace(model, nodes=model.nodes.update(more.nodes), links=model.links.update(more.links))
    held = project(model, training=graph(nodes, links, "training"), look=look)
    analysed(held)
    program = build(held, "training", CATALOGUE)
    formatted(program.source)
    torch.manual_seed(0)
    net = SimpleNamespace(model=program.networks["model"]())
    optimizer = torch.optim.Adam(net.model.parameters(), lr=0.01)
    optimizer.parameters = list(net.model.parameters())  # type: ignore[attr-defined]
    center = torch.tensor([1.0, -1, 0.5, -0.5, 0, 1.5])
    for step in range(300):
        rows = {**batch(64), "x": center.expand(64, -1)}
        program.train_step(rows, net, SimpleNamespace(optimizer=optimizer), step)
    made = program.previews["look"](batch(200), net)["view"]["values"]
    torch.testing.assert_close(made.mean(dim=0), center, atol=0.4, rtol=0)


def test_a_node_may_be_called_like_its_function() -> None:
    look = shown("RollOut", {}, ("rows.series > made.x",))
    nodes = Map({("roll_out" if id == "made" else id): node for id, node in look.nodes.items()})
    links = graph({}, ["rows.series > roll_out.x", "roll_out.y > view.values"]).links
    held = project(body("N T 6"), look=msgspec.structs.replace(look, nodes=nodes, links=links))
    analysed(held)
    program = build(held, None, CATALOGUE)
    net = SimpleNamespace(model=program.networks["model"]())
    assert program.previews["look"](batch(), net)["view"]["values"].shape == (7, 10, 6)


def test_augmentation_in_a_training_graph_is_for_training_only() -> None:
    nodes: dict[str, Any] = {
        "rows": ("Data", {"dataset": "rows"}),
        "noisy": ("RandomNoise", {"std": 0.5}),
        "mixed": ("MixUp", {"num_classes": 6}),
        "guess": ("Network", {"network": "model"}),
        "loss": "SoftCrossEntropyLoss",
        "optimizer": "Optimizer",
    }
    links = ["rows.x > noisy.x", "noisy.y > mixed.x", "rows.label > mixed.target", "mixed.y > guess.start"]
    links += ["guess.end > loss.logits", "mixed.soft_target > loss.target", "loss.loss > optimizer.loss"]
    held = project(body(), training=graph(nodes, links, "training"))
    analysed(held)
    program = build(held, "training", CATALOGUE)
    formatted(program.source)
    learning, judging = program.source.split("def eval_step")
    assert "noisy = random_noise(rows_x, std=0.5, training=True)" in learning
    assert "mixed_y, mixed_soft_target = mix_up(noisy, rows_label, 6, training=True)" in learning
    assert "mixed_y, mixed_soft_target = mix_up(noisy, rows_label, 6, training=False)" in judging
    net = SimpleNamespace(model=program.networks["model"]())
    rows = batch()
    told = program.eval_step(rows, net)["loss"]
    hard = torch.nn.functional.cross_entropy(net.model(rows["x"]), rows["label"])
    torch.testing.assert_close(told, hard.detach())
