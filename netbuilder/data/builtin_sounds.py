"""Sounds that are made: what a waveform does in half a second, under noise. Declarations."""

from __future__ import annotations

from immutables import Map

from netbuilder.blocks.params import Float, Int
from netbuilder.data.builtin_plane import SEED
from netbuilder.data.source import Source
from netbuilder.graph.model import Column, Values

KINDS = ("noise", "tone", "two tones", "chirp up", "chirp down", "vibrato", "tremolo", "clicks")
_SAMPLES = Int(name="samples", default=1200, low=8, high=1_000_000, help="How many sounds are made.")
_RATE = Int(name="rate", default=8000, low=1000, high=192_000, help="How many numbers a second of sound has, in Hz.")
_SECONDS = Float(name="seconds", default=0.5, low=0.1, high=30.0, help="How long a sound is, in seconds.")
_NOISE = Float(
    name="noise", default=0.5, low=0.0, high=10.0, help="How strong the noise is at most, where the sound itself is 1."
)


def _tones(params: Values) -> tuple[tuple[Column, ...], int]:
    rate, seconds = params.get("rate", _RATE.default), params.get("seconds", _SECONDS.default)
    samples = params.get("samples", _SAMPLES.default)
    assert isinstance(rate, int)
    assert isinstance(seconds, int | float)
    assert isinstance(samples, int)
    wave = Column("waveform", shape=(1, round(rate * seconds)), axes="C T", role="sequence", facts=Map(rate=rate))
    return (wave, Column("label", dtype="int64", role="class", classes=KINDS)), samples


SOUNDS: tuple[Source, ...] = (
    Source(
        name="tones",
        title="Tones and chirps",
        summary="Eight kinds of sound (tone, two tones, chirps, vibrato, tremolo, clicks, noise) under noise.",
        reader="netbuilder.data.readers.tones.tones",
        columns=_tones,
        own=(_SAMPLES, _RATE, _SECONDS, _NOISE, SEED),
    ),
)
