"""Positions, tokens, scales and crops: against formulas, torch's own layers and properties that papers promise."""

import math

import pytest
import torch
from torch import nn

from netbuilder.nn.cropping import crop_to_match
from netbuilder.nn.positions import LearnedPositions, rotary_embedding, sinusoidal_positions, timestep_embedding
from netbuilder.nn.scaling import LayerScale, ScaleAndShift
from netbuilder.nn.tokens import ClassToken, PatchEmbedding


@pytest.mark.parametrize("features", [8, 7, 1])
def test_sinusoidal_positions_are_the_papers(features: int) -> None:
    found = sinusoidal_positions(torch.ones(2, 6, features), 100.0)
    for t in range(6):
        for k in range(features):
            angle = t / 100.0 ** (2 * (k // 2) / features)
            expected = 1 + (math.cos(angle) if k % 2 else math.sin(angle))
            assert found[:, t, k].tolist() == pytest.approx([expected] * 2, abs=1e-6)


@pytest.mark.parametrize("interleaved", [True, False])
def test_a_rotary_embedding_keeps_lengths_and_sees_only_distances(interleaved: bool) -> None:
    torch.manual_seed(0)
    query, key = torch.randn(8), torch.randn(8)
    turned = [rotary_embedding(one.expand(1, 2, 10, 8), 100.0, interleaved).to(torch.float64) for one in (query, key)]
    assert torch.allclose(turned[0].norm(dim=-1), query.double().norm().expand(1, 2, 10), atol=1e-6)
    products = turned[0][0, 0] @ turned[1][0, 0].T
    for shift in range(-5, 6):
        same = products.diagonal(shift)
        assert torch.allclose(same, same[:1].expand_as(same), atol=1e-5)
    assert not torch.allclose(products[0], products[0, :1].expand(10), atol=1e-2)


def test_a_rotary_embedding_turns_pairs_as_complex_numbers() -> None:
    torch.manual_seed(0)
    x = torch.randn(2, 3, 5, 6)
    speed = 10000.0 ** (-torch.arange(0, 6, 2) / 6)
    turn = torch.polar(torch.ones(5, 3), torch.arange(5.0)[:, None] * speed)
    expected = torch.view_as_real(torch.view_as_complex(x.unflatten(-1, (3, 2))) * turn).flatten(-2)
    assert torch.allclose(rotary_embedding(x), expected, atol=1e-6)
    order = [0, 2, 4, 1, 3, 5]  # the same pairs, laid out in halves
    assert torch.allclose(rotary_embedding(x[..., order], interleaved=False), expected[..., order], atol=1e-6)
    with pytest.raises(ValueError, match="5 is odd"):
        rotary_embedding(torch.zeros(1, 2, 5))


@pytest.mark.parametrize("size", [2, 7, 8])
def test_timestep_embeddings_are_those_of_ddpm(size: int) -> None:
    steps = torch.tensor([0, 3, 999])
    found = timestep_embedding(steps, size)
    half = size // 2
    for row, t in zip(found.tolist(), steps.tolist(), strict=True):
        angles = [t * math.exp(-i * math.log(10000.0) / max(half - 1, 1)) for i in range(half)]
        assert row == pytest.approx([*map(math.sin, angles), *map(math.cos, angles), *[0.0] * (size % 2)], abs=1e-4)
    assert found.dtype == torch.float32
    assert torch.equal(found, timestep_embedding(steps.float(), size))


def test_learned_positions_are_the_first_rows_of_a_table() -> None:
    layer, x = LearnedPositions(6, 3), torch.randn(2, 4, 3)
    assert torch.equal(layer(x), x + layer.weight[:4])
    layer(x).sum().backward()
    assert layer.weight.grad is not None
    assert layer.weight.grad[:, 0].tolist() == [2, 2, 2, 2, 0, 0]
    assert 0.005 < layer.weight.std() < 0.05
    with pytest.raises(IndexError):
        layer(torch.zeros(1, 7, 3))


def test_a_class_token_comes_first_and_patches_in_reading_order() -> None:
    token, x = ClassToken(3), torch.randn(2, 4, 3)
    nn.init.ones_(token.token)
    assert torch.equal(token(x), torch.cat([torch.ones(2, 1, 3), x], dim=1))
    patches, image = PatchEmbedding(2, 5, (2, 3)), torch.randn(4, 2, 5, 6)
    found = patches(image)
    assert found.shape == (4, 4, 5)
    rows = [image[:, :, h : h + 2, w : w + 3].flatten(1) for h in (0, 2) for w in (0, 3)]
    weight, bias = patches.projection.weight.flatten(1), patches.projection.bias
    assert torch.allclose(found, torch.stack(rows, dim=1) @ weight.T + bias, atol=1e-5)


def test_scales_and_shifts_do_what_a_batch_norm_ends_with() -> None:
    torch.manual_seed(0)
    x = torch.randn(3, 4, 5, 6)
    norm, ours = nn.BatchNorm2d(4), ScaleAndShift(4)
    assert torch.equal(ours(x), x)
    with torch.no_grad():
        for theirs, own in zip(norm.parameters(), ours.parameters(), strict=True):
            own.copy_(theirs.copy_(torch.randn(4)))
    bare = nn.functional.batch_norm(x, None, None, training=True)
    assert torch.allclose(ours(bare), norm(x), atol=1e-6)
    assert torch.equal(ScaleAndShift(4, bias=False)(x[:, :, 0, 0]), x[:, :, 0, 0])
    assert torch.equal(LayerScale(6, 0.5)(x), 0.5 * x)
    assert LayerScale(6).weight.tolist() == pytest.approx([1e-5] * 6)


def test_the_middle_is_kept_when_cropping() -> None:
    x = torch.arange(30).reshape(1, 1, 5, 6)
    assert torch.equal(crop_to_match(x, torch.zeros(1, 3, 3, 2)), x[:, :, 1:4, 2:4])
    assert torch.equal(crop_to_match(x, torch.zeros(1, 3, 4, 5)), x[:, :, :4, :5])
    assert torch.equal(crop_to_match(x, x), x)
    with pytest.raises(ValueError, match="5 x 6 is smaller than 6 x 6"):
        crop_to_match(x, torch.zeros(1, 1, 6, 6))
