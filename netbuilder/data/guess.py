"""What a file or folder that somebody points at may be: sources with their parameters, the likeliest first. No torch.

Only the beginning of files is read, and of a folder no more than some thousand names.
"""

from __future__ import annotations

import stat
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import msgspec
from immutables import Map

from netbuilder.data.column_guess import guess_columns, is_split
from netbuilder.data.csv_head import Head, head
from netbuilder.data.csv_records import sniff
from netbuilder.data.errors import DataError
from netbuilder.data.files import Folder, opened, shown, unreadable
from netbuilder.data.own_pictures import PICTURES
from netbuilder.data.own_tables import TABLE
from netbuilder.data.part_names import SPELLED
from netbuilder.graph.model import Values

MOST_NAMES = 20_000
_WORDS = frozenset({"", "na", "n/a", "nan", "null", "?"})  # as the table's own default of missing_words says
_TABLES = tuple(TABLE.endings)


class Guess(msgspec.Struct, frozen=True):
    """One way to read it: a source, its parameters (`path` is the whole path), and why, in one sentence.

    `columns` are the names of a table's columns in their order, which `params` has no order for.
    """

    source: str
    params: Values
    reason: str
    columns: tuple[str, ...] = ()


def guess(path: Path) -> list[Guess]:
    """All ways in which it can be read, the likeliest first. Raises DataError where there is none, with why."""
    try:
        kind = path.stat().st_mode
    except (OSError, ValueError) as problem:
        raise unreadable(path, problem) from None
    if stat.S_ISDIR(kind):
        return _folder(path)
    if not stat.S_ISREG(kind):
        raise DataError(f"{shown(path)} is neither a file nor a folder, so it is not read as data.")
    with opened(path) as file:
        begin = file.read(2**18)
    if not begin:
        raise DataError(f"{shown(path)} is empty.")
    for fits, found in _FILES:
        if fits(path, begin):
            return found(path, begin)
    raise DataError(
        f"{shown(path)} is of no kind that is known here; there are tables (CSV, TSV, Parquet) and folders of pictures."
    )


# Tables


def _csv(path: Path, begin: bytes) -> list[Guess]:
    found = head(path, lambda form: form)
    if not found.rows:
        raise DataError(f"{shown(path)} has columns, but no row.")
    form = found.form
    said = {name: getattr(form, name) for name in ("delimiter", "quote", "encoding", "decimal")}
    said["header"] = "yes" if form.header else "no"
    how = f"{len(found.names)} columns with a {form.delimiter} between them"
    return [*_named_pictures(path, found, said), *_rows(path, found.names, found.rows, form.decimal, said, how)]


def _parquet(path: Path, begin: bytes) -> list[Guess]:
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


# Folders


def _folder(path: Path) -> list[Guess]:
    folder = Folder(path)
    names = list(islice(folder.files(path), MOST_NAMES))
    if not names:
        why = f": {folder.left_out[0]}" if folder.left_out else ""
        raise DataError(f"There is no file in {shown(path)}{why}.")
    counts = Counter(name.suffix.lower() for name in names)
    found = [one for kind in _FOLDERS for one in kind(path, names, counts)]
    if not found:
        common = ", ".join(ending or "no ending" for ending, _ in counts.most_common(3))
        raise DataError(f"Nothing in {shown(path)} is of a kind that is known here; most files have {common}.")
    return found


def _image_folder(path: Path, names: list[Path], counts: Counter[str]) -> Iterator[Guess]:
    pictures = [name for name in names if name.suffix.lower() in PICTURES]
    if len(pictures) < len(names) / 2:
        return
    tops = [entry.name for entry in Folder(path).entries(path) if entry.folder]
    parts = [name for name in tops if name.strip().lower() in SPELLED]
    classes = {name.parent.name for name in pictures if name.parent != path}
    many = f"{len(pictures):,}{' or more' if len(names) == MOST_NAMES else ''} pictures"
    if parts and any(SPELLED[name.strip().lower()] for name in parts) and len(parts) > 1:
        reason = f"{many} in folders named {', '.join(parts)}, and below them a folder for each class."
        yield Guess("image_folder", Map(path=str(path), split="given"), reason)
    elif classes:
        reason = f"{many} in {len(classes):,} folders, each a class."
        yield Guess("image_folder", Map(path=str(path)), reason)
    else:
        yield Guess("image_folder", Map(path=str(path)), f"{many} without folders: no classes, pictures alone.")


def _inside(path: Path, names: list[Path], counts: Counter[str]) -> Iterator[Guess]:
    """What the few tables that lie in a folder may be."""
    tables = [name for name in names if name.suffix.lower() in _TABLES]
    for table in tables[:3]:
        try:
            found = guess(table)
        except DataError:
            continue  # something else is in this folder that can be read; if nothing is, that is said
        if counts.total() > len(tables) + 3:
            found = [one for one in found if one.source == "image_table"]
        yield from found


def _text_table(path: Path, begin: bytes) -> bool:
    """Whether a file with no known ending is a table all the same."""
    if path.suffix.lower() not in (".txt", ""):
        return False
    try:
        form = sniff(begin)
    except DataError:
        return False
    return form.delimiter in ("tab", "semicolon") or (form.delimiter == "comma" and form.header)


_Fits = Callable[[Path, bytes], bool]
_Found = Callable[[Path, bytes], list[Guess]]
_FILES: tuple[tuple[_Fits, _Found], ...] = (
    (lambda path, begin: begin[:4] == b"PAR1", _parquet),
    (lambda path, begin: path.suffix.lower() in (".parquet", ".pq"), _parquet),
    (lambda path, begin: path.suffix.lower() in _TABLES, _csv),
)
_FOLDERS: tuple[Callable[[Path, list[Path], Counter[str]], Iterator[Guess]], ...] = (_inside, _image_folder)
