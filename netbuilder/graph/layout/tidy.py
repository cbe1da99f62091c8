"""From a graph to what a layout is asked for, and from its answer to a change."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from msgspec.structs import replace

from netbuilder.graph.change import Change, Edit
from netbuilder.graph.edits_base import counted, graph_of, point
from netbuilder.graph.folding import expanded, owners, plate_corner
from netbuilder.graph.layout.sketch import Box, Frame, Gaps, Places, Point, Rect, Sketch, Wire
from netbuilder.graph.layout.spots import around, free_spot, note_places
from netbuilder.graph.model import Direction, Graph, Input, Link, Output, Project, input_key, natural_key
from netbuilder.graph.via import carried

ROWS: Mapping[Direction, float] = {"right": 1.9, "down": 0.6}  # so that a long row, broken, fits a view
GROWN = 20.0  # around nodes that a frame which is not laid out itself grows to hold


class Measures(NamedTuple):
    """How large things are drawn, in scene units. `ports`: how far from its node's upper (or left) corner a port lies,
    across the flow of data; `heads`: what frames need at the top for title and note; `plate`: the size of a folded
    frame, and `plate_port`: where links leave and enter it; `back`: inputs of links that lead back in time."""

    sizes: Mapping[str, tuple[float, float]]
    ports: Mapping[Output | Input, float]
    heads: Mapping[str, float]
    plate: tuple[float, float]
    plate_port: float
    back: Collection[Input] = ()


class Scope(NamedTuple):
    """What is laid out: nodes, folded frames ("plates") and open frames. `inside`: the frame in which each thing lies,
    by its box or frame name."""

    nodes: tuple[str, ...]
    plates: tuple[str, ...]
    frames: tuple[str, ...]
    inside: Mapping[str, str]


def _node(id: str) -> str:
    return f"node {id}"


def _plate(id: str) -> str:
    return f"plate {id}"


def _frame(id: str) -> str:
    return f"frame {id}"


def scope(graph: Graph, measures: Measures, only: Collection[str] | None = None) -> Scope:
    """All of a graph, or only these nodes and frames with what lies in them.

    A node lies in the smallest frame that holds its middle, a frame in the smallest that holds all of it. Frames that
    hold no node are notes: they are not laid out. Of a part, only frames are laid out whose nodes all belong to it.
    """
    hidden = owners(graph)
    rects = {id: frame.rect for id, frame in graph.frames.items() if not frame.folded and id not in hidden}
    by_size = sorted(rects, key=lambda id: (rects[id][2] * rects[id][3], natural_key(id)))
    things = {_node(id): _middle(graph, id, measures) for id in graph.nodes if id not in hidden}
    plates = [id for id, frame in graph.frames.items() if frame.folded and id not in hidden]
    things |= {_plate(id): (*plate_corner(graph, id), 0.0, 0.0) for id in plates}
    inside: dict[str, str] = {}
    for name, rect in things.items():
        inside.update((name, id) for id in _holding(by_size, rects, rect))
    for number, id in enumerate(by_size):
        inside.update((_frame(id), other) for other in _holding(by_size[number + 1 :], rects, rects[id]))
    holds: dict[str, set[str]] = {}
    for name in things:
        for id in _up(inside, name):
            holds.setdefault(id, set()).add(name)
    if only is None:
        chosen = set(things)
    else:
        named = {_node(id) for id in only} | {_plate(id) for id in only}
        chosen = {name for name in things if name in named or any(id in only for id in _up(inside, name))}
    return Scope(
        _sorted(id for id in graph.nodes if _node(id) in chosen),
        _sorted(id for id in plates if _plate(id) in chosen),
        _sorted(id for id, held in holds.items() if held <= chosen),
        inside,
    )


def _middle(graph: Graph, id: str, measures: Measures) -> Rect:
    (x, y), (width, height) = graph.nodes[id].at, measures.sizes[id]
    return x + width / 2, y + height / 2, 0.0, 0.0


def _holding(ids: Collection[str], rects: Mapping[str, Rect], rect: Rect) -> Iterator[str]:
    """The first of these frames that holds the rectangle, if any does."""
    x, y, width, height = rect
    for id in ids:
        left, top, wide, high = rects[id]
        if left <= x and x + width <= left + wide and top <= y and y + height <= top + high:
            yield id
            return


def _up(inside: Mapping[str, str], name: str) -> Iterator[str]:
    """The frames in which a thing lies, from the innermost."""
    while (id := inside.get(name)) is not None:
        yield id
        name = _frame(id)


def _sorted(ids: Iterator[str]) -> tuple[str, ...]:
    return tuple(sorted(ids, key=natural_key))


def sketched(graph: Graph, measures: Measures, held: Scope, direction: Direction) -> Sketch:
    """What the layout is asked for."""
    boxes = {_node(id): Box(*measures.sizes[id], graph.nodes[id].at) for id in held.nodes}
    boxes |= {_plate(id): Box(*measures.plate, plate_corner(graph, id)) for id in held.plates}
    frames: dict[str, tuple[list[str], list[str]]] = {id: ([], []) for id in held.frames}
    for name in boxes:
        if (id := held.inside.get(name)) in frames:
            frames[id][0].append(name)
    for id in held.frames:
        if (outer := held.inside.get(_frame(id))) in frames:
            frames[outer][1].append(id)
    wires = tuple(
        Wire(
            source,
            target,
            measures.ports[link.source] if source == _node(link.source.node) else measures.plate_port,
            measures.ports[link.target] if target == _node(link.target.node) else measures.plate_port,
            link.target in measures.back,
        )
        for link, source, target in _linked(graph, held)
    )
    least = {id: min(graph.frames[id].rect[2], 300.0) if graph.frames[id].text.strip() else 0.0 for id in held.frames}
    return Sketch(
        boxes,
        wires,
        {
            id: Frame(tuple(inner), tuple(others), measures.heads[id], least[id])
            for id, (inner, others) in frames.items()
        },
        direction,
        Gaps(),
        ROWS[direction],
    )


def _linked(graph: Graph, held: Scope) -> Iterator[tuple[Link, str, str]]:
    """The links between things that are laid out, in natural order, with the boxes at their ends."""
    boxes = {id: _node(id) for id in held.nodes}
    for id in held.plates:
        boxes |= dict.fromkeys(expanded(graph, [id])[1:], _plate(id))
    for key in sorted(graph.links, key=input_key):
        link = graph.links[key]
        source, target = boxes.get(link.source.node), boxes.get(link.target.node)
        if source is not None and target is not None and (source != target or source == _node(key.node)):
            yield link, source, target


def tidied(
    project: Project,
    name: str,
    measures: Measures,
    held: Scope,
    places: Places,
    direction: Direction,
    only: Collection[str] | None = None,
) -> Change:
    """The layout as one change: places, rectangles of frames, and points of links.

    It comes to lie where what it moves lay, with its upper left corner; a part of a graph, where it does not cover what
    stays, if there is room for it. Notes go along with what they stand at. Raises EditError.
    """
    graph = graph_of(project, name)
    found = _placed(graph, measures, held, places, only)
    label = f"Lay out {'the graph' if only is None else counted((len(held.nodes), 'node'))}"
    nodes = {id: replace(graph.nodes[id], at=point(at)) for id, at in found.nodes.items()}
    frames = {id: replace(graph.frames[id], rect=(*point(rect[:2]), *rect[2:])) for id, rect in found.frames.items()}
    shifts = {id: _moved(at, (-graph.nodes[id].at[0], -graph.nodes[id].at[1])) for id, at in found.nodes.items()}
    links = {link.target: after for link, after in carried(graph.links.values(), shifts)}
    for (link, _, _), way in zip(_linked(graph, held), places.ways, strict=True):
        links[link.target] = replace(link, via=tuple(point(_moved(at, found.by)) for at in way))
    if direction != graph.direction:
        new = replace(
            graph,
            nodes=graph.nodes.update(nodes),
            frames=graph.frames.update(frames),
            links=graph.links.update(links),
            direction=direction,
        )
        return Change(FLOWS[direction], (Edit("graph", "", name, graph, new),))
    edits = [
        Edit(kind, name, key, old[key], after)  # type: ignore[index]
        for kind, old, new_ in (
            ("node", graph.nodes, nodes),
            ("frame", graph.frames, frames),
            ("link", graph.links, links),
        )
        for key, after in new_.items()
        if old[key] != after  # type: ignore[index]
    ]
    return Change(label, tuple(edits))


FLOWS: Mapping[Direction, str] = {"right": "Data flows to the right", "down": "Data flows down"}


class _Found(NamedTuple):
    """Where nodes and frames come to lie, and by how much the layout was moved from (0, 0)."""

    nodes: dict[str, Point]
    frames: dict[str, Rect]
    by: Point


def _placed(graph: Graph, measures: Measures, held: Scope, places: Places, only: Collection[str] | None) -> _Found:
    before = [(*graph.nodes[id].at, *measures.sizes[id]) for id in held.nodes]
    before += [(*plate_corner(graph, id), *measures.plate) for id in held.plates]
    before += [graph.frames[id].rect for id in held.frames]
    before += [(*at, 0.0, 0.0) for link, _, _ in _linked(graph, held) for at in link.via]
    if not before:
        return _Found({}, {}, (0.0, 0.0))
    old = around(before)
    sizes = {_node(id): measures.sizes[id] for id in held.nodes} | {_plate(id): measures.plate for id in held.plates}
    lanes = [around([(*one, 0.0, 0.0), (*other, 0.0, 0.0)]) for way in places.ways for one, other in pairwise(way)]
    new = around([*((*at, *sizes[box]) for box, at in places.boxes.items()), *places.frames.values(), *lanes])
    corner = old[0], old[1]
    if only is not None:
        corner = free_spot(new[2:], corner, _staying(graph, measures, held))
    by = corner[0] - new[0], corner[1] - new[1]
    nodes = {id: _moved(places.boxes[_node(id)], by) for id in held.nodes}
    frames: dict[str, Rect] = {id: (*_moved(rect[:2], by), *rect[2:]) for id, rect in places.frames.items()}
    for id in held.plates:
        goal, was = _moved(places.boxes[_plate(id)], by), plate_corner(graph, id)
        for inner in expanded(graph, [id]):
            if inner in graph.nodes:
                nodes[inner] = _moved(graph.nodes[inner].at, (goal[0] - was[0], goal[1] - was[1]))
            else:
                x, y, *size = graph.frames[inner].rect
                frames[inner] = (*_moved((x, y), (goal[0] - was[0], goal[1] - was[1])), size[0], size[1])
    taken = [(*nodes[id], *measures.sizes[id]) for id in held.nodes] + list(frames.values())
    taken += [(*_moved(lane[:2], by), *lane[2:]) for lane in lanes]
    if only is None:
        frames |= _notes(graph, measures, held, nodes, old, taken)
    else:
        frames |= _grown(graph, measures, held, nodes)
    return _Found(nodes, frames, by)


def _moved(at: Point, by: Point) -> Point:
    return at[0] + by[0], at[1] + by[1]


def _staying(graph: Graph, measures: Measures, held: Scope) -> list[Rect]:
    """What is not laid out and should not be covered: nodes, plates, and frames that hold nothing of what is."""
    hidden = owners(graph)
    moving = {*held.nodes, *held.plates, *held.frames}
    home = {id for name in (*map(_node, held.nodes), *map(_plate, held.plates)) for id in _up(held.inside, name)}
    rects = [
        (*node.at, *measures.sizes[id]) for id, node in graph.nodes.items() if id not in moving and id not in hidden
    ]
    for id, frame in graph.frames.items():
        if id not in moving and id not in home and id not in hidden:
            rects.append((*plate_corner(graph, id), *measures.plate) if frame.folded else frame.rect)
    return rects


def _notes(
    graph: Graph, measures: Measures, held: Scope, nodes: Mapping[str, Point], old: Rect, taken: list[Rect]
) -> dict[str, Rect]:
    """Where frames without nodes go."""
    hidden = owners(graph)
    notes = {
        id: frame.rect
        for id, frame in sorted(graph.frames.items(), key=lambda item: natural_key(item[0]))
        if id not in held.frames and id not in hidden and not frame.folded
    }
    moves = [((*graph.nodes[id].at, *measures.sizes[id]), nodes[id]) for id in held.nodes]
    return note_places(notes, moves, old, taken)


def _grown(graph: Graph, measures: Measures, held: Scope, nodes: Mapping[str, Point]) -> dict[str, Rect]:
    """Frames that stay, made larger where nodes of theirs now reach beyond, unless they would take in others then."""
    found: dict[str, Rect] = {}
    mine: dict[str, list[str]] = {}
    for id in held.nodes:
        for frame in _up(held.inside, _node(id)):
            if frame not in held.frames:
                mine.setdefault(frame, []).append(id)
    for frame, ids in mine.items():
        rect = graph.frames[frame].rect
        reach = around([(*nodes[id], *measures.sizes[id]) for id in ids])
        grown = around([rect, (reach[0] - GROWN, reach[1] - GROWN, reach[2] + 2 * GROWN, reach[3] + 2 * GROWN)])
        inner = around([rect, reach])
        strangers = (
            _middle(graph, id, measures)
            for id in graph.nodes
            if id not in nodes and frame not in _up(held.inside, _node(id))
        )
        if inner != rect and not any(True for other in strangers for _ in _holding([frame], {frame: grown}, other)):
            found[frame] = grown
    return found
