"""Plain forms, as JSON holds them: of a project for its file, of changes for the pipe to the engine."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from immutables import Map

from netbuilder.graph.change import IN_GRAPH, IN_PROJECT, Change, Edit, Thing
from netbuilder.graph.errors import FileError, TooLarge, expected
from netbuilder.graph.model import (
    Column,
    Dataset,
    Frame,
    Graph,
    Input,
    Link,
    Node,
    Output,
    Project,
    Value,
    Values,
    input_key,
    natural_key,
)
from netbuilder.graph.walk import (
    COLUMN,
    DATASET,
    FRAME,
    GRAPH,
    LINK,
    MAX_NESTING,
    NODE,
    PROJECT,
    VERSION,
    Plain,
    Walk,
)


def project_to_plain(project: Project) -> Plain:
    """As in the file: known fields first, then kept ones, everything by name in natural order."""
    plain: Plain = {"netbuilder": VERSION}
    if project.title:
        plain["title"] = whole_text(project.title)
    for field, things, form in (
        ("datasets", project.datasets, dataset_to_plain),
        ("graphs", project.graphs, graph_to_plain),
        ("settings", project.settings, values_to_plain),
    ):
        if things:
            plain[field] = _by_name(things, form)
    return _with_extra(plain, project.extra, PROJECT)


def dataset_from_plain(raw: object) -> Dataset:
    """Raises FileError."""
    return Walk().dataset(raw)


def project_from_plain(raw: object) -> Project:
    """Raises FileError (NewerVersion, TooLarge) with the path of the first thing that is wrong."""
    return Walk().project(raw)


def graph_to_plain(graph: Graph) -> Plain:
    plain: Plain = {"kind": graph.kind}
    if graph.arguments:
        plain["arguments"] = values_to_plain(graph.arguments)
    if graph.direction != "right":
        plain["direction"] = graph.direction
    plain["nodes"] = _by_name(graph.nodes, node_to_plain)
    plain["links"] = [link_to_plain(graph.links[end]) for end in sorted(graph.links, key=input_key)]
    if graph.frames:
        plain["frames"] = _by_name(graph.frames, frame_to_plain)
    return _with_extra(plain, graph.extra, GRAPH)


def node_to_plain(node: Node) -> Plain:
    plain: Plain = {"block": whole_text(node.block)}
    if node.title:
        plain["title"] = whole_text(node.title)
    if node.params:
        plain["params"] = values_to_plain(node.params)
    if node.bypassed:
        plain["bypassed"] = True
    if node.bookmarked:
        plain["bookmarked"] = True
    plain["at"] = [_number(part) for part in node.at]
    return _with_extra(plain, node.extra, NODE)


def link_to_plain(link: Link) -> Plain:
    plain: Plain = {"from": output_text(link.source), "to": input_text(link.target)}
    if link.via:
        plain["via"] = [[_number(part) for part in point] for point in link.via]
    return _with_extra(plain, link.extra, LINK)


def frame_to_plain(frame: Frame) -> Plain:
    plain: Plain = {"rect": [_number(part) for part in frame.rect]}
    for field in ("title", "text", "color"):
        if text := getattr(frame, field):
            plain[field] = whole_text(text)
    if frame.folded:
        plain["folded"] = list(frame.folded)
    return _with_extra(plain, frame.extra, FRAME)


def dataset_to_plain(dataset: Dataset) -> Plain:
    plain: Plain = {"source": whole_text(dataset.source)}
    if dataset.params:
        plain["params"] = values_to_plain(dataset.params)
    if dataset.samples:
        plain["samples"] = dataset.samples
    if dataset.columns:
        plain["columns"] = [_column_to_plain(column) for column in dataset.columns]
    return _with_extra(plain, dataset.extra, DATASET)


def _column_to_plain(column: Column) -> Plain:
    plain: Plain = {"id": column.id}
    if column.name:
        plain["name"] = whole_text(column.name)
    plain["shape"] = list(column.shape)
    for field in ("dtype", "axes", "role"):
        plain[field] = whole_text(getattr(column, field))
    if column.classes:
        plain["classes"] = [whole_text(name) for name in column.classes]
    if column.facts:
        plain["facts"] = values_to_plain(column.facts)
    return _with_extra(plain, column.extra, COLUMN)


def output_text(end: Output) -> str:
    """ "conv1.y"."""
    return f"{end.node}.{end.port}"


def input_text(end: Input) -> str:
    """ "conv1.x", or "add1.x[2]" where the index is not 0."""
    return f"{end.node}.{end.port}[{end.index}]" if end.index else f"{end.node}.{end.port}"


def values_to_plain(values: Values) -> Plain:
    """Parameters: tuples as lists, non-finite numbers as text. Raises TooLarge for values nested too deep."""
    return {whole_text(name): value_to_plain(values[name]) for name in sorted(values, key=natural_key)}


def value_to_plain(value: Value, depth: int = 0) -> object:
    if isinstance(value, str):
        return whole_text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if value is None or isinstance(value, int):
        return value
    if depth > MAX_NESTING:
        raise TooLarge(f"values are nested in more than {MAX_NESTING} levels")
    if isinstance(value, Map):
        names = sorted(value, key=natural_key)
        return {whole_text(name): value_to_plain(value[name], depth + 1) for name in names}
    return [value_to_plain(item, depth + 1) for item in value]


def whole_text(text: str) -> str:
    """The text with every half of a character (a lone surrogate, which UTF-8 cannot hold) replaced by a mark."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _number(number: float) -> float | int:
    return int(number) if float(number).is_integer() else number


