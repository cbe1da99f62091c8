"""Source that leaves the app takes along what it uses of netbuilder.nn, and so runs where netbuilder is not installed.

Import lines of netbuilder.nn are replaced by the definitions themselves: their text as it stands in our own files, with
whatever else of those files they use. Nothing of the source is run.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterable
from importlib import import_module
from itertools import takewhile
from typing import TypeGuard

from netbuilder.compiler.wrap import wrap

_HOME = "netbuilder.nn."
_Definition = ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign


def carry(source: str) -> str:
    """The source of a module with the definitions that it imports from netbuilder.nn in place of the imports.

    Source that imports nothing from there comes back as it is. Raises SyntaxError for text that is no source.
    """
    tree = ast.parse(source)
    head = takewhile(lambda node: isinstance(node, ast.Import | ast.ImportFrom), tree.body[_has_docstring(tree) :])
    imports = [node for node in head if isinstance(node, ast.Import | ast.ImportFrom)]
    wanted = [(node.module or "", name.name) for node in imports if _ours(node) for name in node.names]
    if not wanted:
        return source
    luggage = _Luggage()
    for module, name in wanted:
        luggage.take(module, name)
    lines = source.splitlines()
    first = imports[0].lineno - 1
    last = max(node.end_lineno or node.lineno for node in imports)
    kept = _imports([*(node for node in imports if not _ours(node)), *luggage.imports])
    parts = ["\n".join([*lines[:first], *kept]).strip("\n"), *luggage.texts(), "\n".join(lines[last:]).strip("\n")]
    return "\n\n\n".join(part for part in parts if part) + "\n"


class _Luggage:
    """What is taken along: by module its parsed text and the names that are wanted of it, in the order of need."""

    def __init__(self) -> None:
        self.imports: list[ast.Import | ast.ImportFrom] = []
        self._homes: dict[str, _Home] = {}
        self._wanted: dict[str, set[str]] = {}

    def take(self, module: str, name: str) -> None:
        """A definition and everything that it uses."""
        if name in self._wanted.setdefault(module, set()):
            return
        self._wanted[module].add(name)
        home = self._homes.get(module)
        if home is None:
            home = self._homes[module] = _Home(module)
            self.imports.extend(home.futures)
        for used in sorted({node.id for node in ast.walk(home.definitions[name]) if isinstance(node, ast.Name)}):
            if used in home.definitions:
                self.take(module, used)
            elif (found := home.imports.get(used)) is not None:
                if _ours(found):
                    self.take(found.module or "", found.names[0].name)
                else:
                    self.imports.append(found)

    def texts(self) -> list[str]:
        """The definitions, those of modules that others import first; within a module in its own order."""
        found: list[str] = []
        for module in sorted(self._wanted, key=lambda name: self._homes[name].depth(self._homes)):
            found.extend(self._homes[module].text(self._wanted[module]))
        return found


class _Home:
    """One of our modules: its definitions, and its imports one name each."""

    def __init__(self, module: str) -> None:
        text = inspect.getsource(import_module(module))
        self._lines = text.splitlines()
        self.definitions: dict[str, _Definition] = {}
        self.imports: dict[str, ast.Import | ast.ImportFrom] = {}
        self.futures: list[ast.ImportFrom] = []
        for node in ast.parse(text).body:
            if isinstance(node, ast.ImportFrom) and node.module == "__future__":
                self.futures.append(node)
            elif isinstance(node, ast.Import | ast.ImportFrom):
                for name in node.names:
                    self.imports[name.asname or name.name.partition(".")[0]] = _one(node, name)
            elif isinstance(node, _Definition):
                self.definitions.update(dict.fromkeys(_names(node), node))

    def depth(self, homes: dict[str, _Home]) -> int:
        """How many of our modules lie below this one."""
        inner = {node.module for node in self.imports.values() if _ours(node)}
        return max((1 + homes[name].depth(homes) for name in inner if name in homes), default=0)

    def text(self, names: set[str]) -> list[str]:
        """The text of these definitions with the comments right above them, in their order in the file."""
        nodes = {id(self.definitions[name]): self.definitions[name] for name in names}
        return [self._text(node) for node in sorted(nodes.values(), key=lambda node: node.lineno)]

    def _text(self, node: _Definition) -> str:
        decorators = node.decorator_list if isinstance(node, ast.FunctionDef | ast.ClassDef) else []
        first = min([node.lineno, *(decorator.lineno for decorator in decorators)]) - 1
        while first > 0 and self._lines[first - 1].startswith("#"):
            first -= 1
        return "\n".join(self._lines[first : node.end_lineno])


def _has_docstring(tree: ast.Module) -> bool:
    return ast.get_docstring(tree) is not None


def _ours(node: ast.stmt) -> TypeGuard[ast.ImportFrom]:
    return isinstance(node, ast.ImportFrom) and (node.module or "").startswith(_HOME)


def _names(node: _Definition) -> Iterable[str]:
    """What a statement at the top of a module defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return (node.name,)
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return (target.id for target in targets if isinstance(target, ast.Name))


def _one(node: ast.Import | ast.ImportFrom, name: ast.alias) -> ast.Import | ast.ImportFrom:
    if isinstance(node, ast.Import):
        return ast.Import(names=[name])
    return ast.ImportFrom(module=node.module, names=[name], level=0)


def _imports(nodes: Iterable[ast.Import | ast.ImportFrom]) -> list[str]:
    """Import lines without doubles, as ruff sorts them: future, standard library, others, an empty line between."""
    straight: dict[int, set[str]] = {0: set(), 1: set(), 2: set()}
    names: dict[int, dict[str, set[str]]] = {0: {}, 1: {}, 2: {}}
    for node in nodes:
        for alias in node.names:
            module = (node.module or "") if isinstance(node, ast.ImportFrom) else alias.name
            group = 0 if module == "__future__" else 1 if module.partition(".")[0] in sys.stdlib_module_names else 2
            if isinstance(node, ast.ImportFrom):
                names[group].setdefault(module, set()).add(_spelled(alias))
            else:
                straight[group].add(f"import {_spelled(alias)}")
    found: list[str] = []
    for group in straight:
        lines = sorted(straight[group])
        for module, imported in sorted(names[group].items()):
            lines.extend(wrap(f"from {module} import {', '.join(sorted(imported, key=_kind))}", 0))
        if lines:
            found.extend([*([""] if found else []), *lines])
    return found


def _kind(name: str) -> tuple[int, str]:
    """Constants, classes, others, each in the order of the alphabet."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2), name


def _spelled(alias: ast.alias) -> str:
    return f"{alias.name} as {alias.asname}" if alias.asname else alias.name
