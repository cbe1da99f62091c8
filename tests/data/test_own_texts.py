"""A person's own texts: windows over files of any size, by character, byte or word; what is no text has a line."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netbuilder.data.errors import DataError
from netbuilder.data.loaders import load
from netbuilder.data.place import Place
from netbuilder.data.readers import text_blocks
from tests.data.own import opened, rows, scanned

LETTERS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\ufeff\r"), min_size=1, max_size=200)


def spoken(table, id="text"):
    """All windows as text again."""
    classes = table.columns[0].classes
    return ["".join(classes[at] for at in window) for window in rows(table)[id]]


@settings(max_examples=60, deadline=None)
@given(LETTERS, st.sampled_from(["character", "byte", "word"]), st.integers(4, 30))
def test_blocks_give_back_what_was_written(tmp_path_factory, text, by, size):
    folder = tmp_path_factory.mktemp("texts")
    (folder / "a.txt").write_bytes(text.encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_blocks, "BLOCK", size)
        blocks, names = text_blocks.read_blocks([folder / "a.txt"], by, "utf-8", 1000)
        with open(folder / "a.txt", "rb") as file:
            found = [int(at) for block in range(len(blocks.blocks)) for at in blocks.tokens(block, file)]
    if by == "byte":
        assert bytes(found) == text.encode()
    elif by == "character":
        assert "".join(names[at] for at in found) == text
    elif max(map(len, re.findall(rb"\S+", text.encode())), default=0) < size:
        # A word that is longer than a block has to be cut somewhere.
        assert len(found) == len(re.findall(r"\w+|[^\w\s]", text.lower()))


def test_windows_and_what_comes_next(tmp_path):
    (tmp_path / "t.txt").write_text("abcdefghijk", encoding="utf-8")
    table = opened(tmp_path, "text", path="t.txt", window=3)
    assert spoken(table) == ["abc", "def", "ghi"]
    assert spoken(table, "target") == ["bcd", "efg", "hij"]
    assert [(column.shape, column.role, column.axes) for column in table.columns] == [((3,), "token", "T")] * 2
    assert (table.columns[0].classes, table.reach) == (tuple("abcdefghijk"), 1)
    close = opened(tmp_path, "text", path="t.txt", window=3, stride=1)
    assert (spoken(close)[:3], close.count, close.reach) == (["abc", "bcd", "cde"], 8, 3)


def test_files_of_a_folder_are_one_text_in_natural_order(tmp_path):
    (tmp_path / "d").mkdir()
    for number in (10, 9, 1):
        (tmp_path / f"d/part {number}.txt").write_text(f"<{number}>", encoding="utf-8")
    (tmp_path / "d/picture.png").write_bytes(b"\x89PNG")
    table = opened(tmp_path, "text", path="d", window=9)
    assert spoken(table) == ["<1><9><10"]
    assert "picture.png' is no text by its name" in table.notes[0]


def test_rare_tokens_are_unknown(tmp_path):
    (tmp_path / "t.txt").write_text("Good, good dog. Good cat! " * 3 + "end", encoding="utf-8")
    table = opened(tmp_path, "text", path="t.txt", by="word", window=4, vocabulary=4)
    assert table.columns[0].classes == ("!", ",", "good", "<unknown>")
    assert rows(table, [0])["text"].tolist() == [[2, 1, 2, 3]]
    found, _ = scanned(tmp_path, "text", path="t.txt", by="word", window=4, vocabulary=4)
    assert len(found.columns[0].facts["counts"]) == 4


def test_the_parts_share_no_token(tmp_path):
    (tmp_path / "t.txt").write_bytes(np.random.default_rng(0).integers(97, 123, 4000, dtype=np.uint8).tobytes())
    found, _ = scanned(tmp_path, "text", path="t.txt", window=20, stride=5)
    parts = load(found, 0, place=Place(tmp_path))
    text = (tmp_path / "t.txt").read_text()
    classes = found.columns[0].classes

    def windows(part):
        return ["".join(classes[at] for at in window) for window in part["text"].tolist()]

    first, last = text.index(windows(parts.validation)[0]), text.index(windows(parts.train)[-1])
    assert last + 21 <= first


def test_a_text_that_does_not_fit_in_memory_is_read_in_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr(text_blocks, "BLOCK", 1000)
    monkeypatch.setattr(text_blocks, "CACHED", 20_000)
    text = "".join(chr(97 + at % 26) for at in range(50_000))
    (tmp_path / "t.txt").write_text(text)
    table = opened(tmp_path, "text", path="t.txt", window=100)
    assert "".join(spoken(table)) == text[: table.count * 100]
    assert table.rows._size == 0  # what was read in the copy was kept there
    table.rows(np.arange(table.count))
    assert table.rows._size <= 20_000


@pytest.mark.parametrize(
    ("content", "params", "says"),
    [
        (b"one\ntwo\nthr\xe4e and more", {}, r"line 3: byte 0xe4 is no utf-8; choose another encoding"),
        (b"one\nt\0wo", {}, r"line 2: holds a zero byte"),
        (b"short", {}, r"has 5 tokens, too few for a window of 64"),
        (b"", {}, r"has 0 tokens, too few"),
    ],
)
def test_what_is_no_text_is_said(tmp_path, content, params, says):
    (tmp_path / "t.txt").write_bytes(content)
    with pytest.raises(DataError, match=says):
        opened(tmp_path, "text", path="t.txt", **params)


def test_bytes_and_other_encodings_take_anything(tmp_path):
    (tmp_path / "t.txt").write_bytes(b"\0\xe4\xff" * 50)
    table = opened(tmp_path, "text", path="t.txt", by="byte", window=3)
    assert rows(table, [1])["text"].tolist() == [[0, 228, 255]]
    assert len(table.columns[0].classes) == 256
    (tmp_path / "t.txt").write_bytes("grüße".encode("latin-1"))
    assert spoken(opened(tmp_path, "text", path="t.txt", encoding="latin-1", window=4)) == ["grüß"]


def test_a_folder_without_texts_and_a_changed_file(tmp_path):
    with pytest.raises(DataError, match="There is no text file in"):
        opened(tmp_path, "text", path=".")
    path = tmp_path / "t.txt"
    path.write_text("abcdefgh")
    table = opened(tmp_path, "text", path=".", window=2)
    path.write_text("abcdefghi")
    with pytest.raises(DataError, match=r"t\.txt' was changed while it was in use"):
        rows(table, [0])
