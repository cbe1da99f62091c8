"""Projects for the compiler's tests, written shortly: nodes as (block, params), links as "a.y > b.x"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import msgspec
from immutables import Map

from netbuilder.graph.model import Column, Dataset, Graph, GraphKind, Input, Link, Node, Output, Project

Nodes = Mapping[str, tuple[str, Mapping[str, Any]] | str]

DIGITS = Dataset(
    "digits",
    columns=(
        Column("image", shape=(1, 8, 8), axes="C H W", role="image"),
        Column("label", dtype="int64", role="class", classes=tuple("0123456789")),
    ),
    samples=1797,
)


def link(text: str) -> Link:
    """ "a.y > b.x" or, into a port that takes many, "a.y > b.x.1"."""
    source, target = text.split(" > ")
    node, port, *index = target.split(".")
    return Link(Output(*source.split(".")), Input(node, port, int(index[0]) if index else 0))


def _ports(source: Any, target: Any) -> tuple[str, str]:
    """The ports by which two nodes of a chain are linked."""
    names = [node if isinstance(node, str) else node[0] for node in (source, target)]
    return "x" if names[0] == "Input" else "y", "x"


def graph(nodes: Nodes, links: Sequence[str] = (), kind: GraphKind = "network") -> Graph:
    """Nodes stand one beside the other in the order given."""
    made = {}
    for at, (id, node) in enumerate(nodes.items()):
        block, params = (node, {}) if isinstance(node, str) else node
        made[id] = Node(block, Map(params), (at * 200.0, 0.0))
    return Graph(kind, Map(made), Map({one.target: one for one in map(link, links)}))


def chain(nodes: Nodes) -> Graph:
    """A network whose nodes feed one another in the order given, each from its y (an Input's x) into its x."""
    ids = list(nodes)
    links = [f"{a}.{end} > {b}.{start}" for a, b in pairwise(ids) for end, start in [_ports(nodes[a], nodes[b])]]
    return graph(nodes, links)


def with_arguments(held: Graph, **arguments: Any) -> Graph:
    """The network with these arguments and their defaults."""
    return msgspec.structs.replace(held, arguments=Map(arguments))


def placed(network: str, block: str = "Network", **params: Any) -> tuple[str, dict[str, Any]]:
    """A network put into a graph; `arguments` as a dict."""
    given = {"arguments": Map(params.pop("arguments"))} if "arguments" in params else {}
    return block, {"network": network, **given, **params}


def training(
    network: str = "classifier",
    image: str = "image",
    out: str = "logits",
    nodes: Nodes | None = None,
    links: Sequence[str] = (),
    without: Sequence[str] = (),
) -> Graph:
    """Digits through a network into cross-entropy, accuracy and an optimizer, with changes."""
    all_nodes: dict[str, Any] = {
        "digits1": ("Data", {"dataset": "digits"}),
        "net1": ("Network", {"network": network}),
        "loss": "CrossEntropyLoss",
        "accuracy": "Accuracy",
        "optimizer": "Optimizer",
        **(nodes or {}),
    }
    all_links = [
        f"digits1.image > net1.{image}",
        f"net1.{out} > loss.logits",
        "digits1.label > loss.target",
        f"net1.{out} > accuracy.logits",
        "digits1.label > accuracy.target",
        "loss.loss > optimizer.loss",
    ]
    kept = {id: node for id, node in all_nodes.items() if id not in without}
    links = [one for one in [*all_links, *links] if one not in without]
    links = [one for one in links if not {one.split(".")[0], one.split(" > ")[1].split(".")[0]} & set(without)]
    return graph(kept, links, "training")


def project(classifier: Graph | None = None, **graphs: Graph) -> Project:
    """A project over the digits."""
    named = {"classifier": classifier} if classifier is not None else {}
    return Project("test", Map({**named, **graphs}), Map(digits=DIGITS))


def cnn_nodes() -> dict[str, Any]:
    """A small convolutional network over 8 x 8 images."""
    return {
        "image": ("Input", {"shape": "N 1 8 8"}),
        "conv1": ("Conv2d", {"out_channels": 16, "padding": 1}),
        "relu1": "ReLU",
        "conv2": ("Conv2d", {"out_channels": 32, "padding": 1}),
        "relu2": "ReLU",
        "pool1": "MaxPool2d",
        "flatten1": "Flatten",
        "linear1": ("Linear", {"out_features": 10}),
        "logits": "Output",
    }


def preview(network: str = "classifier") -> Graph:
    """Images with what the network takes them for."""
    return graph(
        {
            "digits1": ("Data", {"dataset": "digits"}),
            "net1": ("Network", {"network": network}),
            "images": "ViewImages",
        },
        [
            "digits1.image > net1.image",
            "digits1.image > images.images",
            "digits1.label > images.truth",
            "net1.logits > images.logits",
        ],
        "preview",
    )


def cnn_project() -> Project:
    """The network with its training and preview graph."""
    return project(chain(cnn_nodes()), training=training(), predictions=preview())
