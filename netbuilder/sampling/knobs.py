"""What can be set when a preview graph is used: all of it read from the drawing. Imports no torch.

Parameters of the blocks that sample (temperature, length, steps), values of one's own in place of the data's columns
(a picture, a prompt, a number), and the axes of the noise that pictures are made from.
"""

from __future__ import annotations

import msgspec

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.families.inputs import NOISE
from netbuilder.blocks.params import DatasetRef, NetworkRef, Param
from netbuilder.data.kinds import Kind, kind_of
from netbuilder.graph.expressions import holds_expression
from netbuilder.graph.model import Column, Graph, Project, Value, natural_key

SHAPE = "like"  # ports that take no more of a tensor than its shape and device
USUAL_COUNT = 16
MOST_AXES = 16  # of a noise that get a slider

# What must stay as the network was trained with.
_TRAINED = frozenset({"schedule", "trained_steps"})
_TRAINED_STEPS = frozenset({"DDPMSample", "DDPMChain"})


class ParamKnob(msgspec.Struct, frozen=True):
    """A parameter of a block that samples, with its value in the drawing."""

    node: str
    param: Param
    value: Value


class ColumnKnob(msgspec.Struct, frozen=True):
    """A column of the data that a person's own value can stand in for."""

    column: Column
    kind: Kind


class LatentKnob(msgspec.Struct, frozen=True):
    """Noise of one axis: `size` numbers a sample, of which the first few can be set."""

    node: str
    title: str
    size: int
    uniform: bool

    @property
    def axes(self) -> int:
        return min(self.size, MOST_AXES)


class Knobs(msgspec.Struct, frozen=True):
    """All that can be set in one preview graph. `data` is its Data node, "" where it reads none.

    `count`: as many samples as the most that a view says it shows.
    """

    count: int
    data: str
    dataset: str
    params: tuple[ParamKnob, ...]
    columns: tuple[ColumnKnob, ...]
    latents: tuple[LatentKnob, ...]


def previews_of(project: Project) -> list[str]:
    """The preview graphs, by name."""
    found = (name for name, graph in project.graphs.items() if graph.kind == "preview")
    return sorted(found, key=natural_key)


def knobs(project: Project, graph: str, catalogue: Catalogue) -> Knobs:
    """What can be set in this preview graph."""
    held = project.graphs[graph]
    data, dataset = _data(project, held, catalogue)
    return Knobs(
        _count(held, catalogue),
        data,
        dataset,
        _params(held, catalogue),
        _columns(project, held, data, dataset),
        _latents(held, data),
    )


def _count(graph: Graph, catalogue: Catalogue) -> int:
    counts = [
        value
        for node in graph.nodes.values()
        if (block := catalogue.get(node.block)) is not None and block.part == "view" and not node.bypassed
        for param in block.typed(node.params)
        if param.name == "count" and isinstance(value := node.params.get(param.name, param.default), int)
    ]
    return max(counts, default=USUAL_COUNT)


def _data(project: Project, graph: Graph, catalogue: Catalogue) -> tuple[str, str]:
    for id in sorted(graph.nodes, key=natural_key):
        node = graph.nodes[id]
        block = catalogue.get(node.block)
        if block is None or block.part != "data" or node.bypassed:
            continue
        for param in block.typed(node.params):
            name = node.params.get(param.name)
            if isinstance(param, DatasetRef) and isinstance(name, str) and name in project.datasets:
                return id, name
    return "", ""


def _params(graph: Graph, catalogue: Catalogue) -> tuple[ParamKnob, ...]:
    found = []
    for id in sorted(graph.nodes, key=natural_key):
        node = graph.nodes[id]
        block = catalogue.get(node.block)
        if block is None or block.category != "Sampling" or node.bypassed:
            continue
        fixed = _TRAINED | ({"steps"} if block.name in _TRAINED_STEPS else set())
        for param in block.typed(node.params):
            value = node.params.get(param.name, param.default)
            wanted = not isinstance(param, NetworkRef) and not param.advanced and param.name not in fixed
            if wanted and not holds_expression(value):
                found.append(ParamKnob(id, param, value))
    return tuple(found)


def _columns(project: Project, graph: Graph, data: str, dataset: str) -> tuple[ColumnKnob, ...]:
    """Those that a network or another block reads, but for what only tells how many samples there are.

    What only a view shows is the truth, which nobody types in.
    """
    if not data:
        return ()
    blocks = {id: node.block for id, node in graph.nodes.items()}
    read = {
        link.source.port
        for link in graph.links.values()
        if link.source.node == data and link.target.port != SHAPE and not blocks[link.target.node].startswith("View")
    }
    columns = project.datasets[dataset].columns
    return tuple(
        ColumnKnob(column, kind) for column in columns if column.id in read and (kind := kind_of(column)) != "mask"
    )


def _latents(graph: Graph, data: str) -> tuple[LatentKnob, ...]:
    found = []
    for id in sorted(graph.nodes, key=natural_key):
        node = graph.nodes[id]
        size = node.params.get("size", (64,))
        if data and node.block == NOISE.name and not node.bypassed and isinstance(size, tuple) and len(size) == 1:
            (count,) = size
            if isinstance(count, int):
                uniform = node.params.get("distribution", "normal") == "uniform"
                found.append(LatentKnob(id, node.title or id, count, uniform))
    return tuple(found)
