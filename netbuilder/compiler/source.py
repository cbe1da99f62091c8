"""Writes graphs as the PyTorch source that a careful person would write. Imports no torch.

A network becomes a class; a training graph becomes `train_step`, `eval_step` and `predict`; a preview graph becomes
a function of its own name. What a person typed reaches the text only as checked identifiers and as literals.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from netbuilder.blocks.params import NetworkRef
from netbuilder.compiler.lines import Names, constructor, imported, statement
from netbuilder.compiler.wiring import Wiring
from netbuilder.compiler.wrap import WIDTH, wrap
from netbuilder.graph.model import Output, natural_key
from netbuilder.graph.names import is_id, make_id

Spans = dict[tuple[str, str], tuple[int, int]]

# What an nn.Module already has: a submodule of such a name would break it. A test compares this with torch.
_MODULE_NAMES = """
    T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches
    eval extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict
    modules mtia named_buffers named_children named_modules named_parameters parameters register_backward_hook
    register_buffer register_forward_hook register_forward_pre_hook register_full_backward_hook
    register_full_backward_pre_hook register_load_state_dict_post_hook register_load_state_dict_pre_hook
    register_module register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_
    set_extra_state set_submodule share_memory state_dict to to_empty train training type xpu zero_grad
"""
MODULE_NAMES = frozenset(_MODULE_NAMES.split())
_STEP_NAMES = frozenset({"batch", "net", "opt", "step"})
_TOP_NAMES = frozenset({"torch", "nn", "F", "math", "train_step", "eval_step", "predict"})
_IMPORTS = (
    (re.compile(r"\btorch\."), "import torch"),
    (re.compile(r"\bF\."), "import torch.nn.functional as F"),
    (re.compile(r"\bnn\."), "from torch import nn"),
)


class Source(msgspec.Struct, frozen=True):
    """Module text; `spans`: first and last line (from 1) of a node's statement; `lines`: whose each line is."""

    text: str
    spans: Spans
    lines: dict[int, tuple[str, str]]


class Known(Protocol):
    """What the writer asks of an analysed node."""

    @property
    def inferred(self) -> dict[str, int]:
        """The sizes that came from the links, by parameter."""


class Text:
    """Lines of source, and whose they are."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.owners: dict[int, tuple[str, str]] = {}
        self.spans: Spans = {}

    def add(self, line: str, indent: int = 0, owner: tuple[str, str] | None = None, *, main: bool = True) -> None:
        """A statement, wrapped; `main`: it is the one to show for its node."""
        first = len(self.lines) + 1
        self.lines.extend(wrap(line, indent) if line else [""])
        if owner:
            last = len(self.lines)
            self.owners.update(dict.fromkeys(range(first, last + 1), owner))
            if main:
                self.spans[owner] = (first, last)

    def blank(self, count: int = 1) -> None:
        self.lines.extend([""] * count)

    def append(self, other: Text) -> None:
        """Another text below this one."""
        start = len(self.lines)
        self.lines.extend(other.lines)
        self.owners.update({line + start: owner for line, owner in other.owners.items()})
        for key, (first, last) in other.spans.items():  # a node of several functions is shown in the first
            self.spans.setdefault(key, (first + start, last + start))


class Variables:
    """The variables of one function, by output: the node's id, or id_port where it has several outputs."""

    def __init__(self, wiring: Wiring, ids: Iterable[str], taken: Iterable[str] = ()) -> None:
        self._wiring = wiring
        self._taken = set(taken)
        self._by_output: dict[Output, str] = {}
        ids = sorted(ids, key=natural_key)
        for id in ids:
            ports = wiring.outputs(id)
            for port in ports:
                end = port.name if is_id(port.name) else make_id(port.name)  # a column's id may be any text
                name = id if len(ports) == 1 else f"{id}_{end}"
                self._by_output[Output(id, port.name)] = self.fresh(name)

    def fresh(self, base: str) -> str:
        """A name like this that nothing else in the function has."""
        name = base = safe(base)
        number = 1
        while name in self._taken:
            number += 1
            name = f"{base}_{number}"
        self._taken.add(name)
        return name

    def __getitem__(self, output: Output) -> str:
        return self._by_output[output]

    def names(self, id: str, module: str, within: set[str]) -> Names:
        """The variables around a node; only what is used by nodes `within` gets one of its own."""
        wiring = self._wiring
        inputs = {
            port.name: tuple(self[link.source] for link in links)
            for port in wiring.inputs(id)
            if (links := wiring.links(id, port.name))
        }
        outputs = {
            port.name: self[Output(id, port.name)]
            for port in wiring.outputs(id)
            if len(wiring.outputs(id)) == 1 or self.used(Output(id, port.name), within)
        }
        return Names(inputs, outputs, module)

    def used(self, output: Output, within: set[str]) -> bool:
        return any(end.node in within for end in self._wiring.out.get(output, ()))


