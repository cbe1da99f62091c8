"""Numbers in words, and Python's library as text."""

import argparse
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from netbuilder.data import builtin_text
from netbuilder.data.builtin_text import CHARACTERS, DIGITS, MODULES, WORDS, longest
from netbuilder.data.errors import DataError
from netbuilder.data.facts import facts
from netbuilder.data.loaders import load, parted
from netbuilder.data.place import Place
from netbuilder.data.readers import read, text_builtin
from netbuilder.data.readers.text_builtin import encode, in_words, library
from netbuilder.data.scan import scan

KNOWN = {
    0: "zero",
    7: "seven",
    10: "ten",
    13: "thirteen",
    20: "twenty",
    42: "forty two",
    100: "one hundred",
    101: "one hundred and one",
    115: "one hundred and fifteen",
    999: "nine hundred and ninety nine",
    1000: "one thousand",
    1005: "one thousand and five",
    1100: "one thousand one hundred",
    12_345: "twelve thousand three hundred and forty five",
    20_000: "twenty thousand",
    90_090: "ninety thousand and ninety",
    100_000: "one hundred thousand",
    518_017: "five hundred and eighteen thousand and seventeen",
    999_999: "nine hundred and ninety nine thousand nine hundred and ninety nine",
}


@pytest.mark.parametrize("number", KNOWN)
def test_known_numbers(number):
    assert in_words(number) == KNOWN[number].split()


@given(st.integers(0, 999_999))
def test_words_can_be_read_back(number):
    """Read as a person would: "hundred" and "thousand" multiply what stands before them."""
    values = {word: at for at, word in enumerate(builtin_text.ONES)}
    values |= {word: 10 * at for at, word in enumerate(builtin_text.TENS, start=2)}
    whole = part = 0
    for word in in_words(number):
        if word == "thousand":
            whole, part = part * 1000, 0
        elif word == "hundred":
            part *= 100
        elif word != "and":
            part += values[word]
    assert whole + part == number


@given(st.integers(0, 999_999), st.integers(0, 999_999))
def test_no_number_has_more_words_than_there_is_room_for(number, more):
    assert len(in_words(min(number, more))) <= longest(max(number, more))


def test_columns_are_what_a_decoder_needs():
    dataset = facts("numbers", Map(samples=300, largest=4000))
    table = read(dataset, Place())
    found = table.rows(np.arange(table.count))
    for digits, before, after in zip(found["digits"], found["words"], found["target"], strict=True):
        number = int("".join(DIGITS[at] for at in digits if at))
        words = [WORDS[at] for at in before if at]
        assert words == ["<start>", *in_words(number)]
        assert [WORDS[at] for at in after if at] == [*words[1:], "<end>"]
        assert np.flatnonzero(before == 0).tolist() == list(range(len(words), len(before)))


@pytest.mark.parametrize("way", ["fractions", "folds"])
def test_no_number_is_in_two_parts(way):
    splits = load(facts("numbers", Map(split=way, samples=5000)), seed=1)
    seen = [{tuple(row) for row in part["digits"].tolist()} for part in splits]
    assert sum(map(len, seen)) == len(set().union(*seen)) == 5000


def test_asked_for_more_numbers_than_there_are():
    dataset = facts("numbers", Map(samples=500, largest=99))
    assert dataset.samples == read(dataset, Place()).count == 100


def test_the_library_is_its_modules_one_after_the_other():
    dataset = facts("python_library", Map(size=150_000, window=100))
    table = read(dataset, Place())
    rows = table.rows(np.arange(table.count))
    text = "".join(CHARACTERS[at] for at in rows["text"].ravel())
    assert Path(argparse.__file__).read_text(encoding="utf-8")[:50_000].replace("\t", "\ufffd") == text[:50_000]
    assert table.count == dataset.samples == 1499
    flat = rows["text"].ravel()
    assert np.array_equal(rows["target"].ravel()[:-1], flat[1:])


def test_other_characters_are_one():
    assert [CHARACTERS[at] for at in encode("a\n~é\t漢😀 ")] == ["a", "\n", "~", *"\ufffd" * 4, " "]


@pytest.mark.parametrize("way", ["given", "time", "folds"])
@pytest.mark.parametrize("window", [50, 1000])
def test_no_character_of_the_library_is_in_two_parts(way, window):
    dataset = facts("python_library", Map(size=400_000, window=window, split=way))
    table = read(dataset, Place())
    parts = parted(dataset, table, seed=0)
    places = [{at + step for at in window * part for step in range(window + 1)} for part in parts]
    assert all(places)
    assert sum(map(len, places)) == len(set().union(*places))
    if way == "given":
        shares = [len(part) / table.count for part in parts]
        assert shares == pytest.approx([0.7, 0.1, 0.2], abs=0.04)


def test_there_is_more_text_than_may_be_asked_for():
    """With room to spare, because other versions of Python bring a little less or more."""
    size = next(param for param in builtin_text.PYTHON if param.name == "size")
    assert list(MODULES) == sorted(MODULES)
    assert len(library(10**9)) > 1.2 * size.high


def test_a_python_without_its_source_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(text_builtin.sysconfig, "get_path", lambda name: str(tmp_path))
    (tmp_path / "ast.py").write_text("x = 1\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"^This Python brings 6 characters .* fewer than the 2,000,000"):
        load(facts("python_library"), seed=0)


def test_a_scan_counts_its_tokens():
    dataset, notes = scan(facts("python_library", Map(size=100_000)), Place(), lambda share, text: None)
    counts = dataset.columns[0].facts["counts"]
    assert sum(counts) == dataset.samples * 64
    assert counts[CHARACTERS.index(" ")] == max(counts)
    assert notes == ()
