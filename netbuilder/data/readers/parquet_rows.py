"""Any rows of a Parquet file; a group of rows is read at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import numpy.typing as npt

from netbuilder.data.errors import DataError
from netbuilder.data.files import Stamp, displays, shown, stamp, unreadable
from netbuilder.data.readers.cells import Cells
from netbuilder.data.readers.csv_rows import PIECE, PIECE_CELLS, Visit
from netbuilder.data.table import Indices

if TYPE_CHECKING:
    import pyarrow as pa

LARGEST = 2**30  # bytes of a group of rows, unpacked


class ParquetRows(msgspec.Struct, frozen=True):
    """The rows of a file in which nothing changed since. `starts`: the first row of each group, and the count."""

    stamp: Stamp
    starts: npt.NDArray[np.int64]

    @property
    def count(self) -> int:
        """How many rows there are."""
        return int(self.starts[-1])

    def cells(self, rows: Indices, wanted: Sequence[int], numeric: frozenset[int] = frozenset()) -> dict[int, Cells]:
        """These columns of these rows, which are in order and each there once. Raises DataError."""
        found: dict[int, list[Cells]] = {column: [] for column in wanted}
        groups = np.searchsorted(self.starts, rows, side="right") - 1
        with self.stamp.opened() as file, _open(file, self.stamp.path) as parquet:
            for group in np.unique(groups).tolist():
                there = rows[groups == group] - self.starts[group]
                table = _read(self.stamp.path, parquet, group, wanted)
                for at, column in enumerate(wanted):
                    found[column].append(_cells(table.column(at).take(there), column in numeric))
        return {column: _joined(parts) for column, parts in found.items()}


def parquet_head(path: Path, rows: int = 1000) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...], frozenset[int]]:
    """Names for people, the first rows as text, and which columns hold what a table can't take. Raises DataError."""
    with stamp(path).opened() as file, _open(file, path) as parquet:
        schema = parquet.schema_arrow
        odd = frozenset(at for at, field in enumerate(schema) if not _flat(field.type))
        names = displays([field.name for field in schema])
        if not parquet.metadata.num_rows:
            return tuple(names), (), odd
        batch = next(parquet.iter_batches(batch_size=max(1, min(rows, PIECE_CELLS // max(1, len(names))))), None)
        if batch is None:
            return tuple(names), (), odd
        columns = [[""] * len(batch) if at in odd else _cells(batch.column(at), False) for at in range(len(names))]
    return tuple(names), tuple(zip(*columns, strict=True)), odd


def read_parquet(path: Path, wanted: Sequence[int], numeric: frozenset[int], visit: Visit) -> ParquetRows:
    """Goes through all rows once; `visit` sees the wanted columns piece by piece. Raises DataError with the row."""
    now = stamp(path)
    with now.opened() as file, _open(file, path) as parquet:
        sizes = [parquet.metadata.row_group(group).num_rows for group in range(parquet.num_row_groups)]
        starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        for group, start in enumerate(starts[:-1].tolist()):
            table = _read(path, parquet, group, wanted)
            each = max(1, min(PIECE, PIECE_CELLS // max(1, len(wanted))))
            for first in range(0, table.num_rows, each):
                part = table.slice(first, each)
                cells = {column: _cells(part.column(at), column in numeric) for at, column in enumerate(wanted)}
                visit(cells, lambda at, row=start + first + 1: f"{shown(path)}, row {row + at}")  # type: ignore[misc]
    return ParquetRows(now, starts)


def _open(file: Any, path: Path) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(file, page_checksum_verification=True)
    except (pa.ArrowException, OSError, ValueError) as problem:
        raise _spoilt(path, problem) from None


def _read(path: Path, parquet: Any, group: int, wanted: Sequence[int]) -> pa.Table:
    import pyarrow as pa

    size = parquet.metadata.row_group(group).total_byte_size
    if size > LARGEST:
        raise DataError(
            f"{shown(path)} has groups of rows of {size / 2**30:.1f} GiB; write it again with smaller row groups."
        )
    names = [parquet.schema_arrow.field(column).name for column in wanted]
    try:
        # By number where names repeat: Arrow itself refuses to choose among equal ones.
        table = parquet.read_row_group(group, columns=sorted(set(names)), use_threads=False)
        return table.select([_place(table, parquet.schema_arrow, column) for column in wanted])
    except (pa.ArrowException, OSError, ValueError) as problem:
        raise _spoilt(path, problem) from None


def _place(table: pa.Table, schema: Any, column: int) -> int:
    name = schema.field(column).name
    before = sum(schema.field(at).name == name for at in range(column))
    there = [at for at, field in enumerate(table.schema) if field.name == name]
    return int(there[before])


def _cells(column: Any, numeric: bool) -> Cells:
    """A column's cells: float64 with NaN for nothing, or text with "" for nothing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if numeric and _number(column.type):
        return np.asarray(column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)
    if pa.types.is_null(column.type):
        return [""] * len(column)
    return [text or "" for text in pc.cast(column, pa.string()).to_pylist()]


def _number(kind: Any) -> bool:
    import pyarrow as pa

    return any(is_it(kind) for is_it in (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean))


def _flat(kind: Any) -> bool:
    import pyarrow as pa

    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    kinds = (pa.types.is_string, pa.types.is_large_string, pa.types.is_date, pa.types.is_timestamp, pa.types.is_null)
    return _number(kind) or pa.types.is_decimal(kind) or any(is_it(kind) for is_it in kinds)


def _joined(parts: list[Cells]) -> Cells:
    if parts and isinstance(parts[0], np.ndarray):
        return np.concatenate([np.asarray(part) for part in parts])
    return [cell for part in parts for cell in part]


def _spoilt(path: Path, problem: Exception) -> DataError:
    if isinstance(problem, OSError) and problem.errno:
        return unreadable(path, problem)
    said = str(problem).strip().splitlines()[0][:200] if str(problem).strip() else type(problem).__name__
    return DataError(f"{shown(path)} can't be read as Parquet: {said.rstrip('.')}.")
