"""A small GAN, drawn: two optimizers that take turns, accumulation, a schedule each, and an average of weights."""

from __future__ import annotations

import msgspec
from immutables import Map

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.program import Program, build
from netbuilder.graph.model import Graph, Project, Value
from tests.training.projects import DIGITS, graph

GENERATOR = graph(
    "network",
    {
        "z": ("Input", {"shape": "N 6"}),
        "linear1": ("Linear", {"out_features": 16}),
        "norm": ("BatchNorm1d", {}),
        "relu": ("ReLU", {}),
        "linear2": ("Linear", {"out_features": 64}),
        "sigmoid": ("Sigmoid", {}),
        "square": ("Unflatten", {"dim": 1, "unflattened_size": (1, 8, 8)}),
        "image": ("Output", {}),
    },
    "z.x > linear1.x", "linear1.y > norm.x", "norm.y > relu.x", "relu.y > linear2.x", "linear2.y > sigmoid.x",
    "sigmoid.y > square.x", "square.y > image.x",
)  # fmt: skip
DISCRIMINATOR = graph(
    "network",
    {
        "image": ("Input", {"shape": "N 1 8 8"}),
        "flatten": ("Flatten", {}),
        "linear1": ("Linear", {"out_features": 16}),
        "leaky": ("LeakyReLU", {"negative_slope": 0.2}),
        "drop": ("Dropout", {"p": 0.2}),
        "linear2": ("Linear", {"out_features": 1}),
        "score": ("Output", {}),
    },
    "image.x > flatten.x", "flatten.y > linear1.x", "linear1.y > leaky.x", "leaky.y > drop.x", "drop.y > linear2.x",
    "linear2.y > score.x",
)  # fmt: skip
LEARN_D: dict[str, Value] = {
    "lr": 0.01,
    "networks": Map(discriminator=Map()),
    "accumulate": 2,
    "schedule": "plateau",
    "factor": 0.5,
    "patience": 0,
}
LEARN_G: dict[str, Value] = {
    "order": 2,
    "algorithm": "NAdam",
    "lr": 0.02,
    "networks": Map(generator=Map()),
    "every": 3,
    "start": 4,
    "schedule": "one-cycle",
    "schedule_unit": "step",
    "max_lr": 0.02,
    "average": 0.9,
}


def steps(learn_d=LEARN_D, learn_g=LEARN_G, real="digits") -> Graph:
    """The discriminator learns from the sum of two batches, the generator in every third step from the fourth on."""
    nodes = {
        "data": ("Data", {"dataset": "digits"}),
        "data2": ("Data", {"dataset": real}),
        "noise": ("Noise", {"size": (6,)}),
        "gen": ("Network", {"network": "generator"}),
        "cut": ("Detach", {}),
        "real": ("Network", {"network": "discriminator"}),
        "fake": ("Network", {"network": "discriminator"}),
        "judged": ("Network", {"network": "discriminator"}),
        "d_loss": ("DiscriminatorLoss", {}),
        "g_loss": ("AllRealLoss", {}),
        "learn_d": ("Optimizer", learn_d),
        "learn_g": ("Optimizer", learn_g),
    }
    links = (
        "data.image > noise.like", "noise.y > gen.z", "data2.image > real.image", "gen.image > cut.x",
        "cut.y > fake.image", "gen.image > judged.image", "real.score > d_loss.real", "fake.score > d_loss.fake",
        "judged.score > g_loss.logits", "d_loss.loss > learn_d.loss", "g_loss.loss > learn_g.loss",
    )  # fmt: skip
    return graph("training", nodes, *links)


PROJECT = Project(
    "Adversaries",
    Map(generator=GENERATOR, discriminator=DISCRIMINATOR, training=steps()),
    Map(digits=DIGITS),
)


def drawn(**changes) -> Project:
    """The project with another training graph."""
    return msgspec.structs.replace(PROJECT, graphs=PROJECT.graphs.set("training", steps(**changes)))


def program(project: Project = PROJECT) -> Program:
    return build(project, "training", Catalogue.builtin())
