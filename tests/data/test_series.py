"""Drawn series: what their tasks are, worked out a second time, and numbers against another integrator."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from immutables import Map
from scipy.integrate import solve_ivp

from netbuilder.data.builtin_series import SERIES
from netbuilder.data.facts import SOURCES, facts
from netbuilder.data.loaders import load, parted
from netbuilder.data.place import Place
from netbuilder.data.readers import read
from netbuilder.data.readers.series import integrate

NAMES = [source.name for source in SERIES]


def rows(source, **params):
    table = read(facts(source, Map(params)), Place())
    return table.rows(np.arange(table.count))


@pytest.mark.parametrize("name", NAMES)
def test_the_seed_decides_and_nothing_else(name):
    one, same, other = (rows(name, samples=20, seed=seed) for seed in (3, 3, 4))
    for id, values in one.items():
        assert np.array_equal(values, same[id])
        assert not np.array_equal(values, other[id])


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_bounds_what_is_made(name):
    for param in SOURCES[name].own:
        if hasattr(param, "low"):
            assert np.isfinite(param.low)
            assert np.isfinite(param.high)
        assert param.help.endswith(".")


@settings(max_examples=25, deadline=None)
@given(
    name=st.sampled_from(["sines", "mackey_glass"]),
    window=st.integers(1, 20),
    horizon=st.integers(1, 9),
    seed=st.integers(0, 9),
)
def test_windows_have_the_promised_shapes(name, window, horizon, seed):
    params = Map(samples=30, window=window, horizon=horizon, seed=seed)
    dataset = facts(name, params)
    table = read(dataset, Place())
    found = table.rows(np.array([0, 29]))
    assert {id: values.shape[1:] for id, values in found.items()} == {c.id: c.shape for c in dataset.columns}
    assert all(values.dtype == np.float32 and np.isfinite(values).all() for values in found.values())


def test_sines_are_waves():
    found = rows("sines", samples=50, window=40, horizon=7, shortest=10.0, longest=20.0)
    series, target = found["series"][:, :, 0].astype(float), found["target"][:, 0]
    # sin(a + d) + sin(a - d) = 2 cos(d) sin(a): three neighbours tell a wave's speed, and that goes on to the target
    middle = series[:, 1:-1]
    cosine = ((series[:, 2:] + series[:, :-2]) * middle).sum(1) / (2 * middle**2).sum(1)
    length = 2 * np.pi / np.arccos(cosine)
    assert length.min() >= 9.99
    assert length.max() <= 20.01
    now, before = series[:, -1], series[:, -2]
    for _ in range(7):
        now, before = 2 * cosine * now - before, now
    assert np.allclose(now, target, atol=1e-4)


def test_noise_is_on_the_window_only():
    clean, noisy = (rows("sines", samples=400, noise=noise) for noise in (0.0, 0.3))
    assert np.array_equal(clean["target"], noisy["target"])
    assert (noisy["series"] - clean["series"]).std() == pytest.approx(0.3, rel=0.03)


@pytest.mark.parametrize("tau", [17, 30])
def test_mackey_glass_is_what_scipy_integrates(tau):
    """By the method of steps: within one delay, what drives the equation is known."""
    known = [lambda t: np.full_like(np.asarray(t, dtype=float), 0.8)]
    values, end = [0.8], 0.8
    for piece in range(8):
        drive = known[-1]

        def slope(t, x, drive=drive, start=piece * tau):
            past = drive(t - tau)
            return 0.2 * past / (1 + past**10) - 0.1 * x

        found = solve_ivp(slope, (piece * tau, (piece + 1) * tau), [end], rtol=1e-10, atol=1e-12, dense_output=True)
        known.append(lambda t, found=found: found.sol(t)[0])
        values += [float(found.sol(piece * tau + at)[0]) for at in range(1, tau + 1)]
        end = found.y[0, -1]
    assert np.allclose(integrate(0.8, len(values), tau), values, atol=2e-5)


@pytest.mark.parametrize(("window", "spacing", "horizon"), [(32, 1, 6), (4, 6, 6), (1, 1, 1)])
def test_mackey_glass_windows_are_parts_of_one_series(window, spacing, horizon):
    found = rows("mackey_glass", samples=300, window=window, spacing=spacing, horizon=horizon)
    ends = found["series"][:, -1, 0]
    assert np.array_equal(found["target"][:-horizon, 0], ends[horizon:])
    for back in range(1, window):
        assert np.array_equal(found["series"][spacing:, window - 1 - back, 0], found["series"][:-spacing, -back, 0])
    plain = rows("mackey_glass", samples=300, window=window, spacing=spacing, horizon=horizon, scale="none")
    raw = plain["series"][:, -1, 0]
    assert (raw.min(), raw.max()) == (pytest.approx(0.4, abs=0.2), pytest.approx(1.3, abs=0.1))
    slope, shift = np.polyfit(ends, raw, 1)
    assert np.allclose(ends * slope + shift, raw, atol=1e-5)
    assert (slope, shift) == (pytest.approx(0.23, abs=0.03), pytest.approx(0.92, abs=0.03))


@pytest.mark.parametrize("way", ["time", "folds"])
def test_no_value_of_a_series_is_in_two_parts(way):
    window, spacing, horizon = 8, 3, 5
    params = Map(samples=600, window=window, spacing=spacing, horizon=horizon, split=way, folds=4)
    dataset = facts("mackey_glass", params)
    table = read(dataset, Place())
    for fold in range(4 if way == "folds" else 1):
        parts = parted(dataset, table, seed=0, fold=fold)
        raw = []
        for part in parts:
            assert len(part) > 20
            shown = part[:, None] + spacing * np.arange(window)
            raw.append({*shown.ravel().tolist(), *(shown[:, -1] + horizon).tolist()})
        assert not raw[0] & raw[1]
        assert not raw[0] & raw[2]
        assert not raw[1] & raw[2]


def test_adding_marks_one_number_in_each_half():
    found = rows("adding", samples=500, steps=21)
    numbers, marks = found["series"][..., 0], found["series"][..., 1]
    assert set(np.unique(marks)) == {0.0, 1.0}
    assert np.array_equal(marks[:, :10].sum(1), np.ones(500))
    assert np.array_equal(marks[:, 10:].sum(1), np.ones(500))
    assert (marks.sum(0) > 0).all()
    sums = [numbers[at][marks[at] == 1].sum() for at in range(500)]
    assert np.allclose(found["target"][:, 0], sums)
    assert found["target"].var() == pytest.approx(1 / 6, rel=0.15)  # what always saying 1 would cost


def test_copy_asks_for_the_symbols_in_order():
    found = rows("copy", samples=200, length=4, delay=6, symbols=5)
    for tokens, target in zip(found["tokens"].tolist(), found["target"].tolist(), strict=True):
        assert tokens[4:] == [0] * 6 + [1] + [0] * 4
        assert target == [0] * 11 + tokens[:4]
        assert all(2 <= token < 7 for token in tokens[:4])
    assert load(facts("copy"), 0).train["tokens"].max() == 9


@pytest.mark.parametrize("delay", [0, 1, 3, 40])
def test_echo_says_each_bit_again(delay):
    found = rows("echo", samples=50, steps=12, delay=delay)
    bits, said = found["series"][..., 0], found["target"][..., 0]
    assert set(np.unique(bits)) == {0.0, 1.0}
    for step in range(12):
        assert np.array_equal(said[:, step], bits[:, step - delay] if step >= delay else np.zeros(50))
