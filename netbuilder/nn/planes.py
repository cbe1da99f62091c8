"""Points of the plane."""

import torch


def plane_grid(like: torch.Tensor, low: float = -1.0, high: float = 1.0, resolution: int = 64) -> torch.Tensor:
    """The points of a square grid over [low, high] x [low, high], on the device of `like`.

    Gives resolution² x 2, float32: (x, y) row by row from the lowest y, in each row from the lowest x.
    """
    steps = torch.linspace(low, high, resolution, device=like.device)
    return torch.cartesian_prod(steps, steps).flip(1)
