"""Small projects on handwritten digits, made by hand so that these tests need no template."""

from __future__ import annotations

from immutables import Map

from netbuilder.data.facts import facts
from netbuilder.graph.model import Graph, Input, Link, Node, Output, Project, Value

DIGITS = facts("digits", Map({"validation": 0.1, "test": 0.2}))


def graph(kind: str, nodes: dict[str, tuple[str, dict[str, Value]]], *links: str) -> Graph:
    """links: "source.port > target.port"."""
    held = {}
    for text in links:
        source, target = (Output(*end.strip().split(".")) for end in text.split(">"))
        end = Input(target.node, target.port, sum(i.node == target.node and i.port == target.port for i in held))
        held[end] = Link(source, end)
    made = {id: Node(block, Map(params)) for id, (block, params) in nodes.items()}
    return Graph(kind, Map(made), Map(held))


CLASSIFIER = graph(
    "network",
    {
        "image": ("Input", {"shape": "N 1 8 8"}),
        "flatten1": ("Flatten", {}),
        "linear1": ("Linear", {"out_features": 24}),
        "relu1": ("ReLU", {}),
        "dropout1": ("Dropout", {"p": 0.2}),
        "linear2": ("Linear", {"out_features": 10}),
        "logits": ("Output", {}),
    },
    "image.x > flatten1.x",
    "flatten1.y > linear1.x",
    "linear1.y > relu1.x",
    "relu1.y > dropout1.x",
    "dropout1.y > linear2.x",
    "linear2.y > logits.x",
)


def training(learning: dict[str, Value]) -> Graph:
    return graph(
        "training",
        {
            "data": ("Data", {"dataset": "digits"}),
            "net": ("Network", {"network": "classifier"}),
            "loss": ("CrossEntropyLoss", {}),
            "accuracy": ("Accuracy", {}),
            "optimizer": ("Optimizer", learning),
        },
        "data.image > net.image",
        "net.logits > loss.logits",
        "data.label > loss.target",
        "net.logits > accuracy.logits",
        "data.label > accuracy.target",
        "loss.loss > optimizer.loss",
    )


PREVIEW = graph(
    "preview",
    {
        "data": ("Data", {"dataset": "digits"}),
        "net": ("Network", {"network": "classifier"}),
        "pictures": ("ViewImages", {"count": 9}),
        "scores": ("ViewCurve", {}),
    },
    "data.image > net.image",
    "data.image > pictures.images",
    "data.label > pictures.truth",
    "net.logits > pictures.logits",
    "net.logits > scores.values",
)


def digits_project(title: str = "Digits", *, previews: bool = True, lr: float = 1e-2, classes: int = 10) -> Project:
    """A classifier with dropout (so that every step draws random numbers), trained with Adam."""
    nodes = CLASSIFIER.nodes.set("linear2", Node("Linear", Map({"out_features": classes})))
    classifier = Graph("network", nodes, CLASSIFIER.links)
    graphs = {"classifier": classifier, "training": training({"lr": lr})}
    if previews:
        graphs["watch"] = PREVIEW
    return Project(title, Map(graphs), Map({"digits": DIGITS}))
