"""A small GAN as a program written by hand, against the compiler's contract: every thing that a step may hold."""

from __future__ import annotations

import inspect

import torch
import torch.nn.functional as F
from immutables import Map
from torch import nn

from netbuilder.compiler.plans import OptimizerPlan
from netbuilder.compiler.program import Program
from netbuilder.graph.model import Project
from tests.training.projects import DIGITS, graph

GRAPH = graph(  # what the loop is told of the drawing: which nodes are losses
    "training",
    {
        "data": ("Data", {"dataset": "digits"}),
        "d_loss": ("BCEWithLogitsLoss", {}),
        "g_loss": ("BCEWithLogitsLoss", {}),
        "discriminator": ("Optimizer", {}),
        "generator": ("Optimizer", {}),
    },
)
PROJECT = Project("Adversaries", Map({"training": GRAPH}), Map({"digits": DIGITS}))


def _generator():
    return nn.Sequential(nn.Linear(6, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 64), nn.Sigmoid())


def _discriminator():
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.LeakyReLU(0.2), nn.Dropout(0.2), nn.Linear(16, 1))


def train_step(batch, net, opt, step):
    """The discriminator learns from the sum of two batches, the generator in every third step from the fourth on."""
    image = batch["image"]
    fake = net.generator(torch.randn(image.shape[0], 6))
    real_score, fake_score = net.discriminator(image), net.discriminator(fake.detach())
    d_loss = F.softplus(-real_score).mean() + F.softplus(fake_score).mean()
    if step % 2 == 0:
        opt.discriminator.zero_grad()
    (d_loss / 2).backward(inputs=opt.discriminator.parameters)
    if step % 2 == 1:
        opt.discriminator.step()
    found = {"d_loss": d_loss.detach()}
    if step % 3 == 0 and step >= 4:
        g_loss = F.softplus(-net.discriminator(fake)).mean()
        opt.generator.zero_grad()
        g_loss.backward(inputs=opt.generator.parameters)
        opt.generator.step()
        opt.generator.schedule.step()
        opt.generator.average.update()
        found["g_loss"] = g_loss.detach()
    return found


def eval_step(batch, net):
    image = batch["image"]
    score = net.discriminator(net.generator(torch.randn(image.shape[0], 6)))
    return {"d_loss": F.softplus(-net.discriminator(image)).mean(), "g_loss": F.softplus(-score).mean()}


def predict(batch, net):
    return {}


PLANS = (
    OptimizerPlan(
        "discriminator", "Adam", {"lr": 1e-2}, ("discriminator",), schedule="plateau",
        schedule_arguments={"factor": 0.5, "patience": 0}, losses=("d_loss",), accumulate=2,
    ),
    OptimizerPlan(
        "generator", "NAdam", {"lr": 2e-2}, ("generator",), schedule="one-cycle",
        schedule_arguments={"max_lr": 0.02, "total_steps": None}, schedule_unit="step", average=0.9,
        losses=("g_loss",), order=2, every=3, start=4,
    ),
)  # fmt: skip


def program(plans=PLANS, step=train_step, **changes) -> Program:
    functions = {"train_step": step, "eval_step": eval_step, "predict": predict}
    held = {
        "source": "\n".join(inspect.getsource(each) for each in (step, eval_step)),
        "spans": {}, "lines": {}, "hash": "0" * 64, "filename": "<by hand>",
        "networks": {"generator": _generator, "discriminator": _discriminator, "inner": _generator},
        "previews": {}, "previews_data": {},
        "optimizers": plans, "datasets": ("digits",), "functions": functions,
    }  # fmt: skip
    return Program(**{**held, **changes})
