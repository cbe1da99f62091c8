"""A person's own files, made by a test, and what becomes of them."""

from __future__ import annotations

import csv
import gzip
import pickle
import struct
from pathlib import Path
from typing import Any

import numpy as np
from immutables import Map
from PIL import Image

from netbuilder.data.place import Place
from netbuilder.data.readers import read
from netbuilder.data.scan import scan
from netbuilder.data.table import Arrays, Table
from netbuilder.graph.model import Dataset


def value(plain: Any) -> Any:
    """Plain values as a project holds them."""
    if isinstance(plain, dict):
        return Map({name: value(inner) for name, inner in plain.items()})
    return tuple(map(value, plain)) if isinstance(plain, list | tuple) else plain


def dataset(source: str, **params: Any) -> Dataset:
    return Dataset(source, Map({name: value(one) for name, one in params.items()}))


def opened(folder: Path, source: str, **params: Any) -> Table:
    return read(dataset(source, **params), Place(folder))


def scanned(folder: Path, source: str, **params: Any) -> tuple[Dataset, tuple[str, ...]]:
    return scan(dataset(source, **params), Place(folder), lambda share, words: None)


def rows(table: Table, indices: list[int] | None = None) -> Arrays:
    """Samples as another process would read them."""
    chosen = np.arange(table.count) if indices is None else np.array(indices, dtype=np.int64)
    return pickle.loads(pickle.dumps(table.rows))(chosen)


def write_csv(path: Path, *lines: list[Any], **form: Any) -> Path:
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file, **form).writerows(lines)
    return path


def picture(path: Path, height: int = 6, width: int = 8, *, seed: int = 0, mode: str = "RGB") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    shape = (height, width, 3) if mode == "RGB" else (height, width)
    pixels = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def write_idx(path: Path, array: Any, packed: bool = False) -> Path:
    kinds = {"|u1": 8, "|i1": 9, ">i2": 11, ">i4": 12, ">f4": 13, ">f8": 14}
    head = bytes([0, 0, kinds[array.dtype.str], array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    content = head + array.tobytes()
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(content) if packed else content)
    return path
