"""The numbers of a run as growing columns, made from the records that its directory gains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

EPOCH = "train, by epoch"  # becomes the curve "train" where no step reports it

Array = np.ndarray[Any, np.dtype[np.float64]]


class Growing:
    """Points (x, y) in arrays that double when full, so that a million appends stay cheap."""

    def __init__(self) -> None:
        self._data = np.empty((2, 256))
        self._count = 0

    def append(self, x: float, y: float) -> None:
        if self._count == self._data.shape[1]:
            self._data = np.concatenate([self._data, np.empty_like(self._data)], axis=1)
        self._data[:, self._count] = x, y
        self._count += 1

    def cut(self, x: float) -> None:
        """Forgets the points behind x."""
        self._count = int(np.searchsorted(self.x, x, side="right"))

    def __len__(self) -> int:
        return self._count

    @property
    def x(self) -> Array:
        return self._data[0, : self._count]

    @property
    def y(self) -> Array:
        return self._data[1, : self._count]


class History:
    """All curves of a run by (plot, curve), for example ("loss", "train") or ("speed", "samples/s")."""

    def __init__(self) -> None:
        self.curves: dict[tuple[str, str], Growing] = {}
        self.test: dict[str, float] = {}
        self.last: dict[str, float] = {}
        self.seconds = 0.0
        self.step = 0
        self._live: set[str] = set()  # what steps report; metrics that need state come once an epoch

    def take(self, records: Iterable[Mapping[str, Any]]) -> set[tuple[str, str]]:
        """Adds records of `metrics.jsonl`; gives the curves that grew."""
        grown: set[tuple[str, str]] = set()
        for record in records:
            if record.get("kind") == "resumed":
                grown |= self._go_back(int(record.get("step", 0)))
                continue
            points = _POINTS.get(str(record.get("kind")))
            if points is None:
                continue
            self.step = max(self.step, int(record.get("step", 0)))
            self.seconds = max(self.seconds, float(record.get("time", 0.0)))
            if record.get("kind") == "step":
                self._live.update(name for name, _ in _numbers(record.get("values")))
            for plot, curve, value in points(record):
                if curve == EPOCH:
                    if plot in self._live:
                        continue
                    curve = "train"
                if curve == "test":
                    self.test[plot] = value
                    continue
                self.last[f"{curve} {plot}"] = value
                self.curves.setdefault((plot, curve), Growing()).append(float(record.get("step", 0)), value)
                grown.add((plot, curve))
        return grown

    def _go_back(self, step: int) -> set[tuple[str, str]]:
        """A run was resumed at a checkpoint: what came after that step is void."""
        self.step = step
        for points in self.curves.values():
            points.cut(step)
        return set(self.curves)


def _numbers(values: object) -> list[tuple[str, float]]:
    if not isinstance(values, Mapping):
        return []
    return [(str(name), float(value)) for name, value in values.items() if isinstance(value, int | float)]


def _step(record: Mapping[str, Any]) -> list[tuple[str, str, float]]:
    points = [(name, "train", value) for name, value in _numbers(record.get("values"))]
    points += [("learning rate", name, value) for name, value in _numbers(record.get("lr"))]
    if isinstance(record.get("speed"), int | float):
        points.append(("speed", "samples/s", float(record["speed"])))
    return points


def _epoch(record: Mapping[str, Any]) -> list[tuple[str, str, float]]:
    points = [(name, EPOCH, value) for name, value in _numbers(record.get("train"))]
    return points + [(name, "validation", value) for name, value in _numbers(record.get("validation"))]


def _test(record: Mapping[str, Any]) -> list[tuple[str, str, float]]:
    return [(name, "test", value) for name, value in _numbers(record.get("values"))]


_POINTS = {"step": _step, "epoch": _epoch, "test": _test}
