"""Writes a network as the class that a careful person would write. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.blocks.params import NetworkRef
from netbuilder.compiler import loop_text
from netbuilder.compiler.lines import constructor
from netbuilder.compiler.statements import write_statement
from netbuilder.compiler.text import Known, Text, Variables, docstring, safe
from netbuilder.compiler.wiring import Wiring
from netbuilder.graph.model import Output


def network(
    classes: Mapping[str, str], wiring: Wiring, nodes: Mapping[str, Known], summary: str, *, scanned: bool = False
) -> Text:
    """The class of a network, called as `classes` says. Nodes that reach no Output are left out.

    `scanned`: a recurrent one's loop is a scan, which ONNX keeps as a loop.
    """
    text = Text()
    needed = {id for id in wiring.needed if not wiring.graph.nodes[id].bypassed}
    order = [id for id in wiring.order if id in needed]
    inputs, outputs = wiring.of_part("input"), wiring.of_part("output")
    variables = Variables(wiring, {*order, *inputs}, {"self"})
    attributes = {id: f"self.{safe(id)}" for id in order}
    text.add(f"class {classes[wiring.name]}(nn.Module):")
    docstring(text, summary, 4)
    made = {id: _made(classes, wiring, id, nodes[id]) for id in order}
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

    def write(id: str, indent: int) -> None:
        write_statement(text, wiring, id, nodes[id], variables, attributes[id], needed, indent, "self.training")

    if wiring.recurrent:
        loop_text.write_body(text, wiring, variables, write, scanned=scanned)
        return text
    for id in order:
        if wiring.blocks[id].part not in ("input", "output"):
            write(id, 8)
    text.add("return " + ", ".join(_arrives(wiring, id, variables) for id in outputs), 8)
    for id in outputs:
        text.owners[len(text.lines)] = (wiring.name, outputs[0])
        text.spans[wiring.name, id] = (len(text.lines), len(text.lines))
    return text


def _made(classes: Mapping[str, str], wiring: Wiring, id: str, known: Known) -> str:
    if wiring.blocks[id].part == "network":
        return f"{classes[wiring.reference(id, NetworkRef)]}()"
    if wiring.blocks[id].part == "delay":
        return loop_text.learned_start(wiring, id)
    return constructor(wiring.blocks[id], wiring.graph.nodes[id].params, known.inferred)


def _arrives(wiring: Wiring, id: str, variables: Variables) -> str:
    return variables[wiring.links(id, wiring.inputs(id)[0].name)[0].source]
