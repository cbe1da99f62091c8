"""Edits of links beyond making and taking them one by one: several at once, swapped, cut, spliced, led over points."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from netbuilder.graph.change import Change, Edit, apply, join
from netbuilder.graph.edits import connect, remove
from netbuilder.graph.edits_base import EditError, counted, graph_of, node_of, point
from netbuilder.graph.model import Input, Link, Output, Project
from netbuilder.graph.via import Point, Via, parted
from netbuilder.graph.walk import MAX_VIA


def connect_all(project: Project, graph: str, pairs: Iterable[tuple[Output, Input]]) -> Change:
    """Links from outputs to inputs, each made for what the former ones leave, as one change. Raises EditError."""
    changes = []
    for source, target in pairs:
        changes.append(connect(project, graph, source, target))
        project = apply(project, changes[-1])
    if len(changes) == 1:
        return changes[0]
    return join(f"Make {counted((sum(map(bool, changes)), 'link'))}", changes)


def swap(project: Project, graph: str, one: Input, other: Input) -> Change:
    """The links into these two inputs exchange where they end; each keeps the points that it runs through.

    Raises EditError where one of them has no link.
    """
    held = graph_of(project, graph)
    first, second = _link(held.links.get(one), one), _link(held.links.get(other), other)
    label = f"Swap {first.source.node} and {second.source.node}"
    if first.source == second.source:
        return Change(label)
    return Change(
        label,
        (
            Edit("link", graph, one, first, Link(second.source, one, second.via, second.extra)),
            Edit("link", graph, other, second, Link(first.source, other, first.via, first.extra)),
        ),
    )


def cut(project: Project, graph: str, targets: Iterable[Input]) -> Change:
    """Without the links into these inputs; ports that take many close up."""
    change = remove(project, graph, links=targets)
    return Change(change.label.replace("Delete", "Cut", 1), change.edits)


def splice(project: Project, graph: str, target: Input, id: str, in_port: str, out_port: str) -> Change:
    """A node that is there put into the middle of the link that ends in `target`, in place of what its ports held.

    The link's points go to the half on whose side of the node they lie. Raises EditError.
    """
    held = graph_of(project, graph)
    node = node_of(held, id)
    old = _link(held.links.get(target), target)
    if id in (old.source.node, target.node):
        raise EditError(f"the node {id} is at an end of this link already")
    into = Input(id, in_port)
    ends = node_of(held, old.source.node).at, node_of(held, target.node).at
    before, after = parted(ends[0], old.via, ends[1], node.at)
    first = Link(old.source, into, before)
    second = Link(Output(id, out_port), target, after, old.extra)
    edits = (Edit("link", graph, into, held.links.get(into), first), Edit("link", graph, target, old, second))
    return Change(f"Put {id} into a link", edits)


def add_point(project: Project, graph: str, target: Input, index: int, at: Point) -> Change:
    """A point that the link into `target` runs through, before the one that has this index now. Raises EditError."""
    via = _link(graph_of(project, graph).links.get(target), target).via
    if len(via) >= MAX_VIA:
        raise EditError(f"a link runs through at most {MAX_VIA} points")
    return set_via(project, graph, target, (*via[:index], at, *via[index:]), "Add a point to a link")


def move_point(project: Project, graph: str, target: Input, index: int, at: Point) -> Change:
    """Another place for one of a link's points. Raises EditError."""
    via = _link(graph_of(project, graph).links.get(target), target).via
    _require_point(via, index)
    return set_via(project, graph, target, (*via[:index], at, *via[index + 1 :]), "Move a point of a link")


def remove_point(project: Project, graph: str, target: Input, index: int) -> Change:
    """Without one of a link's points. Raises EditError."""
    via = _link(graph_of(project, graph).links.get(target), target).via
    _require_point(via, index)
    return set_via(project, graph, target, (*via[:index], *via[index + 1 :]), "Remove a point of a link")


def set_via(project: Project, graph: str, target: Input, via: Iterable[Point], label: str) -> Change:
    """All points that a link runs through, in order from its source. Raises EditError."""
    link = _link(graph_of(project, graph).links.get(target), target)
    new = replace(link, via=tuple(map(point, via)))
    return Change(label, (Edit("link", graph, target, link, new),) if new != link else ())


def _require_point(via: Via, index: int) -> None:
    if not 0 <= index < len(via):
        raise EditError("this link has no such point")


def _link(link: Link | None, target: Input) -> Link:
    if link is None:
        raise EditError(f"nothing is linked to {target.node}.{target.port}")
    return link
