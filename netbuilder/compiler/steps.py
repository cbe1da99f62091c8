"""Writes training and preview graphs as functions of one batch. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping

from netbuilder.compiler import metrics
from netbuilder.compiler.statements import called, write_statement, write_statements
from netbuilder.compiler.text import STEP_NAMES, Known, Text, Variables, docstring
from netbuilder.compiler.wiring import Wiring


def train_step(wiring: Wiring, nodes: Mapping[str, Known], name: str = "train_step") -> Text:
    """One training step: forward, loss, what is measured, backward, step of the optimizer."""
    text = Text()
    optimizer = wiring.of_part("optimizer")[0]
    learned = wiring.upstream(optimizer) - {optimizer}
    reported = wiring.of_part("loss", "metric")
    every = wiring.upstream(*reported) | learned
    variables = Variables(wiring, every, STEP_NAMES)
    text.add(f"def {name}(batch, net, opt, step):")
    docstring(text, "Learns from one batch; gives its losses and metrics.", 4)
    order = [id for id in wiring.order if id in every]
    for id in order:
        if id in learned:
            write_statement(text, wiring, id, nodes[id], variables, called(wiring, id), every, 4, "True")
    if measured := [id for id in order if id not in learned and not wiring.blocks[id].stateful]:
        text.add("with torch.no_grad():", 4)
        for id in measured:
            write_statement(text, wiring, id, nodes[id], variables, called(wiring, id), every, 8, "True")
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
    _results(text, wiring, reported, variables, learned)
    return text


def eval_step(wiring: Wiring, nodes: Mapping[str, Known], name: str = "eval_step") -> Text:
    """The same numbers without learning."""
    text = Text()
    reported = wiring.of_part("loss", "metric")
    every = wiring.upstream(*reported)
    variables = Variables(wiring, every, STEP_NAMES)
    text.add("@torch.no_grad()")
    text.add(f"def {name}(batch, net):")
    docstring(text, "Gives the losses and metrics of one batch without learning from it.", 4)
    write_statements(text, wiring, nodes, variables, every)
    _results(text, wiring, reported, variables, set())
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
    text = Text()
    every = wiring.upstream(*ends) - set(ends)
    variables = Variables(wiring, every, STEP_NAMES)
    text.add("@torch.no_grad()")
    text.add(f"def {name}(batch, net):")
    docstring(text, summary, 4)
    write_statements(text, wiring, nodes, variables, every, {*every, *ends})
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


def _results(text: Text, wiring: Wiring, reported: list[str], variables: Variables, learned: set[str]) -> None:
    values = [f'"{id}": {metrics.reported(wiring, id, variables, learned)}' for id in reported]
    text.add(f"return {{{', '.join(values)}}}", 4)
    for id in reported:
        if wiring.blocks[id].stateful:  # the trainer does the rest
            text.spans[wiring.name, id] = (len(text.lines), len(text.lines))
