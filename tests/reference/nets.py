"""The reference networks: what each drawing must come to, and how to load and build it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import torch
from torch import nn

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.program import Program, build
from netbuilder.compiler.report import GraphReport
from netbuilder.graph import file
from netbuilder.graph.model import Project

FOLDER = Path(__file__).parent
CATALOGUE = Catalogue.builtin()
FREE = {"N": 2, "T": 7}  # sizes of free axes on real tensors


class Net(NamedTuple):
    """A network of a file. `parameters` exactly; `giga` multiply-adds for one sample of 224 x 224, if published.

    `large`: more than a few seconds of work on real tensors.
    """

    file: str
    network: str
    parameters: int
    giga: float = 0.0
    large: bool = False


NETS = (
    Net("lenet5", "LeNet5", 61_706),
    Net("mnist", "Net", 1_199_882),
    Net("alexnet", "AlexNet", 61_100_840, 0.714, large=True),
    Net("vgg16", "VGG16", 138_357_544, 15.47, large=True),
    Net("resnet18", "ResNet18", 11_689_512, 1.814),
    Net("resnet50", "ResNet50", 25_557_032, 4.089, large=True),
    Net("mobilenet_v2", "MobileNetV2", 3_504_872, 0.301),
    Net("unet", "UNet", 31_037_698, large=True),
    Net("dcgan", "generator", 3_576_704),
    Net("dcgan", "discriminator", 2_765_568),
    Net("vae", "VAE", 652_824),
    Net("lstm_lm", "language_model", 13_987_678),
    Net("gpt2", "GPT2", 124_439_808, large=True),
    Net("vit", "ViT", 86_567_656, 17.56, large=True),
)
FILES = tuple(dict.fromkeys(net.file for net in NETS))


@cache
def load(name: str) -> Project:
    """The project of tests/reference/NAME.netbuilder."""
    return file.load(FOLDER / f"{name}.netbuilder")


@cache
def reports(name: str) -> dict[str, GraphReport]:
    return Analyser(CATALOGUE).analyse(load(name))


@cache
def program(name: str) -> Program:
    """All networks of a project that stand in no other."""
    roots = [net.network for net in NETS if net.file == name]
    return build(load(name), None, CATALOGUE, networks=roots)


def made(net: Net, seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    return program(net.file).networks[net.network]()


def inputs(net: Net, seed: int = 0, **sizes: int) -> list[torch.Tensor]:
    """Random tensors of the shapes that the Inputs declare; whole numbers stay below 1,000."""
    generator = torch.Generator().manual_seed(seed)
    report, nodes = reports(net.file)[net.network], load(net.file).graphs[net.network].nodes
    found = []
    for id in sorted(id for id, node in nodes.items() if node.block == "Input"):
        flow = report.nodes[id].outputs["x"]
        shape = [size if isinstance(size, int) else {**FREE, **sizes}[size] for size in flow.shape]
        whole = flow.dtype == "int64"
        tensor = torch.randint(1000, shape, generator=generator) if whole else torch.randn(shape, generator=generator)
        found.append(tensor)
    return found
