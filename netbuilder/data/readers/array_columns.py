"""What an array becomes: a picture, a class, numbers or tokens, by its shape and type or as said."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from netbuilder.data.errors import DataError
from netbuilder.data.files import displays, shown
from netbuilder.data.readers.raw import Raw
from netbuilder.data.table import Indices
from netbuilder.graph.model import Column

Array = npt.NDArray[Any]
MOST_CLASSES = 100_000
_PIECE = 2**20  # labels that are looked at together
_LABELS = re.compile(r"(y|labels?|targets?|class(es)?)(_.*)?", re.IGNORECASE)


class Made(msgspec.Struct, frozen=True):
    """One column: an array's rows, and what is done to them."""

    column: Column
    raw: Any
    kind: str
    layout: str = ""
    values: Array | None = None  # of classes: the value of each, in order; None where they are 0, 1, 2...

    def __call__(self, indices: Indices) -> Array:
        rows = self.raw(indices)
        if self.kind == "image":
            if self.layout == "no channels":
                rows = rows[:, None]
            elif self.layout == "channels last":
                rows = np.moveaxis(rows, -1, 1)
            return np.ascontiguousarray(rows, dtype=np.float32) / np.float32(_brightest(self.raw.kind))
        if self.kind in ("class", "token"):
            return self._places(rows)
        return np.ascontiguousarray(rows.reshape(-1, *self.column.shape), dtype=np.float32)

    def _places(self, rows: Array) -> Array:
        rows = rows.reshape(-1, *self.column.shape)
        if self.values is None:
            found = rows.astype(np.int64)
            if found.size and not 0 <= found.min() <= found.max() < len(self.column.classes):
                raise DataError(f"Column {shown(self.column.id)} holds labels that are new; scan the data again.")
            return found
        return np.searchsorted(self.values, rows).astype(np.int64)


def guess_kind(name: str, raw: Raw) -> str:
    """What an array likely is."""
    axes, kind = len(raw.shape) - 1, np.dtype(raw.kind).kind
    if kind in "US":
        return "class" if axes == 0 else "ignore"
    if axes == 0 or (axes == 1 and raw.shape[1] == 1):
        return "class" if kind in "biu" and (_LABELS.fullmatch(name) or kind == "b") else "value"
    if axes == 3 or (axes == 2 and np.dtype(raw.kind) == np.uint8):
        return "image"
    return {1: "vector", 2: "sequence"}.get(axes, "tensor")


def make(id: str, name: str, raw: Raw, kind: str, said: Mapping[str, str], classes: str = "") -> Made:
    """The column of an array. Raises DataError where its shape or type does not fit what it should be."""
    shape, numeric = raw.shape[1:], np.dtype(raw.kind).kind not in "US"
    if 0 in raw.shape:
        raise DataError(f"{_where(raw, name)} has no number in it: its shape is {raw.shape}.")
    if not numeric and kind != "class":
        raise DataError(f"Array {shown(name)} holds words, so it can only be a class.")
    if kind == "image":
        return _image(id, name, raw, said.get("layout", ""))
    if kind in ("class", "token"):
        return _named(id, name, raw, kind, classes)
    if kind == "value" and math.prod(shape) != 1:
        raise DataError(f"Array {shown(name)} has {shape} for each sample, so it is more than one value.")
    axes = {"value": "F", "vector": "F", "sequence": "T F" if len(shape) == 2 else "T"}.get(kind, "")
    if kind == "value":
        shape = (1,)
    elif kind == "vector":
        shape = (math.prod(shape),)
    elif kind == "sequence" and len(shape) not in (1, 2):
        raise DataError(f"Array {shown(name)} has {shape} for each sample; a sequence has T, or T and F.")
    else:
        axes = axes or " ".join(f"D{at + 1}" for at in range(len(shape)))
    role = {"value": "vector", "vector": "vector", "sequence": "sequence"}.get(kind, "tensor")
    return Made(Column(id, name, shape, "float32", axes, role=role), raw, kind)


