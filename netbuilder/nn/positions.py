"""Where in a sequence, or in time, something stands, told in numbers that a network can read.

Each definition needs nothing but torch, math and itself: exports carry its text along.
"""

import math

import torch
from torch import nn


def sinusoidal_positions(x: torch.Tensor, max_period: float = 10000.0) -> torch.Tensor:
    """Adds waves of many lengths to a sequence, so that each step can be told from the others.

    x: floating, N x T x E with any T and E. Gives the same shape and dtype. Feature 2i of step t gets
    sin(t / max_period^(2i/E)), feature 2i + 1 the cosine of the same angle.
    Vaswani and others: Attention is all you need, 2017, section 3.5.
    """
    steps, features = x.shape[1], x.shape[2]
    even = torch.arange(0, features, 2, device=x.device, dtype=torch.float32)
    speed = torch.exp(even * (-math.log(max_period) / features))
    angle = torch.arange(steps, device=x.device, dtype=torch.float32)[:, None] * speed
    waves = torch.stack([angle.sin(), angle.cos()], dim=2).flatten(1)[:, :features]
    return x + waves.to(x.dtype)


def rotary_embedding(x: torch.Tensor, base: float = 10000.0, interleaved: bool = True) -> torch.Tensor:
    """Turns pairs of features by an angle that grows with the step, so that attention sees how far steps are apart.

    x: floating, N x ... x T x E with an even E: queries or keys. Gives the same shape and dtype. Pair i of step t is
    turned by t / base^(2i/E). A pair is (2i, 2i + 1) when `interleaved`, else (i, i + E/2). Raises ValueError for an
    odd E. Su and others: RoFormer, enhanced transformer with rotary position embedding, 2021.
    """
    steps, features = x.shape[-2], x.shape[-1]
    if features % 2:
        raise ValueError(f"a rotary embedding turns pairs of features, but {features} is odd")
    pair = torch.arange(0, features, 2, device=x.device, dtype=torch.float32)
    speed = torch.exp(pair * (-math.log(base) / features))
    angle = torch.arange(steps, device=x.device, dtype=torch.float32)[:, None] * speed
    cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
    if interleaved:
        first, second = x[..., 0::2], x[..., 1::2]
        return torch.stack([first * cos - second * sin, first * sin + second * cos], dim=-1).flatten(-2)
    first, second = x.chunk(2, dim=-1)
    return torch.cat([first * cos - second * sin, first * sin + second * cos], dim=-1)


def timestep_embedding(t: torch.Tensor, embedding_dim: int, max_period: float = 10000.0) -> torch.Tensor:
    """Waves of many lengths that tell a network which step of a diffusion it is at.

    t: N step numbers, whole or not. Gives N x embedding_dim, float32: first the sines, then the cosines of
    t / max_period^(i / (half - 1)), for i below half = embedding_dim / 2; an odd size ends with a zero.
    Ho, Jain, Abbeel: Denoising diffusion probabilistic models, 2020 (the authors' code).
    """
    half = embedding_dim // 2
    speed = torch.exp(
        torch.arange(half, device=t.device, dtype=torch.float32) * (-math.log(max_period) / max(half - 1, 1))
    )
    angle = t.to(torch.float32)[:, None] * speed
    waves = torch.cat([angle.sin(), angle.cos()], dim=1)
    return nn.functional.pad(waves, (0, embedding_dim - 2 * half))


class LearnedPositions(nn.Module):
    """Adds a learned vector to each step of a sequence.

    x: floating, N x T x embedding_dim with T at most num_positions. Gives the same shape. Raises IndexError for a
    longer sequence. The vectors start normal with standard deviation 0.02.
    Radford and others: Improving language understanding by generative pre-training, 2018.
    """

    def __init__(self, num_positions: int, embedding_dim: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(num_positions, embedding_dim).normal_(0.0, 0.02))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        steps = torch.arange(x.shape[1], device=x.device)
        return x + nn.functional.embedding(steps, self.weight)
