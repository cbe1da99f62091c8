"""Shows nodes and frames at other places for a while, as during a drag: a few array sums, however many there are."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.scene import GraphScene

_WHOLE = 60  # nodes; for more, one repaint of everything is cheaper than knowing what has changed


class Carry:
    """Takes nodes and frames by id; links follow at the ends that move. The model is not touched."""

    def __init__(self, scene: GraphScene, nodes: Collection[str], frames: Collection[str]) -> None:
        self._scene = scene
        self._nodes, self._links = scene.node_table, scene.link_table
        nodes = [id for id in nodes if id in scene.nodes]
        self._slots = self._nodes.slots_of(nodes)
        table = self._nodes
        self._sides = np.stack([side[self._slots] for side in (table.left, table.top, table.right, table.bottom)])
        self._frames = {id: scene.frames[id].rect for id in frames}
        out = {key for id in nodes for key in scene.out_of.get(id, ())}
        into = {key for id in nodes for key in scene.into.get(id, ())}
        self._touched = self._links.slots_of(out | into)
        self._ends = self._links.ends[self._touched].copy()
        held = self._links.keys_at(self._touched)
        self._moving = np.array([(key in out, key in out, key in into, key in into) for key in held], float)
        self._moving = self._moving.reshape(-1, 4)
        self._bent = [(scene.links[key], key in out and key in into) for key in held if scene.links[key].via]
        self._points = [item.via for item, _ in self._bent]
        self.corners = {id: (float(x), float(y)) for id, x, y in zip(nodes, *self._sides[:2], strict=True)}
        # Of a folded frame its own corner, not that of its plate.
        self.corners |= {id: scene.frames[id].frame.rect[:2] for id in self._frames}

    def show(self, by: QPointF) -> None:
        """Everything so far (scene units) from where it was taken."""
        few = len(self._slots) <= _WHOLE
        before = self._bounds() if few else QRectF()
        x, y = by.x(), by.y()
        sides = self._sides + np.array([x, y, x, y])[:, None]
        table = self._nodes
        table.left[self._slots], table.top[self._slots], table.right[self._slots], table.bottom[self._slots] = sides
        self._links.ends[self._touched] = self._ends + self._moving * np.array([x, y, x, y])
        self._links.enclose(self._touched)
        for (item, whole), points in zip(self._bent, self._points, strict=True):
            item.via = tuple((px + x, py + y) for px, py in points) if whole else points
            item.enclose()
        for id, rect in self._frames.items():
            self._scene.frames[id].show_rect(rect.translated(by))
        self._scene.update(before.united(self._bounds())) if few else self._scene.update()

    def _bounds(self) -> QRectF:
        """Around what it moves and the links of that."""
        found = QRectF()
        for table, slots in ((self._nodes, self._slots), (self._links, self._touched)):
            if len(slots):
                left, top = float(table.left[slots].min()), float(table.top[slots].min())
                right, bottom = float(table.right[slots].max()), float(table.bottom[slots].max())
                found = found.united(QRectF(left, top, right - left, bottom - top))
        return found.adjusted(-m.MARGIN, -m.MARGIN, m.MARGIN, m.MARGIN)
