"""A network's inputs and outputs as a list: added, put in order and removed; placements' links follow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from netbuilder.blocks.pieces import in_order
from netbuilder.graph import edits
from netbuilder.graph.change import Change, Edit, apply, join
from netbuilder.graph.edits_base import Default, EditError, Taken, close_up, counted, graph_of, link_edits, node_of
from netbuilder.graph.grouping import Parts
from netbuilder.graph.model import NONE, Graph, Input, Output, Project, Value, natural_key

PLACE = "place"
INPUT = "Input"
_ROW, _COLUMN = 130.0, 260.0  # scene units between ends, and from them to other nodes


class Hanging(NamedTuple):
    """A link at a placement that hangs from one of the network's Inputs or Outputs."""

    graph: str
    target: Input


def ends(graph: Graph, block: str) -> list[str]:
    """The ids of a network's Inputs (or Outputs) in their order: that of the ports where it is placed."""
    return [id for id, _ in in_order((id, node) for id, node in graph.nodes.items() if node.block == block)]


def end_place(graph: Graph, block: str) -> tuple[float, float]:
    """Where one more Input or Output goes: behind its like, else before (behind) all nodes."""
    across, down = (_ROW, 0.0) if graph.direction == "down" else (0.0, _ROW)
    alike = [graph.nodes[id].at for id in ends(graph, block)]
    if alike:
        last = max(alike) if graph.direction == "down" else max(alike, key=lambda at: (at[1], at[0]))
        return last[0] + 2 * across, last[1] + down
    places = [node.at for node in graph.nodes.values()]
    if not places:
        return (0.0, 0.0)
    away = -1 if block == INPUT else 1
    edge = min if block == INPUT else max
    left, top = (edge(at[axis] for at in places) for axis in (0, 1))
    if graph.direction == "down":
        return min(at[0] for at in places), top + away * _COLUMN
    return left + away * _COLUMN, min(at[1] for at in places)


def add_end(project: Project, graph: str, block: str, name: str = "", at: tuple[float, float] | None = None) -> Change:
    """One more Input or Output, behind the others. Raises EditError for a name that is taken or none."""
    held = graph_of(project, graph)
    name = Taken(held).new(name, "x" if block == INPUT else "y")
    at = end_place(held, block) if at is None else at
    values = NONE
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


def add_linked_end(project: Project, graph: str, placement: str, fixed: Output | Input, known: Parts) -> Change:
    """One more Input of the network that a node places, fed by this output; or one more Output that feeds this input.

    It is named for what it is linked to. Raises EditError where the node places no network.
    """
    network = node_of(graph_of(project, graph), placement).params.get(known.network)
    if not isinstance(network, str) or network not in project.graphs:
        raise EditError(f"the node {placement} places no network")
    block = known.input if isinstance(fixed, Output) else known.output
    held = project.graphs[network]
    wanted = fixed.port if fixed.port not in ("x", "y") else f"{fixed.node}_{fixed.port}"
    taken = Taken(held)
    name = wanted if wanted not in taken else taken.new("", wanted)
    added = add_end(project, network, block, name)
    after = apply(project, added)
    source, target = (fixed, Input(placement, name)) if isinstance(fixed, Output) else (Output(placement, name), fixed)
    linked = edits.connect(after, graph, source, target)
    return join(f"Add {block.lower()} {name} to {network}", (added, linked))
