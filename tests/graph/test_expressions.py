"""Expressions: what they compute, what they refuse, and that no text can do anything else."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from immutables import Map

from netbuilder.graph.expressions import (
    LARGEST,
    Environment,
    ExpressionError,
    check,
    evaluate,
    expressions,
    holds_expression,
    is_expression,
    names,
    python,
    resolved,
)
from netbuilder.graph.model import Column, Dataset

DIGITS = Dataset(
    "digits",
    columns=(
        Column("image", shape=(1, 8, 0), axes="C H W"),
        Column("label", dtype="int64", classes=tuple("0123456789")),
    ),
    samples=1797,
)
ENV = Environment(Map(channels=64, stride=2, rate=0.5, mode="same", on=True), Map(digits=DIGITS))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("=channels * 2", 128),
        ("=-channels // (stride + 1)", -22),
        ("=channels ** 2 % 7", 1),
        ("=rate / 2", 0.25),
        ("=min(channels, 8, 16) + max(1, stride)", 10),
        ("=int(rate * 3) + round(2.5)", 3),
        ("=mode", "same"),
        ("=on", True),
        ("=digits.classes", 10),
        ("=digits.samples", 1797),
        ("=digits.label.classes", 10),
        ("=digits.image.C + digits.image.h", 9),
    ],
)
def test_values(text, value):
    assert is_expression(text)
    found = evaluate(text, ENV)
    assert (found, type(found)) == (value, type(value))
    assert check(text) == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("=chanels", "no argument chanels; this graph has channels, mode, on, rate, stride"),
        ("=digit.classes", "no data set digit; the project has digits"),
        ("=digits.label.C", "digits has no digits.label.C; it has digits.classes, digits.samples, digits.image.C"),
        ("=digits.image.W", "digits has no digits.image.W"),  # that axis is free
        ("=9**9**9", "** of 9, 387420489 gives no number in bounds"),
        ("=2**31 + 1", "+ of 2147483648, 1"),
        ("=(-8) ** 0.5", "no number in bounds"),
        ("=1e308 * 10.0", "no number in bounds"),
        ("=channels // 0", "divides by zero"),
        ("=mode * 2", "is text"),
        ("=", "needs something behind"),
        ("=channels *", "can't be read"),
        ("=" + "1+" * 120 + "1", "at most 200 characters"),
        ("=" + "-" * 30 + "1", "at most 20 deep"),
        ("=" + "(" * 198, "can't be read"),
        ("=abs(1)", "can call min, max, int, round and nothing else"),
        ("=round(1, -1000000000)", "round takes 1 number"),
        ("=channels if on else 1", "not 'channels if on else 1'"),
        ("=[1, 2]", "an expression has numbers"),
        ("='text'", "no number in bounds"),
        ("=digits.image.C.real", "an expression has numbers"),
        ("=channels < 2", "an expression has numbers"),
        ("=1j", "no number in bounds"),
    ],
)
def test_what_is_wrong_is_one_clause(text, words):
    with pytest.raises(ExpressionError) as told:
        evaluate(text, ENV)
    assert words in str(told.value)
    assert "\n" not in str(told.value)
    assert not str(told.value).endswith(".")


def test_a_project_without_data_sets_and_arguments_says_so():
    with pytest.raises(ExpressionError, match="there is no argument n; this graph has no arguments"):
        evaluate("=n", Environment(Map(), Map()))
    with pytest.raises(ExpressionError, match=r"there is no data set d$"):
        evaluate("=d.classes", Environment(Map(), Map()))
    with pytest.raises(ExpressionError, match="nothing is called n"):
        evaluate("=n", {})


def test_inside_other_values():
    value = (1, "=channels", Map(a="=stride", b="plain"))
    assert holds_expression(value)
    assert not holds_expression((1, "a", Map(b=2)))
    assert list(expressions(value)) == ["=channels", "=stride"]
    assert resolved(value, ENV) == (1, 64, Map(a=2, b="plain"))
    assert names("=max(channels, digits.classes) * channels") == ("channels", "digits.classes")


NUMBERS = st.one_of(st.integers(0, 99).map(str), st.sampled_from(["0.5", "2.0"]))
NAMES = st.sampled_from(["channels", "stride", "rate", "digits.classes", "digits.image.C"])
TREES = st.recursive(
    st.one_of(NUMBERS, NAMES),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "//", "%", "**"]), inner).map(
            "({0[0]}{0[1]}{0[2]})".format
        ),
        inner.map("(-{})".format),
        st.tuples(st.sampled_from(["min", "max"]), inner, inner).map("{0[0]}({0[1]}, {0[2]})".format),
        inner.map("round({})".format),
    ),
    max_leaves=8,
)
VARIABLES = {"channels": 64, "stride": 2, "rate": 0.5}


@given(TREES)
def test_the_text_that_is_written_gives_what_was_computed(text):
    try:
        value = evaluate(text, ENV)
    except ExpressionError:
        return
    written = python(text, {"digits.classes": "10", "digits.image.C": "1"})
    assert eval(written, {}, VARIABLES) == value
    assert python(written) == written


def thrown(throw: random.Random, depth: int) -> str:
    """A random expression."""
    if depth == 0 or throw.random() < 0.25:
        return throw.choice(["a", "b", "d.image.C", "2", "0.5", "17"])
    one, other = thrown(throw, depth - 1), thrown(throw, depth - 1)
    kind = throw.choice(["(-{})", "min({}, {})", *("({}" + sign + "{})" for sign in ("+", "-", "*", "//", "%", "**"))])
    return kind.format(one, other)


def test_what_is_written_is_formatted(tmp_path: Path):
    """Some by hand, and two thousand that were thrown together."""
    texts = ["channels**2", "(channels+1)**2", "-channels**-2", "(-channels)**2", "2**max(1,2)", "a-(b-c)", "a-b-c"]
    texts += ["a*(b+c)//d", "(a*b)%c", "-(a+b)", "min(a,b)*2", "digits.image.C**rate", "2**3**2", "(2**3)**2"]
    throw = random.Random(7)
    texts += [text for _ in range(2000) if len(text := thrown(throw, 4)) < 100]  # a line that is too long is broken
    file = tmp_path / "written.py"
    file.write_text("".join(f"x = {python(text)}\n" for text in texts))
    told = subprocess.run([sys.executable, "-m", "ruff", "format", "--diff", file], capture_output=True, text=True)
    assert told.returncode == 0, told.stdout


@settings(max_examples=300)
@given(
    st.one_of(
        st.text(max_size=220),
        st.text(alphabet="()-+*/%.,0123456789abcdefxmin_ ", max_size=220),
        st.lists(st.sampled_from(["9", "**", "(", ")", "min", "max", ",", "-", "channels", ".", "1e9"])).map("".join),
    )
)
def test_nothing_but_expression_errors_and_never_for_long(text):
    started = time.perf_counter()
    for work in (names, check, python, lambda held: evaluate(held, ENV)):
        try:
            found = work(f"={text}")
        except ExpressionError:
            continue
        if isinstance(found, int):
            assert abs(found) <= LARGEST
    assert time.perf_counter() - started < 1


def test_nothing_is_ever_executed():
    for text in ("__import__('os').getcwd()", "(lambda: 1)()", "exec('1')", "channels.__class__", "[c for c in (1,)]"):
        with pytest.raises(ExpressionError):
            evaluate(f"={text}", {"channels": 64, "__import__": 1})
