"""Losses as a family: torch's whole set, weights at ports, sums, and what a loss is a mean of."""

from types import SimpleNamespace

import pytest
import torch
from immutables import Map
from torch import nn
from torch.nn import functional
from torch.nn.modules import loss as torch_losses

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.spec import Ports
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.lines import Names, expression, statement
from netbuilder.compiler.program import build
from netbuilder.graph.model import Column, Dataset, Graph, Input, Link, Node, Output, Project
from tests.blocks.cases.case import case
from tests.blocks.test_execution import in_a_network

CATALOGUE = Catalogue.builtin()
ANALYSER = Analyser(CATALOGUE)

LEFT_OUT = {
    "NLLLoss2d": "torch calls it deprecated: NLLLoss does the same",
    "TripletMarginWithDistanceLoss": "takes a Python function; with torch's own distances it is TripletMarginLoss",
    "LinearCrossEntropyLoss": "holds weights, which belong to networks: Linear and CrossEntropyLoss",
}


def test_all_of_torchs_losses_are_there():
    ours = {name for name in CATALOGUE.names if CATALOGUE[name].part == "loss"}
    assert set(torch_losses.__all__) - ours == set(LEFT_OUT)


def step(nodes, links, columns):
    """A training graph that reads these columns: what it reports of a batch, and its text."""
    made = {id: Node(block, Map(params)) for id, (block, params) in nodes.items()}
    made |= {"data": Node("Data", Map(dataset="given")), "other": Node("Network", Map(network="other"))}
    made |= {"loss": Node("MSELoss"), "optimizer": Node("Optimizer")}
    links = [*links, "data.x > other.x0", "data.x > loss.target", "other.out1 > loss.prediction"]
    links.append("loss.loss > optimizer.loss")
    held = {}
    for text in links:
        source, target = (tuple(end.strip().split(".")) for end in text.split(">"))
        held[Input(*target)] = Link(Output(*source), Input(*target))
    given = Dataset("given", columns=(Column("x", shape=(3,), dtype="float32"), *columns), samples=8)
    graphs = Map(step=Graph("training", Map(made), Map(held)))
    graphs = graphs.set("other", in_a_network("GroupNorm", case(x="N 3", params={"num_groups": 1})).graphs["tried"])
    project = Project(graphs=graphs, datasets=Map(given=given))
    report = ANALYSER.analyse(project)["step"]
    assert [problem.message for problem in report.errors] == []
    program = build(project, "step", CATALOGUE, ANALYSER)
    net = SimpleNamespace(other=program.networks["other"]())

    def run(batch):
        samples = len(next(iter(batch.values())))
        return program.eval_step({"x": torch.zeros(samples, 3), **batch}, net)

    return run, program


SCORES = Column("scores", shape=(4,), dtype="float32")
LABEL = Column("label", dtype="int64", classes=("a", "b", "c", "d"))


def test_a_weighted_sum_reads_as_one_would_write_it():
    run, program = step(
        {
            "near": ("MSELoss", {}),
            "far": ("L1Loss", {}),
            "sharp": ("TotalVariationLoss", {}),
            "total": ("WeightedSum", {"weight2": 0.1, "weight3": 2.0}),
        },
        [
            *("data.a > near.prediction", "data.b > near.target", "data.a > far.prediction", "data.b > far.target"),
            *(
                "data.picture > sharp.x",
                "near.loss > total.loss1",
                "far.loss > total.loss2",
                "sharp.loss > total.loss3",
            ),
        ],
        (
            Column("a", shape=(4,), dtype="float32"),
            Column("b", shape=(4,), dtype="float32"),
            Column("picture", shape=(1, 5, 5), dtype="float32"),
        ),
    )
    assert "total = 1.0 * near + 0.1 * far + 2.0 * sharp\n" in program.source
    batch = {"a": torch.rand(6, 4), "b": torch.rand(6, 4), "picture": torch.rand(6, 1, 5, 5)}
    found = run(batch)
    assert found["total"] == pytest.approx(float(found["near"] + 0.1 * found["far"] + 2 * found["sharp"]))
    assert found["total"].shape == ()


def test_two_losses_are_summed_and_the_others_need_no_link():
    _, program = step(
        {"near": ("MSELoss", {}), "total": ("WeightedSum", {"weight1": 0.5})},
        ["data.a > near.prediction", "data.a > near.target", "near.loss > total.loss1"],
        (Column("a", shape=(4,), dtype="float32"),),
    )
    assert "total = 0.5 * near\n" in program.source


@pytest.mark.parametrize(("params", "text"), [({"ignore_index": 2}, "data_label.ne(2).sum()"), ({}, "")])
@pytest.mark.parametrize("name", ["CrossEntropyLoss", "NLLLoss"])
def test_how_many_targets_a_loss_is_a_mean_of_comes_with_it(name, params, text):
    block = CATALOGUE[name]
    run, program = step(
        {"it": (name, params)}, [f"data.scores > it.{block.inputs[0].name}", "data.label > it.target"], (SCORES, LABEL)
    )
    assert (text in program.source) if text else ("sum()" not in program.source)
    batch = {"scores": torch.rand(9, 4), "label": torch.randint(0, 4, (9,))}
    found = run(batch)["it"]
    assert (found[0] if text else found) == getattr(nn, name)(**params)(batch["scores"], batch["label"])
    if text:
        assert found[1] == (batch["label"] != 2).sum()


