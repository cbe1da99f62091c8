"""Which nodes a run holds weights for: from names and shapes in a checkpoint, never its numbers. Imports no torch."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from netbuilder.compiler.report import NodeFacts
from netbuilder.graph.model import Graph, Node, Project
from netbuilder.training.run import Run, RunError

WEIGHTS = "weights.safetensors"
_LONGEST_HEADER = 100_000_000  # bytes, as the format's own readers have it
# Numbers that torch's layers keep and do not learn.
_KEPT = frozenset({"running_mean", "running_var", "num_batches_tracked", "_u", "_v"})


class Held(NamedTuple):
    """What a run learned. `nodes`: by graph and node the node as it was trained, with how many numbers it learned in
    one place; `networks`: how many whole networks learned."""

    run: str = ""
    nodes: Mapping[tuple[str, str], tuple[Node, int]] = {}
    networks: Mapping[str, int] = {}

    def fitting(self, name: str, graph: Graph, facts: Mapping[str, NodeFacts]) -> frozenset[str]:
        """The nodes of a graph for which the run's weights are right as they are: same block, same parameters, as many
        numbers."""
        if not self.run:
            return frozenset()
        found = {id for id, node in graph.nodes.items() if id in facts and self._fits(name, graph, id, node, facts[id])}
        found |= {id for id, known in facts.items() if known.shares and found.intersection(known.shares)}
        return frozenset(found)

    def _fits(self, name: str, graph: Graph, id: str, node: Node, known: NodeFacts) -> bool:
        if not known.parameters or node.bypassed:
            return False
        if graph.kind != "network":
            network = node.params.get("network")
            return isinstance(network, str) and self.networks.get(network) == known.parameters
        then, learned = self.nodes.get((name, id), (Node(""), 0))
        return (then.block, then.params, learned) == (node.block, node.params, known.parameters)


def held(run: Run) -> Held:
    """What the run's best (else last) checkpoint holds. Raises RunError where it has none or it can't be read."""
    from netbuilder.compiler.text import safe  # networkx comes with it, which the window starts without

    project = run.project()
    shapes = _shapes(run.checkpoint().path / WEIGHTS)
    places: dict[tuple[str, str], dict[str, int]] = {}  # numbers by where they lie in the checkpoint
    networks: dict[str, int] = {}
    ids = {name: {safe(id): id for id in graph.nodes} for name, graph in project.graphs.items()}
    for tensor, shape in shapes.items():
        if tensor.rpartition(".")[2] in _KEPT:
            continue
        network, _, path = tensor.partition(".")
        networks[network] = networks.get(network, 0) + prod(shape)
        for key, place in _owners(project, ids, network, path.split(".")):
            numbers = places.setdefault(key, {})
            numbers[place] = numbers.get(place, 0) + prod(shape)
    nodes = {key: (project.graphs[key[0]].nodes[key[1]], next(iter(found.values()))) for key, found in places.items()}
    return Held(run.name, nodes, networks)


def _owners(
    project: Project, ids: Mapping[str, Mapping[str, str]], network: str, path: list[str]
) -> Iterator[tuple[tuple[str, str], str]]:
    """The node that a tensor belongs to, and the nodes that place the networks around it, with the place of each.
    `ids`: by network its nodes by the names that they have in its module."""
    place = network
    while path and network in ids:
        attribute, *path = path
        id = ids[network].get(attribute)
        if id is None:
            return
        place = f"{place}.{attribute}"
        yield (network, id), place
        inner = project.graphs[network].nodes[id].params.get("network")
        if not isinstance(inner, str):
            return
        network = inner
        if path and path[0].isdigit():  # copies in a row
            place = f"{place}.{path.pop(0)}"


def _shapes(path: Path) -> dict[str, list[int]]:
    """Shapes by name, from the header of a safetensors file: its length in 8 bytes, then JSON."""
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > _LONGEST_HEADER:
                raise RunError(f"{path} is no file of weights.")
            header: Any = msgspec.json.decode(file.read(length))
    except (OSError, struct.error, msgspec.DecodeError) as problem:
        raise RunError(f"The weights {path} can't be read: {problem}") from None
    if not isinstance(header, dict):
        raise RunError(f"{path} is no file of weights.")
    return {name: list(entry["shape"]) for name, entry in header.items() if name != "__metadata__"}
