"""Drags a link: a new one from either end, or one that is there, by either of its ends."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from netbuilder.graph import edits
from netbuilder.graph.change import Change, apply, join
from netbuilder.graph.model import Input, Output
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.fits import Fit
from netbuilder.ui.canvas.gestures.base import NO_KEYS, Gesture
from netbuilder.ui.canvas.link_item import LooseLink
from netbuilder.ui.canvas.look import PortLook
from netbuilder.ui.canvas.node_item import NodeItem, Spot
from netbuilder.ui.canvas.scene import GraphScene


class DragLink(Gesture):
    """The end `fixed` stays, the other follows the pointer. `held` is the link that is taken by its loose end; let go
    on nothing, it is gone."""

    def __init__(self, scene: GraphScene, fixed: Spot, zoom: float, held: Input | None = None) -> None:
        self._scene = scene
        self._zoom = zoom
        self._held = held
        self._fixed = fixed
        self._fit = Fit(scene, self._fixed, self._held)
        self._loose = LooseLink(scene.styling, scene.graph.direction)
        self._goal: Spot | None = None

    @classmethod
    def from_port(cls, scene: GraphScene, spot: Spot, zoom: float) -> DragLink:
        """An output or an empty input starts a new link; a taken input gives its link to the pointer."""
        key = Input(spot.node, spot.port, spot.place)
        if spot.is_input and key in scene.links:
            return cls.from_link(scene, key, by_source=False, zoom=zoom)
        return cls(scene, spot, zoom)

    @classmethod
    def from_link(cls, scene: GraphScene, key: Input, *, by_source: bool, zoom: float) -> DragLink:
        """Takes a link by the end at its source, or at its target."""
        source = scene.links[key].link.source
        fixed = Spot(key.node, key.port, True, key.index) if by_source else Spot(source.node, source.port, False)
        return cls(scene, fixed, zoom, held=key)

    def start(self) -> None:
        if self._held is not None:
            self._scene.links[self._held].hide()
        self._scene.addItem(self._loose)
        for item in self._scene.nodes.values():
            item.lights = self._lights(item)
        self._scene.update()

    def _lights(self, item: NodeItem):
        def fits(look: PortLook, is_input: bool) -> bool:
            if (item.id, look.name, is_input) == self._fixed[:3]:
                return True
            return self._fit.judge(item.id, look, is_input) == ("", True)

        return fits

    def move(self, pos: QPointF, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        self._goal, self.status = self._nearest(pos)
        fixed = self._scene.nodes[self._fixed.node]
        start = fixed.anchor(self._fixed.port, self._fixed.is_input, self._fixed.place)
        end = self._place(self._goal) if self._goal else pos
        if self._fixed.is_input:
            start, end = end, start
        self._loose.show_between(start, end, self._fit.role, self._place(self._goal) if self._goal else None)

    def _place(self, spot: Spot) -> QPointF:
        item = self._scene.nodes[spot.node]
        return next(at for found, at in item.spots(spot.is_input) if found == spot)

    def _nearest(self, pos: QPointF) -> tuple[Spot | None, str]:
        """The place to snap to and what to say: one that fits within the wide reach, else one right under the pointer
        that is possible at all; for others only why not."""
        wide = max(m.SNAP, m.SNAP / self._zoom * 0.7)
        best: tuple[float, Spot | None, str] = (wide, None, "")
        refused = (m.PORT_REACH * 1.5, "")
        for item in self._scene.nodes_near(pos, wide):
            for spot, at in item.spots(not self._fixed.is_input):
                away = ((at.x() - pos.x()) ** 2 + (at.y() - pos.y()) ** 2) ** 0.5
                look = item.port(spot.port, spot.is_input)
                verdict = self._fit.judge(item.id, look, spot.is_input) if look else None
                if verdict is None:
                    continue
                reach = wide if not verdict.reason else m.PORT_REACH * 1.5
                if verdict.possible and away <= min(reach, best[0]):
                    best = (away, spot, verdict.reason)
                elif not verdict.possible and away <= refused[0]:
                    refused = (away, verdict.reason)
        return best[1], best[2] or ("" if best[1] else refused[1])

    def finish(self) -> Change | None:
        self.status = ""
        self._clean()
        project, name = self._scene.document.project, self._scene.name
        goal = self._goal
        if goal is None:
            return edits.disconnect(project, name, self._held) if self._held is not None else None
        output, into = (goal, self._fixed) if self._fixed.is_input else (self._fixed, goal)
        source, target = Output(output.node, output.port), Input(into.node, into.port, into.place)
        if self._same(source, target) or self._onto_own_free_place(target):
            return None
        if self._held is None or self._held == target:
            return edits.connect(project, name, source, target)
        off = edits.disconnect(project, name, self._held)
        return join("Move link", (off, edits.connect(apply(project, off), name, source, target)))

    def _same(self, source: Output, target: Input) -> bool:
        there = self._scene.links.get(target)
        return there is not None and there.link.source == source

    def _onto_own_free_place(self, target: Input) -> bool:
        """A link at a port that takes many, let go at the same port's free place, stays."""
        held = self._held
        return (
            held is not None
            and (held.node, held.port) == (target.node, target.port)
            and target not in self._scene.links
        )

    def cancel(self) -> None:
        self._clean()

    def _clean(self) -> None:
        if self._held is not None and self._held in self._scene.links:
            self._scene.links[self._held].show()
        if self._loose.scene() is not None:
            self._scene.removeItem(self._loose)
        for item in self._scene.nodes.values():
            item.lights = None
        self._scene.update()
