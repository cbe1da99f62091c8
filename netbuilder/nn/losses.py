"""Losses that torch lacks, as functions; each gives a float scalar, the mean over the batch. Each stands by itself."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def ctc_loss(
    logs: Tensor,
    target: Tensor,
    input_lengths: Tensor | None = None,
    target_lengths: Tensor | None = None,
    blank: int = 0,
    zero_infinity: bool = False,
) -> Tensor:
    """torch's CTC loss with the batch first; lengths that are not given are those of the tensors.

    logs: float [N, T, C], log-probabilities; target: int64 [N, S]; lengths: int64 [N]. Each sample's loss is divided by
    the length of its target (Graves et al., 2006).
    """
    if logs.is_meta:  # torch has no shapes of its own for it there
        return logs.new_empty(())
    samples, steps = logs.shape[:2]
    if input_lengths is None:
        input_lengths = torch.full((samples,), steps, dtype=torch.long, device=logs.device)
    if target_lengths is None:
        target_lengths = torch.full((samples,), target.shape[1], dtype=torch.long, device=logs.device)
    logs = logs.transpose(0, 1)
    return F.ctc_loss(logs, target, input_lengths, target_lengths, blank=blank, zero_infinity=zero_infinity)


def gaussian_nll_loss(prediction: Tensor, target: Tensor, var: Tensor, full: bool = False, eps: float = 1e-6) -> Tensor:
    """torch's own, which looks at its numbers and so cannot be analysed without any.

    All float [N, *]; ValueError for a negative variance.
    """
    if var.is_meta:
        return (prediction + target + var).mean()
    return F.gaussian_nll_loss(prediction, target, var, full=full, eps=eps)


def dice_loss(logits: Tensor, target: Tensor, smooth: float = 1.0) -> Tensor:
    """1 minus the Dice overlap of each sample and class (Milletari et al., V-Net, 2016).

    logits: float [N, C, *]; target: int64 [N, *], the class of each place; or float [N, C, *], a mask for each channel.
    `smooth` is added above and below, so that a class that is nowhere and found nowhere costs nothing.
    """
    if target.is_floating_point():
        found, mask = logits.sigmoid(), target
    else:
        found = logits.softmax(dim=1)
        mask = torch.zeros_like(found).scatter(1, target.unsqueeze(1), 1.0)
    found, mask = found.flatten(2), mask.flatten(2)
    overlap = (found * mask).sum(dim=2)
    dice = (2 * overlap + smooth) / (found.sum(dim=2) + mask.sum(dim=2) + smooth)
    return 1 - dice.mean()


def focal_loss(logits: Tensor, target: Tensor, gamma: float = 2.0) -> Tensor:
    """Cross entropy in which what is easy already counts little (Lin et al., 2017, without the factor alpha).

    logits: float [N, C, *]; target: int64 [N, *].
    """
    cost = F.cross_entropy(logits, target, reduction="none")
    right = torch.exp(-cost)
    return ((1 - right) ** gamma * cost).mean()


def sigmoid_focal_loss(logits: Tensor, target: Tensor, alpha: float = 0.25, gamma: float = 2.0) -> Tensor:
    """Yes-or-no cross entropy in which what is easy already counts little (Lin et al., 2017, equation 5).

    logits, target: float [N, *], targets 0 and 1. A yes counts `alpha`, a no 1 - `alpha`; `alpha` below 0: both 1.
    """
    cost = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    p = logits.sigmoid()
    right = p * target + (1 - p) * (1 - target)
    cost = cost * (1 - right) ** gamma
    if alpha >= 0:
        cost = cost * (alpha * target + (1 - alpha) * (1 - target))
    return cost.mean()


def info_nce(query: Tensor, key: Tensor, temperature: float = 0.07, symmetric: bool = False) -> Tensor:
    """Each query must find its own key among those of the whole batch (van den Oord et al., 2018).

    query, key: float [N, F]; row i of one belongs to row i of the other. `symmetric`: each key must find its query too,
    and the mean of both is taken (Radford et al., CLIP, 2021).
    """
    scores = F.normalize(query, dim=1) @ F.normalize(key, dim=1).T / temperature
    own = torch.arange(len(scores), device=scores.device)
    loss = F.cross_entropy(scores, own)
    return (loss + F.cross_entropy(scores.T, own)) / 2 if symmetric else loss


def style_loss(features: Tensor, target: Tensor) -> Tensor:
    """Mean squared distance of Gram matrices: which channels go together, wherever that is (Gatys et al., 2016).

    features, target: float [N, C, *], whose last axes may differ. A Gram matrix is divided by C times the places.
    """
    found, wanted = features.flatten(2), target.flatten(2)
    first = found @ found.transpose(1, 2) / (found.shape[1] * found.shape[2])
    second = wanted @ wanted.transpose(1, 2) / (wanted.shape[1] * wanted.shape[2])
    return F.mse_loss(first, second)


def total_variation(x: Tensor) -> Tensor:
    """Mean distance of neighbours, down plus across: small for smooth pictures (Rudin et al., 1992; anisotropic).

    x: float [N, C, H, W].
    """
    down = (x[..., 1:, :] - x[..., :-1, :]).abs().mean()
    across = (x[..., 1:] - x[..., :-1]).abs().mean()
    return down + across
