"""What the blocks do. Only the engine, jobs and runs import it."""

import torch
from torch import Tensor, nn


class Highway(nn.Module):
    """A layer that learns how much of its input to pass on (Srivastava, Greff, Schmidhuber, 2015).

    x: float32 [N, *, features]; gives the same shape.
    """

    def __init__(self, features: int, bias: float = -2.0) -> None:
        super().__init__()
        self.change = nn.Linear(features, features)
        self.gate = nn.Linear(features, features)
        nn.init.constant_(self.gate.bias, bias)

    def forward(self, x: Tensor) -> Tensor:
        gate = torch.sigmoid(self.gate(x))
        return gate * torch.relu(self.change(x)) + (1 - gate) * x


def soft_gate(x: Tensor, steepness: float = 1.0) -> Tensor:
    """x · σ(steepness · x), element by element. x: float32 of any shape."""
    return x * torch.sigmoid(steepness * x)
