"""The jobs that look at data: what is in it, and some of its samples. They import no torch, so they start at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from netbuilder.blocks.trust import Trust
from netbuilder.data.cells import cell
from netbuilder.data.errors import DataError
from netbuilder.data.guess import guess
from netbuilder.data.kinds import kind_of
from netbuilder.data.parts import chosen, parted, values
from netbuilder.data.place import Place
from netbuilder.data.readers import read, unreadable
from netbuilder.data.scan import scan
from netbuilder.data.table import Indices, Table
from netbuilder.graph.model import Dataset
from netbuilder.graph.plain import dataset_from_plain, dataset_to_plain
from netbuilder.jobs.errors import Request, Tell, read_request

PARTS = ("train", "validation", "test")
MOST = 1000  # samples that one request may want
PIECE = 16  # samples between two words of progress


class ScanRequest(msgspec.Struct):
    """`dataset` as a project's file has it, its columns may be missing; `base` is the project's folder, "" for none.

    `shown`: paths outside of it that a person has just pointed at.
    """

    dataset: dict[str, Any]
    base: str = ""
    shown: list[str] = []


class GuessRequest(msgspec.Struct):
    """`path` is the whole path of a file or folder that a person has just pointed at."""

    path: str


class SamplesRequest(msgspec.Struct):
    """`count` samples from the one numbered `offset` on, of the `part` (or "" for all).

    They come in the order of the data or, `mixed`, in one that has all classes among the first, always the same.

    `label`: only samples of this class of the column `of`. `seed`: the run's, for data without a split of its own.
    `to`: a folder for the pictures. The others as for a scan.
    """

    dataset: dict[str, Any]
    to: str
    base: str = ""
    shown: list[str] = []
    part: str = "train"
    of: str = ""
    label: int = -1
    offset: int = 0
    count: int = 48
    seed: int = 0
    fold: int = 0
    mixed: bool = False
    scratch: str = ""


def scan_job(request: Request, tell: Tell) -> dict[str, Any]:
    """The facts of a data set after looking at every value of it, and sentences about what was left out."""
    asked = read_request(request, ScanRequest)
    found, notes = scan(dataset_from_plain(asked.dataset), _place(asked), tell)
    return {"dataset": dataset_to_plain(found), "notes": list(notes)}


def guess_job(request: Request, tell: Tell) -> dict[str, Any]:
    """In which ways a file or folder can be read, the likeliest first, each as a data set with the reason."""
    asked = read_request(request, GuessRequest)
    tell(0.0, "Looking what it is")
    found = guess(Path(asked.path))
    return {
        "guesses": [
            {
                "dataset": dataset_to_plain(Dataset(one.source, one.params)),
                "reason": one.reason,
                "columns": list(one.columns),
            }
            for one in found
        ]
    }


class SamplesJob:
    """Samples as cells by column (`data.cells`), with how many there are in each part, and of each class in it.

    The data that was opened last stays open, so that a process that stays turns pages at once.
    """

    def __init__(self) -> None:
        self._open: tuple[tuple[object, ...], Table] | None = None

    def __call__(self, request: Request, tell: Tell) -> dict[str, Any]:
        asked = read_request(request, SamplesRequest)
        dataset = dataset_from_plain(asked.dataset)
        key = (dataset, asked.base, tuple(asked.shown))
        if self._open is None or self._open[0] != key:
            self._open = None
            tell(0.0, "Opening the data")
            self._open = key, read(dataset, _place(asked))
        try:
            return _samples(asked, dataset, self._open[1], tell)
        except DataError:
            self._open = None  # it may have changed since it was opened
            raise


def _samples(asked: SamplesRequest, dataset: Dataset, table: Table, tell: Tell) -> dict[str, Any]:
    if not dataset.columns:
        dataset = msgspec.structs.replace(dataset, columns=table.columns, samples=table.count)
    notes = list(table.notes)
    try:
        parts = _parts(dataset, table, asked, notes)
        found = parts[asked.part] if asked.part else np.arange(table.count)
        balance: dict[str, dict[str, list[int]]] = {}
        for column in dataset.columns:
            if column.id != asked.of and (kind_of(column) != "class" or balance):
                continue
            labels = values(dataset, table, column.id)
            balance[column.id] = {
                name: np.bincount(labels[part], minlength=len(column.classes)).tolist() for name, part in parts.items()
            }
            if column.id == asked.of and asked.label >= 0:
                found = found[labels[found] == asked.label]
        if asked.mixed:
            found = found[np.random.default_rng(0).permutation(len(found))]
        taken = found[max(0, asked.offset) : max(0, asked.offset) + min(asked.count, MOST)]
        rows = _rows(dataset, table, taken, Path(asked.to), tell)
    except OSError as problem:
        raise unreadable(dataset.source, problem) from None
    counts = {name: len(part) for name, part in parts.items()}
    return {"rows": rows, "total": len(found), "parts": counts, "balance": balance, "notes": notes}


def _parts(dataset: Dataset, table: Table, asked: SamplesRequest, notes: list[str]) -> dict[str, Indices]:
    """The parts by name; where they can't be made and none is asked for, there are none and it is noted."""
    try:
        return parted(dataset, table, asked.seed, asked.fold)._asdict()
    except DataError as problem:
        if asked.part:
            raise
        notes.append(str(problem))
        return {}


def _rows(dataset: Dataset, table: Table, taken: Indices, folder: Path, tell: Tell) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for start in range(0, len(taken), PIECE):
        tell(start / max(1, len(taken)), f"Reading sample {start + 1:,} of {len(taken):,}")
        piece = taken[start : start + PIECE]
        arrays = chosen(dataset, table, piece)
        for at, index in enumerate(piece.tolist()):
            cells = {}
            for column in dataset.columns:

                def keep(png: bytes, name: str = f"{column.id}-{index}.png") -> str:
                    path = folder / name
                    path.write_bytes(png)
                    return str(path)

                cells[column.id] = cell(column, arrays[column.id][at], keep)
            rows.append({"index": index, "cells": cells})
    return rows


def _place(asked: ScanRequest | SamplesRequest) -> Place:
    return Place(Path(asked.base) if asked.base else None, Trust.of_this_machine(), map(Path, asked.shown))
