"""Series and sequences, drawn anew from their seed each time: the same seed, the same numbers."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from netbuilder.data.facts import SOURCES, facts
from netbuilder.data.place import Place
from netbuilder.data.table import Arrays, Indices, Table, held
from netbuilder.graph.model import Column, Dataset

Series = npt.NDArray[np.float64]

STEP = 0.1  # units of time that one step of the integration goes
_SETTLING = 1000  # units of time after which nothing is left of how a Mackey-Glass series began
_MEASURED = 5000  # units of time before the samples from which mean and spread are taken


def sines(dataset: Dataset, _place: Place) -> Table:
    """Each sample a wave of its own: wavelength drawn evenly, height 0.5 to 1, any phase.

    The noise is on the window only: the target is the wave itself.
    """
    value, columns, random = _given(dataset)
    count, window, horizon = value("samples"), value("window"), value("horizon")
    low, high = sorted((value("shortest"), value("longest")))
    length, height = random.uniform(low, high, (count, 1)), random.uniform(0.5, 1.0, (count, 1))
    phase = random.uniform(0.0, 2 * np.pi, (count, 1))
    waves = height * np.sin(2 * np.pi * np.arange(window + horizon) / length + phase)
    shown = waves[:, :window] + value("noise") * random.standard_normal((count, window))
    return held(columns, {"series": _floats(shown[:, :, None]), "target": _floats(waves[:, -1:])})


def mackey_glass(dataset: Dataset, _place: Place) -> Table:
    """Windows that begin at each unit of time in a row; those that share values never part."""
    value, columns, random = _given(dataset)
    reach = (value("window") - 1) * value("spacing") + value("horizon")
    skipped = _SETTLING + _MEASURED
    series = integrate(random.uniform(0.5, 1.3), skipped + value("samples") + reach, value("tau"))
    before, series = series[_SETTLING:skipped], series[skipped:]
    if value("scale") == "standard":
        series = (series - before.mean()) / before.std()
    rows = Windows(_floats(series), value("window"), value("spacing"), value("horizon"))
    return Table(columns=columns, count=value("samples"), rows=rows, reach=reach)


def integrate(start: float, count: int, tau: int) -> Series:
    """x at t = 0, 1, ..., count - 1 of dx/dt = 0.2 x(t - tau) / (1 + x(t - tau)^10) - 0.1 x, x = start for t <= 0.

    Runge and Kutta's method of the fourth order in steps of 0.1; in the middle of a step, the delayed value comes from
    a cubic through four neighbours.
    """
    lag, every = round(tau / STEP), round(1 / STEP)
    x = [start] * (lag + 1)
    drive = [_drive(start)] * (lag + 1)
    for at in range((count - 1) * every):
        now, first, last = x[-1], drive[at], drive[at + 1]
        past = x[max(0, at - 1)], x[at], x[at + 1], x[at + 2]
        middle = _drive((9 * (past[1] + past[2]) - past[0] - past[3]) / 16)
        a = first - 0.1 * now
        b = middle - 0.1 * (now + STEP / 2 * a)
        c = middle - 0.1 * (now + STEP / 2 * b)
        d = last - 0.1 * (now + STEP * c)
        x.append(now + STEP / 6 * (a + 2 * b + 2 * c + d))
        drive.append(_drive(x[-1]))
    return np.array(x[lag::every])


def _drive(delayed: float) -> float:
    return 0.2 * delayed / (1.0 + delayed**10)


def adding(dataset: Dataset, _place: Place) -> Table:
    """Feature 0: numbers drawn evenly from 0 to 1. Feature 1: 1 at one step of each half, 0 elsewhere."""
    value, columns, random = _given(dataset)
    count, steps = value("samples"), value("steps")
    numbers, marks = random.uniform(0.0, 1.0, (count, steps)), np.zeros((count, steps))
    rows = np.arange(count)
    marks[rows, random.integers(0, steps // 2, count)] = 1.0
    marks[rows, random.integers(steps // 2, steps, count)] = 1.0
    target = (numbers * marks).sum(1, keepdims=True)
    return held(columns, {"series": _floats(np.stack([numbers, marks], axis=2)), "target": _floats(target)})


def copy(dataset: Dataset, _place: Place) -> Table:
    """Tokens: symbols, blanks, the sign "recall", blanks. Target: blanks, and the symbols after the sign."""
    value, columns, random = _given(dataset)
    count, length, delay = value("samples"), value("length"), value("delay")
    symbols = random.integers(2, 2 + value("symbols"), (count, length))
    tokens = np.zeros((count, 2 * length + delay + 1), dtype=np.int64)
    target = np.zeros_like(tokens)
    tokens[:, :length] = symbols
    tokens[:, length + delay] = 1
    target[:, -length:] = symbols
    return held(columns, {"tokens": tokens, "target": target})


def echo(dataset: Dataset, _place: Place) -> Table:
    """Bits 0 and 1; the target is the series `delay` steps before, 0 where there was none."""
    value, columns, random = _given(dataset)
    count, steps, delay = value("samples"), value("steps"), value("delay")
    series = random.integers(0, 2, (count, steps, 1))
    target = np.zeros_like(series)
    target[:, delay:] = series[:, : max(0, steps - delay)]
    return held(columns, {"series": _floats(series), "target": _floats(target)})


class Windows(msgspec.Struct, frozen=True):
    """Windows of a series, one from each of its values on; columns series [window, 1] and target [1].

    `spacing`: how many values of the series lie from one of a window to the next; `horizon`: from its last to the
    target.
    """

    values: npt.NDArray[np.float32]
    window: int
    spacing: int
    horizon: int

    def __call__(self, indices: Indices) -> Arrays:
        places = indices[:, None] + self.spacing * np.arange(self.window)
        return {"series": self.values[places][:, :, None], "target": self.values[places[:, -1:] + self.horizon]}


def _given(dataset: Dataset) -> tuple[Any, tuple[Column, ...], np.random.Generator]:
    """What its parameters are, its columns, and its random numbers."""

    def value(name: str) -> Any:
        return SOURCES[dataset.source].value(dataset.params, name)

    return value, facts(dataset.source, dataset.params).columns, np.random.default_rng(value("seed"))


def _floats(values: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    return np.ascontiguousarray(values, dtype=np.float32)
