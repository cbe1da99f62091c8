"""Names in the expressions of a parameter's value: which there are, and other things in their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress

from immutables import Map

from netbuilder.graph import expressions
from netbuilder.graph.model import Value, Values


def names(value: Value) -> set[str]:
    """The names that a value's expressions use; one that can't be read names nothing."""
    found: set[str] = set()
    for text in expressions.expressions(value):
        with suppress(expressions.ExpressionError):
            found.update(expressions.names(text))
    return found


def renamed(value: Value, new: Mapping[str, str]) -> Value:
    """The value with other names in its expressions; one that uses none of these stays as it was written."""

    def write(text: str) -> Value:
        if new.keys().isdisjoint(expressions.names(text)):
            return text
        return expressions.MARK + expressions.python(text, new)

    return _written(value, write)


def given(value: Value, env: Values) -> Value:
    """The value with what is given for names in its expressions in their place, computed where that is all numbers."""

    def write(text: str) -> Value:
        found = {name: env[name] for name in expressions.names(text) if name in env}
        numbers = {name: item for name, item in found.items() if isinstance(item, int | float)}
        if numbers.keys() == set(expressions.names(text)):
            return expressions.evaluate(text, numbers)
        if len(found) == 1 and text.removeprefix(expressions.MARK).strip() in found:
            return next(iter(found.values()))
        return expressions.MARK + expressions.python(text, {name: _spelled(item) for name, item in found.items()})

    return _written(value, write)


def _written(value: Value, write: Callable[[str], Value]) -> Value:
    if isinstance(value, tuple):
        return tuple(_written(item, write) for item in value)
    if isinstance(value, Map):
        return Map({name: _written(item, write) for name, item in value.items()})
    if not isinstance(value, str) or not expressions.is_expression(value):
        return value
    try:
        return write(value)
    except expressions.ExpressionError:
        return value  # it is a problem where it stands, and stays one


def _spelled(value: Value) -> str:
    """What is given for a name, as a part of an expression."""
    text = expressions.python(str(value))
    return text if expressions.is_atom(text) else f"({text})"
