"""The canvas by keys alone: from node to node along the links, and what lies around the selection."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF

from netbuilder.ui.canvas.scene import GraphScene

# Where a step goes, across and down.
STEPS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
_AHEAD = {"right": ("right", "left"), "down": ("down", "up")}  # by a graph's direction: with the links, against them
_ASIDE = 2.0  # what lies aside is as far as what lies so many times as far ahead


class Walker:
    """Goes over what can be seen: nodes, and the plates of folded frames in place of what they hide. Remembers at which
    of several selected things the last step ended."""

    def __init__(self, scene: GraphScene) -> None:
        self._scene = scene
        self._last = ""

    def step(self, way: str, middle: QPointF) -> str:
        """The node or plate that a step from the selection ends at: along a link where one goes that way, else the
        nearest there; without a selection the one nearest to `middle`. "" for none."""
        start, along = self._start(), _AHEAD[self._scene.graph.direction]
        if start:
            linked = self._linked(start, forwards=way == along[0]) if way in along else []
            found = self._closest(start, way, linked) or self._closest(start, way, None)
        elif self._scene.chosen.links:
            found = self._end_of_link(forwards=way == along[0]) if way in along else ""
        else:
            found = self._nearest(middle)
        if found:
            self._last = found
        return found

    def _start(self) -> str:
        chosen = {*self._scene.chosen.nodes, *self._scene.chosen.frames}
        return self._last if self._last in chosen else min(chosen, key=self._corner, default="")

    def _corner(self, id: str) -> tuple[float, float]:
        rect = self._rect(id)
        return rect.x(), rect.y()

    def _rect(self, id: str) -> QRectF:
        item = self._scene.folds.shown(id)
        return item.rect if item is not None else QRectF()

    def _things(self) -> Iterable[str]:
        scene = self._scene
        owner = scene.folds.owner
        yield from (id for id in scene.nodes if id not in owner)
        yield from (id for id, frame in scene.frames.items() if frame.plate is not None and id not in owner)

    def _linked(self, start: str, *, forwards: bool) -> list[str]:
        """What the links of a node, or of what a plate hides, lead to or come from."""
        scene = self._scene
        inside = scene.folds.hidden_in({start}) if start in scene.frames else {start}
        if forwards:
            ends = [key.node for id in inside for key in scene.out_of.get(id, ())]
        else:
            ends = [scene.links[key].link.source.node for id in inside for key in scene.into.get(id, ())]
        return [scene.folds.owner.get(id, id) for id in ends if id not in inside]

    def _closest(self, start: str, way: str, among: list[str] | None) -> str:
        """Of `among` wherever they lie; of all things (None) only what lies in that direction."""
        here, (x, y) = self._rect(start).center(), STEPS[way]
        best, least = "", float("inf")
        for other in self._things() if among is None else among:
            by = self._rect(other).center() - here
            ahead, aside = by.x() * x + by.y() * y, abs(by.x() * y) + abs(by.y() * x)
            if other == start or (among is None and (ahead <= 0 or aside > _ASIDE * ahead)):
                continue
            far = abs(ahead) + _ASIDE * aside
            if far < least:
                best, least = other, far
        return best

    def _end_of_link(self, *, forwards: bool) -> str:
        scene = self._scene
        key = min(scene.chosen.links)
        id = key.node if forwards else scene.links[key].link.source.node
        return scene.folds.owner.get(id, id)

    def _nearest(self, middle: QPointF) -> str:
        return min(self._things(), key=lambda id: (self._rect(id).center() - middle).manhattanLength(), default="")


def around_chosen(scene: GraphScene) -> QRectF:
    """Around all that is selected, links with the nodes at their ends; null for nothing."""
    chosen, rect = scene.chosen, QRectF()
    ids = {*chosen.nodes, *chosen.frames}
    for key in chosen.links:
        ids |= {key.node, scene.links[key].link.source.node}
    for id in ids:
        if (item := scene.folds.shown(id)) is not None:
            rect = rect.united(item.rect)
    return rect
