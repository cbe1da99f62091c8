"""Ids: every text has one, and no id can hide anything in generated source."""

from __future__ import annotations

import ast
import builtins
import keyword
import unicodedata

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from netbuilder.graph.model import input_key, natural_key
from netbuilder.graph.names import MAX_ID, fresh_id, is_id, make_id

anything = st.text(st.characters(), max_size=200)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("sepal length (cm)", "sepal_length_cm"),
        ("Conv2d", "conv2d"),
        ("MaxPool2d", "max_pool2d"),
        ("MSELoss", "mse_loss"),
        ("BCEWithLogitsLoss", "bce_with_logits_loss"),
        ("LeakyReLU", "leaky_relu"),
        ("LSTM", "lstm"),
        ("class", "class_"),
        ("Input", "input_"),
        ("2nd", "n2nd"),
        ("größe", "größe"),
        ("", "item"),
        ("()", "item"),
    ],
)
def test_readable(text, name):
    assert make_id(text) == name


@given(anything)
def test_every_text_has_an_id_that_python_takes_as_it_is(text):
    name = make_id(text)
    assert is_id(name)
    tree = ast.parse(f"{name} = 1")
    assert tree.body[0].targets[0].id == name
    assert make_id(name) == name


@given(st.one_of(anything, st.sampled_from([*keyword.kwlist, *dir(builtins), "self", "nn", "torch", "F", "_"])))
def test_an_id_hides_nothing(text):
    if is_id(text):
        assert unicodedata.normalize("NFKC", text) == text
        assert not keyword.iskeyword(text)
        assert not hasattr(builtins, text)
        assert text not in {"self", "nn", "torch", "F"}
        assert len(text) <= MAX_ID


@pytest.mark.parametrize("text", ["ﬁn", "x" * 101, "a b", "a-b", "", "1a", "print", "ｎｎ", "lambda", "a\n"])
def test_no_id(text):
    assert not is_id(text)


def test_made_ids_hide_no_part_of_a_module():
    for name in [*dir(torch.nn.Module()), "forward"]:
        made = make_id(name)
        assert not hasattr(torch.nn.Module(), made), name


@given(st.sets(st.integers(1, 40)), st.sampled_from(["conv", "conv2d", "Conv2d", "MSELoss", "conv7", "", "9"]))
def test_a_fresh_id_is_free(numbers, base):
    stem = fresh_id((), base)[:-1]
    taken = {f"{stem}{number}" for number in numbers}
    found = fresh_id(taken, base)
    assert found not in taken
    assert is_id(found)
    number = int(found[len(stem) :])
    assert number == 1 or f"{stem}{number - 1}" in taken


def test_ids_in_a_row_have_no_gaps_and_cost_a_few_looks():
    class Counted(set):
        looks = 0

        def __contains__(self, name):
            self.looks += 1
            return super().__contains__(name)

    taken = Counted()
    for number in range(1, 2000):
        assert fresh_id(taken, "Conv2d") == f"conv2d{number}"
        taken.add(f"conv2d{number}")
    taken.looks = 0
    fresh_id(taken, "conv2d5")
    assert taken.looks <= 24


@given(st.lists(st.text("ab019_", max_size=6)))
def test_natural_order_is_total(names):
    ordered = sorted(set(names), key=natural_key)
    backwards = ordered[::-1]
    assert sorted(backwards, key=natural_key) == ordered


def test_natural_order():
    names = ["conv10", "conv", "a2b10", "conv2", "a2b9", "conv1"]
    assert sorted(names, key=natural_key) == ["a2b9", "a2b10", "conv", "conv1", "conv2", "conv10"]
    ends = [("a10", "x", 0), ("a2", "y", 0), ("a2", "x", 10), ("a2", "x", 2)]
    from netbuilder.graph.model import Input

    assert sorted((Input(*end) for end in ends), key=input_key) == [ends[3], ends[2], ends[1], ends[0]]
