"""Expressions in parameter values, such as `=channels * 2` or `=digits.classes`: read, evaluated, written as Python.

A person's text is data: it is parsed, walked over with a whitelist, and computed by the table below; nothing of it is
ever executed. Length, depth and every intermediate result are bounded, so that no text costs noticeable time.
"""

from __future__ import annotations

import ast
import math
import operator
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from immutables import Map

from netbuilder.graph.model import Column, Dataset, Value, Values, natural_key

Scalar = int | float | bool | str

MARK = "="
MAX_LENGTH = 200
MAX_DEPTH = 20
LARGEST = 2**31
_MOST_NAMED = 8


class ExpressionError(ValueError):
    """An expression that cannot be read or computed; the message is a clause that ends without a full stop."""


def is_expression(value: object) -> bool:
    """Whether a parameter's value is an expression: text that begins with "="."""
    return isinstance(value, str) and value.startswith(MARK)


def holds_expression(value: Value) -> bool:
    """Whether a value is an expression or has one somewhere inside."""
    if isinstance(value, str):
        return value.startswith(MARK)
    if isinstance(value, tuple):
        return any(map(holds_expression, value))
    return isinstance(value, Map) and any(map(holds_expression, value.values()))


def names(text: str) -> tuple[str, ...]:
    """What an expression is made from, in the order in which it stands there: "channels", "digits.image.C".

    Raises ExpressionError for text that is no expression.
    """
    return tuple(dict.fromkeys(_names(_parsed(text))))


def check(text: str) -> str:
    """What is wrong with an expression as it is written, whatever its names stand for; "" if nothing is."""
    try:
        _parsed(text)
    except ExpressionError as error:
        return str(error)
    return ""


def evaluate(text: str, env: Mapping[str, Scalar]) -> Scalar:
    """The value of an expression, with or without its "=". `env` has a value for every name, dotted ones included.

    Raises ExpressionError and nothing else.
    """
    return _value(_parsed(text), env)


def resolved(value: Value, env: Mapping[str, Scalar]) -> Value:
    """A parameter's value with every expression in it replaced by what it gives. Raises ExpressionError."""
    if isinstance(value, str):
        return evaluate(value, env) if value.startswith(MARK) else value
    if isinstance(value, tuple):
        return tuple(resolved(item, env) for item in value)
    if isinstance(value, Map):
        return Map({name: resolved(item, env) for name, item in value.items()})
    return value


def expressions(value: Value) -> Iterator[str]:
    """The expressions in a parameter's value."""
    if isinstance(value, str):
        if value.startswith(MARK):
            yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from expressions(item)
    elif isinstance(value, Map):
        for name in sorted(value, key=natural_key):
            yield from expressions(value[name])


def python(text: str, written: Mapping[str, str] = Map()) -> str:
    """The expression as Python source, spaced as formatters do. `written`: what stands for a name ("self.channels").

    Raises ExpressionError for text that is no expression.
    """
    return _written(_parsed(text), written)[0]


def is_atom(source: str) -> bool:
    """Whether a piece of Python that `python` gave can stand anywhere without parentheses."""
    tree = ast.parse(source, mode="eval").body
    return isinstance(tree, ast.Name | ast.Attribute | ast.Constant | ast.Call)


class Environment(Mapping[str, Scalar]):
    """What expressions in a graph can name: the graph's arguments, and facts of the project's data sets.

    `digits.classes` (number of classes of its first class column), `digits.samples`, `digits.label.classes`, and the
    size of an axis of a column by its letter, large or small: `digits.image.C`.
    """

    def __init__(self, arguments: Values, datasets: Mapping[str, Dataset]) -> None:
        self._arguments = arguments
        self._datasets = datasets

    def __getitem__(self, name: str) -> Scalar:
        if "." not in name:
            value = self._arguments[name]
            if not isinstance(value, bool | int | float | str):
                raise KeyError(name)
            return value
        dataset, *rest = name.split(".")
        found = _fact(self._datasets[dataset], rest)
        if found is None:
            raise KeyError(name)
        return found

    def __eq__(self, other: object) -> bool:
        """Whether it is made from the same values and the very same data sets."""
        if not isinstance(other, Environment):
            return NotImplemented
        return self._datasets is other._datasets and self._arguments == other._arguments

    __hash__ = None  # type: ignore[assignment]

    def __iter__(self) -> Iterator[str]:
        yield from sorted(self._arguments, key=natural_key)
        for name in sorted(self._datasets, key=natural_key):
            yield from (f"{name}.{fact}" for fact in _facts(self._datasets[name]))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def missing(self, name: str) -> str:
        """Why there is no such name, and which there are."""
        dataset, dot, _ = name.partition(".")
        if dot and dataset in self._datasets:
            return f"the data set {dataset} has no {name}; it has {_listed(self, dataset + '.')}"
        if dot:
            held = _listed(dict.fromkeys(sorted(self._datasets, key=natural_key)))
            return f"there is no data set {dataset}" + (f"; the project has {held}" if held else "")
        held = _listed(dict.fromkeys(sorted(self._arguments, key=natural_key)))
        return f"there is no argument {name}; " + (f"this graph has {held}" if held else "this graph has no arguments")


