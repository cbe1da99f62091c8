"""What a person does to a graph: pure functions that look at the project and return a Change.

Nothing is changed here; `Document.apply` does that. Ids that are not there (a selection may be older than the
project) are passed over where several are given; where one is meant, EditError says so. A function that would
change nothing returns an empty change, which is false.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec.structs import replace

from netbuilder.graph import folding
from netbuilder.graph.change import Change, Edit
from netbuilder.graph.edits_base import (
    DEFAULT,
    Default,
    EditError,
    Taken,
    changed,
    close_up,
    counted,
    frame_of,
    graph_of,
    length,
    link_edits,
    node_of,
    point,
    require_room,
    title_of,
)
from netbuilder.graph.edits_data import rename_dataset, uses_of_dataset
from netbuilder.graph.edits_project import (
    add_graph,
    remove_graph,
    rename_graph,
    set_arguments,
    set_dataset,
    set_project_title,
    set_settings,
)
from netbuilder.graph.fragment import Fragment, cut_out, duplicate, fragment_from_text, fragment_to_text, paste
from netbuilder.graph.model import NONE, Frame, Input, Link, Node, Output, Project, Value, Values
from netbuilder.graph.via import carried, parted
from netbuilder.graph.walk import MAX_INDEX, MAX_TEXT

__all__ = [
    "DEFAULT",
    "EditError",
    "Fragment",
    "add_frame",
    "add_graph",
    "add_node",
    "bookmark",
    "bypass",
    "connect",
    "cut_out",
    "disconnect",
    "duplicate",
    "fragment_from_text",
    "fragment_to_text",
    "insert_on_link",
    "move",
    "paste",
    "remove",
    "remove_graph",
    "rename",
    "rename_dataset",
    "rename_graph",
    "set_arguments",
    "set_dataset",
    "set_frame",
    "set_params",
    "set_project_title",
    "set_settings",
    "set_title",
    "uses_of_dataset",
]


def add_node(
    project: Project,
    graph: str,
    block: str,
    at: tuple[float, float],
    params: Values = NONE,
    title: str = "",
    id: str = "",
) -> Change:
    """A new node with its top left corner at `at`. Without `id` it gets a fresh one made of the block's name."""
    require_room(project, 1)
    name = Taken(graph_of(project, graph)).new(id, block)
    node = Node(block, params, point(at), title_of(title))
    return Change(f"Add {block}", (Edit("node", graph, name, None, node),))


def remove(
    project: Project,
    graph: str,
    nodes: Iterable[str] = (),
    links: Iterable[Input] = (),
    frames: Iterable[str] = (),
    touching: Iterable[Input] | None = None,
) -> Change:
    """Without these nodes, the links that touch them, these links and frames. Ports that take many close up, and with
    a folded frame goes what it hides. `touching`: the links at the nodes, where the caller knows them; None: all are
    looked at."""
    held = graph_of(project, graph)
    hidden = folding.expanded(held, frames)
    gone = [name for name in dict.fromkeys((*nodes, *hidden)) if name in held.nodes]
    drawn = [name for name in hidden if name in held.frames]
    named = {end for end in links if end in held.links}
    ends = set(named)
    if gone:
        away = set(gone)
        known = [end for end in touching if end in held.links] if touching is not None and not hidden else held.links
        ends |= {end for end in known if end.node in away or held.links[end].source.node in away}
    edits = link_edits(graph, close_up(held.links, ends))
    edits += [Edit("node", graph, name, held.nodes[name], None) for name in gone]
    edits += [Edit("frame", graph, name, held.frames[name], None) for name in drawn]
    staying = {name: frame for name, frame in held.frames.items() if frame.folded and name not in hidden}
    edits += folding.frame_edits(graph, held.frames, folding.forgotten(held, {*gone, *drawn}, staying))
    label = counted((len(gone), "node"), (len(named), "link"), (len(drawn), "frame"))
    return Change(f"Delete {label}", tuple(edits))


def connect(
    project: Project, graph: str, source: Output, target: Input, via: tuple[tuple[float, float], ...] = ()
) -> Change:
    """A link from output to input that runs through these points, in place of the one that the input held.

    An index beyond the links that the port has is brought down to the next free one. Raises EditError.
    """
    held = graph_of(project, graph)
    source, target = Output(*source), Input(*target)
    for end in (source, target):
        node_of(held, end.node)
    if target.index > 0 and target not in held.links:
        free = (end for n in range(MAX_INDEX + 1) if (end := Input(target.node, target.port, n)) not in held.links)
        target = next(free, target)
    if not 0 <= target.index <= MAX_INDEX:
        raise EditError(f"a port takes at most {MAX_INDEX} links")
    before = held.links.get(target)
    label = f"Link {source.node} to {target.node}"
    if before is not None and before.source == source:
        return Change(label)
    return Change(label, (Edit("link", graph, target, before, Link(source, target, via)),))


