"""Data sets of the Hugging Face hub as columns. `datasets` is imported here only: it is an extra, and large."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from netbuilder.data.errors import DataError
from netbuilder.data.files import few, shown
from netbuilder.data.part_names import SPELLED
from netbuilder.data.place import Place
from netbuilder.data.readers.hub_columns import Taken, columns_of
from netbuilder.data.readers.raw import HELD
from netbuilder.data.readers.values import numbers
from netbuilder.data.table import Table, Treat
from netbuilder.graph.model import Dataset

PATIENCE = 3.0  # seconds until the hub counts as out of reach
_NAME = re.compile(r"[A-Za-z0-9][\w.\-]*(/[A-Za-z0-9][\w.\-]*)?", re.ASCII)
# Names that `datasets` takes for ways to read local files, which no project may do by this door.
_LOCAL = re.compile(
    r"csv|json|pandas|parquet|arrow|text|xml|hdf5|conll|webdataset|\w+folder|lance|iceberg|eval", re.ASCII
)


def hub(dataset: Dataset, _place: Place) -> Table:
    """The columns of a data set of the hub; its parts are those that it names itself. Raises DataError."""
    values = numbers(dataset)
    name = values["name"].strip()
    if not name:
        raise DataError("This data set of the hub has no name yet; it would be such as ylecun/mnist.")
    if not _NAME.fullmatch(name) or ("/" not in name and _LOCAL.fullmatch(name)) or os.path.exists(name):
        raise DataError(f"{shown(name)} is no name of a data set on the hub; they are such as ylecun/mnist.")
    parts, left_out = _parted(name, _fetched(name, values))
    first = parts[0][1]
    rows, columns, ignored = columns_of(name, [part for _, part in parts], dataset, values)
    if not columns:
        kinds = ", ".join(f"{shown(one)} ({type(kind).__name__})" for one, kind in first.features.items())
        raise DataError(f"No column of {name} can be learnt from; it has {kinds}.")
    counts = [len(part) for _, part in parts]
    given = np.repeat(np.array([at for at, _ in parts], dtype=np.int8), counts)
    return Table(
        columns=columns,
        count=sum(counts),
        rows=rows,
        given=given if len({at for at, _ in parts}) > 1 else None,
        files=tuple(Path(file["filename"]) for _, part in parts for file in getattr(part, "cache_files", ())),
        treats={column.id: Treat() for column in columns if column.role == "vector"},
        notes=(
            *few(left_out, "part is", "parts are"),
            *few([shown(one) for one in ignored], "column of a kind that can't be learnt from is", "columns are"),
        ),
    )


def _fetched(name: str, values: dict[str, Any]) -> dict[str, Any]:
    """The data set's parts by name. Raises DataError at once where it can be had neither here nor from the hub."""
    try:
        import datasets
        import huggingface_hub
    except ImportError:
        raise DataError(
            "Data sets of the hub need the package datasets, which is not installed; install netbuilder[hub], or run "
            "pip install datasets."
        ) from None
    there = _in_reach(huggingface_hub.constants.ENDPOINT)
    # Out of reach, its own cache is asked alone: else each of many requests would be tried again and again.
    before = datasets.config.HF_HUB_OFFLINE, huggingface_hub.constants.HF_HUB_OFFLINE
    if not there:
        datasets.config.HF_HUB_OFFLINE = huggingface_hub.constants.HF_HUB_OFFLINE = True
    try:
        found = datasets.load_dataset(
            name,
            values["config"] or None,
            revision=values["revision"] or None,
            streaming=values["streaming"] and there,
        )
    except (OSError, ValueError, RuntimeError, LookupError) as problem:
        said = (
            str(problem).strip().splitlines()[0][:200].rstrip(".") if str(problem).strip() else type(problem).__name__
        )
        if not there:
            raise DataError(
                f"The data set {name} is not on this machine yet, and huggingface.co can't be reached from here; go "
                "online once to fetch it."
            ) from None
        raise DataError(f"The data set {name} can't be had from the hub: {said}.") from None
    finally:
        datasets.config.HF_HUB_OFFLINE, huggingface_hub.constants.HF_HUB_OFFLINE = before
    parts = dict(found)
    if values["streaming"] and there:
        return {part: _taken(name, rows, values["samples"]) for part, rows in parts.items()}
    return parts


def _in_reach(endpoint: str) -> bool:
    """Whether the hub answers. With a proxy, which only a real request goes through, yes is assumed."""
    if any(os.environ.get(name) for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")):
        return True
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "TRUE", "YES", "ON"):
        return False
    url = urlsplit(endpoint)
    try:
        socket.create_connection(
            (url.hostname or "", url.port or (80 if url.scheme == "http" else 443)), PATIENCE
        ).close()
    except OSError:
        return False
    return True


def _taken(name: str, rows: Any, most: int) -> Taken:
    """The first rows of a stream, held in memory. Raises DataError for more than is held."""
    columns: dict[str, list[Any]] = {one: [] for one in rows.features}
    for one, kind in rows.features.items():
        if type(kind).__name__ in ("Image", "Audio"):
            rows = rows.cast_column(one, type(kind)(decode=False))
    size = 0
    for batch in rows.take(most).iter(batch_size=256):
        for one, cells in batch.items():
            columns[one].extend(cells)
            size += sum(map(_bytes, cells))
        if size > HELD:
            raise DataError(
                f"The first {len(next(iter(columns.values()))):,} samples of {name} fill {HELD / 2**30:.1f} GiB of "
                "memory already; ask for fewer, or fetch all of it without streaming."
            )
    return Taken(dict(rows.features), columns)


def _bytes(cell: Any) -> int:
    content = cell.get("bytes") if isinstance(cell, dict) else cell
    return len(content) if isinstance(content, bytes | str | list) else 16


def _parted(name: str, parts: dict[str, Any]) -> tuple[list[tuple[int, Any]], list[str]]:
    """Parts by what their names say, training first; where none says so, the largest is all there is."""
    known = [(SPELLED[part.lower()], rows) for part, rows in parts.items() if part.lower() in SPELLED and len(rows)]
    others = [part for part in parts if part.lower() not in SPELLED]
    if not any(at == SPELLED["train"] for at, _ in known):
        if not any(len(rows) for rows in parts.values()):
            raise DataError(f"The data set {name} has no sample.")
        largest = max(parts, key=lambda part: len(parts[part]))
        return [(SPELLED["train"], parts[largest])], [shown(part) for part in parts if part != largest]
    return sorted(known, key=lambda pair: pair[0]), [shown(part) for part in others]
