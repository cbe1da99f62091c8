"""A value of a person's own for a column of the data: a picture, a prompt, numbers. No torch."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

from netbuilder.data.errors import DataError
from netbuilder.data.kinds import Kind, kind_of
from netbuilder.data.treat import Fitted
from netbuilder.graph.model import Column

MOST_PIXELS = 100_000_000
PAD = "<pad>"
_UNKNOWN = ("\ufffd", "<unk>", "<unknown>")

Array = npt.NDArray[Any]
Given = tuple[Array, tuple[str, ...]]  # the value [*shape], and sentences about what was done to it


def own_value(column: Column, text: str, fitted: Fitted | None = None) -> Given:
    """What a person typed for a column, or the picture or sound at the path that they gave, as one sample has it.

    `fitted`: what was done to the column's numbers for training, done to these too. Text may be shorter than the
    column's samples. Raises DataError with what to do.
    """
    value, notes = _KINDS[kind_of(column)](column, text)
    return (fitted(value[None])[0] if fitted is not None else value), notes


def _picture(column: Column, text: str) -> Given:
    """An image file in the column's size: grey or colours by its channels, on the same ground as the data's."""
    path = Path(text).expanduser()
    if not path.is_file():
        raise DataError(f"There is no picture at {text!r}; give the path of a PNG or JPEG file.")
    channels = column.shape[0] if len(column.shape) == 3 else 1
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise DataError(f"The picture {path.name!r} has more than {MOST_PIXELS:,} points; make it smaller.")
                image = opened.convert("RGB" if channels == 3 else "L")
    except (UnidentifiedImageError, Image.DecompressionBombWarning, Image.DecompressionBombError) as problem:
        raise DataError(f"{path.name!r} can't be read as a picture: {problem}.") from None
    except OSError as problem:
        raise DataError(f"The picture {path.name!r} is damaged: {problem}.") from None
    height, width = column.shape[-2:]
    notes = [] if image.size == (width, height) else [f"The picture was made {width} x {height} points large."]
    levels = np.asarray(image.resize((width, height), Image.Resampling.LANCZOS), dtype=np.float32) / 255
    mean = column.facts.get("mean")
    # Handwriting is dark on light paper; most data of it is light on dark.
    if isinstance(mean, int | float) and ((mean < 0.4 and levels.mean() > 0.6) or (mean > 0.6 and levels.mean() < 0.4)):
        levels = 1 - levels
        notes.append("Light and dark were exchanged, as the data has them the other way round.")
    low, high = (column.facts.get(name) for name in ("low", "high"))
    if isinstance(low, int | float) and isinstance(high, int | float) and (low < 0 or high > 1.5):
        levels = low + levels * (high - low)
    planes = levels.transpose(2, 0, 1) if channels == 3 else np.repeat(levels[None], channels, 0)
    return np.ascontiguousarray(planes.reshape(column.shape)).astype(column.dtype), tuple(notes)


def _text(column: Column, text: str) -> Given:
    tokens = tokens_of(column, text)
    if not tokens:
        raise DataError(f"{_named(column)} needs at least one character or word.")
    most, notes = column.shape[-1], []
    if len(tokens) > most:
        notes.append(f"Only the last {most} of {len(tokens)} characters or words are seen.")
        tokens = tokens[-most:]
    if PAD in column.classes:
        tokens += [column.classes.index(PAD)] * (most - len(tokens))
    return np.array(tokens, dtype=np.int64), tuple(notes)


def tokens_of(column: Column, text: str) -> list[int]:
    """Numbers of the vocabulary's longest tokens that the text is made of; words stand apart. Raises DataError."""
    numbers = {token: at for at, token in enumerate(column.classes)}
    plain = [token for token in numbers if not (token.startswith("<") and token.endswith(">"))]
    unknown = next((numbers[token] for token in _UNKNOWN if token in numbers), None)
    if any(len(token) > 1 for token in plain):
        pieces = [piece if piece in numbers else piece.lower() for piece in text.split()]
    else:
        pieces = list(text if " " in numbers or "\n" in numbers else "".join(text.split()))
    found = []
    for piece in pieces:
        number = numbers.get(piece, unknown)
        if number is None:
            few = ", ".join(plain[:12]) + (", ..." if len(plain) > 12 else "")
            raise DataError(f"{_named(column)} knows no {piece!r}; it knows {few}.")
        found.append(number)
    return found


def _class(column: Column, text: str) -> Given:
    wanted = text.strip()
    if wanted in column.classes:
        return np.array(column.classes.index(wanted), dtype=np.int64), ()
    raise DataError(f"{_named(column)} has no class {wanted!r}; it has {', '.join(column.classes[:20])}.")


def _numbers(column: Column, text: str) -> Given:
    """Numbers between commas, semicolons or spaces; "?" is one that is missing."""
    pieces = text.replace(";", " ").replace(",", " ").split()
    wanted = math.prod(column.shape)
    if len(pieces) != wanted:
        raise DataError(f"{_named(column)} takes {wanted} numbers, and {len(pieces)} were given.")
    values = []
    for at, piece in enumerate(pieces, 1):
        try:
            values.append(math.nan if piece == "?" else float(piece))
        except ValueError:
            raise DataError(f"{_named(column)}: number {at} is {piece!r}, which is none.") from None
    return np.array(values, dtype=np.float64).reshape(column.shape).astype(column.dtype), ()


def _wave(column: Column, text: str) -> Given:
    """The path of a sound, brought to the data's rate and length; or numbers, as for any other column."""
    path, rate = Path(text).expanduser(), column.facts.get("rate")
    if not path.is_file() or not isinstance(rate, int):
        return _numbers(column, text)
    from netbuilder.data.readers.sounds import Ear

    channels = column.shape[0] if len(column.shape) == 2 else 1
    return Ear(rate, column.shape[-1], channels)(path).reshape(column.shape), ()


def _mask(column: Column, _text: str) -> Given:
    raise DataError(f"{_named(column)} is a mask: what the network is to find, so there is nothing to give.")


def _named(column: Column) -> str:
    return repr(column.name or column.id)


_KINDS: Mapping[Kind, Callable[[Column, str], Given]] = {
    "picture": _picture,
    "mask": _mask,
    "wave": _wave,
    "text": _text,
    "class": _class,
    "number": _numbers,
    "numbers": _numbers,
}
