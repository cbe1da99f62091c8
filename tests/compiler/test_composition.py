"""Networks in networks: arguments, expressions, one class for all places of a network, own or shared weights."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from immutables import Map

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.params import Int
from netbuilder.blocks.spec import Block, Port
from netbuilder.blocks.spelling import Code
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.lines import Names, statement
from netbuilder.compiler.program import NotReady, build, project_source
from netbuilder.graph.model import Project
from tests.compiler.composed import around, conv, mlp, resnet18
from tests.compiler.projects import DIGITS, chain, graph, placed, preview, project, training, with_arguments
from tests.compiler.test_source import formatted

CATALOGUE = Catalogue.builtin()


def messages(held: Project) -> list[str]:
    reports = Analyser(CATALOGUE).analyse(held).values()
    return [problem.message for report in reports for problem in report.problems if problem.severity == "error"]


def text_of(held: Project) -> str:
    """The project's source, which has to be formatted; without the first lines."""
    assert messages(held) == []
    text = project_source(held, CATALOGUE).text
    formatted(text)
    return text


def made(held: Project, name: str = "outer") -> torch.nn.Module:
    return build(held, None, CATALOGUE, networks=[name]).networks[name]()


def shapes(module: torch.nn.Module) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in module.named_parameters()}


RESNET = '''class BasicBlock(nn.Module):
    """For example N x 64 x 56 x 56 -> N x 64 x 56 x 56; 73,984 parameters."""

    def __init__(self, channels=64):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        conv1 = self.conv1(x)
        bn1 = self.bn1(conv1)
        relu1 = F.relu(bn1)
        conv2 = self.conv2(relu1)
        bn2 = self.bn2(conv2)
        add1 = bn2 + x
        relu2 = F.relu(add1)
        return relu2


class Shortcut(nn.Module):
    """For example N x 64 x 56 x 56 -> N x 128 x 28 x 28; 8,448 parameters."""

    def __init__(self, in_channels, channels=64, stride=1):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, channels, 1, stride=stride, bias=False)
        self.bn = nn.BatchNorm2d(channels)

    def forward(self, x):
        conv = self.conv(x)
        bn = self.bn(conv)
        return bn


class DownBlock(nn.Module):
    """For example N x 64 x 56 x 56 -> N x 128 x 28 x 28; 230,144 parameters."""

    def __init__(self, in_channels, channels=128, stride=2):
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, channels, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.shortcut = Shortcut(in_channels, channels=channels, stride=stride)

    def forward(self, x):
        conv1 = self.conv1(x)
        bn1 = self.bn1(conv1)
        relu1 = F.relu(bn1)
        conv2 = self.conv2(relu1)
        bn2 = self.bn2(conv2)
        shortcut = self.shortcut(x)
        add1 = bn2 + shortcut
        relu2 = F.relu(add1)
        return relu2


class Resnet(nn.Module):
    """N x 3 x 224 x 224 -> N x 1000; 11,689,512 parameters."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.layer1 = nn.ModuleList(BasicBlock() for _ in range(2))
        self.down2 = DownBlock(64)
        self.layer2 = BasicBlock(channels=128)
        self.down3 = DownBlock(128, channels=256)
        self.layer3 = BasicBlock(channels=256)
        self.down4 = DownBlock(256, channels=512)
        self.layer4 = BasicBlock(channels=512)
        self.fc = nn.Linear(512, 1000)

    def forward(self, image):
        conv1 = self.conv1(image)
        bn1 = self.bn1(conv1)
        relu1 = F.relu(bn1)
        pool1 = F.max_pool2d(relu1, 3, stride=2, padding=1)
        layer1 = pool1
        for basic_block in self.layer1:
            layer1 = basic_block(layer1)
        down2 = self.down2(layer1)
        layer2 = self.layer2(down2)
        down3 = self.down3(layer2)
        layer3 = self.layer3(down3)
        down4 = self.down4(layer3)
        layer4 = self.layer4(down4)
        pool2 = F.adaptive_avg_pool2d(layer4, 1)
        flatten1 = torch.flatten(pool2, 1)
        fc = self.fc(flatten1)
        return fc
'''


