"""Goes through one graph in order and gives every node its types, or the reason why it has none."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from math import prod
from typing import Literal, Protocol

import msgspec

from netbuilder.blocks import calling
from netbuilder.blocks.params import DatasetRef, Inferred, NetworkRef
from netbuilder.blocks.spec import Block, Port
from netbuilder.blocks.trust import Trust
from netbuilder.compiler import custom, stepping
from netbuilder.compiler.cost import activation_bytes
from netbuilder.compiler.lines import torn
from netbuilder.compiler.loops import FED, INITIAL, STATE, Loop
from netbuilder.compiler.metrics import disagreement
from netbuilder.compiler.reality import refused
from netbuilder.compiler.report import NodeFacts
from netbuilder.compiler.runner import Net, Runner, deciding, inferred
from netbuilder.compiler.types import (
    BATCH,
    DTYPES,
    Declared,
    ShapeError,
    Symbols,
    TensorType,
    is_axis_name,
    is_fixed,
    mismatch,
    parse_shape,
)
from netbuilder.compiler.wiring import Wiring
from netbuilder.graph.model import Column, Node
from netbuilder.graph.names import is_id

_NUMBER = re.compile(r"(?<![\d.])\d{4,12}(?![\d.])")

Types = dict[str, TensorType]


class Failure(msgspec.Struct, frozen=True):
    """Why a node has no types. `kind` is explained by the lint rule of the same name.

    kinds: name, block, kind, params, reference, recursion, missing, together, blank, shape, rank, dtype, free, given,
    inner, run, untrusted; in recurrent networks: time (no time axis), lengths (another one), state (what a Delay is fed
    does not fit), initial (what it starts from changes with the steps), learned (numbers that can't be), axes (an
    Output without any).
    """

    kind: str
    port: str = ""
    index: int = 0
    text: str = ""


class Seen(msgspec.Struct, frozen=True):
    """What the walk found for a node."""

    state: Literal["ok", "error", "unknown"] = "unknown"
    inputs: dict[str, tuple[TensorType | None, ...]] = {}
    outputs: dict[str, TensorType] = {}
    inferred: dict[str, int] = {}
    parameters: int = 0
    multiply_adds: int = 0
    activation_bytes: int = 0
    failure: Failure | None = None
    networks: dict[str, int] = {}  # in training and preview graphs: parameters of the networks that it uses
    whole: TensorType | None = None  # at Inputs and Outputs of recurrent networks: the whole sequence

    def facts(self, symbols: Symbols) -> NodeFacts:
        """As it is told to the window."""
        inputs = {
            port: tuple(None if kind is None else symbols.flow(kind) for kind in kinds)
            for port, kinds in self.inputs.items()
        }
        outputs = {port: symbols.flow(kind) for port, kind in self.outputs.items()}
        whole = None if self.whole is None else symbols.flow(self.whole)
        return NodeFacts(self.state, inputs, outputs, self.parameters, self.multiply_adds, self.activation_bytes, whole)


class Walk(msgspec.Struct, frozen=True):
    """A whole graph, seen; for networks with these types at its Input nodes."""

    wiring: Wiring
    symbols: Symbols
    nodes: dict[str, Seen]

    def type_at(self, node: str, port: str, index: int = 0) -> TensorType | None:
        """What flows into this input, if known."""
        kinds = self.nodes[node].inputs.get(port, ()) if node in self.nodes else ()
        return kinds[index] if index < len(kinds) else None

    def edge(self, id: str) -> TensorType | None:
        """What the network takes at an Input or gives at an Output, if known: in a recurrent one whole sequences."""
        seen = self.nodes[id]
        inputs = (kind for kinds in seen.inputs.values() for kind in kinds)
        return seen.whole or next(iter(seen.outputs.values()), None) or next(inputs, None)

    @property
    def counted(self) -> list[Seen]:
        """The nodes that make up the graph's totals: those that reach an end, or all while none does."""
        needed = self.wiring.needed or set(self.nodes)
        return [seen for id, seen in self.nodes.items() if id in needed]

    @property
    def parameters(self) -> int | None:
        """How many numbers the graph learns; None while some of its nodes are not known."""
        if any(seen.state != "ok" for seen in self.counted):
            return None
        return self.learned

    @property
    def learned(self) -> int:
        """The numbers that the known nodes learn; a network that a training graph uses twice is one network."""
        shared = {name: count for seen in self.counted for name, count in seen.networks.items()}
        own = sum(seen.parameters - sum(seen.networks.values()) for seen in self.counted)
        return own + sum(shared.values())

    @property
    def errors(self) -> list[str]:
        """Needed nodes that have an error of their own."""
        return [id for id, seen in self.nodes.items() if seen.state == "error" and id in self.wiring.needed]


