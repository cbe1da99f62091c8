"""Tables, progress bars and JSON for the terminal; all text in them is shown as it is, never as markup."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Column, Table
from rich.text import Text

from netbuilder.cli.plain import plain

_WIDE = 1000  # columns for files and pipes, where nothing may be cut off


def console() -> Console:
    """A console on the present stdout that takes no text for markup, emoji or something to colour."""
    width = None if sys.stdout.isatty() else _WIDE
    return Console(file=sys.stdout, width=width, markup=False, emoji=False, highlight=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """One JSON document on one line, in plain ASCII."""
    sys.stdout.write(json.dumps(value, ensure_ascii=True) + "\n")
    sys.stdout.flush()


def text(value: object, style: str = "") -> Text:
    return Text(plain(value), style=style)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], right: Iterable[str] = ()) -> Table:
    """A table; the columns named in `right` are aligned there. The last row is not special: see `add_section`."""
    found = Table(
        title=text(title), title_justify="left", title_style="bold", header_style="bold", box=None, padding=(0, 2, 0, 0)
    )
    for column in columns:
        found.add_column(
            text(column), justify="right" if column in right else "left", overflow="fold", no_wrap=column == columns[0]
        )
    for row in rows:
        found.add_row(*(cell if isinstance(cell, Text) else text(cell) for cell in row))
    return found


class Words(ProgressColumn):
    """A field of the task as plain text."""

    def __init__(self, field: str) -> None:
        super().__init__(table_column=Column(no_wrap=True, overflow="ellipsis"))
        self._field = field

    def render(self, task: Task) -> Text:
        return text(task.fields.get(self._field, ""))


def progress_bar(screen: Console) -> Progress:
    """A bar with words before and after it and the time that is left."""
    columns = (
        Words("before"),
        BarColumn(bar_width=16),
        TextColumn("{task.percentage:>3.0f}%", markup=False),
        TimeRemainingColumn(),
        Words("after"),
    )
    return Progress(*columns, console=screen, transient=False)
