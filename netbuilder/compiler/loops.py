"""Recurrent networks: which of their nodes work when. Imports no torch.

A network with an active Delay works step by step: each of its nodes sees one step of every sequence. What a Delay
gives is its state, what it is given becomes the state of the next step. Nodes that depend on no sequence and no state
are done once, before the first step; nodes that only the last step's outputs need are done once, after the last.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

import msgspec

from netbuilder.blocks.spec import Block
from netbuilder.graph.model import Graph, Input, Link, Node

if TYPE_CHECKING:
    from netbuilder.compiler.wiring import Wiring
    from netbuilder.graph.topology import Cut  # networkx comes with it, which the window starts without

STATE, FED, INITIAL = "y", "x", "initial"  # a Delay's ports


class Blocks(Protocol):
    """What is asked of the block catalogue."""

    def get(self, name: str, /) -> Block | None:
        """The block of this name, None if there is none."""


def cut(blocks: Blocks) -> Cut:
    """The links that order nothing: what goes into a Delay comes out one step later. A bypassed one holds nothing."""

    def is_cut(node: Node, end: Input) -> bool:
        if end.port != FED or node.bypassed:
            return False
        block = blocks.get(node.block)
        return block is not None and block.part == "delay"

    return is_cut


def delays(graph: Graph, blocks: Blocks) -> frozenset[str]:
    """The active Delays of a graph; more than none make a network recurrent."""
    parts = {name: block.part for name in {node.block for node in graph.nodes.values()} if (block := blocks.get(name))}
    return frozenset(id for id, node in graph.nodes.items() if not node.bypassed and parts.get(node.block) == "delay")


class Loop(msgspec.Struct, frozen=True):
    """The nodes of a recurrent network by when they work; each tuple is in an order in which they can.

    `delays` and `sequences` (Inputs that give a step at a time) are all active ones; the others only what is needed.
    `every` and `last`: the Outputs that give all steps, and those that give the last.
    """

    delays: tuple[str, ...]
    sequences: tuple[str, ...]
    every: tuple[str, ...]
    last: tuple[str, ...]
    before: tuple[str, ...]
    inside: tuple[str, ...]
    after: tuple[str, ...]
    stepped: frozenset[str]  # whatever may differ from step to step, needed or not

    def source(self, wiring: Wiring, id: str) -> Link:
        """The link into a Delay's x or an Output."""
        return wiring.links(id, wiring.inputs(id)[0].name)[0]


def loop_of(wiring: Wiring) -> Loop | None:
    """The loop of a recurrent network; None for every other graph. Nodes on cycles are in none of its parts."""
    held = wiring.of_part("delay")
    if not held or wiring.graph.kind != "network":
        return None
    sequences = [id for id in wiring.of_part("input") if wiring.value(id, "steps") != "constant"]
    outputs = wiring.of_part("output")
    last = [id for id in outputs if wiring.value(id, "steps") == "last"]
    every = [id for id in outputs if id not in last]
    stepped = _reach(wiring, [*sequences, *held])
    ends = {*held, *outputs, *wiring.of_part("input")}
    needed = [
        id for id in wiring.order if id in wiring.needed and id not in ends and not wiring.graph.nodes[id].bypassed
    ]
    kept = [id for id in (*held, *every) if id in wiring.needed or id in every]
    again = wiring.upstream(*kept)  # needed in every step
    # What reads a state must do so before the step's end, when the state becomes the next one.
    again |= wiring.upstream(*(id for id in needed if set(wiring.sources(id)) & set(held)))
    moving = [id for id in needed if id in stepped]
    return Loop(
        delays=tuple(id for id in held if id in wiring.needed),
        sequences=tuple(sequences),
        every=tuple(every),
        last=tuple(last),
        before=tuple(id for id in needed if id not in stepped),
        inside=tuple(id for id in moving if id in again),
        after=tuple(id for id in moving if id not in again),
        stepped=frozenset(stepped),
    )


def _reach(wiring: Wiring, starts: Iterable[str]) -> set[str]:
    """These nodes and all that depends on them, in this step or a later one."""
    found = set(starts)
    todo = list(found)
    while todo:
        for end in wiring.targets(todo.pop()):
            if end.node not in found:
                found.add(end.node)
                todo.append(end.node)
    return found
