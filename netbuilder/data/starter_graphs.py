"""The graphs of a network to begin with: a chain of layers, a step that trains it, and what to watch. No torch."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import msgspec
from immutables import Map

from netbuilder.data.kinds import kind_of
from netbuilder.graph.model import Column, Frame, Graph, GraphKind, Input, Link, Node, Output, Value
from netbuilder.graph.names import fresh_id

Layer = tuple[str, dict[str, Value]]  # a block and its parameters
WIDE, HIGH = 260, 170  # between nodes


class Starter(msgspec.Struct, frozen=True):
    """What would be begun with: in words, from which column, to predict which, through which layers."""

    title: str
    given: Column
    target: Column
    layers: tuple[Layer, ...]
    answers: str  # "class", "numbers" or "tokens"
    note: str
    epochs: int


def _chain(
    layers: Sequence[tuple[str, Node]], ports: Callable[[str], tuple[str, str]]
) -> tuple[dict[str, Node], dict[Input, Link]]:
    """Nodes in rows from left to right, each linked to the one before it."""
    columns = _columns(len(layers))
    nodes = {
        id: msgspec.structs.replace(node, at=(float(at % columns * WIDE), float(at // columns * HIGH)))
        for at, (id, node) in enumerate(layers)
    }
    links = {}
    for (one, before), (other, after) in pairwise(layers):
        end = Input(other, ports(after.block)[0])
        links[end] = Link(Output(one, ports(before.block)[1]), end)
    return nodes, links


def _columns(nodes: int) -> int:
    """How many stand in a row: all of a few, four of many."""
    return nodes if nodes <= 6 else 4


def network_graph(found: Starter) -> Graph:
    shape = " ".join(["N", *map(str, found.given.shape)])
    params: dict[str, Value] = {"shape": shape}
    if found.given.dtype != "float32":
        params["dtype"] = found.given.dtype
    taken: set[str] = {"x", "answer"}
    layers = [("x", Node("Input", Map(params)))]
    for block, values in found.layers:
        id = fresh_id(taken, block)
        taken.add(id)
        layers.append((id, Node(block, Map(values))))
    layers.append((_answer(found), Node("Output")))

    def ports(block: str) -> tuple[str, str]:
        return "x", "x" if block == "Input" else "y"

    nodes, links = _chain(layers, ports)
    text = (
        f"{found.note} Look at the shapes on the nodes: they follow from your data. "
        f"Try next: change out_features or out_channels of a layer, or put another layer on a link."
    )
    return Graph("network", Map(nodes), Map(links), Map(note1=_frame(found.title, text, _columns(len(layers)))))


def _answer(found: Starter) -> str:
    return "prediction" if found.answers == "numbers" else "logits"


def _frame(title: str, text: str, columns: int) -> Frame:
    width = float((columns - 1) * WIDE + 200)
    height = 44.0 + 22.0 * math.ceil(len(text) / (width / 6.5))
    return Frame((0.0, -height - 40.0, width, height), title, text)


def _wired(kind: GraphKind, nodes: dict[str, Node], pairs: Sequence[tuple[str, str]], frame: Frame) -> Graph:
    links = {}
    for source, target in pairs:
        node, port, *index = target.split(".")
        end = Input(node, port, *map(int, index))
        links[end] = Link(Output(*source.split(".")), end)
    return Graph(kind, Map(nodes), Map(links), Map(note1=frame))


def _node(block: str, column: int, y: float, **params: Value) -> Node:
    return Node(block, Map(params), (float(column * WIDE), float(y)))


_JUDGES = {
    "class": ("CrossEntropyLoss", "logits", "accuracy", "Accuracy", "logits"),
    "numbers": ("MSELoss", "prediction", "r2", "R2", "prediction"),
    "tokens": ("CrossEntropyLoss", "logits", "accuracy", "Accuracy", "logits"),
}
_READS = {
    "class": "The loss says how little probability the right class got; accuracy is the share of right answers.",
    "numbers": "The loss is the mean squared distance from the truth; R2 says how much of the spread is explained, "
    "1 is all of it.",
    "tokens": "The loss says how little probability the right next token got; accuracy is the share of right guesses.",
}


def training_graph(found: Starter, data: str, model: str) -> Graph:
    loss, port, metric, judge, judged = _JUDGES[found.answers]
    answer = f"{model}1.{_answer(found)}"
    late = found.answers == "tokens"  # classes come last there, the loss wants them second
    nodes = {
        "data": _node("Data", 0, 60, dataset=data),
        f"{model}1": _node("Network", 1, 0, network=model),
        "loss": _node(loss, 2 + late, 50),
        metric: _node(judge, 2 + late, 210),
        "optimizer": _node("Optimizer", 3 + late, 50, algorithm="AdamW", lr=0.003 if late else 0.002),
    }
    pairs = [(f"data.{found.given.id}", f"{model}1.x"), ("loss.loss", "optimizer.loss")]
    if late:
        nodes["transpose1"] = _node("Transpose", 2, 0)
        pairs.append((answer, "transpose1.x"))
        answer = "transpose1.y"
    for node, end in (("loss", port), (metric, judged)):
        pairs += [(answer, f"{node}.{end}"), (f"data.{found.target.id}", f"{node}.target")]
    text = (
        f"One step of learning from {data}. {_READS[found.answers]} Press Train (F5) and watch both on data that "
        "training never sees. Try next: a learning rate three times larger or smaller."
    )
    return _wired("training", nodes, pairs, _frame("How it learns", text, 4 + late))


def preview_graph(found: Starter, data: str, model: str) -> Graph:
    nodes = {"data": _node("Data", 0, 60, dataset=data)}
    given, target = f"data.{found.given.id}", f"data.{found.target.id}"
    if found.answers == "tokens":
        nodes["generate1"] = _node("Generate", 1, 0, network=model, length=120, temperature=0.8)
        nodes["text"] = _node("ViewText", 2, 0, count=4)
        pairs = [(given, "generate1.tokens"), ("generate1.y", "text.tokens")]
        words = "What it writes: each text begins as the data does and goes on as the network thinks that it would."
        return _wired("preview", nodes, pairs, _frame("What it writes", f"{words} {_WATCH}", 3))
    nodes[f"{model}1"] = _node("Network", 1, 0, network=model)
    answer = f"{model}1.{_answer(found)}"
    pairs = [(given, f"{model}1.x")]
    if found.answers == "numbers":
        if found.target.shape == (1,):
            nodes["concat1"] = _node("Concat", 2, 0)
            nodes["scatter"] = _node("ViewScatter", 3, 0)
            pairs += [(target, "concat1.x"), (answer, "concat1.x.1"), ("concat1.y", "scatter.points")]
            words = (
                "A point for each sample that training never saw: to the right what is true, upwards what the network "
                "says. A good network puts them on a line."
            )
            return _wired("preview", nodes, pairs, _frame("Truth and answer", f"{words} {_WATCH}", 4))
        nodes["curve"] = _node("ViewCurve", 2, 0)
        pairs += [(answer, "curve.values"), (target, "curve.truth")]
        words = "What the network says of samples that training never saw, beside what is true."
        return _wired("preview", nodes, pairs, _frame("Truth and answer", f"{words} {_WATCH}", 3))
    if kind_of(found.given) == "picture" and found.given.shape[0] in (1, 3):
        nodes["images"] = _node("ViewImages", 2, 0, count=25)
        pairs += [(given, "images.images"), (answer, "images.logits"), (target, "images.truth")]
    else:
        nodes["confusion"] = _node("ViewConfusion", 2, 0)
        pairs += [(answer, "confusion.logits"), (target, "confusion.truth")]
    words = "What the network takes samples for that training never saw, and which classes it confuses."
    return _wired("preview", nodes, pairs, _frame("What it says", f"{words} {_WATCH}", 3))


_WATCH = "Watch it change while the network trains. Try next: show more samples."
