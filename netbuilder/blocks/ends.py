"""A network's inputs and outputs as a list: added, put in order and removed; placements' links follow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from netbuilder.blocks.pieces import in_order
from netbuilder.graph import edits
from netbuilder.graph.change import Change, Edit, apply, join
from netbuilder.graph.edits_base import Default, EditError, Taken, close_up, counted, graph_of, link_edits
from netbuilder.graph.grouping import Parts
from netbuilder.graph.model import Graph, Input, Project, Value, Values, natural_key

PLACE = "place"


class Hanging(NamedTuple):
    """A link at a placement that hangs from one of the network's Inputs or Outputs."""

    graph: str
    target: Input


def ends(graph: Graph, block: str) -> list[str]:
    """The ids of a network's Inputs (or Outputs) in their order: that of the ports where it is placed."""
    return [id for id, _ in in_order((id, node) for id, node in graph.nodes.items() if node.block == block)]


def add_end(
    project: Project, graph: str, block: str, at: tuple[float, float], name: str = "", params: Values | None = None
) -> Change:
    """One more Input or Output, behind the others. Raises EditError for a name that is taken or none."""
    held = graph_of(project, graph)
    name = Taken(held).new(name, "x" if block == "Input" else "y")
    values = params if params is not None else Values()
    places = [place for id in ends(held, block) if type(place := held.nodes[id].params.get(PLACE)) is int]
    if places and len(places) == len(ends(held, block)):
        values = values.set(PLACE, max(places) + 1)
    change = edits.add_node(project, graph, block, at, params=values, id=name)
    return Change(f"Add {block.lower()} {name}", change.edits)


def order_ends(project: Project, graph: str, wanted: Sequence[str]) -> Change:
    """These Inputs (or Outputs) in this order. Those whose names have it already need no places. Raises EditError."""
    held = graph_of(project, graph)
    if gone := next((id for id in wanted if id not in held.nodes), ""):
        raise EditError(f"there is no node {gone}")
    named = list(wanted) == sorted(wanted, key=natural_key)
    edited: list[Edit] = []
    for at, id in enumerate(wanted, 1):
        value: Value | Default = edits.DEFAULT if named else at
        edited += edits.set_params(project, graph, id, {PLACE: value}).edits
    return Change(f"Order {', '.join(wanted) if len(wanted) < 4 else counted((len(wanted), 'port'))}", tuple(edited))


def hanging(project: Project, graph: str, ids: Iterable[str], known: Parts) -> list[Hanging]:
    """The links, in other graphs, at the ports that these Inputs and Outputs are where the network is placed."""
    held = graph_of(project, graph)
    wanted = {id for id in ids if id in held.nodes and held.nodes[id].block in (known.input, known.output)}
    found: list[Hanging] = []
    for name in sorted(project.graphs, key=natural_key) if wanted else ():
        nodes = project.graphs[name].nodes
        here = {
            id
            for id, node in nodes.items()
            if node.block in known.placement and node.params.get(known.network) == graph and name != graph
        }
        found += [
            Hanging(name, end)
            for end, link in project.graphs[name].links.items()
            if (end.node in here and end.port in wanted) or (link.source.node in here and link.source.port in wanted)
        ]
    return found


def without_hanging(project: Project, graph: str, ids: Iterable[str], known: Parts) -> Change:
    """Without the links that would hang from nothing once these Inputs and Outputs are gone."""
    by_graph: dict[str, list[Input]] = {}
    for name, end in hanging(project, graph, ids, known):
        by_graph.setdefault(name, []).append(end)
    found: list[Edit] = []
    for name, gone in by_graph.items():
        found += link_edits(name, close_up(project.graphs[name].links, gone))
    return Change("Unlink", tuple(found))


def remove_ends(project: Project, graph: str, ids: Sequence[str], known: Parts) -> Change:
    """Without these Inputs and Outputs, their links, and those of the placements that hang from them."""
    away = without_hanging(project, graph, ids, known)
    gone = edits.remove(apply(project, away), graph, ids)
    return join(f"Remove {', '.join(ids)}", (away, gone))
