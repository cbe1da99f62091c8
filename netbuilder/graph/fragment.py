"""A piece of a graph by itself: what the clipboard holds."""

from __future__ import annotations

import json
from collections.abc import Iterable

import msgspec
from immutables import Map
from msgspec.structs import replace

from netbuilder.graph.change import Change, Edit
from netbuilder.graph.edits_base import Taken, counted, graph_of, point, require_room
from netbuilder.graph.errors import FileError
from netbuilder.graph.file import decode
from netbuilder.graph.folding import expanded
from netbuilder.graph.model import Frame, Graph, Input, Link, Node, Output, Project, input_key, natural_key
from netbuilder.graph.plain import graph_to_plain
from netbuilder.graph.walk import Walk


class Fragment(msgspec.Struct, frozen=True):
    """Nodes and frames by id, with the links between these nodes."""

    nodes: Map[str, Node] = Map()
    links: Map[Input, Link] = Map()
    frames: Map[str, Frame] = Map()

    def __bool__(self) -> bool:
        return bool(self.nodes or self.frames)


def cut_out(project: Project, graph: str, ids: Iterable[str]) -> Fragment:
    """A copy of these nodes and frames, of what those of them that are folded hide, and of the links between the nodes;
    the graph keeps its own."""
    held = graph_of(project, graph)
    names = expanded(held, ids)
    nodes = {name: held.nodes[name] for name in names if name in held.nodes}
    frames = {name: held.frames[name] for name in names if name in held.frames}
    inner = [link for end, link in held.links.items() if end.node in nodes and link.source.node in nodes]
    return Fragment(Map(nodes), _numbered(inner), Map(frames))


def paste(project: Project, graph: str, fragment: Fragment, at: tuple[float, float]) -> Change:
    """The fragment's things under fresh ids, the top left corner of all of them at `at`.

    New ids are the keys of the change's node and frame edits. Raises EditError over the limit of nodes.
    """
    require_room(project, len(fragment.nodes))
    taken = Taken(graph_of(project, graph))
    ids = {name: taken.new("", name) for name in sorted(fragment.nodes, key=natural_key)}
    corners = [node.at for node in fragment.nodes.values()] + [frame.rect[:2] for frame in fragment.frames.values()]
    dx = at[0] - min((x for x, _ in corners), default=0.0)
    dy = at[1] - min((y for _, y in corners), default=0.0)
    edits = []
    drawn = {name: taken.new("", name) for name in sorted(fragment.frames, key=natural_key)}
    held = {**ids, **drawn}
    for name, new in drawn.items():
        frame = fragment.frames[name]
        corner = point((frame.rect[0] + dx, frame.rect[1] + dy))
        folded = tuple(held[inner] for inner in frame.folded if inner in held)
        copied = replace(frame, rect=(*corner, *frame.rect[2:]), folded=folded)
        edits.append(Edit("frame", graph, new, None, copied))
    for name, new in ids.items():
        node = fragment.nodes[name]
        edits.append(Edit("node", graph, new, None, replace(node, at=point((node.at[0] + dx, node.at[1] + dy)))))
    for end in sorted(fragment.links, key=input_key):
        link = fragment.links[end]
        target = Input(ids[end.node], end.port, end.index)
        via = tuple(point((x + dx, y + dy)) for x, y in link.via)
        copy = Link(Output(ids[link.source.node], link.source.port), target, via, link.extra)
        edits.append(Edit("link", graph, target, None, copy))
    label = counted((len(fragment.nodes), "node"), (len(fragment.frames), "frame"))
    return Change(f"Paste {label}", tuple(edits))


def fragment_to_text(fragment: Fragment) -> str:
    """As JSON, for the clipboard."""
    plain = graph_to_plain(Graph(nodes=fragment.nodes, links=fragment.links, frames=fragment.frames))
    return json.dumps({"netbuilder": 1, "fragment": plain}, ensure_ascii=False, allow_nan=False)


def fragment_from_text(text: str) -> Fragment:
    """Whatever text lies on the clipboard. Raises FileError for any that is not a fragment."""
    plain, _ = decode(text.encode("utf-8", "replace"))
    if not isinstance(plain, dict) or "fragment" not in plain:
        raise FileError("this text is not a piece of a network")
    try:
        graph = Walk().graph(plain["fragment"])
    except FileError as error:
        raise error.under("fragment") from None
    return Fragment(graph.nodes, _numbered(graph.links.values()), graph.frames)


def _numbered(links: Iterable[Link]) -> Map[Input, Link]:
    """Links with the gaps closed that were left in ports that take many."""
    held: dict[tuple[str, str], int] = {}
    found: dict[Input, Link] = {}
    for link in sorted(links, key=lambda link: input_key(link.target)):
        node, port, _ = link.target
        index = held.get((node, port), 0)
        held[node, port] = index + 1
        target = Input(node, port, index)
        found[target] = Link(link.source, target, link.via, link.extra)
    return Map(found)
