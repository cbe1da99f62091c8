"""Goes through one graph in order and gives every node its types, or the reason why it has none."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from math import prod

import msgspec

from netbuilder.blocks import calling
from netbuilder.blocks.params import DatasetRef, Inferred, NetworkRef
from netbuilder.blocks.spec import Block, Port
from netbuilder.blocks.trust import Trust
from netbuilder.compiler import custom, nested, stepping
from netbuilder.compiler.cost import activation_bytes
from netbuilder.compiler.lines import torn
from netbuilder.compiler.loops import FED, INITIAL, STATE, Loop
from netbuilder.compiler.metrics import disagreement
from netbuilder.compiler.reality import refused
from netbuilder.compiler.runner import Net, Runner, deciding, inferred
from netbuilder.compiler.seen import Failure, Networks, Seen, Types, Walk, takes, unfit
from netbuilder.compiler.types import (
    BATCH,
    DTYPES,
    Declared,
    ShapeError,
    Symbols,
    TensorType,
    is_axis_name,
    is_fixed,
    parse_shape,
)
from netbuilder.compiler.wiring import Wiring
from netbuilder.graph.model import Column, Node
from netbuilder.graph.names import is_id

_NUMBER = re.compile(r"(?<![\d.])\d{4,12}(?![\d.])")

__all__ = ["Failure", "Networks", "Seen", "Types", "Walk", "Walker", "takes", "unfit"]


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
        self.shared: dict[object, str] = {}  # the first place of what several share

    def walk(self, before: Walk | None = None) -> Walk:
        """All nodes in order; those on or after a cycle stay unknown. `before`: the walk through an older state of the
        graph, for the same types, from which is taken what has not changed."""
        kept = _Kept(self.wiring, before)
        for id in self.wiring.order:
            if not self.wiring.graph.nodes[id].bypassed:
                if (seen := kept.get(id)) is None:
                    seen = self._see(id)
                    kept.found(id, seen)
                self.nodes[id] = seen
        for id in self.wiring.graph.nodes:
            if id not in self.nodes:
                self.nodes[id] = Seen("ok" if self.wiring.graph.nodes[id].bypassed else "unknown")
        for cycle in self.wiring.cycles:
            for id in cycle:
                self.nodes[id] = Seen("error", failure=Failure("cycle"))
        if self.wiring.loop is not None:
            self._close(self.wiring.loop)
        return Walk(self.wiring, self.symbols, self.nodes, self.networks.sign(self._structure()))

    def _structure(self) -> tuple[object, ...]:
        """All that the text of a network's class depends on beside the graph itself."""
        if self.wiring.graph.kind != "network":
            return ()
        numbers = tuple(
            (id, tuple(sorted(seen.inferred.items())), tuple(walk.signature for walk in seen.inner))
            for id in sorted(self.wiring.needed)
            if (seen := self.nodes.get(id)) and (seen.inferred or seen.inner)
        )
        return (self.wiring.name, self.wiring.arguments, numbers)

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
        values = self.wiring.values[id]
        numbers = inferred(block, ports, values, known)
        for param in block.parameters(values):
            if isinstance(param, Inferred) and param.name not in numbers and (place := deciding(param, known)):
                port, letter = place
                return Seen("error", _optional(known), failure=Failure("free", port, text=letter))
        if block.stateful:  # a metric of the trainer's own: there is no statement to run
            return self._measured(ports.inputs, known, numbers)
        if text := refused(block, values, known):
            return Seen("error", _optional(known), failure=Failure("run", text=text, own=True))
        nets: dict[str, Net] = {}
        for name in self.wiring.references(id, NetworkRef):
            if (net := self.networks.net(name)) is None:
                return Seen("error", _optional(known), failure=Failure("inner", text=name))
            nets[name] = net
        spelled = calling.spelled(block, values, self.wiring.project)
        inside = self.wiring.graph.kind == "network"  # there each block that calls a network has one of its own
        ran = self.runner.run(block, ports, values, known, self.batch, nets, spelled)
        if ran.error:
            return Seen("error", _optional(known), failure=Failure("run", text=self._named(ran.error), own=ran.own))
        return Seen(
            "ok",
            _optional(known),
            ran.outputs,
            ran.inferred,
            ran.parameters,
            ran.multiply_adds,
            ran.activation_bytes,
            networks={} if inside else ran.networks,
            inner=tuple(self.networks.walk(name) for name in nets) if inside else (),
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


class _Kept:
    """What an older walk found out and what still holds: for layers that are as they were, with the same links and
    nothing new flowing into them."""

    def __init__(self, wiring: Wiring, before: Walk | None) -> None:
        self._wiring, self._before = wiring, before
        known = before is not None and not wiring.recurrent and not before.wiring.recurrent
        self._old = before.nodes if before is not None and known else {}
        self._fresh: set[str] = set()  # nodes that give something else than before

    def get(self, id: str) -> Seen | None:
        """What holds still for a node, None if it must be looked at."""
        if id not in self._old or id not in self._wiring.plain or self._before is None:
            return None
        now, then, seen = self._wiring, self._before.wiring, self._old[id]
        if now.graph.nodes[id] is not then.graph.nodes[id] or now.values[id] is not then.values[id]:
            return None
        moved = now.into is not then.into  # other links may lead here, or to a node that nothing led to
        if moved and (seen.state != "ok" or now.into.get(id) != then.into.get(id)):
            return None
        if now.ports.get(id) is not then.ports.get(id):
            return None
        return seen if not self._fresh or self._fresh.isdisjoint(now.sources(id)) else None

    def found(self, id: str, seen: Seen) -> None:
        """Says what a node gives now."""
        old = self._old.get(id)
        if old is None or old.outputs != seen.outputs:
            self._fresh.add(id)


_See = Callable[[Walker, str, Node, Block, dict[str, tuple[TensorType, ...]]], Seen]
_SEE: Mapping[str, _See] = {
    "input": Walker._input,
    "data": Walker._data,
    "network": nested.see,
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
