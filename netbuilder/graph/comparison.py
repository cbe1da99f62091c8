"""Two projects held against each other: what was added, removed and changed, for people to read.

Graphs belong together by name, nodes and frames by id, data sets and settings by name. What has no partner so is looked
for by likeness (`likeness.py`), so that something that was only renamed is said to be renamed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, Literal, NamedTuple

import msgspec
from immutables import Map

from netbuilder.graph.likeness import like_graphs, like_nodes, pairs_of_equal
from netbuilder.graph.model import Column, Dataset, Frame, Graph, Input, Link, Project, input_key, natural_key

Sign = Literal["added", "removed", "changed", "moved"]
Kind = Literal["project", "graph", "node", "link", "frame", "dataset", "settings"]
Key = str | Input

_EMPTY = Graph()
_PLACES = {"at", "rect", "via"}  # what only says where a thing is drawn


class Absent(Enum):
    """Stands where one side has no value."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


class Changed(NamedTuple):
    """One value that differs: the field of the model ("params", "title"), in it the name ("kernel_size"; "" where the
    field is one value), what it was and what it is."""

    field: str
    name: str
    before: Any
    after: Any


class Entry(NamedTuple):
    """One thing that differs. `graphs` are the names of its graph before and after ("" where there is none); `before`
    and `after` are its keys there, None where it is not. `moved`: nothing but its place differs. `implied`: it follows
    from another entry, as a link from its node that is gone."""

    sign: Sign
    kind: Kind
    graphs: tuple[str, str]
    before: Key | None
    after: Key | None
    changes: tuple[Changed, ...] = ()
    implied: bool = False


class Pair(NamedTuple):
    """A graph before and after (None where it is not there), and the nodes that belong together, by their old ids."""

    before: str | None
    after: str | None
    nodes: Mapping[str, str]


class Comparison(NamedTuple):
    """What `compare` found. Projects that are equal have no entries."""

    graphs: tuple[Pair, ...]
    entries: tuple[Entry, ...]


def compare(before: Project, after: Project) -> Comparison:
    """What turns one project into the other. Costs little more than the number of nodes."""
    entries = list(_of_project(before, after))
    pairs = []
    for old, new in _graph_pairs(before.graphs, after.graphs):
        pair, found = _compare_graphs(old, new, before.graphs, after.graphs)
        pairs.append(pair)
        entries += found
    renamed = {pair.before: pair.after for pair in pairs if pair.before is not None and pair.after is not None}
    entries += _of_datasets(before.datasets, after.datasets)
    entries += _of_settings(before.settings, after.settings, renamed)
    return Comparison(tuple(pairs), tuple(entries))


def _of_project(before: Project, after: Project) -> Iterator[Entry]:
    changes = [*_values("title", before.title, after.title), *_values("extra", before.extra, after.extra)]
    if changes:
        yield Entry("changed", "project", ("", ""), "title", "title", tuple(changes))


def _graph_pairs(before: Mapping[str, Graph], after: Mapping[str, Graph]) -> list[tuple[str | None, str | None]]:
    """In the order of their names; what is only there before comes where its name would stand."""
    same = {name: name for name in before if name in after}
    rest_before = {name: graph for name, graph in before.items() if name not in same}
    rest_after = {name: graph for name, graph in after.items() if name not in same}
    together = same | like_graphs(rest_before, rest_after)
    pairs: list[tuple[str | None, str | None]] = [(name, together.get(name)) for name in before]
    taken = set(together.values())
    pairs += [(None, name) for name in after if name not in taken]
    return sorted(pairs, key=lambda pair: (natural_key(pair[1] or pair[0] or ""), pair[1] is None))


def _compare_graphs(
    old: str | None, new: str | None, graphs_before: Mapping[str, Graph], graphs_after: Mapping[str, Graph]
) -> tuple[Pair, list[Entry]]:
    before = graphs_before[old] if old is not None else _EMPTY
    after = graphs_after[new] if new is not None else _EMPTY
    names = (old or "", new or "")
    if old is None or new is None:
        whole = Entry("removed" if new is None else "added", "graph", names, old, new)
        nodes: dict[str, str] = {}
        head = [whole]
    else:
        if before is after and old == new:
            return Pair(old, new, {id: id for id in before.nodes}), []
        nodes = _node_pairs(before, after)
        changes = list(_values("name", old, new))
        for field in ("kind", "arguments", "direction", "extra"):
            changes += _values(field, getattr(before, field), getattr(after, field))
        head = [Entry("changed", "graph", names, old, new, tuple(changes))] if changes else []
    alone = old is None or new is None
    things = [
        *_of_nodes(names, before, after, nodes),
        *_of_frames(names, before.frames, after.frames, nodes),
        *_of_links(names, before.links, after.links, nodes),
    ]
    return Pair(old, new, nodes), [*head, *(entry._replace(implied=True) if alone else entry for entry in things)]


def _node_pairs(before: Graph, after: Graph) -> dict[str, str]:
    same = {id: id for id in before.nodes if id in after.nodes}
    return same | like_nodes(before, after, same)


def _of_nodes(names: tuple[str, str], before: Graph, after: Graph, nodes: Mapping[str, str]) -> Iterator[Entry]:
    taken = set(nodes.values())
    for id in sorted(before.nodes, key=natural_key):
        if (new := nodes.get(id)) is None:
            yield Entry("removed", "node", names, id, None)
        elif changes := [*_values("id", id, new), *_fields(before.nodes[id], after.nodes[new])]:
            yield Entry(_sign(changes), "node", names, id, new, tuple(changes))
    for id in sorted((id for id in after.nodes if id not in taken), key=natural_key):
        yield Entry("added", "node", names, None, id)


