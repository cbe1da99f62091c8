"""A project as lines that are only ever added to: what it was at first, then each change. For keeping unsaved work.

Each line is one change as JSON, without what things were before. The first turns an empty project into the one that is
kept. A line that was cut off, because the program or the machine stopped, is left out when the lines are read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec
from immutables import Map

from netbuilder.graph.change import IN_GRAPH, IN_PROJECT, Change, Conflict, Edit, Thing, apply
from netbuilder.graph.difference import project_difference
from netbuilder.graph.errors import FileError
from netbuilder.graph.model import Graph, Project
from netbuilder.graph.plain import (
    change_from_plain,
    edit_to_plain,
    graph_to_plain,
    link_to_plain,
    node_to_plain,
    values_to_plain,
    whole_text,
)
from netbuilder.graph.walk import Walk

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def whole(project: Project) -> Iterator[str]:
    """The first line, in pieces that each take little time to make."""
    edits = project_difference(Project(), project)
    yield f'{{"extra": {_encode(values_to_plain(project.extra))}, '
    yield from _rest("", edits)


def line(change: Change) -> Iterator[str]:
    """The line of a change, in pieces that each take little time to make."""
    yield "{"
    yield from _rest(change.label, iter(change.edits))


def read(data: bytes) -> tuple[Project, int]:
    """The project after all whole lines, and how many changes were made to it. Raises FileError."""
    project, changes = Project(), -1
    lines = data.split(b"\n")
    for text in lines[:-1]:  # behind the last line's end there is nothing, or a line that was cut off
        try:
            plain = msgspec.json.decode(text)
            change = change_from_plain(plain)
            if changes < 0:
                project = Project(extra=Walk().values(plain.get("extra", {})))
            for edit in change.edits:
                project = apply(project, Change("", (_from_now(project, edit),)))
        except (msgspec.DecodeError, Conflict) as error:
            raise FileError(f"line {changes + 2} cannot be used: {error}") from None
        changes += 1
    if changes < 0:
        raise FileError("nothing whole was kept")
    return project, changes


def _rest(label: str, edits: Iterator[Edit]) -> Iterator[str]:
    yield f'"label": {_encode(whole_text(label))}, "edits": ['
    between = ""
    for edit in edits:
        yield between
        yield from _edit(Edit(edit.kind, edit.graph, edit.key, None, edit.after))
        between = ", "
    yield "]}\n"


def _edit(edit: Edit) -> Iterator[str]:
    """A graph comes node by node: it may hold thousands."""
    graph = edit.after
    if not isinstance(graph, Graph):
        yield _encode(edit_to_plain(edit))
        return
    bare = msgspec.structs.replace(graph, nodes=Map(), links=Map())
    yield _encode(edit_to_plain(Edit(edit.kind, edit.graph, edit.key, None, None)))[: -len("null}")]
    head = {name: value for name, value in graph_to_plain(bare).items() if name not in ("nodes", "links")}
    yield _encode(head)[:-1] + ', "nodes": {'
    between = ""
    for name, node in graph.nodes.items():
        yield f"{between}{_encode(whole_text(name))}: {_encode(node_to_plain(node))}"
        between = ", "
    yield '}, "links": ['
    between = ""
    for link in graph.links.values():
        yield between + _encode(link_to_plain(link))
        between = ", "
    yield "]}}"


def _from_now(project: Project, edit: Edit) -> Edit:
    """The edit, with what the thing is now as what it was before."""
    before: Thing
    if field := IN_GRAPH.get(edit.kind):
        graph = project.graphs.get(edit.graph)
        before = None if graph is None else getattr(graph, field).get(edit.key)
    elif edit.kind == "head":
        before = project.title
    else:
        before = getattr(project, IN_PROJECT[edit.kind]).get(edit.key)
    return Edit(edit.kind, edit.graph, edit.key, before, edit.after)
