"""What a project is: frozen, hashable values with no idea of Qt, torch or the block catalogue.

Collections are persistent maps (`immutables.Map`): replacing one of 10,000 nodes costs a few
microseconds and shares the rest, so an old project stays valid for undo, autosave and comparison.
They have no order of their own; whatever shows or writes them sorts by `natural_key`.
Frozen values hold no cycles, so the garbage collector is spared those that come in ten thousands.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

import msgspec
from immutables import Map

# A parameter's value: JSON's values with tuples for lists and Map for objects, so that it is hashable.
# Non-finite floats are spelled as the strings "inf", "-inf" and "nan".
Value = None | bool | int | float | str | tuple["Value", ...] | Map[str, "Value"]
Values = Map[str, Value]
NONE: Values = Map()

GraphKind = Literal["network", "training", "preview"]
KINDS: tuple[GraphKind, ...] = ("network", "training", "preview")
Direction = Literal["right", "down"]
DIRECTIONS: tuple[Direction, ...] = ("right", "down")


class Output(NamedTuple):
    """Where a link starts: an output port of a node."""

    node: str
    port: str


class Input(NamedTuple):
    """Where a link ends: an input port of a node; `index` orders links into a port that takes many."""

    node: str
    port: str
    index: int = 0  # type: ignore[assignment]  # hides tuple.index, which nobody wants here


class Node(msgspec.Struct, frozen=True, gc=False):
    """A placed block. `at` is the top left corner in scene units; `bookmarked`: a person wants to come back to it;
    `extra` holds fields of newer writers."""

    block: str
    params: Values = NONE
    at: tuple[float, float] = (0.0, 0.0)
    title: str = ""
    bypassed: bool = False
    bookmarked: bool = False
    extra: Values = NONE


class Link(msgspec.Struct, frozen=True, gc=False):
    """From one output port to one input port. An input (port and index) takes one link.

    `via`: points in scene units that it is drawn through, in order from its source.
    """

    source: Output
    target: Input
    via: tuple[tuple[float, float], ...] = ()
    extra: Values = NONE


class Frame(msgspec.Struct, frozen=True):
    """A titled rectangle (x, y, width, height) behind nodes, with a note; `text` is plain text.

    `folded`: ids of the nodes and frames that it hides while it is drawn as one plate; none: it is open. Ids of what is
    gone mean nothing.
    """

    rect: tuple[float, float, float, float]
    title: str = ""
    text: str = ""
    color: str = ""
    folded: tuple[str, ...] = ()
    extra: Values = NONE


class Column(msgspec.Struct, frozen=True):
    """What one sample has in this column: shape without the batch axis, torch's dtype name, class names.

    `classes` are the names of the whole numbers 0, 1, ...: of classes, or of the tokens of a vocabulary. `facts` is
    what a scan counted: mean, spread, range, what is missing, how often each class occurs.
    """

    id: str
    name: str = ""
    shape: tuple[int, ...] = ()
    dtype: str = "float32"
    axes: str = ""
    role: str = "tensor"
    classes: tuple[str, ...] = ()
    facts: Values = NONE
    extra: Values = NONE


class Dataset(msgspec.Struct, frozen=True):
    """Facts of a data set, without its data: where it comes from, how it is split, its columns."""

    source: str
    params: Values = NONE
    columns: tuple[Column, ...] = ()
    samples: int = 0
    extra: Values = NONE


class Graph(msgspec.Struct, frozen=True):
    """Nodes by id, links by the input they end in, frames by id. `direction`: which way data flows on the canvas."""

    kind: GraphKind = "network"
    nodes: Map[str, Node] = Map()
    links: Map[Input, Link] = Map()
    frames: Map[str, Frame] = Map()
    arguments: Values = NONE
    direction: Direction = "right"
    extra: Values = NONE


class Project(msgspec.Struct, frozen=True):
    """Everything a person designs; one file. `settings` are by the name of their training graph."""

    title: str = ""
    graphs: Map[str, Graph] = Map()
    datasets: Map[str, Dataset] = Map()
    settings: Map[str, Values] = Map()
    extra: Values = NONE


_DIGITS = re.compile(r"(\d+)")


@lru_cache(maxsize=2**16)
@lru_cache(maxsize=2**15)  # large networks are sorted by it again and again
def natural_key(name: str) -> tuple[tuple[str | int, ...], str]:
    """Sort key under which conv2 comes before conv10. Odd places are digits, so keys always compare."""
    parts: list[str | int] = list(_DIGITS.split(name))
    parts[1::2] = [int(part) for part in parts[1::2]]
    return tuple(parts), name


def input_key(end: Input) -> tuple[object, object, int]:
    """Sort key of links: by target node, port and index."""
    return natural_key(end.node), natural_key(end.port), end.index
