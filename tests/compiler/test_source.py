"""Generated source: what it looks like, that it is formatted, and that nothing a person typed gets into it as code."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map
from torch import nn

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.program import build, project_source
from netbuilder.compiler.source import module
from netbuilder.compiler.text import MODULE_NAMES, Text
from netbuilder.compiler.wrap import double_quoted, wrap
from netbuilder.graph.model import Frame, Graph, Input, Link, Node, Output, Project
from tests.compiler.examples import EXAMPLES
from tests.compiler.projects import DIGITS, chain, cnn_project, graph, preview, project, training
from tests.compiler.statements import Statements

CATALOGUE = Catalogue.builtin()
ROOT = Path(__file__).parents[2]

CNN = '''"""Written by netbuilder from a drawn project."""

import torch
import torch.nn.functional as F
from torch import nn


class Classifier(nn.Module):
    """N x 1 x 8 x 8 -> N x 10; 9,930 parameters."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1)
        self.linear1 = nn.Linear(512, 10)

    def forward(self, image):
        conv1 = self.conv1(image)
        relu1 = F.relu(conv1)
        conv2 = self.conv2(relu1)
        relu2 = F.relu(conv2)
        pool1 = F.max_pool2d(relu2, 2)
        flatten1 = torch.flatten(pool1, 1)
        linear1 = self.linear1(flatten1)
        return linear1


def train_step(batch, net, opt, step):
    """Learns from one batch; gives its losses and metrics."""
    digits1_image = batch["image"]
    digits1_label = batch["label"]
    net1 = net.classifier(digits1_image)
    loss = F.cross_entropy(net1, digits1_label)
    with torch.no_grad():
        accuracy = (net1.argmax(dim=1) == digits1_label).float().mean()
    opt.optimizer.zero_grad()
    loss.backward()
    opt.optimizer.step()
    return {"accuracy": accuracy, "loss": loss.detach()}


@torch.no_grad()
def eval_step(batch, net):
    """Gives the losses and metrics of one batch without learning from it."""
    digits1_image = batch["image"]
    digits1_label = batch["label"]
    net1 = net.classifier(digits1_image)
    accuracy = (net1.argmax(dim=1) == digits1_label).float().mean()
    loss = F.cross_entropy(net1, digits1_label)
    return {"accuracy": accuracy, "loss": loss}


@torch.no_grad()
def predict(batch, net):
    """Gives what each metric looks at in one batch."""
    digits1_image = batch["image"]
    digits1_label = batch["label"]
    net1 = net.classifier(digits1_image)
    return {"accuracy": {"logits": net1, "target": digits1_label}}


@torch.no_grad()
def predictions(batch, net):
    """Gives what each view shows of one batch."""
    digits1_image = batch["image"]
    digits1_label = batch["label"]
    net1 = net.classifier(digits1_image)
    return {"images": {"images": digits1_image, "truth": digits1_label, "logits": net1}}
'''

RECURRENT = '''"""Written by netbuilder from a drawn project."""

import torch.nn.functional as F
from torch import nn


class Block(nn.Module):
    """N x T x 6 -> N x T x 6; 42 parameters."""

    def __init__(self):
        super().__init__()
        self.linear1 = nn.Linear(6, 6)

    def forward(self, x):
        linear1 = self.linear1(x)
        return linear1


class Reader(nn.Module):
    """N x T, N x T x 6 -> N x T x 12, N x T x T, 1 x N x 12; 1,668 parameters."""

    def __init__(self):
        super().__init__()
        self.block1 = Block()
        self.block2 = Block()
        self.lstm1 = nn.LSTM(6, 12, batch_first=True)
        self.attention1 = nn.MultiheadAttention(12, 3, dropout=0.1, batch_first=True)

    def forward(self, gaps, sequence):
        block1 = self.block1(sequence)
        block2 = self.block2(block1)
        add1 = block2 + sequence
        lstm1_y, (_, lstm1_c) = self.lstm1(add1)
        attention1_y, attention1_weights = self.attention1(
            lstm1_y, lstm1_y, lstm1_y, key_padding_mask=gaps, need_weights=True
        )
        relu1 = F.relu(attention1_y)
        return relu1, attention1_weights, lstm1_c
