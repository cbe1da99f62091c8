"""Any rows of a CSV file, of any size, without reading the others: where some of them begin is kept."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from netbuilder.data.csv_head import Head
from netbuilder.data.csv_records import Form, Record, records
from netbuilder.data.errors import DataError
from netbuilder.data.files import Stamp, shown, stamp
from netbuilder.data.readers.cells import Cells, Where
from netbuilder.data.table import Indices

PIECE = 4096  # rows that are looked at together, fewer where they are wide
PIECE_CELLS = 2**20
KEPT = 2_000_000  # rows of which the places are kept; of more, every second, every fourth...
NEAR = 64  # rows that are rather read through than jumped over
Visit = Callable[[dict[int, Cells], Where], None]  # columns of a piece by number, and the place of each of its rows


class CsvRows(msgspec.Struct, frozen=True):
    """The rows of a file in which nothing changed since. `offsets`, `lines`: where every `stride`-th row begins."""

    stamp: Stamp
    form: Form
    columns: int
    count: int
    offsets: npt.NDArray[np.int64]
    lines: npt.NDArray[np.int64]
    stride: int

    def cells(self, rows: Indices, wanted: Sequence[int], numeric: frozenset[int] = frozenset()) -> dict[int, Cells]:
        """These columns of these rows, which are in order and each there once. Raises DataError."""
        found: list[list[str]] = []
        name = shown(self.stamp.path)
        with self.stamp.opened() as file:
            reading: Iterator[Record] = iter(())
            at = -1  # the row that is read next
            for row in rows.tolist():
                if at < 0 or row - at > max(NEAR, self.stride):
                    block = row // self.stride
                    reading = records(file, self.form, name, int(self.offsets[block]), int(self.lines[block]))
                    at = block * self.stride
                record = None
                while at <= row:
                    record = next(reading, None)
                    at += 1
                if record is None or len(record.cells) != self.columns:
                    raise DataError(f"{name} was changed while it was in use; scan the data again.")
                found.append(record.cells)
        columns = list(zip(*found, strict=True)) or [()] * self.columns
        return {column: columns[column] for column in wanted}


def read_csv(path: Path, head: Head, wanted: Sequence[int], visit: Visit) -> CsvRows:
    """Goes through all rows once; `visit` sees the wanted columns piece by piece. Raises DataError with the line."""
    now = stamp(path)
    name = shown(path)
    offsets, lines, stride, count = array("q"), array("q"), 1, 0
    piece: list[Record] = []
    most = max(1, min(PIECE, PIECE_CELLS // len(head.names)))

    def seen() -> None:
        places = [record.line for record in piece]
        columns = zip(*(record.cells for record in piece), strict=True)
        cells: dict[int, Any] = {at: column for at, column in enumerate(columns) if at in chosen}
        visit(cells, lambda at: f"{name}, line {places[at]}")
        piece.clear()

    chosen = frozenset(wanted)
    with now.opened() as file:
        reading = records(file, head.form, name)
        if head.form.header:
            next(reading)
        for record in reading:
            if len(record.cells) != len(head.names):
                raise DataError(
                    f"{name}, line {record.line}: has {_fields(len(record.cells))} where the first row has "
                    f"{len(head.names)}; mend the line, or choose another delimiter or quotation mark."
                )
            if count % stride == 0:
                offsets.append(record.at)
                lines.append(record.line)
                if len(offsets) > KEPT:
                    offsets, lines, stride = offsets[::2], lines[::2], stride * 2
            count += 1
            piece.append(record)
            if len(piece) == most:
                seen()
        if piece:
            seen()
    began, lined = (np.array(numbers, dtype=np.int64) for numbers in (offsets, lines))
    return CsvRows(now, head.form, len(head.names), count, began, lined, stride)


def _fields(count: int) -> str:
    return "1 field" if count == 1 else f"{count} fields"
