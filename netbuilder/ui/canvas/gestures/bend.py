"""Drags a point that a link runs through; a new one is put into the link where it was taken."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from netbuilder.graph.change import Change
from netbuilder.graph.edits_links import add_point, move_point
from netbuilder.graph.via import nearest_segment
from netbuilder.ui.canvas.gestures.base import NO_KEYS, Gesture
from netbuilder.ui.canvas.gestures.move import snapped
from netbuilder.ui.canvas.points import PointKey
from netbuilder.ui.canvas.scene import GraphScene


def new_index(scene: GraphScene, point: PointKey, pos: QPointF) -> PointKey:
    """The point that one put into the link at a scene position would be."""
    item = scene.links[point.link]
    start, end = item.ends
    stops = ((start.x(), start.y()), *item.link.via, (end.x(), end.y()))
    return PointKey(point.link, nearest_segment(stops, (pos.x(), pos.y())))


class Bend(Gesture):
    """The point snaps to the grid, with Alt to nothing."""

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, scene: GraphScene, point: PointKey, *, new: bool = False) -> None:
        self._scene = scene
        self._item = scene.links[point.link]
        self._point = point
        self._new = new
        self._at: tuple[float, float] | None = None

    def move(self, pos: QPointF, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        free = keys & Qt.KeyboardModifier.AltModifier or not self._scene.snapping.grid
        self._at = (pos.x(), pos.y()) if free else (snapped(pos.x()), snapped(pos.y()))
        via, index = self._item.link.via, self._point.index
        self._item.show_via((*via[:index], self._at, *via[index if self._new else index + 1 :]))

    def finish(self) -> Change | None:
        self._item.show_via(self._item.link.via)
        if self._at is None:
            return None
        project, name = self._scene.document.project, self._scene.name
        edit = add_point if self._new else move_point
        return edit(project, name, self._point.link, self._point.index, self._at)

    def cancel(self) -> None:
        if self._scene.links.get(self._point.link) is self._item:
            self._item.show_via(self._item.link.via)
