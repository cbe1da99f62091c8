"""A GAN and a VAE on handwritten digits, drawn, and the loops that a careful person writes for them by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F
from immutables import Map
from torch import Tensor, nn

from netbuilder.data.facts import facts
from netbuilder.graph.model import Graph, Input, Link, Node, Output, Project, Value
from netbuilder.training.optimizers import build_optimizers
from netbuilder.training.work import Work, build_networks

Drawn = dict[str, tuple[str, dict[str, Value]]]


def _graph(kind: str, nodes: Drawn, *links: str) -> Graph:
    """links: "source.port > target.port"."""
    held = {}
    for text in links:
        source, target = (Output(*end.strip().split(".")) for end in text.split(">"))
        end = Input(target.node, target.port, 0)
        held[end] = Link(source, end)
    made = {id: Node(block, Map(params)) for id, (block, params) in nodes.items()}
    return Graph(kind, Map(made), Map(held))


def _mlp(sizes: tuple[int, ...], end: str, shape: str, *, flat: bool = False, square: bool = False) -> Graph:
    """Linear layers with ReLU between them; `flat` flattens an image first, `square` makes one of the result."""
    nodes: Drawn = {"x": ("Input", {"shape": shape})}
    row = ["x.x"]

    def add(id: str, block: str, **params: Value) -> None:
        nodes[id] = (block, params)
        row.extend((f"{id}.x", f"{id}.y"))

    if flat:
        add("flatten", "Flatten")
    for at, size in enumerate(sizes, 1):
        add(f"linear{at}", "Linear", out_features=size)
        if at < len(sizes):
            add(f"relu{at}", "ReLU")
    if square:
        add("sigmoid", "Sigmoid")
        add("unflatten", "Unflatten", dim=1, unflattened_size=(1, 8, 8))
    nodes[end] = ("Output", {})
    row.append(f"{end}.x")
    return _graph("network", nodes, *(f"{a} > {b}" for a, b in zip(row[::2], row[1::2], strict=True)))


def _placed(network: str) -> tuple[str, dict[str, Value]]:
    return "Network", {"network": network}


def _project(title: str, batch_size: int, **graphs: Graph) -> Project:
    settings = Map(training=Map(epochs=30, batch_size=batch_size, best=""))
    return Project(title, Map(graphs), Map(digits=facts("digits")), settings)


def gan() -> Project:
    """A discriminator that learns first, and a generator."""
    step: Drawn = {
        "data": ("Data", {"dataset": "digits"}),
        "noise": ("Noise", {"size": (16,)}),
        "fake": _placed("generator"),
        "cut": ("Detach", {}),
        "real_score": _placed("discriminator"),
        "fake_score": _placed("discriminator"),
        "score": _placed("discriminator"),
        "d_loss": ("DiscriminatorLoss", {}),
        "g_loss": ("AllRealLoss", {}),
        "d": ("Optimizer", {"networks": Map(discriminator=Map()), "lr": 2e-4, "betas": (0.5, 0.999)}),
        "g": ("Optimizer", {"networks": Map(generator=Map()), "lr": 2e-4, "betas": (0.5, 0.999), "order": 2}),
    }
    links = (
        "data.image > noise.like", "noise.y > fake.x", "data.image > real_score.x", "fake.image > cut.x",
        "cut.y > fake_score.x", "fake.image > score.x", "real_score.score > d_loss.real",
        "fake_score.score > d_loss.fake", "score.score > g_loss.logits", "d_loss.loss > d.loss", "g_loss.loss > g.loss",
    )  # fmt: skip
    return _project(
        "GAN", 64,
        generator=_mlp((128, 128, 64), "image", "N 16", square=True),
        discriminator=_mlp((128, 128, 1), "score", "N 1 8 8", flat=True),
        training=_graph("training", step, *links),
    )  # fmt: skip


def vae() -> Project:
    """Encoder and decoder, taught by the sum of two losses."""
    encoder = _graph(
        "network",
        {
            "x": ("Input", {"shape": "N 1 8 8"}), "flatten": ("Flatten", {}), "relu": ("ReLU", {}),
            "linear1": ("Linear", {"out_features": 128}), "linear2": ("Linear", {"out_features": 8}),
            "linear3": ("Linear", {"out_features": 8}), "mu": ("Output", {}), "logvar": ("Output", {}),
        },
        "x.x > flatten.x", "flatten.y > linear1.x", "linear1.y > relu.x", "relu.y > linear2.x", "relu.y > linear3.x",
        "linear2.y > mu.x", "linear3.y > logvar.x",
    )  # fmt: skip
    step: Drawn = {
        "data": ("Data", {"dataset": "digits"}),
        "encoder": _placed("encoder"),
        "sample": ("Reparameterize", {}),
        "decoder": _placed("decoder"),
        "error": ("MSELoss", {}),
        "kl": ("GaussianKL", {}),
        "loss": ("WeightedSum", {"weight2": 0.001}),
        "optimizer": ("Optimizer", {"lr": 1e-3}),
    }
    links = (
        "data.image > encoder.x", "encoder.mu > sample.mu", "encoder.logvar > sample.logvar", "sample.z > decoder.x",
        "decoder.image > error.prediction", "data.image > error.target", "encoder.mu > kl.mu",
        "encoder.logvar > kl.logvar", "error.loss > loss.loss1", "kl.loss > loss.loss2", "loss.loss > optimizer.loss",
    )  # fmt: skip
    return _project(
        "VAE", 64, encoder=encoder, decoder=_mlp((128, 64), "image", "N 8", square=True),
        training=_graph("training", step, *links),
    )  # fmt: skip


def _batches(images: Tensor, size: int, *, mixed: bool) -> Iterator[Tensor]:
    order = torch.randperm(len(images)) if mixed else torch.arange(len(images))
    for start in range(0, len(images), size):
        yield images[order[start : start + size]]


def _means(told: list[tuple[Tensor, ...]], sizes: list[int]) -> list[float]:
    """The epoch's mean of each figure, with one transfer."""
    share = torch.tensor(sizes) / sum(sizes)
    found: list[float] = (share @ torch.stack([torch.stack(each) for each in told])).tolist()
    return found