def test_a_resnet_reads_as_if_written_by_hand() -> None:
    text = text_of(resnet18())
    assert text[text.index("class BasicBlock") :] == RESNET
    report = Analyser(CATALOGUE).analyse(resnet18(), ["resnet"])["resnet"]
    assert report.parameters == 11_689_512
    assert report.multiply_adds == pytest.approx(1.814e9, rel=0.01)
    with torch.device("meta"):
        held = shapes(made(resnet18(), "resnet"))
    assert sum(torch.Size(shape).numel() for shape in held.values()) == 11_689_512
    assert held["layer1.1.conv2.weight"] == (64, 64, 3, 3)
    assert held["down3.shortcut.conv.weight"] == (256, 128, 1, 1)


def test_every_line_belongs_to_its_node() -> None:
    source = project_source(resnet18(), CATALOGUE)
    lines = source.text.splitlines()
    for at, (name, id) in source.lines.items():
        assert id in lines[at - 1] or id in ("x", "y", "image", "logits") or lines[at - 1].strip().endswith(")"), lines[
            at - 1
        ]
        assert id in resnet18().graphs[name].nodes
    first, last = source.spans["resnet", "layer1"]
    assert [line.strip() for line in lines[first - 1 : last]] == [
        "layer1 = pool1",
        "for basic_block in self.layer1:",
        "layer1 = basic_block(layer1)",
    ]
    assert lines[source.spans["basic_block", "conv1"][0] - 1].strip() == "conv1 = self.conv1(x)"


def test_a_network_made_by_itself_has_its_sizes_as_defaults() -> None:
    """Used by a training graph and inside another network."""
    nodes = {"image": ("Input", {"shape": ""}), "conv1": conv(8), "flatten1": "Flatten"}
    classifier = chain({**nodes, "linear1": ("Linear", {"out_features": 10}), "logits": "Output"})
    outer = graph(
        {
            "x": ("Input", {"shape": "N 3 12 12"}),
            "a": placed("classifier"),
            "b": ("Linear", {"out_features": 2}),
            "y": "Output",
        },
        ["x.x > a.image", "a.logits > b.x", "b.y > y.x"],
    )
    held = project(classifier, outer=outer, training=training())
    text = text_of(held)
    assert "def __init__(self, in_channels=1, in_features=288):" in text
    assert "self.a = Classifier(3, 800)" in text
    program = build(held, "training", CATALOGUE)
    assert shapes(program.networks["classifier"]())["linear1.weight"] == (10, 288)
    assert shapes(made(held))["a.linear1.weight"] == (10, 800)


def test_arguments_reach_forward_through_self() -> None:
    nodes = {
        "x": "Input",
        "pool1": ("MaxPool2d", {"kernel_size": "=size"}),
        "reshape1": ("Reshape", {"shape": ("=groups * 2", -1)}),
        "y": "Output",
    }
    inner = with_arguments(chain(nodes), size=2, groups=3)
    outer = graph(
        {"a": ("Input", {"shape": "N 6 8 8"}), "one": placed("pooled", arguments={"size": 4}), "b": "Output"},
        ["a.x > one.x", "one.y > b.x"],
    )
    text = text_of(project(pooled=inner, outer=outer))
    assert (
        "    def __init__(self, groups=3, size=2):\n        super().__init__()\n        self.groups = groups\n"
        "        self.size = size\n" in text
    )
    assert "pool1 = F.max_pool2d(x, self.size)\n" in text
    assert "(self.groups * 2, -1)" in text or "self.groups * 2, -1" in text
    assert "self.one = Pooled(size=4)" in text
    assert made(project(pooled=inner, outer=outer))(torch.zeros(2, 6, 8, 8)).shape == (2, 6, 4)


def test_code_in_the_middle_of_a_statement_gets_parentheses() -> None:
    call = "{y} = {x} ** {n} + f({n}, k={n})"
    block = Block(
        name="P",
        category="Merge",
        summary="s",
        inputs=(Port("x"),),
        outputs=(Port("y"),),
        call=call,
        params=(Int(name="n", default=1),),
    )
    names = Names({"x": ("x",)}, {"y": "y"})
    ports = block.node_ports(Map(), Project())
    assert statement(block, ports, Map(n=Code("a + 1")), names) == "y = x ** (a + 1) + f(a + 1, k=a + 1)"
    assert statement(block, ports, Map(n=Code("self.a")), names) == "y = x ** self.a + f(self.a, k=self.a)"


