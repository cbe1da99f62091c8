"""Samplers against processes written by hand; what they do where the right answer is known."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from netbuilder.nn import sampling
from netbuilder.nn.generative import _alpha_bar, add_noise, noise_velocity


class Denoiser(nn.Module):
    """Some network of x and t, and a label."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(6, 6)

    def forward(self, x, t, label=None):
        moved = self.linear(x) + t[:, None] / 100
        return moved if label is None else moved + label[:, None]


@pytest.mark.parametrize("schedule", ["linear", "cosine"])
@torch.no_grad()
def test_ddpm_is_the_reverse_process_of_the_paper(schedule):
    """Algorithm 2 of Ho and others, in their notation, on the same seed."""
    torch.manual_seed(0)
    network, noise, label = Denoiser(), torch.randn(4, 6), torch.tensor([0.0, 1, 2, 3])
    torch.manual_seed(1)
    found = sampling.ddpm_sample(network, noise, label, steps=20, schedule=schedule)
    torch.manual_seed(1)
    alpha_bar = _alpha_bar(20, schedule, torch.device("cpu")).double()
    x = noise.double()
    network.double()
    for t in range(19, -1, -1):
        before = alpha_bar[t - 1] if t > 0 else torch.tensor(1.0)
        alpha = alpha_bar[t] / before
        beta = 1 - alpha
        z = torch.randn(4, 6).double() if t > 0 else 0
        sigma = ((1 - before) / (1 - alpha_bar[t]) * beta) ** 0.5
        guess = network(x, torch.full((4,), t), label)
        x = (x - beta / (1 - alpha_bar[t]) ** 0.5 * guess) / alpha**0.5 + sigma * z
    torch.testing.assert_close(found.double(), x, rtol=1e-3, atol=1e-3)


def knowing(data, schedule="linear", steps=1000):
    """A network that knows the data, and so the noise in what it is shown."""
    alpha_bar = _alpha_bar(steps, schedule, data.device)

    def network(x, t):
        share = alpha_bar[t].view(-1, 1)
        return (x - share.sqrt() * data) / (1 - share).sqrt()

    return network


@pytest.mark.parametrize("schedule", ["linear", "cosine"])
@pytest.mark.parametrize("steps", [1, 7, 50])
def test_ddim_with_the_noise_known_finds_the_data(schedule, steps):
    data, noise = torch.randn(3, 5), torch.randn(3, 5)
    start = add_noise(data, noise, torch.full((3,), 999), schedule=schedule)
    for eta in (0.0, 1.0):
        found = sampling.ddim_sample(knowing(data, schedule), start, steps=steps, schedule=schedule, eta=eta)
        torch.testing.assert_close(found, data, atol=1e-2, rtol=0)


def test_ddim_goes_evenly_and_no_further_than_it_was_trained():
    seen = []

    def network(x, t):
        seen.append(int(t[0]))
        return torch.zeros_like(x)

    sampling.ddim_sample(network, torch.randn(1, 2), steps=4, trained_steps=10)
    assert seen == [9, 6, 3, 0]
    with pytest.raises(ValueError, match="11 steps are more than the 10"):
        sampling.ddim_sample(network, torch.randn(1, 2), steps=11, trained_steps=10)


@torch.no_grad()
def test_ddim_with_all_steps_and_full_noise_is_ddpm():
    torch.manual_seed(0)
    network, noise = Denoiser(), torch.randn(4, 6)
    torch.manual_seed(1)
    one = sampling.ddpm_sample(network, noise, steps=15, schedule="cosine")
    torch.manual_seed(1)
    other = sampling.ddim_sample(network, noise, steps=15, trained_steps=15, schedule="cosine", eta=1.0)
    torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("sample", [sampling.ddpm_sample, sampling.ddim_sample])
def test_clipping_keeps_data_within_bounds(sample):
    found = sample(knowing(torch.full((2, 3), 4.0), steps=30), torch.randn(2, 3), **steps_of(sample), clip=1.0)
    torch.testing.assert_close(found, torch.ones(2, 3), atol=0.05, rtol=0)


def steps_of(sample):
    return {"steps": 30} if sample is sampling.ddpm_sample else {"steps": 30, "trained_steps": 30}


@torch.no_grad()
@pytest.mark.parametrize("clip", [None, 0.7])
@pytest.mark.parametrize("sample", [sampling.ddpm_sample, sampling.ddim_sample])
def test_a_network_that_says_the_velocity_gives_the_same_samples(sample, clip):
    torch.manual_seed(0)
    network, noise, alpha_bar = Denoiser(), torch.randn(4, 6), _alpha_bar(30, "cosine", torch.device("cpu"))

    def velocity(x, t):
        share = alpha_bar[t].view(-1, 1)
        found = network(x, t)
        data = (x - (1 - share).sqrt() * found) / share.sqrt()
        return noise_velocity(data, found, t, 30, "cosine")

    how = {**steps_of(sample), "schedule": "cosine", "clip": clip}
    torch.manual_seed(1)
    expected = sample(network, noise, **how)
    torch.manual_seed(1)
    found = sample(velocity, noise, **how, predicts="velocity")
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-3)


class Bigram(nn.Module):
    """Scores from the last two tokens."""

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(7, 7)
        self.widths = []

    def forward(self, tokens):
        self.widths.append(tokens.shape[1])
        scores = self.table(tokens)
        return scores + 0.5 * F.pad(scores, (0, 0, 1, 0))[:, :-1]