def _epochs(
    work: Work,
    networks: list[nn.Module],
    learn: Callable[[Tensor], tuple[Tensor, ...]],
    look: Callable[[Tensor], tuple[Tensor, ...]],
) -> list[list[float]]:
    """Learns from all batches of each epoch and looks at the validation data after it; the figures of all."""
    settings = work.settings
    images, held_out = work.data.train["image"], work.data.validation["image"]
    history = []
    for _ in range(settings.epochs):
        for network in networks:
            network.train()
        told, sizes = [], []
        for image in _batches(images, settings.batch_size, mixed=True):
            told.append(learn(image))
            sizes.append(len(image))
        trained = _means(told, sizes)
        for network in networks:
            network.eval()
        with torch.no_grad():
            parts = list(_batches(held_out, settings.eval_batch_size, mixed=False))
            history.append([*trained, *_means([look(image) for image in parts], [len(image) for image in parts])])
    return history


def learn_gan(work: Work) -> Callable[[], object]:
    """The loop of the GAN, ready to begin."""
    networks = build_networks(work.program, 0, work.device)
    generator, discriminator = networks["generator"], networks["discriminator"]
    made = build_optimizers(work.program.optimizers, networks, work.length)
    d_optimizer, g_optimizer = made["d"], made["g"]
    d_weights, g_weights = list(discriminator.parameters()), list(generator.parameters())

    def d_loss(real_score: Tensor, fake_score: Tensor) -> Tensor:
        return F.binary_cross_entropy_with_logits(
            real_score, torch.ones_like(real_score)
        ) + F.binary_cross_entropy_with_logits(fake_score, torch.zeros_like(fake_score))

    def learn(image: Tensor) -> tuple[Tensor, ...]:
        fake = generator(torch.randn(len(image), 16))
        told = d_loss(discriminator(image), discriminator(fake.detach()))
        d_optimizer.zero_grad()
        told.backward(inputs=d_weights)
        d_optimizer.step()
        score = discriminator(fake)
        g_loss = F.binary_cross_entropy_with_logits(score, torch.ones_like(score))
        g_optimizer.zero_grad()
        g_loss.backward(inputs=g_weights)
        g_optimizer.step()
        return told.detach(), g_loss.detach()

    def look(image: Tensor) -> tuple[Tensor, ...]:
        fake_score = discriminator(generator(torch.randn(len(image), 16)))
        g_loss = F.binary_cross_entropy_with_logits(fake_score, torch.ones_like(fake_score))
        return d_loss(discriminator(image), fake_score), g_loss

    return lambda: _epochs(work, [generator, discriminator], learn, look)


def learn_vae(work: Work) -> Callable[[], object]:
    """The loop of the VAE, ready to begin."""
    networks = build_networks(work.program, 0, work.device)
    encoder, decoder = networks["encoder"], networks["decoder"]
    (optimizer,) = build_optimizers(work.program.optimizers, networks, work.length).values()

    def losses(image: Tensor) -> tuple[Tensor, ...]:
        mu, logvar = encoder(image)
        error = F.mse_loss(decoder(mu + torch.exp(0.5 * logvar) * torch.randn_like(mu)), image)
        kl = -0.5 * (1 + logvar - mu.square() - logvar.exp()).sum() / len(mu)
        return error, kl, error + 0.001 * kl

    def learn(image: Tensor) -> tuple[Tensor, ...]:
        error, kl, loss = losses(image)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return error.detach(), kl.detach(), loss.detach()

    return lambda: _epochs(work, [encoder, decoder], learn, losses)


DRAWN: dict[str, tuple[Callable[[], Project], Callable[[Work], Callable[[], object]]]] = {
    "gan": (gan, learn_gan),
    "vae": (vae, learn_vae),
}
