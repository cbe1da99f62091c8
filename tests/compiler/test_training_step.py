"""Training steps of every kind: the text that a person would write, and the same bits as what a person wrote."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import torch
import torch.nn.functional as F
from immutables import Map

from netbuilder.graph.model import Project
from tests.compiler.steps import (
    ROWS,
    batch,
    body,
    built,
    function,
    insert,
    made,
    optimizer,
    place,
    problems,
    same_after,
    two_ends,
    with_settings,
    world,
)


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


def test_normalization_and_dropout_see_each_batch_as_often_as_by_hand() -> None:
    layers = ("BatchNorm1d", "LeakyReLU", "Dropout")
    held = gan()
    bodies = {"generator": body(4, 6, *layers), "discriminator": body(6, 1, *layers)}
    program = built(msgspec.structs.replace(held, graphs=held.graphs.update(bodies)))

    def by_hand(batch: Any, net: Any, opt: Any, step: int) -> Any:
        fake = net.generator(torch.randn(len(batch["x"]), 4))
        fake_score = net.discriminator(fake.detach())
        d_loss = bce(net.discriminator(batch["x"]), 1.0) + bce(fake_score, 0.0)
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


def autoencoder(**params: Any) -> Project:
    """Noise-free: encoder, decoder, and two losses on what comes out."""
    nodes = {
        "code": place("encoder"),
        "back": place("decoder"),
        "error": "MSELoss",
        "size": "TestMean",
        "adam": ("Optimizer", {"algorithm": "Adam", "lr": 0.01, **params}),
    }
    links = [
        "rows.x > code.start",
        "code.end > back.start",
        "back.end > error.prediction",
        "rows.y > error.target",
        "code.end > size.x",
        "error.loss > adam.loss",
        "size.loss > adam.loss.1",
    ]
    return world(nodes, links, {"encoder": body(6, 4), "decoder": body(4, 6)})


def test_two_losses_on_one_network() -> None:
    program = built(autoencoder())
    assert (
        function(program)
        == """\
    rows_x = batch["x"]
    rows_y = batch["y"]
    code = net.encoder(rows_x)
    back = net.decoder(code)
    error = F.mse_loss(back, rows_y)
    size = code.square().mean()
    total_loss = error + size
    opt.adam.zero_grad()
    total_loss.backward()
    opt.adam.step()
    return {"error": error.detach(), "size": size.detach()}
