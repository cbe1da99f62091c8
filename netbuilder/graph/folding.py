"""Frames that are folded: what each hides, and edits that fold and unfold.

A folded frame is drawn as one plate in place of the first node that it hides; what it hides stays in the graph, where
it was. `Frame.folded` names nodes and frames, so a fold can lie in a fold: only the outermost is seen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from immutables import Map
from msgspec.structs import replace

from netbuilder.graph.change import Change, Edit
from netbuilder.graph.edits_base import EditError, Taken, counted, frame_of, graph_of, length, point, title_of
from netbuilder.graph.model import Frame, Graph, Input, Link, Node, Project, natural_key


def owners(graph: Graph) -> dict[str, str]:
    """Each hidden node or frame, with the folded frame that is seen in its stead.

    The larger of two frames that hide each other is seen: a file may say anything. Costs a look at the frames and at
    what they hide.
    """
    folded = {id: frame for id, frame in graph.frames.items() if frame.folded}
    if not folded:
        return {}
    found: dict[str, str] = {}
    size = {id: (-frame.rect[2] * frame.rect[3], natural_key(id)) for id, frame in folded.items()}
    for id in _outer_first(folded, size):
        if id not in found:
            for inner in folded[id].folded:
                if inner != id and (inner in graph.nodes or inner in graph.frames):
                    found.setdefault(inner, id)
    return found


def _outer_first(folded: Mapping[str, Frame], size: Mapping[str, tuple[float, object]]) -> list[str]:
    """Frames that no other hides come first, then the large ones."""
    inner = {name for id, frame in folded.items() for name in frame.folded if name != id}
    return sorted(folded, key=lambda id: (id in inner, *size[id]))


def expanded(graph: Graph, ids: Iterable[str]) -> list[str]:
    """These ids with all that the folded frames among them hide, each once, in a steady order."""
    found: dict[str, None] = {}
    waiting = list(ids)[::-1]
    while waiting:
        id = waiting.pop()
        if id not in found:
            found[id] = None
            if (frame := graph.frames.get(id)) is not None:
                waiting += [inner for inner in reversed(frame.folded) if inner in graph.nodes or inner in graph.frames]
    return list(found)


def plate_corner(graph: Graph, id: str) -> tuple[float, float]:
    """Where the plate of a folded frame has its top left corner: where its first node along the flow has it, so that a
    straight row stays straight; the frame's own corner where it hides no node."""
    down = graph.direction == "down"
    places = [graph.nodes[name].at for name in expanded(graph, [id]) if name in graph.nodes]
    return min(places, key=lambda at: (at[1], at[0]) if down else at, default=graph.frames[id].rect[:2])


def as_seen(graph: Graph) -> Graph:
    """The graph as it is drawn: each plate a node of no block under its frame's id, with the links across its border;
    what it hides is left out. For small pictures."""
    owner = owners(graph)
    plates = [id for id, frame in graph.frames.items() if frame.folded and id not in owner]
    if not plates:
        return graph
    nodes = {id: node for id, node in graph.nodes.items() if id not in owner}
    nodes |= {id: Node("", title=graph.frames[id].title, at=plate_corner(graph, id)) for id in plates}
    links: dict[Input, Link] = {}
    for end, link in graph.links.items():
        source, target = (owner.get(node, node) for node in (link.source.node, end.node))
        if source != target or source == link.source.node:
            into = end if target == end.node else Input(target, f"{end.node}.{end.port}", end.index)
            links[into] = replace(link, source=link.source._replace(node=source), target=into)
    frames = {id: frame for id, frame in graph.frames.items() if id not in owner and not frame.folded}
    return replace(graph, nodes=Map(nodes), links=Map(links), frames=Map(frames))


