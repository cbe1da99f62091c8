"""Series and sequences that a generator draws, each from its own seed. Declarations only."""

from __future__ import annotations

from typing import Any

from netbuilder.blocks.params import Choice, Float, Int, Param
from netbuilder.data.source import Source
from netbuilder.graph.model import Column, Values

_HOME = "netbuilder.data.readers.series"
_SEED = Int(name="seed", default=0, low=0, help="Start of the generator's random numbers; the split has its own.")
_WINDOW = Int(name="window", default=32, low=1, high=1024, help="How many values in a row one sample shows.")


def _samples(default: int) -> Param:
    return Int(name="samples", default=default, low=10, high=100_000, help="How many samples are made.")


def _steps(default: int, low: int, text: str) -> Param:
    return Int(name="steps", default=default, low=low, high=1024, help=text)


SINES = (
    _samples(1000),
    _WINDOW,
    Int(name="horizon", default=1, low=1, high=1000, help="How many steps after the window the target lies."),
    Float(name="shortest", default=8.0, low=2.0, high=1e4, help="The fewest steps that one wave takes."),
    Float(name="longest", default=32.0, low=2.0, high=1e4, help="The most steps that one wave takes."),
    Float(name="noise", default=0.0, low=0.0, high=10.0, help="Standard deviation of the noise on what is shown."),
    _SEED,
)
MACKEY_GLASS = (
    _samples(3000),
    _WINDOW,
    Int(name="spacing", default=1, low=1, high=100, help="Units of time between one value of a window and the next."),
    Int(name="horizon", default=6, low=1, high=1000, help="Units of time from the window's last value to the target."),
    Int(name="tau", default=17, low=1, high=100, help="The delay in the equation; from 17 on the series is chaotic."),
    Choice(
        name="scale",
        default="standard",
        options=("standard", "none"),
        help="standard: less the mean and divided by the spread of an earlier stretch that is in no sample; none: as "
        "the equation gives it, around 0.9.",
    ),
    _SEED,
)
ADDING = (_samples(6000), _steps(50, 2, "How long a sequence is."), _SEED)
COPY = (
    _samples(4000),
    Int(name="length", default=5, low=1, high=500, help="How many symbols have to be remembered."),
    Int(name="delay", default=10, low=0, high=1000, help="How many blanks lie between the symbols and their recall."),
    Int(name="symbols", default=8, low=2, high=26, help="How many different symbols there are."),
    _SEED,
)
ECHO = (
    _samples(1500),
    _steps(24, 2, "How long a sequence is."),
    Int(name="delay", default=3, low=0, high=1000, help="How many steps later each bit has to be said again."),
    _SEED,
)


def _value(own: tuple[Param, ...], values: Values, name: str) -> Any:
    return values.get(name, {param.name: param.default for param in own}[name])


def _series(id: str, steps: int, features: int = 1, role: str = "sequence") -> Column:
    return Column(id, shape=(steps, features), dtype="float32", axes="T F", role=role)


def _windows(own: tuple[Param, ...], values: Values) -> tuple[tuple[Column, ...], int]:
    target = Column("target", shape=(1,), dtype="float32", axes="F", role="vector")
    return (_series("series", _value(own, values, "window")), target), _value(own, values, "samples")


def _sines(values: Values) -> tuple[tuple[Column, ...], int]:
    return _windows(SINES, values)


def _mackey_glass(values: Values) -> tuple[tuple[Column, ...], int]:
    return _windows(MACKEY_GLASS, values)


def _adding(values: Values) -> tuple[tuple[Column, ...], int]:
    target = Column("target", shape=(1,), dtype="float32", axes="F", role="vector")
    return (_series("series", _value(ADDING, values, "steps"), 2), target), _value(ADDING, values, "samples")


def _copy(values: Values) -> tuple[tuple[Column, ...], int]:
    length, symbols = _value(COPY, values, "length"), _value(COPY, values, "symbols")
    names = ("blank", "recall", *"abcdefghijklmnopqrstuvwxyz"[:symbols])
    steps = 2 * length + _value(COPY, values, "delay") + 1
    columns = (
        Column(id, shape=(steps,), dtype="int64", axes="T", role="token", classes=names) for id in ("tokens", "target")
    )
    return tuple(columns), _value(COPY, values, "samples")


def _echo(values: Values) -> tuple[tuple[Column, ...], int]:
    steps = _value(ECHO, values, "steps")
    return (_series("series", steps), _series("target", steps)), _value(ECHO, values, "samples")


SERIES: tuple[Source, ...] = (
    Source(
        name="sines",
        title="Sine waves",
        summary="Windows of sine waves with lengths, heights and phases of their own, and a later value of each.",
        reader=f"{_HOME}.sines",
        columns=_sines,
        own=SINES,
    ),
    Source(
        name="mackey_glass",
        title="Mackey-Glass series",
        summary="Windows of a chaotic series that a delayed feedback drives, and the value some time later.",
        reader=f"{_HOME}.mackey_glass",
        columns=_mackey_glass,
        own=MACKEY_GLASS,
        ways=("time", "folds"),
        origin="Mackey and Glass: Oscillation and chaos in physiological control systems, 1977",
    ),
    Source(
        name="adding",
        title="Adding problem",
        summary="Random numbers of which two are marked, one in each half; the target is the sum of these two.",
        reader=f"{_HOME}.adding",
        columns=_adding,
        own=ADDING,
        origin="Hochreiter and Schmidhuber: Long short-term memory, 1997, experiment 4",
    ),
    Source(
        name="copy",
        title="Copy task",
        summary="A few symbols, many blanks, then a sign: from there on the symbols have to be said again in order.",
        reader=f"{_HOME}.copy",
        columns=_copy,
        own=COPY,
        origin="Arjovsky, Shah, Bengio: Unitary evolution recurrent neural networks, 2016, section 5.1",
    ),
    Source(
        name="echo",
        title="Echo task",
        summary="A row of random bits; each has to be said again some steps later.",
        reader=f"{_HOME}.echo",
        columns=_echo,
        own=ECHO,
    ),
)