def safe(name: str) -> str:
    """An id as a variable or attribute that hides nothing of an nn.Module: `train` becomes `train_`."""
    bare = name.strip("_") if name.startswith("_") else name
    if bare in MODULE_NAMES or bare != name or bare in _STEP_NAMES:
        return f"{bare}_" if bare and not bare[0].isdigit() else f"node_{bare}"
    return name


class Writer:
    """Writes the graphs of one project. Class names are settled once, over all its networks."""

    def __init__(self, networks: Sequence[str]) -> None:
        taken = set(_TOP_NAMES)
        self.classes: dict[str, str] = {}
        for name in networks:
            self.classes[name] = _fresh(_camel_case(name), taken)
        self._taken = taken
        self.functions: dict[str, str] = {}

    def function(self, name: str) -> str:
        """The name of a graph's function."""
        if name not in self.functions:
            self.functions[name] = _fresh(safe(name), self._taken)
        return self.functions[name]

    def network(self, wiring: Wiring, nodes: Mapping[str, Known], summary: str) -> Text:
        """The class of a network. Nodes that reach no Output are left out."""
        text = Text()
        needed = {id for id in wiring.needed if not wiring.graph.nodes[id].bypassed}
        order = [id for id in wiring.order if id in needed]
        inputs, outputs = wiring.of_part("input"), wiring.of_part("output")
        variables = Variables(wiring, {*order, *inputs}, {"self"})
        attributes = {id: f"self.{safe(id)}" for id in order}
        text.add(f"class {self.classes[wiring.name]}(nn.Module):")
        _docstring(text, summary, 4)
        made = {id: self._made(wiring, id, nodes[id]) for id in order}
        if any(made.values()):
            text.blank()
            text.add("def __init__(self):", 4)
            text.add("super().__init__()", 8)
            for id in order:
                if made[id]:
                    text.add(f"{attributes[id]} = {made[id]}", 8, (wiring.name, id), main=False)
        text.blank()
        arguments = [variables[Output(id, wiring.outputs(id)[0].name)] for id in inputs]
        text.add(f"def forward({', '.join(['self', *arguments])}):", 4)
        at = len(text.lines)
        for id in inputs:
            text.owners[at] = (wiring.name, inputs[0])
            text.spans[wiring.name, id] = (at, at)
        for id in order:
            if wiring.blocks[id].part not in ("input", "output"):
                self._statement(text, wiring, id, nodes[id], variables, attributes[id], needed, 8)
        text.add("return " + ", ".join(self._arrives(wiring, id, variables) for id in outputs), 8)
        for id in outputs:
            text.owners[len(text.lines)] = (wiring.name, outputs[0])
            text.spans[wiring.name, id] = (len(text.lines), len(text.lines))
        return text

    def train_step(self, wiring: Wiring, nodes: Mapping[str, Known], name: str = "train_step") -> Text:
        """One training step: forward, loss, what is measured, backward, step of the optimizer."""
        text = Text()
        optimizer = wiring.of_part("optimizer")[0]
        learned = wiring.upstream(optimizer) - {optimizer}
        reported = wiring.of_part("loss", "metric")
        every = wiring.upstream(*reported) | learned
        variables = Variables(wiring, every, _STEP_NAMES)
        text.add(f"def {name}(batch, net, opt, step):")
        _docstring(text, "Learns from one batch; gives its losses and metrics.", 4)
        order = [id for id in wiring.order if id in every]
        for id in order:
            if id in learned:
                self._statement(text, wiring, id, nodes[id], variables, self._called(wiring, id), every, 4)
        if measured := [id for id in order if id not in learned]:
            text.add("with torch.no_grad():", 4)
            for id in measured:
                self._statement(text, wiring, id, nodes[id], variables, self._called(wiring, id), every, 8)
        port = wiring.inputs(optimizer)[0].name
        losses = [variables[link.source] for link in wiring.links(optimizer, port)]
        owner = (wiring.name, optimizer)
        loss = losses[0]
        if len(losses) > 1:
            loss = variables.fresh("total_loss")
            text.add(f"{loss} = {' + '.join(losses)}", 4, owner, main=False)
        first = len(text.lines) + 1
        text.add(f"opt.{optimizer}.zero_grad()", 4, owner)
        text.add(f"{loss}.backward()", 4, owner)
        text.add(f"opt.{optimizer}.step()", 4, owner)
        text.spans[owner] = (first, len(text.lines))
        self._results(text, wiring, reported, variables, learned)
        return text

    def eval_step(self, wiring: Wiring, nodes: Mapping[str, Known], name: str = "eval_step") -> Text:
        """The same numbers without learning."""
        text = Text()
        reported = wiring.of_part("loss", "metric")
        every = wiring.upstream(*reported)
        variables = Variables(wiring, every, _STEP_NAMES)
        text.add("@torch.no_grad()")
        text.add(f"def {name}(batch, net):")
        _docstring(text, "Gives the losses and metrics of one batch without learning from it.", 4)
        self._statements(text, wiring, nodes, variables, every)
        self._results(text, wiring, reported, variables, set())
        return text

    def predict(self, wiring: Wiring, nodes: Mapping[str, Known], name: str = "predict") -> Text:
        """What the metrics look at: for each its linked inputs."""
        metrics = wiring.of_part("metric")
        return self._gathered(wiring, nodes, name, metrics, "Gives what each metric looks at in one batch.")

    def preview(self, wiring: Wiring, nodes: Mapping[str, Known]) -> Text:
        """What the views show: for each its linked inputs."""
        views, summary = wiring.of_part("view"), "Gives what each view shows of one batch."
        return self._gathered(wiring, nodes, self.function(wiring.name), views, summary)

    def _gathered(self, wiring: Wiring, nodes: Mapping[str, Known], name: str, ends: list[str], summary: str) -> Text:
        text = Text()
        every = wiring.upstream(*ends) - set(ends)
        variables = Variables(wiring, every, _STEP_NAMES)
        text.add("@torch.no_grad()")
        text.add(f"def {name}(batch, net):")
        _docstring(text, summary, 4)
        self._statements(text, wiring, nodes, variables, every, {*every, *ends})
        shown = [
            f'"{id}": {{'
            + ", ".join(
                f'"{port.name}": {variables[links[0].source]}'
                for port in wiring.inputs(id)
                if (links := wiring.links(id, port.name))
            )
            + "}"
            for id in ends
        ]
        text.add(f"return {{{', '.join(shown)}}}", 4)
        for id in ends:
            text.spans[wiring.name, id] = (len(text.lines), len(text.lines))
        return text

    def _results(
        self, text: Text, wiring: Wiring, reported: list[str], variables: Variables, learned: set[str]
    ) -> None:
        values = [
            f'"{id}": {variables[Output(id, wiring.outputs(id)[0].name)]}{".detach()" if id in learned else ""}'
            for id in reported
        ]
        text.add(f"return {{{', '.join(values)}}}", 4)

    def _statements(
        self,
        text: Text,
        wiring: Wiring,
        nodes: Mapping[str, Known],
        variables: Variables,
        ids: set[str],
        within: set[str] | None = None,
    ) -> None:
        for id in wiring.order:
            if id in ids:
                self._statement(text, wiring, id, nodes[id], variables, self._called(wiring, id), within or ids, 4)

    def _statement(
        self,
        text: Text,
        wiring: Wiring,
        id: str,
        known: Known,
        variables: Variables,
        module: str,
        within: set[str],
        indent: int,
    ) -> None:
        block, node, owner = wiring.blocks[id], wiring.graph.nodes[id], (wiring.name, id)
        if block.part == "data":
            first = len(text.lines) + 1
            for port in wiring.outputs(id):
                if variables.used(Output(id, port.name), within):
                    text.add(f"{variables[Output(id, port.name)]} = batch[{port.name!r}]", indent, owner)
            text.spans[owner] = (first, max(first, len(text.lines)))
            return
        names = variables.names(id, module, within)
        if block.part == "network":  # its forward takes and gives things in the natural order of their ids
            ports = wiring.ports[id]
            given = sorted((port.name for port in ports.inputs), key=natural_key)
            taken = sorted((port.name for port in ports.outputs), key=natural_key)
            left = ", ".join(names.outputs.get(port, "_") for port in taken)
            arguments = ", ".join(variable for port in given for variable in names.inputs.get(port, ()))
            text.add(f"{left} = {module}({arguments})", indent, owner)
            return
        first = len(text.lines) + 1
        for line in statement(block, wiring.ports[id], node.params, names, known.inferred).split("\n"):
            bare = line.lstrip(" ")
            text.add(bare, indent + len(line) - len(bare), owner)
        text.spans[owner] = (first, len(text.lines))

    def _made(self, wiring: Wiring, id: str, known: Known) -> str:
        if wiring.blocks[id].part == "network":
            return f"{self.classes[wiring.reference(id, NetworkRef)]}()"
        return constructor(wiring.blocks[id], wiring.graph.nodes[id].params, known.inferred)

    def _called(self, wiring: Wiring, id: str) -> str:
        return f"net.{wiring.reference(id, NetworkRef)}" if wiring.blocks[id].part == "network" else ""

    def _arrives(self, wiring: Wiring, id: str, variables: Variables) -> str:
        return variables[wiring.links(id, wiring.inputs(id)[0].name)[0].source]


