"""What a file or folder that somebody points at may be: sources with their parameters, the likeliest first. No torch.

Only the beginning of files is read, and of a folder no more than some thousand names.
"""

from __future__ import annotations

import stat
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from immutables import Map

from netbuilder.data.errors import DataError
from netbuilder.data.files import Folder, opened, shown, unreadable
from netbuilder.data.guess_tables import Guess, csv_table, looks_like_a_table, parquet_table
from netbuilder.data.own_pictures import PICTURES
from netbuilder.data.own_sounds import SOUNDS
from netbuilder.data.own_tables import TABLE
from netbuilder.data.own_texts import TEXTS
from netbuilder.data.part_names import SPELLED

__all__ = ["Guess", "guess"]

MOST_NAMES = 20_000
_TABLES = tuple(TABLE.endings)
_IDX = frozenset({0x08, 0x09, 0x0B, 0x0C, 0x0D, 0x0E})
_CIFAR = ("data_batch", "test_batch")
_PICKLE = "it can bring code along that runs when it is opened; save its numbers as .npy or .npz"
_OTHERS = {
    **dict.fromkeys((".xlsx", ".xls", ".ods"), "save the sheet as CSV"),
    **dict.fromkeys(
        (".csv.gz", ".tsv.gz", ".txt.gz", ".zip", ".tar", ".tar.gz", ".tgz", ".7z", ".rar"), "unpack it first"
    ),
    **dict.fromkeys((".pkl", ".pickle", ".pt", ".pth", ".joblib"), _PICKLE),
    **dict.fromkeys((".h5", ".hdf5", ".mat"), "save its arrays as .npy or .npz"),
    **dict.fromkeys((".db", ".sqlite", ".sqlite3"), "save the table as CSV"),
}


_FromFolder = Callable[[Path, list[Path], Counter[str]], Iterator[Guess]]


def guess(path: Path) -> list[Guess]:
    """All ways in which it can be read, the likeliest first. Raises DataError where there is none, with why."""
    try:
        kind = path.stat().st_mode
    except (OSError, ValueError) as problem:
        raise unreadable(path, problem) from None
    if stat.S_ISDIR(kind):
        return _folder(path)
    if not stat.S_ISREG(kind):
        raise DataError(f"{shown(path)} is neither a file nor a folder, so it is not read as data.")
    with opened(path) as file:
        begin = file.read(2**18)
    if not begin:
        raise DataError(f"{shown(path)} is empty.")
    for ending, instead in _OTHERS.items():
        if path.name.lower().endswith(ending):
            raise DataError(f"{shown(path)} is of a kind that is not read here: {instead}.")
    for fits, found in _FILES:
        if fits(path, begin):
            return found(path, begin)
    raise DataError(
        f"{shown(path)} is of no kind that is known here: tables (CSV, Parquet), arrays (NumPy, IDX, CIFAR), texts, "
        "and folders of pictures or sounds."
    )


# Files


def _one_of_many(path: Path, begin: bytes) -> list[Guess]:
    what = "picture" if path.suffix.lower() in PICTURES else "sound"
    raise DataError(f"{shown(path)} is a single {what}; choose the folder that holds all of them.")


def _arrays(path: Path, begin: bytes) -> list[Guess]:
    from netbuilder.data.readers.array_columns import guess_kind  # numpy, which no window starts with
    from netbuilder.data.readers.arrays import find_arrays, grouped

    columns, given, _ = grouped(find_arrays(path)[0])
    kinds = {name: guess_kind(name, raw) for name, raw in columns.items()}
    params: dict[str, Any] = {"path": str(path), "columns": Map({name: Map({"as": kinds[name]}) for name in kinds})}
    if given is not None:
        params["split"] = "given"
    shapes = ", ".join(f"{shown(name)} {raw.shape}" for name, raw in list(columns.items())[:4])
    return [Guess("numpy", Map(params), f"NumPy arrays: {shapes}.", tuple(columns))]


def _is_idx(path: Path, begin: bytes) -> bool:
    packed = begin[:2] == b"\x1f\x8b" and "idx" in path.name.lower()
    return packed or (len(begin) > 8 and begin[:2] == b"\0\0" and begin[2] in _IDX and 1 <= begin[3] <= 6)


def _idx(path: Path, begin: bytes) -> list[Guess]:
    return [Guess("idx", Map(path=str(path)), "An IDX file, as MNIST's are; its labels are looked for beside it.")]


def _cifar(path: Path, begin: bytes) -> list[Guess]:
    return [Guess("cifar", Map(path=str(path)), "Its size is that of CIFAR's records: 32 x 32 pixels and a label.")]


def _text(path: Path, begin: bytes) -> list[Guess]:
    encoding = "utf-8" if _is_utf8(begin) else "cp1252"
    found = Guess("text", Map(path=str(path), encoding=encoding), f"A text; its letters are {encoding}.")
    return [*csv_table(path, begin), found] if looks_like_a_table(path, begin) else [found]


def _is_text(path: Path, begin: bytes) -> bool:
    named = path.suffix.lower() in (*TEXTS, "")
    return b"\0" not in begin and (named or (_is_utf8(begin) and begin.isascii() and b"\n" in begin))


