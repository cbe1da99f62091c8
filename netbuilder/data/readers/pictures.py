"""A person's own pictures as samples: a folder for each class, or files that a table names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from immutables import Map

from netbuilder.data.errors import DataError
from netbuilder.data.files import few, shown
from netbuilder.data.own_pictures import COLORS, PICTURES
from netbuilder.data.place import Place
from netbuilder.data.readers.class_folders import UNREADABLE, find, unread
from netbuilder.data.readers.named_pictures import pictures_root, read_names
from netbuilder.data.readers.pixels import Look, look_at, most_common
from netbuilder.data.readers.values import numbers
from netbuilder.data.table import Arrays, Indices, Table
from netbuilder.graph.model import Column, Dataset, natural_key

MOST_LISTED = 10_000


class PictureRows(msgspec.Struct, frozen=True):
    """Pictures, each read from its own file, and what else is known of each sample."""

    root: str
    paths: tuple[str, ...]  # below root, with forward slashes
    look: Look
    others: Arrays

    def __call__(self, indices: Indices) -> Arrays:
        shape = (len(indices), COLORS[self.look.color], self.look.height, self.look.width)
        images = np.empty(shape, dtype=np.float32)
        for at, index in enumerate(indices.tolist()):
            self.look(f"{self.root}/{self.paths[index]}", images[at])
        return {"image": images, **{id: array[indices] for id, array in self.others.items()}}


def image_folder(dataset: Dataset, place: Place) -> Table:
    """image [C, H, W] of 0..1, and label, the class by the name of its folder.

    Pictures that lie in no folder of their own have no label. Raises DataError.
    """
    values = numbers(dataset)
    root = place.path(values["path"])
    found = find(root, PICTURES, "picture")
    if not found.paths:
        raise DataError(
            f"There is no picture in {shown(root)}: there should be a folder for each class with files that end in "
            f"{', '.join(PICTURES)}."
        )
    image, look, kept, unreadable = _looked(root, found.paths, dataset, values)
    labels = found.labels[kept]
    columns: tuple[Column, ...] = (image,)
    others: Arrays = {}
    if found.classes:
        columns += (Column("label", dtype="int64", role="class", classes=found.classes),)
        others["label"] = labels
    paths = tuple(found.paths[at] for at in kept.tolist())
    return Table(
        columns=columns,
        count=len(paths),
        rows=PictureRows(str(root), paths, look, others),
        known=others,
        given=found.given[kept] if found.given is not None else None,
        files=tuple(f"{root}/{path}" for path in paths),
        notes=(*unread(unreadable, "picture"), *few(found.left_out, "other thing is", "other things are")),
    )


def _looked(
    root: Path, paths: Sequence[str], dataset: Dataset, values: dict[str, Any]
) -> tuple[Column, Look, Indices, list[str]]:
    """The column of pictures, how they are read, which of them can be, and why others can't.

    A data set that was scanned says all of that itself, so that a run meets what the scan has shown.
    """
    known = next((column for column in dataset.columns if column.id == "image" and len(column.shape) == 3), None)
    unreadable: list[str] = []
    if known is not None:
        spoilt = known.facts.get(UNREADABLE, ())
        gone = frozenset(map(str, spoilt)) if isinstance(spoilt, tuple) else frozenset()
        there = [shown(path) not in gone if gone else True for path in paths]
        colors = {count: color for color, count in COLORS.items()}
        height, width = _size(values) or known.shape[1:]
        look = Look(height, width, _color(values, colors.get(known.shape[0], "rgb")), values["fit"])
        facts: Any = {UNREADABLE: spoilt} if gone else {}
        unreadable = sorted(gone, key=natural_key)
    else:
        found = look_at([root / path for path in paths], whole=True)
        there = [not one.wrong for one in found]
        unreadable = [one.wrong for one in found if one.wrong]
        if not any(there):
            raise DataError(f"None of the {len(paths):,} pictures in {shown(root)} can be read: {unreadable[0]}.")
        if len(unreadable) > MOST_LISTED:
            raise DataError(
                f"{len(unreadable):,} of the {len(paths):,} pictures in {shown(root)} can't be read; {unreadable[0]}."
            )
        grey = all(one.grey for one in found if not one.wrong)
        height, width = _size(values) or most_common(found)
        look = Look(height, width, _color(values, "grey" if grey else "rgb"), values["fit"])
        gone_now = tuple(shown(path) for path, fine in zip(paths, there, strict=True) if not fine)
        facts = {UNREADABLE: gone_now} if gone_now else {}
    shape = (COLORS[look.color], look.height, look.width)
    column = Column("image", shape=shape, axes="C H W", role="image", facts=Map(facts))
    return column, look, np.flatnonzero(there), unreadable


def _size(values: dict[str, Any]) -> tuple[int, int] | None:
    size = values["size"]
    return size if isinstance(size, tuple) else (size, size) if size else None


def _color(values: dict[str, Any], auto: str) -> str:
    return auto if values["color"] == "auto" else str(values["color"])


def image_table(dataset: Dataset, place: Place) -> Table:
    """image [C, H, W] of the files that a table names, and a column for each target: its class, or a number [1].

    Raises DataError with the table's file and line.
    """
    values = numbers(dataset)
    path = place.path(values["path"])
    root = pictures_root(path, values["images"])
    named = read_names(path, root, values)
    if not named.files:
        raise DataError(f"{shown(path)} names no picture that has a value to predict.")
    image, look, kept, unreadable = _looked(root, named.files, dataset, values)
    others = {column.id: array[kept] for column, array in zip(named.columns, named.arrays, strict=True)}
    paths = tuple(named.files[at] for at in kept.tolist())
    return Table(
        columns=(image, *named.columns),
        count=len(paths),
        rows=PictureRows(str(root), paths, look, others),
        known=others,
        by=named.by[kept] if named.by is not None else None,
        files=(path, *(f"{root}/{one}" for one in paths)),
        notes=(*named.notes, *unread(unreadable, "picture")),
    )


def _unread(sentences: list[str]) -> tuple[str, ...]:
    return few(sentences, "picture that can't be read is", "pictures that can't be read are")
