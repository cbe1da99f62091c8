"""Grouping: some nodes become a network with one placement in their stead; ungrouping puts a placement's nodes back.

Both are one change. Ids stay wherever they are free, so trained weights keep the ends of their names
(`conv1.weight` becomes `block1.conv1.weight`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable

import msgspec
from immutables import Map
from msgspec.structs import replace

from netbuilder.graph import folding, substitution
from netbuilder.graph.change import Change, Edit
from netbuilder.graph.difference import difference
from netbuilder.graph.edits_base import EditError, Taken, counted, graph_of, node_of, point, require_id
from netbuilder.graph.model import (
    NONE,
    Graph,
    Input,
    Link,
    Node,
    Output,
    Project,
    Value,
    Values,
    input_key,
    natural_key,
)
from netbuilder.graph.names import fresh_id
from netbuilder.graph.via import Point, Via, moved, strung

_STEP = 260.0  # scene units from a group's Inputs to its nodes, and on to its Outputs
_ROW = 130.0


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What grouping must know of the catalogue.

    Names of blocks: the placement with its parameters, what begins and ends a network with their port, and the blocks
    whose input is no dependency (`delays`). `fits` says whether a block may stand in a graph of a kind.
    """

    placement: Collection[str]
    network: str
    arguments: str
    repeat: str
    weights: str
    shared: str
    input: str
    output: str
    port: str
    delays: Container[str]
    fits: Callable[[str, str], bool]


def group(project: Project, graph: str, ids: Iterable[str], parts: Parts, name: str = "") -> Change:
    """These nodes (and frames) as a network of their own, placed once where they stood.

    What leads in and out becomes Inputs and Outputs; arguments of the graph that the nodes use are handed on. The
    graph's own Inputs and Outputs stay. Raises EditError where that gives no network: nothing to group, a path that
    leaves the group and comes back, a block that has no place in a network.
    """
    held = graph_of(project, graph)
    ids = folding.expanded(held, ids)
    ends = (parts.input, parts.output)
    inside = {id: node for id in ids if (node := held.nodes.get(id)) is not None and node.block not in ends}
    if not inside:
        raise EditError("select the nodes to group first; Inputs and Outputs stay where they are")
    for id, node in inside.items():
        if not parts.fits(node.block, "network"):
            raise EditError(
                f"the node {id} is a {node.block}, which has no place in a network; leave it out of the group"
            )
    if between := _between(held, inside, parts.delays):
        raise EditError(
            f"the node {between} lies between nodes of the group: take it in too, or leave out what follows it"
        )
    new = name or fresh_id(project.graphs, "block")
    require_id(new)
    if new in project.graphs:
        raise EditError(f"there is already a graph {new}")
    id = Taken(held).new("", new)
    made, inputs, outputs = _network(held, inside, parts)
    values: Values = Map({parts.network: new})
    if made.arguments:
        values = values.set(parts.arguments, Map({argument: f"={argument}" for argument in made.arguments}))
    links: dict[Input, Link] = {}
    for end, link in held.links.items():
        if link.source in outputs and end.node not in inside:
            links[end] = Link(Output(id, outputs[link.source]), end, _outside(link.via, inside), link.extra)
        elif link.source.node not in inside and end.node not in inside:
            links[end] = link
    ways = _ways_in(held, inside)
    for source, port in inputs.items():
        links[Input(id, port)] = Link(source, Input(id, port), ways[source])
    frames = {key: held.frames[key] for key in ids if key in held.frames}
    nodes = held.nodes.mutate()
    for key in inside:
        del nodes[key]
    nodes[id] = Node(next(iter(parts.placement)), values, point(_middle(inside.values())))
    rest = Map({key: frame for key, frame in held.frames.items() if key not in frames})
    rest = rest.update(folding.forgotten(held, {*inside, *frames}, rest))
    frames |= folding.forgotten(held, set(held.nodes) - inside.keys(), frames)
    after = replace(held, nodes=nodes.finish(), links=Map(links), frames=rest)
    edits = [Edit("graph", "", new, None, replace(made, frames=Map(frames))), *difference(graph, held, after)]
    return Change(f"Group {counted((len(inside), 'node'))} into {new}", tuple(edits))


