"""What differs, in words: "conv1: kernel size 3 → 5"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from immutables import Map

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.blocks.spelling import short, spell
from netbuilder.graph.comparison import ABSENT, Changed, Comparison, Entry, Sign
from netbuilder.graph.model import Input, Node, Output, Project
from netbuilder.ui.canvas.look import one_line
from netbuilder.ui.text import counted

LONGEST = 60  # letters of one value
ARROW = " → "
SIGNS: dict[Sign, str] = {"added": "+", "removed": "−", "changed": "≠", "moved": "⇢"}
TOKENS: dict[Sign, str] = {"added": "ok", "removed": "error", "changed": "warning", "moved": "hint"}
THINGS = {"graph": "graph", "frame": "frame", "dataset": "data set", "settings": "settings of", "link": "link"}
PLACES = {"at": "moved", "rect": "moved or resized", "via": "drawn another way"}
FLAGS = {"bypassed": ("bypassed", "no longer bypassed"), "bookmarked": ("bookmarked", "no longer bookmarked")}
NAMES = {"id": "renamed", "name": "renamed"}


class Words:
    """Of one comparison; the catalogue says what a parameter is that stands in no file."""

    def __init__(self, before: Project, after: Project, catalogue: Catalogue) -> None:
        self._before, self._after, self._catalogue = before, after, catalogue

    def thing(self, entry: Entry) -> str:
        """What it is about: "conv1", "frame “Look here”", "link conv1.y → relu1.x"."""
        key = entry.after if entry.after is not None else entry.before
        if entry.kind == "project":
            return "project"
        if isinstance(key, Input):
            return f"link {self._source(entry)}{ARROW}{one_line(key.node)}.{_cut(key.port)}"
        name = one_line(str(key))
        if entry.kind == "frame":
            project, graph = self._side(entry)
            title = one_line(project.graphs[graph].frames[str(key)].title)
            return f"frame “{title}”" if title else f"frame {name}"
        return f"{THINGS[entry.kind]} {name}" if entry.kind in THINGS else name

    def say(self, entry: Entry) -> str:
        """All that differs, in one line."""
        if entry.sign in ("added", "removed"):
            what = self._block(entry)
            return f"{self.thing(entry)}: {entry.sign}{f' ({what})' if what else ''}"
        return f"{self.thing(entry)}: {', '.join(filter(None, (self._change(one, entry) for one in entry.changes)))}"

    def _block(self, entry: Entry) -> str:
        node = self._node(entry, after=entry.after is not None) if entry.kind == "node" else None
        return one_line(node.block) if node is not None else ""

    def _node(self, entry: Entry, *, after: bool) -> Node | None:
        project, graph, key = (
            (self._after, entry.graphs[1], entry.after) if after else (self._before, entry.graphs[0], entry.before)
        )
        held = project.graphs.get(graph)
        return held.nodes.get(str(key)) if held is not None else None

    def _side(self, entry: Entry) -> tuple[Project, str]:
        """The project in which the thing is still to be found, and the graph there."""
        return (self._before, entry.graphs[0]) if entry.after is None else (self._after, entry.graphs[1])

    def _source(self, entry: Entry) -> str:
        project, graph = self._side(entry)
        key = entry.after if entry.after is not None else entry.before
        assert isinstance(key, Input)
        return _output(project.graphs[graph].links[key].source)

    def _change(self, change: Changed, entry: Entry) -> str:
        if change.field in PLACES:
            return PLACES[change.field]
        if change.field in FLAGS:
            on, off = FLAGS[change.field]
            return on if change.after else off
        if change.field in NAMES:
            return f"renamed{_spelled(change, str)}"
        if change.field == "source" and isinstance(change.after, Output):
            return f"comes from {_output(change.after)} instead of {_output(change.before)}"
        if change.field == "extra":
            return f"“{one_line(change.name)}”, which this version does not know"
        if change.field == "params" and entry.kind == "node":
            return self._param(change, entry)
        name = change.name or {"text": "note", "columns": "columns"}.get(change.field, change.field)
        return f"{one_line(name)}{_spelled(change, _value)}"

    def _param(self, change: Changed, entry: Entry) -> str:
        """In the parameter's own spelling; one that stands in no file has its default."""

        def shown(value: Any, *, after: bool) -> str:
            node = self._node(entry, after=after)
            block = self._catalogue.get(node.block) if node is not None else None
            params = block.typed(node.params) if block is not None and node is not None else ()
            param = next((one for one in params if one.name == change.name), None)
            if param is None or (value is not ABSENT and param.check_written(value)):
                return _value(value)
            return _cut(param.show(param.default if value is ABSENT else value))

        before, after = shown(change.before, after=False), shown(change.after, after=True)
        return f"{one_line(change.name).replace('_', ' ')} {before}{ARROW}{after}"


def summary(comparison: Comparison) -> str:
    """ "2 added, 1 removed, 3 changed"."""
    told = [entry for entry in comparison.entries if not entry.implied]
    parts = [f"{number} {sign}" for sign in SIGNS if (number := sum(entry.sign == sign for entry in told))]
    if not parts:
        return "Nothing differs."
    return f"{counted(len(told), 'difference')}: {', '.join(parts)}."


def _spelled(change: Changed, spelled: Callable[[Any], str]) -> str:
    return f" {_cut(spelled(change.before))}{ARROW}{_cut(spelled(change.after))}"


def _output(source: Output) -> str:
    return f"{one_line(source.node)}.{_cut(source.port)}"


def _value(value: Any) -> str:
    if value is ABSENT or value == "":
        return "none"
    if isinstance(value, str):
        return f"“{_cut(one_line(value))}”"
    if isinstance(value, bool) or value is None:
        return {True: "on", False: "off", None: "none"}[value]
    if isinstance(value, int | float):
        return short(value)
    if isinstance(value, tuple):
        return _cut(", ".join(map(_value, value))) or "none"
    return spell(value) if isinstance(value, Map) else one_line(str(value))


def _cut(text: str) -> str:
    text = one_line(text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
