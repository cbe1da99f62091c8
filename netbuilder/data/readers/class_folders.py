"""Files in a folder for each class, perhaps below folders for each part: pictures, sounds."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from netbuilder.data.errors import DataError
from netbuilder.data.files import Entry, Folder, displays, few, shown
from netbuilder.data.part_names import SPELLED
from netbuilder.graph.model import natural_key

UNREADABLE = "unreadable"  # among a column's facts: files that a scan found spoilt; runs leave out the same


class Found(msgspec.Struct, frozen=True):
    """Files of a folder: their paths below it, the class and the part of each, what was left out."""

    paths: tuple[str, ...]
    classes: tuple[str, ...]
    labels: npt.NDArray[np.int64]
    given: npt.NDArray[np.int8] | None
    left_out: list[str]


def find(root: Path, endings: tuple[str, ...], what: str) -> Found:
    """The files with these endings below a folder, in natural order: by part, then by class, then by name.

    Raises DataError.
    """
    if not root.is_dir():
        raise DataError(f"{shown(root)} is a file; choose the folder that holds a folder for each class.")
    folder = Folder(root)
    top = folder.entries(root)
    parts = {entry.path: SPELLED[entry.name.strip().lower()] for entry in top if entry.folder and _part(entry.name)}
    if parts and set(parts.values()) == {SPELLED["train"]} and len(parts) < len([e for e in top if e.folder]):
        parts = {}  # a class that happens to be called train
    places = sorted(parts.items(), key=lambda pair: pair[1]) if parts else [(root, -1)]
    by_class: list[tuple[int, str, list[str]]] = []
    loose: list[tuple[int, list[str]]] = []
    for where, part in places:
        entries = folder.entries(where) if parts else top
        by_class.extend(
            (part, entry.name, _kept(folder, endings, what, folder.file_entries(entry.where)))
            for entry in entries
            if entry.folder
        )
        loose.append((part, _kept(folder, endings, what, [entry for entry in entries if not entry.folder])))
    if not any(files for _, _, files in by_class):
        by_class = [(part, "", files) for part, files in loose]
    elif beside := [path for _, files in loose for path in files]:
        folder.left_out.append(f"{len(beside):,} {what}s beside the classes' folders, such as {shown(beside[0])}")
    names = sorted({name for _, name, _ in by_class if name}, key=natural_key)
    at = {name: index for index, name in enumerate(names)}
    # In the order of their parts first, whatever the folders are called.
    sizes = [len(files) for _, _, files in by_class]
    labels = np.repeat(np.array([at.get(name, 0) for _, name, _ in by_class], dtype=np.int64), sizes)
    given = np.repeat(np.array([part for part, _, _ in by_class], dtype=np.int8), sizes)
    begin = len(os.path.join(root, ""))  # plain text: thousands of Path objects would take longer than the listing
    paths = tuple(path[begin:].replace(os.sep, "/") for _, _, files in by_class for path in files)
    return Found(paths, tuple(displays(names)), labels, given if parts else None, folder.left_out)


def _part(name: str) -> bool:
    return name.strip().lower() in SPELLED


def _kept(folder: Folder, endings: tuple[str, ...], what: str, files: Iterable[Entry]) -> list[str]:
    found = []
    for file in files:
        if os.path.splitext(file.name)[1].lower() in endings:
            found.append(file.where)
        else:
            folder.left_out.append(f"{shown(file.where)} is no {what} by its name")
    return found


def unread(sentences: list[str], what: str) -> tuple[str, ...]:
    """What is told of files that can't be read."""
    return few(sentences, f"{what} that can't be read is", f"{what}s that can't be read are")
