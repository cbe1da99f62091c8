"""A source of rows that are read one by one from a file of numbers, as a person's own large data would be.

Importable under this name from the processes that read, too.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import msgspec
import numpy as np
from immutables import Map

from netbuilder.data.errors import DataError
from netbuilder.data.place import Place
from netbuilder.data.source import Source
from netbuilder.data.table import Table, Treat
from netbuilder.graph.model import Column, Dataset

WIDTH, CLASSES = 4, ("even", "odd")
COLUMNS = (
    Column("x", shape=(WIDTH,), axes="F", role="features"),
    Column("label", shape=(), dtype="int64", role="class", classes=CLASSES),
)


class FileRows(msgspec.Struct, frozen=True):
    """Samples of WIDTH float32 each; the class is whether the number is odd. `slow`: seconds that a sample takes."""

    path: str
    slow: float = 0.0

    def __call__(self, indices):
        import time

        found = np.empty((len(indices), WIDTH), dtype=np.float32)
        with open(self.path, "rb", buffering=0) as file:
            for at, index in enumerate(indices.tolist()):
                content = os.pread(file.fileno(), 4 * WIDTH, index * 4 * WIDTH)
                if len(content) != 4 * WIDTH:
                    raise DataError(f"The file {self.path!r} ends before sample {index + 1}; it was cut short.")
                found[at] = np.frombuffer(content, dtype=np.float32)
                if np.isinf(found[at, 0]):
                    os._exit(7)  # as a decoder that crashes
        time.sleep(self.slow * len(indices))
        return {"x": found, "label": indices % 2}


def read(dataset: Dataset, place: Place) -> Table:
    path = place.path(str(dataset.params["path"]))
    rows = FileRows(str(path), float(dataset.params.get("slow", 0.0)))
    count = path.stat().st_size // (4 * WIDTH)
    treats = {"x": Treat(("median",) * WIDTH, ("standard",) * WIDTH)} if dataset.params.get("treated") else {}
    return Table(columns=COLUMNS, count=count, rows=rows, files=(path,), treats=treats)


class Loose(Source, frozen=True, kw_only=True):
    """Takes any parameter."""

    def check(self, values):
        return {}


SOURCE = Loose(name="rows", title="Rows", summary="Rows of a file.", reader="tests.data.streaming.read", needs="path")


def written(path: Path, count: int = 100, seed: int = 0) -> Path:
    """A file of so many samples."""
    numbers = np.random.default_rng(seed).normal(size=(count, WIDTH)).astype(np.float32)
    path.write_bytes(numbers.tobytes())
    return path


def dataset(path: Path, **params) -> Dataset:
    return Dataset("rows", Map({"path": path.name, **params}), COLUMNS, 0)


def modules(_piece) -> list[str]:
    """What the process that is asked has imported."""
    return sorted(sys.modules)
