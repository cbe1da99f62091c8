"""Exports a network of a project: chooses it, builds it, gives it its weights, and hands it to `onnx_out`."""

from __future__ import annotations

from pathlib import Path

import msgspec
from torch import nn

import netbuilder
from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.trust import Trust
from netbuilder.compiler import loops
from netbuilder.compiler.analyse import Analyser
from netbuilder.compiler.program import NotReady, build
from netbuilder.exchange.errors import ExportError
from netbuilder.exchange.examples import InputSpec, smallest_table
from netbuilder.exchange.onnx_out import Exported, Progress, export
from netbuilder.exchange.target import outermost
from netbuilder.exchange.weights import Weights, networks
from netbuilder.graph.model import Project, natural_key

METADATA = "netbuilder."  # in front of the name of everything that is kept in a file's metadata


def choose_network(project: Project, name: str = "") -> str:
    """The network of this name; for "" the only one, or the only one that stands in no other. Raises ExportError."""
    found = sorted((n for n, graph in project.graphs.items() if graph.kind == "network"), key=natural_key)
    if name in found:
        return name
    there = ", ".join(found) or "none"
    if name:
        raise ExportError(f"The project has no network {name!r}; its networks are: {there}.")
    if whole := outermost(project):
        return whole
    if len(found) != 1:
        raise ExportError(f"The project has {len(found)} networks ({there}); name one with --network.")
    return found[0]


def export_network(
    project: Project,
    network: str,
    weights: Weights,
    to: Path,
    catalogue: Catalogue,
    progress: Progress = lambda done, text: None,
    scratch: Path | None = None,
) -> Exported:
    """Writes the network with these weights to `to`, checked and compared. Raises ExportError, leaving no file."""
    progress(0.0, "Building the network")
    analyser = Analyser(catalogue, trust=Trust.of_this_machine())
    try:
        program = build(project, None, catalogue, analyser, [network])
    except NotReady as error:
        first = error.problems[0]
        where = f"{first.graph}.{first.node}" if first.node else first.graph
        raise ExportError(f"The network {network!r} has errors; the first is at {where}: {first.message}") from error
    module = networks(program, [network], weights)[network]
    scanned: nn.Module | None = None
    inside = analyser.study(project).reached(network)
    if any(recurrent(project, name, catalogue) for name in (network, *inside)):
        written = build(project, None, catalogue, analyser, [network], scanned=True)
        scanned = networks(written, [network], weights)[network]
    report = analyser.analyse(project, [network])[network]
    nodes = project.graphs[network].nodes
    parts: dict[str, list[str]] = {"input": [], "output": []}
    for id in sorted(nodes, key=natural_key):
        block = catalogue.get(nodes[id].block)
        if block is not None and block.part in parts and not nodes[id].bypassed:
            parts[block.part].append(id)
    below = smallest_table(module)
    inputs = []
    for id in parts["input"]:
        facts = report.nodes[id]
        flow = facts.whole or next(iter(facts.outputs.values()), None)
        if flow is None:
            raise ExportError(f"The shape of {id} in {network!r} is not known: write one, such as N 1 8 8.")
        inputs.append(InputSpec(id, flow.shape, flow.dtype, below))
    return export(module, inputs, parts["output"], to, metadata(project, network, weights), progress, scratch, scanned)


def recurrent(project: Project, network: str, catalogue: Catalogue) -> bool:
    """Whether a network works step by step."""
    return bool(loops.delays(project.graphs[network], catalogue))


def named(project: Project, name: str) -> Project:
    """The project with this title where it has none, so that the file's metadata says where it comes from."""
    return project if project.title else msgspec.structs.replace(project, title=name)


def metadata(project: Project, network: str, weights: Weights) -> dict[str, str]:
    """What the file says of itself: project, network, block of each node (JSON), classes of the data (JSON)."""
    nodes = project.graphs[network].nodes
    blocks = {id: nodes[id].block for id in sorted(nodes, key=natural_key)}
    classes = {
        f"{name}.{column.id}": column.classes
        for name, dataset in sorted(project.datasets.items())
        for column in dataset.columns
        if column.classes
    }
    found = {
        "project": project.title,
        "network": network,
        "blocks": msgspec.json.encode(blocks).decode(),
        "version": netbuilder.__version__,
        "weights": weights.words,
    }
    if classes:
        found["classes"] = msgspec.json.encode(classes).decode()
    return {METADATA + name: text for name, text in found.items()}