def disconnect(project: Project, graph: str, target: Input) -> Change:
    """Without the link into this input; the links after it in a port that takes many move up."""
    held = graph_of(project, graph)
    link = held.links.get(target)
    label = f"Unlink {link.source.node} from {target.node}" if link else f"Unlink {target.node}"
    return Change(label, tuple(link_edits(graph, close_up(held.links, [target]))))


def insert_on_link(
    project: Project,
    graph: str,
    target: Input,
    block: str,
    in_port: str,
    out_port: str,
    params: Values = NONE,
) -> Change:
    """A new node in the middle of the link that ends in `target`. Raises EditError."""
    require_room(project, 1)
    held = graph_of(project, graph)
    if target not in held.links:
        raise EditError(f"nothing is linked to {target.node}.{target.port}")
    old = held.links[target]
    before, after = node_of(held, old.source.node).at, node_of(held, target.node).at
    name = Taken(held).new("", block)
    node = Node(block, params, point(((before[0] + after[0]) / 2, (before[1] + after[1]) / 2)))
    to_node, onwards = parted(before, old.via, after, node.at)
    first = Link(old.source, Input(name, in_port), to_node)
    second = Link(Output(name, out_port), target, onwards, old.extra)
    return Change(
        f"Insert {block}",
        (
            Edit("node", graph, name, None, node),
            Edit("link", graph, first.target, None, first),
            Edit("link", graph, target, old, second),
        ),
    )


def move(
    project: Project, graph: str, places: Mapping[str, tuple[float, float]], links: Iterable[Input] | None = None
) -> Change:
    """Nodes and frames, by id, to new top left corners in scene units. What a folded frame hides goes along, unless it
    is given a place of its own.

    Points of links whose both ends are moved by the same way go with them. `links`: those that touch the nodes, where
    the caller knows them; None: all are looked at.
    """
    held = graph_of(project, graph)
    hidden = folding.hidden_places(held, places)
    if hidden:
        places, links = {**places, **hidden}, None
    nodes: list[Edit] = []
    frames: list[Edit] = []
    shifts: dict[str, tuple[float, float]] = {}
    for name, place in places.items():
        at = point(place)
        if (node := held.nodes.get(name)) is not None and node.at != at:
            nodes.append(Edit("node", graph, name, node, replace(node, at=at)))
            shifts[name] = point((at[0] - node.at[0], at[1] - node.at[1]))
        if (frame := held.frames.get(name)) is not None and frame.rect[:2] != at:
            frames.append(Edit("frame", graph, name, frame, replace(frame, rect=(*at, *frame.rect[2:]))))
    bent: list[Edit] = []
    if len(shifts) > 1:
        known = dict.fromkeys(links) if links is not None else held.links
        touching = (held.links[key] for key in known if key in held.links)
        bent = link_edits(graph, {old.target: (old, new) for old, new in carried(touching, shifts)})
    return Change(f"Move {counted((len(nodes), 'node'), (len(frames), 'frame'))}", (*nodes, *frames, *bent))


def set_params(project: Project, graph: str, id: str, values: Mapping[str, Value | Default]) -> Change:
    """These parameters to these values; DEFAULT drops what was set, the others stay. Raises EditError."""
    node = node_of(graph_of(project, graph), id)
    params = changed(node.params, values.items())
    label = f"Set {', '.join(values)} of {id}" if len(values) <= 2 else f"Set {len(values)} parameters of {id}"
    if params is node.params:
        return Change(label)
    return Change(label, (Edit("node", graph, id, node, replace(node, params=params)),))


def set_title(project: Project, graph: str, id: str, title: str) -> Change:
    """What is shown as the node's name; "" shows its id. Raises EditError."""
    node = node_of(graph_of(project, graph), id)
    new = replace(node, title=title_of(title))
    return Change(f"Title {id}", (Edit("node", graph, id, node, new),) if new != node else ())


