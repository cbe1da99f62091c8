"""Another block in a node's place: links, like-named parameters, title, place and bypass stay."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from immutables import Map
from msgspec.structs import replace

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.layer_paths import rename_node
from netbuilder.blocks.spec import Block, Port
from netbuilder.graph.change import Change, Edit, apply, join
from netbuilder.graph.edits_base import EditError, Taken, graph_of, link_edits, node_of, same
from netbuilder.graph.model import Input, Link, Node, Project, Value, Values
from netbuilder.graph.names import make_id

Fits = Callable[[Port, Port], bool]  # an output, and the input that it would lead into


class Replaced(NamedTuple):
    """The change, what the node is called after it, and in words what could not stay."""

    change: Change
    id: str
    lost: tuple[str, ...]


def replace_block(
    project: Project,
    graph: str,
    id: str,
    block: Block,
    catalogue: Catalogue,
    fits: Fits,
) -> Replaced:
    """This block in the place of the node's own. Raises EditError.

    Links go to the ports of the same name, the others to free ports in order where they fit. A node whose id was made
    of its block's name gets one that is made of the new block's.
    """
    held = graph_of(project, graph)
    node = node_of(held, id)
    if graph_of(project, graph).kind not in block.graphs:
        raise EditError(f"{block.name} has no place in this graph")
    params, lost = kept_params(node, block, catalogue)
    new = replace(node, block=block.name, params=params)
    before, after = catalogue.ports(node, project), catalogue.ports(new, project)
    arriving = {end.port: None for end in sorted(held.links, key=lambda end: end.index) if end.node == id}
    leaving = {link.source.port: None for link in held.links.values() if link.source.node == id}

    def source_of(port: str) -> Port | None:
        link = held.links.get(Input(id, port))
        other = held.nodes.get(link.source.node) if link is not None else None
        outputs = catalogue.ports(other, project).outputs if other is not None else ()
        return next((one for one in outputs if link is not None and one.name == link.source.port), None)

    into = _matched(
        _ordered(arriving, before.inputs),
        after.inputs,
        lambda port, goal: (giver := source_of(port)) is None or fits(giver, goal),
    )
    out = _matched(_ordered(leaving, before.outputs), after.outputs, lambda port, goal: True)
    many = {port.name for port in after.inputs if port.many}
    away: list[Link] = []
    back: list[Link] = []
    for link in held.links.values():
        moved = _moved(link, id, into, out, many)
        if moved != link:
            away.append(link)
            back += [moved] if moved is not None else []
            lost += () if moved is not None else (f"the link from {link.source.node} to {link.target.node}",)
    edits = link_edits(graph, {link.target: (link, None) for link in away})
    edits.append(Edit("node", graph, id, node, new))
    edits += link_edits(graph, {link.target: (None, link) for link in back})
    change = Change(f"Replace {id} by {block.name}", tuple(edits))
    if not re.fullmatch(_stem(node.block) + r"\d+", id):
        return Replaced(change, id, lost)
    name = Taken(held).new("", block.name)
    renamed = rename_node(apply(project, change), graph, id, name, catalogue)
    return Replaced(join(change.label, (change, renamed)), name, lost)


def kept_params(node: Node, block: Block, catalogue: Catalogue) -> tuple[Values, tuple[str, ...]]:
    """The values of like-named parameters that the new block takes, and in words those that were set and can't stay."""
    old = catalogue.get(node.block)
    mine: dict[str, Value] = dict(node.params)
    for param in old.typed(node.params) if old is not None else ():
        mine.setdefault(param.name, param.default)
    values: Values = Map()
    seen: set[str] = set()
    for _ in range(3):  # parameters may come with the choice of another
        for param in block.typed(values):
            if param.name in seen or param.name not in mine:
                continue
            seen.add(param.name)
            value = mine[param.name]
            if not param.check_written(value) and not same(value, param.default):
                values = values.set(param.name, value)
    known = {param.name: param for param in block.typed(values)}
    lost = [name for name in sorted(node.params) if name not in known or known[name].check_written(node.params[name])]
    return values, tuple(f"the parameter {name}" for name in lost)


def _moved(link: Link, id: str, into: dict[str, str], out: dict[str, str], many: set[str]) -> Link | None:
    """The link as it hangs from the new block's ports; None where it can't."""
    source, target = link.source, link.target
    if target.node == id:
        port = into.get(target.port, "")
        if not port or (target.index and port not in many):
            return None
        target = target._replace(port=port)
    if source.node == id:
        if source.port not in out:
            return None
        source = source._replace(port=out[source.port])
    return replace(link, source=source, target=target)


def _stem(block: str) -> str:
    return re.escape(make_id(block).rstrip("_0123456789"))


def _ordered(used: dict[str, None], ports: Sequence[Port]) -> list[str]:
    known = [port.name for port in ports if port.name in used]
    return [*known, *(name for name in used if name not in known)]


def _matched(used: Sequence[str], ports: Sequence[Port], fits: Callable[[str, Port], bool]) -> dict[str, str]:
    """For each port in use the one that it becomes: of the same name, else the next free one that fits."""
    names = {port.name for port in ports}
    found = {port: port for port in used if port in names}
    free = [port for port in ports if port.name not in found]
    for port in used:
        if port in found:
            continue
        goal = next((one for one in free if fits(port, one)), None)
        if goal is not None:
            found[port] = goal.name
            free.remove(goal)
    return found
