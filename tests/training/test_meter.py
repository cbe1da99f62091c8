"""The meter: exact weighted means, whenever it is flushed; a loss that is no number stops with its step."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from netbuilder.training.meter import Meter, NonFinite


@given(
    st.lists(st.tuples(st.floats(-100, 100, width=32), st.integers(1, 64)), min_size=1, max_size=40),
    st.sets(st.integers(0, 40)),
)
def test_means_do_not_depend_on_when_it_is_flushed(steps, flushes):
    often, once = Meter(frozenset({"loss"})), Meter()
    for at, (value, samples) in enumerate(steps):
        values = {"loss": torch.tensor(value), "accuracy": torch.tensor(value / 2)}
        often.add((values, samples))
        once.add((values, samples))
        if at in flushes:
            often.flush(at + 1)
    often.flush(len(steps))
    once.flush(len(steps))
    assert often.sums() == once.sums()
    mean = sum(value * samples for value, samples in steps) / sum(samples for _, samples in steps)
    assert often.epoch() == pytest.approx({"loss": mean, "accuracy": mean / 2}, abs=1e-6, rel=1e-5)
    assert often.epoch() == {}


def test_sums_survive_a_checkpoint():
    meter, other = Meter(), Meter()
    meter.add(({"loss": torch.tensor(2.0)}, 3))
    meter.flush(1)
    other.restore(meter.sums())
    for each in (meter, other):
        each.add(({"loss": torch.tensor(5.0)}, 1))
        each.flush(2)
    assert meter.epoch() == other.epoch() == {"loss": 11 / 4}


def test_values_that_come_every_few_steps_are_averaged_over_those():
    meter = Meter()
    for step in range(6):
        values = {"d_loss": torch.tensor(1.0 * step)} | ({"g_loss": torch.tensor(7.0)} if step % 5 == 0 else {})
        meter.add((values, 2))
    meter.flush(6)
    assert meter.recent() == {"d_loss": 2.5, "g_loss": 7.0}


@pytest.mark.parametrize(("value", "says"), [("nan", "not a number"), ("inf", "infinite")])
def test_a_loss_that_is_no_number_names_its_step(value, says):
    meter = Meter(frozenset({"loss"}))
    for step in range(10):
        loss = float(value) if step == 6 else 1.0
        meter.add(({"loss": torch.tensor(loss), "metric": torch.tensor(float("nan"))}, 4))
    with pytest.raises(NonFinite, match=f"'loss' became {says}.* at step 107") as caught:
        meter.flush(110)
    assert caught.value.name == "loss"
