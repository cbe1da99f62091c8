"""Writes a network as the class that a careful person would write."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec
from immutables import Map

from netbuilder.blocks import calling
from netbuilder.blocks.params import NetworkRef
from netbuilder.blocks.spelling import Code
from netbuilder.compiler import loop_text
from netbuilder.compiler.lines import constructor
from netbuilder.compiler.nested import placement
from netbuilder.compiler.seen import Walk
from netbuilder.compiler.statements import write_statement
from netbuilder.compiler.text import Text, Variables, docstring, safe
from netbuilder.compiler.variants import Form, Forms, shared_first, written_params
from netbuilder.compiler.wiring import Wiring
from netbuilder.graph import expressions
from netbuilder.graph.expressions import holds_expression
from netbuilder.graph.model import Output, Value, Values


class Numbers(msgspec.Struct, frozen=True):
    """The sizes of a node that come from the links, as they are written."""

    inferred: dict[str, int]


def network(form: Form, forms: Forms, summary: str, *, scanned: bool = False) -> Text:
    """The class of a network. Nodes that reach no Output are left out.

    `scanned`: a recurrent one's loop is a scan, which ONNX keeps as a loop.
    """
    return _Writer(form, forms, scanned).text(summary)


class _Writer:
    """One class while it is written."""

    def __init__(self, form: Form, forms: Forms, scanned: bool) -> None:
        self.form, self.forms, self.scanned = form, forms, scanned
        self.wiring: Wiring = form.wiring
        self.walk: Walk = form.walks[0]
        self.order = form.order()
        self.first = shared_first(self.wiring)
        self.attributes = {id: f"self.{safe(self.first.get(id, id))}" for id in self.order}
        own = {parameter.argument: parameter.name for parameter in form.parameters if parameter.argument}
        given = {parameter.name: parameter.name for parameter in form.parameters if not parameter.argument}
        self.in_init = {**given, **own}
        self.kept = {name: self._kept(text) for name, text in self.in_init.items()}  # where forward finds it

    def _kept(self, name: str) -> str:
        attribute = f"self.{safe(name)}"
        while attribute in self.attributes.values():
            attribute += "_"
        return attribute

    def text(self, summary: str) -> Text:
        forward = self._forward()
        text = Text()
        text.add(f"class {self.form.name}(nn.Module):")
        docstring(text, summary, 4)
        made = [(id, *line) for id in self.order for line in self._modules(id)]
        body = "\n".join(forward.lines)
        stored = [name for name in self.in_init if re.search(rf"{re.escape(self.kept[name])}\b", body)]
        if made or stored:
            text.blank()
            text.add(f"def __init__({', '.join(['self', *self._parameters()])}):", 4)
            text.add("super().__init__()", 8)
            for name in stored:
                text.add(f"{self.kept[name]} = {self.in_init[name]}", 8)
            for id, attribute, line in made:
                text.add(f"{attribute} = {line}", 8, (self.wiring.name, id), main=False)
        text.blank()
        text.append(forward)
        return text

    def _parameters(self) -> list[str]:
        return [name if default is None else f"{name}={_literal(default)}" for name, default, _ in self.form.parameters]

    def _forward(self) -> Text:
        wiring, text = self.wiring, Text()
        needed = set(self.order)
        inputs, outputs = wiring.of_part("input"), wiring.of_part("output")
        variables = Variables(wiring, {*self.order, *inputs}, {"self"})
        arguments = [variables[Output(id, wiring.outputs(id)[0].name)] for id in inputs]
        text.add(f"def forward({', '.join(['self', *arguments])}):", 4)
        at = len(text.lines)
        for id in inputs:
            text.owners[at] = (wiring.name, inputs[0])
            text.spans[wiring.name, id] = (at, at)

        def write(id: str, indent: int) -> None:
            if wiring.blocks[id].part == "network" and self._is_row(id):
                self._row(text, id, variables, indent)
                return
            known, values = Numbers(self._inferred(id, self.kept)), self._values(id, self.kept)
            module, called = self.attributes[id], self._networks(id)
            write_statement(text, wiring, id, known, variables, module, needed, indent, "self.training", values, called)

        if wiring.recurrent:
            loop_text.write_body(text, wiring, variables, write, lambda id: self._size(id, self.kept), self.scanned)
            return text
        for id in self.order:
            if wiring.blocks[id].part not in ("input", "output"):
                write(id, 8)
        text.add("return " + ", ".join(_arrives(wiring, id, variables) for id in outputs), 8)
        for id in outputs:
            text.owners[len(text.lines)] = (wiring.name, outputs[0])
            text.spans[wiring.name, id] = (len(text.lines), len(text.lines))
        return text

    # What stands for a value: a literal, or code over what the class was given.

    def _values(self, id: str, written: Mapping[str, str]) -> Values:
        values, params = self.wiring.values[id], written_params(self.forms, self.walk, id)
        for name, value in params.items():
            if name in values and holds_expression(value):
                values = values.set(name, self._code(value, written))
        return values

    def _code(self, value: Value, written: Mapping[str, str]) -> Value:
        if isinstance(value, tuple):
            return tuple(self._code(item, written) for item in value)
        if isinstance(value, Map):
            return Map({name: self._code(item, written) for name, item in value.items()})
        if not isinstance(value, str) or not expressions.is_expression(value):
            return value
        names, env = expressions.names(value), self.wiring.environment
        if all("." in name for name in names):  # facts of a data set do not change from place to place
            return expressions.evaluate(value, env)
        facts = {name: repr(env[name]) for name in names if "." in name}
        return Code(expressions.python(value, {**facts, **written}))

    def _inferred(self, id: str, written: Mapping[str, str], copy: int = 0) -> dict[str, int]:
        """The sizes that come from the links; for a network that is placed, those that its class is given."""
        return {
            slot.param: Code(expressions.python(text, written))  # type: ignore[misc]  # code in a number's place
            for slot, text in self.form.slots.items()
            if slot.node == id and slot.copy == copy
        }

    # Modules

    def _modules(self, id: str) -> list[tuple[str, str]]:
        """What __init__ assigns for a node, and to what."""
        if self.wiring.blocks[id].part != "network" and (inner := self._inner(id)):
            own = self._own(id)
            return [(own[walk.wiring.name], self._called(id, at)) for at, walk in enumerate(inner)]
        made = self._made(id)
        return [(self.attributes[id], made)] if made else []

    def _own(self, id: str) -> dict[str, str]:
        """Where a block that calls networks has them, by name."""
        names, attribute = [walk.wiring.name for walk in self.walk.nodes[id].inner], self.attributes[id]
        return {name: attribute if len(names) == 1 else f"{attribute}_{name}" for name in names}

    def _networks(self, id: str) -> dict[str, str]:
        """How the statement of a block that calls networks names them, by parameter."""
        block, values = self.wiring.blocks[id], self.wiring.values[id]
        own = self._own(id)
        spelled = calling.spelled(block, values, self.wiring.project)
        found: dict[str, str] = {}
        for param in block.typed(values) if block.part != "network" else ():
            if isinstance(param, NetworkRef):
                name = str(values.get(param.name, param.default))
                text = spelled.get(param.name, f"net.{name}")
                found[param.name] = re.sub(rf"\bnet\.{re.escape(name)}\b", own[name], text)
        return found

    def _made(self, id: str) -> str:
        """What __init__ assigns for a node, "" for one without a module of its own."""
        block = self.wiring.blocks[id]
        if block.part == "delay":
            return loop_text.learned_start(self.wiring, id, self._size(id, self.in_init))
        if block.part != "network":
            return constructor(block, self._values(id, self.in_init), self._inferred(id, self.in_init))
        if self.first.get(id, id) != id:
            return ""
        calls = [self._called(id, copy) for copy in range(len(self._inner(id)))]
        if id in self.first or not self._is_row(id):
            return calls[0]
        count = self._count(id, self.in_init)
        if calls[0] == calls[-1]:
            return f"nn.ModuleList({calls[0]} for _ in range({count}))"
        if count == "2":
            return f"nn.ModuleList([{calls[0]}, {calls[1]}])"
        rest = str(int(count) - 1) if count.isdigit() else f"{count} - 1"
        return f"nn.ModuleList([{calls[0]}, *({calls[1]} for _ in range({rest}))])"

    def _size(self, id: str, written: Mapping[str, str]) -> str:
        """A Delay's size as arguments: "64", "" for one number."""
        size = self._values(id, written).get("size", self.wiring.value(id, "size"))
        return ", ".join(map(str, size)) if isinstance(size, tuple) else ""

    def _inner(self, id: str) -> list[Walk]:
        """The first copy of a placed network and, from whichever variant has one, a later copy."""
        found: list[Walk] = []
        for walk in self.form.walks:
            found.extend(walk.nodes[id].inner[len(found) :])
        return found

    def _called(self, id: str, copy: int) -> str:
        """ "BasicBlock(64, channels=128)": the first argument comes from the links, the others the network has."""
        inner = self.forms.of(self._inner(id)[copy])
        given = self._values(id, self.in_init).get("arguments")
        numbers = self._inferred(id, self.in_init, copy)
        written: list[str] = []
        for parameter in inner.parameters:
            if not parameter.argument:
                written.append(str(numbers[parameter.name]))
            elif isinstance(given, Map) and parameter.argument in given:
                value = given[parameter.argument]
                if isinstance(value, Code) or value != parameter.default:
                    written.append(f"{parameter.name}={_literal(value)}")
        return f"{inner.name}({', '.join(written)})"

    # Copies in a row

    def _is_row(self, id: str) -> bool:
        return placement(self.wiring, id).repeat != 1 or holds_expression(
            self.wiring.graph.nodes[id].params.get("repeat")
        )

    def _count(self, id: str, written: Mapping[str, str]) -> str:
        held = self._values(id, written).get("repeat", self.wiring.value(id, "repeat"))
        return str(held)

    def _row(self, text: Text, id: str, variables: Variables, indent: int) -> None:
        """A loop: what one copy gives goes into the next one's first inputs."""
        wiring, owner = self.wiring, (self.wiring.name, id)
        ports = wiring.ports[id]
        taken = [port.name for port in ports.outputs]
        given = [port.name for port in ports.inputs]
        flowing = [variables[Output(id, port)] for port in taken]
        arriving = [variables[wiring.links(id, port)[0].source] for port in given]
        left = ", ".join(flowing)
        first = len(text.lines) + 1
        text.add(f"{left} = {', '.join(arriving[: len(flowing)])}", indent, owner)
        arguments = ", ".join([*flowing, *arriving[len(flowing) :]])
        if id in self.first:
            text.add(f"for _ in range({self._count(id, self.kept)}):", indent, owner)
            text.add(f"{left} = {self.attributes[id]}({arguments})", indent + 4, owner)
        else:
            one = variables.fresh(wiring.reference(id, NetworkRef))
            text.add(f"for {one} in {self.attributes[id]}:", indent, owner)
            text.add(f"{left} = {one}({arguments})", indent + 4, owner)
        text.spans[owner] = (first, len(text.lines))


def _literal(value: Value) -> str:
    if isinstance(value, float):
        return repr(value)
    return str(value) if isinstance(value, Code) else repr(value)


def _arrives(wiring: Wiring, id: str, variables: Variables) -> str:
    return variables[wiring.links(id, wiring.inputs(id)[0].name)[0].source]
