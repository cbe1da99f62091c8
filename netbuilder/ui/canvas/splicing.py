"""Putting a node into a link: whether it fits there and by which ports, and the link that is lit while it hovers."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from PySide6.QtCore import QPointF

from netbuilder.blocks.spec import Ports
from netbuilder.graph.change import Change, apply, join
from netbuilder.graph.edits_links import splice
from netbuilder.graph.model import Input
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.fits import mismatch
from netbuilder.ui.canvas.link_item import LinkItem
from netbuilder.ui.canvas.look import role_of
from netbuilder.ui.canvas.scene import GraphScene


class Way(NamedTuple):
    """The ports by which a link would run through a node; `reason`: why it can't."""

    into: str = ""
    out: str = ""
    reason: str = ""


def way_through(scene: GraphScene, key: Input, ports: Ports) -> Way:
    """By its first input that takes what the link brings, and its first output that its end takes."""
    link = scene.links[key].link
    source, target = scene.nodes.get(link.source.node), scene.nodes.get(key.node)
    given = source.port(link.source.port, False) if source is not None else None
    taking = target.port(key.port, True) if target is not None else None
    if source is None or given is None or taking is None:
        return Way(reason="This link ends at a port that is gone.")
    if not ports.inputs or not ports.outputs:
        return Way(reason="Nothing flows through it.")
    flow = source.facts.outputs.get(link.source.port) if source.facts else None
    inputs = sorted(ports.inputs, key=lambda port: port.optional)
    whys = [mismatch(given.port, given.role, port, flow) for port in inputs]
    whys_out = [mismatch(port, role_of(port, None), taking.port, None) for port in ports.outputs]
    for held in (whys, whys_out):
        if "" not in held:
            return Way(reason=held[0])
    return Way(inputs[whys.index("")].name, ports.outputs[whys_out.index("")].name)


class Splicing:
    """The link that a node of these ports would be put into, lit. `name` is what the node is called."""

    def __init__(self, scene: GraphScene, name: str, ports: Ports) -> None:
        self._scene = scene
        self._name = name
        self._ports = ports
        self._lit: LinkItem | None = None
        self.way = Way()

    @property
    def key(self) -> Input | None:
        """The link that is lit, None for none."""
        return self._lit.key if self._lit is not None and self._lit.key in self._scene.links else None

    def hover(self, pos: QPointF, zoom: float) -> str:
        """The node is over this scene position; gives what is to be said."""
        link = self._scene.link_at(pos, zoom) if self._ports.inputs and self._ports.outputs else None
        way = way_through(self._scene, link.key, self._ports) if link is not None else Way()
        self.way = way
        self._light(link if not way.reason else None)
        if link is None:
            return ""
        if way.reason:
            return f"{self._name} does not fit into this link: {way.reason}"
        return f"Drop to put {self._name} into this link."

    def clear(self) -> None:
        """Nothing is lit any more."""
        self._light(None)

    def _light(self, link: LinkItem | None) -> None:
        if link is self._lit:
            return
        for item, on in ((self._lit, False), (link, True)):
            if item is not None and self._scene.links.get(item.key) is item:
                item.mark(hovered=on)
        self._lit = link


class MovedSplicing(Splicing):
    """A node that is there, while it is dragged about."""

    def __init__(self, scene: GraphScene, id: str) -> None:
        super().__init__(scene, id, scene.catalogue.ports(scene.graph.nodes[id], scene.document.project))
        self._id = id

    @classmethod
    def of(cls, scene: GraphScene, nodes: Collection[str], frames: Collection[str]) -> MovedSplicing | None:
        """For what is moved: a single node that has no links yet; None for everything else."""
        if len(nodes) != 1 or frames:
            return None
        (id,) = nodes
        return cls(scene, id) if not scene.into.get(id) and not scene.out_of.get(id) else None

    def follow(self, zoom: float) -> str:
        """The node is where the scene shows it; gives what is to be said."""
        rect = self._scene.nodes[self._id].rect
        if self._scene.graph.direction == "down":
            return self.hover(rect.center(), zoom)
        return self.hover(QPointF(rect.center().x(), rect.top() + m.TITLE / 2), zoom)

    def spliced(self, moved: Change) -> Change:
        """The change that moved it, joined by what puts it into the lit link, if one is lit."""
        key, scene = self.key, self._scene
        self.clear()
        if key is None:
            return moved
        project = apply(scene.document.project, moved)
        change = splice(project, scene.name, key, self._id, self.way.into, self.way.out)
        return join(change.label, (moved, change))