def bypass(project: Project, graph: str, ids: Iterable[str], bypassed: bool = True) -> Change:
    """Nodes to be passed by as if they were not there, or no longer."""
    held = graph_of(project, graph)
    nodes = {name: held.nodes[name] for name in ids if name in held.nodes and held.nodes[name].bypassed != bypassed}
    edits = tuple(Edit("node", graph, name, node, replace(node, bypassed=bypassed)) for name, node in nodes.items())
    return Change(f"{'Bypass' if bypassed else 'Use'} {counted((len(edits), 'node'))}", edits)


def bookmark(project: Project, graph: str, ids: Iterable[str], bookmarked: bool = True) -> Change:
    """Nodes that a person wants to come back to, or no longer."""
    held = graph_of(project, graph)
    nodes = {name: held.nodes[name] for name in ids if name in held.nodes and held.nodes[name].bookmarked != bookmarked}
    edits = tuple(Edit("node", graph, name, node, replace(node, bookmarked=bookmarked)) for name, node in nodes.items())
    return Change(f"{'Bookmark' if bookmarked else 'Take bookmarks from'} {counted((len(edits), 'node'))}", edits)


def rename(project: Project, graph: str, id: str, new: str, network_params: Collection[str] = ()) -> Change:
    """A node's id, the variable of the generated source; its links follow. Raises EditError.

    `network_params` names the parameters that hold a network's name: where this graph is placed, its Input and
    Output nodes are ports of the placement, and the links to those follow too.
    """
    held = graph_of(project, graph)
    node = node_of(held, id)
    label = f"Rename {id} to {new}"
    if new == id:
        return Change(label)
    Taken(held).new(new, "")
    links = [(link, _renamed(link, id, new)) for link in held.links.values() if id in (link.source[0], link.target[0])]
    edits = [*_relinked(graph, links, Edit("node", graph, id, node, None), Edit("node", graph, new, None, node))]
    edits += folding.frame_edits(graph, held.frames, folding.renamed(held, {id: (new,)}))
    for name, other in project.graphs.items():
        placements = {
            key
            for key, placed in other.nodes.items()
            if any(param in placed.params and placed.params[param] == graph for param in network_params)
        }
        if placements and name != graph:  # a network is not placed in itself
            edits += _relinked(name, [(link, _reported(link, placements, id, new)) for link in other.links.values()])
    return Change(label, tuple(edits))


def _renamed(link: Link, old: str, new: str) -> Link:
    source = link.source._replace(node=new) if link.source.node == old else link.source
    target = link.target._replace(node=new) if link.target.node == old else link.target
    return Link(source, target, link.via, link.extra)


def _reported(link: Link, placements: Collection[str], old: str, new: str) -> Link:
    source, target = link.source, link.target
    if source.node in placements and source.port == old:
        source = source._replace(port=new)
    if target.node in placements and target.port == old:
        target = target._replace(port=new)
    return Link(source, target, link.via, link.extra)


def _relinked(graph: str, links: Iterable[tuple[Link, Link]], *between: Edit) -> Iterator[Edit]:
    """Links taken away, what lies between, links put back: nothing ever hangs from a node that is not there."""
    changed_links = [(old, new) for old, new in links if old != new]
    yield from link_edits(graph, {old.target: (old, None) for old, _ in changed_links})
    yield from between
    yield from link_edits(graph, {new.target: (None, new) for _, new in changed_links})


def add_frame(
    project: Project,
    graph: str,
    rect: tuple[float, float, float, float],
    title: str = "",
    text: str = "",
    color: str = "",
    id: str = "",
) -> Change:
    """A titled rectangle (x, y, width, height in scene units) with a note. Raises EditError."""
    name = Taken(graph_of(project, graph)).new(id, "frame")
    frame = Frame(_rect(rect), title_of(title), title_of(text, MAX_TEXT), title_of(color))
    return Change("Add frame", (Edit("frame", graph, name, None, frame),))


def set_frame(
    project: Project,
    graph: str,
    id: str,
    rect: tuple[float, float, float, float] | None = None,
    title: str | None = None,
    text: str | None = None,
    color: str | None = None,
) -> Change:
    """What is given of a frame; None leaves it. Raises EditError."""
    frame = frame_of(graph_of(project, graph), id)
    new = replace(
        frame,
        rect=frame.rect if rect is None else _rect(rect),
        title=frame.title if title is None else title_of(title),
        text=frame.text if text is None else title_of(text, MAX_TEXT),
        color=frame.color if color is None else title_of(color),
    )
    return Change(f"Change frame {id}", (Edit("frame", graph, id, frame, new),) if new != frame else ())


def _rect(rect: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    return (*point(rect[:2]), max(0.0, length(rect[2])), max(0.0, length(rect[3])))
