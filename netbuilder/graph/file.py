"""Project files (NAME.netbuilder): versioned JSON, one node a line, limits checked first, saved whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import stat
from pathlib import Path
from typing import Any

import msgspec

from netbuilder.graph.errors import FileError, NewerVersion, TooLarge
from netbuilder.graph.model import Project
from netbuilder.graph.plain import change_from_plain, change_to_plain, project_from_plain, project_to_plain
from netbuilder.graph.scan import MAX_NODES, find_repeated, scan
from netbuilder.graph.walk import VERSION, Walk
from netbuilder.graph.write import TORN, copy_beside, write_atomically

__all__ = [
    "MAX_BYTES",
    "MAX_NODES",
    "VERSION",
    "FileError",
    "NewerVersion",
    "TooLarge",
    "change_from_plain",
    "change_to_plain",
    "decode",
    "dumps",
    "load",
    "loads",
    "project_from_plain",
    "project_to_plain",
    "read",
    "save",
    "write",
]

MAX_BYTES = 64 * 2**20


def load(path: str | os.PathLike[str]) -> Project:
    """Reads a project file. Raises FileError (TooLarge, NewerVersion) with one sentence, whatever is there."""
    return loads(read(path))


def loads(data: bytes) -> Project:
    """The project in these bytes. Nothing in them is run. Raises FileError (TooLarge, NewerVersion)."""
    plain, keys = decode(data)
    walk = Walk()
    project = walk.project(plain)
    if walk.keys != keys:
        raise find_repeated(data)
    return project


def decode(data: bytes) -> tuple[Any, int]:
    """Plain values of JSON bytes, and the number of object keys in them, after the limits were checked."""
    if len(data) > MAX_BYTES:
        raise TooLarge(f"it is larger than {MAX_BYTES // 2**20} MiB")
    keys = scan(data).keys
    try:
        return msgspec.json.decode(data), keys
    except UnicodeDecodeError:
        raise FileError("it is not UTF-8 text") from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise FileError(f"it is not JSON that can be read: {error}") from None


def dumps(project: Project) -> bytes:
    """The file's bytes: the same for equal projects, whatever their history.

    Raises FileError for what could not be loaded again (a title of a million characters, too many nodes).
    """
    plain = project_to_plain(project)
    project_from_plain(plain)
    data = (_format(plain) + "\n").encode()
    if len(data) > MAX_BYTES:
        raise TooLarge(f"the project would need more than {MAX_BYTES // 2**20} MiB")
    scan(data)
    return data


def save(project: Project, path: str | os.PathLike[str]) -> None:
    """Writes the file whole, or leaves the old one as it was. Raises FileError with one sentence.

    What a newer netbuilder wrote is not written over (NewerVersion).
    """
    write(dumps(project), path)


def write(data: bytes, path: str | os.PathLike[str]) -> None:
    """Puts these bytes of a project (`dumps`) in a file, as `save` does. Raises FileError with one sentence."""
    target = Path(path)
    _keep_newer(target)
    try:
        write_atomically(target, data)
    except OSError as error:
        raise FileError(f"{target.name} was not saved: {words(error)}") from error


def _keep_newer(path: Path) -> None:
    """Raises NewerVersion for a newer file, FileError for what is no file. Our own begin with the version."""
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return  # nothing is there yet, or writing says what is wrong
    _regular(path, found, limit=False)
    with contextlib.suppress(OSError), open(path, "rb") as file:
        if (match := _HEAD.match(file.read(200))) and int(match[1]) > VERSION:
            raise NewerVersion(f"a newer netbuilder wrote {path.name} (format {int(match[1])}); it stays as it is")


_HEAD = re.compile(rb'\s*\{\s*"netbuilder"\s*:\s*([0-9]{1,9})\b')


# Reading


def read(path: str | os.PathLike[str]) -> bytes:
    """The bytes of a project file, whole even where writing it was interrupted. Raises FileError with one sentence."""
    return _whole(Path(path))


def _whole(path: Path) -> bytes:
    data = _read(path)
    if data[:1] == TORN:
        with contextlib.suppress(FileError):
            return _read(copy_beside(path))
    return data


def _read(path: Path) -> bytes:
    try:
        # Looked at before it is opened: opening a pipe waits for a writer, opening a device may do anything.
        _regular(path, os.stat(path))
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(handle, "rb") as file:
            _regular(path, os.fstat(handle))
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, FileError):
            raise
        raise FileError(f"{path.name} cannot be read: {words(error)}") from error
    if len(data) > MAX_BYTES:
        raise TooLarge(f"{path.name} is larger than {MAX_BYTES // 2**20} MiB")
    return data


def _regular(path: Path, found: os.stat_result, limit: bool = True) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise FileError(f"{path.name} is a folder")
    if not stat.S_ISREG(found.st_mode):
        raise FileError(f"{path.name} is not an ordinary file")
    if limit and found.st_size > MAX_BYTES:
        raise TooLarge(f"{path.name} is larger than {MAX_BYTES // 2**20} MiB")


_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.ENOENT: "there is no such file or folder",
    errno.EACCES: "it may not be touched (permission denied)",
    errno.EPERM: "it may not be touched (not permitted)",
    errno.EROFS: "the disk is read-only",
    errno.EISDIR: "it is a folder",
    errno.ENOTDIR: "a part of its path is no folder",
    errno.ENAMETOOLONG: "its name is too long",
    errno.ELOOP: "its symbolic links go in a circle",
}


def words(error: OSError | ValueError) -> str:
    """What the system refused, in words that a person knows."""
    known = _REASONS.get(error.errno or 0) if isinstance(error, OSError) else None
    return known or getattr(error, "strerror", None) or str(error)


# Writing

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode

# What stands on lines of its own: the path so far, "*" for any name. Everything else is one line.
_OPEN = {
    (),
    ("datasets",),
    ("datasets", "*"),
    ("datasets", "*", "columns"),
    ("graphs",),
    ("graphs", "*"),
    ("graphs", "*", "nodes"),
    ("graphs", "*", "links"),
    ("graphs", "*", "frames"),
    ("settings",),
    ("settings", "*"),
}


def _format(value: Any, path: tuple[str, ...] = ()) -> str:
    if path not in _OPEN or not value:
        return _encode(value)
    indent = "  " * (len(path) + 1)
    if isinstance(value, list):
        lines, ends = [_format(item, (*path, "*")) for item in value], "[]"
    else:
        # Under "graphs" and the like names are free; elsewhere they are fields.
        free = len(path) == 1
        lines = [f"{_encode(name)}: {_format(item, (*path, '*' if free else name))}" for name, item in value.items()]
        ends = "{}"
    inner = f",\n{indent}".join(lines)
    return f"{ends[0]}\n{indent}{inner}\n{indent[2:]}{ends[1]}"
