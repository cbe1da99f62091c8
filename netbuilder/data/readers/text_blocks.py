"""Text of any length by token numbers: files are cut into blocks, of which the places are kept and some the tokens."""

from __future__ import annotations

import codecs
from collections import Counter, OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from netbuilder.data.errors import DataError
from netbuilder.data.files import Stamp, shown, stamp
from netbuilder.data.readers.cells import UNKNOWN, cut, token_names
from netbuilder.data.table import Arrays, Indices

BLOCK = 2**16  # bytes
CACHED = 2**26  # bytes of tokens that are kept in each process
_PRUNE = 2_000_000
_BOM = codecs.BOM_UTF8


class Block(NamedTuple):
    """A piece of a file that no token crosses."""

    file: int
    at: int
    size: int


class Blocks(msgspec.Struct, frozen=True):
    """All tokens of some files in a row. `starts`: the number of each block's first token, and the count of all."""

    stamps: tuple[Stamp, ...]
    blocks: npt.NDArray[np.int64]  # [blocks, 3]: file, at, size
    starts: npt.NDArray[np.int64]
    by: str
    encoding: str
    places: dict[str, int]

    def tokens(self, block: int, file: Any) -> npt.NDArray[np.int32]:
        """The tokens of a block as their places in the vocabulary. Raises DataError."""
        number, at, size = self.blocks[block].tolist()
        content = _read(file, self.stamps[number].path, at, size)
        if self.by == "byte":
            return np.frombuffer(content, dtype=np.uint8).astype(np.int32)
        text = content.decode(self.encoding)
        unknown = self.places.get(UNKNOWN, 0)
        return np.array([self.places.get(token, unknown) for token in cut(text, self.by)], dtype=np.int32)


class TokenRows:
    """Windows of tokens, and of those one further on. Blocks that were read are kept as long as there is room."""

    def __init__(self, blocks: Blocks, window: int, stride: int) -> None:
        self.blocks, self.window, self.stride = blocks, window, stride
        self._kept: OrderedDict[int, npt.NDArray[np.int32]] = OrderedDict()
        self._size = 0

    def __reduce__(self) -> tuple[Any, ...]:
        return TokenRows, (self.blocks, self.window, self.stride)

    @property
    def count(self) -> int:
        """How many windows there are, each with a token after it."""
        return max(0, (int(self.blocks.starts[-1]) - self.window - 1) // self.stride + 1)

    def __call__(self, indices: Indices) -> Arrays:
        found = np.empty((len(indices), self.window + 1), dtype=np.int64)
        for place, index in enumerate(indices.tolist()):
            self._window(index * self.stride, found[place])
        return {"text": found[:, :-1], "target": found[:, 1:]}

    def _window(self, start: int, out: npt.NDArray[np.int64]) -> None:
        block = int(np.searchsorted(self.blocks.starts, start, side="right")) - 1
        filled = 0
        while filled < len(out):
            tokens = self._block(block)
            first = start + filled - int(self.blocks.starts[block])
            part = tokens[first : first + len(out) - filled]
            out[filled : filled + len(part)] = part
            filled, block = filled + len(part), block + 1

    def _block(self, block: int) -> npt.NDArray[np.int32]:
        if block in self._kept:
            self._kept.move_to_end(block)
            return self._kept[block]
        own = self.blocks
        with own.stamps[int(own.blocks[block, 0])].opened() as file:
            tokens = own.tokens(block, file)
        if len(tokens) != own.starts[block + 1] - own.starts[block]:
            path = own.stamps[int(own.blocks[block, 0])].path
            raise DataError(f"{shown(path)} was changed while it was in use; scan the data again.")
        self._kept[block] = tokens
        self._size += tokens.nbytes
        while self._size > CACHED and len(self._kept) > 1:
            self._size -= self._kept.popitem(last=False)[1].nbytes
        return tokens


def read_blocks(files: Sequence[Path], by: str, encoding: str, most: int) -> tuple[Blocks, tuple[str, ...]]:
    """Goes through all files once: where blocks lie, which tokens there are. Gives the vocabulary's names, too.

    Raises DataError with file and line.
    """
    stamps = tuple(map(stamp, files))
    blocks: list[Block] = []
    lengths: list[int] = []
    counts: Counter[str] = Counter()
    for number, one in enumerate(stamps):
        for block, content in _cut(one, number, encoding if by != "byte" else "", by):
            tokens: Sequence[Any] = content if by == "byte" else cut(content.decode(encoding), by)
            if by != "byte":
                counts.update(tokens)
                if len(counts) > _PRUNE:
                    counts = Counter(dict(counts.most_common(_PRUNE // 2)))
            if len(tokens):
                blocks.append(block)
                lengths.append(len(tokens))
    order = [] if by == "byte" else _vocabulary(counts, most)
    names = tuple(f"{byte:02x}" for byte in range(256)) if by == "byte" else tuple(token_names(order))
    starts = np.cumsum([0, *lengths]).astype(np.int64)
    kept = np.array(blocks, dtype=np.int64).reshape(-1, 3)
    return Blocks(stamps, kept, starts, by, encoding, {token: at for at, token in enumerate(order)}), names


def _vocabulary(counts: Counter[str], most: int) -> list[str]:
    """In order of the characters if all find room; else the most common ones and <unknown>."""
    if len(counts) <= most:
        return sorted(counts)
    common = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[: most - 1]
    return [*sorted(token for token, _ in common), UNKNOWN]


def _cut(one: Stamp, number: int, encoding: str, by: str) -> Iterator[tuple[Block, bytes]]:
    """Blocks of a file with their bytes; they end where a token does. Raises DataError for bytes that are no text."""
    with one.opened() as file:
        at = len(_BOM) if encoding == "utf-8" and file.read(3) == _BOM else 0
        line = 1
        while at < one.size:
            content = _read(file, one.path, at, min(BLOCK, one.size - at))
            if at + len(content) < one.size:
                content = content[: _end(content, encoding, by)]
            if encoding:
                _check(content, encoding, one.path, line)
            yield Block(number, at, len(content)), content
            at += len(content)
            line += content.count(b"\n")


def _end(content: bytes, encoding: str, by: str) -> int:
    """Where a block may end: for words after a space, if there is one; for characters where one ends."""
    if by == "word":
        found = max(content.rfind(space) for space in (b" ", b"\n", b"\t"))
        if found >= 0:
            return found + 1
    end = len(content)
    if encoding == "utf-8":
        # Back to the first byte of a character: those that go on with one are 10xxxxxx.
        while end > len(content) - 4 and content[end - 1] & 0xC0 == 0x80:
            end -= 1
        if content[end - 1] >= 0xC0:
            end -= 1
        else:
            end = len(content)
    return end or len(content)


def _check(content: bytes, encoding: str, path: Path, line: int) -> None:
    if b"\0" in content:
        at = line + content[: content.index(b"\0")].count(b"\n")
        raise DataError(f"{shown(path)}, line {at}: holds a zero byte, so it is no text; take it by byte.")
    try:
        content.decode(encoding)
    except UnicodeDecodeError as problem:
        at = line + content[: problem.start].count(b"\n")
        raise DataError(
            f"{shown(path)}, line {at}: byte {content[problem.start]:#04x} is no {encoding}; choose another "
            "encoding, or take the text by byte."
        ) from None


def _read(file: Any, path: Path, at: int, size: int) -> bytes:
    file.seek(at)
    content: bytes = file.read(size)
    if len(content) < size:
        raise DataError(f"{shown(path)} became shorter while it was in use; scan the data again.")
    return content
