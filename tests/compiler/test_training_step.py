"""Training steps of every kind: the text that a person would write, and the same bits as what a person wrote."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F

from netbuilder.graph.model import Project
from tests.compiler.steps import body, built, function, optimizer, place, problems, same_after, world


def gan(generator: dict[str, Any] | None = None, discriminator: dict[str, Any] | None = None) -> Project:
    """The architecture's example, over rows."""
    nodes = {
        "noise1": ("TestNoise", {"features": 4}),
        "fake": place("generator"),
        "held": "Detach",
        "real_score": place("discriminator"),
        "fake_score": place("discriminator"),
        "score": place("discriminator"),
        "d_loss": "TestRealOrFake",
        "g_loss": "TestTakenForReal",
        "discriminator": optimizer("discriminator", **{"order": 1, **(discriminator or {})}),
        "generator": optimizer(**{"order": 2, **(generator or {})}),
    }
    links = [
        "rows.x > noise1.x",
        "noise1.y > fake.start",
        "fake.end > held.x",
        "rows.x > real_score.start",
        "held.y > fake_score.start",
        "fake.end > score.start",
        "real_score.end > d_loss.real",
        "fake_score.end > d_loss.fake",
        "score.end > g_loss.score",
        "d_loss.loss > discriminator.loss",
        "g_loss.loss > generator.loss",
    ]
    return world(nodes, links, {"generator": body(4, 6), "discriminator": body(6, 1)})


GAN = """\
    rows_x = batch["x"]
    noise1 = torch.randn(rows_x.shape[0], 4, device=rows_x.device)
    fake = net.generator(noise1)
    fake_score = net.discriminator(fake.detach())
    real_score = net.discriminator(rows_x)
    d_loss = F.binary_cross_entropy_with_logits(
        real_score, torch.ones_like(real_score)
    ) + F.binary_cross_entropy_with_logits(fake_score, torch.zeros_like(fake_score))
    opt.discriminator.zero_grad()
    d_loss.backward(inputs=opt.discriminator.parameters)
    opt.discriminator.step()
    score = net.discriminator(fake)
    g_loss = F.binary_cross_entropy_with_logits(score, torch.ones_like(score))
    opt.generator.zero_grad()
    g_loss.backward(inputs=opt.generator.parameters)
    opt.generator.step()
    return {"d_loss": d_loss.detach(), "g_loss": g_loss.detach()}
"""


def bce(score: torch.Tensor, value: float) -> torch.Tensor:
    return F.binary_cross_entropy_with_logits(score, torch.full_like(score, value))


def test_gan() -> None:
    held = gan()
    assert problems(held) == []
    program = built(held)
    assert function(program) == GAN
    assert [plan.networks for plan in program.optimizers] == [("discriminator",), ("generator",)]

    def by_hand(batch: Any, net: Any, opt: Any, step: int) -> Any:
        image = batch["x"]
        fake = net.generator(torch.randn(len(image), 4))
        d_loss = bce(net.discriminator(image), 1.0) + bce(net.discriminator(fake.detach()), 0.0)
        opt.discriminator.zero_grad()
        d_loss.backward()
        opt.discriminator.step()
        g_loss = bce(net.discriminator(fake), 1.0)
        opt.generator.zero_grad()
        g_loss.backward()
        opt.generator.step()
        return {"d_loss": d_loss, "g_loss": g_loss}

    same_after(program, by_hand)


def test_generator_before_discriminator() -> None:
    """What the discriminator learns from is held: the rows that the generator made before its own step."""
    program = built(gan({"order": 1}, {"order": 2}))
    assert function(program).count("net.generator(") == 1

    def by_hand(batch: Any, net: Any, opt: Any, step: int) -> Any:
        fake = net.generator(torch.randn(len(batch["x"]), 4))
        g_loss = bce(net.discriminator(fake), 1.0)
        opt.generator.zero_grad()
        g_loss.backward()
        opt.generator.step()
        d_loss = bce(net.discriminator(batch["x"]), 1.0) + bce(net.discriminator(fake.detach()), 0.0)
        opt.discriminator.zero_grad()
        d_loss.backward()
        opt.discriminator.step()
        return {"d_loss": d_loss, "g_loss": g_loss}

    same_after(program, by_hand)


def test_equal_numbers_step_together() -> None:
    """Both losses are computed and passed back before either network changes."""
    program = built(gan({"order": 1}))
    text = function(program)
    assert text.index("g_loss.backward") < text.index("opt.discriminator.step()") < text.index("opt.generator.step()")
    assert "retain_graph" not in text

    def by_hand(batch: Any, net: Any, opt: Any, step: int) -> Any:
        fake = net.generator(torch.randn(len(batch["x"]), 4))
        d_loss = bce(net.discriminator(batch["x"]), 1.0) + bce(net.discriminator(fake.detach()), 0.0)
        g_loss = bce(net.discriminator(fake), 1.0)
        opt.generator.zero_grad()
        g_loss.backward()
        opt.discriminator.zero_grad()
        d_loss.backward()
        opt.discriminator.step()
        opt.generator.step()
        return {"d_loss": d_loss, "g_loss": g_loss}

    same_after(program, by_hand)


def test_every_and_start_skip_the_work() -> None:
    program = built(gan({"every": 5, "start": 7}))
    text = function(program)
    branch = text.partition("    if step % 5 == 0 and step >= 7:\n")[2]
    assert "        score = net.discriminator(fake)\n" in branch
    assert (
        '        reported["g_loss"] = g_loss.detach()\n    return {"d_loss": d_loss.detach(), **reported}\n' in branch
    )

    def by_hand(batch: Any, net: Any, opt: Any, step: int) -> Any:
        fake = net.generator(torch.randn(len(batch["x"]), 4))
        d_loss = bce(net.discriminator(batch["x"]), 1.0) + bce(net.discriminator(fake.detach()), 0.0)
        opt.discriminator.zero_grad()
        d_loss.backward()
        opt.discriminator.step()
        if step % 5 or step < 7:
            return {"d_loss": d_loss}
        g_loss = bce(net.discriminator(fake), 1.0)
        opt.generator.zero_grad()
        g_loss.backward()
        opt.generator.step()
        return {"d_loss": d_loss, "g_loss": g_loss}

    same_after(program, by_hand)
