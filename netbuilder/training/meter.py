"""Means of what steps report, without making a step wait: values stay on the device until they are asked for."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from netbuilder.training.metrics import Metrics

Sums = dict[str, list[float]]  # name -> [sum of value * samples, samples]
Reported = Tensor | tuple[Tensor, ...]  # a mean over the batch; a mean and what it is over; a metric's inputs


class NonFinite(ArithmeticError):
    """A loss is not a number any more. The message is a sentence; `name` is the loss's node."""

    def __init__(self, name: str, value: float, step: int) -> None:
        became = _SPELLED.get(str(value), str(value))
        super().__init__(
            f"The loss {name!r} became {became} at step {step}, so training stopped. A smaller learning rate often "
            "helps; otherwise look for a division by zero, a logarithm of zero or bad values in the data."
        )
        self.name = name


_SPELLED = {"nan": "not a number (nan)", "inf": "infinite", "-inf": "infinite (below zero)"}


class Meter:
    """Collects what each step reports and puts it together.

    A scalar is a mean over its batch and is averaged, weighted by samples; a loss that comes with what it is a mean
    over is weighted by that, and passed over where that is nothing. What belongs to `metrics` goes to them.
    Adding costs a list append. `flush` brings everything that waits to the processor at once: one transfer for all.
    Sums are added step by step in float64, so that they do not depend on when `flush` is called.
    """

    def __init__(self, losses: frozenset[str] = frozenset(), metrics: Metrics | None = None) -> None:
        self._losses = losses
        self._metrics = metrics or Metrics()
        self._waiting: list[tuple[dict[str, Any], int]] = []
        self._epoch: Sums = {}
        self._recent: Sums = {}
        # add((values, samples)): without metrics the hot path calls the list itself
        self.add: Callable[[tuple[dict[str, Any], int]], None] = self._add if metrics else self._waiting.append

    def _add(self, reported: tuple[dict[str, Any], int]) -> None:
        self._metrics.add(reported[0])
        self._waiting.append(reported)

    def flush(self, step: int) -> None:
        """Takes what waits into the sums. `step`: how many steps are done, for the message of NonFinite."""
        waiting = self._waiting
        if not waiting:
            return
        found = [value for values, _ in waiting for each in values.values() for value in _parts(each)]
        numbers = iter(torch.stack(found).tolist() if found else ())
        first = step - len(waiting) + 1
        losses = self._losses
        for at, (values, samples) in enumerate(waiting):
            for name, value in values.items():
                number, share = next(numbers), next(numbers) if isinstance(value, tuple) else samples
                if not share:  # a mean over nothing is no number
                    continue
                if name in losses and not math.isfinite(number):
                    waiting.clear()
                    raise NonFinite(name, number, first + at)
                _add(self._epoch, name, number, share)
                _add(self._recent, name, number, share)
        waiting.clear()

    def recent(self) -> dict[str, float]:
        """Means since the last call; what waits is not in them until `flush`."""
        found = means(self._recent)
        self._recent.clear()
        return found

    def epoch(self) -> dict[str, float]:
        """Means and metrics since the epoch began; starts the next. Raises MetricError."""
        found = {**means(self._epoch), **self._metrics.values()}
        self._epoch.clear()
        self._metrics.reset()
        return found

    def tables(self) -> dict[str, list[list[int]]]:
        """What metrics give that is no number, since the epoch began. Raises MetricError."""
        return self._metrics.tables()

    def sums(self) -> Sums:
        """A copy of the epoch's sums, for a checkpoint."""
        return {name: list(pair) for name, pair in self._epoch.items()}

    def measured(self) -> bytes:
        """All that metrics have seen since the epoch began, for a checkpoint."""
        return self._metrics.state()

    def restore(self, sums: Mapping[str, list[float]], measured: bytes = b"") -> None:
        """Goes on from the sums of a checkpoint, and from what its metrics had seen."""
        self._metrics.restore(measured)
        self._waiting.clear()
        self._recent.clear()
        self._epoch.clear()
        self._epoch.update({name: list(pair) for name, pair in sums.items()})


def _parts(value: Reported) -> tuple[Tensor, ...]:
    """As scalars of one dtype; a float32 holds every count up to 2^24."""
    return tuple(part.float() for part in value) if isinstance(value, tuple) else (value,)


def _add(sums: Sums, name: str, number: float, samples: float) -> None:
    pair = sums.get(name)
    if pair is None:
        sums[name] = [number * samples, samples]
    else:
        pair[0] += number * samples
        pair[1] += samples


def means(sums: Sums) -> dict[str, float]:
    """The mean of each."""
    return {name: total / samples for name, (total, samples) in sums.items()}
