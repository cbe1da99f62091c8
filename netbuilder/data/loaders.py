"""The samples of a data set as the columns that its facts promise: on the device, or streamed where they are many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
import torch

from netbuilder.data.errors import DataError
from netbuilder.data.gather import Layout, gathered, piece_size, read_here
from netbuilder.data.parts import as_promised, classes_column, parted
from netbuilder.data.place import Place
from netbuilder.data.readers import read, unreadable
from netbuilder.data.reading import Reading
from netbuilder.data.rows import Rows, in_pieces
from netbuilder.data.stamps import Stamps
from netbuilder.data.streamed import Columns, Samples, Streamed
from netbuilder.data.table import Arrays, Held, Indices, Table
from netbuilder.data.treat import Fitted, Fitting
from netbuilder.graph.model import Dataset

__all__ = [
    "Batch", "Columns", "DataError", "Kept", "Loaded", "Part", "Reading", "Splits", "Streamed", "by_dataset", "close",
    "first", "load", "open_data", "samples", "taken", "together",
]  # fmt: skip

Kept = Columns | Streamed  # samples of one data set
Part = Kept | Mapping[str, Kept]  # or of several by their names
Batch = dict[str, Any]  # what a step gets: tensors by column, or such dicts by data set


class Splits(NamedTuple):
    """All samples of a data set by part: each maps a column's id to a tensor [samples, *shape], or is streamed."""

    train: Kept
    validation: Kept
    test: Kept


class Loaded(msgspec.Struct, frozen=True):
    """A data set ready to learn from. `treated` is what was done to which column, `notes` what was left out."""

    splits: Splits
    treated: Mapping[str, Fitted]
    notes: tuple[str, ...]


def load(
    dataset: Dataset, seed: int, device: torch.device | str = "cpu", place: Place | None = None, fold: int = 0,
    reading: Reading | None = None,
) -> Splits:  # fmt: skip
    """The parts of a data set; see `open_data`."""
    return open_data(dataset, seed, device, place, fold, reading).splits


def open_data(
    dataset: Dataset, seed: int, device: torch.device | str = "cpu", place: Place | None = None, fold: int = 0,
    reading: Reading | None = None,
) -> Loaded:  # fmt: skip
    """Opens, splits and treats a data set; what does not fit into memory is streamed.

    `seed` is the run's: it parts the samples unless the data set has a split_seed of its own. `place`: where its paths
    begin. `fold`: which fold is tested, from 0, where it is split in folds. `reading`: how, with whom to tell. The
    samples, their parts and treatment are the same bits in memory and streamed. Raises DataError.
    """
    reading = reading or Reading()
    reading.tell(f"Opening the data {dataset.source!r}")
    table = read(dataset, place or Place())
    if not dataset.columns:
        raise DataError(f"The data {dataset.source!r} was not looked at yet; scan it once.")
    rows = Rows(dataset, table.rows)
    if not reading.fits(rows.sample_bytes * table.count):
        return _streamed(rows, table, seed, device, fold, reading)
    try:
        table, found = _in_memory(rows, table, seed, fold, reading)
    except OSError as problem:
        raise unreadable(dataset.source, problem) from None
    train = found["train"]
    size = piece_size(rows)
    pieces = in_pieces(np.arange(len(next(iter(train.values()), ()))), size)
    treated = _fitted(table, ({id: train[id][piece] for id in table.treats} for piece in pieces))
    for id, fitted in treated.items():
        for arrays in found.values():
            arrays[id] = fitted(arrays[id])
    tensors = (
        {id: torch.from_numpy(np.ascontiguousarray(array)).to(device) for id, array in arrays.items()}
        for arrays in found.values()
    )
    return Loaded(Splits(*tensors), treated, table.notes)


def _in_memory(rows: Rows, table: Table, seed: int, fold: int, reading: Reading) -> tuple[Table, dict[str, Arrays]]:
    """The samples of each part by column, and the table with what was noted. Raises DataError, OSError."""
    dataset, column = rows.dataset, classes_column(rows.dataset, table)
    if column is None or column.id in table.known:  # which part a sample is in is known before it is read
        parts = parted(dataset, table, seed, fold)
        layout, stretches = Layout.of_parts(parts, table.count)
        arrays, notes = gathered(rows, table, reading, layout)
        table = msgspec.structs.replace(table, notes=(*table.notes, *notes))
        if arrays is not None:
            cut = ({id: array[stretch] for id, array in arrays.items()} for stretch in stretches)
            return table, {name: as_promised(dataset, found) for name, found in zip(parts._fields, cut, strict=True)}
    else:
        arrays, notes = gathered(rows, table, reading, Layout(np.arange(table.count), table.count))
        if arrays is not None:
            table = msgspec.structs.replace(table, rows=Held(arrays), known={**arrays, **table.known})
            rows = Rows(dataset, table.rows)
        table = msgspec.structs.replace(table, notes=(*table.notes, *notes))
        table = _with_classes(rows, table, Samples(rows), reading)
        parts = parted(dataset, table, seed, fold)
    return table, {name: read_here(rows, part, reading) for name, part in parts._asdict().items()}


