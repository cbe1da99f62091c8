"""A person's own table: its columns gathered into features, targets, tokens and texts, row by row or in windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from netbuilder.data.errors import DataError
from netbuilder.data.files import shown
from netbuilder.data.place import Place
from netbuilder.data.readers.cells import Cells, Numbers, Where
from netbuilder.data.readers.csv_rows import CsvRows
from netbuilder.data.readers.parquet_rows import ParquetRows
from netbuilder.data.readers.table_parts import Part, finder, parts
from netbuilder.data.readers.table_roles import Opened, Said, open_table, sensible, split_column
from netbuilder.data.readers.values import numbers
from netbuilder.data.table import Arrays, Indices, Table
from netbuilder.graph.model import Dataset


class TableRows(msgspec.Struct, frozen=True):
    """Samples of a table, read from its file. `kept`: the row in which each sample begins, in order.

    With a window a sample is `window` rows and, of targets, those of the `horizon` rows after it.
    """

    source: CsvRows | ParquetRows
    parts: tuple[Part, ...]
    kept: Indices
    window: int
    horizon: int

    def __call__(self, indices: Indices) -> Arrays:
        starts = self.kept[indices]
        span = self.window + self.horizon if self.window else 1
        rows, inverse = np.unique(starts[:, None] + np.arange(span), return_inverse=True)
        places = inverse.reshape(len(starts), span)
        wanted = sorted({at for part in self.parts for at, _ in part.encoders})
        numeric = frozenset(at for part in self.parts for at, encoder in part.encoders if isinstance(encoder, Numbers))
        cells = self.source.cells(rows, wanted, numeric)
        return {part.column.id: self._values(part, cells, places) for part in self.parts}

    def _values(self, part: Part, cells: Mapping[int, Cells], places: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
        encoded = [encoder(cells[at]) for at, encoder in part.encoders]
        if part.column.dtype == "int64":
            (values,) = encoded
        else:
            values = np.concatenate([_as_matrix(one) for one in encoded], axis=1).astype(np.float32)
        if not self.window:
            return values[places[:, 0]]
        if not part.target:
            return values[places[:, : self.window]]
        if self.horizon:
            later = values[places[:, self.window :]]
            return later[..., 0] if part.column.dtype != "int64" else later[:, 0] if self.horizon == 1 else later
        return values[places[:, self.window - 1]]


def _as_matrix(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return values[:, None] if values.ndim == 1 else values


def table(dataset: Dataset, place: Place) -> Table:
    """Features in one column `features` [F], each target, text and index of categories in one of its own.

    Raises DataError with the file and the line.
    """
    values = numbers(dataset)
    opened = open_table(place.path(values["path"]), values)
    window, horizon = values["window"], values["horizon"]
    used = [said for said in opened.said if said.role != "ignore"]
    sensible(opened, used, window, horizon)
    by = split_column(opened, values)
    finders: dict[int, Any] = {
        said.at: finder(said, opened, values, codes=said.role == "target" and not window) for said in used
    }
    strict = frozenset(said.at for said in used if said.missing == "drop")
    answers = frozenset(said.at for said in used if said.role in ("target", "both"))
    masks: list[npt.NDArray[np.bool_]] = []
    words: list[str] = []

    def visit(cells: dict[int, Cells], where: Where) -> None:
        gaps = np.zeros((2, len(next(iter(cells.values())))), dtype=np.bool_)
        for at, one in finders.items():
            missing = one.look(cells[at], where)
            gaps[0] |= missing & (at in strict)
            gaps[1] |= missing & (at in answers)
        masks.append(gaps)
        if by is not None:
            words.extend(map(str, cells[by]))

    wanted = sorted({*finders, *([by] if by is not None else [])})
    numeric = frozenset(at for at, one in finders.items() if isinstance(one, Numbers))
    source = opened.read(wanted, numeric, visit)
    gaps = np.concatenate(masks, axis=1) if masks else np.zeros((2, 0), dtype=np.bool_)
    left = gaps[0] | gaps[1]
    kept = _windows(gaps, window, horizon, words) if window else np.flatnonzero(~left)
    if not len(kept):
        raise DataError(_none_left(opened, source.count, left, window, horizon))
    found, treats = parts(used, finders, window, horizon)
    return Table(
        columns=tuple(part.column for part in found),
        count=len(kept),
        rows=TableRows(source, found, kept, window, horizon),
        known={} if window else _known(found, finders, kept),
        by=np.array(words, dtype=object)[kept] if by is not None else None,
        reach=window + horizon - 1 if window else 0,
        treats=treats,
        files=(opened.path,),
        notes=_notes(opened, int(left.sum()), used, window),
    )


def _known(found: Sequence[Part], finders: Mapping[int, Any], kept: Indices) -> Arrays:
    """The classes of all samples, which were seen already."""
    classes = [part for part in found if part.column.role == "class"]
    return {part.column.id: finders[at].codes[kept] for part in classes for at, _ in part.encoders}


def _windows(gaps: npt.NDArray[np.bool_], window: int, horizon: int, words: Sequence[str]) -> Indices:
    """Where windows begin: no row of them is left out, no answer is missing, and all rows are of one part."""
    span = window + horizon
    count = gaps.shape[1] - span + 1
    if count < 1:
        return np.empty(0, dtype=np.int64)
    gone, blank = (np.concatenate([[0], np.cumsum(mask)]) for mask in gaps)
    first = window if horizon else window - 1  # of the rows that hold answers
    fine = (gone[span:] == gone[:-span]) & (blank[span:] == blank[first : first + count])
    if words:
        part = np.unique([word.strip().lower() for word in words], return_inverse=True)[1]
        changes = np.concatenate([[0], np.cumsum(np.diff(part) != 0)])
        fine &= changes[span - 1 :] == changes[:count]
    return np.flatnonzero(fine)


def _notes(opened: Opened, count: int, used: Sequence[Said], window: int) -> tuple[str, ...]:
    if not count:
        return ()
    names = ", ".join(shown(said.name) for said in used if said.missing == "drop" or said.role in ("target", "both"))
    what = "row has" if count == 1 else "rows have"
    left = "windows with such rows are" if window else "it is" if count == 1 else "they are"
    return (f"{shown(opened.path)}: {count:,} {what} no value in {names[:200]}; {left} left out.",)


def _none_left(opened: Opened, count: int, gone: npt.NDArray[np.bool_], window: int, horizon: int) -> str:
    if gone.all():
        return f"Of {shown(opened.path)} no row is left: each lacks a value where rows without one are left out."
    return (
        f"{shown(opened.path)} has {count:,} rows: too few in a row for a window of {window} and {horizon} to predict."
    )