"""
    )

    def by_hand(batch: Any, net: Any, opt: Any, step: int) -> Any:
        code = net.encoder(batch["x"])
        error, size = F.mse_loss(net.decoder(code), batch["y"]), code.square().mean()
        opt.adam.zero_grad()
        (error + size).backward()
        opt.adam.step()
        return {"error": error, "size": size}

    same_after(program, by_hand)


def test_vae() -> None:
    nodes = {
        "code": place("encoder"),
        "latent": "TestSample",
        "back": place("decoder"),
        "error": "MSELoss",
        "kl": "TestKL",
        "adam": ("Optimizer", {"algorithm": "AdamW", "lr": 0.01}),
    }
    links = [
        "rows.x > code.start",
        "code.one > latent.mean",
        "code.two > latent.logvar",
        "latent.y > back.start",
        "back.end > error.prediction",
        "rows.x > error.target",
        "code.one > kl.mean",
        "code.two > kl.logvar",
        "error.loss > adam.loss",
        "kl.loss > adam.loss.1",
    ]
    program = built(world(nodes, links, {"encoder": two_ends(), "decoder": body(4, 6)}))

    def by_hand(batch: Any, net: Any, opt: Any, step: int) -> Any:
        x = batch["x"]
        mean, logvar = net.encoder(x)
        kl = -0.5 * (1 + logvar - mean.square() - logvar.exp()).mean()
        back = net.decoder(mean + torch.randn_like(mean) * (logvar / 2).exp())
        error = F.mse_loss(back, x)
        opt.adam.zero_grad()
        (error + kl).backward()
        opt.adam.step()
        return {"error": error, "kl": kl}

    same_after(program, by_hand)


def test_a_step_of_a_diffusion_model() -> None:
    """Noise is drawn, mixed in at a random time, and guessed; with an average of weights kept beside."""
    nodes = {
        "noise": ("TestNoise", {"features": 6}),
        "time": "TestTime",
        "noisy": "TestMix",
        "guess": place("denoiser"),
        "error": "MSELoss",
        "adam": ("Optimizer", {"algorithm": "Adam", "lr": 0.01, "average": 0.99}),
    }
    links = [
        "rows.x > noise.x",
        "rows.x > time.x",
        "rows.x > noisy.x",
        "noise.y > noisy.noise",
        "time.t > noisy.t",
        "noisy.y > guess.start",
        "guess.end > error.prediction",
        "noise.y > error.target",
        "error.loss > adam.loss",
    ]
    program = built(world(nodes, links, {"denoiser": body(6, 6)}))
    assert "    opt.adam.step()\n    opt.adam.average.update()\n    return" in function(program)

    def by_hand(batch: Any, net: Any, opt: Any, step: int) -> Any:
        x = batch["x"]
        noise = torch.randn(len(x), 6)
        t = torch.rand(len(x), 1)
        error = F.mse_loss(net.denoiser((1 - t) * x + t * noise), noise)
        opt.adam.zero_grad()
        error.backward()
        opt.adam.step()
        opt.adam.average.update()
        return {"error": error}

    same_after(program, by_hand)


def critic() -> Project:
    """A Wasserstein critic with a gradient penalty, and what makes rows in every fifth step."""
    held = gan({"every": 5})
    return insert(
        held,
        {"penalty": ("GradientPenalty", {"network": "discriminator"})},
        ["rows.x > penalty.real", "fake.end > penalty.fake", "penalty.loss > discriminator.loss.1"],
    )


def test_gradient_penalty() -> None:
    program = built(critic())
    assert list(program.eager) == ["discriminator"]
    assert "penalty" in program.eager["discriminator"]

    def by_hand(batch: Any, net: Any, opt: Any, step: int) -> Any:
        fake = net.generator(torch.randn(len(batch["x"]), 4))
        fake_score = net.discriminator(fake.detach())
        share = torch.rand(len(fake), 1)
        x = share * batch["x"].clone().requires_grad_() + (1 - share) * fake.detach()
        (slope,) = torch.autograd.grad(net.discriminator(x).sum(), x, create_graph=True)
        penalty = 10.0 * (slope.norm(dim=1) - 1.0).square().mean()
        d_loss = bce(net.discriminator(batch["x"]), 1.0) + bce(fake_score, 0.0)
        opt.discriminator.zero_grad()
        (d_loss + penalty).backward()
        opt.discriminator.step()
        told = {"d_loss": d_loss, "penalty": penalty}
        if step % 5 == 0:
            g_loss = bce(net.discriminator(fake), 1.0)
            opt.generator.zero_grad()
            g_loss.backward()
            opt.generator.step()
            told["g_loss"] = g_loss
        return told

    same_after(program, by_hand)
    net, _ = made(program)
    told = program.eval_step(batch(0), net)
    assert set(told) == {"d_loss", "g_loss", "penalty"}
    assert told["penalty"] > 0
    assert not any(value.requires_grad for value in told.values())
    text = function(program, "eval_step")
    assert (
        "    with torch.enable_grad():\n        penalty = gradient_penalty(net.discriminator, rows_x, fake)\n" in text
    )


def one_loss(first: dict[str, Any], second: dict[str, Any]) -> Project:
    held = autoencoder()
    nodes = {"adam": optimizer("encoder", **first), "sgd": optimizer("decoder", **second)}
    return insert(held, nodes, ["error.loss > sgd.loss", "size.loss > sgd.loss.1"])


def test_one_loss_with_two_optimizers_at_once() -> None:
    """One backward pass is enough for both."""
    program = built(one_loss({"lr": 0.2}, {}))
    assert function(program).partition("    total_loss")[0].endswith("size = code.square().mean()\n") is False
    assert function(program).endswith("""\
    adam_loss = error + size
    opt.adam.zero_grad()
    opt.sgd.zero_grad()
    adam_loss.backward()
    opt.adam.step()
    opt.sgd.step()
    return {"error": error.detach(), "size": size.detach()}
