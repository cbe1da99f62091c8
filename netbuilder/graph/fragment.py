"""A piece of a graph on its own: what copy takes and paste puts down, also as text on the clipboard."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from immutables import Map

from netbuilder.graph.change import Change, Edit
from netbuilder.graph.file import dumps, loads
from netbuilder.graph.model import Frame, Graph, Input, Link, Node, Output, Project, input_key, natural_key
from netbuilder.graph.names import fresh_id

_NAME = "fragment"


class Fragment(msgspec.Struct, frozen=True):
    """Nodes, frames, and the links among those nodes."""

    nodes: Map[str, Node] = Map()
    links: Map[Input, Link] = Map()
    frames: Map[str, Frame] = Map()

    def __bool__(self) -> bool:
        return bool(self.nodes or self.frames)


def cut_out(project: Project, graph: str, ids: Iterable[str]) -> Fragment:
    """These nodes and frames of the graph, with the links among the nodes. Unknown ids are passed over."""
    held, wanted = project.graphs[graph], set(ids)
    nodes = {id: held.nodes[id] for id in wanted if id in held.nodes}
    links = {end: link for end, link in held.links.items() if end.node in nodes and link.source.node in nodes}
    frames = {id: held.frames[id] for id in wanted if id in held.frames}
    return Fragment(Map(nodes), Map(links), Map(frames))


def paste(project: Project, graph: str, fragment: Fragment, at: tuple[float, float]) -> Change:
    """Puts a fragment down with its top left corner at `at`, under ids that are free; inner links are kept."""
    held = project.graphs[graph]
    corners = [node.at for node in fragment.nodes.values()] + [frame.rect[:2] for frame in fragment.frames.values()]
    if not corners:
        return Change("Paste")
    dx, dy = at[0] - min(x for x, _ in corners), at[1] - min(y for _, y in corners)
    taken = held.nodes
    names: dict[str, str] = {}
    edits: list[Edit] = []
    for id in sorted(fragment.nodes, key=natural_key):
        node = fragment.nodes[id]
        names[id] = id if id not in taken else fresh_id(taken, id)
        moved = msgspec.structs.replace(node, at=(node.at[0] + dx, node.at[1] + dy))
        taken = taken.set(names[id], moved)
        edits.append(Edit("node", graph, names[id], None, moved))
    for end in sorted(fragment.links, key=input_key):
        link = fragment.links[end]
        source = Output(names[link.source.node], link.source.port)
        target = end._replace(node=names[end.node])
        edits.append(Edit("link", graph, target, None, msgspec.structs.replace(link, source=source, target=target)))
    boxes = held.frames
    for id in sorted(fragment.frames, key=natural_key):
        frame = fragment.frames[id]
        name = id
        number = 1
        while name in boxes or name in taken:
            number += 1
            name = f"{id.rstrip('0123456789') or 'frame'}{number}"
        x, y, width, height = frame.rect
        moved_frame = msgspec.structs.replace(frame, rect=(x + dx, y + dy, width, height))
        boxes = boxes.set(name, moved_frame)
        edits.append(Edit("frame", graph, name, None, moved_frame))
    count = len(fragment.nodes) + len(fragment.frames)
    return Change(f"Paste {count} {'item' if count == 1 else 'items'}", tuple(edits))


def fragment_to_text(fragment: Fragment) -> str:
    """The fragment as a small project file: readable, and anything that opens projects understands it."""
    graph = Graph("network", fragment.nodes, fragment.links, fragment.frames)
    return dumps(Project(graphs=Map({_NAME: graph}))).decode()


def fragment_from_text(text: str) -> Fragment:
    """What `fragment_to_text` wrote. Raises FileError, a ValueError, for any other text."""
    graphs = loads(text.encode("utf-8", "surrogatepass")).graphs
    graph = graphs.get(_NAME) or next(iter(graphs.values()), Graph())
    return Fragment(graph.nodes, graph.links, graph.frames)