def ungroup(project: Project, graph: str, id: str, parts: Parts) -> Change:
    """A placement's nodes in its stead; the network goes too if nothing else places it.

    Expressions over the network's arguments become what the placement gives for them. Raises EditError where that
    would change what is computed: a repeated placement, shared weights, nodes that have no place in this graph.
    """
    held = graph_of(project, graph)
    placement = node_of(held, id)
    network = placement.params.get(parts.network)
    inner = project.graphs.get(network) if isinstance(network, str) else None
    if placement.block not in parts.placement or inner is None or not isinstance(network, str):
        raise EditError(f"the node {id} places no network, so there is nothing to ungroup")
    _refuse(held, id, network, inner, parts)
    taken = Taken(replace(held, nodes=held.nodes.delete(id)))
    names = ungrouped_names(inner, taken, parts)
    env = inner.arguments.update(_given(placement, parts.arguments))
    shift = _shift(placement, [inner.nodes[key].at for key in names])
    nodes = held.nodes.delete(id)
    for key, new in names.items():
        node = inner.nodes[key]
        params = Map({name: substitution.given(value, env) for name, value in node.params.items()})
        nodes = nodes.set(new, replace(node, params=params, at=point((node.at[0] + shift[0], node.at[1] + shift[1]))))
    drawn = {key: taken.new("", key) for key in inner.frames}
    put = {key: (new,) for key, new in {**names, **drawn}.items()}
    gone: dict[str, tuple[str, ...]] = {key: () for key in inner.nodes if key not in names}
    frames = held.frames.update(folding.renamed(held, {id: (*names.values(), *drawn.values())}))
    for key, frame in inner.frames.update(folding.renamed(inner, gone | put)).items():
        corner = point((frame.rect[0] + shift[0], frame.rect[1] + shift[1]))
        frames = frames.set(drawn[key], replace(frame, rect=(*corner, *frame.rect[2:])))
    after = replace(held, nodes=nodes, links=_spliced(held, inner, id, names, parts, shift), frames=frames)
    edits = list(difference(graph, held, after))
    if not _placed(project, network, parts, but=(graph, id)):
        edits.append(Edit("graph", "", network, inner, None))
    return Change(f"Ungroup {id}", tuple(edits))


def ungrouped_names(inner: Graph, taken: Taken, parts: Parts) -> dict[str, str]:
    """What the nodes of a network are called where they stand in its stead."""
    return {
        key: taken.new("" if key in taken else key, key)
        for key in sorted(inner.nodes, key=natural_key)
        if inner.nodes[key].block not in (parts.input, parts.output)
    }


def _between(held: Graph, inside: Collection[str], delays: Container[str]) -> str:
    """A node outside that both follows the group and leads back into it, "" if there is none."""
    onwards: dict[str, list[str]] = {}
    for link in held.links.values():
        if link.target.node in held.nodes and held.nodes[link.target.node].block not in delays:
            onwards.setdefault(link.source.node, []).append(link.target.node)
    came: dict[str, str] = {}
    todo = [end for id in inside for end in onwards.get(id, ()) if end not in inside]
    for id in todo:
        came[id] = ""
    while todo:
        id = todo.pop()
        for end in onwards.get(id, ()):
            if end in inside:
                while came[id]:  # name the first one behind the group
                    id = came[id]
                return id
            if end not in came:
                came[end] = id
                todo.append(end)
    return ""


def _network(held: Graph, inside: dict[str, Node], parts: Parts) -> tuple[Graph, dict[Output, str], dict[Output, str]]:
    """The group as a graph; the Input that stands for each output that leads in, the Output for each that leads out."""
    links = sorted(held.links.values(), key=lambda link: input_key(link.target))
    into = dict.fromkeys(link.source for link in links if link.target.node in inside and link.source.node not in inside)
    out = dict.fromkeys(link.source for link in links if link.target.node not in inside and link.source.node in inside)
    taken = Taken(Graph(nodes=Map(inside)))
    left, top, right = (
        min(node.at[0] for node in inside.values()),
        min(node.at[1] for node in inside.values()),
        max(node.at[0] for node in inside.values()),
    )
    nodes: dict[str, Node] = dict(inside)
    inputs = {source: _end_name(taken, source, held, "x", len(into)) for source in into}
    outputs = {source: _end_name(taken, source, held, "y", len(out)) for source in out}
    for block, names, x in ((parts.input, inputs, left - _STEP), (parts.output, outputs, right + _STEP)):
        for row, name in enumerate(names.values()):
            nodes[name] = Node(block, at=point((x, top + row * _ROW)))
    made: dict[Input, Link] = {}
    for link in links:
        if link.target.node in inside:
            led_in = link.source in inputs  # its points lie outside
            source = Output(inputs[link.source], parts.port) if led_in else link.source
            made[link.target] = Link(source, link.target, () if led_in else link.via, link.extra)
    for source, name in outputs.items():
        made[Input(name, parts.port)] = Link(source, Input(name, parts.port))
    used = {name for node in inside.values() for value in node.params.values() for name in substitution.names(value)}
    arguments = Map({name: value for name, value in held.arguments.items() if name in used})
    return Graph("network", Map(nodes), Map(made), arguments=arguments), inputs, outputs


def _ways_in(held: Graph, inside: dict[str, Node]) -> dict[Output, Via]:
    """For each output outside that leads in, the points of the first link that does."""
    leading = (link for link in held.links.values() if link.target.node in inside and link.source.node not in inside)
    found: dict[Output, Via] = {}
    for link in sorted(leading, key=lambda link: input_key(link.target)):
        found.setdefault(link.source, _outside(link.via, inside))
    return found