""")

    def by_hand(batch: Any, net: Any, opt: Any, step: int) -> Any:
        code = net.encoder(batch["x"])
        error, size = F.mse_loss(net.decoder(code), batch["y"]), code.square().mean()
        for one in (opt.adam, opt.sgd):
            one.zero_grad()
        (error + size).backward()
        for one in (opt.adam, opt.sgd):
            one.step()
        return {"error": error, "size": size}

    same_after(program, by_hand)


def test_one_loss_with_two_optimizers_in_turn() -> None:
    """The second one sees what the first one made of its network: the values are computed again."""
    program = built(one_loss({"order": 1}, {"order": 2}))
    assert "retain_graph" not in function(program)

    def by_hand(batch: Any, net: Any, opt: Any, step: int) -> Any:
        def losses() -> Any:
            code = net.encoder(batch["x"])
            return {"error": F.mse_loss(net.decoder(code), batch["y"]), "size": code.square().mean()}

        for one, name in ((opt.adam, "encoder"), (opt.sgd, "decoder")):
            told = losses()
            gradients = torch.autograd.grad(sum(told.values()), list(getattr(net, name).parameters()))
            for parameter, gradient in zip(getattr(net, name).parameters(), gradients, strict=True):
                parameter.grad = gradient
            one.step()
        return told

    same_after(program, by_hand)


def test_losses_that_share_work_keep_it_for_each_other() -> None:
    """Equal numbers, different losses: the first backward pass keeps what the second one needs."""
    held = autoencoder()
    nodes = {"adam": optimizer("decoder"), "sgd": optimizer("encoder")}
    held = insert(
        held, nodes, ["size.loss > sgd.loss", "error.loss > sgd.loss.1"], without=("size.loss > adam.loss.1",)
    )
    program = built(held)
    text = function(program)
    assert "error.backward(inputs=opt.adam.parameters, retain_graph=True)\n" in text
    assert "sgd_loss.backward(inputs=opt.sgd.parameters)\n" in text

    def by_hand(batch: Any, net: Any, opt: Any, step: int) -> Any:
        code = net.encoder(batch["x"])
        error, size = F.mse_loss(net.decoder(code), batch["y"]), code.square().mean()
        pairs = ((net.decoder, error), (net.encoder, size + error))
        found = [torch.autograd.grad(loss, list(one.parameters()), retain_graph=True) for one, loss in pairs]
        for (one, _), gradients in zip(pairs, found, strict=True):
            for parameter, gradient in zip(one.parameters(), gradients, strict=True):
                parameter.grad = gradient
        opt.adam.step()
        opt.sgd.step()
        return {"error": error, "size": size}

    same_after(program, by_hand)


def test_accumulation_clipping_and_schedules() -> None:
    program = built(
        autoencoder(accumulate=4, clip_norm=0.5, clip_value=0.05, schedule="step", schedule_unit="step", average=0.5)
    )
    assert (
        function(program).partition("total_loss = error + size\n")[2]
        == """\
    (total_loss / 4).backward()
    if (step + 1) % 4 == 0:
        nn.utils.clip_grad_value_(opt.adam.parameters, 0.05)
        nn.utils.clip_grad_norm_(opt.adam.parameters, 0.5)
        opt.adam.step()
        opt.adam.schedule.step()
        opt.adam.average.update()
        opt.adam.zero_grad()
    return {"error": error.detach(), "size": size.detach()}
