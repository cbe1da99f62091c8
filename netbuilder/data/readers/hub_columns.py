"""What the columns of a data set of the hub become. Knows `datasets` only by the names of its types."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from netbuilder.data.by_name import plain
from netbuilder.data.errors import DataError
from netbuilder.data.files import display, displays, shown
from netbuilder.data.own_pictures import COLORS
from netbuilder.data.readers.cells import Texts
from netbuilder.data.readers.pixels import Look, most_common, seen_in
from netbuilder.data.readers.table_parts import column_id
from netbuilder.data.table import Arrays, Indices
from netbuilder.graph.model import Column, Dataset

PIECE = 1000  # rows that are read together
SAMPLED = 1000  # pictures that size and colour are judged by
MOST_CLASSES = 100_000
Array = npt.NDArray[Any]


class Taken(msgspec.Struct, frozen=True):
    """Rows of a stream that are held in memory; they are read as `datasets` reads its own."""

    features: dict[str, Any]
    columns: dict[str, list[Any]]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def __getitem__(self, rows: Sequence[int]) -> dict[str, list[Any]]:
        return {name: [cells[row] for row in rows] for name, cells in self.columns.items()}

    def select_columns(self, names: Sequence[str]) -> Taken:
        """The same with these columns alone."""
        return Taken(self.features, {name: self.columns[name] for name in names})


class Maker(msgspec.Struct, frozen=True):
    """One column's cells as an array; `where` names the data set in what is said of a cell."""

    name: str
    column: Column
    kind: str
    how: Any = None
    where: str = ""

    def __call__(self, cells: Sequence[Any], rows: Sequence[int]) -> Array:
        if self.kind == "image":
            found = np.empty((len(cells), *self.column.shape), dtype=np.float32)
            for at, cell in enumerate(cells):
                where = self._at(rows[at])
                self.how.read(_picture(cell, where), where, found[at])
            return found
        if self.kind == "text":
            return np.asarray(self.how(["" if cell is None else str(cell) for cell in cells]))
        if self.kind == "class":
            return np.array([self._class(cell, rows[at]) for at, cell in enumerate(cells)], dtype=np.int64)
        gap = np.nan if self.kind == "value" else [np.nan] * self.column.shape[0]
        numbers = [gap if cell is None else cell for cell in cells]
        try:
            return np.array(numbers, dtype=np.float32).reshape(-1, *self.column.shape)
        except (ValueError, TypeError):
            raise DataError(f"{self._at(rows[0])} or after it does not hold {self.column.shape[0]} numbers.") from None

    def _class(self, cell: Any, row: int) -> int:
        place = self.how.get(cell, -1) if isinstance(self.how, dict) else -1 if cell is None else int(cell)
        if not 0 <= place < len(self.column.classes):
            raise DataError(
                f"{self._at(row)} has the label {cell}, which is none of its {len(self.column.classes)} classes."
            )
        return place

    def _at(self, row: int) -> str:
        return f"{self.where}, column {shown(self.name)}, row {row + 1:,}"


class HubRows(msgspec.Struct, frozen=True):
    """Samples of several parts in a row, read in batches."""

    parts: tuple[Any, ...]
    makers: tuple[Maker, ...]

    def __call__(self, indices: Indices) -> Arrays:
        edges = np.cumsum([0, *map(len, self.parts)])
        places = np.searchsorted(edges, indices, side="right") - 1
        found = {
            maker.column.id: np.empty((len(indices), *maker.column.shape), dtype=maker.column.dtype)
            for maker in self.makers
        }
        for at, part in enumerate(self.parts):
            there = np.flatnonzero(places == at)
            for start in range(0, len(there), PIECE):
                piece = there[start : start + PIECE]
                rows = (indices[piece] - edges[at]).tolist()
                batch = part[rows]
                for maker in self.makers:
                    found[maker.column.id][piece] = maker(batch[maker.name], rows)
        return found


def columns_of(
    where: str, parts: Sequence[Any], dataset: Dataset, values: dict[str, Any]
) -> tuple[HubRows, tuple[Column, ...], list[str]]:
    """How rows are read, the columns, and the names of those that can't be learnt from. Raises DataError."""
    features = parts[0].features
    for part in parts[1:]:
        if set(part.features) != set(features):
            raise DataError(f"The parts of {where} have different columns; choose another configuration.")
    said = plain(values["columns"])
    if unknown := next((name for name in said if name not in features), None):
        raise DataError(f"{where} has no column {shown(unknown)}; it has {', '.join(map(shown, features))}.")
    kinds = {name: said.get(name, {}).get("as") or _kind(name, kind) for name, kind in features.items()}
    chosen = [name for name, kind in kinds.items() if kind not in ("ignore", "")]
    ready = [_undecoded(part.select_columns(chosen)) for part in parts] if chosen else []
    ids: set[str] = set()
    made = [
        _maker(where, name, kinds[name], column_id(name, ids), features[name], ready, dataset, values)
        for name in chosen
    ]
    rows = HubRows(tuple(ready), tuple(made))
    return rows, tuple(maker.column for maker in made), [name for name, kind in kinds.items() if not kind]


