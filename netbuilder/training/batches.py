"""Which samples each step sees: whole epochs in a seeded order, as views into tensors that live on the device."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from netbuilder.data.loaders import Batch, samples
from netbuilder.training.randomness import derive

EPOCH_COPY_LIMIT = 512 * 2**20  # bytes; up to there an epoch's data is put in order once and its batches are views


def sizes(count: int, batch_size: int) -> list[int]:
    """How many samples each batch has. A last one of a single sample joins the one before it.

    Batch normalisation cannot learn from one sample, and a single sample would weigh as much as a full batch.
    """
    found = [min(batch_size, count - start) for start in range(0, count, batch_size)]
    if len(found) > 1 and found[-1] == 1 and batch_size > 1:
        found[-2:] = [batch_size + 1]
    return found


def in_order(data: Batch, batch_size: int) -> list[Batch]:
    """All samples as they come, for evaluation: views, no copies."""
    return _cut(data, sizes(samples(data), batch_size))


def shuffled(data: Batch, batch_size: int, seed: int, epoch: int) -> Sequence[Batch]:
    """The batches of an epoch (from 0). Their order depends on seed and epoch only, so any epoch can be resumed."""
    count = samples(data)
    device = next(iter(data.values())).device
    order = torch.randperm(count, generator=torch.Generator().manual_seed(derive(seed, "order", epoch))).to(device)
    if sum(column.nbytes for column in data.values()) > EPOCH_COPY_LIMIT:
        return Gathered(data, list(torch.split(order, sizes(count, batch_size))))
    return _cut({name: column.index_select(0, order) for name, column in data.items()}, sizes(count, batch_size))


class Gathered(Sequence[Batch]):
    """Batches that are gathered when they are asked for, where a copy of all data would be too large."""

    def __init__(self, data: Batch, indices: list[torch.Tensor]) -> None:
        self._data, self._indices = data, indices

    def __len__(self) -> int:
        return len(self._indices)

    def __getitem__(self, at):  # type: ignore[no-untyped-def]  # a Sequence's two overloads; only ints are asked for
        return {name: column.index_select(0, self._indices[at]) for name, column in self._data.items()}


def _cut(data: Batch, lengths: list[int]) -> list[Batch]:
    if not lengths:
        return []
    names = list(data)
    return [
        dict(zip(names, parts, strict=True))
        for parts in zip(*(torch.split(data[n], lengths) for n in names), strict=True)
    ]
