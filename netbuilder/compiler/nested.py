"""A network put inside a graph: its arguments, its copies in a row, and whose weights they have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from immutables import Map

from netbuilder.blocks.arguments import filled
from netbuilder.blocks.params import NetworkRef
from netbuilder.blocks.spec import Block
from netbuilder.compiler.seen import Failure, Seen, Types, Walk, takes
from netbuilder.compiler.types import TensorType, mismatch, show_declared
from netbuilder.compiler.wiring import Wiring
from netbuilder.graph.model import NONE, Node, Values

if TYPE_CHECKING:
    from netbuilder.compiler.walk import Walker

Known = Mapping[str, tuple[TensorType, ...]]
MOST_CHANGING = 200  # copies in a row of which each gets other sizes than the one before


class Placement(NamedTuple):
    """How a network stands in a graph: its arguments (all of them), how many in a row, whether they share weights."""

    network: str
    arguments: Values
    repeat: int = 1
    shared: bool = False

    @property
    def key(self) -> object:
        """What places that share their weights have in common."""
        return (self.network, self.arguments)


def placement(wiring: Wiring, id: str) -> Placement:
    """What a Network node says. In training and preview graphs a network is one object, as it is by itself."""
    name = wiring.reference(id, NetworkRef)
    graph = wiring.project.graphs[name]
    if wiring.graph.kind != "network":
        return Placement(name, filled(graph, NONE))
    given, repeat = wiring.value(id, "arguments"), wiring.value(id, "repeat")
    return Placement(
        name,
        filled(graph, given if isinstance(given, Map) else NONE),
        repeat if isinstance(repeat, int) else 1,
        wiring.value(id, "weights") == "shared",
    )


def see(walker: Walker, id: str, node: Node, block: Block, known: Known) -> Seen:
    """What a walk finds for a Network node: it goes through the network for the types that are linked here."""
    place = placement(walker.wiring, id)
    row = _Row(walker, id, place, {port: kinds[0] for port, kinds in known.items()})
    failure = row.go() or _other_sizes(walker, id, place, row.walks)
    inputs: dict[str, tuple[TensorType | None, ...]] = {port: tuple(kinds) for port, kinds in known.items()}
    if failure:
        return Seen("error", inputs, failure=failure, inner=tuple(row.walks[-1:]))
    counts = row.counts
    learned = row.walks[0].learned
    if not place.shared:
        learned = sum(walk.learned * count for walk, count in zip(row.walks, counts, strict=True))
    networks = {}
    if walker.wiring.graph.kind != "network":
        networks = {place.network: learned}
    elif place.shared:
        networks = {f"{place.network} {sorted(place.arguments.items())}": learned}
    counted = [(seen, count) for walk, count in zip(row.walks, counts, strict=True) for seen in walk.counted]
    return Seen(
        "ok",
        inputs,
        row.outputs,
        {},
        learned,
        sum(seen.multiply_adds * count for seen, count in counted),
        sum(seen.activation_bytes * count for seen, count in counted),
        networks=networks,
        inner=tuple(row.walks[:1] if place.shared or place.repeat == 1 else [row.walks[0], row.walks[:2][-1]]),
    )


class _Row:
    """Copies of a network in a row, gone through until what flows between them stays the same."""

    def __init__(self, walker: Walker, id: str, place: Placement, given: Types) -> None:
        self.walker, self.id, self.place, self.given = walker, id, place, given
        self.walks: list[Walk] = []
        self.counts: list[int] = []
        self.outputs: Types = {}

    def go(self) -> Failure | None:
        """Fills walks and counts; gives the reason if a copy does not work."""
        place, ports = self.place, self.walker.wiring.ports[self.id]
        if self.walker.networks.too_deep(place.network):
            return Failure("levels", text=place.network)
        inputs = [port.name for port in ports.inputs]
        wanted = [port.name for port in ports.outputs]
        for copy in range(1, place.repeat + 1):
            if failure := self._refused(copy):
                return failure
            inner = self.walker.networks.walk_with(place.network, self.given, self.walker.symbols, place.arguments)
            if inner is None:
                return Failure("recursion")
            self.walks.append(inner)
            self.counts.append(1)
            found = {port: kind for port in inner.wiring.of_part("output") if (kind := inner.edge(port))}
            if inner.errors or not wanted or any(port not in found for port in wanted):
                return Failure("inner", text=place.network, copy=copy)
            self.outputs = {port: found[port] for port in wanted}
            if copy == place.repeat:
                break
            if len(wanted) > len(inputs):
                return Failure("copies", text=f"{place.network} gives more than it takes, so copies can't follow it")
            if copy > MOST_CHANGING:
                return Failure("copies", text=f"the sizes still change after {MOST_CHANGING} copies")
            after = {**self.given, **{inputs[at]: found[port] for at, port in enumerate(wanted)}}
            if after == self.given:  # and so it goes on for ever
                self.counts[-1] += place.repeat - copy
                break
            self.given = after
        return None

    def _refused(self, copy: int) -> Failure | None:
        """Whether the network's Inputs declare other shapes or dtypes than this copy gets."""
        place, walker = self.place, self.walker
        ports = {port.name: port for port in walker.wiring.inputs(self.id)}
        for port, shape in walker.networks.typed(place.network).items():
            if port in self.given and mismatch(shape, self.given[port]):
                if copy == 1:
                    return Failure("given", port)
                gets = walker.symbols.flow(self.given[port])
                text = f"copy {copy} gets {gets} at {port}, but {place.network} expects {show_declared(shape)} there"
                return Failure("copies", port, text=text, copy=copy)
        for port, kind in self.given.items() if copy > 1 else ():
            if not takes(ports[port].dtype, kind.dtype):
                text = f"copy {copy} gets {kind.dtype} at {port}, but {place.network} expects {ports[port].dtype} there"
                return Failure("copies", port, text=text, copy=copy)
        return None


def _other_sizes(walker: Walker, id: str, place: Placement, walks: list[Walk]) -> Failure | None:
    """Whether weights that ought to be alike have different sizes: those of copies, or of other places."""
    alike = walks if place.shared else walks[1:]
    for at, walk in enumerate(alike[1:], 2 if place.shared else 3):
        if walk.signature != alike[0].signature:
            one = "shared weights need the same sizes" if place.shared else "only the first may have sizes of its own"
            text = f"copies in a row are alike, {one}: {difference(alike[0], walk, at - 1, at)}"
            return Failure("copies", text=text, copy=at)
    if place.shared:
        first = walker.shared.setdefault(place.key, id)
        if first != id and (held := walker.nodes[first].inner) and held[0].signature != walks[0].signature:
            return Failure("shared", text=f"{first}: {difference(held[0], walks[0], first, id)}")
    return None


def difference(one: Walk, other: Walk, first: object, second: object) -> str:
    """ "conv1's in_channels is 16 in copy 1 and 32 in copy 2": the first number in which two walks differ."""
    for id in one.wiring.order:
        a, b = one.nodes.get(id), other.nodes.get(id)
        if a is None or b is None:
            continue
        for name, number in a.inferred.items():
            if b.inferred.get(name) != number:
                return f"{id}'s {name} is {number} in {_place(first)} and {b.inferred.get(name)} in {_place(second)}"
        for inner, beside in zip(a.inner, b.inner, strict=False):
            if inner.signature != beside.signature:
                return difference(inner, beside, first, second)
    return f"{_place(first)} and {_place(second)} differ"


def _place(place: object) -> str:
    return f"copy {place}" if isinstance(place, int) else str(place)
