"""Noise schedules against the papers' formulas; the code book against a search by hand."""

import math

import pytest
import torch

from netbuilder.nn import generative


def test_the_linear_schedule_is_that_of_the_first_paper():
    found = generative._alpha_bar(1000, "linear", torch.device("cpu"))
    product, expected = 1.0, []
    for step in range(1000):
        product *= 1 - (1e-4 + (0.02 - 1e-4) * step / 999)
        expected.append(product)
    torch.testing.assert_close(found, torch.tensor(expected), rtol=1e-4, atol=1e-8)
    assert found[-1].item() == pytest.approx(4.0358e-5, rel=1e-3)
    short = generative._alpha_bar(100, "linear", torch.device("cpu"))  # ends about as noisy
    assert short[-1] < 1e-4


@pytest.mark.parametrize("steps", [1, 10, 1000])
def test_the_cosine_schedule_is_equation_17(steps):
    found = generative._alpha_bar(steps, "cosine", torch.device("cpu")).tolist()

    def f(t):
        return math.cos((t / steps + 0.008) / 1.008 * math.pi / 2) ** 2

    for t, value in enumerate(found[:-1], 1):  # the last step is held back to 0.999
        assert value == pytest.approx(f(t) / f(0), rel=1e-3)
    assert found[-1] == pytest.approx(1e-3 * (found[-2] if steps > 1 else 1), rel=1e-2)


def test_noise_is_added_as_the_level_says():
    t = torch.tensor([0, 9, 5])
    x, noise = torch.randn(3, 2, 4), torch.randn(3, 2, 4)
    for schedule in ("linear", "cosine"):
        signal, spread = generative.noise_level(t, 10, schedule)
        torch.testing.assert_close(signal**2 + spread**2, torch.ones(3))
        expected = signal.view(3, 1, 1) * x + spread.view(3, 1, 1) * noise
        torch.testing.assert_close(generative.add_noise(x, noise, t, 10, schedule), expected)
        assert signal[1] < signal[2] < signal[0]
        velocity = generative.noise_velocity(x, noise, t, 10, schedule)
        torch.testing.assert_close(velocity, signal.view(3, 1, 1) * noise - spread.view(3, 1, 1) * x)


def test_the_nearest_code_is_taken_and_the_gradient_passes():
    torch.manual_seed(0)
    book = generative.VectorQuantize(3, 6, commitment=0.5)
    torch.nn.init.normal_(book.weight)
    x = torch.randn(4, 3, 5, requires_grad=True)
    y, indices, loss = book(x)
    for sample in range(4):
        for place in range(5):
            away = [(x[sample, :, place] - code).square().sum().item() for code in book.weight]
            nearest = away.index(min(away))
            assert indices[sample, place] == nearest
            assert torch.equal(y[sample, :, place], book.weight[nearest])
    distance = (x - y).square().mean()
    torch.testing.assert_close(loss, 1.5 * distance)
    weights = torch.randn_like(y)
    (gradient,) = torch.autograd.grad((y * weights).sum(), x, retain_graph=True)
    assert torch.equal(gradient, weights)  # as if nothing had been replaced
    pull, books = torch.autograd.grad(loss, (x, book.weight))
    torch.testing.assert_close(pull, 0.5 * 2 * (x - y).detach() / x.numel())
    expected = torch.zeros_like(books)
    expected.index_add_(0, indices.flatten(), (2 * (y - x) / x.numel()).detach().movedim(1, -1).reshape(-1, 3))
    torch.testing.assert_close(books, expected)


def test_the_code_book_moves_to_the_data():
    torch.manual_seed(0)
    book = generative.VectorQuantize(2, 4)
    centers = torch.tensor([[1.0, 1], [1, -1], [-1, 1], [-1, -1]])
    with torch.no_grad():
        book.weight.copy_(centers * 0.3)
    optimizer = torch.optim.SGD(book.parameters(), lr=0.5)
    for _ in range(200):
        _, _, loss = book(centers.repeat(8, 1) + 0.05 * torch.randn(32, 2))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    torch.testing.assert_close(book.weight.detach(), centers, atol=0.05, rtol=0)