def hidden_places(graph: Graph, places: Mapping[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    """Where what folded frames hide comes to lie when these things, by id, are moved to these corners."""
    found: dict[str, tuple[float, float]] = {}
    for id, place in places.items():
        frame = graph.frames.get(id)
        if frame is None or not frame.folded:
            continue
        by = place[0] - frame.rect[0], place[1] - frame.rect[1]
        for inner in expanded(graph, [id])[1:]:
            if inner not in places:
                at = graph.nodes[inner].at if inner in graph.nodes else graph.frames[inner].rect[:2]
                found.setdefault(inner, (at[0] + by[0], at[1] + by[1]))
    return found


def fold(project: Project, graph: str, id: str, inside: Iterable[str]) -> Change:
    """A frame drawn as one plate that hides these nodes and frames. Raises EditError where there are none."""
    held = graph_of(project, graph)
    frame = frame_of(held, id)
    new = replace(frame, folded=_inner(held, id, inside))
    if not new.folded:
        raise EditError("a frame without blocks in it can't be folded; draw it around some first")
    return Change(f"Fold {_called(id, frame)}", (Edit("frame", graph, id, frame, new),) if new != frame else ())


def fold_around(
    project: Project, graph: str, rect: tuple[float, float, float, float], title: str, inside: Iterable[str]
) -> Change:
    """A new frame around these nodes and frames, folded. Raises EditError where there are none."""
    held = graph_of(project, graph)
    id = Taken(held).new("", "frame")
    folded = _inner(held, id, inside)
    if not folded:
        raise EditError("select the blocks to fold first")
    frame = Frame(
        (*point(rect[:2]), max(0.0, length(rect[2])), max(0.0, length(rect[3]))), title_of(title), folded=folded
    )
    nodes = sum(name in held.nodes for name in folded)
    return Change(f"Fold {counted((nodes, 'node'))}", (Edit("frame", graph, id, None, frame),))


def unfold(project: Project, graph: str, ids: Iterable[str]) -> Change:
    """These frames open again, with everything where it lies. Those that are open are passed over."""
    held = graph_of(project, graph)
    frames = {id: frame for id in dict.fromkeys(ids) if (frame := held.frames.get(id)) is not None and frame.folded}
    edits = tuple(Edit("frame", graph, id, frame, replace(frame, folded=())) for id, frame in frames.items())
    named = _called(*next(iter(frames.items()))) if len(frames) == 1 else counted((len(frames), "frame"))
    return Change(f"Unfold {named}", edits)


def forgotten(graph: Graph, gone: Collection[str], frames: Mapping[str, Frame] | None = None) -> dict[str, Frame]:
    """The frames that name any of these ids among what they hide, without them."""
    return renamed(graph, dict.fromkeys(gone, ()), frames)


def renamed(
    graph: Graph, names: Mapping[str, tuple[str, ...]], frames: Mapping[str, Frame] | None = None
) -> dict[str, Frame]:
    """The frames (the graph's own, unless given) that name any of these ids among what they hide, with others in their
    stead. Without it a later node of the same name would be hidden."""
    held = graph.frames if frames is None else frames
    found = {}
    for id, frame in held.items():
        if any(name in names for name in frame.folded):
            inner = (other for name in frame.folded for other in names.get(name, (name,)))
            found[id] = replace(frame, folded=tuple(dict.fromkeys(inner)))
    return found


def frame_edits(graph: str, before: Map[str, Frame], after: Mapping[str, Frame]) -> list[Edit]:
    """As edits, in natural order."""
    return [Edit("frame", graph, id, before[id], after[id]) for id in sorted(after, key=natural_key)]


def _inner(held: Graph, id: str, inside: Iterable[str]) -> tuple[str, ...]:
    """What there is of these, with what folded frames among them hide, in natural order; nothing if no node is."""
    names = [name for name in expanded(held, inside) if name != id and (name in held.nodes or name in held.frames)]
    return tuple(sorted(names, key=natural_key)) if any(name in held.nodes for name in names) else ()


def _called(id: str, frame: Frame) -> str:
    return " ".join(frame.title.split())[:40] or id
