"""What each column of a person's table is for: as said, or guessed where nothing is said, and found to make sense."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from netbuilder.data.by_name import plain
from netbuilder.data.column_guess import guess_columns
from netbuilder.data.csv_head import Head, head
from netbuilder.data.csv_records import Form
from netbuilder.data.errors import DataError
from netbuilder.data.files import shown
from netbuilder.data.own_tables import AUTO, MISSING
from netbuilder.data.readers.csv_rows import CsvRows, Visit, read_csv
from netbuilder.data.readers.parquet_rows import ParquetRows, parquet_head, read_parquet

PARQUET = (".parquet", ".pq")
_STANDARD = {"numeric": {"missing": "mean", "scale": "standard"}, "category": {"missing": "own", "encode": "one-hot"}}


class Said(msgspec.Struct, frozen=True):
    """What a column is for, in full."""

    at: int
    name: str
    role: str
    type: str
    missing: str
    scale: str
    encode: str


class Opened(msgspec.Struct, frozen=True):
    """A table's file before its rows are read: how it is written, and what each column is for."""

    path: Path
    names: tuple[str, ...]
    said: tuple[Said, ...]
    missing: frozenset[str]
    rows: tuple[tuple[str, ...], ...]  # the first ones
    head: Head | None = None  # of a CSV file

    @property
    def decimal(self) -> str:
        """What stands before a number's decimals."""
        return "point" if self.head is None else self.head.form.decimal

    def read(self, wanted: Sequence[int], numeric: frozenset[int], visit: Visit) -> CsvRows | ParquetRows:
        """All rows once, piece by piece; gives what reads any of them again. Raises DataError."""
        if self.head is None:
            return read_parquet(self.path, wanted, numeric, visit)
        return read_csv(self.path, self.head, wanted, visit)


def open_table(path: Path, values: Mapping[str, Any]) -> Opened:
    """The beginning of a table's file, and what each of its columns is for by these parameters. Raises DataError."""
    if path.is_dir():
        raise DataError(f"{shown(path)} is a folder; choose the table's file in it.")
    missing = frozenset(["", *(word.strip().lower() for word in values["missing_words"].split(","))])
    found, odd = None, frozenset[int]()
    if path.suffix.lower() in PARQUET:
        names, rows, odd = parquet_head(path)
    else:
        found = head(path, lambda form: _chosen(form, values))
        names, rows = found.names, found.rows
    if not rows:
        raise DataError(f"{shown(path)} has columns, but no row.")
    roles = plain(values["columns"])
    if unknown := next((name for name in roles if name not in names), None):
        raise DataError(
            f"{shown(path)} has no column {shown(unknown)}; it has {', '.join(map(shown, names[:8]))}"
            f"{' and more' if len(names) > 8 else ''}."
        )
    guessed = guess_columns(names, rows, missing, found.form.decimal if found else "point")
    said = []
    for at, name in enumerate(names):
        one = roles.get(name, {"role": "ignore"}) if roles else guessed[name]
        if at in odd and one.get("role") != "ignore":
            if name in roles:
                raise DataError(f"Column {shown(name)} of {shown(path)} holds lists or bytes; ignore it.")
            one = {"role": "ignore"}
        said.append(_in_full(at, name, {**guessed[name], **one}))
    return Opened(path, names, tuple(said), missing, rows, found)


def _in_full(at: int, name: str, one: Mapping[str, str]) -> Said:
    """With what is meant where nothing is said. Raises DataError for what does not go together."""
    kind = one["type"]
    standard = {"missing": "own", "scale": "none", "encode": "one-hot", **_STANDARD.get(kind, {})}
    if one["role"] == "target":
        standard["scale"] = "none"
    full = {**standard, **one}
    if full["missing"] not in MISSING[kind]:
        raise DataError(
            f"In column {shown(name)} a missing value can't be {full['missing']}: it is {kind}, so there are "
            f"{' and '.join(MISSING[kind])}."
        )
    return Said(at, name, full["role"], kind, full["missing"], full["scale"], full["encode"])


def _chosen(form: Form, values: Mapping[str, Any]) -> Form:
    """The form that was found out, with what a person chose instead."""
    words = {name: values[name] for name in ("delimiter", "quote", "encoding", "decimal") if values[name] != AUTO}
    if values["header"] != AUTO:
        words["header"] = values["header"] == "yes"
    return msgspec.structs.replace(form, **words)


def sensible(opened: Opened, used: Sequence[Said], window: int, horizon: int) -> None:
    """Raises DataError for roles that can't be learnt from."""
    name = shown(opened.path)
    if not any(said.role in ("feature", "both") for said in used):
        raise DataError(f"No column of {name} is a feature; choose at least one to learn from.")
    for said in used:
        if said.role == "both" and not (window and horizon):
            raise DataError(
                f"Column {shown(said.name)} of {name} is feature and target at once, which gives the answer away; that "
                "is for windows with a horizon of at least 1."
            )
        if said.type == "text" and (window or said.role != "feature"):
            raise DataError(
                f"Column {shown(said.name)} of {name} is text: that can be a feature only, without a window."
            )
        if said.role == "both" and said.type != "numeric":
            raise DataError(f"Column {shown(said.name)} of {name} is feature and target at once, so it is numeric.")


def split_column(opened: Opened, values: Mapping[str, Any]) -> int | None:
    """The column that rows are parted by, None where they are not. Raises DataError where there is none such."""
    if values["split"] != "column":
        return None
    if values["split_column"] not in opened.names:
        raise DataError(f"{shown(opened.path)} has no column {shown(values['split_column'])} to part the rows by.")
    return opened.names.index(values["split_column"])