def _outside(via: Via, inside: dict[str, Node]) -> Via:
    """The points that do not lead round nodes which are drawn elsewhere now: none at or between their places."""
    xs, ys = [node.at[0] for node in inside.values()], [node.at[1] for node in inside.values()]
    left, right, top, bottom = min(xs) - _STEP / 2, max(xs) + _STEP, min(ys) - _ROW / 2, max(ys) + _ROW
    return tuple((x, y) for x, y in via if not (left <= x <= right and top <= y <= bottom))


def _end_name(taken: Taken, source: Output, held: Graph, alone: str, count: int) -> str:
    """ "x" for the only one; otherwise what it is called outside, with an end that tells it from a node inside."""
    if count == 1:
        return taken.new(alone if alone not in taken else "", alone)
    base = source.node if held.nodes.get(source.node) is not None else alone
    wanted = f"{base}_{alone}"
    return taken.new("" if wanted in taken else wanted, wanted)


def _refuse(held: Graph, id: str, network: str, inner: Graph, parts: Parts) -> None:
    """Raises EditError where the nodes of a placement cannot stand for it."""
    placement = held.nodes[id]
    if placement.params.get(parts.repeat, 1) != 1:
        raise EditError(f"the placement {id} is repeated; set {parts.repeat} to 1 before you ungroup it")
    shared = placement.params.get(parts.weights)
    others = [
        key
        for key, node in held.nodes.items()
        if key != id
        and shared
        and node.params.get(parts.network) == network
        and node.params.get(parts.weights) == shared
    ]
    if others:
        raise EditError(
            f"the placement {id} shares its weights with {others[0]}; ungrouping it would give it weights of its own"
        )
    for key, node in inner.nodes.items():
        if node.block not in (parts.input, parts.output) and not parts.fits(node.block, held.kind):
            raise EditError(f"the node {key} in {network} is a {node.block}, which has no place in this graph")


def _spliced(held: Graph, inner: Graph, id: str, names: dict[str, str], parts: Parts, shift: Point) -> Map[Input, Link]:
    """All links of the graph with the placement's insides in its stead; ports that take many have no gaps. Points of
    links inside are moved by `shift`, and those of a link that led in or out go on in the one that it becomes."""

    def outside(source: Output) -> Output | None:
        """The output in the graph behind one in the network: through its Inputs, and through this very placement."""
        for _ in range(len(inner.nodes) + 1):
            if source.node in names:
                return Output(names[source.node], source.port)
            link = held.links.get(Input(id, source.node))  # an Input: what leads into the placement's port
            if link is None or link.source.node != id:
                return link.source if link is not None else None
            arrives = inner.links.get(Input(link.source.port, parts.port))
            if arrives is None:
                return None
            source = arrives.source
        return None

    def way(link: Link) -> Via:
        """The points of a link inside, behind those of the link that leads to its Input."""
        before = held.links.get(Input(id, link.source.node)) if link.source.node not in names else None
        return strung(before.via if before is not None else (), moved(link.via, shift))

    found: list[Link] = []
    for link in held.links.values():
        if link.target.node == id:
            continue
        source: Output | None = link.source
        via = link.via
        if link.source.node == id:
            arrives = inner.links.get(Input(link.source.port, parts.port))
            source = outside(arrives.source) if arrives is not None else None
            via = strung(way(arrives), via) if arrives is not None else via
        if source is not None:
            found.append(Link(source, link.target, via, link.extra))
    found.extend(
        Link(source, link.target._replace(node=names[link.target.node]), way(link), link.extra)
        for link in inner.links.values()
        if link.target.node in names and (source := outside(link.source)) is not None
    )
    links: dict[Input, Link] = {}
    count: dict[tuple[str, str], int] = {}
    for link in sorted(found, key=lambda link: input_key(link.target)):
        place = link.target[:2]
        count[place] = index = count.get(place, -1) + 1
        target = link.target._replace(index=index)
        links[target] = link if target == link.target else Link(link.source, target, link.via, link.extra)
    return Map(links)


def _placed(project: Project, network: str, parts: Parts, but: tuple[str, str]) -> bool:
    """Whether anything but this one node names the network."""
    return any(
        (name, id) != but and any(value == network or _holds(value, network) for value in node.params.values())
        for name, graph in project.graphs.items()
        for id, node in graph.nodes.items()
    )


def _holds(value: Value, name: str) -> bool:
    """Whether a value has something under this name, such as what an optimizer says of a network."""
    return isinstance(value, Map) and name in value


def _given(placement: Node, arguments: str) -> Values:
    given = placement.params.get(arguments)
    return given if isinstance(given, Map) else NONE


def _middle(nodes: Collection[Node]) -> tuple[float, float]:
    return sum(node.at[0] for node in nodes) / len(nodes), sum(node.at[1] for node in nodes) / len(nodes)


def _shift(placement: Node, corners: Collection[tuple[float, float]]) -> tuple[float, float]:
    left = min((x for x, _ in corners), default=placement.at[0])
    top = min((y for _, y in corners), default=placement.at[1])
    return placement.at[0] - left, placement.at[1] - top
