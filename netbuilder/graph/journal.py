"""A project as lines that are only ever added to: what it was at first, then each change. For keeping unsaved work.

Each line is one change as JSON, without what things were before. The first turns an empty project into the one that is
kept. A line that was cut off, because the program or the machine stopped, is left out when the lines are read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

import msgspec
from immutables import Map

from netbuilder.graph.change import IN_GRAPH, IN_PROJECT, Change, Conflict, Edit, Thing, apply, merged, remakes
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


def read(data: bytes) -> tuple[Project, list[Change]]:
    """The project of the first line, and the changes of the others, each made for what the one before leaves.

    They end before the first line that cannot be used, since all others were made for what it leaves. Raises FileError
    where that is the very first.
    """
    first: Project | None = None
    project, changes = Project(), []
    lines = data.split(b"\n")
    for text in lines[:-1]:  # behind the last line's end is nothing, or a line that was cut off
        try:
            plain = msgspec.json.decode(text)
            change = change_from_plain(plain)
            if first is None:
                project = Project(extra=Walk().values(plain.get("extra", {})))
            edits = []
            for edit in change.edits:
                edits.append(_from_now(project, edit))
                project = apply(project, Change("", edits=(edits[-1],)))
        except (msgspec.DecodeError, FileError, Conflict, RecursionError) as error:
            if first is not None:
                break
            raise FileError(f"its first line cannot be used: {error}") from None
        if first is None:
            first = project
        else:
            changes.append(Change(change.label, tuple(edits)))
    if first is None:
        raise FileError("nothing whole was kept")
    return first, changes


def history(changes: Iterable[Change]) -> list[Change]:
    """The changes as a history: what was undone is not in it, and what went on doing the same is one step."""
    steps: list[Change] = []
    for change in changes:
        last = steps[-1] if steps else Change("")
        if last and change.edits == last.inverse().edits:
            steps.pop()
        elif change.label == last.label and _touched(change) == _touched(last) and not remakes(change):
            steps[-1] = merged(last, change)
        else:
            steps.append(change)
    return [step for step in steps if step]


def _touched(change: Change) -> list[tuple[str, str, object]]:
    return [(edit.kind, edit.graph, edit.key) for edit in change.edits]


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