def _listed(names: Mapping[str, object], start: str = "") -> str:
    found = [name for name in names if name.startswith(start)]
    more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    return ", ".join(found[:_MOST_NAMED]) + more


def _fact(dataset: Dataset, path: list[str]) -> int | None:
    if path == ["samples"]:
        return dataset.samples
    if path == ["classes"]:
        return next((len(column.classes) for column in dataset.columns if column.classes), None)
    if len(path) != 2:
        return None
    column = next((column for column in dataset.columns if column.id == path[0]), None)
    if column is None:
        return None
    if path[1] == "classes":
        return len(column.classes) or None
    return _sizes(column).get(path[1].upper())


def _facts(dataset: Dataset) -> Iterator[str]:
    if any(column.classes for column in dataset.columns):
        yield "classes"
    yield "samples"
    for column in dataset.columns:
        yield from (f"{column.id}.{letter}" for letter in _sizes(column))
        if column.classes:
            yield f"{column.id}.classes"


def _sizes(column: Column) -> dict[str, int]:
    """The column's axes that have a fixed size, by letter."""
    pairs = zip(column.axes.split(), column.shape, strict=False)
    return {letter.upper(): size for letter, size in pairs if size > 0}


# Reading


def _parsed(text: str) -> ast.expr:
    source = text.removeprefix(MARK).strip()
    if not source:
        raise ExpressionError("an expression needs something behind =, such as =channels * 2")
    if len(source) > MAX_LENGTH:
        raise ExpressionError(f"an expression has at most {MAX_LENGTH} characters, this one has {len(source)}")
    return _parse(source)


