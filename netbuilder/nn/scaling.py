"""Learned scales and shifts. Each definition needs nothing but torch and itself."""

import torch
from torch import nn


class ScaleAndShift(nn.Module):
    """Multiplies each channel by a learned number and adds another.

    x: floating, N x num_features x ...; gives the same shape. It starts as a step that changes nothing.
    """

    def __init__(self, num_features: int, bias: bool = True) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features)) if bias else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        shape = (-1,) + (1,) * (x.dim() - 2)
        y = x * self.weight.view(shape)
        return y if self.bias is None else y + self.bias.view(shape)


class LayerScale(nn.Module):
    """Multiplies each feature (the last axis) by a learned number that starts small.

    x: floating, N x ... x num_features; gives the same shape.
    Touvron and others: Going deeper with image transformers, 2021.
    """

    def __init__(self, num_features: int, init_value: float = 1e-5) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((num_features,), init_value))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.weight