def _is_utf8(begin: bytes) -> bool:
    try:
        begin[:-4].decode("utf-8") if len(begin) >= 2**18 else begin.decode("utf-8")
    except UnicodeDecodeError as problem:
        return len(begin) >= 2**18 and problem.start >= len(begin) - 8  # a letter that is cut in two
    return True


# Folders


def _folder(path: Path) -> list[Guess]:
    folder = Folder(path)
    names = list(islice(folder.files(path), MOST_NAMES))
    if not names:
        why = f": {folder.left_out[0]}" if folder.left_out else ""
        raise DataError(f"There is no file in {shown(path)}{why}.")
    counts = Counter(name.suffix.lower() for name in names)
    found = [one for kind in _FOLDERS for one in kind(path, names, counts)]
    if not found:
        common = ", ".join(ending or "no ending" for ending, _ in counts.most_common(3))
        raise DataError(f"Nothing in {shown(path)} is of a kind that is known here; most files have {common}.")
    return found


def _class_folders(source: str, endings: tuple[str, ...], what: str) -> _FromFolder:
    """Files with these endings in a folder for each class, or without any."""

    def found(path: Path, names: list[Path], counts: Counter[str]) -> Iterator[Guess]:
        those = [name for name in names if name.suffix.lower() in endings]
        if len(those) < max(1, len(names) / 2):
            return
        tops = [entry.name for entry in Folder(path).entries(path) if entry.folder]
        parts = [name for name in tops if name.strip().lower() in SPELLED]
        classes = {name.parent.name for name in those if name.parent != path}
        many = f"{len(those):,}{' or more' if len(names) == MOST_NAMES else ''} {what}s"
        if len(parts) > 1 and any(SPELLED[name.strip().lower()] for name in parts):
            reason = f"{many} in folders named {', '.join(parts)}, and below them a folder for each class."
            yield Guess(source, Map(path=str(path), split="given"), reason)
        elif classes:
            reason = f"{many} in {len(classes):,} folders, each a class."
            yield Guess(source, Map(path=str(path)), reason)
        else:
            yield Guess(source, Map(path=str(path)), f"{many} without folders: no classes, {what}s alone.")

    return found


def _text_folder(path: Path, names: list[Path], counts: Counter[str]) -> Iterator[Guess]:
    texts = sum(counts[ending] for ending in TEXTS)
    if texts > len(names) / 2:
        yield Guess("text", Map(path=str(path)), f"{texts:,} text files, one after the other.")


def _array_folder(path: Path, names: list[Path], counts: Counter[str]) -> Iterator[Guess]:
    """Arrays, IDX files or CIFAR's records that lie right in the folder."""
    files = [entry.path for entry in Folder(path).entries(path) if not entry.folder]
    if any(file.suffix.lower() == ".npy" for file in files):
        yield from _arrays(path, b"")
    if any(file.suffix.lower() == ".bin" and file.stem.lower().startswith(_CIFAR) for file in files) or (
        {"train.bin", "fine_label_names.txt"} <= {file.name.lower() for file in files}
    ):
        yield Guess("cifar", Map(path=str(path), split="given"), "CIFAR's binary files by their names.")
    idx = [file.name.lower() for file in files if "idx" in file.name.lower() and _begins_as_idx(file)]
    if idx:
        parted = any("train" in name for name in idx) and any("t10k" in name or "test" in name for name in idx)
        params = {"path": str(path), **({"split": "given"} if parted else {})}
        yield Guess("idx", Map(params), f"{len(idx)} IDX files, as MNIST's are.")


def _begins_as_idx(file: Path) -> bool:
    with opened(file) as content:
        return _is_idx(file, content.read(16))


def _inside(path: Path, names: list[Path], counts: Counter[str]) -> Iterator[Guess]:
    """What the few tables that lie in a folder may be."""
    tables = [name for name in names if name.suffix.lower() in _TABLES]
    for table in tables[:3]:
        try:
            found = guess(table)
        except DataError:
            continue  # something else is in this folder that can be read; if nothing is, that is said
        if counts.total() > len(tables) + 3:
            found = [one for one in found if one.source == "image_table"]
        yield from found


_FILES: tuple[tuple[Callable[[Path, bytes], bool], Callable[[Path, bytes], list[Guess]]], ...] = (
    (lambda path, begin: begin[:4] == b"PAR1" or path.suffix.lower() in (".parquet", ".pq"), parquet_table),
    (lambda path, begin: begin[:6] == b"\x93NUMPY" or path.suffix.lower() in (".npy", ".npz"), _arrays),
    (lambda path, begin: path.suffix.lower() in (*PICTURES, *SOUNDS), _one_of_many),
    (lambda path, begin: path.suffix.lower() in _TABLES, csv_table),
    (_is_idx, _idx),
    (
        lambda path, begin: (
            path.suffix.lower() == ".bin" and any(path.stat().st_size % step == 0 for step in (3073, 3074))
        ),
        _cifar,
    ),
    (_is_text, _text),
)
_FOLDERS: tuple[_FromFolder, ...] = (
    _inside,
    _class_folders("image_folder", PICTURES, "picture"),
    _class_folders("sound_folder", SOUNDS, "sound"),
    _array_folder,
    _text_folder,
)
