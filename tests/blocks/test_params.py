"""Kinds of parameter: what a person types comes back as it was shown, and wrong values get a sentence."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netbuilder.blocks.params import Bool, Choice, Float, Floats, Inferred, Int, Ints, Shape, Size, Text

WHOLE = st.integers(-(2**31), 2**31 - 1)
REAL = st.floats(allow_nan=False, allow_infinity=False)


@given(WHOLE)
def test_an_int_is_read_as_it_is_shown(value):
    assert Int().parse(Int().show(value)) == value


@given(REAL)
def test_a_float_is_read_as_it_is_shown_to_the_last_digit(value):
    assert Float().parse(Float().show(value)) == value


@given(st.lists(REAL, min_size=3, max_size=3).map(tuple))
def test_floats_are_read_as_they_are_shown(value):
    param = Floats(count=3)
    assert param.parse(param.show(value)) == value


@given(st.one_of(st.integers(0, 99), st.tuples(st.integers(0, 99), st.none() | st.integers(0, 99))))
def test_a_size_is_read_as_it_is_shown(value):
    param = Size(rank=2, holes=True)
    assert param.parse(param.show(value)) == value


@given(st.lists(WHOLE, min_size=1, max_size=8).map(tuple))
def test_ints_are_read_as_they_are_shown(value):
    assert Ints().parse(Ints().show(value)) == value


@given(st.lists(st.sampled_from(["T", "H2", "3", "28"]), max_size=5))
def test_a_shape_is_read_as_it_is_written(rest):
    text = " ".join(["N", *rest])
    assert Shape().parse(text) == text
    assert Shape().parse(", ".join(["N", *rest])) == text
    assert Shape().parse(" x ".join(["N", *rest])) == text
    assert Shape().source(text) == repr(text)


@given(st.one_of(st.none(), st.booleans(), WHOLE, st.floats(), st.text(max_size=20), st.tuples(st.text(), WHOLE)))
def test_any_value_gets_a_verdict_and_never_an_error(value):
    params = [Int(), Float(), Bool(), Text(), Shape(), Choice(options=("a",)), Size(), Ints(), Floats(), Inferred()]
    for param in params:
        assert isinstance(param.check(value), str)
        if param.check(value) == "" and value is not None and not isinstance(param, Inferred):
            assert eval(param.source(value), {"float": float}) in (value, _number(value))


def _number(value):
    return float(value) if isinstance(value, str) and value in ("inf", "-inf") else value


@pytest.mark.parametrize(
    ("param", "text", "value"),
    [
        (Size(rank=2), "3x5", (3, 5)),
        (Size(rank=2), "3 × 5", (3, 5)),
        (Size(rank=2), "(3, 5)", (3, 5)),
        (Size(rank=2, words=("same",)), "same", "same"),
        (Size(rank=2, holes=True), "none, 4", (None, 4)),
        (Int(optional=True), "none", None),
        (Int(optional=True), "", None),
        (Float(), "1e-3", 0.001),
        (Float(), "inf", "inf"),
        (Bool(), "Yes", True),
        (Ints(), "-1, 8", (-1, 8)),
    ],
)
def test_what_people_type(param, text, value):
    assert param.parse(text) == value


@pytest.mark.parametrize(
    ("param", "text", "words"),
    [
        (Int(low=1), "x", 'expected int, got "x"'),
        (Int(low=1), "0", "must be at least 1, is 0"),
        (Int(low=1, high=2**20), "2000000", "must be 1 to 1048576, is 2000000"),
        (Float(low=0.0, high=1.0), "1.5", "must be 0 to 1, is 1.5"),
        (Float(), "nan", 'expected a number, got "nan"'),
        (Size(rank=2), "1, 2, 3", "expected one int or 2 of them, got 3"),
        (Size(rank=2), "", "expected one int or 2 of them, got 0"),
        (Choice(options=("a", "b")), "c", 'expected one of a, b, got "c"'),
        (Shape(), "1 8 8", 'the first axis is the batch, N, not "1"'),
        (Shape(), "N 0 8", '"0" is neither a size nor the name of a free axis'),
        (Shape(), "N " * 17, "at most 16 axes, has 17"),
        (Text(longest=3), "long", "at most 3 characters, has 4"),
    ],
)
def test_what_is_wrong_is_said_with_the_numbers(param, text, words):
    with pytest.raises(ValueError) as caught:
        param.parse(text)
    assert str(caught.value) == words


def test_not_a_number_never_passes_a_limit():
    assert Float(low=0.0).check(math.nan)
    assert Float().check(math.nan)
    assert Float(high=1.0).check("inf") == "must be at most 1, is inf"
