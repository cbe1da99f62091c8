"""Edits: pure functions that look at a project and give the change that would make them.

Nothing is done until a document applies the change. An edit that would change nothing gives an empty
change. What an edit names must exist: a missing graph, node, link or frame raises EditError.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

import msgspec
from immutables import Map

from netbuilder.graph.change import Change, Edit
from netbuilder.graph.fragment import Fragment, cut_out, fragment_from_text, fragment_to_text, paste
from netbuilder.graph.model import (
    KINDS,
    NONE,
    Dataset,
    Frame,
    Graph,
    GraphKind,
    Input,
    Link,
    Node,
    Output,
    Project,
    Value,
    Values,
    input_key,
)
from netbuilder.graph.names import fresh_id, is_id, make_id

__all__ = [
    "DEFAULT",
    "EditError",
    "Fragment",
    "add_frame",
    "add_graph",
    "add_node",
    "bypass",
    "connect",
    "cut_out",
    "disconnect",
    "fragment_from_text",
    "fragment_to_text",
    "insert_on_link",
    "move",
    "paste",
    "remove",
    "remove_graph",
    "rename",
    "rename_graph",
    "set_dataset",
    "set_frame",
    "set_params",
    "set_settings",
    "set_title",
]


class EditError(ValueError):
    """An edit names something that is not there, or a name that cannot be; one sentence."""


class Default:
    """In `set_params`: the parameter goes back to its block's default."""


DEFAULT: Final = Default()


def _graph(project: Project, name: str) -> Graph:
    graph = project.graphs.get(name)
    if graph is None:
        raise EditError(f"There is no graph {name!r}.")
    return graph


def _node(graph: Graph, id: str) -> Node:
    node = graph.nodes.get(id)
    if node is None:
        raise EditError(f"There is no node {id!r}.")
    return node


def _count(things: Collection[object], word: str) -> str:
    return f"{len(things)} {word}" + ("" if len(things) == 1 else "s")


def _change(label: str, edits: Iterable[Edit]) -> Change:
    """The change without the edits that change nothing."""
    return Change(label, tuple(edit for edit in edits if edit.before != edit.after))


# Nodes


def add_node(
    project: Project,
    graph: str,
    block: str,
    at: tuple[float, float],
    params: Values = NONE,
    title: str = "",
    id: str = "",
) -> Change:
    """Places a block. Its id is made from the block's name where none is given."""
    nodes = _graph(project, graph).nodes
    if id and (not is_id(id) or id in nodes):
        raise EditError(f"{id!r} cannot be the id of a new node: it is {'taken' if id in nodes else 'no identifier'}.")
    made = id or fresh_id(nodes, block)
    return Change(f"Add {block}", (Edit("node", graph, made, None, Node(block, params, at, title)),))


def remove(
    project: Project,
    graph: str,
    nodes: Iterable[str] = (),
    links: Iterable[Input] = (),
    frames: Iterable[str] = (),
) -> Change:
    """Removes these; the links of removed nodes go too."""
    held = _graph(project, graph)
    gone, cut, boxes = set(nodes), set(links), sorted(set(frames))
    for end, link in held.links.items():
        if end.node in gone or link.source.node in gone:
            cut.add(end)
    edits = [Edit("link", graph, end, _link(held, end), None) for end in sorted(cut, key=input_key)]
    edits += [Edit("node", graph, id, _node(held, id), None) for id in sorted(gone)]
    edits += [Edit("frame", graph, id, _frame(held, id), None) for id in boxes]
    if len(gone) == 1 and not boxes:
        label = f"Delete {next(iter(gone))}"
    elif gone or boxes:
        label = f"Delete {_count([*gone, *boxes], 'item' if boxes else 'node')}"
    else:
        label = f"Delete {_count(cut, 'link')}"
    return Change(label, tuple(edits))


def move(project: Project, graph: str, places: Mapping[str, tuple[float, float]]) -> Change:
    """Puts nodes and frames, by id, with their top left corner at these places."""
    held = _graph(project, graph)
    edits, moved = [], []
    for id, (x, y) in places.items():
        before: Node | Frame
        if id in held.nodes:
            before = held.nodes[id]
            after: Node | Frame = msgspec.structs.replace(before, at=(x, y))
            edits.append(Edit("node", graph, id, before, after))
        else:
            before = _frame(held, id)
            after = msgspec.structs.replace(before, rect=(x, y, *before.rect[2:]))
            edits.append(Edit("frame", graph, id, before, after))
        if before != after:
            moved.append(id)
    label = f"Move {moved[0]}" if len(moved) == 1 else f"Move {_count(moved, 'node')}"
    return _change(label, edits)