"""
    )

    def by_hand(batch: Any, net: Any, opt: Any, step: int) -> Any:
        code = net.encoder(batch["x"])
        error, size = F.mse_loss(net.decoder(code), batch["y"]), code.square().mean()
        if step % 4 == 0:
            opt.adam.zero_grad()
        ((error + size) / 4).backward()
        if step % 4 == 3:
            torch.nn.utils.clip_grad_value_(opt.adam.parameters, 0.05)
            torch.nn.utils.clip_grad_norm_(opt.adam.parameters, 0.5)
            opt.adam.step()
            opt.adam.schedule.step()
            opt.adam.average.update()
        return {"error": error, "size": size}

    same_after(program, by_hand)


@pytest.mark.parametrize(("schedule", "unit"), [("constant", "step"), ("plateau", "step"), ("cosine", "epoch")])
def test_schedules_that_the_loop_moves_have_no_line(schedule: str, unit: str) -> None:
    assert ".schedule" not in function(built(autoencoder(schedule=schedule, schedule_unit=unit)))


def test_lbfgs_computes_its_loss_as_often_as_it_likes() -> None:
    held = autoencoder()
    held = insert(held, {"adam": ("Optimizer", {"algorithm": "LBFGS", "lr": 0.1, "max_iter": 4})}, [])
    program = built(held)
    assert (
        function(program).partition("size = code.square().mean()\n")[2]
        == """\

    def closure():
        opt.adam.zero_grad()
        code = net.encoder(rows_x)
        back = net.decoder(code)
        error = F.mse_loss(back, rows_y)
        size = code.square().mean()
        total_loss = error + size
        total_loss.backward()
        return total_loss

    opt.adam.step(closure)
    return {"error": error.detach(), "size": size.detach()}
"""
    )

    def by_hand(batch: Any, net: Any, opt: Any, step: int) -> Any:
        def losses() -> Any:
            code = net.encoder(batch["x"])
            return {"error": F.mse_loss(net.decoder(code), batch["y"]), "size": code.square().mean()}

        def closure() -> Any:
            opt.adam.zero_grad()
            loss = sum(losses().values())
            loss.backward()
            return loss

        before = losses()
        opt.adam.step(closure)
        return before

    same_after(program, by_hand, steps=5)


def test_mixed_precision() -> None:
    held = with_settings(autoencoder(clip_norm=1.0), precision="bf16")
    assert (
        function(built(held)).partition("    opt.adam.zero_grad()")[0]
        == """\
    rows_x = batch["x"]
    rows_y = batch["y"]
    with torch.autocast(rows_x.device.type, dtype=torch.bfloat16):
        code = net.encoder(rows_x)
        back = net.decoder(code)
        error = F.mse_loss(back, rows_y)
        size = code.square().mean()
    total_loss = error + size
"""
    )
    held = with_settings(autoencoder(clip_norm=1.0), precision="fp16")
    assert (
        function(built(held)).partition("total_loss = error + size\n")[2]
        == """\
    opt.adam.zero_grad()
    opt.scaler.scale(total_loss).backward()
    opt.scaler.unscale_(opt.adam)
    nn.utils.clip_grad_norm_(opt.adam.parameters, 1.0)
    opt.scaler.step(opt.adam)
    opt.scaler.update()
    return {"error": error.detach(), "size": size.detach()}