def _kind(name: str, kind: Any) -> str:
    """What a column is by its type on the hub; "" for what can't be learnt from."""
    dtype = str(getattr(kind, "dtype", ""))
    match type(kind).__name__:
        case "Image":
            return "image"
        case "ClassLabel":
            return "class"
        case "List" | "LargeList" | "Sequence":
            inner = str(getattr(getattr(kind, "feature", None), "dtype", ""))
            return "vector" if getattr(kind, "length", -1) > 0 and inner.startswith(("int", "uint", "float")) else ""
        case "Value" if dtype in ("string", "large_string"):
            return "text"
        case "Value" if dtype == "bool" or (
            dtype.startswith(("int", "uint")) and name.lower() in ("label", "class", "y")
        ):
            return "class"
        case "Value" if dtype.startswith(("int", "uint", "float")):
            return "value"
    return ""


def _maker(
    where: str,
    name: str,
    kind: str,
    id: str,
    feature: Any,
    parts: Sequence[Any],
    dataset: Dataset,
    values: dict[str, Any],
) -> Maker:
    shown_name = display(name)
    if kind == "image":
        look = _look(where, name, id, parts, dataset, values)
        shape = (COLORS[look.color], look.height, look.width)
        return Maker(name, Column(id, shown_name, shape, axes="C H W", role="image"), kind, look, where)
    if kind == "class":
        names, how = _classes(where, name, feature, parts)
        return Maker(name, Column(id, shown_name, (), "int64", role="class", classes=names), kind, how, where)
    if kind == "text":
        texts = Texts(frozenset(), values["text_by"], values["text_length"], values["vocabulary"])
        for cells in _pieces(parts, name):
            texts.look(["" if cell is None else str(cell) for cell in cells], lambda at: where)
        length = values["text_length"]
        column = Column(id, shown_name, (length,), "int64", "T", role="token", classes=texts.classes)
        return Maker(name, column, kind, texts.encoder(), where)
    length = getattr(feature, "length", -1) if kind == "vector" else 1
    if length < 1:
        raise DataError(f"Column {shown(name)} of {where} has no one length, so it is no vector.")
    column = Column(id, shown_name, (length,), "float32", "F", role="vector")
    return Maker(name, column, kind, None, where)


def _classes(where: str, name: str, feature: Any, parts: Sequence[Any]) -> tuple[tuple[str, ...], Any]:
    """Their names, and the place of each value where the hub names none."""
    if names := getattr(feature, "names", None):
        return tuple(displays(list(names))), None
    seen: set[Any] = set()
    for cells in _pieces(parts, name):
        try:
            seen.update(cell for cell in cells if cell is not None)
        except TypeError:
            raise DataError(f"Column {shown(name)} of {where} holds lists, so it is no class.") from None
        if len(seen) > MOST_CLASSES:
            raise DataError(
                f"Column {shown(name)} of {where} has more than {MOST_CLASSES:,} values, so it is no class."
            )
    order = sorted(seen, key=lambda value: (isinstance(value, str), value))
    return tuple(displays([str(value) for value in order])), {value: at for at, value in enumerate(order)}


def _look(where: str, name: str, id: str, parts: Sequence[Any], dataset: Dataset, values: dict[str, Any]) -> Look:
    """Size and colour: as said, as the scan found, or as most of the first pictures have them."""
    known = next((column for column in dataset.columns if column.id == id and len(column.shape) == 3), None)
    size, color = values["size"], values["color"]
    chosen = size if isinstance(size, tuple) else (size, size) if size else None
    if known is not None:
        colors = {count: word for word, count in COLORS.items()}
        height, width = chosen or known.shape[1:]
        return Look(height, width, colors[known.shape[0]] if color == "auto" else color, values["fit"])
    some = parts[0][list(range(min(SAMPLED, len(parts[0]))))][name]
    found = [
        seen_in(_picture(cell, f"{where}, row {at + 1:,}"), f"{where}, row {at + 1:,}") for at, cell in enumerate(some)
    ]
    good = [one for one in found if not one.wrong]
    if not good:
        raise DataError(f"None of the first pictures of {where} can be read: {found[0].wrong}.")
    height, width = chosen or most_common(good)
    auto = "grey" if all(one.grey for one in good) else "rgb"
    return Look(height, width, auto if color == "auto" else color, values["fit"])


def _picture(cell: Any, where: str) -> io.BytesIO:
    content = cell.get("bytes") if isinstance(cell, dict) else None
    if not isinstance(content, bytes):
        raise DataError(f"{where} holds no picture of its own.")
    return io.BytesIO(content)


def _undecoded(part: Any) -> Any:
    """With pictures as the bytes that they are, which are unpacked here, under our own limits."""
    for name, kind in part.features.items():
        if type(kind).__name__ == "Image" and hasattr(part, "cast_column") and name in _names(part):
            part = part.cast_column(name, type(kind)(decode=False))
    return part


def _names(part: Any) -> Sequence[str]:
    return part.columns if isinstance(part, Taken) else part.column_names  # type: ignore[return-value]


def _pieces(parts: Sequence[Any], name: str) -> Iterator[list[Any]]:
    for part in parts:
        alone = part.select_columns([name])
        for start in range(0, len(alone), PIECE):
            yield alone[list(range(start, min(start + PIECE, len(alone))))][name]
