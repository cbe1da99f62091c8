"""A node's own lines of source: the constructor call and the statement. Imports no torch.

The language of `Block.call` is told in `blocks.spec`. Everything here that comes from a person arrives as an
identifier that was checked before or through `Param.source`, which gives nothing but literals.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec
from immutables import Map

from netbuilder.blocks.params import Inferred, Param, Wrap
from netbuilder.blocks.pieces import Axis, Phrase
from netbuilder.blocks.spec import Block, Ports
from netbuilder.blocks.spelling import Code
from netbuilder.graph.expressions import is_atom
from netbuilder.graph.model import NONE, Value, Values

_BRACES = re.compile(r"\{([^{}]*)\}")
_IF_LINKED = re.compile(r"\[\[(.*?)\]\](?!\])")  # of "]]]" the last two
_NOBODYS = re.compile(r"\(_(?:, _)+\)")  # "y, (_, _) = ..." is written "y, _ = ..."
_WORD = re.compile(r"\w+")


class Names(msgspec.Struct, frozen=True):
    """The variables around a node. A port that nothing is linked to is missing from its map."""

    inputs: Mapping[str, tuple[str, ...]]
    outputs: Mapping[str, str]
    module: str = ""  # "self.conv1"
    training: str = "False"
    networks: Mapping[str, str] = Map()  # by parameter, where a network is called in another order than its own
    function: str = ""  # what a node's own code is called


def constructor(block: Block, values: Values, inferred: Mapping[str, int] = Map()) -> str:
    """ "nn.Conv2d(1, 32, 3, padding=1)": what makes the node's module or learned tensor; "" where there is none."""
    if block.make:
        return expression(block.make, block, Ports(), values, Names({}, {}), inferred)
    if not block.module:
        return ""
    taken = _mentioned(block)
    params = [param for param in block.parameters(values) if param.name not in taken]
    arguments = [param for param in params if not isinstance(param, Wrap)]
    made = f"{called(block.module)}({_arguments(arguments, values, inferred, block)})"
    for param in params:
        if isinstance(param, Wrap) and (function := values.get(param.name, param.default)) in param.options[1:]:
            made = f"{param.home}.{function}({made})"
    return made


def statement(block: Block, ports: Ports, values: Values, names: Names, inferred: Mapping[str, int] = Map()) -> str:
    """ "conv1 = self.conv1(image)": what the node does with the variables at its ports."""
    template = block.call or _short_form(block)
    if not template:
        return ""
    text = expression(template, block, ports, values, names, inferred)
    left, equals, right = text.partition(" = ")
    return _NOBODYS.sub("_", left) + equals + right


def expression(
    template: str, block: Block, ports: Ports, values: Values, names: Names, inferred: Mapping[str, int] = Map()
) -> str:
    """A piece of text in the language of calls, with the variables and values of a node in it."""
    linked = {port.name: bool(names.inputs.get(port.name)) for port in ports.inputs if port.optional}
    changed = _changed(block, values)
    template = _IF_LINKED.sub(lambda found: _kept(found[1], linked, changed), _phrased(template, block, values))
    return _BRACES.sub(_filler(block, ports, values, names, inferred), template)


def torn(block: Block, ports: Ports, linked: Collection[str]) -> tuple[str, tuple[str, ...]] | None:
    """A linked optional input that the call would leave out, and the inputs that it needs beside it; or None."""
    optional = {port.name for port in ports.inputs if port.optional}
    for found in _IF_LINKED.findall(block.call):
        group = [word for word in _words(found) if word in optional]
        there = [name for name in group if name in linked]
        if there and len(there) < len(group):
            return there[0], tuple(name for name in group if name not in linked)
    return None


def called(path: str) -> str:
    """How the source calls torch's thing ("nn.Linear"), or by its last name what is imported from elsewhere."""
    return path if path.split(".")[0] in ("nn", "torch", "F") else path.rpartition(".")[2]


def imports(block: Block) -> tuple[str, ...]:
    """The import lines that a block needs beyond torch's."""
    return tuple(f"from {home} import {name}" for home, name in outside(block))


def outside(block: Block) -> tuple[tuple[str, str], ...]:
    """Home and name of everything that a block's lines name and that is not torch's."""
    paths = (path for path in (block.module, block.function, *block.uses) if path and called(path) != path)
    return tuple((home, name) for home, _, name in (path.rpartition(".") for path in paths))


def assigned(ports: Ports, names: Names) -> str:
    """The left side: every output's variable, `_` where nothing is linked."""
    return ", ".join(names.outputs.get(port.name, "_") for port in ports.outputs)


def _short_form(block: Block) -> str:
    if block.module:
        return "{outputs} = {self}({inputs})"
    if block.function:
        return f"{{outputs}} = {called(block.function)}({{inputs}}{{params}})"
    return ""


def _mentioned(block: Block) -> frozenset[str]:
    """Words that the call names itself: parameters among them are not written a second time."""
    phrases = (text for param in block.params if isinstance(param, Phrase) for text in param.phrases.values())
    return frozenset(word for text in (block.make, block.call, *phrases) for word in _words(text))