def test_sizes_are_said_in_the_networks_own_arguments_where_they_always_hold() -> None:
    nodes = {
        "x": "Input",
        "conv1": conv("=channels"),
        "conv2": conv("=channels * 2"),
        "conv3": conv("=channels"),
        "flatten1": "Flatten",
        "linear1": ("Linear", {"out_features": 5}),
        "y": "Output",
    }
    inner = with_arguments(chain(nodes), channels=4)
    places = {"a": ("Input", {"shape": "N 3 9 9"})}
    places |= {"one": placed("inner"), "two": placed("inner", arguments={"channels": 6}), "add1": "Add", "b": "Output"}
    links = ["a.x > one.x", "a.x > two.x", "one.y > add1.x.0", "two.y > add1.x.1", "add1.y > b.x"]
    text = text_of(project(inner=inner, outer=graph(places, links)))
    for line in (
        "self.conv1 = nn.Conv2d(3, channels, 3, bias=False)",
        "self.conv2 = nn.Conv2d(channels, channels * 2, 3, bias=False)",
        "self.conv3 = nn.Conv2d(channels * 2, channels, 3, bias=False)",
        "self.linear1 = nn.Linear(channels * 9, 5)",
    ):
        assert line in text


def test_a_size_that_an_argument_says_is_that_argument_even_if_nothing_else_tells() -> None:
    """A width that goes in and comes out again is said once; a small number may be the same by chance."""
    nodes = {
        "x": "Input",
        "norm1": "LayerNorm",
        "linear1": ("Linear", {"out_features": "=width * 4"}),
        "linear2": ("Linear", {"out_features": "=width"}),
        "y": "Output",
    }
    inner = with_arguments(chain(nodes), width=32, heads=4)
    small = with_arguments(chain({"x": "Input", "conv1": conv(8, "=kernel"), "y": "Output"}), kernel=3)
    across = chain({"a": ("Input", {"shape": "N 3 9 9"}), "one": placed("small"), "b": "Output"})
    outer = chain({"a": ("Input", {"shape": "N T 32"}), "one": placed("inner"), "b": "Output"})
    text = text_of(project(inner=inner, small=small, across=across, outer=outer))
    for line in (
        "self.norm1 = nn.LayerNorm(width)",
        "self.linear1 = nn.Linear(width, width * 4)",
        "self.linear2 = nn.Linear(width * 4, width)",
        "self.conv1 = nn.Conv2d(3, 8, kernel, bias=False)",
    ):
        assert line in text


def test_facts_of_data_sets_are_numbers_in_the_text() -> None:
    nodes = {"image": ("Input", {"shape": "N 1 8 8"}), "flatten1": "Flatten"}
    head = {"linear1": ("Linear", {"out_features": "=digits.classes"}), "logits": "Output"}
    held = project(chain({**nodes, **head}), training=training(), shown=preview())
    assert "self.linear1 = nn.Linear(64, 10)" in text_of(held)
    fewer = DIGITS.columns[1].__class__("label", dtype="int64", role="class", classes=("a", "b"))
    data = DIGITS.__class__("digits", columns=(DIGITS.columns[0], fewer), samples=7)
    assert "self.linear1 = nn.Linear(64, 2)" in text_of(Project("t", held.graphs, Map(digits=data)))


def test_places_that_differ_in_more_than_numbers_are_classes_of_their_own() -> None:
    """A split into as many parts as an argument says has other outputs; an argument names the classes."""
    norm = with_arguments(chain({"x": "Input", "linear1": ("Linear", {"out_features": 4}), "y": "Output"}))
    wide = with_arguments(
        graph(
            {"x": "Input", "split1": ("Split", {"sections": "=parts", "dim": 1}), "one": placed("norm"), "y": "Output"},
            ["x.x > split1.x", "split1.y1 > one.x", "one.y > y.x"],
        ),
        parts=2,
    )
    places = {"a": ("Input", {"shape": "N 8"})}
    places |= {"one": placed("wide"), "two": placed("wide", arguments={"parts": 4}), "add1": "Add", "b": "Output"}
    links = ["a.x > one.x", "a.x > two.x", "one.y > add1.x.0", "two.y > add1.x.1", "add1.y > b.x"]
    text = text_of(project(norm=norm, wide=wide, outer=graph(places, links)))
    assert "class Wide(nn.Module):" in text
    assert "class WideParts4(nn.Module):" in text
    assert "self.two = WideParts4(" in text
    assert made(project(norm=norm, wide=wide, outer=graph(places, links)))(torch.zeros(2, 8)).shape == (2, 4)


def two(weights: str, **arguments: Any) -> Project:
    places = {"a": ("Input", {"shape": "N 8"})}
    places |= {"one": placed("mlp", weights=weights), "two": placed("mlp", weights=weights, arguments=arguments)}
    return project(mlp=mlp(), outer=chain({**places, "b": "Output"}))


