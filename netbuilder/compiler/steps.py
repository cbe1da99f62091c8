"""Writes what looks and does not learn: evaluation, prediction and preview graphs, as functions of one batch.

Imports no torch.
"""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.compiler import metrics
from netbuilder.compiler.pieces import Pieces
from netbuilder.compiler.statements import called, write_statement
from netbuilder.compiler.text import STEP_NAMES, Known, Text, Variables, docstring
from netbuilder.compiler.training_step import ENABLE_GRAD, autocast, gradients_within, under
from netbuilder.compiler.wiring import Wiring


def eval_step(wiring: Wiring, nodes: Mapping[str, Known], name: str = "eval_step", precision: str = "float32") -> Text:
    """The same numbers without learning."""
    reported = [id for id in wiring.of_part("loss", "metric") if id in wiring.needed]
    text, variables, grads = _looking(
        wiring, nodes, name, reported, "Gives the losses and metrics of one batch without learning from it.", precision
    )
    values = [f'"{id}": {metrics.reported(wiring, id, variables, grads)}' for id in reported]
    text.add(f"return {{{', '.join(values)}}}", 4)
    metrics.shown_at_end(text, wiring, reported)
    return text


def predict(wiring: Wiring, nodes: Mapping[str, Known], name: str = "predict") -> Text:
    """What the metrics look at: for each its linked inputs."""
    metrics = wiring.of_part("metric")
    return _gathered(wiring, nodes, name, metrics, "Gives what each metric looks at in one batch.")


def preview(wiring: Wiring, nodes: Mapping[str, Known], name: str) -> Text:
    """What the views show: for each its linked inputs."""
    views, summary = wiring.of_part("view"), "Gives what each view shows of one batch."
    return _gathered(wiring, nodes, name, views, summary)


def _gathered(wiring: Wiring, nodes: Mapping[str, Known], name: str, ends: list[str], summary: str) -> Text:
    text, variables, grads = _looking(wiring, nodes, name, ends, summary, inputs_only=True)
    shown = [
        f'"{id}": {{'
        + ", ".join(
            f'"{port.name}": {variables[links[0].source]}{".detach()" if links[0].source.node in grads else ""}'
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


def _looking(
    wiring: Wiring,
    nodes: Mapping[str, Known],
    name: str,
    ends: list[str],
    summary: str,
    precision: str = "float32",
    *,
    inputs_only: bool = False,
) -> tuple[Text, Variables, set[str]]:
    """A function up to its return, without gradients but for the nodes that it gives as well."""
    text, pieces_ids = Text(), wiring.upstream(*ends)
    every = pieces_ids - set(ends) if inputs_only else pieces_ids
    grads = {id for id in gradients_within(wiring, every) if wiring.blocks[id].part != "data"}
    variables = Variables(wiring, every, STEP_NAMES, ".detach()" if grads else "")
    cast = autocast(wiring, variables, every, precision)
    text.add("@torch.no_grad()")
    text.add(f"def {name}(batch, net):")
    docstring(text, summary, 4)
    pieces = Pieces(text)
    order = [id for id in wiring.order if id in every and not variables.inlined(id)]
    if cast:
        order.sort(key=lambda id: wiring.blocks[id].part != "data")
    for id in order:
        data = wiring.blocks[id].part == "data"
        headers = ("" if data else under(cast), under(ENABLE_GRAD) if id in grads else "")
        pieces.add(
            headers,
            lambda indent, id=id: write_statement(  # type: ignore[misc]
                text, wiring, id, nodes[id], variables, called(wiring, id), pieces_ids, indent
            ),
        )
    pieces.write(4)
    return text, variables, grads
