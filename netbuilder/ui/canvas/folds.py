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
        self._named: dict[str, list[str]] = {}  # all that folded frames name, there or not, with those frames

    def follow(self, graph: Graph, nodes: Collection[str], frames: Collection[str]) -> set[Input]:
        """Takes over what is folded now, after these nodes and frames have changed; gives the links whose ends may lie
        elsewhere."""
        named = self._named.keys() & nodes if self._named else ()
        if not frames and all((id in graph.nodes) == (id in self.owner) for id in named):  # the same things are hidden
            return self._touch(graph, {frame for id in named for frame in self._named[id]} - self.owner.keys())
        before, self.owner = self.owner, owners(graph)
        self._named = {}
        for frame, held in graph.frames.items():
            for name in held.folded:
                self._named.setdefault(name, []).append(frame)
        if not self._named and not before:
            return set()
        touched = before.keys() | self.owner.keys()
        for id in touched:
            self._hide(id, id in self.owner)
        for id in self.owner.keys() & graph.frames.keys():
            self._scene.frames[id].show_open()
        self._scene.chosen.lift(self.owner)
        self._touch(graph, {id for id, frame in graph.frames.items() if frame.folded and id not in self.owner})
        return self._links(touched)

    def _touch(self, graph: Graph, plates: Collection[str]) -> set[Input]:
        """Shows these plates anew; gives the links of those that have moved."""
        inside: dict[str, list[str]] = {id: [] for id in plates}
        for id, frame in self.owner.items():
            if frame in inside:
                inside[frame].append(id)
        moved: set[str] = set()
        for frame, held in inside.items():
            if self._show_plate(graph, frame, held):
                moved.update(held)
        return self._links(moved)

    def _links(self, nodes: Collection[str]) -> set[Input]:
        scene = self._scene
        return {key for id in nodes for ends in (scene.into, scene.out_of) for key in ends.get(id, ())}

    def _hide(self, id: str, hidden: bool) -> None:
        scene = self._scene
        if (node := scene.nodes.get(id)) is not None:
            node.set_hidden(hidden)
        elif (frame := scene.frames.get(id)) is not None:
            frame.set_hidden(hidden)

    def _show_plate(self, graph: Graph, id: str, inside: Iterable[str]) -> bool:
        """Says whether it has moved."""
        scene, down = self._scene, graph.direction == "down"
        nodes = [name for name in inside if name in graph.nodes and name in scene.nodes]
        nodes.sort(key=lambda name: (graph.nodes[name].at[::-1] if down else graph.nodes[name].at, name))
        held = [(scene.nodes[name], graph.nodes[name].block) for name in nodes]
        rect = QRectF(*plate_corner(graph, id), m.NODE_WIDTH, HEIGHT)
        item = scene.frames[id]
        moved = item.plate is None or item.rect != rect
        item.show_plate(Plate(graph.frames[id], held, graph.direction), rect)
        return moved

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
