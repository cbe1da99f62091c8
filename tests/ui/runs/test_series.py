"""The numbers of a run, from records to curves."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from netbuilder.ui.runs.header import spell_seconds
from netbuilder.ui.runs.series import Growing, History


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), max_size=1500))
def test_growing_holds_what_was_appended(points):
    growing = Growing()
    for x, y in points:
        growing.append(x, y)
    assert list(zip(growing.x, growing.y, strict=True)) == points


def test_records_become_curves():
    history = History()
    grown = history.take(
        [
            {"kind": "step", "step": 10, "time": 0.5, "values": {"loss": 2.0}, "lr": {"adam": 0.1}, "speed": 100},
            {"kind": "step", "step": 20, "time": 1.0, "values": {"loss": 1.0}, "lr": {"adam": 0.1}, "speed": 90},
            {"kind": "epoch", "step": 20, "epoch": 1, "train": {"loss": 1.5}, "validation": {"loss": 1.2}},
            {"kind": "test", "values": {"loss": 1.1}},
            {"kind": "of a later version", "step": 99},
        ]
    )
    assert grown == {("loss", "train"), ("loss", "validation"), ("learning rate", "adam"), ("speed", "samples/s")}
    assert list(history.curves["loss", "train"].y) == [2.0, 1.0]
    assert history.test == {"loss": 1.1}
    assert history.step == 20


def test_what_only_epochs_know_has_a_train_curve_of_a_point_each():
    history = History()
    for epoch in (1, 2):
        figures = {"loss": 1.5, "f1": 0.5 * epoch}
        history.take(
            [
                {"kind": "step", "step": 10 * epoch, "values": {"loss": 2.0}},
                {"kind": "epoch", "step": 10 * epoch, "epoch": epoch, "train": figures, "validation": {"f1": 0.4}},
            ]
        )
    assert set(history.curves) == {("loss", "train"), ("f1", "train"), ("f1", "validation")}
    assert list(history.curves["f1", "train"].y) == [0.5, 1.0]
    assert list(history.curves["f1", "train"].x) == [10, 20]
    assert list(history.curves["loss", "train"].y) == [2.0, 2.0]


def test_a_resumed_run_forgets_what_came_after_its_checkpoint():
    history = History()
    history.take([{"kind": "step", "step": n, "values": {"loss": float(n)}} for n in range(1, 300)])
    grown = history.take([{"kind": "resumed", "step": 100}, {"kind": "step", "step": 101, "values": {"loss": -1.0}}])
    curve = history.curves["loss", "train"]
    assert ("loss", "train") in grown
    assert np.all(np.diff(curve.x) > 0)
    assert list(curve.x) == list(range(1, 102))
    assert curve.y[-1] == -1.0


def test_durations_in_words():
    assert [spell_seconds(s) for s in (0.4, 59, 65, 3599.6, 7800)] == [
        "0 s",
        "59 s",
        "1 min 05 s",
        "1 h 00 min",
        "2 h 10 min",
    ]
