"""The samples of a data set, on the device, as the columns that its facts promise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
import numpy as np
import torch
from torch import Tensor

from netbuilder.data.errors import DataError
from netbuilder.data.parts import chosen, parted
from netbuilder.data.place import Place
from netbuilder.data.readers import read, unreadable
from netbuilder.data.treat import Fitted, fit
from netbuilder.graph.model import Dataset

__all__ = ["DataError", "Loaded", "Splits", "by_dataset", "load", "open_data", "samples", "together"]

Columns = dict[str, Tensor]  # by column id; the first axis is the samples
Part = Columns | dict[str, Columns]  # samples of one data set, or of several by their names
Batch = dict[str, Any]  # what a step gets: as a Part


class Splits(NamedTuple):
    """All samples of a data set by part; each part maps a column's id to a tensor [samples, *shape] on the device."""

    train: Columns
    validation: Columns
    test: Columns


class Loaded(msgspec.Struct, frozen=True):
    """A data set ready to learn from. `treated` is what was done to which column, `notes` what was left out."""

    splits: Splits
    treated: Mapping[str, Fitted]
    notes: tuple[str, ...]


def load(
    dataset: Dataset, seed: int, device: torch.device | str = "cpu", place: Place | None = None, fold: int = 0
) -> Splits:
    """The parts of a data set; see `open_data`."""
    return open_data(dataset, seed, device, place, fold).splits


def open_data(
    dataset: Dataset, seed: int, device: torch.device | str = "cpu", place: Place | None = None, fold: int = 0
) -> Loaded:
    """Loads, splits and treats a data set.

    `seed` is the run's: it parts the samples unless the data set has a split_seed of its own. `place`: where its paths
    begin. `fold`: which fold is tested, from 0, where it is split in folds. Raises DataError.
    """
    table = read(dataset, place or Place())
    if not dataset.columns:
        raise DataError(f"The data {dataset.source!r} was not looked at yet; scan it once.")
    try:
        parts = parted(dataset, table, seed, fold)
        found = {name: chosen(dataset, table, part) for name, part in parts._asdict().items()}
    except OSError as problem:
        raise unreadable(dataset.source, problem) from None
    treated = {}
    for id, treat in table.treats.items():
        treated[id] = fit(treat, [found["train"][id]])
        for arrays in found.values():
            arrays[id] = treated[id](arrays[id])
    tensors = (
        {id: torch.from_numpy(np.ascontiguousarray(array)).to(device) for id, array in arrays.items()}
        for arrays in found.values()
    )
    return Loaded(Splits(*tensors), treated, table.notes)


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
        held: dict[str, Columns] = {name: getattr(splits, part) for name, splits in found.items()}
        spare: dict[str, Any] = {name: splits.train for name, splits in found.items()}
        return {name: columns if samples(columns) else spare[name] for name, columns in held.items()}

    return Together(*map(of, Together._fields))


def by_dataset(part: Part) -> dict[str, Columns] | None:
    """The parts of several data sets by name, None where there is one."""
    found = next(iter(part.values()), None)
    return part if isinstance(found, dict) else None  # type: ignore[return-value]


def samples(part: Mapping[str, Any]) -> int:
    """How many samples a batch or a part holds; with several data sets, of the first."""
    first = next(iter(part.values()), None)
    if first is None:
        return 0
    return samples(first) if isinstance(first, dict) else len(first)
