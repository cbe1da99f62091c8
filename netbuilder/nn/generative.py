"""What generative models are made of: noise schedules and a learned code book."""

import math

import torch
import torch.nn.functional as F
from torch import nn


def noise_level(t: torch.Tensor, steps: int = 1000, schedule: str = "linear") -> tuple[torch.Tensor, torch.Tensor]:
    """How much of the data and how much noise there is at step t of a diffusion: √ᾱ and √(1 − ᾱ).

    t: N, int64, from 0 (nearly no noise) to steps - 1 (nearly all noise). Both results: N, float32.
    schedule "linear": Ho and others, 2020; "cosine": Nichol and Dhariwal, 2021.
    """
    alpha_bar = _alpha_bar(steps, schedule, t.device)[t]
    return alpha_bar.sqrt(), (1 - alpha_bar).sqrt()


def add_noise(
    x: torch.Tensor, noise: torch.Tensor, t: torch.Tensor, steps: int = 1000, schedule: str = "linear"
) -> torch.Tensor:
    """What a diffusion makes of x by step t: √ᾱ · x + √(1 − ᾱ) · noise.

    x, noise: N x any. t: N, int64, below `steps`. Ho and others: Denoising diffusion probabilistic models, 2020.
    """
    alpha_bar = _alpha_bar(steps, schedule, x.device)[t].view(-1, *[1] * (x.dim() - 1))
    return alpha_bar.sqrt() * x + (1 - alpha_bar).sqrt() * noise


def noise_velocity(
    x: torch.Tensor, noise: torch.Tensor, t: torch.Tensor, steps: int = 1000, schedule: str = "linear"
) -> torch.Tensor:
    """Where a diffusion is going at step t: √ᾱ · noise − √(1 − ᾱ) · x, from which both can be told.

    x, noise: N x any. t: N, int64, below `steps`. Salimans and Ho: Progressive distillation for fast sampling of
    diffusion models, 2022.
    """
    alpha_bar = _alpha_bar(steps, schedule, x.device)[t].view(-1, *[1] * (x.dim() - 1))
    return alpha_bar.sqrt() * noise - (1 - alpha_bar).sqrt() * x


def _alpha_bar(steps: int, schedule: str, device: torch.device) -> torch.Tensor:
    """The share of the data's variance that is left after each step of a diffusion: `steps` falling numbers.

    "linear": the noise added grows evenly, from 0.0001 to 0.02 where there are 1000 steps (Ho and others, 2020), and
    so that fewer steps end as noisy. "cosine": Nichol and Dhariwal, 2021, equation 17. No step adds more than 0.999.
    """
    if schedule == "linear":
        added = torch.linspace(0.1 / steps, 20 / steps, steps, device=device)
    else:
        angles = (torch.arange(steps + 1, device=device) / steps + 0.008) / 1.008 * (math.pi / 2)
        left = torch.cos(angles) ** 2
        added = 1 - left[1:] / left[:-1]
    # The product of what each step leaves, as a sum of logarithms: ONNX has no running product.
    return torch.exp(torch.cumsum(torch.log1p(-added.clamp(max=0.999)), dim=0))


class VectorQuantize(nn.Module):
    """Replaces each vector by the nearest one of a learned code book. Van den Oord and others: VQ-VAE, 2017.

    Takes N x C x any; gives the code vectors in the same shape, their numbers (N x any, int64), and the loss that
    teaches the code book and holds the vectors close to it (a mean, weighted with `commitment`). Gradients pass from
    the code vectors to what came in as if nothing had been replaced.
    """

    def __init__(self, num_channels: int, num_codes: int = 512, commitment: float = 0.25) -> None:
        super().__init__()
        self.commitment = commitment
        self.weight = nn.Parameter(torch.empty(num_codes, num_channels).uniform_(-1 / num_codes, 1 / num_codes))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        vectors = x.movedim(1, -1)
        flat = vectors.reshape(-1, vectors.shape[-1])
        distances = self.weight.square().sum(dim=1) - 2 * flat @ self.weight.t()  # without |x|², which changes nothing
        indices = distances.argmin(dim=1).view(vectors.shape[:-1])
        codes = F.embedding(indices, self.weight).movedim(-1, 1)
        loss = F.mse_loss(codes, x.detach()) + self.commitment * F.mse_loss(x, codes.detach())
        return codes.detach() + (x - x.detach()), indices, loss
