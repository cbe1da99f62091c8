"""Arguments of a network: what it declares, what a placement gives, and the parameter kind that holds that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from immutables import Map

from netbuilder.blocks.params import Bool, Float, Int, Param, Text
from netbuilder.blocks.spelling import outer_commas, short, spell
from netbuilder.graph import expressions
from netbuilder.graph.expressions import is_expression
from netbuilder.graph.model import NONE, Graph, Value, Values, natural_key
from netbuilder.graph.names import is_id

_KINDS: Mapping[type, Param] = {bool: Bool(), int: Int(), float: Float(), str: Text()}


class Arguments(Param, frozen=True, kw_only=True):
    """What a placement gives its network: values or expressions by the name of the network's argument."""

    expected: ClassVar[str] = "arguments such as channels: 64, stride: =n"
    takes_expressions: ClassVar[bool] = True

    def _check(self, value: Value) -> str:
        if not isinstance(value, Map):
            return f"expected {self.expected}, got {spell(value)}"
        for name in sorted(value, key=natural_key):
            if wrong := check_argument(name, value[name]):
                return wrong
        return ""

    def _with_stand_ins(self, value: Value) -> Value:
        items = value.items() if isinstance(value, Map) else ()
        return Map({name: 0 if is_expression(item) else item for name, item in items})

    def _parse(self, text: str) -> Value:
        found: dict[str, Value] = {}
        for part in filter(None, map(str.strip, outer_commas(text))):
            name, colon, value = (piece.strip() for piece in part.partition(":"))
            if not colon or not is_id(name) or not value:
                raise ValueError(f"expected {self.expected}, got {spell(part)}")
            found[name] = parse_argument(value)
        return Map(found)

    def _parse_written(self, text: str) -> Value:
        return self._parse(text)

    def _show(self, value: Value) -> str:
        if not isinstance(value, Map):
            return str(value)
        return ", ".join(f"{name}: {show_argument(value[name])}" for name in sorted(value, key=natural_key))


def parse_argument(text: str) -> Value:
    """The value of an argument as typed: an expression, a number, true or false, or else a word."""
    if is_expression(text):
        return text
    for param in (Bool(), Int(), Float()):
        try:
            if text not in ("0", "1") or isinstance(param, Int):
                return param.parse(text)
        except ValueError:
            continue
    return text


def show_argument(value: Value) -> str:
    """The value of an argument as a person would type it."""
    return str(value).lower() if isinstance(value, bool) else short(value)


def check_argument(name: str, value: Value) -> str:
    """What is wrong with an argument and its plain value in a few words, "" if nothing is."""
    if not is_id(name):
        return f"{spell(name)} cannot be the name of an argument"
    if type(value) not in _KINDS or is_expression(value):
        return f"{name} has to be a number, true or false, or a word, not {spell(value)}"
    wrong = _KINDS[type(value)].check(value)
    return f"{name}: {wrong}" if wrong else ""


def wrong_arguments(graph: Graph) -> dict[str, str]:
    """What is wrong with the arguments that a network declares, by name."""
    return {name: wrong for name, value in graph.arguments.items() if (wrong := check_argument(name, value))}


def declared(graph: Graph) -> Values:
    """The arguments that a network declares with their defaults; wrong ones are left out."""
    wrong = wrong_arguments(graph)
    if not wrong:
        return graph.arguments
    return NONE.update({name: value for name, value in graph.arguments.items() if name not in wrong})


def filled(graph: Graph, given: Mapping[str, Value]) -> Values:
    """The network's arguments for a placement that gives these values: its own, defaults for the rest."""
    held = declared(graph)
    return held.update({name: value for name, value in given.items() if name in held and value != held[name]})


def misfit(network: str, graph: Graph, given: Mapping[str, Value]) -> str:
    """What is wrong with the values that a placement gives, computed ones; "" if nothing is."""
    held = declared(graph)
    for name in sorted(given, key=natural_key):
        if name not in held:
            there = ", ".join(sorted(held, key=natural_key))
            end = f"its arguments are {there}" if there else "it has no arguments"
            return f"{network} has no argument {name}; {end}"
        wanted, value = held[name], given[name]
        if isinstance(wanted, float) and isinstance(value, int) and not isinstance(value, bool):
            continue
        if wrong := expressions_free(_KINDS[type(wanted)], value):
            return f"{name}: {wrong}"
    return ""


def expressions_free(param: Param, value: Value) -> str:
    """What is wrong with a computed value: it is text only where text is wanted."""
    return expressions.check(str(value)) if is_expression(value) else param.check(value)
