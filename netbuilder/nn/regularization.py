"""Modules that make training harder on purpose and do nothing afterwards."""

import torch
from torch import nn


class DropPath(nn.Module):
    """Stochastic depth: while training leaves a whole sample out with probability p, and scales the others up.

    Any shape with the batch first, any real floating dtype; the same comes out. Put it at the end of a branch beside
    a skip connection. Raises ValueError unless 0 <= p < 1.
    Huang and others: Deep networks with stochastic depth, 2016.
    """

    def __init__(self, p: float = 0.1) -> None:
        super().__init__()
        if not 0 <= p < 1:
            raise ValueError(f"p must be at least 0 and below 1, is {p}")
        self.p = p

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training or self.p == 0:
            return x
        shape = (x.shape[0],) + (1,) * (x.dim() - 1)
        kept = torch.rand(shape, device=x.device) >= self.p
        return x * kept / (1 - self.p)

    def extra_repr(self) -> str:
        return f"p={self.p}"


class GaussianNoise(nn.Module):
    """Adds normally distributed noise of standard deviation std while training.

    Any shape, any real floating dtype; the same comes out. Raises ValueError for a negative std.
    """

    def __init__(self, std: float = 0.1) -> None:
        super().__init__()
        if std < 0:
            raise ValueError(f"std must be at least 0, is {std}")
        self.std = std

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.std * torch.randn_like(x) if self.training else x

    def extra_repr(self) -> str:
        return f"std={self.std}"
