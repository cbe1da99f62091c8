"""Which ports a dragged link may end in, and why not."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from netbuilder.blocks.spec import Port
from netbuilder.compiler import loops
from netbuilder.compiler.report import Flow
from netbuilder.graph.model import Graph, Input
from netbuilder.ui.canvas.look import PortLook
from netbuilder.ui.canvas.node_item import Spot
from netbuilder.ui.canvas.scene import GraphScene

if TYPE_CHECKING:  # networkx comes with it, which the window starts without
    from netbuilder.graph.topology import Cut

# What an input of this role takes; roles that are not named take anything but a loss.
_TAKES = {
    "loss": frozenset({"loss", "tensor", "scalar"}),
    "class": frozenset({"class", "tensor", "sequence"}),
    "logits": frozenset({"logits", "tensor", "vector", "sequence", "image"}),
    "image": frozenset({"image", "tensor", "logits"}),
}


class Verdict(NamedTuple):
    """`reason` is "" where a link fits; one that is not `possible` can't be made at all."""

    reason: str = ""
    possible: bool = True


FITS = Verdict()


class Fit:
    """Judges every place against the fixed end of a dragged link; costs a walk over the links before it, once.

    `held` is the link that is being dragged away, which closes no cycle any more.
    """

    def __init__(self, scene: GraphScene, fixed: Spot, held: Input | None = None) -> None:
        self._scene = scene
        self.fixed = fixed
        item = scene.nodes[fixed.node]
        self._look = item.port(fixed.port, fixed.is_input)
        # A link from a to b closes a cycle when b already leads to a.
        self._held_back = partial(_held_back, scene.graph, loops.cut(scene.catalogue))
        self._blocked = self._reach(held)
        self._seen: dict[tuple[str, str, bool], Verdict] = {}

    @property
    def role(self) -> str:
        """What flows at the fixed end."""
        return self._look.role if self._look else "tensor"

    def _reach(self, held: Input | None) -> set[str]:
        """All nodes that the fixed end leads to, or that lead to it, without itself; the link `held` does not count."""
        scene, start, forwards = self._scene, self.fixed.node, self.fixed.is_input

        onwards, links, held_back = scene.out_of if forwards else scene.into, scene.graph.links, self._held_back
        found: set[str] = set()
        waiting = [start]
        while waiting:
            for key in onwards.get(waiting.pop(), ()):
                id = key.node if forwards else links[key].source.node
                if id not in found and key != held and not held_back(key):
                    found.add(id)
                    waiting.append(id)
        return found

    def judge(self, node: str, look: PortLook, is_input: bool) -> Verdict:
        """Whether the link may end in this port."""
        key = (node, look.name, is_input)
        if key not in self._seen:
            self._seen[key] = self._judge(node, look, is_input)
        return self._seen[key]

    def _judge(self, node: str, look: PortLook, is_input: bool) -> Verdict:
        if is_input == self.fixed.is_input or self._look is None:
            return Verdict("A link goes from an output to an input.", False)
        if node == self.fixed.node:
            return Verdict("A node can't be linked to itself.", False)
        port = self.fixed.port if self.fixed.is_input else look.name
        first, last = (self.fixed.node, node) if self.fixed.is_input else (node, self.fixed.node)
        if node in self._blocked and not self._held_back(Input(first, port)):
            if self._scene.graph.kind != "network":
                return Verdict(f"{first} already leads to {last}: this link would close a cycle.", False)
            return Verdict(f"{first} already leads to {last}: a cycle needs a Delay, and this one would have none.")
        out, into = (look, self._look) if self.fixed.is_input else (self._look, look)
        giver = self._scene.nodes[node if self.fixed.is_input else self.fixed.node]
        flow = giver.facts.outputs.get(out.name) if giver.facts else None
        return Verdict(mismatch(out.port, out.role, into.port, flow))


def may_swap(scene: GraphScene, held: Input, other: Input) -> bool:
    """Whether the link into `other` may go to where the link `held` ends, and `held` to where that one does.

    A link that only the two of them close a cycle with may well be; one that can't be made at all may not.
    """
    first, second = scene.links[held].link, scene.links[other].link
    if first.source == second.source:
        return False
    item = scene.nodes.get(held.node)
    look = item.port(held.port, True) if item is not None else None
    back = Fit(scene, Spot(second.source.node, second.source.port, False), other)
    return look is not None and back.judge(held.node, look, True).possible


def mismatch(out: Port, role: str, into: Port, flow: Flow | None) -> str:
    """Why what comes out is unlikely to be what goes in, "" where it may well be."""
    takes = _TAKES.get(into.role)
    if (takes is not None and role not in takes) or (takes is None and role == "loss" and out.role == "loss"):
        return f"{into.title or into.name} wants {into.role}, this is {role}."
    dtype = flow.dtype if flow else out.dtype
    if "any" not in (dtype, into.dtype) and dtype != into.dtype:
        return f"{into.title or into.name} wants {into.dtype}, this is {dtype}."
    axes, wanted = (len(flow.shape) if flow else _count(out.axes)), _count(into.axes)
    if axes is not None and wanted is not None and axes != wanted:
        return f"{into.title or into.name} wants {wanted} axes ({into.axes}), this has {axes}."
    return ""


def _count(axes: str) -> int | None:
    letters = axes.split()
    return None if not letters or "*" in letters else len(letters)


def _held_back(graph: Graph, cut: Cut, end: Input) -> bool:
    """Whether a link into this input closes no cycle: what goes into a Delay comes out one step later."""
    node = graph.nodes.get(end.node)
    return node is not None and cut(node, end)