def _phrased(template: str, block: Block, values: Values) -> str:
    """The template with the pieces that the node's phrases stand for."""
    for param in block.parameters(values):
        if isinstance(param, Phrase):
            template = template.replace(f"{{{param.name}}}", param.source(values.get(param.name, param.default)))
    return template


def _changed(block: Block, values: Values) -> frozenset[str]:
    """The parameters that differ from their default."""
    return frozenset(p.name for p in block.parameters(values) if values.get(p.name, p.default) != p.default)


def _words(text: str) -> dict[str, None]:
    """The ports and parameters that a piece of a call names, in order."""
    return dict.fromkeys(word for found in _BRACES.findall(text) for word in _WORD.findall(found.partition(":")[0]))


def _kept(text: str, linked: Mapping[str, bool], changed: Collection[str]) -> str:
    """The text, if all optional ports in it are linked; where it names none, if a parameter in it is changed."""
    words = _words(text)
    ports = [word for word in words if word in linked]
    return text if (all(map(linked.__getitem__, ports)) if ports else any(map(changed.__contains__, words))) else ""


def _filler(
    block: Block, ports: Ports, values: Values, names: Names, inferred: Mapping[str, int]
) -> Callable[[re.Match[str]], str]:
    params = {param.name: param for param in block.parameters(values)}
    inputs = {port.name for port in ports.inputs}
    outputs = {port.name for port in ports.outputs}

    def first(name: str) -> str:
        linked = names.inputs.get(name, ())
        return linked[0] if linked else _value(params[name], values, inferred)

    def fill(found: re.Match[str]) -> str:
        word, colon, join = found[1].partition(":")
        word = word.strip()
        if word == "self":
            return names.module
        if word in ("training", "function"):
            return str(getattr(names, word))
        if word == "inputs":
            return _all_inputs(ports, names)
        if word == "outputs":
            return assigned(ports, names)
        if word == "params":
            return _more(block, values, inferred)
        if word.endswith("?"):
            name = word[:-1].strip()
            return repr(bool(names.inputs.get(name) or names.outputs.get(name)))
        if "|" in word:
            either = [name for name in map(str.strip, word.split("|")) if names.inputs.get(name) or name in params]
            return first(either[0])
        if word in inputs:
            return (join if colon else ", ").join(names.inputs.get(word, ("None",)))
        if word in outputs:
            return names.outputs.get(word, "_")
        if word in names.networks:
            return names.networks[word]
        if word in params:
            if colon and isinstance(param := params[word], Axis):
                return param.around(join, values.get(word, param.default))
            return _in_place(_value(params[word], values, inferred), values.get(word), found)
        raise ValueError(f"{block.name}: nothing is called {word!r} in {block.call!r}")

    return fill


def _in_place(text: str, value: Value, found: re.Match[str]) -> str:
    """A parameter's text in a call; code such as `n + 1` gets parentheses unless it is an argument by itself."""
    if not isinstance(value, Code) or is_atom(text):
        return text
    before, after = found.string[: found.start()].rstrip(" ")[-1:], found.string[found.end() :].lstrip(" ")[:1]
    return text if before in ("(", ",", "=") and after in (")", ",", "", "\n") else f"({text})"


def _all_inputs(ports: Ports, names: Names) -> str:
    written: list[str] = []
    skipped = False
    for port in ports.inputs:
        variables = names.inputs.get(port.name, ())
        if not variables:
            skipped = True
        elif skipped:  # an optional one before it is not linked, so the place no longer tells
            written.append(f"{port.name}={variables[0]}")
        else:
            written.extend(variables)
    return ", ".join(written)


def _value(param: Param, values: Values, inferred: Mapping[str, int]) -> str:
    if isinstance(param, Inferred):
        return repr(inferred[param.name])
    return param.source(values.get(param.name, param.default))


def _arguments(params: Sequence[Param], values: Values, inferred: Mapping[str, int], block: Block) -> str:
    """Required and inferred ones by place, as far as no other stands before them; the rest by keyword if changed."""
    written: list[str] = []
    by_place = True
    for param in params:
        if isinstance(param, Inferred) and param.name not in inferred and param.optional:
            by_place = False
            continue
        always = param.required or isinstance(param, Inferred)
        by_place = by_place and always
        if always or values.get(param.name, param.default) != param.default:
            text = _value(param, values, inferred)
            written.append(text if by_place else f"{param.name}={text}")
    written.extend(f"{name}={Param().source(value)}" for name, value in block.fixed.items())
    return ", ".join(written)


def _more(block: Block, values: Values, inferred: Mapping[str, int]) -> str:
    taken = _mentioned(block) if block.call else frozenset()
    params = [param for param in block.parameters(values) if param.name not in taken]
    if block.module and block.call:  # the constructor has written them
        return ""
    text = _arguments(params, values, inferred, block)
    return f", {text}" if text else ""


def default_values(block: Block) -> Values:
    """All defaults as values, for showing."""
    return NONE.update({param.name: param.default for param in block.typed()})
