"""What turns images into sequences for a transformer. Each definition needs nothing but torch and itself."""

import torch
from torch import nn


class ClassToken(nn.Module):
    """Puts a learned step in front of each sequence: what it becomes tells about the whole.

    x: floating, N x T x embedding_dim. Gives N x (T + 1) x embedding_dim. The token starts at zero.
    Dosovitskiy and others: An image is worth 16x16 words, 2020.
    """

    def __init__(self, embedding_dim: int) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.zeros(1, 1, embedding_dim))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([self.token.expand(x.shape[0], -1, -1), x], dim=1)


class PatchEmbedding(nn.Module):
    """Cuts images into squares and makes one vector of each, row by row.

    x: floating, N x in_channels x H x W. Gives N x (H // patch_size * W // patch_size) x embedding_dim; what fills
    no square is left out. Dosovitskiy and others: An image is worth 16x16 words, 2020.
    """

    def __init__(
        self, in_channels: int, embedding_dim: int, patch_size: int | tuple[int, int], bias: bool = True
    ) -> None:
        super().__init__()
        self.projection = nn.Conv2d(in_channels, embedding_dim, patch_size, stride=patch_size, bias=bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        patches: torch.Tensor = self.projection(x)
        return patches.flatten(2).transpose(1, 2)
