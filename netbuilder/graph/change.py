"""A change: a reversible edit as data, for each touched thing what it was and what it becomes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from immutables import Map

from netbuilder.graph.model import Dataset, Frame, Graph, Input, Link, Node, Project, Values

# What kind of thing an edit touches -> the field that holds it. "graph" is a whole graph made, removed or
# renamed (its nodes travel inside it); "head" is the project's own title.
IN_GRAPH = {"node": "nodes", "link": "links", "frame": "frames"}
IN_PROJECT = {"graph": "graphs", "dataset": "datasets", "settings": "settings"}

Thing = Node | Link | Frame | Graph | Dataset | Values | str | None


class Conflict(ValueError):
    """A change does not start from the project that it is applied to."""


class Edit(msgspec.Struct, frozen=True):
    """One touched thing. `before` None: it is made; `after` None: it is removed.

    kind: "node", "link", "frame" (in graph `graph`, keyed by id, Input, id), "graph", "dataset",
    "settings" (keyed by name, `graph` empty) or "head" (key "title").
    """

    kind: str
    graph: str
    key: str | Input
    before: Thing
    after: Thing


class Change(msgspec.Struct, frozen=True):
    """Edits that belong together: one step of undo, with a label in plain words ("Move 3 nodes")."""

    label: str
    edits: tuple[Edit, ...] = ()

    def inverse(self) -> Change:
        """The change that undoes this one."""
        edits = tuple(Edit(e.kind, e.graph, e.key, e.after, e.before) for e in reversed(self.edits))
        return Change(self.label, edits)

    def __bool__(self) -> bool:
        return bool(self.edits)


def join(label: str, changes: Iterable[Change]) -> Change:
    """Several changes, each made for the project that the former leaves, as one step of undo."""
    return Change(label, tuple(edit for change in changes for edit in change.edits))


def merged(first: Change, then: Change) -> Change:
    """Both as one step of undo, with the label of the first. Each thing is named once, however often it was changed: a
    key that is held down moves the same nodes a hundred times."""
    if remakes(first) or remakes(then):
        return join(first.label, (first, then))
    return squash(first.label, (first, then))


def remakes(change: Change) -> bool:
    """Whether it makes, removes or replaces a whole graph: what others do within the graph hangs from that."""
    return any(edit.kind == "graph" for edit in change.edits)


def squash(label: str, changes: Iterable[Change]) -> Change:
    """What several changes come to that follow each other, each thing touched once; one that ends as it began not at
    all. None of them may remake a whole graph."""
    found: dict[tuple[str, str, str | Input], Edit] = {}
    for change in changes:
        for edit in change.edits:
            key = edit.kind, edit.graph, edit.key
            first = found.get(key, edit)
            found[key] = Edit(*key, first.before, edit.after)
    return Change(label, tuple(edit for edit in found.values() if not _alike(edit.before, edit.after)))


def _alike(one: Thing, other: Thing) -> bool:
    """Equal, and spelled alike: for Python 1, 1.0 and True are equal."""
    return one == other and repr(one) == repr(other)


def _replace(held: Map[Any, Any], edit: Edit) -> Map[Any, Any]:
    if held.get(edit.key) != edit.before:
        raise Conflict(f"{edit.kind} {edit.key!r} is not what the change expects")
    return held.delete(edit.key) if edit.after is None else held.set(edit.key, edit.after)


def apply(project: Project, change: Change) -> Project:
    """The project after the change. Costs what the change touches. Raises Conflict, leaving nothing half done."""
    graphs = project.graphs
    parts: dict[str, Any] = {}
    touched: dict[str, dict[str, Any]] = {}
    for edit in change.edits:
        if field := IN_GRAPH.get(edit.kind):
            if edit.graph not in graphs:
                raise Conflict(f"there is no graph {edit.graph!r}")
            held = touched.setdefault(edit.graph, {})
            held[field] = _replace(held.get(field, getattr(graphs[edit.graph], field)), edit)
        elif edit.kind == "head":
            if parts.get("title", project.title) != edit.before:
                raise Conflict("the project's title is not what the change expects")
            parts["title"] = edit.after
        else:
            if edit.kind == "graph":  # the edits of its nodes so far belong to the graph that is replaced
                graphs = _flush(graphs, touched)
                graphs = _replace(graphs, edit)
            else:
                field = IN_PROJECT[edit.kind]
                parts[field] = _replace(parts.get(field, getattr(project, field)), edit)
    return msgspec.structs.replace(project, graphs=_flush(graphs, touched), **parts)


def _flush(graphs: Map[str, Graph], touched: dict[str, dict[str, Any]]) -> Map[str, Graph]:
    for name, parts in touched.items():
        graphs = graphs.set(name, msgspec.structs.replace(graphs[name], **parts))
    touched.clear()
    return graphs
