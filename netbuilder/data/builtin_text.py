"""Texts that come with the program: numbers in words, and Python's own standard library. Declarations only."""

from __future__ import annotations

from typing import Any

from netbuilder.blocks.params import Int, Param
from netbuilder.data.source import Source
from netbuilder.graph.model import Column, Values

_HOME = "netbuilder.data.readers.text_builtin"

# The words of numbers below a million; the first three are signs that every vocabulary of this kind begins with.
SIGNS = ("<pad>", "<start>", "<end>")
ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
WORDS = (*SIGNS, *ONES, *TENS, "hundred", "thousand", "and")
DIGITS = ("<pad>", *"0123456789")

# What text is made of: a new line and what is printable in ASCII. The last stands for every other character.
CHARACTERS = ("\n", *map(chr, range(32, 127)), "\ufffd")

# Modules of one file that every Python from 3.11 on has. They hold some 3 million characters, a little more or less in
# each version; the text ends at a number of characters that all of them have, so that facts are true everywhere.
MODULES = (
    "argparse", "ast", "base64", "bdb", "bisect", "calendar", "cmd", "code", "codecs", "compileall", "configparser",
    "contextlib", "copy", "csv", "dataclasses", "difflib", "dis", "doctest", "enum", "filecmp", "fileinput",
    "fnmatch", "fractions", "ftplib", "functools", "getopt", "gettext", "gzip", "hashlib", "heapq", "hmac", "imaplib",
    "inspect", "ipaddress", "linecache", "locale", "lzma", "mailbox", "mimetypes", "modulefinder", "netrc", "ntpath",
    "numbers", "operator", "optparse", "os", "pdb", "pickle", "pickletools", "pkgutil", "platform", "plistlib",
    "poplib", "posixpath", "pprint", "profile", "pstats", "py_compile", "pyclbr", "pydoc", "queue", "quopri",
    "random", "reprlib", "runpy", "sched", "secrets", "selectors", "shelve", "shlex", "shutil", "smtplib", "socket",
    "socketserver", "ssl", "statistics", "subprocess", "symtable", "tabnanny", "tarfile", "tempfile", "textwrap",
    "threading", "timeit", "tokenize", "trace", "traceback", "tracemalloc", "turtle", "types", "typing", "uuid",
    "wave", "weakref", "webbrowser", "zipapp",
)  # fmt: skip

# The library's own split: stretches of a page or two in turn, so that each module has its share in all parts.
STRETCH = 2560  # characters, but at least eight windows
PARTS = (0, 0, 0, 1, 0, 0, 2, 0, 0, 2)  # 0 train, 1 validation, 2 test

NUMBERS = (
    Int(name="samples", default=9000, low=10, high=200_000, help="How many numbers are drawn; no number comes twice."),
    Int(name="largest", default=99_999, low=9, high=999_999, help="The largest number that may be drawn."),
    Int(name="seed", default=0, low=0, help="Start of the random numbers that choose; the split has its own."),
)
PYTHON = (
    Int(name="window", default=64, low=1, high=1024, help="How many characters one sample shows."),
    Int(
        name="size",
        default=2_000_000,
        low=100_000,
        high=2_500_000,
        help="How many characters of the library are taken, in the order of its modules' names.",
    ),
)


def _value(own: tuple[Param, ...], values: Values, name: str) -> Any:
    return values.get(name, {param.name: param.default for param in own}[name])


def longest(largest: int) -> int:
    """No number up to this one has more words."""
    if largest < 1000:
        return 1 if largest <= 20 else 2 if largest <= 100 else 5  # nine hundred and ninety nine
    return longest(largest // 1000) + 1 + longest(999)


def _numbers(values: Values) -> tuple[tuple[Column, ...], int]:
    largest = _value(NUMBERS, values, "largest")
    steps = longest(largest) + 1

    def column(id: str, name: str, shape: int, classes: tuple[str, ...]) -> Column:
        return Column(id, name=name, shape=(shape,), dtype="int64", axes="T", role="token", classes=classes)

    columns = (
        column("digits", "digits", len(str(largest)), DIGITS),
        column("words", "words so far", steps, WORDS),
        column("target", "next words", steps, WORDS),
    )
    return columns, min(_value(NUMBERS, values, "samples"), largest + 1)


def _python(values: Values) -> tuple[tuple[Column, ...], int]:
    window = _value(PYTHON, values, "window")
    columns = tuple(
        Column(id, name=name, shape=(window,), dtype="int64", axes="T", role="token", classes=CHARACTERS)
        for id, name in (("text", "characters"), ("target", "next characters"))
    )
    return columns, (_value(PYTHON, values, "size") - 1) // window


TEXTS: tuple[Source, ...] = (
    Source(
        name="numbers",
        title="Numbers and their English words",
        summary="Whole numbers as digits and as English words, word by word from a start to an end.",
        reader=f"{_HOME}.numbers",
        columns=_numbers,
        own=NUMBERS,
    ),
    Source(
        name="python_library",
        title="Python's standard library",
        summary="The source of Python's own modules as text, in windows of characters and those that come next. In the "
        "given split, seven of ten stretches are for training, one for validation and two for the test.",
        reader=f"{_HOME}.python_library",
        columns=_python,
        own=PYTHON,
        ways=("given", "time", "folds"),
        origin="The Python that runs this program; the text differs a little between its versions",
    ),
)