def _of_frames(
    names: tuple[str, str], before: Mapping[str, Frame], after: Mapping[str, Frame], nodes: Mapping[str, str]
) -> Iterator[Entry]:
    rest = {id: frame for id, frame in before.items() if id not in after}
    together = pairs_of_equal(rest, {id: frame for id, frame in after.items() if id not in before}, _frame_words)
    for id in sorted(before, key=natural_key):
        new = id if id in after else together.get(id)
        if new is None:
            yield Entry("removed", "frame", names, id, None)
            continue
        held = before[id]
        renamed = msgspec.structs.replace(held, folded=tuple(nodes.get(one, one) for one in held.folded))
        if changes := [*_values("id", id, new), *_fields(renamed, after[new])]:
            yield Entry(_sign(changes), "frame", names, id, new, tuple(changes))
    taken = set(together.values())
    for id in sorted((id for id in after if id not in before and id not in taken), key=natural_key):
        yield Entry("added", "frame", names, None, id)


def _frame_words(frame: Frame) -> object:
    return frame.title, frame.text


def _of_links(
    names: tuple[str, str], before: Mapping[Input, Link], after: Mapping[Input, Link], nodes: Mapping[str, str]
) -> Iterator[Entry]:
    """A link of a node that is gone or new follows from that."""
    taken = set()
    stayed = set(nodes.values())
    for end in sorted(before, key=input_key):
        link = before[end]
        node, source = nodes.get(end.node), nodes.get(link.source.node)
        new = end._replace(node=node) if node is not None else None
        if new is None or new not in after:
            yield Entry("removed", "link", names, end, None, implied=node is None or source is None)
            continue
        taken.add(new)
        moved = link.source._replace(node=source) if source is not None else link.source
        same = msgspec.structs.replace(link, source=moved, target=new)
        if changes := list(_fields(same, after[new])):
            if source is None:  # in words of the old project
                changes = [
                    change._replace(before=link.source) if change.field == "source" else change for change in changes
                ]
            yield Entry(_sign(changes), "link", names, end, new, tuple(changes))
    for end in sorted((end for end in after if end not in taken), key=input_key):
        implied = end.node not in stayed or after[end].source.node not in stayed
        yield Entry("added", "link", names, None, end, implied=implied)


def _of_datasets(before: Mapping[str, Dataset], after: Mapping[str, Dataset]) -> Iterator[Entry]:
    rest = {name: held for name, held in before.items() if name not in after}
    new_ones = {name: held for name, held in after.items() if name not in before}
    together = pairs_of_equal(rest, new_ones, lambda held: held)
    taken = set(together.values())
    for name in sorted({*before, *after} - taken, key=natural_key):
        new = name if name in after else together.get(name)
        if name not in before:
            yield Entry("added", "dataset", ("", ""), None, name)
        elif new is None:
            yield Entry("removed", "dataset", ("", ""), name, None)
        elif changes := [*_values("name", name, new), *_fields(before[name], after[new])]:
            yield Entry("changed", "dataset", ("", ""), name, new, tuple(changes))


def _of_settings(
    before: Mapping[str, Map[str, Any]], after: Mapping[str, Map[str, Any]], graphs: Mapping[str, str]
) -> Iterator[Entry]:
    """Those of a renamed graph go with it."""
    names = {name: new if (new := graphs.get(name)) is not None and new not in before else name for name in before}
    old_names = {new: old for old, new in names.items()}
    for name in sorted({*old_names, *after}, key=natural_key):
        old = old_names.get(name)
        held, now = before[old] if old is not None else None, after.get(name)
        if held == now:
            continue
        changes = tuple(_values("settings", held or Map(), now or Map()))
        if held is None:
            yield Entry("added", "settings", ("", name), None, name, changes)
        elif now is None:
            yield Entry("removed", "settings", (old or "", ""), old, None, changes)
        else:
            yield Entry("changed", "settings", (old or "", name), old, name, changes)


def _sign(changes: Iterable[Changed]) -> Sign:
    return "moved" if {change.field for change in changes} <= _PLACES else "changed"


def _fields(before: msgspec.Struct, after: msgspec.Struct) -> Iterator[Changed]:
    """All fields of the model that differ, also those that a later version of it has."""
    for field in before.__struct_fields__:
        yield from _values(field, getattr(before, field), getattr(after, field))


def _values(field: str, before: Any, after: Any) -> Iterator[Changed]:
    """Of maps and columns each entry that differs, of other fields the value."""
    if before == after:
        return
    if isinstance(before, Map) and isinstance(after, Map):
        for name in sorted({*before, *after}, key=natural_key):
            old, new = before.get(name, ABSENT), after.get(name, ABSENT)
            if old != new:
                yield Changed(field, name, old, new)
    elif field == "columns" and _by_id(before) != _by_id(after):
        yield from _columns(_by_id(before), _by_id(after))
    else:
        yield Changed(field, "", before, after)


def _columns(before: Mapping[str, Column], after: Mapping[str, Column]) -> Iterator[Changed]:
    for id in sorted(before.keys() | after.keys(), key=natural_key):
        old, new = before.get(id), after.get(id)
        if old is not None and new is not None:
            for one in _fields(old, new):
                yield one._replace(field="columns", name=" ".join(filter(None, (id, one.field, one.name))))
        else:
            yield Changed("columns", id, *(ABSENT if held is None else held.name or id for held in (old, new)))


def _by_id(columns: Iterable[Column]) -> dict[str, Column]:
    return {column.id: column for column in columns}
