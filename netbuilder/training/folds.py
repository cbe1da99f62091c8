"""A run that trains once for each fold of its data, and what it says of all of them together.

Each fold is a training of its own with the same seed, in `folds/N/` of the run's directory (N from 1): checkpoints,
sample pictures, and `results.json` once it has come to its end. The run's own results are their averages.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from netbuilder.data.facts import SOURCES
from netbuilder.graph.model import Dataset
from netbuilder.training.run import CHECKPOINTS, FOLDS, RESULTS, Run

Results = dict[str, Any]


class Fold(msgspec.Struct, frozen=True):
    """One of `count` trainings of a run, from 0. A run whose data is not in folds has a single one."""

    number: int
    count: int

    def folder(self, run: Run) -> Path:
        """Where its checkpoints, pictures and results lie."""
        return run.path / FOLDS / str(self.number + 1) if self.count > 1 else run.path

    @property
    def last(self) -> bool:
        return self.number + 1 == self.count


def fold_count(dataset: Dataset) -> int:
    """How often a run on this data set trains."""
    source = SOURCES.get(dataset.source)
    if source is None or source.value(dataset.params, "split") != "folds":
        return 1
    count = source.value(dataset.params, "folds")
    return count if isinstance(count, int) else 1


def begin(run: Run, fold: Fold) -> Path:
    """Makes the fold's folder, with its place for checkpoints; gives it. Raises OSError."""
    folder = fold.folder(run)
    (folder / CHECKPOINTS).mkdir(parents=True, exist_ok=True)
    return folder


def finished(run: Run) -> list[Results]:
    """The results of the folds that have come to their end, from the first on without a gap."""
    found: list[Results] = []
    while (results := _read(run.path / FOLDS / str(len(found) + 1) / RESULTS)) is not None:
        found.append(results)
    return found


def averaged(folds: Sequence[Results], *, largest: bool) -> Results:
    """Results of a run: means and spreads (standard deviations) over the folds, their confusion matrices added up.

    `fold` is the one, from 1, whose best checkpoint has the best validation value (`largest` or smallest); its weights
    are the run's, its sample predictions are shown.
    """
    names = [name for name in folds[0]["test"] if all(name in fold["test"] for fold in folds)]
    values = {name: [fold["test"][name] for fold in folds] for name in names}
    best = [fold["best"] for fold in folds]
    known = [at for at, value in enumerate(best) if value is not None]
    chosen = (max if largest else min)(known, key=lambda at: best[at]) if known else 0
    spare = folds[chosen]
    return {
        **spare,
        "test": {name: math.fsum(some) / len(some) for name, some in values.items()},
        "spread": {name: _spread(some) for name, some in values.items()},
        "confusion": {node: _added([fold["confusion"][node] for fold in folds]) for node in spare["confusion"]},
        "samples": [
            {**sample, "image": f"{FOLDS}/{chosen + 1}/{sample['image']}" if sample["image"] else ""}
            for sample in spare["samples"]
        ],
        "fold": chosen + 1,
        "folds": [{"test": fold["test"], "checkpoint": fold["checkpoint"], "best": fold["best"]} for fold in folds],
    }


def _spread(values: Sequence[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / max(1, len(values) - 1))


def _added(matrices: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    rows = zip(*(matrix["counts"] for matrix in matrices), strict=True)
    return {**matrices[0], "counts": [[sum(cell) for cell in zip(*same, strict=True)] for same in rows]}


def _read(path: Path) -> Results | None:
    try:
        found = msgspec.json.decode(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):
        return None
    return found if isinstance(found, dict) else None
