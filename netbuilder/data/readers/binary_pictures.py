"""Pictures in the binary formats that data sets are handed round in: MNIST's IDX files, CIFAR's records."""

from __future__ import annotations

import gzip
import math
import re
import struct
import zlib
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from netbuilder.data.errors import DataError
from netbuilder.data.files import Folder, Stamp, displays, opened, shown, stamp
from netbuilder.data.part_names import TEST, TRAIN
from netbuilder.data.place import Place
from netbuilder.data.readers.array_columns import Made, make
from netbuilder.data.readers.arrays import ArrayRows
from netbuilder.data.readers.raw import HELD, Joined, Memory, Raw, Stored
from netbuilder.data.readers.values import numbers
from netbuilder.data.table import Table
from netbuilder.graph.model import Dataset

_TYPES = {0x08: "|u1", 0x09: "|i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_GZIP = b"\x1f\x8b"


class Idx(msgspec.Struct, frozen=True):
    """One IDX file: its name without what says of what kind it is, and its array."""

    path: Path
    raw: Any

    @property
    def labels(self) -> bool:
        """Whether it has one number for each sample."""
        return len(self.raw.shape) == 1

    @property
    def base(self) -> str:
        """train-images-idx3-ubyte.gz and train-labels-idx1-ubyte.gz are both "train"."""
        name = self.path.name.lower().removesuffix(".gz")
        return re.sub(r"[-_. ]?(images?|labels?|idx\d|ubyte|idx)", "", name).strip("-_. ")

    @property
    def part(self) -> int | None:
        """The part that its name says."""
        words = re.split(r"[-_. ]", self.base)
        return TRAIN if "train" in words else TEST if {"t10k", "test"} & set(words) else None


def idx(dataset: Dataset, place: Place) -> Table:
    """image [1, H, W] of 0..1 (or the values, where they are no pictures) and label. Raises DataError."""
    values = numbers(dataset)
    path = place.path(values["path"])
    found = _idx_files(path)
    groups: dict[str, list[Idx]] = {}
    for one in found:
        groups.setdefault(one.base, []).append(one)
    pairs = [_pair(path, files) for files in groups.values()]
    parts = [samples.part for samples, _ in pairs]
    if len(pairs) > 1 and (None in parts or len(set(parts)) < len(parts)):
        raise DataError(
            f"{shown(path)} holds several sets: {', '.join(shown(base) for base in groups)}; choose the file with the "
            "pictures of one of them."
        )
    pairs.sort(key=lambda pair: pair[0].part or 0)
    _alike(path, pairs)
    labelled = all(labels is not None for _, labels in pairs)
    samples: Raw = Joined(tuple(one.raw for one, _ in pairs)) if len(pairs) > 1 else pairs[0][0].raw
    kind = "image" if len(samples.shape) in (3, 4) else "vector" if len(samples.shape) == 2 else "tensor"
    made = [make(kind if kind == "image" else "values", "", samples, kind, {})]
    if labelled:
        raws = tuple(labels.raw for _, labels in pairs if labels is not None)
        made.append(make("label", "", Joined(raws) if len(raws) > 1 else raws[0], "class", {}, values["classes"]))
    counts = [one.raw.shape[0] for one, _ in pairs]
    given = np.repeat(np.array([one.part or TRAIN for one, _ in pairs], dtype=np.int8), counts)
    notes = () if labelled else ("There is no file of labels, so there is no class to learn.",)
    files = tuple(file.path for pair in pairs for file in pair if file is not None)
    return _table(made, given if None not in parts else None, files, notes)


def cifar(dataset: Dataset, place: Place) -> Table:
    """image [3, 32, 32] of 0..1, label, and of CIFAR-100 the coarse one, too. Raises DataError."""
    values = numbers(dataset)
    path = place.path(values["path"])
    if path.is_dir():
        files = [entry.path for entry in Folder(path).entries(path) if entry.path.suffix.lower() == ".bin"]
    else:
        files = [path]
    if not files:
        raise DataError(f"There is no .bin file in {shown(path)}; choose the folder of CIFAR's binary version.")
    # Training batches first, as they are numbered; then the test's.
    files.sort(key=lambda file: "test" in file.name.lower())
    stamps = [stamp(file) for file in files]
    fine = _is_100(values["kind"], stamps)
    labels = 2 if fine else 1
    step = labels + 3072
    for one in stamps:
        if one.size % step or not one.size:
            raise DataError(
                f"{shown(one.path)} has {one.size:,} bytes, which is no whole number of records of {step}; it is "
                f"unfinished, or not of {'CIFAR-100' if fine else 'CIFAR-10'}."
            )
    home = path if path.is_dir() else path.parent
    made = [make("image", "", _column(stamps, labels, (3, 32, 32), step), "image", {"layout": "channels first"})]
    names = ["coarse_label_names.txt", "fine_label_names.txt"] if fine else ["batches.meta.txt"]
    columns = [("coarse", 0, 20), ("label", 1, 100)] if fine else [("label", 0, 10)]
    for (id, at, count), file in zip(columns, names, strict=True):
        made.append(_label(id, _column(stamps, at, (), step), _names(home / file, count)))
    if fine:
        made[1], made[2] = made[2], made[1]  # the fine label is what is learnt, so it comes first
    counts = [one.size // step for one in stamps]
    tested = ["test" in one.path.name.lower() for one in stamps]
    given = np.repeat(np.array([TEST if test else TRAIN for test in tested], dtype=np.int8), counts)
    return _table(made, given if len(set(tested)) == 2 else None, tuple(files), ())


def read_idx(path: Path) -> Raw:
    """The array of an IDX file. Raises DataError."""
    now = stamp(path)
    try:
        with now.opened() as plain:
            packed = plain.read(2) == _GZIP
            plain.seek(0)
            with gzip.open(plain) if packed else plain as file:
                shape, kind = _idx_head(file, path)
                size = math.prod(shape) * np.dtype(kind).itemsize
                if packed and size > HELD:
                    raise DataError(f"{shown(path)} unpacks to {size / 2**30:.1f} GiB; unpack it once with gunzip.")
                if not packed:
                    offset = 4 + 4 * len(shape)
                    _fits(path, shape, now.size - offset, size)
                    return Stored(now, offset, kind, shape, math.prod(shape[1:]) * np.dtype(kind).itemsize)
                content = file.read(size + 1)
    except (gzip.BadGzipFile, zlib.error, EOFError) as problem:
        raise DataError(f"{shown(path)} is a spoilt or unfinished gzip file ({problem}).") from None
    _fits(path, shape, len(content), size)
    return Memory(np.frombuffer(content, dtype=kind, count=math.prod(shape)).reshape(shape))


def _idx_head(file: Any, path: Path) -> tuple[tuple[int, ...], str]:
    """Shape and type: two zero bytes, the type, the number of axes, then each axis' length in four bytes."""
    magic = file.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in _TYPES or not 1 <= magic[3] <= 6:
        raise DataError(f"{shown(path)} is no IDX file: it does not begin as one.")
    lengths = file.read(4 * magic[3])
    if len(lengths) < 4 * magic[3]:
        raise DataError(f"{shown(path)} ends in its header.")
    return struct.unpack(f">{magic[3]}I", lengths), _TYPES[magic[2]]


def _fits(path: Path, shape: tuple[int, ...], there: int, size: int) -> None:
    if there != size:
        more = "more" if there > size else "fewer"
        raise DataError(
            f"{shown(path)} should hold {' x '.join(f'{length:,}' for length in shape)} numbers, but has {more}; it is "
            "unfinished or spoilt."
        )


def _idx_files(path: Path) -> list[Idx]:
    """The IDX files of a folder, or one and the one that belongs to it. Raises DataError."""
    if not path.is_dir():
        one = Idx(path, read_idx(path))
        beside = Folder(path.parent).entries(path.parent)
        # Nothing but what its name says to belong to it is opened.
        names = [entry.path for entry in beside if not entry.folder and entry.path.name != path.name]
        alike = [name for name in names if Idx(name, None).base == one.base and _is_idx(name)]
        others = [Idx(name, read_idx(name)) for name in alike]
        return [one, *others]
    names = [entry.path for entry in Folder(path).entries(path) if not entry.folder and _is_idx(entry.path)]
    if not names:
        raise DataError(f"There is no IDX file in {shown(path)}; they are called such as train-images-idx3-ubyte.gz.")
    return [Idx(name, read_idx(name)) for name in names]


def _is_idx(path: Path) -> bool:
    """Whether a file begins as IDX files do."""
    with opened(path) as plain:
        begin = plain.read(4)
        if begin[:2] != _GZIP:
            return len(begin) == 4 and begin[:2] == b"\0\0" and begin[2] in _TYPES
        plain.seek(0)
        try:
            with gzip.open(plain) as file:
                begin = file.read(4)
        except (gzip.BadGzipFile, zlib.error, EOFError):
            return "idx" in path.name  # what is wrong with it is said when it is read
    return len(begin) == 4 and begin[:2] == b"\0\0" and begin[2] in _TYPES


def _pair(path: Path, files: list[Idx]) -> tuple[Idx, Idx | None]:
    samples, labels = [one for one in files if not one.labels], [one for one in files if one.labels]
    if len(samples) != 1 or len(labels) > 1:
        names = ", ".join(shown(one.path.name) for one in files)
        raise DataError(f"In {shown(path)} one file of pictures and one of labels belong together, not {names}.")
    if labels and labels[0].raw.shape[0] != samples[0].raw.shape[0]:
        raise DataError(
            f"{shown(samples[0].path)} has {samples[0].raw.shape[0]:,} samples, but {shown(labels[0].path)} has "
            f"{labels[0].raw.shape[0]:,} labels."
        )
    return samples[0], labels[0] if labels else None


def _alike(path: Path, pairs: list[tuple[Idx, Idx | None]]) -> None:
    if len({one.raw.shape[1:] for one, _ in pairs}) > 1 or len({labels is None for _, labels in pairs}) > 1:
        raise DataError(f"The training and test files in {shown(path)} are not alike: sizes differ, or labels lack.")


def _is_100(kind: str, stamps: list[Stamp]) -> bool:
    if kind != "auto":
        return kind == "CIFAR-100"
    names = {one.path.stem.lower() for one in stamps}
    if any(name.startswith(("data_batch", "test_batch")) for name in names):
        return False
    return all(one.size % 3074 == 0 for one in stamps) and (names <= {"train", "test"} or stamps[0].size % 3073 != 0)


def _column(stamps: list[Stamp], offset: int, shape: tuple[int, ...], step: int) -> Raw:
    parts = tuple(Stored(one, offset, "|u1", (one.size // step, *shape), step) for one in stamps)
    return Joined(parts) if len(parts) > 1 else parts[0]


def _label(id: str, raw: Raw, names: list[str]) -> Made:
    made = make(id, "", raw, "class", {}, ",".join(str(at) for at in range(len(names))))
    column = msgspec.structs.replace(made.column, classes=tuple(displays(names)))
    return msgspec.structs.replace(made, column=column)


def _names(path: Path, count: int) -> list[str]:
    """The classes' names that lie beside the data, or their numbers. Raises DataError for too few names."""
    if not path.is_file():
        return [str(at) for at in range(count)]
    with opened(path) as file:
        names = file.read(100_000).decode("utf-8", "replace").split()
    if len(names) != count:
        raise DataError(f"{shown(path)} names {len(names)} classes; there should be {count}.")
    return names


def _table(made: list[Made], given: Any, files: tuple[Path, ...], notes: tuple[str, ...]) -> Table:
    if not made[0].raw.shape[0]:
        raise DataError(f"There is not a single sample in {shown(files[0])}.")
    known = {one.column.id: one(np.arange(one.raw.shape[0])) for one in made if one.column.role == "class"}
    return Table(
        columns=tuple(one.column for one in made),
        count=made[0].raw.shape[0],
        rows=ArrayRows(tuple(made)),
        known=known,
        given=given,
        files=files,
        notes=notes,
    )
