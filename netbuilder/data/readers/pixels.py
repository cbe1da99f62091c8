"""One picture's file as an array: never more pixels than a limit, never a format beyond those that are known."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from netbuilder.data.errors import DataError
from netbuilder.data.files import opened, opened_whole, shown, unreadable

MOST_PIXELS = 64_000_000  # of one picture
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF")
_GREY = frozenset({"1", "L", "I;16", "I;16B", "I;16L", "I", "F"})
_ROTATED = frozenset({5, 6, 7, 8})
_ORIENTATION = 0x0112
# What Pillow raises for files that are not what they should be.
_SPOILT = (
    OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, AttributeError, EOFError, OverflowError,
    MemoryError, NotImplementedError, struct.error, zlib.error, Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)  # fmt: skip

_MODES = {"grey": "L", "rgb": "RGB", "rgba": "RGBA"}
_FITS: dict[str, Callable[[Any, tuple[int, int]], Any]] = {
    "crop": lambda image, size: ImageOps.fit(image, size, Image.Resampling.BILINEAR),
    "pad": lambda image, size: ImageOps.pad(image, size, Image.Resampling.BILINEAR),
    "stretch": lambda image, size: image.resize(size, Image.Resampling.BILINEAR, reducing_gap=3.0),
}


class Look(msgspec.Struct, frozen=True):
    """How pictures become arrays of one shape: [channels, height, width] of 0..1."""

    height: int
    width: int
    color: str
    fit: str

    def __call__(self, path: str, out: npt.NDArray[np.float32]) -> None:
        """Reads a file into float32 [C, H, W]. Raises DataError with the file's name."""
        with opened_whole(path) as file:
            self.read(file, path, out, of_file=True)

    def read(self, file: Any, where: str, out: npt.NDArray[np.float32], of_file: bool = False) -> None:
        """The same of what is open already; `where` names it in what is said. Raises DataError."""
        try:
            with _opened(file) as image:
                self._fill(image, out)
        except _SPOILT as problem:
            raise _sentence(where, problem, of_file) from None

    def _fill(self, image: Any, out: npt.NDArray[np.float32]) -> None:
        if image.format == "JPEG":
            image = ImageOps.exif_transpose(image)
        deep = image.mode in _GREY and image.mode not in ("1", "L")
        wanted = "F" if deep and self.color == "grey" else _MODES[self.color]
        if image.mode != wanted:
            image = _converted(image, wanted)
        if image.size != (self.width, self.height):
            image = _FITS[self.fit](image, (self.width, self.height))
        if wanted == "F":
            np.clip(np.asarray(image), 0.0, 1.0, out=out[0])
        else:
            values = np.frombuffer(image.tobytes(), dtype=np.uint8).reshape(self.height, self.width, -1)
            np.divide(values.transpose(2, 0, 1), np.float32(255), out=out)


class Seen(NamedTuple):
    """What a picture is: height and width as shown, whether it is grey; or why it can't be read."""

    size: tuple[int, int] = (0, 0)
    grey: bool = True
    wrong: str = ""


def seen(path: Path, whole: bool) -> Seen:
    """What the file says of itself; `whole`: the picture is decoded, too, to find out whether all of it is there."""
    try:
        with opened(path) as file:
            return seen_in(file, str(path), whole, of_file=True)
    except DataError as problem:
        return Seen(wrong=str(problem).rstrip("."))


def seen_in(file: Any, where: str, whole: bool = False, of_file: bool = False) -> Seen:
    """The same of an open file; `where` names it in what is said."""
    try:
        with _opened(file) as image:
            turned = image.format == "JPEG" and image.getexif().get(_ORIENTATION) in _ROTATED
            size = image.size if turned else image.size[::-1]
            grey = image.mode in _GREY or (image.mode == "P" and _grey_palette(image))
            if whole:
                image.draft(None, (8, 8))  # JPEG is read as a whole all the same, only smaller
                image.load()
    except _SPOILT as problem:
        return Seen(wrong=str(_sentence(where, problem, of_file)).rstrip("."))
    return Seen(size, grey)


def look_at(paths: Sequence[Path], whole: bool) -> list[Seen]:
    """The same of many, in their order."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda path: seen(path, whole), paths, chunksize=64))


def most_common(found: Sequence[Seen]) -> tuple[int, int]:
    """Height and width that most pictures have; of equally many the larger."""
    counts = Counter(one.size for one in found if not one.wrong)
    return max(counts, key=lambda size: (counts[size], size[0] * size[1], size))


def _opened(file: Any) -> Any:
    """Raises for what is no picture, and for one with too many pixels, before any of them is unpacked."""
    image = Image.open(file, formats=FORMATS)
    if image.width * image.height > MOST_PIXELS:
        raise DataError(f"has {image.width} x {image.height} pixels; at most {MOST_PIXELS // 10**6} million are read")
    return image


def _converted(image: Any, mode: str) -> Any:
    """Between modes; 16-bit grey is scaled first, which Pillow would only cut off."""
    if mode == "F":
        values = np.asarray(image).astype(np.float32)
        return Image.fromarray(values if image.mode == "F" else values / np.float32(65535), mode="F")
    if image.mode in _GREY and image.mode not in ("1", "L"):
        return _eight_bits(image).convert(mode)
    if image.mode == "P" and "transparency" in image.info:
        image = image.convert("RGBA")
    return image.convert(mode)


def _eight_bits(image: Any) -> Any:
    values = np.asarray(image).astype(np.float32) * np.float32(255 if image.mode == "F" else 255 / 65535)
    return Image.fromarray(values.clip(0, 255).round().astype(np.uint8))


def _grey_palette(image: Any) -> bool:
    colors = image.getpalette() or []
    return all(colors[at] == colors[at + 1] == colors[at + 2] for at in range(0, len(colors) - 2, 3))


def _sentence(where: str, problem: BaseException, of_file: bool) -> DataError:
    if isinstance(problem, OSError) and problem.errno and of_file:
        return unreadable(where, problem)
    where = shown(where) if of_file else where
    if isinstance(problem, DataError):
        return DataError(f"{where} {problem}.")
    if isinstance(problem, Image.DecompressionBombError | Image.DecompressionBombWarning):
        return DataError(f"{where} has more pixels than the {MOST_PIXELS // 10**6} million that are read.")
    if isinstance(problem, UnidentifiedImageError):
        return DataError(f"{where} is no picture that can be read, though its name says so.")
    said = str(problem).strip().rstrip(".") or type(problem).__name__
    return DataError(f"{where} is a spoilt or unfinished picture ({said[:100]}).")
