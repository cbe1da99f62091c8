"""Processes that read batches ahead of time, for one data set: torch's DataLoader with lists of our own.

They are made as those of `pool` are, and hand their samples over in shared memory. What they raise comes back as the
same sentence.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from netbuilder.data.errors import DataError
from netbuilder.data.pool import Work, context, died, end_with_parent

AHEAD_BYTES = 512 * 2**20  # of samples that wait to be used
MOST_AHEAD = 4  # pieces for each process


class Failed(msgspec.Struct, frozen=True):
    """What a process has to say instead of a result."""

    sentence: str


class _Task(Dataset[Any]):
    """Does the work for one piece after another, in a process of its own."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def __getitem__(self, piece: Any) -> Any:
        try:
            return tensors(self._work(piece))
        except DataError as problem:
            return Failed(str(problem))


class _Lists(Sampler[Any]):
    """The pieces to do next; which they are is said anew for each round."""

    def __init__(self) -> None:
        self.now: Sequence[Any] = ()

    def __iter__(self) -> Iterator[Any]:
        return iter(self.now)

    def __len__(self) -> int:
        return len(self.now)


class Workers:
    """Does pieces of work in `count` processes, or here if that is 0. One round of pieces at a time.

    work: (piece) -> dict of arrays or other plain values, picklable. `what` names the data in sentences. `ahead`: how
    many pieces for each process are begun before they are asked for. `pin`: results lie in memory that a card reads
    fast.
    """

    def __init__(self, work: Work, count: int, what: str, *, ahead: int = 2, pin: bool = False) -> None:
        self._task, self._what, self._lists = _Task(work), what, _Lists()
        self._loader: DataLoader[Any] | None = None
        self._rounds = itertools.count()
        self._round = -1
        if count:
            self._loader = DataLoader(
                self._task,
                sampler=self._lists,
                batch_size=None,
                num_workers=count,
                collate_fn=_as_it_is,
                worker_init_fn=_begin,
                pin_memory=pin,
                multiprocessing_context=context(__name__),
                generator=torch.Generator(),  # not the one that a run's own noise is drawn from
                prefetch_factor=ahead,
                persistent_workers=True,
            )

    def go(self, pieces: Sequence[Any]) -> Iterator[Any]:
        """The results in order. Another call ends this round. Raises DataError."""
        self._round = mine = next(self._rounds)
        if self._loader is None:
            results: Iterable[Any] = map(self._task.__getitem__, pieces)
        else:
            self._lists.now = pieces
            results = self._results(self._loader)
        for result in results:
            if isinstance(result, Failed):
                raise DataError(result.sentence)
            yield result
            if self._round != mine:
                return

    def close(self) -> None:
        """Ends the processes."""
        loader, self._loader = self._loader, None
        running = getattr(loader, "_iterator", None)
        if running is not None:
            running._shutdown_workers()

    def _results(self, loader: DataLoader[Any]) -> Iterator[Any]:
        try:
            yield from loader
        except RuntimeError as problem:
            if not str(problem).startswith("DataLoader"):
                raise
            processes = getattr(getattr(loader, "_iterator", None), "_workers", ())
            raise DataError(died(self._what, [process.exitcode for process in processes])) from problem


def ahead(piece_bytes: int, workers: int) -> int:
    """How many pieces each process may begin ahead of time so that memory stays bounded."""
    return max(1, min(MOST_AHEAD, AHEAD_BYTES // max(1, piece_bytes * max(1, workers))))


def tensors(found: Any) -> Any:
    """A dict with its arrays as tensors of their own memory; anything else as it is."""
    if not isinstance(found, dict):
        return found
    return {name: _tensor(value) if isinstance(value, np.ndarray) else value for name, value in found.items()}


def _tensor(array: Any) -> Tensor:
    array = np.ascontiguousarray(array)
    return torch.from_numpy(array if array.flags.writeable else array.copy())


def _begin(_number: int) -> None:
    end_with_parent()


def _as_it_is(result: Any) -> Any:
    return result