def _streamed(rows: Rows, table: Table, seed: int, device: torch.device | str, fold: int, reading: Reading) -> Loaded:
    """As `open_data`, with parts whose samples stay where they are."""
    stamps = Stamps(table.files)
    processes = 0 if rows.in_memory else reading.processes
    plain = Samples(rows, stamps, processes=processes)
    try:
        table = _with_classes(rows, table, plain, reading)
        parts = parted(rows.dataset, table, seed, fold)
        treated = {}
        if table.treats:
            treated = _fitted(table, _read_in_pieces(plain, parts.train, "Looking at", reading))
    finally:
        plain.close()
    found = Samples(msgspec.structs.replace(rows, treated=treated), stamps, device=device, processes=processes)
    return Loaded(Splits(*(Streamed(found, part) for part in parts)), treated, table.notes)


def _with_classes(rows: Rows, table: Table, plain: Samples, reading: Reading) -> Table:
    """The table, knowing each sample's class where the split goes by that: a look at all of them if it must be."""
    column = classes_column(rows.dataset, table)
    if column is None or column.id in table.known or not table.count:
        return table
    everything = np.arange(table.count)
    labels = [found[column.id] for found in _read_in_pieces(plain, everything, "Looking at the classes of", reading)]
    return msgspec.structs.replace(table, known={**table.known, column.id: np.concatenate(labels)})


def _read_in_pieces(plain: Samples, indices: Indices, doing: str, reading: Reading) -> Iterable[Any]:
    """Arrays of these samples by column, piece by piece."""
    lists = in_pieces(indices, piece_size(plain.rows))
    done = 0
    for piece, found in zip(lists, plain.go(lists), strict=True):
        done += len(piece)
        reading.tell(f"{doing} {done:,} of {len(indices):,} samples")
        yield {id: tensor.numpy() for id, tensor in found.items()}


def _fitted(table: Table, train: Iterable[Mapping[str, Any]]) -> dict[str, Fitted]:
    """Each column's treatment, fitted to the training part in pieces."""
    fitting = {id: Fitting(treat) for id, treat in table.treats.items()}
    for arrays in train if fitting else ():
        for id, each in fitting.items():
            each.add(arrays[id])
    return {id: each.fitted() for id, each in fitting.items()}


class Together(NamedTuple):
    """All samples that a graph reads: of one data set as Splits has them, of several by their names."""

    train: Part
    validation: Part
    test: Part


def together(found: Mapping[str, Splits]) -> Together:
    """The data sets that a graph reads as one, the first of them first.

    What the first has no samples for is empty. Where another has none for a part, its training data stands in: a set
    of styles, say, that is only drawn from.
    """
    first, *others = found.values()
    if not others:
        return Together(*first)

    def of(part: str) -> Part:
        if not samples(getattr(first, part)):
            return {}
        held: dict[str, Kept] = {name: getattr(splits, part) for name, splits in found.items()}
        return {name: columns if samples(columns) else found[name].train for name, columns in held.items()}

    return Together(*map(of, Together._fields))


def by_dataset(part: Part) -> Mapping[str, Kept] | None:
    """The parts of several data sets by name, None where there is one."""
    if isinstance(part, Streamed):
        return None
    found = next(iter(part.values()), None)
    return part if isinstance(found, dict | Streamed) else None  # type: ignore[return-value]


def samples(part: Part | Batch) -> int:
    """How many samples a batch or a part holds; with several data sets, of the first."""
    if isinstance(part, Streamed):
        return len(part)
    first = next(iter(part.values()), None)
    if first is None:
        return 0
    return samples(first) if isinstance(first, dict | Streamed) else len(first)


def first(part: Kept, count: int) -> Columns:
    """The first samples of a part, at most so many; streamed ones are read now. Raises DataError."""
    if isinstance(part, Streamed):
        return part.rows(np.arange(min(count, len(part))))
    return {id: column[:count] for id, column in part.items()}


def taken(part: Kept, places: Sequence[int]) -> Columns:
    """The samples at these places of a part, by column; streamed ones are read now. Raises DataError."""
    if isinstance(part, Streamed):
        return part.rows(np.array(places, dtype=np.int64))
    return {id: column[torch.tensor(places, device=column.device)] for id, column in part.items()}


def close(parts: Iterable[Part]) -> None:
    """Ends the processes that read for these parts; what is in memory needs nothing."""
    for part in parts:
        for kept in (part, *(by_dataset(part) or {}).values()):
            if isinstance(kept, Streamed):
                kept.close()
