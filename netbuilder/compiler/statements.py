"""Writes the statement of one node into a function. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.blocks.calling import spelled
from netbuilder.blocks.code import PART
from netbuilder.blocks.params import DatasetRef, NetworkRef
from netbuilder.compiler import custom
from netbuilder.compiler.lines import statement
from netbuilder.compiler.plans import datasets_of
from netbuilder.compiler.text import Known, Text, Variables
from netbuilder.compiler.wiring import Wiring
from netbuilder.graph.model import Output, Values


def write_statement(
    text: Text,
    wiring: Wiring,
    id: str,
    known: Known,
    variables: Variables,
    module: str,
    within: set[str],
    indent: int,
    training: str = "False",
    values: Values | None = None,
    networks: Mapping[str, str] | None = None,
) -> None:
    """A node's statement. `module`: the object that it calls ("self.conv1", "net.classifier"); `within`: the nodes
    whose use of an output counts; `training`: what `{training}` becomes; `values`: the node's parameters, where code
    stands in for some; `networks`: what it calls by parameter, where that is not `net.NAME`."""
    block, owner = wiring.blocks[id], (wiring.name, id)
    values = wiring.values[id] if values is None else values
    if block.part == "data":
        first = len(text.lines) + 1
        batch = "batch"
        if wiring.graph.kind == "training" and len(datasets_of(wiring)) > 1:
            batch = f"batch[{wiring.reference(id, DatasetRef)!r}]"
        for port in wiring.outputs(id):
            if variables.used(Output(id, port.name), within):
                text.add(f"{variables[Output(id, port.name)]} = {batch}[{port.name!r}]", indent, owner)
        text.spans[owner] = (first, max(first, len(text.lines)))
        return
    if block.stateful:  # it stands in what the step returns
        return
    function = custom.function_name(wiring.name, id) if block.part == PART else ""
    called_networks = spelled(block, values, wiring.project) if networks is None else networks
    names = variables.names(id, module, within, training, called_networks, function)
    if block.part == "network":  # its forward takes and gives things in the order of its ports
        ports = wiring.ports[id]
        given = [port.name for port in ports.inputs]
        taken = [port.name for port in ports.outputs]
        left = ", ".join(names.outputs.get(port, "_") for port in taken)
        arguments = ", ".join(variable for port in given for variable in names.inputs.get(port, ()))
        text.add(f"{left} = {module}({arguments})", indent, owner)
        return
    first = len(text.lines) + 1
    for line in statement(block, wiring.ports[id], values, names, known.inferred).split("\n"):
        bare = line.lstrip(" ")
        text.add(bare, indent + len(line) - len(bare), owner)
    text.spans[owner] = (first, len(text.lines))


def show_inlined(text: Text, wiring: Wiring, id: str, variables: Variables) -> None:
    """Shows what is written inside a node's statement where that statement is."""
    for source in wiring.sources(id):
        if variables.inlined(source):
            if (wiring.name, id) in text.spans:
                text.spans.setdefault((wiring.name, source), text.spans[wiring.name, id])
            show_inlined(text, wiring, source, variables)


def called(wiring: Wiring, id: str) -> str:
    """How a step calls the network that a node places: "net.classifier"."""
    return f"net.{wiring.reference(id, NetworkRef)}" if wiring.blocks[id].part == "network" else ""
