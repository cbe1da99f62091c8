"""Networks drawn with networks in them, for tests: a small ResNet-18 and what else has arguments."""

from __future__ import annotations

from typing import Any

from netbuilder.graph.model import Graph, Project
from tests.compiler.projects import chain, graph, placed, project, with_arguments


def conv(out: Any, kernel: Any = 3, **params: Any) -> tuple[str, dict[str, Any]]:
    return "Conv2d", {"out_channels": out, "kernel_size": kernel, "bias": False, **params}


def basic_block() -> Graph:
    """Two convolutions and the way past them; given as many channels as it has."""
    nodes = {
        "x": "Input",
        "conv1": conv("=channels", padding=1),
        "bn1": "BatchNorm2d",
        "relu1": "ReLU",
        "conv2": conv("=channels", padding=1),
        "bn2": "BatchNorm2d",
        "add1": "Add",
        "relu2": "ReLU",
        "y": "Output",
    }
    links = ["x.x > conv1.x", "conv1.y > bn1.x", "bn1.y > relu1.x", "relu1.y > conv2.x", "conv2.y > bn2.x"]
    links += ["bn2.y > add1.x.0", "x.x > add1.x.1", "add1.y > relu2.x", "relu2.y > y.x"]
    return with_arguments(graph(nodes, links), channels=64)


def down_block() -> Graph:
    """The same with a stride and other channels, and a projection on the way past."""
    nodes = {
        "x": "Input",
        "conv1": conv("=channels", padding=1, stride="=stride"),
        "bn1": "BatchNorm2d",
        "relu1": "ReLU",
        "conv2": conv("=channels", padding=1),
        "bn2": "BatchNorm2d",
        "shortcut": placed("shortcut", arguments={"channels": "=channels", "stride": "=stride"}),
        "add1": "Add",
        "relu2": "ReLU",
        "y": "Output",
    }
    links = ["x.x > conv1.x", "conv1.y > bn1.x", "bn1.y > relu1.x", "relu1.y > conv2.x", "conv2.y > bn2.x"]
    links += ["bn2.y > add1.x.0", "x.x > shortcut.x", "shortcut.y > add1.x.1", "add1.y > relu2.x", "relu2.y > y.x"]
    return with_arguments(graph(nodes, links), channels=128, stride=2)


def shortcut() -> Graph:
    nodes = {"x": "Input", "conv": conv("=channels", 1, stride="=stride"), "bn": "BatchNorm2d", "y": "Output"}
    return with_arguments(chain(nodes), channels=64, stride=1)


def resnet18() -> Project:
    """ResNet-18 (He et al. 2015) over 224 x 224 images: 11,689,512 parameters."""
    nodes: dict[str, Any] = {
        "image": ("Input", {"shape": "N 3 224 224"}),
        "conv1": conv(64, 7, stride=2, padding=3),
        "bn1": "BatchNorm2d",
        "relu1": "ReLU",
        "pool1": ("MaxPool2d", {"kernel_size": 3, "stride": 2, "padding": 1}),
        "layer1": placed("basic_block", "Repeat"),
        "down2": placed("down_block"),
        "layer2": placed("basic_block", arguments={"channels": 128}),
        "down3": placed("down_block", arguments={"channels": 256}),
        "layer3": placed("basic_block", arguments={"channels": 256}),
        "down4": placed("down_block", arguments={"channels": 512}),
        "layer4": placed("basic_block", arguments={"channels": 512}),
        "pool2": ("AdaptiveAvgPool2d", {"output_size": 1}),
        "flatten1": "Flatten",
        "fc": ("Linear", {"out_features": 1000}),
        "logits": "Output",
    }
    graphs = {"basic_block": basic_block(), "down_block": down_block(), "shortcut": shortcut()}
    return project(**graphs, resnet=chain(nodes))


def around(one: Any, shape: str = "N 8", **inner: Graph) -> Project:
    """A network called outer with one placement in it, of a network with ports x and y."""
    nodes = {"a": ("Input", {"shape": shape}), "one": one, "b": "Output"}
    return project(**inner, outer=graph(nodes, ["a.x > one.x", "one.y > b.x"]))


def mlp(width: Any = "=width") -> Graph:
    """One layer and a bend; its width is an argument."""
    nodes = {"x": "Input", "linear1": ("Linear", {"out_features": width}), "relu1": "ReLU", "y": "Output"}
    return with_arguments(chain(nodes), width=8)
