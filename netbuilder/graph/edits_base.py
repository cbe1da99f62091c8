"""What the edits share: looking things up, telling values apart, labels, links of ports that take many."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

from immutables import Map

from netbuilder.graph.change import Edit
from netbuilder.graph.model import Frame, Graph, Input, Link, Node, Project, Value, Values, input_key
from netbuilder.graph.names import fresh_id, is_id
from netbuilder.graph.scan import MAX_NODES
from netbuilder.graph.walk import MAX_COORDINATE, MAX_NAME


class EditError(ValueError):
    """An edit that cannot be: a name that is taken, a node that is not there. One sentence."""


class Default:
    """The type of DEFAULT."""

    def __repr__(self) -> str:
        return "DEFAULT"


DEFAULT: Final = Default()
"""Back to what is declared. (None is a value of its own.)"""

LinkEdits = dict[Input, tuple[Link | None, Link | None]]


def graph_of(project: Project, name: str) -> Graph:
    """Raises EditError."""
    if name not in project.graphs:
        raise EditError(f"there is no graph {name}")
    return project.graphs[name]


def node_of(graph: Graph, name: str) -> Node:
    """Raises EditError."""
    if name not in graph.nodes:
        raise EditError(f"there is no node {name}")
    return graph.nodes[name]


class Taken:
    """Ids that a graph's nodes and frames hold, and those given out since: for `fresh_id`, without copying 10,000."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._given: set[str] = set()

    def __contains__(self, name: object) -> bool:
        return name in self._graph.nodes or name in self._graph.frames or name in self._given

    def new(self, wanted: str, base: str) -> str:
        """The wanted id, or a fresh one made of `base` where none is wanted. Raises EditError."""
        if wanted:
            require_id(wanted)
            if wanted in self:
                raise EditError(f"there is already something named {wanted}")
        name = wanted or fresh_id(self, base)
        self._given.add(name)
        return name


def require_id(name: str) -> None:
    """Raises EditError for what cannot stand in generated source."""
    if not is_id(name):
        raise EditError(f'"{name[:40]}" cannot be a name: letters, digits and _, and no word that Python or torch uses')


def require_room(project: Project, more: int) -> None:
    """Raises EditError where a project would have more nodes than its file may hold."""
    if sum(len(graph.nodes) for graph in project.graphs.values()) + more > MAX_NODES:
        raise EditError(f"a project has at most {MAX_NODES} nodes")


def changed(values: Values, new: Iterable[tuple[str, Value | Default]]) -> Values:
    """The values with these put in, DEFAULT dropping what was set; the very same object if nothing differs."""
    for name, value in new:
        if isinstance(value, Default):
            values = values.delete(name) if name in values else values
        elif name not in values or not same(values[name], value):
            values = values.set(name, value)
    return values


def same(one: Value, other: Value) -> bool:
    """Whether two values are equal and of one type throughout: for Python 1, 1.0 and True are equal."""
    if type(one) is not type(other):
        return False
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Map) and isinstance(other, Map):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    return one == other


def point(at: tuple[float, float]) -> tuple[float, float]:
    """A place on the canvas, to a hundredth of a unit and within the limits of a file. Raises EditError."""
    x, y = (length(part) for part in at)
    return x, y


def length(number: float) -> float:
    """One coordinate or size. Raises EditError for what is no number."""
    if not math.isfinite(number):
        raise EditError("a place on the canvas needs finite numbers")
    return round(max(-MAX_COORDINATE, min(float(number), MAX_COORDINATE)), 2)


def title_of(text: str, limit: int = MAX_NAME) -> str:
    """Text that a file can hold: within its limit, without halves of characters."""
    return text[:limit].encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def close_up(links: Map[Input, Link], ends: Iterable[Input]) -> LinkEdits:
    """The links into these inputs taken away, those after them in a port that takes many moved up."""
    gone = {end for end in ends if end in links}
    edits: LinkEdits = {}
    for node, port in {(end.node, end.port) for end in gone}:
        index = free = min(end.index for end in gone if end.node == node and end.port == port)
        while (end := Input(node, port, index)) in links:
            if end not in gone:
                target = Input(node, port, free)
                edits[target] = (links.get(target), Link(links[end].source, target, links[end].via, links[end].extra))
                free += 1
            index += 1
        edits.update((Input(node, port, n), (links[Input(node, port, n)], None)) for n in range(free, index))
    # Where a file left a gap, what lies behind it stays where it is.
    edits.update((end, (links[end], None)) for end in gone - edits.keys())
    return edits


def link_edits(graph: str, found: LinkEdits) -> list[Edit]:
    """As edits, in natural order."""
    return [Edit("link", graph, end, *found[end]) for end in sorted(found, key=input_key)]


def frame_of(graph: Graph, name: str) -> Frame:
    """Raises EditError."""
    if name not in graph.frames:
        raise EditError(f"there is no frame {name}")
    return graph.frames[name]


def counted(*counts: tuple[int, str]) -> str:
    """ "3 nodes and 1 frame"; "nothing"."""
    parts = [f"{count} {word}{'s' if count != 1 else ''}" for count, word in counts if count]
    return " and ".join(parts) or "nothing"
