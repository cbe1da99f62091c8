"""A person's own arrays as columns: what each is, by its shape and type or as said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from netbuilder.data.by_name import plain
from netbuilder.data.errors import DataError
from netbuilder.data.files import Folder, display, shown
from netbuilder.data.part_names import SPELLED
from netbuilder.data.place import Place
from netbuilder.data.readers.array_columns import Made, guess_kind, make
from netbuilder.data.readers.numpy_files import open_npy, open_npz
from netbuilder.data.readers.raw import Joined, Raw
from netbuilder.data.readers.table_parts import column_id
from netbuilder.data.readers.values import numbers
from netbuilder.data.table import Arrays, Indices, Table, Treat
from netbuilder.graph.model import Dataset, natural_key

Array = npt.NDArray[Any]
_WORDS = "|".join(sorted(SPELLED, key=len, reverse=True))
_BEHIND = re.compile(rf"(.+?)[_\-. ]?({_WORDS})", re.IGNORECASE)
_BEFORE = re.compile(rf"({_WORDS})[_\-. ]?(.+)", re.IGNORECASE)


class ArrayRows(msgspec.Struct, frozen=True):
    """Samples of several arrays of one length."""

    made: tuple[Made, ...]

    def __call__(self, indices: Indices) -> Arrays:
        return {one.column.id: one(indices) for one in self.made}


def numpy_arrays(dataset: Dataset, place: Place) -> Table:
    """A column for each array; arrays named for parts (x_train, x_test) are one column. Raises DataError."""
    values = numbers(dataset)
    path = place.path(values["path"])
    found, files = find_arrays(path)
    columns, parts, left = grouped(found)
    said = plain(values["columns"])
    if unknown := next((name for name in said if name not in columns), None):
        raise DataError(f"{shown(path)} has no array {shown(unknown)}; it has {', '.join(map(shown, columns))}.")
    ids: set[str] = set()
    made: list[Made] = []
    for name, raw in columns.items():
        kind = said.get(name, {}).get("as") or guess_kind(name, raw)
        if kind != "ignore":
            made.append(make(column_id(name, ids), display(name), raw, kind, said.get(name, {}), values["classes"]))
    if not made:
        raise DataError(f"All arrays of {shown(path)} are ignored; choose at least one.")
    counts = {one.raw.shape[0]: one.column.name for one in made}
    if len(counts) > 1:
        lengths = " and ".join(f"{shown(name)} has {count:,}" for count, name in list(counts.items())[:2])
        raise DataError(
            f"The arrays of {shown(path)} have different numbers of samples: {lengths}; ignore one of them."
        )
    scales = {one.column.id: said.get(one.column.name, {}).get("scale", "none") for one in made}
    return Table(
        columns=tuple(one.column for one in made),
        count=made[0].raw.shape[0],
        rows=ArrayRows(tuple(made)),
        known={one.column.id: one(np.arange(one.raw.shape[0])) for one in made if one.column.role == "class"},
        given=parts,
        treats={one.column.id: _treat(one, scales[one.column.id]) for one in made if _treated(one, scales)},
        files=files,
        notes=tuple(f"{shown(name)} is left out: not every part has it." for name in left),
    )


def find_arrays(path: Path) -> tuple[dict[str, Raw], tuple[Path, ...]]:
    """The arrays at a path by name, in natural order, and their files. Raises DataError."""
    if path.is_dir():
        files = [entry.path for entry in Folder(path).entries(path) if entry.path.suffix.lower() == ".npy"]
        if not files:
            raise DataError(f"There is no .npy file in {shown(path)}.")
        return {file.stem: open_npy(file) for file in files}, tuple(files)
    if path.suffix.lower() == ".npz":
        found = open_npz(path)
        return dict(sorted(found.items(), key=lambda pair: natural_key(pair[0]))), (path,)
    return {path.stem: open_npy(path)}, (path,)


def grouped(found: Mapping[str, Raw]) -> tuple[dict[str, Raw], npt.NDArray[np.int8] | None, list[str]]:
    """Arrays by name; where names end or begin with parts, those of one name joined, with the part of each sample.

    The last: names that are left out, for not every part has them.
    """
    named: dict[str, dict[int, Raw]] = {}
    for name, raw in found.items():
        base, part = _part(name)
        if part is not None:
            named.setdefault(base, {})[part] = raw
    every = sorted({part for parts in named.values() for part in parts})
    whole = {base: parts for base, parts in named.items() if sorted(parts) == every}
    if SPELLED["train"] not in every or len(every) < 2 or not whole:
        return dict(found), None, []
    sizes = {part: next(iter(whole.values()))[part].shape[0] for part in every}
    for base, parts in whole.items():
        for part, raw in parts.items():
            if raw.shape[0] != sizes[part] or raw.shape[1:] != parts[every[0]].shape[1:]:
                raise DataError(
                    f"The arrays {shown(base)} of the parts don't fit together: {raw.shape} is one of them."
                )
    given = np.concatenate([np.full(sizes[part], part, dtype=np.int8) for part in every])
    joined: dict[str, Raw] = {base: Joined(tuple(parts[part] for part in every)) for base, parts in whole.items()}
    kept = {name for name in found if _part(name)[0] in whole and _part(name)[1] is not None}
    return joined, given, [name for name in found if name not in kept]


def _part(name: str) -> tuple[str, int | None]:
    """A name without the part that it ends or begins with: x_train is x and training."""
    if found := _BEHIND.fullmatch(name):
        return found[1], SPELLED[found[2].lower()]
    if found := _BEFORE.fullmatch(name):
        return found[2], SPELLED[found[1].lower()]
    return name, None


def _treated(made: Made, scales: Mapping[str, str]) -> bool:
    """Whether anything is done to it: numbers are scaled as said; a vector of fractions may have gaps to fill."""
    gaps = made.kind in ("value", "vector") and np.dtype(made.raw.kind).kind == "f"
    return made.column.dtype == "float32" and (gaps or scales[made.column.id] != "none")


def _treat(made: Made, scale: str) -> Treat:
    size = made.column.shape[-1] if made.kind in ("vector", "sequence") and made.column.axes.endswith("F") else 1
    return Treat(("mean",) * size, (scale,) * size)