@torch.no_grad()
@pytest.mark.parametrize("how", [{"temperature": 0.0}, {"top_k": 1}, {"temperature": 3.0, "top_k": 1}])
def test_greedy_generation_is_a_loop_by_hand(how):
    torch.manual_seed(0)
    network, tokens = Bigram(), torch.randint(0, 7, (5, 2))
    found = sampling.generate(network, tokens, length=12, **how)
    for row, given in zip(found, tokens.tolist(), strict=True):
        for _ in range(12):
            scores = network.table.weight[given[-1]] + 0.5 * network.table.weight[given[-2]]
            given.append(int(scores.argmax()))
        assert row.tolist() == given


@torch.no_grad()
def test_generation_draws_by_probability():
    logits = torch.tensor([2.0, 1.0, 0.0, -1.0])

    def network(tokens):
        return logits.expand(len(tokens), -1)

    torch.manual_seed(0)
    start = torch.zeros(4000, 1, dtype=torch.int64)
    for how, scores in (
        ({}, logits),
        ({"temperature": 2.0}, logits / 2),
        ({"top_k": 2}, torch.tensor([2.0, 1.0, -math.inf, -math.inf])),
        ({"top_k": 100}, logits),
    ):
        drawn = sampling.generate(network, start, length=5, **how)[:, 1:]
        shares = F.one_hot(drawn, 4).float().mean(dim=(0, 1))
        torch.testing.assert_close(shares, scores.softmax(dim=0), atol=0.02, rtol=0)


@torch.no_grad()
def test_the_network_sees_only_its_context():
    network = Bigram()
    sampling.generate(network, torch.zeros(1, 3, dtype=torch.int64), length=5, context=4)
    assert network.widths == [3, 4, 4, 4, 4]
    tokens = torch.zeros(2, 3, dtype=torch.int64)
    turned = sampling.generate(lambda t: network(t).transpose(1, 2), tokens, length=6, temperature=0.0, dim=1)
    assert torch.equal(turned, sampling.generate(network, tokens, length=6, temperature=0.0))


def test_a_roll_out_continues_the_series():
    line = torch.arange(4.0).view(1, 4, 1)
    ahead = [4.0, 5.0, 6.0]
    networks = {
        "the next": lambda x: x[:, -1] + 1,
        "one step": lambda x: x[:, -1:] + 1,
        "each next": lambda x: x + 1,
    }
    for network in networks.values():
        assert sampling.roll_out(network, line, steps=3).flatten().tolist() == ahead
        assert sampling.roll_out(network, line[..., 0], steps=3).flatten().tolist() == ahead
    fibonacci = sampling.roll_out(lambda x: x.sum(dim=1), torch.ones(2, 2, 3), steps=5)
    assert fibonacci[1, :, 2].tolist() == [2, 3, 5, 8, 13]
    with_condition = sampling.roll_out(lambda x, c: x[:, -1] + c, line, torch.tensor([[2.0]]), steps=2)
    assert with_condition.flatten().tolist() == [5, 7]
    weight = torch.tensor(2.0, requires_grad=True)
    sampling.roll_out(lambda x: weight * x[:, -1], torch.ones(1, 2, 1), steps=3).sum().backward()
    assert weight.grad == 1 + 2 * 2 + 3 * 4  # it can be trained through


def test_a_walk_passes_from_start_to_end():
    start, end = torch.randn(2, 5), torch.randn(2, 5)
    found = sampling.latent_walk(lambda z: 2 * z, start, end, steps=5).view(2, 5, 5)
    for at in range(5):
        torch.testing.assert_close(found[:, at], 2 * (start + (end - start) * at / 4))
    x, y = torch.tensor([[3.0, 0, 0]]), torch.tensor([[0.0, 3, 0]])
    circle = sampling.latent_walk(lambda z: z, x, y, steps=4, spherical=True)
    for at, point in enumerate(circle):
        angle = math.pi / 2 * at / 3
        torch.testing.assert_close(point, torch.tensor([3 * math.cos(angle), 3 * math.sin(angle), 0.0]))
    assert torch.isfinite(sampling.latent_walk(lambda z: z, x, x, steps=4, spherical=True)).all()
    labels = sampling.latent_walk(lambda z, c: c, start, end, torch.tensor([4, 7]), steps=3)
    assert labels.tolist() == [4, 4, 4, 7, 7, 7]


def test_the_penalty_of_a_known_slope():
    slope = torch.tensor([3.0, 4.0], requires_grad=True)

    def critic(x):
        return x @ slope

    real, fake = torch.randn(6, 2), torch.randn(6, 2)
    penalty = sampling.gradient_penalty(critic, real, fake, weight=10.0)
    assert penalty.item() == pytest.approx(10 * (5 - 1) ** 2)
    penalty.backward()
    torch.testing.assert_close(slope.grad, 2 * 10 * (5 - 1) * torch.tensor([0.6, 0.8]))
    assert sampling.gradient_penalty(critic, real, fake, weight=1.0, center=0.0).item() == pytest.approx(25)
    with torch.no_grad():
        held = sampling.gradient_penalty(critic, real, fake)
    assert held.item() == pytest.approx(160)
    assert not held.requires_grad


def test_the_penalty_looks_between_real_and_fake():
    seen = []

    def critic(x):
        seen.append(x.detach())
        return x.square().sum(dim=(1, 2)) / 2  # its gradient is x

    real, fake = torch.zeros(500, 2, 3), torch.ones(500, 2, 3)
    torch.manual_seed(0)
    penalty = sampling.gradient_penalty(critic, real, fake.requires_grad_(), weight=1.0, center=0.0)
    shares = seen[0][:, 0, 0]
    assert torch.equal(seen[0], shares.view(-1, 1, 1).expand(-1, 2, 3))  # one share for a sample
    assert 0 <= shares.min() < 0.02 < 0.98 < shares.max() <= 1
    torch.testing.assert_close(penalty.detach(), 6 * shares.square().mean())
