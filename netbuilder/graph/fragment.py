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
from netbuilder.graph.model import (
    NONE,
    Dataset,
    Frame,
    Graph,
    Input,
    Link,
    Node,
    Output,
    Project,
    Values,
    input_key,
    natural_key,
)
from netbuilder.graph.names import is_id
from netbuilder.graph.plain import graph_to_plain, project_to_plain
from netbuilder.graph.via import Point, Via
from netbuilder.graph.walk import MAX_NAME, Walk


class Fragment(msgspec.Struct, frozen=True):
    """Nodes and frames by id, with the links between these nodes, and what they refer to (see `carrying`).

    `arguments`: those of its graph that it uses; `networks` and `datasets` that it names; `home`: a word by which the
    project that it came from knows it again, "" for none.
    """

    nodes: Map[str, Node] = Map()
    links: Map[Input, Link] = Map()
    frames: Map[str, Frame] = Map()
    arguments: Values = NONE
    networks: Map[str, Graph] = Map()
    datasets: Map[str, Dataset] = Map()
    home: str = ""

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
    dx, dy = _corner_shift(fragment, at)
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
        edits.append(
            Edit(
                "node", graph, new, None, replace(node, at=point((node.at[0] + dx, node.at[1] + dy)), bookmarked=False)
            )
        )
    for end in sorted(fragment.links, key=input_key):
        link = fragment.links[end]
        target = Input(ids[end.node], end.port, end.index)
        source = Output(ids[link.source.node], link.source.port)
        copy = replace(link, source=source, target=target, via=_shifted(link.via, dx, dy))
        edits.append(Edit("link", graph, target, None, copy))
    label = counted((len(fragment.nodes), "node"), (len(fragment.frames), "frame"))
    return Change(f"Paste {label}", tuple(edits))


def duplicate(
    project: Project, graph: str, ids: Iterable[str], at: tuple[float, float], *, linked: bool = False
) -> Change:
    """A copy of these nodes and frames with its top left corner at `at`, with the links between the nodes.

    `linked`: links that lead into them from elsewhere lead into the copies too. Those that lead out stay with the
    originals, since an input takes one link. Raises EditError over the limit of nodes.
    """
    fragment = cut_out(project, graph, ids)
    change = paste(project, graph, fragment, at)
    label = f"Duplicate{change.label.removeprefix('Paste')}"
    held = graph_of(project, graph)
    copies = dict(zip(sorted(fragment.nodes, key=natural_key), _made(change), strict=True))
    if not linked:
        return Change(label, change.edits)
    arriving, shift = [], _corner_shift(fragment, at)
    for end, link in held.links.items():
        if end.node in copies:
            source, target = link.source, end._replace(node=copies[end.node])
            via: Via = ()  # from elsewhere it comes another way
            if source.node in copies:
                source, via = (
                    source._replace(node=copies[source.node]),
                    _shifted(link.via, *shift),
                )
            arriving.append(replace(link, source=source, target=target, via=via))
    links = _numbered(arriving)
    kept = tuple(edit for edit in change.edits if edit.kind != "link")
    made = (Edit("link", graph, end, None, links[end]) for end in sorted(links, key=input_key))
    return Change(label, (*kept, *made))


def _corner_shift(fragment: Fragment, at: Point) -> Point:
    """How far a fragment goes so that the top left corner of all of it comes to lie at `at`."""
    corners = [node.at for node in fragment.nodes.values()] + [frame.rect[:2] for frame in fragment.frames.values()]
    return (
        at[0] - min((x for x, _ in corners), default=0.0),
        at[1] - min((y for _, y in corners), default=0.0),
    )


def _shifted(via: Via, dx: float, dy: float) -> Via:
    return tuple(point((x + dx, y + dy)) for x, y in via)


def _made(change: Change) -> list[str]:
    return [str(edit.key) for edit in change.edits if edit.kind == "node"]


def fragment_to_text(fragment: Fragment) -> str:
    """As JSON, for the clipboard: written like a project, with the piece beside the networks that it names."""
    held = Graph(nodes=fragment.nodes, links=fragment.links, frames=fragment.frames, arguments=fragment.arguments)
    beside = project_to_plain(Project(graphs=fragment.networks, datasets=fragment.datasets))
    home = {"home": fragment.home} if fragment.home else {}
    return json.dumps({**beside, **home, "fragment": graph_to_plain(held)}, ensure_ascii=False, allow_nan=False)


def fragment_from_text(text: str) -> Fragment:
    """Whatever text lies on the clipboard. Raises FileError for any that is not a fragment."""
    plain, _ = decode(text.encode("utf-8", "replace"))
    if not isinstance(plain, dict) or "fragment" not in plain:
        raise FileError("this text is not a piece of a network")
    try:
        graph = Walk().graph(plain["fragment"])
    except FileError as error:
        raise error.under("fragment") from None
    beside = Walk().project({key: plain[key] for key in ("netbuilder", "graphs", "datasets") if key in plain})
    networks = {name: held for name, held in beside.graphs.items() if held.kind == "network" and is_id(name)}
    datasets = {name: held for name, held in beside.datasets.items() if is_id(name)}
    home = plain.get("home")
    return Fragment(
        graph.nodes,
        _numbered(graph.links.values()),
        graph.frames,
        graph.arguments,
        Map(networks),
        Map(datasets),
        home[:MAX_NAME] if isinstance(home, str) else "",
    )


def _numbered(links: Iterable[Link]) -> Map[Input, Link]:
    """Links with the gaps closed that were left in ports that take many."""
    held: dict[tuple[str, str], int] = {}
    found: dict[Input, Link] = {}
    for link in sorted(links, key=lambda link: input_key(link.target)):
        node, port, _ = link.target
        index = held.get((node, port), 0)
        held[node, port] = index + 1
        target = Input(node, port, index)
        found[target] = replace(link, target=target)
    return Map(found)