def _image(id: str, name: str, raw: Raw, layout: str) -> Made:
    shape = raw.shape[1:]
    if len(shape) not in (2, 3):
        raise DataError(
            f"Array {shown(name)} has {shape} for each sample; a picture has H and W, and perhaps channels."
        )
    if not layout:
        layout = "no channels" if len(shape) == 2 else "channels last" if shape[-1] in (1, 3, 4) else "channels first"
    if (layout == "no channels") != (len(shape) == 2):
        raise DataError(f"Array {shown(name)} has {shape} for each sample, which does not fit {layout}.")
    channels = (1, *shape) if layout == "no channels" else (shape[-1], *shape[:-1])
    whole = shape if layout == "channels first" else channels
    return Made(Column(id, name, whole, "float32", "C H W", role="image"), raw, "image", layout)


def _named(id: str, name: str, raw: Raw, kind: str, classes: str) -> Made:
    """Classes or tokens by the values that are there. Raises DataError for one beyond the classes that are named."""
    shape = raw.shape[1:] if math.prod(raw.shape[1:]) != 1 or kind == "token" else ()
    axes = " ".join("T" if len(shape) == 1 else f"D{at + 1}" for at in range(len(shape)))
    names = [word.strip() for word in classes.split(",")] if classes.strip() and kind == "class" else []
    seen = _distinct(raw, name)
    if names or (seen.dtype.kind in "biu" and len(seen) and seen[0] >= 0 and seen[-1] < max(10 * len(seen), 100)):
        count = len(names) or int(seen[-1]) + 1
        if seen.dtype.kind not in "biu" or seen[0] < 0 or seen[-1] >= count:
            bad = seen[0] if seen.dtype.kind not in "biu" or seen[0] < 0 else seen[-1]
            raise DataError(
                f"{_where(raw, name)}, sample {_first(raw, bad) + 1:,}: the label is {bad}, but there are {count} "
                f"classes, 0 to {count - 1}; name all of them, or mend the label."
            )
        spelled, values = names or [str(at) for at in range(count)], None
    else:
        spelled, values = [str(_decoded(value)) for value in seen.tolist()], seen
    column = Column(id, name, shape, "int64", axes, role=kind, classes=tuple(displays(spelled)))
    return Made(column, raw, kind, values=values)


def _distinct(raw: Raw, name: str) -> Array:
    """All different values in order, from a look at every one. Raises DataError where there are too many."""
    seen: Array = np.empty(0, dtype=raw.kind)
    for indices in _pieces(raw):
        seen = np.union1d(seen, raw(indices))
        if seen.dtype.kind == "f" and bool((seen != np.floor(seen)).any()):
            raise DataError(f"{_where(raw, name)} holds fractions or gaps, so it can't be a class; read it as a value.")
        if len(seen) > MOST_CLASSES:
            raise DataError(f"{_where(raw, name)} holds more than {MOST_CLASSES:,} different values: no class.")
    return seen.astype(np.int64) if seen.dtype.kind == "f" else seen


def _first(raw: Raw, value: Any) -> int:
    for indices in _pieces(raw):
        there = (raw(indices).reshape(len(indices), -1) == value).any(axis=1)
        if there.any():
            return int(indices[np.argmax(there)])
    return 0


def _pieces(raw: Raw) -> Iterable[Indices]:
    each = max(1, _PIECE // max(1, math.prod(raw.shape[1:])))
    return (np.arange(start, min(start + each, raw.shape[0])) for start in range(0, raw.shape[0], each))


def _where(raw: Any, name: str) -> str:
    path = raw.stamp.path if hasattr(raw, "stamp") else None
    return f"{shown(path)}, array {shown(name)}" if path is not None else f"Array {shown(name)}"


def _brightest(kind: str) -> float:
    dtype = np.dtype(kind)
    return float(np.iinfo(dtype).max) if dtype.kind == "u" and dtype.itemsize <= 2 else 1.0


def _decoded(value: Any) -> Any:
    return value.decode("latin-1") if isinstance(value, bytes) else value
