"""What a table may be: what its columns are for, how its rows are parted, whether they are a series."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
from immutables import Map

from netbuilder.data.column_guess import guess_columns, is_split
from netbuilder.data.csv_head import Head, head
from netbuilder.data.csv_records import number, sniff
from netbuilder.data.errors import DataError
from netbuilder.data.files import shown
from netbuilder.data.own_pictures import PICTURES
from netbuilder.graph.model import Values

_WORDS = frozenset({"", "na", "n/a", "nan", "null", "?"})  # as the table's own default of missing_words says


class Guess(msgspec.Struct, frozen=True):
    """One way to read it: a source, its parameters (`path` is the whole path), and why, in one sentence.

    `columns` are the names of a table's columns in their order, which `params` has no order for.
    """

    source: str
    params: Values
    reason: str
    columns: tuple[str, ...] = ()


def csv_table(path: Path, begin: bytes) -> list[Guess]:
    found = head(path, lambda form: form)
    if not found.rows:
        raise DataError(f"{shown(path)} has columns, but no row.")
    form = found.form
    said = {name: getattr(form, name) for name in ("delimiter", "quote", "encoding", "decimal")}
    said["header"] = "yes" if form.header else "no"
    how = f"{len(found.names)} columns with a {form.delimiter} between them"
    return [*_named_pictures(path, found, said), *_rows(path, found.names, found.rows, form.decimal, said, how)]


def parquet_table(path: Path, begin: bytes) -> list[Guess]:
    from netbuilder.data.readers.parquet_rows import parquet_head  # numpy and pyarrow, which no window starts with

    names, rows, odd = parquet_head(path)
    if not rows:
        raise DataError(f"{shown(path)} has columns, but no row.")
    guesses = _rows(path, names, rows, "point", {}, f"a Parquet file of {len(names)} columns")
    return [_without(one, {names[at] for at in odd}) for one in guesses]


def _rows(
    path: Path, names: tuple[str, ...], rows: tuple[tuple[str, ...], ...], decimal: str, said: dict[str, str], how: str
) -> list[Guess]:
    """A table by its rows; where one column says train and test, that parts them; rows by date may be a series."""
    columns = guess_columns(names, rows, _WORDS, decimal)
    targets = [name for name in names if columns[name]["role"] == "target"]
    about = (
        f"{how}; {shown(targets[0])} looks like what is to be predicted" if targets else f"{how}; nothing to predict"
    )
    params: dict[str, Any] = {"path": str(path), **said, "columns": _map(columns)}
    cells = {name: [row[at] if at < len(row) else "" for row in rows] for at, name in enumerate(names)}
    if parted := next((name for name in names if is_split(name, cells[name])), ""):
        params |= {"split": "column", "split_column": parted}
    found = [Guess("table", Map(params), f"{about}.", names)]
    if series := _series(names, columns, cells):
        params = {**params, "columns": _map(series), "window": min(32, max(1, len(rows) // 10)), "split": "time"}
        params.pop("split_column", None)
        found.append(Guess("table", Map(params), f"{how}, in order of time: the next row from those before it.", names))
    return found


def _series(
    names: tuple[str, ...], columns: dict[str, dict[str, str]], cells: dict[str, list[str]]
) -> dict[str, dict[str, str]]:
    """Roles for windows in time, where a column counts the rows up as dates do; {} where none does."""
    dates = [name for name in names if len(cells[name]) >= 20 and _ascends(cells[name]) and _dated(name, cells[name])]
    numeric = [name for name in names if columns[name]["type"] == "numeric" and columns[name]["role"] != "ignore"]
    numeric = [name for name in numeric if name not in dates]
    if not dates or not numeric:
        return {}
    target = next((name for name in numeric if columns[name]["role"] == "target"), numeric[-1])
    roles = {name: "feature" if name in numeric else "ignore" for name in names}
    roles[target] = "both"
    return {name: {"role": role, "type": columns[name]["type"]} for name, role in roles.items()}


def _ascends(cells: list[str]) -> bool:
    return all(one <= other for one, other in pairwise(cells)) and cells[0] != cells[-1]


def _dated(name: str, cells: list[str]) -> bool:
    words = set(name.lower().replace("_", " ").split())
    return bool(words & {"date", "time", "day", "month", "year", "timestamp", "datetime"}) or all(
        len(cell) >= 8 and cell[:4].isdigit() and cell[4] in "-/." for cell in cells
    )


def _named_pictures(path: Path, found: Head, said: dict[str, str]) -> list[Guess]:
    """A table one column of which names picture files."""
    for at, name in enumerate(found.names):
        cells = [row[at].strip().lower() for row in found.rows if at < len(row)]
        if sum(cell.endswith(PICTURES) for cell in cells) <= len(cells) / 2:
            continue
        columns = guess_columns(found.names, found.rows, _WORDS, found.form.decimal)
        rest = {
            other: {"role": one["role"] if one["role"] == "target" else "ignore", "type": one["type"]}
            for other, one in columns.items()
            if other != name and one["type"] != "text"
        }
        if not any(one["role"] == "target" for one in rest.values()) and rest:
            rest[next(iter(rest))]["role"] = "target"
        params: dict[str, Any] = {"path": str(path), "columns": _map({**rest, name: {"role": "image"}}), **said}
        return [Guess("image_table", Map(params), f"The column {shown(name)} names picture files.", found.names)]
    return []


def _map(columns: dict[str, dict[str, str]]) -> Values:
    return Map({name: Map(one) for name, one in columns.items()})


def _without(found: Guess, names: set[str]) -> Guess:
    """With columns ignored that hold what no table can take."""
    columns = found.params["columns"]
    assert isinstance(columns, Map)
    for name in names & set(columns):
        columns = columns.set(name, Map(role="ignore", type="text"))
    return msgspec.structs.replace(found, params=found.params.set("columns", columns))


def looks_like_a_table(path: Path, begin: bytes) -> bool:
    """Whether a file that its ending calls a text, or nothing, is a table all the same: with numbers in columns."""
    if path.suffix.lower() not in (".txt", ""):
        return False
    try:
        form = sniff(begin)
    except DataError:
        return False
    try:
        found = head(path, lambda _: form, rows=50)
    except DataError:
        return False
    numeric = any(
        all(len(row) > at and number(row[at], form.decimal) is not None for row in found.rows)
        for at in range(len(found.names))
    )
    return len(found.names) > 1 and len(found.rows) > 1 and numeric
