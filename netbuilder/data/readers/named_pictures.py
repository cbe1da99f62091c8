"""The table that names a person's pictures and says what is to be predicted of each."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from netbuilder.data.errors import DataError
from netbuilder.data.files import few, shown
from netbuilder.data.own_pictures import PICTURES
from netbuilder.data.readers.cells import Categories, Cells, Numbers, Where
from netbuilder.data.readers.table_parts import column_id, finder
from netbuilder.data.readers.table_roles import Opened, open_table, split_column
from netbuilder.graph.model import Column


class Named(msgspec.Struct, frozen=True):
    """Of each row: the file it names, below a folder; its targets by column; its part where a column says so."""

    files: tuple[str, ...]
    columns: tuple[Column, ...]
    arrays: tuple[npt.NDArray[Any], ...]
    by: npt.NDArray[Any] | None
    notes: tuple[str, ...]


def read_names(path: Path, root: Path, values: dict[str, Any]) -> Named:
    """All rows of the table; those without a target are left out. Raises DataError with file and line."""
    opened = open_table(path, values)
    image = _image_column(opened)
    targets = [said for said in opened.said if said.role == "target" and said.at != image]
    by = split_column(opened, values)
    finders: dict[int, Any] = {said.at: finder(said, opened, values, codes=True) for said in targets}
    numbers: dict[int, list[npt.NDArray[np.float64]]] = {at: [] for at in finders}
    files: list[str] = []
    gaps: list[npt.NDArray[np.bool_]] = []
    words: list[str] = []

    def visit(cells: dict[int, Cells], where: Where) -> None:
        files.extend(_below(root, str(name).strip(), where(at)) for at, name in enumerate(cells[image]))
        gone = np.zeros(len(cells[image]), dtype=np.bool_)
        for at, one in finders.items():
            gone |= one.look(cells[at], where)
            if isinstance(one, Numbers):
                numbers[at].append(one.numbers(cells[at], where))
        gaps.append(gone)
        if by is not None:
            words.extend(map(str, cells[by]))

    numeric = frozenset(at for at, one in finders.items() if isinstance(one, Numbers))
    opened.read(sorted({image, *finders, *([by] if by is not None else [])}), numeric, visit)
    there = ~np.concatenate(gaps)
    ids = {"image"}
    columns, arrays = [], []
    for said in targets:
        one, id = finders[said.at], column_id(said.name, ids)
        if isinstance(one, Categories):
            columns.append(Column(id, said.name, dtype="int64", role="class", classes=one.classes))
            arrays.append(one.codes[there])
        else:
            columns.append(Column(id, said.name, (1,), "float32", "F", role="vector"))
            arrays.append(np.concatenate(numbers[said.at])[there, None].astype(np.float32))
    kept = np.flatnonzero(there)
    lost = [f"{shown(files[at])}" for at in np.flatnonzero(~there).tolist()]
    return Named(
        files=tuple(files[at] for at in kept.tolist()),
        columns=tuple(columns),
        arrays=tuple(arrays),
        by=np.array(words, dtype=object)[kept] if by is not None else None,
        notes=few(lost, "picture without a value to predict is", "pictures without a value to predict are"),
    )


def _image_column(opened: Opened) -> int:
    """The column that is said to name pictures, or the first whose values end as those do. Raises DataError."""
    said = [one.at for one in opened.said if one.role == "image"]
    if len(said) > 1:
        raise DataError(f"{shown(opened.path)}: one column names the pictures, not {len(said)}.")
    if said:
        return said[0]
    for at in range(len(opened.names)):
        if names_pictures([row[at] for row in opened.rows if at < len(row)]):
            return at
    raise DataError(
        f"No column of {shown(opened.path)} holds names of picture files; they would end in {', '.join(PICTURES)}."
    )


def names_pictures(cells: Sequence[str]) -> bool:
    """Whether most cells end as names of picture files do."""
    named = sum(cell.strip().lower().endswith(PICTURES) for cell in cells)
    return named > len(cells) / 2


def pictures_root(path: Path, below: str) -> Path:
    """The folder that a table's names begin in; like the table, it lies where the person has allowed to read."""
    return path.parent / _below(path.parent, below, "The folder of pictures") if below.strip() else path.parent


def _below(root: Path, name: str, where: str) -> str:
    """A file's name in a table as a path below the folder. Raises DataError for one that leads out of it."""
    if not name or "\0" in name:
        raise DataError(f"{where}: no picture is named here.")
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or not path.parts or ":" in path.parts[0]:
        raise DataError(f"{where}: {shown(name)} leads out of the folder {shown(root)}, where the pictures should be.")
    if not Path(os.path.realpath(root / path)).is_relative_to(os.path.realpath(root)):
        raise DataError(f"{where}: {shown(name)} is a link that leads out of the folder {shown(root)}.")
    return path.as_posix()
