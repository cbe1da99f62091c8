"""Puts graphs together as the PyTorch module that a careful person would write. Imports no torch.

A network becomes a class (`networks`); a training graph becomes `train_step`, `eval_step` and `predict`, a preview
graph a function of its own name (`steps`). What a person typed reaches the text only as checked identifiers and as
literals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from netbuilder.compiler.lines import imports, outside
from netbuilder.compiler.text import Source, Text, docstring, safe
from netbuilder.compiler.wiring import Wiring

_TOP_NAMES = frozenset({"torch", "nn", "F", "math", "Tensor", "train_step", "eval_step", "predict"})
_MATH = re.compile(r"\bmath\.")
_IMPORTS = (
    (re.compile(r"\btorch\."), "import torch"),
    (re.compile(r"\bF\."), "import torch.nn.functional as F"),
)
_NN = (re.compile(r"\bnn\."), "from torch import nn")


class TopNames:
    """The names at the top of one module. Those of classes are settled once, over all its networks."""

    def __init__(self, networks: Sequence[str], others: Iterable[str] = ()) -> None:
        """others: names that the module has besides."""
        taken = {*_TOP_NAMES, *others}
        self.classes: dict[str, str] = {}
        for name in networks:
            self.classes[name] = _fresh(camel_case(name), taken)
        self._taken = taken
        self.functions: dict[str, str] = {}

    def names(self, imports: Iterable[str]) -> set[str]:
        """All that something in the module is called already, with what these lines import."""
        return {*self._taken, *(line.rpartition(" ")[2] for line in imports)}

    def more(self, base: str) -> str:
        """The name of one more class, like this."""
        return _fresh(base, self._taken)

    def function(self, name: str) -> str:
        """The name of a graph's function."""
        if name not in self.functions:
            self.functions[name] = _fresh(safe(name), self._taken)
        return self.functions[name]


def module(title: str, parts: Sequence[Text], needed: Iterable[str] = ()) -> Source:
    """A module of these parts, with the imports that they use."""
    body = "\n".join(line for part in parts for line in part.lines)
    text = Text()
    docstring(text, title, 0)
    straight = [line for pattern, line in _IMPORTS if pattern.search(body)]
    named = [*needed, _NN[1]] if _NN[0].search(body) else needed
    own = ["import math"] if _MATH.search(body) else []
    for lines in (own, [*straight, *_joined(named)]):
        if lines:
            text.blank()
        for line in lines:
            text.add(line)
    for part in parts:
        text.blank(2)
        text.append(part)
    return Source("\n".join(text.lines) + "\n", text.spans, text.owners)


def _joined(lines: Iterable[str]) -> list[str]:
    """Lines "from home import name" in order, one for each home."""
    names: dict[str, set[str]] = {}
    for line in lines:
        home, _, name = line.removeprefix("from ").partition(" import ")
        names.setdefault(home, set()).add(name)
    return [f"from {home} import {', '.join(sorted(names[home], key=_isorted))}" for home in sorted(names)]


def _isorted(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions, as isort has them."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2), name


def imported(wirings: Iterable[Wiring]) -> set[str]:
    """The names that the import lines of these graphs bring."""
    blocks = {block.name: block for wiring in wirings for block in wiring.blocks.values()}
    return {name for block in blocks.values() for _, name in outside(block)}


def imports_of(wiring: Wiring) -> set[str]:
    """Import lines that the graph's blocks need beyond torch's."""
    return {line for id in wiring.needed for line in imports(wiring.blocks[id])}


def camel_case(name: str) -> str:
    """The name of a class for a network of this name: BasicBlock for basic_block."""
    joined = "".join(part[:1].upper() + part[1:] for part in name.split("_") if part)
    return joined if joined.isidentifier() else f"Network{joined}"


def _fresh(name: str, taken: set[str]) -> str:
    base, number = name, 1
    while name in taken or name in _TOP_NAMES:
        number += 1
        name = f"{base}{number}"
    taken.add(name)
    return name