def calculated(name, values, port="", **given):
    """What a block's line gives for these tensors at its ports; of `share`, what its mean is over."""
    block, names = CATALOGUE[name], Names({key: (key,) for key in given}, {"loss": "loss"})
    ports, space = Ports(block.inputs, block.outputs), {"F": functional, "torch": torch, **given}
    if port == "share":
        return eval(expression(block.share, block, ports, values, names), space)
    exec(statement(block, ports, values, names), space)
    return space["loss"]


@pytest.mark.parametrize("values", [Map(), Map(ignore_index=2), Map(label_smoothing=0.2, ignore_index=1)])
def test_class_weights_are_torchs_and_so_are_means_over_several_batches(values):
    logits, target, weight = torch.randn(40, 4, 3), torch.randint(0, 4, (40, 3)), torch.tensor([1.0, 2.0, 0.5, 4.0])
    whole = nn.CrossEntropyLoss(weight, **values)(logits, target)
    parts = []
    for a, b in ((0, 3), (3, 30), (30, 40)):
        given = {"logits": logits[a:b], "target": target[a:b], "weight": weight}
        loss = calculated("CrossEntropyLoss", values, **given)
        assert loss == nn.CrossEntropyLoss(weight, **values)(logits[a:b], target[a:b])
        parts.append((loss, calculated("CrossEntropyLoss", values, "share", **given)))
    assert sum(loss * share for loss, share in parts) / sum(share for _, share in parts) == pytest.approx(float(whole))


@pytest.mark.parametrize(
    ("name", "given", "weights"),
    [
        ("NLLLoss", {"logs": (9, 4), "target": 4}, {"weight": 4}),
        ("MultiMarginLoss", {"logits": (9, 4), "target": 4}, {"weight": 4}),
        ("MultiLabelSoftMarginLoss", {"logits": (9, 4), "target": (9, 4)}, {"weight": 4}),
        ("BCELoss", {"probability": (9, 4), "target": (9, 4)}, {"weight": 4}),
        ("BCEWithLogitsLoss", {"logits": (9, 4), "target": (9, 4)}, {"weight": 4}),
        ("BCEWithLogitsLoss", {"logits": (9, 4), "target": (9, 4)}, {"pos_weight": 4}),
        ("BCEWithLogitsLoss", {"logits": (9, 4), "target": (9, 4)}, {"weight": 4, "pos_weight": 4}),
    ],
)
def test_weights_at_ports_are_torchs(name, given, weights):
    given = {
        key: torch.rand(size) if isinstance(size, tuple) else torch.randint(0, 4, (9,)) for key, size in given.items()
    }
    weights = {key: torch.rand(size) for key, size in weights.items()}
    assert calculated(name, Map(), **given, **weights) == getattr(nn, name)(**weights)(*given.values())


def test_the_gan_losses_read_as_in_a_hand_written_step():
    columns = (Column("real", shape=(1,), dtype="float32"), Column("fake", shape=(1,), dtype="float32"))
    _, program = step(
        {"d_loss": ("DiscriminatorLoss", {}), "g_loss": ("AllRealLoss", {})},
        ["data.real > d_loss.real", "data.fake > d_loss.fake", "data.fake > g_loss.logits"],
        columns,
    )
    assert (
        "    d_loss = F.binary_cross_entropy_with_logits(data_real, torch.ones_like(data_real))\n"
        "    d_loss += F.binary_cross_entropy_with_logits(data_fake, torch.zeros_like(data_fake))\n"
    ) in program.source
    assert "g_loss = F.binary_cross_entropy_with_logits(data_fake, torch.ones_like(data_fake))\n" in program.source


def test_a_preview_may_measure_with_a_loss():
    columns = (Column("a", shape=(4,), dtype="float32"), Column("b", shape=(4,), dtype="float32"))
    nodes = {"data": Node("Data", Map(dataset="given")), "near": Node("MSELoss"), "both": Node("Add")}
    nodes["curve"] = Node("ViewCurve")
    links = [
        Link(Output("data", "a"), Input("near", "prediction")),
        Link(Output("data", "b"), Input("near", "target")),
        Link(Output("data", "a"), Input("both", "x", 0)),
        Link(Output("near", "loss"), Input("both", "x", 1)),
        Link(Output("both", "y"), Input("curve", "values")),
    ]
    graph = Graph("preview", Map(nodes), Map({link.target: link for link in links}))
    network = in_a_network("ReLU", case(x="N 3")).graphs["tried"]
    given = Dataset("given", columns=columns, samples=8)
    project = Project(graphs=Map(watch=graph, other=network), datasets=Map(given=given))
    assert [problem.message for problem in ANALYSER.analyse(project)["watch"].errors] == []
    program = build(project, None, CATALOGUE, ANALYSER)
    a, b = torch.rand(2, 8, 4)
    shown = program.previews["watch"]({"a": a, "b": b}, SimpleNamespace())["curve"]["values"]
    assert torch.equal(shown, a + functional.mse_loss(a, b))
