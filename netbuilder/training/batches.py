"""Which samples each step sees: whole epochs in a seeded order, as views into tensors that live on the device.

What does not fit there is streamed: the same samples in the same order, read ahead by processes (`data.streamed`).

With several data sets a batch holds a batch of each, by its name. The first one's length is the epoch; the others go
round and round, each in an order of its own, and give as many samples to each step as the first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from netbuilder.data.loaders import Batch, Columns, Kept, Part, Streamed, by_dataset, samples
from netbuilder.training.randomness import derive

EPOCH_COPY_LIMIT = 512 * 2**20  # bytes; up to there an epoch's data is put in order once and its batches are views
CPU_COPY_LIMIT = 32 * 2**20  # the same on a processor, where a larger copy is new memory each time, and slower


def sizes(count: int, batch_size: int) -> list[int]:
    """How many samples each batch has. A last one of a single sample joins the one before it.

    Batch normalisation cannot learn from one sample, and a single sample would weigh as much as a full batch.
    """
    found = [min(batch_size, count - start) for start in range(0, count, batch_size)]
    if len(found) > 1 and found[-1] == 1 and batch_size > 1:
        found[-2:] = [batch_size + 1]
    return found


def in_order(data: Part, batch_size: int) -> Sequence[Batch]:
    """All samples as they come, for evaluation: views, no copies (of the first data set, where there are several)."""
    lengths = sizes(samples(data), batch_size)
    several = by_dataset(data)
    if several is None or not lengths:
        return _cut(data, lengths)  # type: ignore[arg-type]  # one data set's samples
    first, *others = several
    parts: dict[str, Sequence[Columns]] = {first: _cut(several[first], lengths)}
    for name in others:
        order = torch.arange(sum(lengths)) % samples(several[name])
        parts[name] = _ordered(several[name], order, lengths)
    return Together(parts)


def shuffled(data: Part, batch_size: int, seed: int, epoch: int) -> Sequence[Batch]:
    """The batches of an epoch (from 0). Their order depends on seed and epoch only, so any epoch can be resumed."""
    count = samples(data)
    lengths = sizes(count, batch_size)
    order = _order(count, derive(seed, "order", epoch))
    several = by_dataset(data)
    if several is None:
        return _ordered(data, order, lengths)  # type: ignore[arg-type]  # one data set's samples
    first, *others = several
    parts = {first: _ordered(several[first], order, lengths)}
    for name in others:
        round_ = _round(samples(several[name]), epoch * count, count, seed, name)
        parts[name] = _ordered(several[name], round_, lengths)
    return Together(parts)


def _order(count: int, seed: int) -> Tensor:
    return torch.randperm(count, generator=torch.Generator().manual_seed(seed))


def _round(length: int, start: int, count: int, seed: int, name: str) -> Tensor:
    """Places `start` to `start + count` of an endless row of all `length` samples, in a new order each time round."""
    found, at = [], start
    while at < start + count:
        turn, skip = divmod(at, length)
        taken = _order(length, derive(seed, "order", name, turn))[skip : skip + start + count - at]
        found.append(taken)
        at += len(taken)
    return torch.cat(found)


def _ordered(data: Kept, order: Tensor, lengths: list[int]) -> Sequence[Columns]:
    """Batches of these samples: views into one copy, or gathered one by one where a copy would be too large."""
    if isinstance(data, Streamed):
        return data.batches(order, lengths)
    first = next(iter(data.values()))
    order = order.to(first.device)
    limit = min(EPOCH_COPY_LIMIT, CPU_COPY_LIMIT) if first.device.type == "cpu" else EPOCH_COPY_LIMIT
    if sum(column.nbytes for column in data.values()) / max(1, len(first)) * len(order) > limit:
        return Gathered(data, list(torch.split(order, lengths)))
    return _cut({name: column.index_select(0, order) for name, column in data.items()}, lengths)


class Gathered(Sequence[Columns]):
    """Batches that are gathered when they are asked for, where a copy of all data would be too large."""

    def __init__(self, data: Columns, indices: list[Tensor]) -> None:
        self._data, self._indices = data, indices

    def __len__(self) -> int:
        return len(self._indices)

    def __getitem__(self, at):  # type: ignore[no-untyped-def]  # a Sequence's two overloads; only ints are asked for
        return {name: column.index_select(0, self._indices[at]) for name, column in self._data.items()}


class Together(Sequence[Batch]):
    """The batches of several data sets, step by step."""

    def __init__(self, parts: Mapping[str, Sequence[Columns]]) -> None:
        self._parts = parts

    def __len__(self) -> int:
        return len(next(iter(self._parts.values())))

    def __getitem__(self, at):  # type: ignore[no-untyped-def]  # as above
        return {name: batches[at] for name, batches in self._parts.items()}


def _cut(data: Kept, lengths: list[int]) -> Sequence[Columns]:
    if not lengths:
        return []
    if isinstance(data, Streamed):
        return data.batches(torch.arange(len(data)), lengths)
    names = list(data)
    return [
        dict(zip(names, parts, strict=True))
        for parts in zip(*(torch.split(data[n], lengths) for n in names), strict=True)
    ]
