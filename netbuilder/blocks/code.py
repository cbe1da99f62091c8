"""Python that a person writes into a node: how it is checked without being run, and the function that it becomes."""

from __future__ import annotations

import ast
import textwrap
import warnings
from functools import lru_cache
from typing import ClassVar

from netbuilder.blocks.params import Text
from netbuilder.blocks.spec import Block
from netbuilder.blocks.spelling import spell
from netbuilder.graph.model import Value, Values
from netbuilder.graph.names import is_id

PART = "python"  # of blocks that hold such code
MOST_LETTERS = 20_000
_MOST_WORDS = 32


def words(value: Value) -> tuple[str, ...]:
    """The names in "x mask"; none where the value holds anything else, or one twice."""
    found = tuple(value.replace(",", " ").split()) if isinstance(value, str) else ()
    return found if all(map(is_id, found)) and len(set(found)) == len(found) <= _MOST_WORDS else ()


class Words(Text, frozen=True, kw_only=True):
    """Names with spaces between them, each an identifier, none twice."""

    expected: ClassVar[str] = "names with spaces between them"
    shortest: int = 0

    def _check(self, value: Value) -> str:
        if wrong := super()._check(value):
            return wrong
        assert isinstance(value, str)
        given = value.replace(",", " ").split()
        if len(given) < self.shortest:
            return "needs at least one name"
        if len(given) > _MOST_WORDS:
            return f"at most {_MOST_WORDS} names, has {len(given)}"
        for name in given:
            if not is_id(name):
                return f"{spell(name)} cannot be a name: letters, digits and _, and no word that Python or torch uses"
        return "" if len(set(given)) == len(given) else "has a name twice"


class Code(Text, frozen=True, kw_only=True):
    """The body of a function. It is parsed, never run, to say what is wrong with it."""

    expected: ClassVar[str] = "Python code"
    longest: int = MOST_LETTERS

    def _check(self, value: Value) -> str:
        if wrong := super()._check(value):
            return wrong
        assert isinstance(value, str)
        return _wrong(value)

    def _parse(self, text: str) -> Value:
        return text


def text_of(block: Block, values: Values) -> str:
    """All of a node's own code as one function, its names and its body: what a person reads and trusts."""
    takes, gives, code = (str(block.value(values, name)) for name in ("takes", "gives", "code"))
    return function("code", words(takes), words(gives), code)


def function(name: str, takes: tuple[str, ...], gives: tuple[str, ...], code: str) -> str:
    """The body as the text of a function that returns what it gives, unless it ends in a return of its own."""
    body = code.replace("\r\n", "\n").replace("\r", "\n").strip("\n") or "pass"
    lines = [f"def {name}({', '.join(takes)}):", textwrap.indent(textwrap.dedent(body), "    ")]
    if not _returns(body):
        lines.append(f"    return {', '.join(gives)}")
    return "\n".join(line.rstrip() for line in "\n".join(lines).split("\n"))


def _returns(body: str) -> bool:
    tree = _parsed(textwrap.dedent(body))
    return isinstance(tree, ast.FunctionDef) and isinstance(tree.body[-1], ast.Return)


@lru_cache(maxsize=256)
def _parsed(body: str) -> ast.FunctionDef | str:
    """The body inside a function; or what is wrong with it."""
    text = "def code():\n" + textwrap.indent(body, " ")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a doubtful escape is the person's affair
            tree = ast.parse(text)
            compile(tree, "<code>", "exec")  # finds what parsing does not: a break outside of a loop
    except SyntaxError as error:
        line = f" in line {error.lineno - 1}" if error.lineno and error.lineno > 1 else ""
        return f"Python can't read it{line}: {error.msg}"
    except (ValueError, MemoryError, RecursionError):
        return "Python can't read it: it is nested too deep or holds a character that code can't have"
    if len(tree.body) != 1 or not isinstance(tree.body[0], ast.FunctionDef):
        return "its lines do not form one body"
    return tree.body[0]


def _wrong(code: str) -> str:
    body = textwrap.dedent(code.replace("\r\n", "\n").replace("\r", "\n").strip("\n"))
    if not body.strip():
        return "there is no code yet"
    if not all(letter.isprintable() or letter in "\n\t" for letter in body):
        return "it holds a character that code can't have"
    found = _parsed(body)
    return found if isinstance(found, str) else ""