def _set_node(project: Project, graph: str, id: str, label: str, **fields: Any) -> Change:
    before = _node(_graph(project, graph), id)
    return _change(label, [Edit("node", graph, id, before, msgspec.structs.replace(before, **fields))])


def set_params(project: Project, graph: str, id: str, values: Mapping[str, Value | Default]) -> Change:
    """Sets parameters of a node; DEFAULT takes one back to its block's default."""
    params = _node(_graph(project, graph), id).params
    for name, value in values.items():
        if not isinstance(value, Default):
            params = params.set(name, value)
        elif name in params:
            params = params.delete(name)
    return _set_node(project, graph, id, f"Set {', '.join(values)} of {id}", params=params)


def set_title(project: Project, graph: str, id: str, title: str) -> Change:
    """What a person calls the node; "" shows its id."""
    return _set_node(project, graph, id, f"Title of {id}", title=title)


def bypass(project: Project, graph: str, ids: Iterable[str], on: bool = True) -> Change:
    """Lets the input of these nodes stand in for their output, or no longer."""
    held, ids = _graph(project, graph), list(ids)
    edits = []
    for id in ids:
        before = _node(held, id)
        edits.append(Edit("node", graph, id, before, msgspec.structs.replace(before, bypassed=on)))
    return _change(f"{'Bypass' if on else 'Use'} {', '.join(ids) if len(ids) < 3 else _count(ids, 'node')}", edits)


def rename(project: Project, graph: str, id: str, new: str) -> Change:
    """Gives a node another id; its links follow, and so do the ports of placements when it is an Input or Output."""
    held = _graph(project, graph)
    node = _node(held, id)
    if new == id:
        return Change(f"Rename {id}")
    if not is_id(new):
        raise EditError(f"{new!r} cannot be an id: it must be an identifier that Python does not use itself.")
    if new in held.nodes:
        raise EditError(f"There is already a node {new!r}.")
    cut, made = [], []
    for end in sorted(held.links, key=input_key):
        link = held.links[end]
        if id in (end.node, link.source.node):
            target = end._replace(node=new) if end.node == id else end
            source = link.source._replace(node=new) if link.source.node == id else link.source
            moved = msgspec.structs.replace(link, source=source, target=target)
            cut.append(Edit("link", graph, end, link, None))
            made.append(Edit("link", graph, target, None, moved))
    there = [Edit("node", graph, id, node, None), Edit("node", graph, new, None, node)]
    return Change(f"Rename {id} to {new}", (*cut, *there, *made))


# Links


def _link(graph: Graph, target: Input) -> Link:
    link = graph.links.get(target)
    if link is None:
        raise EditError(f"Nothing is linked to {target.node}.{target.port}.")
    return link


def connect(project: Project, graph: str, source: Output, target: Input) -> Change:
    """Links an output to an input; what the input held goes."""
    held = _graph(project, graph)
    _node(held, source.node)
    _node(held, target.node)
    before = held.links.get(target)
    if before is not None and before.source == source:
        return Change("Link")
    edit = Edit("link", graph, target, before, Link(source, target))
    return Change(f"Link {source.node} to {target.node}", (edit,))


def disconnect(project: Project, graph: str, target: Input) -> Change:
    """Takes the link away that ends in this input."""
    link = _link(_graph(project, graph), target)
    return Change(f"Unlink {link.source.node} from {target.node}", (Edit("link", graph, target, link, None),))


def insert_on_link(
    project: Project, graph: str, target: Input, block: str, in_port: str, out_port: str, params: Values = NONE
) -> Change:
    """Places a block in the middle of the link that ends in `target`."""
    held = _graph(project, graph)
    link = _link(held, target)
    (ax, ay), (bx, by) = _node(held, link.source.node).at, _node(held, target.node).at
    added = add_node(project, graph, block, (round((ax + bx) / 2), round((ay + by) / 2)), params)
    id = str(added.edits[0].key)
    into = Input(id, in_port)
    behind = msgspec.structs.replace(link, source=Output(id, out_port))
    edits = (
        *added.edits,
        Edit("link", graph, into, None, Link(link.source, into)),
        Edit("link", graph, target, link, behind),
    )
    return Change(f"Insert {block}", edits)


