"""What a lint rule sees: one graph with its walk, and the way into the networks that it places."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, TypeVar

import msgspec

from netbuilder.blocks.params import NetworkRef
from netbuilder.blocks.spec import Block
from netbuilder.compiler.report import Repair, Severity
from netbuilder.compiler.seen import Failure, Seen, Walk
from netbuilder.compiler.types import TensorType
from netbuilder.graph.model import Input, Link, Output, natural_key

if TYPE_CHECKING:
    from netbuilder.compiler.analyse import Study

Args = ParamSpec("Args")
Known = TypeVar("Known")

# What decides the size of axis 1 (or the last one) of a layer's output.
SIZE_PARAMS = ("out_channels", "out_features", "embedding_dim", "hidden_size")


def none() -> Iterable[Repair]:
    """No repairs."""
    return ()


def one(make: Callable[Args, Repair], *args: Args.args, **kwargs: Args.kwargs) -> Callable[[], Iterable[Repair]]:
    """One repair, made when it is asked for."""
    return lambda: [make(*args, **kwargs)]


class Finding(NamedTuple):
    """What a rule found: at a node ("" for the graph), in a sentence; repairs are only made when somebody asks."""

    node: str
    message: str
    repairs: Callable[[], Iterable[Repair]] = none
    severity: Severity | None = None


class Rule(msgspec.Struct, frozen=True):
    """One row of the lint table."""

    name: str
    severity: Severity
    find: Callable[[Context], Iterable[Finding]]


# Why a node failed when it was run, if this is the reason.
Explain = Callable[["Context", str, Seen], Finding | None]


class Context:
    """One graph under the rules, as its canvas shows it or in another `walk`."""

    def __init__(self, study: Study, name: str, walk: Walk | None = None) -> None:
        self.study = study
        self.name = name
        self.project = study.project
        self.graph = self.project.graphs[name]
        self.walk = walk or study.walk(name)
        self.wiring = self.walk.wiring
        self._remembered: dict[Callable[[Context], Any], Any] = {}

    def remembered(self, find: Callable[[Context], Known]) -> Known:
        """What this finds out about the graph; it is asked only once."""
        if find not in self._remembered:
            self._remembered[find] = find(self)
        known: Known = self._remembered[find]
        return known

    @property
    def blocks(self) -> dict[str, Block]:
        return self.wiring.blocks

    def nodes(self, *names: str) -> list[str]:
        """Ids of the nodes with one of these blocks, in natural order, bypassed ones left out."""
        found = [id for id, node in self.graph.nodes.items() if node.block in names and not node.bypassed]
        return sorted(found, key=natural_key)

    def failures(self, *kinds: str) -> Iterator[tuple[str, Seen, Failure]]:
        """The nodes that fail in one of these ways, in natural order."""
        found = [(id, s, s.failure) for id, s in self.walk.nodes.items() if s.failure and s.failure.kind in kinds]
        yield from sorted(found, key=lambda row: natural_key(row[0]))

    def type_at(self, id: str, port: str, index: int = 0) -> TensorType | None:
        return self.walk.type_at(id, port, index)

    def type_of(self, output: Output) -> TensorType | None:
        seen = self.walk.nodes.get(output.node)
        return seen.outputs.get(output.port) if seen else None

    def shape(self, kind: TensorType | None) -> str:
        """ "N x 16 x 8 x 8"."""
        return "nothing known" if kind is None else str(self.walk.symbols.flow(kind))

    def links(self, id: str, port: str) -> tuple[Link, ...]:
        return self.wiring.links(id, port)

    def link_at(self, id: str, port: str, index: int = 0) -> Link | None:
        links = self.links(id, port)
        return links[index] if index < len(links) else None

    def first_input(self, id: str) -> Link | None:
        """The link into the first linked input port."""
        return next((links[0] for port in self.wiring.inputs(id) if (links := self.links(id, port.name))), None)

    def back(self, id: str) -> Iterator[Link]:
        """The links that lead back from a node, always into the first linked input; ends at a circle."""
        seen = {id}
        while link := self.first_input(id):
            yield link
            if (id := link.source.node) in seen:
                return
            seen.add(id)

    def into(self, network: str) -> Context:
        """The same for a network that is placed here."""
        return Context(self.study, network)

    def behind(self, output: Output) -> tuple[Context, Output]:
        """The output itself, or what arrives at the Output node of the network that is placed there."""
        context: Context = self
        for _ in range(64):
            block = context.blocks.get(output.node)
            if block is None or block.part != "network":
                break
            inner = context.wiring.reference(output.node, NetworkRef)
            if inner not in self.project.graphs or inner in self.study.reached(inner):
                break
            within = context.into(inner)
            if output.port not in within.blocks or (link := within.first_input(output.port)) is None:
                break
            context, output = within, link.source
        return context, output

    def decider(self, output: Output) -> tuple[Context, str, str] | None:
        """The layer whose parameter decides how many channels or features flow here: context, node, parameter."""
        context, output = self.behind(output)
        for _ in range(len(context.graph.nodes)):
            block = context.blocks.get(output.node)
            if block is None:
                return None
            names = {param.name for param in block.typed(context.wiring.values[output.node])}
            if found := [name for name in SIZE_PARAMS if name in names]:
                return context, output.node, found[0]
            link = context.first_input(output.node)
            if link is None:
                return None
            context, output = context.behind(link.source)
        return None

    def free_outputs(self) -> Iterator[tuple[Output, TensorType, bool]]:
        """All outputs with known types, in natural order, and whether nothing is linked to them yet."""
        for id in sorted(self.walk.nodes, key=natural_key):
            seen = self.walk.nodes[id]
            for port in self.wiring.outputs(id):
                if kind := seen.outputs.get(port.name):
                    output = Output(id, port.name)
                    yield output, kind, not self.wiring.out.get(output)

    def downstream(self, id: str) -> set[str]:
        found, todo = {id}, [id]
        while todo:
            for end in self.wiring.targets(todo.pop()):
                if end.node not in found:
                    found.add(end.node)
                    todo.append(end.node)
        return found

    def target(self, id: str, port: str, index: int = 0) -> Input | None:
        """The input that a link at this place ends in."""
        link = self.link_at(id, port, index)
        return link.target if link else None