def _by_name(things: Mapping[str, Any], form: Callable[[Any], Plain]) -> Plain:
    return {whole_text(name): form(things[name]) for name in sorted(things, key=natural_key)}


def _with_extra(plain: Plain, extra: Values, known: frozenset[str]) -> Plain:
    if extra:
        plain.update((name, value) for name, value in values_to_plain(extra).items() if name not in known)
    return plain


# Changes

_FORMS: dict[str, Callable[[Any], Any]] = {
    "node": node_to_plain,
    "link": link_to_plain,
    "frame": frame_to_plain,
    "graph": graph_to_plain,
    "dataset": dataset_to_plain,
    "settings": values_to_plain,
    "head": whole_text,
}


def change_to_plain(change: Change) -> Plain:
    """A change as JSON holds it; links are keyed by "add1.x[2]"."""
    return {"label": whole_text(change.label), "edits": [edit_to_plain(edit) for edit in change.edits]}


def change_from_plain(raw: object) -> Change:
    """Raises FileError with the path of the first thing that is wrong."""
    if not isinstance(raw, dict):
        expected("a change", raw)
    label, edits = raw.get("label"), raw.get("edits")
    if not isinstance(label, str):
        expected("text", label, "label")
    if not isinstance(edits, list):
        expected("a list of edits", edits, "edits")
    found = []
    for at, edit in enumerate(edits):
        try:
            found.append(_edit_from_plain(edit))
        except FileError as error:
            raise error.under("edits", at) from None
    return Change(label, tuple(found))


def edit_to_plain(edit: Edit) -> Plain:
    """One touched thing: kind, graph, key, before and after."""
    form = _FORMS[edit.kind]
    return {
        "kind": edit.kind,
        "graph": whole_text(edit.graph),
        "key": input_text(edit.key) if isinstance(edit.key, Input) else whole_text(edit.key),
        "before": None if edit.before is None else form(edit.before),
        "after": None if edit.after is None else form(edit.after),
    }


def _edit_from_plain(raw: object) -> Edit:
    if not isinstance(raw, dict):
        expected("an edit", raw)
    kind, graph, key = raw.get("kind"), raw.get("graph"), raw.get("key")
    if kind not in IN_GRAPH and kind not in IN_PROJECT and kind != "head":
        expected("a kind of thing", kind, "kind")
    if not isinstance(graph, str):
        expected("a graph's name", graph, "graph")
    if not isinstance(key, str):
        expected("text", key, "key")
    walk = Walk()
    end = walk.input(key, "key") if kind == "link" else key
    return Edit(kind, graph, end, _thing(walk, kind, raw, "before"), _thing(walk, kind, raw, "after"))


def _thing(walk: Walk, kind: str, raw: Plain, side: str) -> Thing:
    value = raw.get(side)
    if value is None:
        return None
    if kind == "head":
        if not isinstance(value, str):
            expected("text", value, side)
        return value
    try:
        return _READ[kind](walk, value)
    except FileError as error:
        raise error.under(side) from None


_READ: dict[str, Callable[[Walk, object], Thing]] = {
    "node": Walk.node,
    "link": Walk.link,
    "frame": Walk.frame,
    "graph": Walk.graph,
    "dataset": Walk.dataset,
    "settings": Walk.values,
}