# Frames


def _frame(graph: Graph, id: str) -> Frame:
    frame = graph.frames.get(id)
    if frame is None:
        raise EditError(f"There is no node or frame {id!r}.")
    return frame


def add_frame(
    project: Project,
    graph: str,
    rect: tuple[float, float, float, float],
    title: str = "",
    text: str = "",
    color: str = "",
) -> Change:
    """Puts a frame (x, y, width, height) behind the nodes. Frames and nodes share their ids' space."""
    held = _graph(project, graph)
    number = len(held.frames) + 1
    while f"frame{number}" in held.frames or f"frame{number}" in held.nodes:
        number += 1
    return Change("Add frame", (Edit("frame", graph, f"frame{number}", None, Frame(rect, title, text, color)),))


def set_frame(project: Project, graph: str, id: str, **fields: Any) -> Change:
    """Sets `rect`, `title`, `text` or `color` of a frame."""
    before = _frame(_graph(project, graph), id)
    return _change("Change frame", [Edit("frame", graph, id, before, msgspec.structs.replace(before, **fields))])


# Graphs, settings, data sets


def add_graph(project: Project, name: str, kind: GraphKind, graph: Graph | None = None) -> Change:
    """Adds an empty graph of this kind, or a ready one."""
    if kind not in KINDS:
        raise EditError(f"There is no kind of graph called {kind!r}.")
    made = _free_graph_name(project, name)
    return Change(f"Add {kind} {made}", (Edit("graph", "", made, None, graph or Graph(kind)),))


def remove_graph(project: Project, name: str) -> Change:
    """Removes a graph and the settings that belong to it."""
    edits = [Edit("graph", "", name, _graph(project, name), None)]
    if name in project.settings:
        edits.append(Edit("settings", "", name, project.settings[name], None))
    return Change(f"Remove {name}", tuple(edits))


def rename_graph(project: Project, name: str, new: str, refs: Mapping[str, Iterable[str]] = Map()) -> Change:
    """Gives a graph another name; its settings follow, and so do its placements.

    `refs` tells, by block name, which parameters name a network.
    """
    graph = _graph(project, name)
    if new == name:
        return Change(f"Rename {name}")
    made = _free_graph_name(project, new)
    edits: list[Edit] = []
    nodes = graph.nodes  # placements inside the renamed graph travel with it
    for other in sorted(project.graphs):
        for id, node in sorted(project.graphs[other].nodes.items()):
            params = node.params
            for param in refs.get(node.block, ()):
                if params.get(param) == name:
                    params = params.set(param, made)
            if params == node.params:
                continue
            after = msgspec.structs.replace(node, params=params)
            if other == name:
                nodes = nodes.set(id, after)
            else:
                edits.append(Edit("node", other, id, node, after))
    edits.append(Edit("graph", "", name, graph, None))
    edits.append(Edit("graph", "", made, None, msgspec.structs.replace(graph, nodes=nodes)))
    if name in project.settings:
        edits.append(Edit("settings", "", name, project.settings[name], None))
        edits.append(Edit("settings", "", made, None, project.settings[name]))
    return Change(f"Rename {name} to {made}", tuple(edits))


def _free_graph_name(project: Project, name: str) -> str:
    made = name if is_id(name) else make_id(name)
    return fresh_id(project.graphs, made) if made in project.graphs else made


def set_settings(project: Project, training: str, values: Mapping[str, Value]) -> Change:
    """The settings of a training graph, all of them; none for an empty mapping."""
    _graph(project, training)
    before = project.settings.get(training)
    after = Map(values) or None
    return _change(f"Settings of {training}", [Edit("settings", "", training, before, after)])


def set_dataset(project: Project, name: str, dataset: Dataset | None) -> Change:
    """Adds or replaces a data set; None removes it."""
    before = project.datasets.get(name)
    return _change(f"Data set {name}", [Edit("dataset", "", name, before, dataset)])