'''


def reader() -> Project:
    """States, masks, several inputs and outputs, a network in a network."""
    inner = chain({"x": ("Input", {"shape": "N T 6"}), "linear1": ("Linear", {"out_features": 6}), "y": "Output"})
    nodes = {
        "sequence": ("Input", {"shape": "N T 6"}),
        "gaps": ("Input", {"shape": "N T", "dtype": "bool"}),
        "block1": ("Network", {"network": "block"}),
        "block2": ("Network", {"network": "block"}),
        "add1": "Add",
        "lstm1": ("LSTM", {"hidden_size": 12}),
        "attention1": ("MultiheadAttention", {"num_heads": 3, "dropout": 0.1}),
        "relu1": "ReLU",
        "gelu1": "GELU",
        "out1": "Output",
        "out2": "Output",
        "out10": "Output",
    }
    links = [
        "sequence.x > block1.x",
        "block1.y > block2.x",
        "block2.y > add1.x.0",
        "sequence.x > add1.x.1",
        "add1.y > lstm1.x",
        "lstm1.y > attention1.query",
        "gaps.x > attention1.key_padding_mask",
        "attention1.y > relu1.x",
        "relu1.y > gelu1.x",
        "relu1.y > out1.x",
        "attention1.weights > out2.x",
        "lstm1.c > out10.x",
    ]
    return project(reader=graph(nodes, links), block=inner)


def formatted(text: str) -> None:
    ruff = Path(sys.executable).with_name("ruff")
    done = subprocess.run(
        [str(ruff), "format", "--diff", "--isolated", "--line-length", "120", "--stdin-filename", "model.py", "-"],
        input=text.encode(),
        capture_output=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout.decode()


def test_a_cnn_with_its_training_and_preview_reads_as_written_by_hand() -> None:
    program = build(cnn_project(), "training", CATALOGUE)
    assert program.source == CNN
    assert project_source(cnn_project(), CATALOGUE).text == CNN
    formatted(program.source)


def test_states_masks_several_ends_and_nested_networks() -> None:
    program = build(reader(), None, CATALOGUE)
    assert program.source == RECURRENT
    formatted(program.source)


def test_the_span_of_a_node_is_its_statement() -> None:
    source = project_source(cnn_project(), CATALOGUE)
    lines = source.text.splitlines()

    def shown(graph: str, node: str) -> str:
        first, last = source.spans[graph, node]
        return "\n".join(line.strip() for line in lines[first - 1 : last])

    assert shown("classifier", "conv2") == "conv2 = self.conv2(relu1)"
    assert shown("classifier", "image") == "def forward(self, image):"
    assert shown("classifier", "logits") == "return linear1"
    assert shown("training", "net1") == "net1 = net.classifier(digits1_image)"
    assert shown("training", "optimizer").startswith("opt.optimizer.zero_grad()\nloss.backward()")
    assert shown("training", "digits1").startswith('digits1_image = batch["image"]\ndigits1_label')
    assert shown("predictions", "images").startswith("return {")
    assert shown("classifier", "").startswith("class Classifier(nn.Module):")
    assert shown("classifier", "").endswith("return linear1")
    assert shown("training", "").startswith("def train_step(")
    assert shown("predictions", "").startswith("@torch.no_grad()\ndef predictions(")
    assert {node for _, node in source.spans} >= set(cnn_project().graphs["classifier"].nodes)


def long_names() -> Project:
    """Names so long that statements must be broken."""
    word = "a_very_long_name_that_somebody_gave_to_a_layer_"
    nodes: dict[str, Any] = {f"{word}in": ("Input", {"shape": "N 4"})}
    links = []
    for at in range(4):
        nodes[f"{word}{at}"] = ("Linear", {"out_features": 4, "bias": False})
        links.append(f"{word}in.x > {word}{at}.x")
        links += [f"{word}{at}.y > {word}sum.x.{at}", f"{word}{at}.y > {word}cat.x.{at}"]
    nodes |= {f"{word}sum": "Add", f"{word}cat": "Concat", f"{word}out1": "Output", f"{word}out2": "Output"}
    nodes[f"{word}out3"] = "Output"
    links += [f"{word}sum.y > {word}out1.x", f"{word}cat.y > {word}out2.x", f"{word}0.y > {word}out3.x"]
    held = graph(nodes, links)
    losses: dict[str, Any] = {f"{word}loss{at}": ("CrossEntropyLoss", {"label_smoothing": 0.1}) for at in range(4)}
    extra = []
    for at in range(4):
        extra += [f"net1.{word}out2 > {word}loss{at}.logits", f"digits1.label > {word}loss{at}.target"]
        extra.append(f"{word}loss{at}.loss > optimizer.loss.{at + 1}")
    train = training(out=f"{word}out2", image=f"{word}in", nodes=losses, links=extra)
    column = msgspec.structs.replace(DIGITS.columns[0], shape=(4,), axes="F", role="vector")
    data = msgspec.structs.replace(DIGITS, columns=(column, msgspec.structs.replace(DIGITS.columns[1], classes=())))
    made = project(held, training=train)
    return msgspec.structs.replace(made, datasets=Map(digits=data))


def test_long_statements_are_broken_as_the_formatter_would() -> None:
    text = project_source(long_names(), CATALOGUE).text
    assert "left out" not in text
    formatted(text)
    build(long_names(), "training", CATALOGUE)


def test_what_is_imported_from_one_place_stands_on_one_line_or_is_broken_as_the_formatter_would() -> None:
    text = Text()
    text.add("made = [nn.Linear(1, 2), torch.ones(3)]")
    plain = [f"from a.b import {name}" for name in ("Zebra", "apple", "ONE", "Bee")]
    many = [f"from netbuilder.nn.augmentation import function_of_a_long_name_{at}" for at in range(5)]
    held = module("A.", [text], [*plain, *many]).text
    assert "\nimport torch\nfrom a.b import ONE, Bee, Zebra, apple\nfrom netbuilder.nn.augmentation import (\n" in held
    formatted(held)
    ast.parse(held)


@given(
    st.lists(st.text("abcdefgh_", min_size=1, max_size=60).map(lambda name: f"x{name}"), min_size=1, max_size=8),
    st.sampled_from(["y = torch.cat([{}], dim=1)", "y = f({})", "y = {{{}}}", "return {}", "y, _ = self.layer({})"]),
)
def test_any_statement_stays_what_it_was(names: list[str], form: str) -> None:
    line = form.format(", ".join(f'"{name}": {name}' if "{{" in form else name for name in names))
    broken = "def f():\n" + "\n".join(wrap(line, 8))
    assert ast.dump(ast.parse(broken)) == ast.dump(ast.parse(f"def f():\n        {line}"))


@pytest.mark.parametrize("seed", range(3))
def test_long_statements_stay_what_they_were_and_are_as_the_formatter_leaves_them(seed: int) -> None:
    made = Statements(seed)
    functions = []
    for at in range(400):
        line = made.long()
        end = "\n            pass\n" if line.endswith(":") else "\n"
        broken = f"    def f{at}(self):\n" + "\n".join(wrap(line, 8)) + end
        plain = f"    def f{at}(self):\n        {line}{end}"
        assert ast.dump(ast.parse(f"class A:\n{broken}")) == ast.dump(ast.parse(f"class A:\n{plain}"))
        functions.append(broken)
    formatted("class A:\n" + "\n".join(functions))


@given(st.text(max_size=30))
def test_strings_are_quoted_without_changing_them(text: str) -> None:
    assert ast.literal_eval(double_quoted(repr(text))) == text


def test_no_module_name_is_forgotten() -> None:
    assert {name for name in dir(nn.Module()) if not name.startswith("_")} <= MODULE_NAMES


HOSTILE = (
    "lambda",
    "None",
    "self",
    "torch",
    "nn",
    "F",
    "print",
    "forward",
    "train",
    "type",
    "_",
    "__init__",
    "__class__",
    "batch",
    "net",
    "opt",
    "step",
    "x\nimport os",
    'a"; import os; "',
    "ﬁ",
    "ｓｅｌｆ",
    "",
    "a" * 500,
    "évil",
    "naïve_été",
    "Ⅳ",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_ids_are_refused_or_harmless(name: str) -> None:
    held = graph({"x": ("Input", {"shape": "N 4"}), "layer": "Linear", "y": "Output"}, [])
    nodes = held.nodes.delete("layer").set(name, held.nodes["layer"])
    ends = (Link(Output("x", "x"), Input(name, "x")), Link(Output(name, "y"), Input("y", "x")))
    network = msgspec.structs.replace(held, nodes=nodes, links=Map({one.target: one for one in ends}))
    made = project(network)
    text = project_source(made, CATALOGUE).text
    ast.parse(text)
    assert "import os" not in "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    if "left out" not in text:
        module = build(made, None, CATALOGUE).networks["classifier"]()
        assert sum(tensor.numel() for tensor in module.parameters()) == 4 * 64 + 64
        formatted(text)


@pytest.mark.parametrize("name", [*HOSTILE, "train_step", "predict", "Classifier", "classifier_"])
def test_hostile_graph_names_are_refused_or_harmless(name: str) -> None:
    held = cnn_project()
    show = preview()
    graphs = {name: held.graphs["classifier"], "training": training(network=name), "other_" + name: preview(name)}
    text = project_source(Project("x", Map(graphs) if name else Map({"": show}), held.datasets), CATALOGUE).text
    ast.parse(text)
    assert all(line.startswith("#") or "import os" not in line for line in text.splitlines())


@given(st.text(min_size=1, max_size=60))
def test_titles_notes_and_columns_reach_the_source_only_as_literals(text: str) -> None:
    held = cnn_project()
    titled: Graph = held.graphs["classifier"]
    nodes = {id: msgspec.structs.replace(node, title=text) for id, node in titled.nodes.items()}
    frames = Map(note=Frame((0, 0, 1, 1), title=text, text=text))
    titled = msgspec.structs.replace(titled, nodes=Map(nodes), frames=frames)
    changed = msgspec.structs.replace(held, title=text, graphs=held.graphs.set("classifier", titled))
    assert project_source(changed, CATALOGUE).text == CNN


def test_column_names_become_literals() -> None:
    held = cnn_project()
    evil = 'label"]; import os; x = ["'
    columns = (DIGITS.columns[0], msgspec.structs.replace(DIGITS.columns[1], id=evil))
    data = Map(digits=msgspec.structs.replace(DIGITS, columns=columns))
    train: Graph = held.graphs["training"]
    links = Map(
        {
            end: Link(Output("digits1", evil), end) if one.source.port == "label" else one
            for end, one in train.links.items()
        }
    )
    graphs = held.graphs.set("training", msgspec.structs.replace(train, links=links)).delete("predictions")
    text = project_source(msgspec.structs.replace(held, graphs=graphs, datasets=data), CATALOGUE).text
    ast.parse(text)
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import)]
    assert "os" not in {alias.name for node in imports for alias in node.names}
    assert "left out" not in text


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.rule}-{example.node[:8]}")
def test_source_of_a_bad_project_says_what_is_left_out(example: Any) -> None:
    text = project_source(example.project, CATALOGUE).text
    ast.parse(text)
    assert "\n\n\n\n" not in text
    if example.severity == "error" and example.rule not in ("missing-input", "stray-link"):
        assert "left out" in text or example.node not in text


NAMES = [name for name in CATALOGUE.names if "network" in CATALOGUE[name].graphs]


@st.composite
def tangles(draw: st.DrawFn) -> Project:
    """Any blocks, linked anyhow, with some parameters out of place."""
    count = draw(st.integers(1, 10))
    nodes = {"x": Node("Input", Map(shape=draw(st.sampled_from(["N 4", "N 3 8 8", "N T 8", "", "N 0"]))))}
    for at in range(count):
        block = CATALOGUE[draw(st.sampled_from(NAMES))]
        odd = [param.name for param in block.typed() if draw(st.integers(0, 9)) == 0]
        params = {name: draw(st.sampled_from([0, 1, 2, "x", None, (1, 2)])) for name in odd}
        nodes[f"n{at}"] = Node(block.name, Map(params))
    links = {}
    for id, node in nodes.items():
        for port in CATALOGUE.ports(node, Project()).inputs if not CATALOGUE[node.block].check(node.params) else ():
            source = draw(st.sampled_from([*nodes, "gone"]))
            outputs = CATALOGUE[nodes[source].block].outputs if source in nodes else ()
            name = draw(st.sampled_from([port.name for port in outputs])) if outputs else "y"
            if draw(st.integers(0, 5)):
                end = Input(id, port.name, draw(st.sampled_from([0, 0, 0, 1])))
                links[end] = Link(Output(source, name), end)
    return Project("", Map(classifier=Graph("network", Map(nodes), Map(links))))


@given(tangles())
def test_no_project_breaks_the_compiler(tangle: Project) -> None:
    source = project_source(tangle, CATALOGUE)
    ast.parse(source.text)
    if "left out" not in source.text:
        formatted(source.text)
        assert build(tangle, None, CATALOGUE).networks["classifier"]() is not None
