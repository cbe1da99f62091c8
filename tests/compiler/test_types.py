"""Sizes as pairs of two runs, and the names they are shown by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netbuilder.compiler.report import Flow
from netbuilder.compiler.types import ShapeError, Symbols, TensorType, fixed, mismatch, parse_shape

SYMBOLS = Symbols(["T", "H", "W"])
N, T, H, W = (SYMBOLS.sizes[name] for name in "NTHW")


def combined(first: tuple[int, int], second: tuple[int, int]) -> tuple[int, int]:
    return first[0] * second[0], first[1] * second[1]


def test_fixed_sizes_and_names() -> None:
    assert SYMBOLS.flow(TensorType((N, (8, 8), T))) == Flow(("N", 8, "T"))
    assert str(SYMBOLS.flow(TensorType((N, (8, 8), T)))) == "N x 8 x T"
    assert str(SYMBOLS.flow(fixed())) == "scalar"


def test_products() -> None:
    assert SYMBOLS.size(combined(N, T)) == "N*T"
    assert SYMBOLS.size(combined(combined(H, W), (12, 12))) == "12*H*W"


@given(name=st.sampled_from("NTHW"), factor=st.integers(1, 8), offset=st.integers(-20, 20))
def test_lines_are_found(name: str, factor: int, offset: int) -> None:
    size = SYMBOLS.sizes[name]
    shown = SYMBOLS.size((factor * size[0] + offset, factor * size[1] + offset))
    head = name if factor == 1 else f"{factor}*{name}"
    assert shown == (f"{head}{offset:+d}" if offset else head)


def test_what_no_formula_fits_keeps_a_dash() -> None:
    assert SYMBOLS.size((T[0] // 2, T[1] // 2)) == "T'"
    assert SYMBOLS.size(((H[0] - 2) * (W[0] - 2), (H[1] - 2) * (W[1] - 2))) in ("H'", "W'")


@given(count=st.integers(1, 40), scale=st.sampled_from([0, 1]))
def test_free_axes_never_look_alike(count: int, scale: int) -> None:
    sizes = list(Symbols([f"A{at}" for at in range(count)], scale).sizes.values())
    for run in (0, 1):
        assert len({size[run] for size in sizes}) == len(sizes)
    assert all(first != second for first, second in sizes)


def test_shapes_are_read() -> None:
    assert parse_shape(" N 1  8 8 ") == ("N", 1, 8, 8)
    assert parse_shape("") == ()
    assert parse_shape("N T_in 16") == ("N", "T_in", 16)


@pytest.mark.parametrize("text", ["N 0", "N -1", "N 1.5", "N x;y", "N " + "9" * 30, "N ６", "N ſ", "N " * 17, "N __x"])
def test_wrong_shapes_are_told(text: str) -> None:
    with pytest.raises(ShapeError):
        parse_shape(text)


def test_a_declared_shape_takes_what_fits() -> None:
    assert not mismatch(("N", 8, "T"), TensorType((N, (8, 8), T)))
    assert not mismatch(("N", 8, "T"), TensorType((N, (8, 8), (5, 5))))
    assert mismatch(("N", 8, "T"), TensorType((N, (9, 9), T)))
    assert mismatch(("N", 8), TensorType((N, (8, 8), T)))
    assert mismatch(("N", "N"), TensorType((N, T)))
