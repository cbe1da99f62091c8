"""Means of what steps report, without making a step wait: values stay on the device until they are asked for."""

from __future__ import annotations

import math
from collections.abc import Mapping

import torch
from torch import Tensor

Sums = dict[str, list[float]]  # name -> [sum of value * samples, samples]


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
    """Collects each step's scalars (a mean over its batch) and averages them, weighted by samples.

    Adding costs a list append. `flush` brings everything that waits to the processor at once: one transfer for all.
    Sums are added step by step in float64, so that they do not depend on when `flush` is called.
    """

    def __init__(self, losses: frozenset[str] = frozenset()) -> None:
        self._losses = losses
        self._waiting: list[tuple[dict[str, Tensor], int]] = []
        self._epoch: Sums = {}
        self._recent: Sums = {}
        self.add = self._waiting.append  # add((values, samples)): the hot path calls the list itself

    def flush(self, step: int) -> None:
        """Takes what waits into the sums. `step`: how many steps are done, for the message of NonFinite."""
        waiting = self._waiting
        if not waiting:
            return
        flat = torch.stack([value for values, _ in waiting for value in values.values()]).tolist()
        numbers = iter(flat)
        first = step - len(waiting) + 1
        epoch, recent, losses = self._epoch, self._recent, self._losses
        for at, (values, samples) in enumerate(waiting):
            for name in values:
                number = next(numbers)
                if name in losses and not math.isfinite(number):
                    waiting.clear()
                    raise NonFinite(name, number, first + at)
                _add(epoch, name, number, samples)
                _add(recent, name, number, samples)
        waiting.clear()

    def recent(self) -> dict[str, float]:
        """Means since the last call; what waits is not in them until `flush`."""
        found = means(self._recent)
        self._recent.clear()
        return found

    def epoch(self) -> dict[str, float]:
        """Means since the epoch began; starts the next."""
        found = means(self._epoch)
        self._epoch.clear()
        return found

    def sums(self) -> Sums:
        """A copy of the epoch's sums, for a checkpoint."""
        return {name: list(pair) for name, pair in self._epoch.items()}

    def restore(self, sums: Mapping[str, list[float]]) -> None:
        """Goes on from the sums of a checkpoint."""
        self._waiting.clear()
        self._recent.clear()
        self._epoch.clear()
        self._epoch.update({name: list(pair) for name, pair in sums.items()})


def _add(sums: Sums, name: str, number: float, samples: int) -> None:
    pair = sums.get(name)
    if pair is None:
        sums[name] = [number * samples, samples]
    else:
        pair[0] += number * samples
        pair[1] += samples


def means(sums: Sums) -> dict[str, float]:
    """The mean of each."""
    return {name: total / samples for name, (total, samples) in sums.items()}
