"""The canvas by keys alone: from node to node along the links, and how much of it is selected."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF

from netbuilder.ui.canvas.scene import GraphScene

# Where a step goes, across and down.
STEPS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
_AHEAD = {"right": ("right", "left"), "down": ("down", "up")}  # by a graph's direction: with the links, against them
_ASIDE = 2.0  # a node aside is as far as one so many times as far ahead


class Walker:
    """Remembers at which of several selected nodes the last step ended."""

    def __init__(self, scene: GraphScene) -> None:
        self._scene = scene
        self._last = ""

    def step(self, way: str, middle: QPointF) -> str:
        """The node that a step from the selected one ends at: along a link where one goes that way, else the nearest
        there; without a selection the one nearest to `middle`. "" for none."""
        found = self._from(self._start(), way) if self._scene.chosen.nodes else self._nearest(middle)
        if found:
            self._last = found
        return found

    def _start(self) -> str:
        chosen = self._scene.chosen.nodes
        return self._last if self._last in chosen else min(chosen, key=lambda id: _corner(self._scene, id))

    def _from(self, id: str, way: str) -> str:
        scene = self._scene
        along, against = _AHEAD[scene.graph.direction]
        if way == along:
            linked = [key.node for key in scene.out_of.get(id, ())]
        elif way == against:
            linked = [scene.links[key].link.source.node for key in scene.into.get(id, ())]
        else:
            linked = []
        return self._closest(id, way, linked) or self._closest(id, way, None)

    def _closest(self, id: str, way: str, among: list[str] | None) -> str:
        """Of `among` wherever they lie, of all nodes (None) only what lies in that direction."""
        scene = self._scene
        here, (x, y) = scene.nodes[id].rect.center(), STEPS[way]
        best, least = "", float("inf")
        for other in scene.nodes if among is None else among:
            by = scene.nodes[other].rect.center() - here
            ahead, aside = by.x() * x + by.y() * y, abs(by.x() * y) + abs(by.y() * x)
            if other == id or other in scene.folds.owner or (among is None and (ahead <= 0 or aside > _ASIDE * ahead)):
                continue
            far = abs(ahead) + _ASIDE * aside
            if far < least:
                best, least = other, far
        return best

    def _nearest(self, middle: QPointF) -> str:
        nodes = self._scene.nodes
        seen = (id for id in nodes if id not in self._scene.folds.owner)
        return min(seen, key=lambda id: (nodes[id].rect.center() - middle).manhattanLength(), default="")


def around_chosen(scene: GraphScene) -> QRectF:
    """Around all that is selected, links with the nodes at their ends; null for nothing."""
    chosen, rect = scene.chosen, QRectF()
    ids = {*chosen.nodes}
    for key in chosen.links:
        ids |= {key.node, scene.links[key].link.source.node}
    for one in [scene.nodes[id].rect for id in ids] + [scene.frames[id].rect for id in chosen.frames]:
        rect = rect.united(one)
    return rect


def _corner(scene: GraphScene, id: str) -> tuple[float, float]:
    rect = scene.nodes[id].rect
    return rect.x(), rect.y()
