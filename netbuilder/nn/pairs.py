"""Learning by comparison: who is compared with whom in a batch, and how well like samples lie near one another."""

from __future__ import annotations

import torch
from torch import Tensor


def draw_triplets(x: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """For each sample another one of its class and one of another class, drawn from the batch.

    x: [N, *], any dtype; target: int64 [N], the number of each sample's class. Gives two batches like x: samples of the
    same class, and of others. A sample that is alone in its class gets itself as the like one; where all are of one
    class, it gets itself as the unlike one, too. torch's default generator of the device decides.
    """
    like = target.unsqueeze(1) == target
    itself = torch.eye(x.shape[0], dtype=torch.bool, device=x.device)
    chance = torch.rand(2, x.shape[0], x.shape[0], device=x.device) + itself  # 1 and more: only where nobody else is
    positive = torch.where(like, chance[0], 3.0).argmin(dim=1)
    negative = torch.where(like & ~itself, 3.0, chance[1]).argmin(dim=1)
    return x[positive], x[negative]


def nearest_neighbor_accuracy(embedding: Tensor, target: Tensor) -> Tensor:
    """The share of samples whose nearest other sample of the batch is of their class, a float scalar.

    embedding: float [N, F]; target: int64 [N]. Euclidean distances; a batch of one sample gives 0. It is Recall@1 of
    metric learning (Oh Song et al., Deep metric learning via lifted structured feature embedding, 2016).
    """
    itself = torch.eye(embedding.shape[0], dtype=torch.bool, device=embedding.device)
    nearest = torch.cdist(embedding, embedding).masked_fill(itself, float("inf")).argmin(dim=1)
    alone = nearest == torch.arange(embedding.shape[0], device=embedding.device)
    return ((target[nearest] == target) & ~alone).float().mean()