def chained(held: Project) -> Project:
    links = ["a.x > one.x", "one.y > two.x", "two.y > b.x"]
    outer = held.graphs["outer"]
    nodes = {id: (node.block, dict(node.params)) for id, node in outer.nodes.items()}
    return project(mlp=held.graphs["mlp"], outer=graph(nodes, links))


def test_own_and_shared_weights() -> None:
    own, shared = chained(two("own")), chained(two("shared"))
    reports = [Analyser(CATALOGUE).analyse(held)["outer"] for held in (own, shared)]
    assert [report.parameters for report in reports] == [144, 72]
    assert [report.multiply_adds for report in reports] == [128, 128]
    assert [sum(map(torch.Tensor.numel, made(held).parameters())) for held in (own, shared)] == [144, 72]
    text = text_of(shared)
    assert "        one = self.one(a)\n        two = self.one(one)\n" in text
    assert "self.two" not in text
    text_of(own)
    other = chained(two("shared", width=9))
    assert Analyser(CATALOGUE).analyse(other)["outer"].parameters == 72 + 81  # other arguments: a module of its own


def test_in_training_graphs_one_network_is_one_object() -> None:
    held = project(
        chain(
            {"image": ("Input", {"shape": "N 1 8 8"}), "flatten1": "Flatten", "one": placed("mlp"), "logits": "Output"}
        ),
        mlp=mlp(10),
        training=training(),
    )
    program = build(held, "training", CATALOGUE)
    assert list(program.networks) == ["classifier"]
    formatted(program.source)
    assert program.source.count("class ") == 2
    assert list(shapes(program.networks["classifier"]())) == ["one.linear1.weight", "one.linear1.bias"]


def test_wrong_names_are_one_plain_sentence_also_in_files() -> None:
    held = around(placed("mlp", arguments={"widht": 3}), mlp=mlp("=wdith"))
    told = [str(problem) for problem in CATALOGUE.check(held)]
    assert told == [
        "graphs.mlp.nodes.linear1.params.out_features: =wdith: there is no argument wdith; this graph has width",
        "graphs.outer.nodes.one.params.arguments: mlp has no argument widht; its arguments are width",
    ]
    divided = around(placed("mlp"), mlp=mlp("=width / 2"))
    (told_once,) = {message for message in messages(divided) if message.startswith("linear1")}
    assert told_once == "linear1's out_features: =width / 2: expected int, got 4.0 (// divides whole numbers: 4)."
    unknown = project(with_arguments(mlp("=shop.classes"), **{"not a name": 1}))
    told = [str(problem) for problem in CATALOGUE.check(unknown)]
    assert "there is no data set shop; the project has digits" in told[1]
    assert told[0].startswith("graphs.classifier.arguments.not a name: ")


def test_what_fails_in_one_place_only_is_said_there() -> None:
    body = with_arguments(
        graph(
            {"x": "Input", "linear1": ("Linear", {"out_features": "=width"}), "add1": "Add", "y": "Output"},
            ["x.x > linear1.x", "linear1.y > add1.x.0", "x.x > add1.x.1", "add1.y > y.x"],
        ),
        width=8,
    )
    places = {"a": ("Input", {"shape": "N 8"}), "one": placed("body"), "two": placed("body", arguments={"width": 5})}
    held = project(body=body, outer=graph({**places, "b": "Output"}, ["a.x > one.x", "one.y > two.x", "two.y > b.x"]))
    (problem,) = Analyser(CATALOGUE).analyse(held)["outer"].errors
    assert problem.node == "two"
    assert "The network body does not work in two: add1 adds tensors of one size" in problem.message
    with pytest.raises(NotReady):
        build(held, None, CATALOGUE, networks=["outer"])


def test_sixty_levels_of_two_places_each_stay_cheap() -> None:
    """Counted right, although there would be 2^60 modules."""
    graphs = {"n0": mlp(8)}
    for level in range(1, 61):
        nodes = {"x": "Input", "a": placed(f"n{level - 1}"), "b": placed(f"n{level - 1}"), "y": "Output"}
        graphs[f"n{level}"] = graph(nodes, ["x.x > a.x", "a.y > b.x", "b.y > y.x"])
    held = around(placed("n60"), **graphs)
    analyser = Analyser(CATALOGUE)
    assert analyser.analyse(held, ["outer"])["outer"].parameters == 72 * 2**60
    assert analyser.runner.runs == 2
    assert "self.one = N60()" in project_source(held, CATALOGUE, analyser).text