def module(title: str, parts: Sequence[Text], imports: Iterable[str] = ()) -> Source:
    """A module of these parts, with the imports that they use."""
    body = "\n".join(line for part in parts for line in part.lines)
    text = Text()
    _docstring(text, title, 0)
    straight = [line for pattern, line in _IMPORTS if pattern.search(body)]
    if lines := [*straight, *sorted(set(imports))]:
        text.blank()
    for line in lines:
        text.add(line)
    for part in parts:
        text.blank(2)
        text.append(part)
    return Source("\n".join(text.lines) + "\n", text.spans, text.owners)


def comment(*lines: str) -> Text:
    """A part that says something: each line as a comment, without control characters."""
    text = Text()
    for line in lines:
        plain = "".join(letter if letter.isprintable() else " " for letter in line)
        text.lines.append(f"# {plain}"[:WIDTH].rstrip())
    return text


def imports_of(wiring: Wiring) -> set[str]:
    """Import lines that the graph's blocks need beyond torch's."""
    return {line for id in wiring.needed if (line := imported(wiring.blocks[id]))}


def _docstring(text: Text, summary: str, indent: int) -> None:
    pad = " " * indent
    if len(pad + summary) <= WIDTH - 6:
        text.lines.append(f'{pad}"""{summary}"""')
        return
    words = summary.split(" ")
    line, lines = pad + '"""', []
    for word in words:
        if len(line) + len(word) + 1 > WIDTH - 3:
            lines.append(line.rstrip())
            line = pad
        line += word + " "
    text.lines.extend([*lines, line.rstrip(), f'{pad}"""'])


def _camel_case(name: str) -> str:
    joined = "".join(part[:1].upper() + part[1:] for part in name.split("_") if part)
    return joined if joined.isidentifier() else f"Network{joined}"


def _fresh(name: str, taken: set[str]) -> str:
    base, number = name, 1
    while name in taken or name in _TOP_NAMES:
        number += 1
        name = f"{base}{number}"
    taken.add(name)
    return name
