"""Functions that call a network many times: samplers, generation, roll-outs, and the gradient penalty.

`network` is a module, or anything that is called like one. `conditions` are further inputs of it (class labels, ...),
one entry a sample, given unchanged to each call.
"""

import torch
from torch import nn

from netbuilder.nn.generative import _alpha_bar


def ddpm_sample(
    network: nn.Module,
    noise: torch.Tensor,
    *conditions: torch.Tensor,
    steps: int = 1000,
    schedule: str = "linear",
    predicts: str = "noise",
    clip: float | None = None,
) -> torch.Tensor:
    """Makes samples of noise, step by step backwards through a diffusion: algorithm 2 of Ho and others, 2020.

    noise: N x any, normal. network(x, t, *conditions) says which noise is in x at step t (N, int64), or, where
    predicts is "velocity", √ᾱ · noise − √(1 − ᾱ) · data. steps and schedule are those it was trained with. clip: the
    data is known to lie from -clip to clip. Same shape as noise.
    """
    return _ddpm(network, noise, conditions, steps, schedule, predicts, clip, [steps])[0]


def ddpm_chain(
    network: nn.Module,
    noise: torch.Tensor,
    *conditions: torch.Tensor,
    frames: int = 9,
    steps: int = 1000,
    schedule: str = "linear",
    predicts: str = "noise",
    clip: float | None = None,
) -> torch.Tensor:
    """As ddpm_sample, with what was there on the way: `frames` evenly spaced states from the noise to the sample.

    Gives N x frames x any, the noise first; some are the same where there are fewer steps.
    """
    wanted = _evenly(steps, frames)
    return torch.stack(_ddpm(network, noise, conditions, steps, schedule, predicts, clip, wanted), dim=1)


def _ddpm(
    network: nn.Module,
    noise: torch.Tensor,
    conditions: tuple[torch.Tensor, ...],
    steps: int,
    schedule: str,
    predicts: str,
    clip: float | None,
    wanted: list[int],
) -> list[torch.Tensor]:
    """What there is after so many steps as are wanted; 0 is the noise."""
    alpha_bar = _alpha_bar(steps, schedule, noise.device)
    before = torch.cat([alpha_bar.new_ones(1), alpha_bar[:-1]])
    added = 1 - alpha_bar / before
    # The mean of x a step before is a mixture of the data as it is guessed and x itself: equation 7.
    of_data = before.sqrt() * added / (1 - alpha_bar)
    of_x = (1 - added).sqrt() * (1 - before) / (1 - alpha_bar)
    spread = (added * (1 - before) / (1 - alpha_bar)).sqrt()
    x, kept = noise, {0: noise}
    for step in reversed(range(steps)):
        t = torch.full((x.shape[0],), step, device=x.device)
        data = _data(x, network(x, t, *conditions), alpha_bar[step], predicts)
        if clip is not None:
            data = data.clamp(-clip, clip)
        x = of_data[step] * data + of_x[step] * x
        if step > 0:
            x = x + spread[step] * torch.randn_like(x)
        if steps - step in wanted:
            kept[steps - step] = x
    return [kept[at] for at in wanted]


def _data(x: torch.Tensor, found: torch.Tensor, alpha_bar: torch.Tensor, predicts: str) -> torch.Tensor:
    """The data in x as what the network found in it tells: the noise, or the velocity (Salimans and Ho, 2022)."""
    if predicts == "velocity":
        return alpha_bar.sqrt() * x - (1 - alpha_bar).sqrt() * found
    return (x - (1 - alpha_bar).sqrt() * found) / alpha_bar.sqrt()


def _evenly(steps: int, frames: int) -> list[int]:
    """So many numbers of steps, evenly spaced from none to all."""
    return [round(at * steps / max(frames - 1, 1)) for at in range(frames)]


def ddim_sample(
    network: nn.Module,
    noise: torch.Tensor,
    *conditions: torch.Tensor,
    steps: int = 50,
    trained_steps: int = 1000,
    schedule: str = "linear",
    eta: float = 0.0,
    predicts: str = "noise",
    clip: float | None = None,
) -> torch.Tensor:
    """Makes samples of noise in few steps: equation 12 of Song and others: Denoising diffusion implicit models, 2020.

    As ddpm_sample, but only `steps` of the `trained_steps` of the diffusion are gone through. eta 0 adds no noise, so
    that equal noise gives equal samples; 1 adds as much as DDPM. Raises ValueError for more steps than were trained.
    """
    return _ddim(network, noise, conditions, steps, trained_steps, schedule, eta, predicts, clip, [steps])[0]


def ddim_chain(
    network: nn.Module,
    noise: torch.Tensor,
    *conditions: torch.Tensor,
    frames: int = 9,
    steps: int = 50,
    trained_steps: int = 1000,
    schedule: str = "linear",
    eta: float = 0.0,
    predicts: str = "noise",
    clip: float | None = None,
) -> torch.Tensor:
    """As ddim_sample, with what was there on the way: `frames` evenly spaced states from the noise to the sample.

    Gives N x frames x any, the noise first; some are the same where there are fewer steps.
    """
    wanted = _evenly(steps, frames)
    return torch.stack(
        _ddim(network, noise, conditions, steps, trained_steps, schedule, eta, predicts, clip, wanted), dim=1
    )


