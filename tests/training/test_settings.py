"""Settings: one contract over the whole table."""

import pytest

from netbuilder.training.settings import SETTINGS, Settings, SettingsError, parse, resolve


@pytest.mark.parametrize("param", SETTINGS, ids=lambda param: param.name)
def test_each_setting_has_help_and_a_default_that_it_allows_and_can_be_typed(param):
    assert param.help.endswith(".")
    assert param.check(param.default) == ""
    assert getattr(Settings(), param.name) == param.default
    name, value = parse(f"{param.name}={param.show(param.default)}")
    assert resolve({name: value}) == Settings()


def test_values_are_taken_over_and_whole_numbers_become_seconds():
    chosen = resolve({"epochs": 3, "checkpoint_seconds": 2})
    assert chosen.epochs == 3
    assert isinstance(chosen.checkpoint_seconds, float)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"epoch": 3}, "no setting 'epoch'"),
        ({"epochs": 0}, "epochs: must be"),
        ({"epochs": "3"}, 'epochs: expected int, got "3"'),
        ({"device": "tpu"}, "device: expected one of auto"),
    ],
)
def test_what_is_wrong_is_said(values, says):
    with pytest.raises(SettingsError, match=says):
        resolve(values)


@pytest.mark.parametrize("text", ["epochs", "nothing=3", "epochs=three", "batch_size=0"])
def test_what_is_typed_wrong_is_said(text):
    with pytest.raises(SettingsError, match=r"\.$"):
        parse(text)
