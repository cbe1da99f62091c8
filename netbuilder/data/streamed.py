"""Samples that stay where they are: each batch is read when it is needed, a few of them ahead of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from netbuilder.data.rows import Rows
from netbuilder.data.stamps import Stamps
from netbuilder.data.table import Arrays, Indices
from netbuilder.data.workers import Workers, ahead, tensors

Columns = dict[str, Tensor]  # by column id; the first axis is the samples
FILES_A_BATCH = 64  # so many of the files are looked at with each batch whether they are still the same


class Watched:
    """Reads a batch and sees to it that its files are as they were: all of a few, of many some each time."""

    def __init__(self, rows: Rows, stamps: Stamps) -> None:
        self._rows, self._stamps = rows, stamps
        self._next = 0

    def __call__(self, indices: Indices) -> Arrays:
        found = self._rows(indices)
        self._stamps.check(self._next, FILES_A_BATCH)
        self._next += FILES_A_BATCH
        return found


class Samples:
    """All samples of a data set, by their indices, on the device."""

    def __init__(
        self, rows: Rows, stamps: Stamps | None = None, *, device: torch.device | str = "cpu", processes: int = 0
    ) -> None:
        """`stamps`: of the files that must stay as they are. `processes`: how many read ahead; 0: this one reads."""
        self.rows, self._stamps, self._processes = rows, stamps or Stamps(), processes
        self._device = torch.device(device)
        self._pin = self._device.type == "cuda"
        self._workers: Workers | None = None
        self._newest: Stream | None = None

    def read(self, indices: Indices) -> Columns:
        """These samples now, in this process. Raises DataError."""
        return self._moved(tensors(Watched(self.rows, self._stamps)(indices)))

    def batches(self, order: Indices, lengths: Sequence[int]) -> Stream:
        """Samples in this order, so many in each batch; the batches that are asked for now, if they are the same."""
        newest = self._newest
        if newest is None or not newest.is_of(order, lengths):
            newest = self._newest = Stream(self, order, lengths)
        return newest

    def go(self, lists: Sequence[Indices]) -> Iterator[Columns]:
        """Batches of these samples in turn, read ahead. Another call ends this one. Raises DataError."""
        if self._workers is None:
            batch_bytes = self.rows.sample_bytes * max(map(len, lists))
            self._workers = Workers(
                Watched(self.rows, self._stamps),
                self._processes,
                self.rows.dataset.source,
                ahead=ahead(batch_bytes, self._processes),
                pin=self._pin,
            )
        for found in self._workers.go(lists):
            yield self._moved(found)

    def close(self) -> None:
        """Ends the processes that read."""
        if self._workers is not None:
            self._workers.close()
        self._workers = self._newest = None

    def _moved(self, found: Columns) -> Columns:
        return {id: tensor.to(self._device, non_blocking=self._pin) for id, tensor in found.items()}


class Streamed:
    """One part of a data set that is not in memory: so many samples, read when they are asked for."""

    def __init__(self, samples: Samples, indices: Indices) -> None:
        self._samples, self._indices = samples, indices

    def __len__(self) -> int:
        return len(self._indices)

    def rows(self, places: Indices) -> Columns:
        """The samples at these places of the part, read now. Raises DataError."""
        return self._samples.read(self._indices[places])

    def batches(self, order: Tensor, lengths: Sequence[int]) -> Sequence[Columns]:
        """The samples at these places (int64), so many in each batch."""
        return self._samples.batches(self._indices[order.cpu().numpy()], lengths)

    def close(self) -> None:
        """Ends the processes that read, of all parts of this data set."""
        self._samples.close()


class Stream(Sequence[Columns]):
    """Batches in an order. Asked for one after the other, they are read ahead; the last one is still there."""

    def __init__(self, samples: Samples, order: Indices, lengths: Sequence[int]) -> None:
        self._samples, self._order, self._lengths = samples, order, list(lengths)
        self._lists = np.split(order, np.cumsum(self._lengths)[:-1]) if self._lengths else []
        self._running: Iterator[Columns] = iter(())
        self._at, self._last = -1, Columns()

    def __len__(self) -> int:
        return len(self._lengths)

    def is_of(self, order: Indices, lengths: Sequence[int]) -> bool:
        """Whether it gives just these batches."""
        return self._lengths == list(lengths) and np.array_equal(self._order, order)

    def __getitem__(self, at):  # type: ignore[no-untyped-def]  # a Sequence's two overloads; only ints are asked for
        if not 0 <= at < len(self):
            raise IndexError(at)
        if at == self._at:
            return self._last
        found = next(self._running, None) if at == self._at + 1 else None
        if found is None:  # the first, another than the next, or the processes have read something else since
            self._running = self._samples.go(self._lists[at:])
            found = next(self._running)
        self._at, self._last = at, found
        return found
