"""Drags a link: a new one from either end, or one that is there, by either of its ends; or one from each of several
selected nodes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt

from netbuilder.blocks.spec import Port
from netbuilder.graph import edits
from netbuilder.graph.change import Change, apply, join
from netbuilder.graph.edits_links import connect_all, swap
from netbuilder.graph.model import Input, Output
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.asked import Asked, spread
from netbuilder.ui.canvas.fits import Fit, may_swap
from netbuilder.ui.canvas.gestures.base import NO_KEYS, Gesture
from netbuilder.ui.canvas.link_item import LinkLabel, LooseLink
from netbuilder.ui.canvas.look import PortLook
from netbuilder.ui.canvas.new_ends import Pluses
from netbuilder.ui.canvas.node_item import Spot
from netbuilder.ui.canvas.node_paint import Lights
from netbuilder.ui.canvas.scene import GraphScene


class DragLink(Gesture):
    """The end `fixed` stays, the other follows the pointer; `others` are outputs that come along, each with a link of
    its own. `held` is the link that is taken by its loose end; let go on nothing, it is gone, while a new link asks
    what it shall lead to. Let go on an input that has a link already, a held link swaps with that one, a new one takes
    its place."""

    def __init__(
        self, scene: GraphScene, fixed: Spot, zoom: float, held: Input | None = None, others: Sequence[Spot] = ()
    ) -> None:
        self._scene = scene
        self._zoom = zoom
        self._held = held
        self._fixed = fixed
        self._outputs = (fixed, *others)
        self._fit = Fit(scene, self._fixed, self._held)
        self._via = scene.links[held].link.via if held is not None else ()
        self._loose = [LooseLink(scene.styling, scene.graph.direction) for _ in self._outputs]
        self._pluses = Pluses(scene, fixed, zoom) if held is None and not others else None
        self._why = LinkLabel(scene.styling)
        self._goal: Spot | None = None
        self._at = QPointF()
        self._swaps: dict[Spot, bool] = {}

    @classmethod
    def from_port(cls, scene: GraphScene, spot: Spot, zoom: float) -> DragLink:
        """An output or an empty input starts a new link; a taken input gives its link to the pointer. From an output
        of one of several selected nodes each of them gives a link."""
        key = Input(spot.node, spot.port, spot.place)
        if spot.is_input and key in scene.links:
            return cls.from_link(scene, key, by_source=False, zoom=zoom)
        return cls(scene, spot, zoom, others=() if spot.is_input else _outputs_beside(scene, spot))

    @classmethod
    def from_link(cls, scene: GraphScene, key: Input, *, by_source: bool, zoom: float) -> DragLink:
        """Takes a link by the end at its source, or at its target."""
        source = scene.links[key].link.source
        fixed = Spot(key.node, key.port, True, key.index) if by_source else Spot(source.node, source.port, False)
        return cls(scene, fixed, zoom, held=key)

    def start(self) -> None:
        if self._held is not None:
            self._scene.links[self._held].hide()
        for item in (*self._loose, self._why, *self._more):
            self._scene.addItem(item)
        self._scene.light(self._lights)

    def _lights(self, id: str) -> Lights:
        """Which ports of a node are lit."""
        starts = {(spot.node, spot.port, spot.is_input) for spot in self._outputs}

        def fits(look: PortLook, is_input: bool) -> bool:
            if (id, look.name, is_input) in starts:
                return True
            return self._fit.judge(id, look, is_input) == ("", True)

        return fits

    def move(self, pos: QPointF, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        self._at = pos
        added = self._pluses.move(pos) if self._pluses is not None else ""
        self._goal, why = (None, "") if added else self._nearest(pos)
        self.status = added or why or self._outcome()
        self._draw(pos)
        if why:
            self._why.say(why, pos)
        else:
            self._why.hide()

    def _draw(self, pos: QPointF) -> None:
        goal = self._place(self._goal) if self._goal else None
        if self._pluses is not None and self._pluses.chosen:
            goal = self._pluses.at()
        for spot, loose in zip(self._outputs, self._loose, strict=True):
            node = self._scene.nodes[spot.node]
            start, end = node.anchor(spot.port, spot.is_input, spot.place), goal or pos
            if spot.is_input:
                start, end = end, start
            look = node.port(spot.port, spot.is_input)
            loose.show_between(start, end, look.role if look else "tensor", goal, self._via)

    @property
    def _more(self) -> tuple[Pluses, ...]:
        return (self._pluses,) if self._pluses is not None else ()

    def _outcome(self) -> str:
        """What letting go here does beyond making a link."""
        goal = self._goal
        if goal is None or self._fixed.is_input:
            return ""
        there = self._scene.links.get(Input(goal.node, goal.port, goal.place))
        if there is None or there.key == self._held:
            return ""
        if self._held is not None and self._swap_at(goal):
            return f"Swaps with the link from {there.link.source.node}."
        return f"Replaces the link from {there.link.source.node}."

    def _place(self, spot: Spot) -> QPointF:
        item = self._scene.nodes[spot.node]
        return next(at for found, at in item.spots(spot.is_input) if found == spot)

    def _nearest(self, pos: QPointF) -> tuple[Spot | None, str]:
        """The place to snap to and what to say: one that fits within the wide reach or of the node under the pointer,
        else one right under the pointer that is possible at all; for others only why not."""
        wide = max(m.SNAP, m.SNAP / self._zoom * 0.7)
        best: tuple[float, Spot | None, str] = (float("inf"), None, "")
        refused = (float("inf"), "")
        for item in self._scene.nodes_near(pos, wide):
            within = item.rect.contains(pos)
            for spot, at in item.spots(not self._fixed.is_input):
                away = ((at.x() - pos.x()) ** 2 + (at.y() - pos.y()) ** 2) ** 0.5
                look = item.port(spot.port, spot.is_input)
                verdict = self._fit.judge(item.id, look, spot.is_input) if look else None
                if verdict is None:
                    continue
                reach = m.PORT_REACH * 1.5 if verdict.reason else float("inf") if within else wide
                if verdict.possible and away <= reach and away < best[0]:
                    best = (away, spot, verdict.reason)
                elif verdict.reason and away <= (wide if within else m.PORT_REACH * 1.5) and away < refused[0]:
                    refused = (away, verdict.reason)
        return best[1], best[2] or ("" if best[1] else refused[1])

    def _swap_at(self, goal: Spot) -> bool:
        """Whether the link that is there can go to where the held one came from."""
        if goal not in self._swaps:
            assert self._held is not None
            self._swaps[goal] = may_swap(self._scene, self._held, Input(goal.node, goal.port, goal.place))
        return self._swaps[goal]

    def finish(self) -> Change | None:
        self.status = ""
        goal = self._goal
        if self._pluses is not None and self._pluses.chosen:
            self._clean()
            return self._pluses.change()
        if goal is None and self._held is None:
            if not any(item.rect.contains(self._at) for item in self._scene.nodes_near(self._at, 1.0)):
                self.asks = Asked(self._scene, self._outputs, every=True, only=True)
            self._clean(keep=self.asks is not None)
            return None
        self._clean()
        project, name = self._scene.document.project, self._scene.name
        if goal is None:
            assert self._held is not None
            return edits.disconnect(project, name, self._held)
        if len(self._outputs) > 1:
            return connect_all(project, name, self._pairs(goal))
        output, into = (goal, self._fixed) if self._fixed.is_input else (self._fixed, goal)
        source, target = Output(output.node, output.port), Input(into.node, into.port, into.place)
        if self._same(source, target) or self._onto_own_free_place(target):
            return None
        if self._held is None or self._held == target:
            return edits.connect(project, name, source, target, self._via)
        if target in self._scene.links and self._swap_at(goal):
            return swap(project, name, self._held, target)
        return self._moved(source, target)

    def _moved(self, source: Output, target: Input) -> Change:
        """The held link let go at another input; what that held is gone. Its points stay with it."""
        project, name, held = self._scene.document.project, self._scene.name, self._held
        assert held is not None
        off, via = edits.disconnect(project, name, held), self._via
        return join("Move link", (off, edits.connect(apply(project, off), name, source, target, via)))

    def _pairs(self, goal: Spot) -> list[tuple[Output, Input]]:
        """Which of several outputs goes to which input of the node, beginning with the goal."""
        node = self._scene.nodes[goal.node]
        ports = [look.port for look in node.look.inputs]
        taken = frozenset(key.port for key in self._scene.into.get(goal.node, ()))
        fits = {spot: Fit(self._scene, spot) for spot in self._outputs}

        def takes(spot: Spot, port: Port) -> bool:
            look = node.port(port.name, True)
            return look is not None and fits[spot].judge(goal.node, look, True).possible

        pairs = spread(self._outputs, goal.node, ports, goal.port, taken, takes)
        first = Input(goal.node, goal.port, goal.place)
        return [(pairs[0][0], first), *pairs[1:]] if pairs else []

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

    def _clean(self, *, keep: bool = False) -> None:
        """`keep`: the loose links stay, until what they shall lead to is found."""
        if self._held is not None and self._held in self._scene.links:
            self._scene.links[self._held].show()
        if keep and self.asks is not None:
            self.asks.shown = tuple(self._loose)
        for item in (self._why, *self._more) if keep else (self._why, *self._more, *self._loose):
            if item.scene() is not None:
                self._scene.removeItem(item)
        self._scene.light(None)


def _outputs_beside(scene: GraphScene, spot: Spot) -> list[Spot]:
    """One output of each other selected node, from top to bottom: the one of the same name, else the first."""
    chosen = scene.chosen.nodes
    if spot.node not in chosen:
        return []
    found = []
    for id in sorted(chosen - {spot.node}, key=lambda id: (scene.nodes[id].pos().y(), scene.nodes[id].pos().x(), id)):
        names = [look.name for look in scene.nodes[id].look.outputs]
        if names:
            found.append(Spot(id, spot.port if spot.port in names else names[0], False))
    return found
