"""What a walk through a graph finds out: for each node its types and costs, or the reason why it has none."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Literal, Protocol

import msgspec

from netbuilder.blocks.spec import Port
from netbuilder.compiler.report import NodeFacts
from netbuilder.compiler.runner import Net
from netbuilder.compiler.types import Declared, Symbols, TensorType
from netbuilder.compiler.wiring import Wiring
from netbuilder.graph.model import Values

Types = dict[str, TensorType]


class Failure(msgspec.Struct, frozen=True):
    """Why a node has no types. `kind` is explained by the lint rule of the same name.

    kinds: name, block, kind, params, reference, recursion, levels, missing, together, blank, shape, rank, dtype, free,
    given, inner, run, untrusted; of networks in networks: copies (in a row), shared (weights); in recurrent networks:
    time (no time axis), lengths (another one), state (what a Delay is fed does not fit), initial (what it starts from
    changes with the steps), learned (numbers that can't be), axes (an Output without any).
    `copy`: where only a later one of several in a row fails. `own`: the text is a sentence of ours, not torch's.
    """

    kind: str
    port: str = ""
    index: int = 0
    text: str = ""
    copy: int = 1
    own: bool = False


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
    networks: dict[str, int] = {}  # parameters of what it shares with other nodes: a network in training and preview
    # graphs, in networks what stands at several places with the same weights
    whole: TensorType | None = None  # at Inputs and Outputs of recurrent networks: the whole sequence
    inner: tuple[Walk, ...] = ()  # the network that is placed here: first copy, and a later one if any; in networks
    # also those that a block calls

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
    """A whole graph, seen; for networks with these types at its Input nodes.

    Walks of one network with the same `signature` have the same numbers in their classes.
    """

    wiring: Wiring
    symbols: Symbols
    nodes: dict[str, Seen]
    signature: int = 0

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
        """The numbers that the known nodes learn; what several nodes share is counted once."""
        shared = {key: count for seen in self.counted for key, count in seen.networks.items()}
        own = sum(seen.parameters - sum(seen.networks.values()) for seen in self.counted)
        return own + sum(shared.values())

    @property
    def errors(self) -> list[str]:
        """Needed nodes that have an error of their own."""
        return [id for id, seen in self.nodes.items() if seen.state == "error" and id in self.wiring.needed]


MOST_LEVELS = 64  # of networks inside one another; deeper, Python's own stack would end


class Networks(Protocol):
    """What a walk asks of the other graphs."""

    def too_deep(self, network: str) -> bool:
        """Whether more than MOST_LEVELS networks stand inside one another here."""

    def typed(self, network: str) -> dict[str, Declared]:
        """The shapes that a network's Input nodes declare; blank or unreadable ones are left out."""

    def walk_with(self, network: str, given: Types, symbols: Symbols, arguments: Values) -> Walk | None:
        """The network for these inputs and arguments; None if it contains itself."""

    def net(self, network: str) -> Net | None:
        """The network for a block that calls it; None if it has errors."""

    def walk(self, name: str) -> Walk:
        """A graph by itself."""

    def sign(self, structure: Hashable) -> int:
        """A number that stands for this structure and no other."""


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
