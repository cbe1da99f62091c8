"""From plain values (what JSON gives) to the project's structures: one walk that checks and names what is wrong.

Structure only: which parameters a block has and what they may be is the catalogue's second check. Fields that
are not known here are kept in `extra`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from typing import Any, TypeVar, cast

from immutables import Map

from netbuilder.graph.errors import FileError, NewerVersion, TooLarge, expected, spell
from netbuilder.graph.model import (
    DIRECTIONS,
    KINDS,
    NONE,
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
)
from netbuilder.graph.names import is_id
from netbuilder.graph.scan import MAX_NODES

VERSION = 1
MAX_NAME = 200  # characters in a name or title
MAX_TEXT = 100_000  # characters in a note or in a parameter's text
MAX_VIA = 1_000  # points that a link is drawn through
MAX_INDEX = 10_000  # links into one port
MAX_NESTING = 48  # inside one parameter; with what is around it, a file stays under 64
MAX_COORDINATE = 1e7  # scene units; beyond, a canvas draws nothing sensible

PROJECT = frozenset({"netbuilder", "title", "datasets", "graphs", "settings"})
GRAPH = frozenset({"kind", "arguments", "direction", "nodes", "links", "frames"})
NODE = frozenset({"block", "params", "at", "title", "bypassed", "bookmarked"})
LINK = frozenset({"from", "to", "via"})
FRAME = frozenset({"rect", "title", "text", "color", "folded"})
DATASET = frozenset({"source", "params", "columns", "samples"})
COLUMN = frozenset({"id", "name", "shape", "dtype", "axes", "role", "classes", "facts"})

_INDEXED = re.compile(r"(.*)\[([1-9][0-9]{0,8})\]", re.DOTALL)
_INT = 2**63
T = TypeVar("T")
Plain = dict[str, Any]


class Walk:
    """One pass over plain values. `keys` counts the object keys seen, so that repeated ones can be noticed."""

    def __init__(self) -> None:
        self.keys = 0
        self._ports: dict[str, tuple[str, int]] = {}  # what was read of ports so far: "x[2]" is ("x", 2)

    def project(self, raw: object) -> Project:
        """Raises FileError, NewerVersion, TooLarge."""
        fields = self._object(raw)
        version = fields.get("netbuilder")
        if type(version) is not int or version < 1:
            raise FileError('this is not a netbuilder project: it does not begin with "netbuilder": 1')
        if version > VERSION:
            raise NewerVersion(
                f"a newer netbuilder wrote this (format {version}, this one reads up to {VERSION}); update netbuilder"
            )
        graphs = fields.get("graphs", {})
        self._limit_nodes(graphs)
        return Project(
            title=self._field(fields, "title", self._title, ""),
            datasets=self._named(fields, "datasets", self.dataset),
            graphs=self._named(fields, "graphs", self.graph),
            settings=self._named(fields, "settings", self.values),
            extra=self._extra(fields, PROJECT),
        )

    def graph(self, raw: object) -> Graph:
        fields = self._object(raw)
        nodes: dict[str, Node] = self._field(fields, "nodes", self._nodes, {})
        try:
            links = self._links(fields.get("links", []), nodes)
        except FileError as error:
            raise error.under("links") from None
        return Graph(
            kind=self._one_of(fields, "kind", KINDS),
            nodes=Map(nodes),
            links=links,
            frames=self._field(fields, "frames", self._frames, Map()),
            arguments=self._field(fields, "arguments", self.values, NONE),
            direction=self._one_of(fields, "direction", DIRECTIONS),
            extra=self._extra(fields, GRAPH),
        )

    def node(self, raw: object) -> Node:
        fields = self._object(raw)
        block = fields.get("block")
        if type(block) is not str or not 0 < len(block) <= MAX_NAME:
            expected("the name of a block", block, "block")
        params = NONE
        if "params" in fields:
            try:
                params = self.values(fields["params"])
            except FileError as error:
                raise error.under("params") from None
        return Node(
            block,
            params,
            self._pair(fields["at"]) if "at" in fields else (0.0, 0.0),
            self._title(fields["title"], "title") if "title" in fields else "",
            self._bool(fields["bypassed"], "bypassed") if "bypassed" in fields else False,
            self._bool(fields["bookmarked"], "bookmarked") if "bookmarked" in fields else False,
            NONE if fields.keys() <= NODE else self._extra(fields, NODE),
        )

    def link(self, raw: object, nodes: Container[str] = ()) -> Link:
        """A link by itself; whether its nodes exist is for whoever holds them. `nodes`: ids known to be ids."""
        fields = self._object(raw)
        return Link(
            self._output(fields.get("from"), nodes),
            self.input(fields.get("to"), "to", nodes=nodes),
            self._list(fields, "via", self._via, MAX_VIA) if "via" in fields else (),
            NONE if len(fields) == 2 else self._extra(fields, LINK),
        )

    def frame(self, raw: object) -> Frame:
        fields = self._object(raw)
        rect = self._numbers(fields.get("rect"), 4, "four numbers", "rect")
        if rect[2] < 0 or rect[3] < 0:
            raise FileError("a frame has no negative width or height", "rect")
        return Frame(
            cast("tuple[float, float, float, float]", rect),
            self._field(fields, "title", self._title, ""),
            self._field(fields, "text", self._text, ""),
            self._field(fields, "color", self._title, ""),
            self._list(fields, "folded", self._id),
            self._extra(fields, FRAME),
        )

    def dataset(self, raw: object) -> Dataset:
        fields = self._object(raw)
        columns = self._list(fields, "columns", self._column)
        ids = [column.id for column in columns]
        for at, name in enumerate(ids):
            if name in ids[:at]:
                raise FileError(f"there are two columns {name}", "columns", at, "id")
        return Dataset(
            source=self._required(fields, "source"),
            params=self._field(fields, "params", self.values, NONE),
            columns=columns,
            samples=self._field(fields, "samples", self._count, 0),
            extra=self._extra(fields, DATASET),
        )

    def values(self, raw: object) -> Values:
        fields = self._object(raw)
        if not fields:
            return NONE
        return Map(self._values(fields, 0))

    def input(self, text: object, *path: str, nodes: Container[str] = ()) -> Input:
        """ "add1.x[2]" as an Input."""
        if type(text) is not str:
            expected('an input such as "conv1.x"', text, *path)
        node, _, port = text.partition(".")
        found = self._ports.get(port) or self._port(port, text, *path)
        if node not in nodes and not is_id(node):
            expected('an input such as "conv1.x"', text, *path)
        return Input(node, *found)

    # Parts of the above

    def _object(self, raw: object, *path: str | int) -> Plain:
        if type(raw) is not dict:
            expected("an object", raw, *path)
        self.keys += len(raw)
        return raw

    def _limit_nodes(self, graphs: object) -> None:
        held = graphs.values() if isinstance(graphs, dict) else ()
        nodes = [graph.get("nodes") for graph in held if isinstance(graph, dict)]
        count = sum(len(found) for found in nodes if isinstance(found, dict))
        if count > MAX_NODES:
            raise TooLarge(f"the project has {count} nodes; at most {MAX_NODES} are read")

    def _nodes(self, raw: object) -> dict[str, Node]:
        nodes = {}
        for name, value in self._object(raw).items():
            if not is_id(name):
                raise FileError("a node's id is a name as in Python, and none that Python or torch uses itself", name)
            try:
                nodes[name] = self.node(value)
            except FileError as error:
                raise error.under(name) from None
        return nodes

    def _frames(self, raw: object) -> Map[str, Frame]:
        frames = {}
        for name, value in self._object(raw).items():
            if not is_id(name):
                raise FileError("a frame's id is a name as in Python, and none that Python or torch uses itself", name)
            try:
                frames[name] = self.frame(value)
            except FileError as error:
                raise error.under(name) from None
        return Map(frames)

    def _links(self, raw: object, nodes: Mapping[str, Node]) -> Map[Input, Link]:
        if type(raw) is not list:
            expected("a list of links", raw)
        links: dict[Input, Link] = {}
        try:
            for value in raw:
                link = self.link(value, nodes)
                target = link.target
                if link.source.node not in nodes:
                    raise FileError(f"there is no node {link.source.node}", "from")
                if target.node not in nodes:
                    raise FileError(f"there is no node {target.node}", "to")
                if target in links:
                    raise FileError(f"there is already a link into {spell(value['to'])}", "to")
                links[target] = link
        except FileError as error:
            raise error.under(len(links)) from None
        return Map(links)

    def _output(self, text: object, nodes: Container[str]) -> Output:
        if type(text) is not str:
            expected('an output such as "conv1.y"', text, "from")
        node, _, port = text.partition(".")
        found = self._ports.get(port) or self._port(port, text, "from")
        if found[1] or (node not in nodes and not is_id(node)):
            expected('an output such as "conv1.y"', text, "from")
        return Output(node, found[0])

    def _port(self, text: str, whole: str, *path: str) -> tuple[str, int]:
        match = _INDEXED.fullmatch(text)
        port, index = (match[1], int(match[2])) if match else (text, 0)
        if not port.isidentifier() or len(port) > MAX_NAME:
            expected("a node and a port joined by a dot", whole, *path)
        if index > MAX_INDEX:
            raise FileError(f"a port takes at most {MAX_INDEX} links", *path)
        self._ports[text] = port, index
        return port, index

    def _column(self, raw: object) -> Column:
        fields = self._object(raw)
        name = fields.get("id")
        if type(name) is not str or not is_id(name):
            expected("a name as in Python", name, "id")
        return Column(
            id=name,
            name=self._field(fields, "name", self._title, ""),
            shape=self._list(fields, "shape", self._count),
            dtype=self._field(fields, "dtype", self._title, "float32"),
            axes=self._field(fields, "axes", self._title, ""),
            role=self._field(fields, "role", self._title, "tensor"),
            classes=self._list(fields, "classes", self._title),
            facts=self._field(fields, "facts", self.values, NONE),
            extra=self._extra(fields, COLUMN),
        )

    def _values(self, fields: Plain, depth: int) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for name, value in fields.items():
            if len(name) > MAX_NAME:
                raise FileError(f"a name has at most {MAX_NAME} characters", name[:20])
            kind = type(value)
            if kind is int:
                if not -_INT <= value < _INT:
                    raise FileError("a whole number has at most 64 bits", name)
            elif kind is str:
                if len(value) > MAX_TEXT:
                    raise FileError(f"a text has at most {MAX_TEXT} characters", name)
            elif kind is not bool and kind is not float and value is not None:
                try:
                    value = self._value(value, depth + 1)
                except FileError as error:
                    raise error.under(name) from None
            found[name] = value
        return found

    def _value(self, raw: object, depth: int) -> Value:
        if depth > MAX_NESTING:
            raise TooLarge(f"values are nested in more than {MAX_NESTING} levels")
        if type(raw) is dict:
            return Map(self._values(self._object(raw), depth))
        if type(raw) is list:
            items: list[Value] = []
            for at, item in enumerate(raw):
                try:
                    items.append(self._value(item, depth + 1))
                except FileError as error:
                    raise error.under(at) from None
            return tuple(items)
        if type(raw) is int and not -_INT <= raw < _INT:
            raise FileError("a whole number has at most 64 bits")
        if type(raw) is str:
            return self._text(raw)
        if raw is None or type(raw) in (bool, int, float):
            return cast("Value", raw)
        return expected("a value that JSON can hold", str(raw))

    def _extra(self, fields: Plain, known: frozenset[str]) -> Values:
        if fields.keys() <= known:
            return NONE
        return Map(self._values({name: value for name, value in fields.items() if name not in known}, 0))

    def _named(self, fields: Plain, field: str, read: Callable[[object], T]) -> Map[str, T]:
        found = {}
        for name, value in self._object(fields.get(field, {}), field).items():
            if not 0 < len(name) <= MAX_NAME:
                raise FileError(f"a name has 1 to {MAX_NAME} characters", field, name[:20])
            try:
                found[name] = read(value)
            except FileError as error:
                raise error.under(field, name) from None
        return Map(found)

    def _one_of(self, fields: Plain, field: str, known: tuple[T, ...]) -> T:
        """The first of those known where the field is missing."""
        found = fields.get(field, known[0])
        if found not in known:
            expected(f"one of {', '.join(map(str, known))}", found, field)
        return cast("T", found)

    def _list(self, fields: Plain, field: str, read: Callable[[object], T], most: int | None = None) -> tuple[T, ...]:
        raw = fields.get(field, [])
        if type(raw) is not list:
            expected("a list", raw, field)
        if most is not None and len(raw) > most:
            raise FileError(f"there are at most {most} of these", field)
        found = []
        for at, item in enumerate(raw):
            try:
                found.append(read(item))
            except FileError as error:
                raise error.under(field, at) from None
        return tuple(found)

    def _field(self, fields: Plain, field: str, read: Callable[[object], T], default: T) -> T:
        if field not in fields:
            return default
        try:
            return read(fields[field])
        except FileError as error:
            raise error.under(field) from None

    def _required(self, fields: Plain, field: str) -> str:
        if field not in fields:
            raise FileError("this is missing", field)
        return self._title(fields[field], field)

    def _title(self, raw: object, *path: str) -> str:
        if type(raw) is not str:
            expected("text", raw, *path)
        if len(raw) > MAX_NAME:
            raise FileError(f"a name or title has at most {MAX_NAME} characters", *path)
        return raw

    def _text(self, raw: object) -> str:
        if type(raw) is not str:
            expected("text", raw)
        if len(raw) > MAX_TEXT:
            raise FileError(f"a text has at most {MAX_TEXT} characters")
        return raw

    def _id(self, raw: object) -> str:
        if type(raw) is not str or not is_id(raw):
            expected("the id of a node", raw)
        return raw

    def _via(self, raw: object) -> tuple[float, float]:
        return cast("tuple[float, float]", self._numbers(raw, 2, "two numbers"))

    def _bool(self, raw: object, *path: str) -> bool:
        if type(raw) is not bool:
            expected("true or false", raw, *path)
        return raw

    def _count(self, raw: object) -> int:
        if type(raw) is not int or not 0 <= raw < _INT:
            expected("a whole number of 0 or more", raw)
        return raw

    def _pair(self, raw: object) -> tuple[float, float]:
        if type(raw) is list and len(raw) == 2:
            x, y = raw
            if (type(x) is int or type(x) is float) and (type(y) is int or type(y) is float):
                at = float(x), float(y)
                if -MAX_COORDINATE <= at[0] <= MAX_COORDINATE and -MAX_COORDINATE <= at[1] <= MAX_COORDINATE:
                    return at
        return cast("tuple[float, float]", self._numbers(raw, 2, "two numbers", "at"))  # says what is wrong

    def _numbers(self, raw: object, count: int, what: str, *path: str) -> tuple[float, ...]:
        if type(raw) is not list or len(raw) != count:
            expected(what, raw, *path)
        for number in raw:
            if type(number) is not int and type(number) is not float:
                expected(what, raw, *path)
            if not -MAX_COORDINATE <= number <= MAX_COORDINATE:
                raise FileError(f"a coordinate lies within {MAX_COORDINATE:.0f} of 0, this is {spell(number)}", *path)
        return tuple(map(float, raw))