"""
    )


def test_one_scaler_is_updated_once_a_step() -> None:
    text = function(built(with_settings(gan({"every": 5}), precision="fp16")))
    assert text.count("opt.scaler.update()") == 1
    assert text.index("opt.scaler.step(opt.generator)") < text.index("    opt.scaler.update()\n")
    text = function(built(with_settings(autoencoder(accumulate=4), precision="fp16")))
    assert "    opt.scaler.scale(total_loss / 4).backward()\n    if (step + 1) % 4 == 0:\n" in text
    assert "        opt.adam.zero_grad()\n        opt.scaler.update()\n" in text


@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_mixed_precision_learns_what_a_person_would(precision: str) -> None:
    program = built(with_settings(gan(), precision=precision))
    dtype = {"bf16": torch.bfloat16, "fp16": torch.float16}[precision]

    def by_hand(batch: Any, net: Any, opt: Any, step: int) -> Any:
        def learn(one: Any, loss: Any) -> None:
            one.zero_grad()
            loss = opt.scaler.scale(loss) if precision == "fp16" else loss
            loss.backward(inputs=one.parameters)
            _ = opt.scaler.step(one) if precision == "fp16" else one.step()

        with torch.autocast("cpu", dtype=dtype):
            fake = net.generator(torch.randn(len(batch["x"]), 4))
            made_score = net.discriminator(fake.detach())
            d_loss = bce(net.discriminator(batch["x"]), 1.0) + bce(made_score, 0.0)
        learn(opt.discriminator, d_loss)
        with torch.autocast("cpu", dtype=dtype):
            g_loss = bce(net.discriminator(fake), 1.0)
        learn(opt.generator, g_loss)
        if precision == "fp16":
            opt.scaler.update()
        return {"d_loss": d_loss, "g_loss": g_loss}

    same_after(program, by_hand)


def test_what_is_frozen_or_detached_stays() -> None:
    held = insert(autoencoder(), {"still": ("Freeze", {"network": "encoder"})}, [])
    program = built(held)
    assert program.frozen == ("encoder",)
    assert program.optimizers[0].networks == ("decoder",)
    assert "total_loss.backward()\n" in function(program)

    def by_hand(batch: Any, net: Any, opt: Any, step: int) -> Any:
        code = net.encoder(batch["x"])
        error, size = F.mse_loss(net.decoder(code), batch["y"]), code.square().mean()
        opt.adam.zero_grad()
        error.backward()
        opt.adam.step()
        return {"error": error, "size": size}

    same_after(program, by_hand)


def test_groups_have_rates_of_their_own() -> None:
    groups = Map(encoder=Map(lr=0.001, weight_decay=0.1), decoder=Map())
    (plan,) = built(autoencoder(networks=groups)).optimizers
    assert plan.networks == ("decoder", "encoder")
    assert plan.groups == {"encoder": {"lr": 0.001, "weight_decay": 0.1}}


def test_data_sets_side_by_side() -> None:
    held = autoencoder()
    held = insert(held, {"more": ("Data", {"dataset": "pairs"})}, ["more.y > error.target"])
    held = msgspec.structs.replace(held, datasets=held.datasets.set("pairs", ROWS))
    program = built(held)
    assert program.datasets == ("pairs", "rows")
    assert '    more = batch["pairs"]["y"]\n    rows = batch["rows"]["x"]\n' in function(program).replace(
        "_y", ""
    ).replace("_x", "")
    net, opt = made(program)
    told = program.train_step({"rows": batch(0), "pairs": batch(1)}, net, opt, 0)  # type: ignore[arg-type]
    expected = F.mse_loss(made(program)[0].decoder(made(program)[0].encoder(batch(0)["x"])), batch(1)["y"])
    assert torch.equal(told["error"], expected.detach())


def test_metrics_are_told_when_what_they_look_at_is_known() -> None:
    """A loss that no optimizer makes smaller is only measured; of skipped work it is told with it."""
    nodes = {"shown": "TestMean", "seen": "TestMean"}
    held = insert(gan({"every": 3}), nodes, ["score.end > shown.x", "real_score.end > seen.x"])
    program = built(held)
    text = function(program)
    assert "        with torch.no_grad():\n            shown = score.square().mean()\n" in text
    assert "    with torch.no_grad():\n        seen = real_score.square().mean()\n" in text
    net, opt = made(program)
    told = [set(program.train_step(batch(step), net, opt, step)) for step in range(3)]
    assert told == [{"d_loss", "g_loss", "shown", "seen"}, {"d_loss", "seen"}, {"d_loss", "seen"}]
    assert set(program.eval_step(batch(0), net)) == {"d_loss", "g_loss", "shown", "seen"}


def test_lines_belong_to_their_nodes() -> None:
    program = built(gan())
    lines = program.source.splitlines()
    shown = {node: lines[first - 1 : last] for (_, node), (first, last) in program.spans.items()}
    assert [line.strip() for line in shown["generator"]] == [
        "opt.generator.zero_grad()",
        "g_loss.backward(inputs=opt.generator.parameters)",
        "opt.generator.step()",
    ]
    assert [line.strip() for line in shown["held"]] == ["fake_score = net.discriminator(fake.detach())"]