class Networks(Protocol):
    """What a walk asks of the other graphs."""

    def typed(self, network: str) -> dict[str, Declared]:
        """The shapes that a network's Input nodes declare; blank or unreadable ones are left out."""

    def walk_with(self, network: str, given: Types, symbols: Symbols) -> Walk | None:
        """The network for these inputs; None if it contains itself."""

    def net(self, network: str) -> Net | None:
        """The network for a block that calls it; None if it has errors."""


class Walker:
    """One walk in progress."""

    def __init__(
        self, wiring: Wiring, symbols: Symbols, given: Types, networks: Networks, runner: Runner, trust: Trust
    ) -> None:
        self.wiring = wiring
        self.symbols = symbols
        self.given = given
        self.networks = networks
        self.runner = runner
        self.untrusted = set(custom.untrusted(wiring, trust))
        self.batch = symbols.sizes[BATCH][0]
        self.time = stepping.time_of(wiring, given)
        self.nodes: dict[str, Seen] = {}

    def walk(self) -> Walk:
        """All nodes in order; those on or after a cycle stay unknown."""
        for id in self.wiring.order:
            if not self.wiring.graph.nodes[id].bypassed:
                self.nodes[id] = self._see(id)
        for id in self.wiring.graph.nodes:
            if id not in self.nodes:
                self.nodes[id] = Seen("ok" if self.wiring.graph.nodes[id].bypassed else "unknown")
        for cycle in self.wiring.cycles:
            for id in cycle:
                self.nodes[id] = Seen("error", failure=Failure("cycle"))
        if self.wiring.loop is not None:
            self._close(self.wiring.loop)
        return Walk(self.wiring, self.symbols, self.nodes)

    def _see(self, id: str) -> Seen:
        wiring, node = self.wiring, self.wiring.graph.nodes[id]
        if failure := stopped(wiring, id):
            return Seen("error", self._inputs(id) if id in wiring.blocks else {}, failure=failure)
        block = wiring.blocks[id]
        inputs = self._inputs(id)
        if id in self.untrusted:
            return Seen("error", inputs, failure=Failure("untrusted"))
        if block.part == "delay" and FED in inputs:
            return self._delay(id, inputs)
        missing = [p.name for p in wiring.inputs(id) if not p.optional and not inputs.get(p.name)]
        if missing:
            alone = not inputs and not wiring.targets(id)
            failure = None if alone else Failure("missing", missing[0])
            return Seen("unknown" if alone else "error", inputs, failure=failure)
        if group := torn(block, wiring.ports[id], inputs):
            return Seen("error", inputs, failure=Failure("together", group[0], text=" and ".join(group[1])))
        known = {port: tuple(kind for kind in kinds if kind is not None) for port, kinds in inputs.items()}
        for port in wiring.inputs(id):
            for index, kind in enumerate(inputs.get(port.name, ())):
                if kind is not None and (failure := unfit(port, kind, index)):
                    return Seen("error", inputs, failure=failure)
        if any(len(known[port]) < len(kinds) for port, kinds in inputs.items()):
            return Seen("unknown", inputs)
        return _SEE.get(block.part, Walker._layer)(self, id, node, block, known)

    def _inputs(self, id: str) -> dict[str, tuple[TensorType | None, ...]]:
        found: dict[str, tuple[TensorType | None, ...]] = {}
        for port in self.wiring.inputs(id):
            if links := self.wiring.links(id, port.name):
                found[port.name] = tuple(
                    self.nodes[link.source.node].outputs.get(link.source.port)
                    if link.source.node in self.nodes
                    else None
                    for link in links
                )
        return found

    def _layer(self, id: str, node: Node, block: Block, known: dict[str, tuple[TensorType, ...]]) -> Seen:
        ports = self.wiring.ports[id]
        numbers = inferred(block, ports, node.params, known)
        for param in block.parameters(node.params):
            if isinstance(param, Inferred) and param.name not in numbers and (place := deciding(param, known)):
                port, letter = place
                return Seen("error", _optional(known), failure=Failure("free", port, text=letter))
        if block.stateful:  # a metric of the trainer's own: there is no statement to run
            return self._measured(ports.inputs, known, numbers)
        if text := refused(block, node.params, known):
            return Seen("error", _optional(known), failure=Failure("run", text=text))
        nets: dict[str, Net] = {}
        for name in self.wiring.references(id, NetworkRef):
            if (net := self.networks.net(name)) is None:
                return Seen("error", _optional(known), failure=Failure("inner", text=name))
            nets[name] = net
        spelled = calling.spelled(block, node.params, self.wiring.project)
        ran = self.runner.run(block, ports, node.params, known, self.batch, nets, spelled)
        if ran.error:
            return Seen("error", _optional(known), failure=Failure("run", text=self._named(ran.error)))
        return Seen(
            "ok",
            _optional(known),
            ran.outputs,
            ran.inferred,
            ran.parameters,
            ran.multiply_adds,
            ran.activation_bytes,
            networks=ran.networks,
        )

    def _measured(
        self, inputs: tuple[Port, ...], known: dict[str, tuple[TensorType, ...]], numbers: dict[str, int]
    ) -> Seen:
        """A metric that the trainer makes."""
        if apart := disagreement(inputs, known):
            shapes = (" x ".join(map(str, self.symbols.flow(known[port][0]).shape)) for port in apart)
            text = " and ".join(f"{port} of {shape}" for port, shape in zip(apart, shapes, strict=True))
            return Seen("error", _optional(known), failure=Failure("run", text=f"It cannot compare {text}."))
        return Seen("ok", _optional(known), {}, numbers)

    def _input(self, id: str, node: Node, block: Block, known: dict[str, tuple[TensorType, ...]]) -> Seen:
        if kind := self.given.get(id):
            loop = self.wiring.loop
            if loop is None or id not in loop.sequences:
                return self._gives({block.outputs[0].name: kind})
            if wrong := stepping.unlike(kind, self.time):
                return Seen("error", failure=Failure(wrong), whole=kind)
            seen = self._gives({block.outputs[0].name: stepping.step(kind)})
            return msgspec.structs.replace(seen, whole=kind)
        try:
            parse_shape(str(self.wiring.value(id, "shape")))
        except ShapeError as error:
            return Seen("error", failure=Failure("shape", text=str(error)))
        return Seen("error", failure=Failure("blank"))

    def _data(self, id: str, node: Node, block: Block, known: dict[str, tuple[TensorType, ...]]) -> Seen:
        dataset = self.wiring.project.datasets[self.wiring.reference(id, DatasetRef)]
        names = {port.name for port in self.wiring.outputs(id)}
        columns = [column for column in dataset.columns if column.id in names]
        for column in columns:
            if column.dtype not in DTYPES or any(size < 0 for size in column.shape):
                return Seen("error", failure=Failure("column", column.id))
        return self._gives({column.id: self.symbols.type_of(column_shape(column), column.dtype) for column in columns})

    def _network(self, id: str, node: Node, block: Block, known: dict[str, tuple[TensorType, ...]]) -> Seen:
        name = self.wiring.reference(id, NetworkRef)
        given = {port: kinds[0] for port, kinds in known.items()}
        for port, shape in self.networks.typed(name).items():
            if port in given and mismatch(shape, given[port]):
                return Seen("error", _optional(known), failure=Failure("given", port))
        inner = self.networks.walk_with(name, given, self.symbols)
        if inner is None:
            return Seen("error", _optional(known), failure=Failure("recursion"))
        outputs = {port: kind for port in inner.wiring.of_part("output") if (kind := inner.edge(port))}
        wanted = {port.name for port in self.wiring.outputs(id)}
        if inner.errors or not wanted or not wanted <= set(outputs):
            return Seen("error", _optional(known), failure=Failure("inner", text=name))
        counted = inner.counted
        learned = sum(seen.parameters for seen in counted)
        return Seen(
            "ok",
            _optional(known),
            {port: outputs[port] for port in wanted},
            {},
            learned,
            sum(seen.multiply_adds for seen in counted),
            sum(seen.activation_bytes for seen in counted),
            networks={} if self.wiring.graph.kind == "network" else {name: learned},
        )

    def _delay(self, id: str, inputs: dict[str, tuple[TensorType | None, ...]]) -> Seen:
        """Its state; what it is fed is only known after the nodes that read it, and looked at then."""
        wiring, loop, initial = self.wiring, self.wiring.loop, inputs.get(INITIAL)
        if initial is not None and loop is not None and wiring.links(id, INITIAL)[0].source.node in loop.stepped:
            return Seen("error", inputs, failure=Failure("initial", INITIAL))
        state = initial[0] if initial is not None else stepping.state(wiring, id, self.time)
        if state is None:
            return Seen("unknown", inputs)
        learned = 0
        if initial is None and wiring.value(id, "start") == "learned":
            if state.dtype != "float32":
                return Seen("error", inputs, failure=Failure("learned", text=state.dtype))
            learned = prod(dim[0] for dim in state.dims[1:])
        return msgspec.structs.replace(self._gives({STATE: state}), inputs=inputs, parameters=learned)

    def _close(self, loop: Loop) -> None:
        """What can only be told at the end: what Delays are fed, what Outputs give, what all steps cost together."""
        for id in self.wiring.of_part("delay"):
            seen = msgspec.structs.replace(self.nodes[id], inputs=self._inputs(id))
            fed = seen.inputs.get(FED, (None,))[0]
            if seen.state == "ok" and fed is not None and fed != seen.outputs[STATE]:
                seen = msgspec.structs.replace(seen, state="error", failure=Failure("state", FED))
            self.nodes[id] = seen
        if self.time is None:
            return
        steps = self.time.length[0]
        for id in loop.stepped - set(loop.after):
            seen = self.nodes[id]
            work, held = steps * seen.multiply_adds, steps * seen.activation_bytes
            self.nodes[id] = msgspec.structs.replace(seen, multiply_adds=work, activation_bytes=held)
        for id in loop.every:
            seen = self.nodes[id]
            if (kind := next(iter(seen.inputs.values()), (None,))[0]) is not None:
                failure = None if kind.dims else Failure("axes", "x")
                self.nodes[id] = msgspec.structs.replace(
                    seen,
                    state=seen.state if kind.dims else "error",
                    failure=seen.failure or failure,
                    whole=stepping.sequence(kind, self.time),
                )

    def _end(self, id: str, node: Node, block: Block, known: dict[str, tuple[TensorType, ...]]) -> Seen:
        return Seen("ok", _optional(known))

    def _gives(self, outputs: Types) -> Seen:
        return Seen("ok", {}, outputs, activation_bytes=activation_bytes(outputs, self.batch))

    def _named(self, text: str) -> str:
        """Torch's message with the names of free axes in place of the sizes that stood for them."""
        for name, sizes in self.symbols.sizes.items():
            for size in sizes:
                text = _whole_number(text, size, name)
        return _NUMBER.sub(lambda found: _in_batches(int(found[0]), self.batch), text)


