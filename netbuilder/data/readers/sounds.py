"""A person's own sounds as samples, a folder for each class."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
from immutables import Map

from netbuilder.data.errors import DataError
from netbuilder.data.files import few, opened, shown
from netbuilder.data.own_sounds import SOUNDS
from netbuilder.data.place import Place
from netbuilder.data.readers.class_folders import UNREADABLE, find, unread
from netbuilder.data.readers.values import numbers
from netbuilder.data.table import Arrays, Indices, Table
from netbuilder.graph.model import Column, Dataset, natural_key

LONGEST = 10_000_000  # numbers of one channel
_MOST_CHANNELS = 64
_UNFINISHED = re.compile(r"data : (\d+) \(should be (\d+)\)")  # libsndfile's word for it
Wave = npt.NDArray[np.float32]


class Ear(msgspec.Struct, frozen=True):
    """How sounds become arrays of one shape: [channels, length] of -1..1 at one rate."""

    rate: int
    length: int
    channels: int

    def __call__(self, path: Path) -> Wave:
        """float32 [channels, length]. Raises DataError with the file's name."""
        return _read(path, self)


class SoundRows(msgspec.Struct, frozen=True):
    """Sounds, each read from its own file, and their classes."""

    root: str
    paths: tuple[str, ...]
    ear: Ear
    others: Arrays

    def __call__(self, indices: Indices) -> Arrays:
        root = Path(self.root)
        waves = np.empty((len(indices), self.ear.channels, self.ear.length), dtype=np.float32)
        for at, index in enumerate(indices.tolist()):
            waves[at] = self.ear(root / self.paths[index])
        return {"waveform": waves, **{id: array[indices] for id, array in self.others.items()}}


class Heard(NamedTuple):
    """What a file says of itself: its rate and how many numbers a channel has; or why it can't be read."""

    rate: int = 0
    length: int = 0
    wrong: str = ""


def sound_folder(dataset: Dataset, place: Place) -> Table:
    """waveform [C, T] of -1..1, and label, the class by the name of its folder. Raises DataError."""
    values = numbers(dataset)
    root = place.path(values["path"])
    found = find(root, SOUNDS, "sound")
    if not found.paths:
        raise DataError(
            f"There is no sound in {shown(root)}: there should be a folder for each class with files that end in "
            f"{', '.join(SOUNDS)}."
        )
    wave, ear, kept, spoilt = _ear(root, found.paths, dataset, values)
    others = {"label": found.labels[kept]} if found.classes else {}
    label = (Column("label", dtype="int64", role="class", classes=found.classes),) if found.classes else ()
    paths = tuple(found.paths[at] for at in kept.tolist())
    return Table(
        columns=(wave, *label),
        count=len(paths),
        rows=SoundRows(str(root), paths, ear, others),
        known=others,
        given=found.given[kept] if found.given is not None else None,
        files=tuple(f"{root}/{path}" for path in paths),
        notes=(*unread(spoilt, "sound"), *few(found.left_out, "other thing is", "other things are")),
    )


