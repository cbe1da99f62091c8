"""The beginning of a CSV file: how it is written, its columns' names, some rows. No numpy: windows read it, too."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path

import msgspec

from netbuilder.data.csv_records import MOST_COLUMNS, SAMPLE, Form, records, sniff
from netbuilder.data.errors import DataError
from netbuilder.data.files import displays, opened, shown

CELLS = 2**20  # that are looked at


class Head(msgspec.Struct, frozen=True):
    """How a file is written, its columns' names for people, and its first rows."""

    form: Form
    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def head(path: Path, chosen: Callable[[Form], Form], rows: int = 1000) -> Head:
    """The beginning of a file; `chosen` puts in what a person said about its form. Raises DataError."""
    name = shown(path)
    with opened(path) as file:
        sample = file.read(SAMPLE)
        if not sample.strip():
            raise DataError(f"{name} is empty.")
        form = chosen(sniff(sample, name))
        reading = records(file, form, name)
        found = [record.cells for record in islice(reading, 1)]
        if not found:
            raise DataError(f"{name} is empty.")
        width = len(found[0])
        if width > MOST_COLUMNS:
            raise DataError(f"{name}, line 1: there are {width:,} columns; at most {MOST_COLUMNS:,} are read.")
        found.extend(record.cells for record in islice(reading, max(1, min(rows, CELLS // width))))
    spelled = found.pop(0) if form.header else [""] * width
    names = displays([cell.strip() or f"column {at + 1}" for at, cell in enumerate(spelled)])
    return Head(form, tuple(names), tuple(map(tuple, found)))
