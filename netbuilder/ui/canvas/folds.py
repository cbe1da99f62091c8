"""What folded frames hide in a scene, and the plates that stand in its stead."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from netbuilder.graph.folding import expanded, owners, plate_corner
from netbuilder.graph.model import Graph, Input
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.plate import HEIGHT, Plate

if TYPE_CHECKING:
    from netbuilder.ui.canvas.frame_item import FrameItem
    from netbuilder.ui.canvas.node_item import NodeItem
    from netbuilder.ui.canvas.scene import GraphScene


class Folds:
    """`owner`: each hidden node or frame, with the frame whose plate is seen in its stead."""

    def __init__(self, scene: GraphScene) -> None:
        self._scene = scene
        self.owner: dict[str, str] = {}
        self._named: set[str] = set()  # all that folded frames name, there or not

    def follow(self, graph: Graph, nodes: Collection[str], frames: Collection[str]) -> set[Input]:
        """Takes over what is folded now, after these nodes and frames have changed; gives the links whose ends may lie
        elsewhere."""
        if not frames and self._named.isdisjoint(nodes):
            return set()
        before, self.owner = self.owner, owners(graph)
        self._named = {name for frame in graph.frames.values() for name in frame.folded}
        if not self._named and not before:
            return set()
        inside: dict[str, list[str]] = {}
        for id, frame in self.owner.items():
            inside.setdefault(frame, []).append(id)
        for id in before.keys() | self.owner.keys():
            self._hide(id, id in self.owner)
        for id, frame in graph.frames.items():
            if id in self.owner:
                self._scene.frames[id].show_open()
            elif frame.folded:
                self._show_plate(graph, id, inside.get(id, ()))
        self._scene.chosen.lift(self.owner)
        scene, touched = self._scene, before.keys() | self.owner.keys()
        return {key for id in touched for ends in (scene.into, scene.out_of) for key in ends.get(id, ())}

    def _hide(self, id: str, hidden: bool) -> None:
        scene = self._scene
        if (node := scene.nodes.get(id)) is not None:
            node.set_hidden(hidden)
        elif (frame := scene.frames.get(id)) is not None:
            frame.set_hidden(hidden)

    def _show_plate(self, graph: Graph, id: str, inside: Iterable[str]) -> None:
        scene, down = self._scene, graph.direction == "down"
        nodes = [name for name in inside if name in graph.nodes and name in scene.nodes]
        nodes.sort(key=lambda name: (graph.nodes[name].at[::-1] if down else graph.nodes[name].at, name))
        held = [(scene.nodes[name], graph.nodes[name].block) for name in nodes]
        rect = QRectF(*plate_corner(graph, id), m.NODE_WIDTH, HEIGHT)
        scene.frames[id].show_plate(Plate(graph.frames[id], held, graph.direction), rect)

    def know(self, id: str) -> None:
        """Something else is known of a node."""
        if (owner := self.owner.get(id)) is not None:
            self._scene.frames[owner].forget_plate()

    def shown(self, id: str) -> NodeItem | FrameItem | None:
        """What is seen of a node or frame: itself or the plate that hides it; None where there is none."""
        scene = self._scene
        if (owner := self.owner.get(id)) is not None:
            return scene.frames[owner]
        return scene.nodes.get(id) or scene.frames.get(id)

    def hidden_in(self, frames: Collection[str]) -> set[str]:
        """The nodes that the plates of these frames hide."""
        return {id for id, owner in self.owner.items() if owner in frames and id in self._scene.nodes}

    def with_hidden(self, frames: Iterable[str]) -> tuple[set[str], set[str]]:
        """Nodes and frames that these frames hide, folds in folds too."""
        graph = self._scene.graph
        ids = expanded(graph, frames)
        return {id for id in ids if id in graph.nodes}, {id for id in ids if id in graph.frames}

    def end(self, id: str, port: str, is_input: bool, index: int = 0) -> QPointF:
        """Where a link at this port ends: at the port, or at the edge of the plate that hides it."""
        if (owner := self.owner.get(id)) is not None:
            frame = self._scene.frames[owner]
            if frame.plate is not None:
                return frame.plate.anchor(frame.rect, is_input)
        return self._scene.nodes[id].anchor(port, is_input, index)

    def within(self, source: str, target: str) -> bool:
        """Whether a link lies inside of one plate."""
        owner = self.owner.get(source)
        return owner is not None and owner == self.owner.get(target)
