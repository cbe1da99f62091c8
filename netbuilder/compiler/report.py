"""What analysis found, as plain data that travels to the window. Imports neither torch nor Qt."""

from __future__ import annotations

from typing import Literal

import msgspec

from netbuilder.graph.change import Change

Severity = Literal["error", "warning", "hint"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "hint")
Size = int | str  # a free axis goes by its name: "N", "2*T", "T'"


class Flow(msgspec.Struct, frozen=True):
    """What flows through a port: shape with named free axes, torch's dtype name without "torch."."""

    shape: tuple[Size, ...]
    dtype: str = "float32"

    def __str__(self) -> str:
        return " x ".join(map(str, self.shape)) if self.shape else "scalar"


class NodeFacts(msgspec.Struct, frozen=True):
    """Facts of one node. Multiply-adds and bytes are for one sample.

    state: "ok", "error" (has an error of its own) or "unknown" (waits for one before it). In a recurrent network
    inputs and outputs are those of one step, costs those of all steps; `whole`: what the network takes at an Input or
    gives at an Output, where that is a sequence.
    """

    state: Literal["ok", "error", "unknown"] = "unknown"
    inputs: dict[str, tuple[Flow | None, ...]] = {}  # by port, in the order of their links
    outputs: dict[str, Flow] = {}
    parameters: int = 0
    multiply_adds: int = 0
    activation_bytes: int = 0
    whole: Flow | None = None
    frozen: tuple[str, ...] = ()  # training graphs in which a Freeze keeps its weights as they are, in every place
    shares: tuple[str, ...] = ()  # nodes of its graph that have the very same weights; itself: its copies in a row


class Repair(msgspec.Struct, frozen=True):
    """A change that mends a problem. `parameters`: how many it adds (negative: saves), None if not known."""

    label: str
    change: Change
    parameters: int | None = None


class Problem(msgspec.Struct, frozen=True):
    """A sentence about a node (or the graph, node "") that says what the numbers are, with ranked repairs."""

    graph: str
    node: str
    rule: str
    message: str
    severity: Severity = "error"
    repairs: tuple[Repair, ...] = ()


class GraphReport(msgspec.Struct, frozen=True):
    """All facts and problems of one graph, by node id."""

    nodes: dict[str, NodeFacts] = {}
    problems: tuple[Problem, ...] = ()
    parameters: int = 0
    multiply_adds: int = 0
    activation_bytes: int = 0

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")
