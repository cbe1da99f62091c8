"""A person's own texts in windows of tokens."""

from __future__ import annotations

from pathlib import Path

from netbuilder.data.errors import DataError
from netbuilder.data.files import Folder, few, shown
from netbuilder.data.own_texts import TEXTS
from netbuilder.data.place import Place
from netbuilder.data.readers.text_blocks import TokenRows, read_blocks
from netbuilder.data.readers.values import numbers
from netbuilder.data.table import Table
from netbuilder.graph.model import Column, Dataset


def text(dataset: Dataset, place: Place) -> Table:
    """text [T], tokens in a row, and target [T], those one further on; files in natural order make one long text.

    Raises DataError with file and line.
    """
    values = numbers(dataset)
    path = place.path(values["path"])
    files, left_out = text_files(path)
    blocks, names = read_blocks(files, values["by"], values["encoding"], values["vocabulary"])
    window = values["window"]
    stride = values["stride"] or window
    rows = TokenRows(blocks, window, stride)
    if not rows.count:
        raise DataError(
            f"{shown(path)} has {int(blocks.starts[-1]):,} tokens, too few for a window of {window} and the one that "
            "comes next; take a smaller window."
        )
    columns = tuple(
        Column(id, name, (window,), "int64", "T", role="token", classes=names)
        for id, name in (("text", "tokens"), ("target", "next tokens"))
    )
    return Table(
        columns=columns,
        count=rows.count,
        rows=rows,
        # A sample's tokens, and the one after them, reach this many samples on.
        reach=window // stride,
        files=tuple(files),
        notes=few(left_out, "other thing is", "other things are"),
    )


def text_files(path: Path) -> tuple[list[Path], list[str]]:
    """The file, or all files of texts in a folder, and what else lies there. Raises DataError where there is none."""
    if not path.is_dir():
        return [path], []
    folder = Folder(path)
    every = list(folder.files(path))
    found = [file for file in every if file.suffix.lower() in TEXTS]
    if not found:
        raise DataError(f"There is no text file in {shown(path)}; they end in {', '.join(TEXTS)}.")
    others = [f"{shown(file)} is no text by its name" for file in every if file.suffix.lower() not in TEXTS]
    return found, [*folder.left_out, *others]
