"""Brings a drag to rest on the grid or beside neighbours, and shows why."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt

from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.guides import Guides
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.canvas.snapping import Box, Straight, guides, snap

_PIXELS = 6.0  # on screen, within which a neighbour draws
_MOST = 2 * m.GRID  # scene units, however far the view is
_AROUND = 1000.0  # scene units: farther things are no neighbours
_FEW = 30  # nodes that are moved at once, up to which their links are made straight
_LARGE = 2000.0  # scene units: of a larger selection only what was grabbed is put in line


class Snapper:
    """For a drag of `nodes` and `frames`, or of something new, that was begun by grabbing `lead`. Alt moves freely."""

    def __init__(
        self,
        scene: GraphScene,
        lead: QRectF,
        zoom: float,
        nodes: Collection[str] = (),
        frames: Collection[str] = (),
    ) -> None:
        self._scene = scene
        self._lead = lead
        self._reach = min(_PIXELS / zoom, _MOST)
        self._moving = np.zeros(len(scene.node_table.keys), bool)
        self._moving[scene.node_table.slots_of(nodes)] = True
        self._frames = set(frames)
        chosen = scene.chosen.frames if frames else ()
        self._to_frames = any(scene.frames[id].plate is None for id in chosen) and not scene.chosen.nodes
        around = self._around(nodes, frames)
        self._box = around if max(around.width(), around.height()) <= _LARGE else lead
        self._straight = list(self._links(nodes)) if len(nodes) <= _FEW else []
        self._guides = Guides(scene.styling, zoom)

    def start(self) -> None:
        """The drag begins."""
        self._scene.addItem(self._guides)

    def stop(self) -> None:
        """The drag is over."""
        if self._guides.scene() is not None:
            self._scene.removeItem(self._guides)

    def snap(self, by: QPointF, keys: Qt.KeyboardModifier) -> QPointF:
        """How far the things are moved, where the pointer has moved by `by`; both in scene units."""
        if keys & Qt.KeyboardModifier.AltModifier:
            self._guides.show_lines(())
            return by
        snapping = self._scene.snapping
        wanted = by.x(), by.y()
        near: tuple[float | None, float | None] = (None, None)
        if snapping.neighbours:
            near = snap(_moved(self._box, wanted), wanted, self._neighbours(wanted), self._straight, self._reach)
        steps = self._to_grid(wanted) if snapping.grid else (0.0, 0.0)
        x, y = (at + (step if shift is None else shift) for at, shift, step in zip(wanted, near, steps, strict=True))
        if snapping.neighbours:
            self._guides.show_lines(guides(_moved(self._box, (x, y)), (x, y), self._neighbours((x, y)), self._straight))
        return QPointF(x, y)

    def _to_grid(self, by: tuple[float, float]) -> tuple[float, float]:
        goal = self._lead.x() + by[0], self._lead.y() + by[1]
        x, y = (round(at / m.GRID) * m.GRID - at for at in goal)
        return x, y

    def _neighbours(self, by: tuple[float, float]) -> list[Box]:
        """Boxes of the nodes and plates around that stay; of the open frames where such were taken alone."""
        left, top, right, bottom = _moved(self._box, by)
        room = QRectF(left - _AROUND, top - _AROUND, right - left + 2 * _AROUND, bottom - top + 2 * _AROUND)
        others = [item for id, item in self._scene.frames.items() if id not in self._frames and not item.hidden]
        fitting = [_box(item.rect) for item in others if (item.plate is None) == self._to_frames]
        found = [box for box in fitting if room.intersects(QRectF(QPointF(*box[:2]), QPointF(*box[2:])))]
        if self._to_frames:
            return found
        table = self._scene.node_table
        slots = table.touching(room)
        slots = slots[~self._moving[slots]]
        sides = np.stack([table.left[slots], table.top[slots], table.right[slots], table.bottom[slots]], axis=1)
        return [*found, *(tuple(side) for side in sides.tolist())]

    def _around(self, nodes: Collection[str], frames: Collection[str]) -> QRectF:
        """Around all that is moved."""
        table = self._scene.node_table
        slots = table.slots_of(nodes)
        rect = QRectF()
        if len(slots):
            left, top = float(table.left[slots].min()), float(table.top[slots].min())
            rect = QRectF(left, top, float(table.right[slots].max()) - left, float(table.bottom[slots].max()) - top)
        for id in frames:
            rect = rect.united(self._scene.frames[id].rect)
        return rect if not rect.isNull() else self._lead

    def _links(self, nodes: Collection[str]) -> Iterator[Straight]:
        """Links between what is moved and what stays, with the way in which they would run straight."""
        scene = self._scene
        axis = 0 if scene.graph.direction == "down" else 1
        for id in nodes:
            for keys, outward in ((scene.into, False), (scene.out_of, True)):
                for key in keys.get(id, ()):
                    item = scene.links[key]
                    other = key.node if outward else item.link.source.node
                    if other in scene.nodes and other not in nodes:
                        taken, fixed = item.ends if outward else item.ends[::-1]
                        if item.via:
                            fixed = QPointF(*item.via[0 if outward else -1])
                        yield Straight((fixed.x(), fixed.y()), (taken.x(), taken.y()), axis)


def _box(rect: QRectF) -> Box:
    return rect.left(), rect.top(), rect.right(), rect.bottom()


def _moved(rect: QRectF, by: tuple[float, float]) -> Box:
    left, top, right, bottom = _box(rect)
    return left + by[0], top + by[1], right + by[0], bottom + by[1]
