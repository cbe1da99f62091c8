"""A cycle opened with a Delay: its size is found by trying, for nothing is known of nodes on a cycle."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from immutables import Map

from netbuilder.compiler import repair
from netbuilder.compiler.context import Context
from netbuilder.compiler.loops import FED
from netbuilder.compiler.report import Repair
from netbuilder.compiler.stepping import TIME
from netbuilder.compiler.types import BATCH, TensorType, is_fixed
from netbuilder.compiler.walk import Walk
from netbuilder.graph import edits
from netbuilder.graph.change import Change, apply
from netbuilder.graph.model import Link, Project

DELAY = "Delay"
TIME_NAMES = ("T", "Time", "Steps")
MOST_NODES = 500  # a trial analyses the graph; in a larger one the size is left to the rule about states
MOST_TRIALS = 5

Size = tuple[int, ...]


def with_time(shape: str) -> str:
    """ "N 16" with a time axis: "N T 16"; "" where there is no batch to put it behind."""
    axes = shape.replace(",", " ").split()
    free = next(name for name in TIME_NAMES if name not in axes)
    return " ".join([*axes[:TIME], free, *axes[TIME:]]) if axes[:1] == [BATCH] else ""


def delayed(context: Context, link: Link) -> Iterator[Repair]:
    """ "Insert Delay (32) between tanh1 and concat1", with the network's Inputs as they are, and with a time axis."""
    variants: list[dict[str, str]] = [{}]
    if timed := _shapes_with_time(context):
        # "N 16" was meant as 16 features; "N 8 16" may well be 8 steps.
        flat = all(len(shape.split()) == TIME + 2 for shape in timed.values())
        variants.insert(0 if flat else 1, timed)
    for shapes in variants:
        size: Size | None = None
        if len(context.graph.nodes) <= MOST_NODES:
            size = _size(context, link, shapes)
        yield _inserted(context, link, size, shapes)


def _shapes_with_time(context: Context) -> dict[str, str]:
    """Shapes with a time axis for the Inputs that have none by that name: drawn before there was a Delay."""
    found = {}
    for id in context.wiring.of_part("input"):
        shape = str(context.wiring.value(id, "shape"))
        if not set(TIME_NAMES) & set(shape.split()) and (timed := with_time(shape)):
            found[id] = timed
    return found


def _inserted(context: Context, link: Link, size: Size | None, shapes: dict[str, str]) -> Repair:
    made = repair.insert(context, link.target, DELAY, Map() if size is None else Map(size=size))
    words = " and ".join(f"{id}'s shape to {shape}" for id, shape in shapes.items())
    steps = [partial(_set_shape, context.name, id, shape) for id, shape in shapes.items()]
    label = f"{made.label} and set {words}" if shapes else made.label
    return repair.together(context.project, label, lambda project: made.change, *steps)


def _set_shape(graph: str, id: str, shape: str, project: Project) -> Change:
    return edits.set_params(project, graph, id, {"shape": shape})


def _size(context: Context, link: Link, shapes: dict[str, str]) -> Size | None:
    """The size with which the Delay is fed what it gives; None where none was found."""
    tried: list[Size | None] = []
    waiting: list[Size | None] = [None]
    while waiting and len(tried) < MOST_TRIALS:
        if (size := waiting.pop(0)) in tried:
            continue
        tried.append(size)
        change = _inserted(context, link, size, shapes).change
        walk = context.study.trial(apply(context.project, change)).walk(context.name)
        delay = next(id for id in walk.nodes if id not in context.graph.nodes)
        fed = walk.type_at(delay, FED)
        if walk.nodes[delay].state == "ok" and fed is not None:
            return size
        waiting = [*_sizes([fed]), *waiting, *_sizes(_beside(walk, delay))]
    return None


def _beside(walk: Walk, delay: str) -> list[TensorType | None]:
    """What the nodes that read a Delay are given beside it: some of them want the same from everybody."""
    return [
        kind
        for end in walk.wiring.targets(delay)
        for kinds in walk.nodes[end.node].inputs.values()
        for kind in kinds
        if kind is not None
    ]


def _sizes(kinds: list[TensorType | None]) -> list[Size | None]:
    """Sizes for one sample, as far as they are fixed."""
    return [
        tuple(dim[0] for dim in kind.dims[1:])
        for kind in kinds
        if kind is not None and kind.dims and all(map(is_fixed, kind.dims[1:]))
    ]