_See = Callable[[Walker, str, Node, Block, dict[str, tuple[TensorType, ...]]], Seen]
_SEE: Mapping[str, _See] = {
    "input": Walker._input,
    "data": Walker._data,
    "network": Walker._network,
    "output": Walker._end,
    "optimizer": Walker._end,
    "freeze": Walker._end,
    "view": Walker._end,
}


def stopped(wiring: Wiring, id: str) -> Failure | None:
    """What keeps a node from being looked at, whatever is linked to it."""
    if not is_id(id):
        return Failure("name")
    if (block := wiring.blocks.get(id)) is None:
        return Failure("block")
    if wiring.graph.kind not in block.graphs:
        return Failure("kind")
    if id in wiring.wrong:
        return Failure("params")
    return Failure("reference") if wiring.unresolved(id) else None


def unfit(port: Port, kind: TensorType, index: int = 0) -> Failure | None:
    """Whether a type cannot go into a port: its number of axes, or its dtype."""
    letters = port.axes.split()
    if "*" in letters:
        if len(kind.dims) < len(letters) - 1:
            return Failure("rank", port.name, index)
    elif letters and len(letters) != len(kind.dims):
        return Failure("rank", port.name, index)
    return None if takes(port.dtype, kind.dtype) else Failure("dtype", port.name, index)


def takes(wanted: str, dtype: str) -> bool:
    """Whether a port that wants this dtype takes that one; float32 stands for every real floating type."""
    if wanted in ("any", dtype):
        return True
    return wanted == "float32" and ("float" in dtype)


def column_shape(column: Column) -> Declared:
    """The shape of a batch of a column; a size of 0 is a free axis, named by its letter."""
    letters = column.axes.split()
    free = [
        letters[at] if at < len(letters) and is_axis_name(letters[at]) else f"L{at}" for at in range(len(column.shape))
    ]
    return (BATCH, *(size or free[at] for at, size in enumerate(column.shape)))


def is_free_in(kind: TensorType) -> bool:
    return any(not is_fixed(dim) for dim in kind.dims)


def _optional(known: dict[str, tuple[TensorType, ...]]) -> dict[str, tuple[TensorType | None, ...]]:
    return {port: tuple(kinds) for port, kinds in known.items()}


def _in_batches(number: int, batch: int) -> str:
    return f"{number // batch}*{BATCH}" if number and number % batch == 0 else str(number)


def _whole_number(text: str, number: int, name: str) -> str:
    return re.sub(rf"(?<![\d.]){number}(?![\d.])", name, text)
