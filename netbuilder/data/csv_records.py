"""Records of a CSV file with the line and the byte where each begins. Standard library only: windows read it, too.

Python's csv module reads a record; bytes are decoded line by line before, so that whatever is wrong has a line.
"""

from __future__ import annotations

import codecs
import csv
import math
import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO, NamedTuple

import msgspec

from netbuilder.data.errors import DataError

LONGEST = 2**24  # bytes in a line
MOST_COLUMNS = 20_000
SAMPLE = 2**18  # bytes that a form is guessed from
# In the order in which they are preferred where several fit: numbers with decimal commas have commas, too.
DELIMITERS = {"tab": "\t", "semicolon": ";", "bar": "|", "comma": ",", "space": " "}
QUOTES = {"double": '"', "single": "'", "none": ""}
ENCODINGS = ("utf-8", "cp1252", "latin-1")
DECIMALS = ("point", "comma")
_BOM = codecs.BOM_UTF8


class Form(msgspec.Struct, frozen=True):
    """How a CSV file is written. `spaced`: spaces after a delimiter mean nothing."""

    delimiter: str = "comma"
    quote: str = "double"
    encoding: str = "utf-8"
    decimal: str = "point"
    spaced: bool = False
    header: bool = True


class Record(NamedTuple):
    """One record: where it begins, in bytes; its line, from 1; its fields."""

    at: int
    line: int
    cells: list[str]


def records(file: BinaryIO, form: Form, name: str, at: int = 0, line: int = 1) -> Iterator[Record]:
    """The records from byte `at` on, which is the beginning of line `line`; empty lines are passed over.

    Raises DataError with the name and the line.
    """
    file.seek(at)
    lines = _Lines(file, form.encoding, name, at, line)
    reader = _reader(lines, form)
    while True:
        began = lines.at, lines.line
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            raise DataError(f"{name}, line {began[1]}: {_said(problem)}.") from None
        if cells:
            yield Record(*began, cells)


def sniff(sample: bytes, name: str = "The file") -> Form:
    """How a file that begins with these bytes is written. Raises DataError for what is no text."""
    if sample[:4] == b"PAR1":
        raise DataError(f"{name} is a Parquet file, though its name says otherwise; rename it to end in .parquet.")
    if sample[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise DataError(f"{name} is UTF-16 text; save it as UTF-8 and choose it again.")
    if b"\0" in sample:
        line = sample[: sample.index(b"\0")].count(b"\n") + 1
        raise DataError(f"{name}, line {line}: holds a zero byte, so it is no text that a table is written in.")
    encoding = "utf-8"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample, final=False)
    except UnicodeDecodeError:
        encoding = "cp1252" if _decodes(sample, "cp1252") else "latin-1"
    text = sample.removeprefix(_BOM).decode(encoding, "ignore")
    lines = text.splitlines(keepends=True)
    lines = (lines[:-1] if len(lines) > 1 and len(sample) >= SAMPLE else lines)[:500]
    form = max(_forms(lines, encoding), key=lambda pair: pair[0])[1]
    rows = _parsed(lines, form) or [[]]
    form = msgspec.structs.replace(form, decimal=_decimal(form, rows))
    return msgspec.structs.replace(form, header=has_header(rows, form.decimal))


def has_header(rows: list[list[str]], decimal: str = "point") -> bool:
    """Whether the first row names the columns: it holds words, each once or nearly, and no number."""
    first = [cell.strip() for cell in rows[0]]
    if not any(first) or any(number(cell, decimal) is not None for cell in first):
        return False
    if any(number(cell, decimal) is not None for row in rows[1:] for cell in row):
        return True
    later = {cell.strip() for row in rows[1:] for cell in row}
    return not later & set(first)


_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def number(cell: str, decimal: str = "point") -> float | None:
    """The number that a field spells, None for what is none or beyond all limits (1e999)."""
    text = cell.strip()
    if decimal == "comma":
        text = text.replace(",", ".", 1) if "." not in text else "x"
    value = float(text) if _NUMBER.fullmatch(text) else math.inf
    return value if math.isfinite(value) else None


class _Lines:
    """Lines of a file as text. Knows where the next one begins."""

    def __init__(self, file: BinaryIO, encoding: str, name: str, at: int, line: int) -> None:
        self.at, self.line = at, line
        self._file, self._encoding, self._name = file, encoding, name

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        raw = self._file.readline(LONGEST + 1)
        if not raw:
            raise StopIteration
        if len(raw) > LONGEST:
            raise DataError(f"{self._name}, line {self.line}: the line has more than {LONGEST:,} bytes.")
        if b"\0" in raw:
            raise DataError(f"{self._name}, line {self.line}: holds a zero byte, so it is no text.")
        try:
            text = (raw if self.at else raw.removeprefix(_BOM)).decode(self._encoding)
        except UnicodeDecodeError as problem:
            byte = raw[problem.start]
            raise DataError(
                f"{self._name}, line {self.line}: byte {byte:#04x} is no {self._encoding}; choose another encoding."
            ) from None
        self.at, self.line = self.at + len(raw), self.line + 1
        return text


def _reader(lines: Iterable[str], form: Form, strict: bool = True) -> Iterator[list[str]]:
    quote = QUOTES[form.quote]
    return csv.reader(
        lines,
        delimiter=DELIMITERS[form.delimiter],
        quotechar=quote or None,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        skipinitialspace=form.spaced,
        strict=strict,
    )


def _said(problem: csv.Error) -> str:
    text = str(problem)
    if "field larger than field limit" in text:
        return f"a field has more than {csv.field_size_limit():,} characters; is a quotation mark never closed"
    if "unexpected end of data" in text:
        return "a quotation mark is opened here and never closed"
    if "new-line character seen" in text:
        return "a carriage return stands inside a line; save the file with ordinary line ends"
    if "expected after" in text:
        return "a closing quotation mark is followed by something other than the delimiter"
    return text


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        sample.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _forms(lines: list[str], encoding: str) -> Iterator[tuple[tuple[float, int], Form]]:
    """Each way in which the lines may be written, with how well it fits: rows of one length, and how long."""
    text = "".join(lines)
    for at, (name, delimiter) in enumerate(DELIMITERS.items()):
        single = len(
            re.findall(
                rf"(?:^|{re.escape(delimiter)}) ?'[^'\n]*'(?=\s*(?:{re.escape(delimiter)}|$))", text, re.MULTILINE
            )
        )
        quote = "single" if single > text.count('"') else "double"
        spaced = name == "space" or bool(re.search(rf"{re.escape(delimiter)} +{QUOTES[quote]}", text))
        form = Form(name, quote, encoding, spaced=spaced)
        rows = _parsed(lines, form)
        lengths = [len(row) for row in rows]
        common = max(sorted(set(lengths)), key=lengths.count, default=1)
        fits = lengths.count(common) / max(1, len(lengths)) if common > 1 else 0.0
        # Prose has spaces, too: only rows that are all of one length make a space a delimiter.
        yield (round(fits * (fits == 1.0 if name == "space" else 1.0), 2), -at), form


def _parsed(lines: list[str], form: Form) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        rows.extend(row for row in _reader(lines, form, strict=False) if row)
    except csv.Error:
        return rows  # what was read until there is enough to judge by; reading the file says what is wrong
    return rows


def _decimal(form: Form, rows: list[list[str]]) -> str:
    if form.delimiter == "comma":
        return "point"
    cells = [cell for row in rows for cell in row]
    commas, points = (
        sum(number(cell, decimal) is not None and sign in cell for cell in cells)
        for decimal, sign in (("comma", ","), ("point", "."))
    )
    return "comma" if commas > points else "point"