def _ddim(
    network: nn.Module,
    noise: torch.Tensor,
    conditions: tuple[torch.Tensor, ...],
    steps: int,
    trained_steps: int,
    schedule: str,
    eta: float,
    predicts: str,
    clip: float | None,
    wanted: list[int],
) -> list[torch.Tensor]:
    """What there is after so many steps as are wanted; 0 is the noise."""
    if steps > trained_steps:
        raise ValueError(f"{steps} steps are more than the {trained_steps} that the network was trained with")
    alpha_bar = torch.cat([_alpha_bar(trained_steps, schedule, noise.device), noise.new_ones(1)])
    times = [round(trained_steps - 1 - at * (trained_steps - 1) / max(steps - 1, 1)) for at in range(steps)]
    x, kept = noise, {0: noise}
    # The last number of alpha_bar is that of the data.
    for done, (now, then) in enumerate(zip(times, [*times[1:], -1], strict=True), 1):
        t = torch.full((x.shape[0],), now, device=x.device)
        found = network(x, t, *conditions)
        data = _data(x, found, alpha_bar[now], predicts)
        if clip is not None:
            data = data.clamp(-clip, clip)
        if clip is not None or predicts != "noise":
            found = (x - alpha_bar[now].sqrt() * data) / (1 - alpha_bar[now]).sqrt()
        fresh = (1 - alpha_bar[then]) / (1 - alpha_bar[now]) * (1 - alpha_bar[now] / alpha_bar[then])
        spread = eta * fresh.clamp(min=0).sqrt()
        x = alpha_bar[then].sqrt() * data + (1 - alpha_bar[then] - spread**2).clamp(min=0).sqrt() * found
        if eta > 0:
            x = x + spread * torch.randn_like(x)
        if done in wanted:
            kept[done] = x
    return [kept[at] for at in wanted]


def generate(
    network: nn.Module,
    tokens: torch.Tensor,
    *conditions: torch.Tensor,
    length: int = 100,
    temperature: float = 1.0,
    top_k: int = 0,
    context: int = 0,
    dim: int = -1,
) -> torch.Tensor:
    """Continues sequences of tokens: the network scores what may come next, one is drawn, and so on.

    tokens: N x T, int64. network(tokens, *conditions) gives scores before any softmax, N x V or N x T x V; `dim` is
    the axis of the V classes. temperature 0 takes the best each time; top_k keeps that many of the best, 0 all of
    them. context: the network sees that many of the last tokens, 0 all of them. Gives N x (T + length), int64.
    """
    for _ in range(length):
        scores = network(tokens[:, -context:], *conditions).movedim(dim, -1)
        if scores.dim() == 3:
            scores = scores[:, -1]
        if temperature == 0:
            token = scores.argmax(dim=-1, keepdim=True)
        else:
            if top_k:
                best = scores.topk(min(top_k, scores.shape[-1])).values
                scores = scores.masked_fill(scores < best[:, -1:], float("-inf"))
            token = torch.multinomial(torch.softmax(scores / temperature, dim=-1), 1)
        tokens = torch.cat([tokens, token], dim=1)
    return tokens


def roll_out(network: nn.Module, x: torch.Tensor, *conditions: torch.Tensor, steps: int = 10) -> torch.Tensor:
    """Continues a series: the network says what comes next, which becomes the newest of what it sees, and so on.

    x: N x T x any. network(x, *conditions) gives the next step (N x any), or a prediction for each step of x, of which
    the last counts (N x T x any). It always sees the newest T steps. Gives the new ones: N x steps x any.
    """
    made = []
    for _ in range(steps):
        found = network(x, *conditions)
        newest = found[:, -1:] if found.dim() == x.dim() else found[:, None]
        made.append(newest)
        x = torch.cat([x[:, 1:], newest], dim=1)
    return torch.cat(made, dim=1)


def latent_walk(
    network: nn.Module,
    start: torch.Tensor,
    end: torch.Tensor,
    *conditions: torch.Tensor,
    steps: int = 8,
    spherical: bool = False,
) -> torch.Tensor:
    """What a decoder makes of points on the way from one latent vector to another, both ends included.

    start, end: N x any. spherical goes along a circle, where normal noise is at home (White: Sampling generative
    networks, 2016), else along a line. Gives N · steps results, sample after sample.
    """
    samples = start.shape[0]
    share = torch.linspace(0, 1, steps, dtype=start.dtype, device=start.device).view(1, -1, 1)
    first, last = start.reshape(samples, 1, -1), end.reshape(samples, 1, -1)
    if spherical:
        cosine = torch.cosine_similarity(first, last, dim=-1)[..., None]
        angle = torch.acos(cosine.clamp(-1 + 1e-6, 1 - 1e-6))
        points = (torch.sin((1 - share) * angle) * first + torch.sin(share * angle) * last) / torch.sin(angle)
    else:
        points = (1 - share) * first + share * last
    given = (condition.repeat_interleave(steps, dim=0) for condition in conditions)
    found: torch.Tensor = network(points.reshape(samples * steps, *start.shape[1:]), *given)
    return found


def gradient_penalty(
    network: nn.Module,
    real: torch.Tensor,
    fake: torch.Tensor,
    *conditions: torch.Tensor,
    weight: float = 10.0,
    center: float = 1.0,
) -> torch.Tensor:
    """weight · mean of (|gradient of the critic between real and fake| − center)².

    real, fake: N x any. network(x, *conditions) scores each sample. Gulrajani and others: Improved training of
    Wasserstein GANs, 2017. Also where gradients are switched off; then nothing can be learned from the result.
    """
    learning = torch.is_grad_enabled()
    with torch.enable_grad():
        share = torch.rand(real.shape[0], *[1] * (real.dim() - 1), device=real.device)
        between = share * real.detach().requires_grad_() + (1 - share) * fake.detach()
        score = network(between, *conditions)
        (gradient,) = torch.autograd.grad(score.sum(), between, create_graph=learning)
    penalty: torch.Tensor = weight * (gradient.flatten(1).norm(dim=1) - center).square().mean()
    return penalty