@lru_cache(maxsize=4096)
def _parse(source: str) -> ast.expr:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "1if" makes Python's parser talk to programmers
            tree = ast.parse(source, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise ExpressionError(f"{_quoted(source)} can't be read as an expression") from None
    _allow(tree, source, MAX_DEPTH)
    return tree


def _allow(tree: ast.expr, source: str, depth: int) -> None:
    """Raises ExpressionError for anything but numbers, names, arithmetic and calls of the functions below."""
    if depth < 0:
        raise ExpressionError(f"an expression is nested at most {MAX_DEPTH} deep, {_quoted(source)} is deeper")
    if isinstance(tree, ast.Constant):
        if not isinstance(tree.value, int | float) or not _in_bounds(tree.value):
            raise ExpressionError(f"{_quoted(source)} has something that is no number in bounds")
    elif isinstance(tree, ast.BinOp) and type(tree.op) in _BINARY:
        _allow(tree.left, source, depth - 1)
        _allow(tree.right, source, depth - 1)
    elif isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
        _allow(tree.operand, source, depth - 1)
    elif isinstance(tree, ast.Call):
        if not isinstance(tree.func, ast.Name) or tree.func.id not in _FUNCTIONS:
            raise ExpressionError(f"an expression can call {', '.join(_FUNCTIONS)} and nothing else: {_quoted(source)}")
        _, least, most = _FUNCTIONS[tree.func.id]
        if tree.keywords or not least <= len(tree.args) <= most:
            wanted = str(least) if least == most else f"{least} or more"
            raise ExpressionError(f"{tree.func.id} takes {wanted} number{'' if wanted == '1' else 's'}")
        for item in tree.args:
            _allow(item, source, depth - 1)
    elif _dotted(tree) is None:
        raise ExpressionError(
            f"an expression has numbers, names, + - * / // % ** and {', '.join(_FUNCTIONS)}, not {_quoted(source)}"
        )


def _dotted(tree: ast.expr) -> str | None:
    """ "digits.image.C" for such a piece; None for any other."""
    parts: list[str] = []
    while isinstance(tree, ast.Attribute) and len(parts) < 2:
        parts.append(tree.attr)
        tree = tree.value
    return ".".join([tree.id, *reversed(parts)]) if isinstance(tree, ast.Name) else None


def _names(tree: ast.expr) -> Iterator[str]:
    if isinstance(tree, ast.BinOp):
        yield from _names(tree.left)
        yield from _names(tree.right)
    elif isinstance(tree, ast.UnaryOp):
        yield from _names(tree.operand)
    elif isinstance(tree, ast.Call):
        for item in tree.args:
            yield from _names(item)
    elif name := _dotted(tree):
        yield name


def _quoted(source: str) -> str:
    plain = "".join(letter if letter.isprintable() else " " for letter in source)
    return f"'{plain if len(plain) <= 40 else plain[:37] + '...'}'"


# Computing


def _value(tree: ast.expr, env: Mapping[str, Scalar]) -> Scalar:
    if isinstance(tree, ast.Constant):
        assert isinstance(tree.value, int | float)
        return tree.value
    if isinstance(tree, ast.BinOp):
        symbol, work = _BINARY[type(tree.op)]
        return _computed(work, symbol, _number(_value(tree.left, env)), _number(_value(tree.right, env)))
    if isinstance(tree, ast.UnaryOp):
        return _computed(operator.neg, "-", _number(_value(tree.operand, env)))
    if isinstance(tree, ast.Call):
        assert isinstance(tree.func, ast.Name)
        work = _FUNCTIONS[tree.func.id][0]
        return _computed(work, tree.func.id, *(_number(_value(item, env)) for item in tree.args))
    name = _dotted(tree)
    assert name is not None
    try:
        found = env[name]
    except KeyError:
        if isinstance(env, Environment):
            raise ExpressionError(env.missing(name)) from None
        raise ExpressionError(f"nothing is called {name}") from None
    if not isinstance(found, str) and not _in_bounds(found):
        raise ExpressionError(f"{name} is out of bounds")
    return found


def _number(value: Scalar) -> int | float:
    if isinstance(value, str):
        raise ExpressionError(f"{_quoted(value)} is text, which can't be calculated with")
    return value


def _computed(work: Callable[..., object], symbol: str, *numbers: int | float) -> int | float:
    try:
        found = work(*numbers)
    except ZeroDivisionError:
        raise ExpressionError("it divides by zero") from None
    except (OverflowError, ValueError):
        found = None
    if not isinstance(found, int | float) or not _in_bounds(found):
        shown = ", ".join(f"{number:g}" if isinstance(number, float) else str(number) for number in numbers)
        raise ExpressionError(f"{symbol} of {shown} gives no number in bounds")
    return found


def _in_bounds(number: int | float) -> bool:
    return abs(number) <= LARGEST if isinstance(number, int) else math.isfinite(number)


def _power(base: int | float, exponent: int | float) -> object:
    whole = isinstance(base, int) and isinstance(exponent, int)
    if whole and abs(base) > 1 and exponent > 31:  # out of bounds; not computed, since 9**9**9 would never end
        return None
    return base**exponent


_BINARY: Mapping[type[ast.operator], tuple[str, Callable[..., object]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv),
    ast.FloorDiv: ("//", operator.floordiv),
    ast.Mod: ("%", operator.mod),
    ast.Pow: ("**", _power),
}
_FUNCTIONS: Mapping[str, tuple[Callable[..., object], int, int]] = {  # with the fewest and most numbers that they take
    "min": (min, 2, MAX_LENGTH),
    "max": (max, 2, MAX_LENGTH),
    "int": (int, 1, 1),
    "round": (round, 1, 1),
}


# Writing

_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(5)
_BINDS = {"+": _SUM, "-": _SUM, "**": _POWER}


def _written(tree: ast.expr, written: Mapping[str, str]) -> tuple[str, int]:
    """Source, and how tightly its outermost operator binds."""
    if isinstance(tree, ast.Constant):
        return repr(tree.value), _ATOM
    if isinstance(tree, ast.UnaryOp):
        text, binds = _written(tree.operand, written)
        return f"-{text}" if binds in (_SIGN, _ATOM) else f"-({text})", _SIGN
    if isinstance(tree, ast.Call):
        assert isinstance(tree.func, ast.Name)
        return f"{tree.func.id}({', '.join(_written(item, written)[0] for item in tree.args)})", _ATOM
    if isinstance(tree, ast.BinOp):
        symbol = _BINARY[type(tree.op)][0]
        binds = _BINDS.get(symbol, _PRODUCT)
        left = _within(tree.left, written, _ATOM if binds == _POWER else binds)
        right = _within(tree.right, written, _SIGN if binds == _POWER else binds + 1)
        tight = binds == _POWER and "(" not in (left[0], right[0]) and _is_simple(tree.left)
        tight = tight and _is_simple(_first_of_powers(tree.right))
        return f"{left}{symbol}{right}" if tight else f"{left} {symbol} {right}", binds
    name = _dotted(tree)
    assert name is not None
    return written.get(name, name), _ATOM


def _within(tree: ast.expr, written: Mapping[str, str], least: int) -> str:
    text, binds = _written(tree, written)
    return text if binds >= least else f"({text})"


def _first_of_powers(tree: ast.expr) -> ast.expr:
    """What stands right behind the ** before it: 3 in `3**2`."""
    return tree.left if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Pow) else tree


def _is_simple(tree: ast.expr) -> bool:
    """Whether formatters write no spaces around a ** beside it."""
    if isinstance(tree, ast.UnaryOp):
        return _is_simple(tree.operand)
    return isinstance(tree, ast.Constant | ast.Name | ast.Attribute)
