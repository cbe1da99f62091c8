"""A person's own code: judged without running it, and written as one function that nothing breaks out of."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.code import Code, Words, function, text_of, words
from netbuilder.graph.model import Project

PYTHON = Catalogue.builtin()["Python"]
CODE = Code(name="code", default="y = x")


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("y = x", ""),
        ("    y = x\n    y = y + 1", ""),
        ("if x.ndim > 2:\n    y = x\nelse:\n    y = -x", ""),
        ("return x * 2", ""),
        ("", "there is no code yet"),
        ("  \n\n", "there is no code yet"),
        ("y = (x", "Python can't read it in line 1"),
        ("y = x\nbreak", "Python can't read it in line 2"),
        ("y = x\x00", "a character that code can't have"),
        ("y = x\u202e", "a character that code can't have"),
        ("y = " + "(" * 300 + ")" * 300, "Python can't read it"),
        ("y = " + "-" * 15000 + "x", "Python can't read it"),
        ("x" * 20_001, "at most 20000 characters"),
        (3, "expected text"),
    ],
)
def test_wrong_code_is_told_in_a_few_words(code, text):
    wrong = CODE.check(code)
    assert text in wrong
    assert bool(text) == bool(wrong)


def test_what_is_written_is_one_function():
    text = function("net_p", ("x", "mask"), ("y", "z"), "y = x\nz = mask")
    assert text == "def net_p(x, mask):\n    y = x\n    z = mask\n    return y, z"
    assert function("f", ("x",), ("y",), "return x\n") == "def f(x):\n    return x"


@given(st.text(alphabet=st.sampled_from("xy=() \n\t'\"\\:#;ifdefreturn\r"), max_size=60))
def test_nothing_that_is_accepted_leaves_its_function(code):
    if CODE.check(code):
        return
    (made,) = ast.parse(function("f", ("x",), ("y",), code)).body
    assert isinstance(made, ast.FunctionDef)


@pytest.mark.parametrize(
    "given", ["x x", "x 1y", "class", "x-y", "__import__('os')", 3, None, " ".join(map("a{}".format, range(40)))]
)
def test_names_are_identifiers_and_stand_once(given):
    assert words(given) == ()
    assert Words(name="takes", default="x").check(given)


def test_ports_follow_the_names():
    ports = PYTHON.node_ports(Map(takes="x, mask", gives="y z"), Project())
    assert [port.name for port in ports.inputs] == ["x", "mask"]
    assert [port.name for port in ports.outputs] == ["y", "z"]


def test_names_belong_to_what_is_trusted():
    assert text_of(PYTHON, Map(takes="x")) != text_of(PYTHON, Map(takes="a"))
    assert text_of(PYTHON, Map()) == "def code(x):\n    y = x\n    return y"
