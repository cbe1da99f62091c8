"""Sounds of eight kinds, made from formulas, under noise of different strength."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from netbuilder.data.builtin_sounds import KINDS
from netbuilder.data.facts import facts
from netbuilder.data.place import Place
from netbuilder.data.readers.values import numbers
from netbuilder.data.table import Table, held
from netbuilder.graph.model import Dataset

Wave = npt.NDArray[np.float64]
_LOW, _HIGH = 0.025, 0.3  # frequencies in shares of the rate: 200 to 2400 Hz at 8000 Hz


def tones(dataset: Dataset, _place: Place) -> Table:
    """float32 waveform [1, rate · seconds] and its kind, as many of each as that goes.

    Every sound has a frequency, a phase, a loudness and a strength of noise of its own.
    """
    given = numbers(dataset)
    columns = facts(dataset.source, dataset.params).columns
    random = np.random.default_rng(given["seed"])
    label = random.permutation(given["samples"]) % len(KINDS)
    length = columns[0].shape[1]
    waves = np.empty((given["samples"], 1, length), dtype=np.float32)
    for at, kind in enumerate(label):
        wave = _MAKES[KINDS[kind]](length, length / given["rate"], random)
        noise = random.uniform(0.1, 1.0) * given["noise"] * random.standard_normal(length)
        waves[at] = random.uniform(0.3, 1.0) * (wave + noise)
    return held(columns, {"waveform": waves, "label": label.astype(np.int64)})


def _sine(frequency: Any, length: int, random: np.random.Generator) -> Wave:
    """A sine whose frequency, one or at each moment, is a share of the rate."""
    phase = np.cumsum(np.broadcast_to(frequency, length))
    return np.sin(2 * np.pi * (phase + random.random()))


def _pitch(random: np.random.Generator, low: float = _LOW, high: float = _HIGH) -> float:
    """A frequency, even on the ear's (logarithmic) scale."""
    return float(low * (high / low) ** random.random())


def _noise(length: int, _seconds: float, random: np.random.Generator) -> Wave:
    return random.uniform(0.2, 1.0) * random.standard_normal(length)


def _tone(length: int, _seconds: float, random: np.random.Generator) -> Wave:
    return _sine(_pitch(random), length, random)


def _two_tones(length: int, _seconds: float, random: np.random.Generator) -> Wave:
    """Two at once, at least a fifth apart."""
    low = _pitch(random, high=_HIGH / 1.5)
    return 0.6 * (_sine(low, length, random) + _sine(_pitch(random, low * 1.5), length, random))


def _glide(length: int, random: np.random.Generator) -> Wave:
    """Frequencies that rise by half an octave to two octaves."""
    rise = random.uniform(0.5, 2.0)
    low = _pitch(random, high=_HIGH / 2**rise)
    return low * np.exp2(np.linspace(0, rise, length))


def _chirp_up(length: int, _seconds: float, random: np.random.Generator) -> Wave:
    return _sine(_glide(length, random), length, random)


def _chirp_down(length: int, _seconds: float, random: np.random.Generator) -> Wave:
    return _sine(_glide(length, random)[::-1], length, random)


def _slow(length: int, seconds: float, random: np.random.Generator) -> Wave:
    """A slow wave of 6 to 12 Hz, -1 to 1."""
    return np.sin(2 * np.pi * (random.uniform(6, 12) * np.linspace(0, seconds, length) + random.random()))


def _vibrato(length: int, seconds: float, random: np.random.Generator) -> Wave:
    """The pitch sways by 6 to 12 in a hundred."""
    sway = 1 + random.uniform(0.06, 0.12) * _slow(length, seconds, random)
    return _sine(_pitch(random, low=2 * _LOW, high=_HIGH / 1.12) * sway, length, random)


def _tremolo(length: int, seconds: float, random: np.random.Generator) -> Wave:
    """The loudness sways."""
    sway = 0.5 + random.uniform(0.35, 0.5) * _slow(length, seconds, random)
    return _sine(_pitch(random), length, random) * 2 * sway


def _clicks(length: int, seconds: float, random: np.random.Generator) -> Wave:
    """Short clicks, 8 to 25 a second."""
    apart = length / seconds / random.uniform(8, 25)
    wave = np.zeros(length)
    for start in np.arange(random.uniform(0, apart), length, apart).astype(int):
        click = 4 * np.exp(-np.arange(40) / 8) * random.choice([-1.0, 1.0], 40)
        wave[start : start + 40] += click[: length - start]
    return wave


_MAKES: Mapping[str, Callable[[int, float, np.random.Generator], Wave]] = {
    "noise": _noise,
    "tone": _tone,
    "two tones": _two_tones,
    "chirp up": _chirp_up,
    "chirp down": _chirp_down,
    "vibrato": _vibrato,
    "tremolo": _tremolo,
    "clicks": _clicks,
}
