"""Drawn networks against the same networks written by hand in plain torch, with the same weights."""

import pytest
import torch
from torch import nn

from tests.reference.nets import NETS, inputs, made
from tests.reference.plain import GPT2, LanguageModel, ResNet18

BY_NETWORK = {net.network: net for net in NETS}
BY_HAND = {
    "ResNet18": ResNet18,
    "language_model": lambda: LanguageModel(33_278, 200),
    "GPT2": lambda: GPT2(50_257, 1024, 768, 12, 12),
}


def same_weights(drawn: nn.Module, plain: nn.Module) -> None:
    """Both make their weights in the same order."""
    held, wanted = drawn.state_dict(), plain.state_dict()
    assert [value.shape for value in held.values()] == [value.shape for value in wanted.values()]
    plain.load_state_dict(dict(zip(wanted, held.values(), strict=True)))


@pytest.mark.parametrize("name", ["ResNet18", "language_model", pytest.param("GPT2", marks=pytest.mark.large)])
def test_the_same_weights_give_the_same_numbers(name: str) -> None:
    net = BY_NETWORK[name]
    drawn = made(net).eval()
    with torch.device("meta"):
        plain = BY_HAND[name]().eval()
    plain = plain.to_empty(device="cpu")
    same_weights(drawn, plain)
    given = inputs(net, N=2, T=9)
    with torch.no_grad():
        expected, got = plain(*given), drawn(*given)
    scale = expected.abs().max()
    assert (got - expected).abs().max() <= 1e-5 * max(1.0, scale)


def test_batch_statistics_and_gradients_are_the_same_too() -> None:
    net = BY_NETWORK["ResNet18"]
    drawn, plain = made(net), ResNet18()
    same_weights(drawn, plain)
    (image,) = inputs(net, N=2)
    image = image[:, :, :64, :64]  # the drawing's pooling adapts, so that less work shows the same
    for module in (drawn, plain):
        module(image).square().mean().backward()
    for (name, one), other in zip(drawn.named_parameters(), plain.parameters(), strict=True):
        assert torch.allclose(one.grad, other.grad, rtol=1e-3, atol=1e-5 * other.grad.abs().max()), name
    for (name, one), other in zip(drawn.named_buffers(), plain.buffers(), strict=True):
        assert torch.allclose(one, other, atol=1e-5), name