def _ear(
    root: Path, paths: Sequence[str], dataset: Dataset, values: dict[str, Any]
) -> tuple[Column, Ear, Indices, list[str]]:
    """The column of sounds, how they are read, which can be, and why others can't; as a scan found it, if there was."""
    known = next((column for column in dataset.columns if column.id == "waveform" and len(column.shape) == 2), None)
    channels = 1 if values["channels"] == "mono" else 2
    if known is not None and isinstance(rate := known.facts.get("rate"), int):
        gone = known.facts.get(UNREADABLE, ())
        names = frozenset(map(str, gone)) if isinstance(gone, tuple) else frozenset()
        there = [shown(path) not in names for path in paths]
        ear = Ear(values["rate"] or rate, values["length"] or known.shape[1], channels)
        wrong = sorted(names, key=natural_key)
        left: tuple[str, ...] = tuple(wrong)
    else:
        with ThreadPoolExecutor(2) as pool:
            heard = list(pool.map(_heard, [root / path for path in paths], chunksize=64))
        there = [not one.wrong for one in heard]
        wrong = [one.wrong for one in heard if one.wrong]
        if not any(there):
            raise DataError(f"None of the {len(paths):,} sounds in {shown(root)} can be read: {wrong[0]}.")
        good = [one for one in heard if not one.wrong]
        counts = Counter(one.rate for one in good)
        rate = values["rate"] or max(counts, key=lambda one: (counts[one], one))
        length = values["length"] or max(math.ceil(one.length * rate / one.rate) for one in good)
        if length > LONGEST:
            raise DataError(f"The longest sound in {shown(root)} has {length:,} numbers; say a length to cut it at.")
        ear = Ear(rate, length, channels)
        left = tuple(shown(path) for path, fine in zip(paths, there, strict=True) if not fine)
    facts: dict[str, Any] = {"rate": ear.rate, **({UNREADABLE: left} if left else {})}
    column = Column("waveform", shape=(channels, ear.length), axes="C T", role="sequence", facts=Map(facts))
    return column, ear, np.flatnonzero(there), wrong


def _heard(path: Path) -> Heard:
    """What the file says of itself, after all of it was read once, in pieces."""
    import soundfile

    try:
        with opened(path) as file:
            try:
                with soundfile.SoundFile(file) as sound:
                    _sensible(sound)
                    length = sum(len(block) for block in sound.blocks(2**16, dtype="float32"))
                    return (
                        Heard(sound.samplerate, length)
                        if length
                        else Heard(wrong=f"{shown(path)} holds no sound at all")
                    )
            except (soundfile.LibsndfileError, RuntimeError, ValueError, OSError) as problem:
                return Heard(wrong=_sentence(path, problem))
    except DataError as problem:
        return Heard(wrong=str(problem).rstrip("."))


def _read(path: Path, ear: Ear) -> Wave:
    import soundfile

    with opened(path) as file:
        try:
            with soundfile.SoundFile(file) as sound:
                _sensible(sound)
                more = 64 * math.ceil(sound.samplerate / ear.rate)  # so that a cut leaves no trace in what is resampled
                frames = math.ceil(ear.length * sound.samplerate / ear.rate) + more
                wave = sound.read(min(frames, LONGEST), dtype="float32", always_2d=True).T
                return _shaped(wave, sound.samplerate, ear)
        except (soundfile.LibsndfileError, RuntimeError, ValueError, OSError) as problem:
            raise DataError(f"{_sentence(path, problem)}.") from None


def _shaped(wave: Wave, rate: int, ear: Ear) -> Wave:
    """In the channels, at the rate and of the length that are asked for; not a number becomes silence."""
    wave = np.nan_to_num(wave, nan=0.0, posinf=0.0, neginf=0.0)
    wave = wave.mean(axis=0, keepdims=True) if ear.channels == 1 else wave[[0, min(1, len(wave) - 1)]]
    if rate != ear.rate:
        from scipy.signal import resample_poly  # a window of its own against overtones that the rate can't hold

        shared = math.gcd(rate, ear.rate)
        wave = resample_poly(wave, ear.rate // shared, rate // shared, axis=1)
    found = np.zeros((ear.channels, ear.length), dtype=np.float32)
    part = wave[:, : ear.length]
    found[:, : part.shape[1]] = part
    return found


def _sensible(sound: Any) -> None:
    cut = _UNFINISHED.search(sound.extra_info)
    if cut and int(cut[1]) not in (0, 2**32 - 1):  # what programs write that do not know the length yet
        raise ValueError(f"it is unfinished: {int(cut[1]):,} bytes should follow, {int(cut[2]):,} do")
    if not 1 <= sound.samplerate <= 2_000_000 or not 1 <= sound.channels <= _MOST_CHANNELS:
        raise ValueError(f"{sound.channels} channels at {sound.samplerate} Hz are no sound")


def _sentence(path: Path, problem: Exception) -> str:
    said = getattr(problem, "error_string", "") or str(problem)
    return f"{shown(path)} is no sound that can be read ({said.strip().rstrip('.')})"
