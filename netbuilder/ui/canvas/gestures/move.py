"""Moves the selected nodes and frames; frames carry what lies in them. One change, on release."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt

from netbuilder.graph import edits
from netbuilder.graph.change import Change
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.carry import Carry
from netbuilder.ui.canvas.gestures.base import NO_KEYS, Gesture
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.canvas.snapper import Snapper
from netbuilder.ui.canvas.splicing import MovedSplicing


def carried(scene: GraphScene) -> tuple[set[str], set[str]]:
    """Nodes and frames that move with the selection."""
    nodes, frames = set(scene.chosen.nodes), set(scene.chosen.frames)
    for id in scene.chosen.frames:
        inner = riding(scene, id)
        nodes |= inner[0]
        frames |= inner[1]
    return nodes, frames


def riding(scene: GraphScene, frame: str) -> tuple[set[str], set[str]]:
    """The nodes and frames that a frame carries: those that lie in it, nodes with their middle, and what is folded in
    it or in those."""
    if scene.frames[frame].plate is not None:
        nodes, frames = scene.folds.with_hidden([frame])
        return nodes, frames - {frame}
    rect = scene.frames[frame].rect
    inside = [id for id, item in scene.frames.items() if id != frame and not item.hidden and rect.contains(item.rect)]
    nodes, frames = scene.folds.with_hidden(inside)
    return nodes | {item.id for item in scene.nodes_in(rect) if rect.contains(item.rect.center())}, frames


def snapped(value: float) -> float:
    """The nearest line of the grid."""
    return round(value / m.GRID) * m.GRID


class Move(Gesture):
    """`at`: where it was taken. The grabbed thing `lead` snaps to the grid, all of the selection to what lies around;
    Alt moves freely. A single node without links that is let go on a link is put into it."""

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, scene: GraphScene, at: QPointF, lead: QRectF, zoom: float) -> None:
        self._scene = scene
        self._at = at
        self._lead = lead
        self._zoom = zoom
        self._by = QPointF(0, 0)

    def start(self) -> None:
        nodes, frames = carried(self._scene)
        self._carry = Carry(self._scene, nodes, frames)
        self._snapper = Snapper(self._scene, self._lead, self._zoom, nodes, frames)
        self._snapper.start()
        self._splicing = MovedSplicing.of(self._scene, nodes, frames)

    def move(self, pos: QPointF, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        self._show(self._snapper.snap(pos - self._at, keys))
        if self._splicing is not None:
            self.status = self._splicing.follow(self._zoom)

    def _show(self, by: QPointF) -> None:
        if by == self._by:
            return
        self._by = by
        self._carry.show(by)

    def finish(self) -> Change | None:
        self._snapper.stop()
        scene, by = self._scene, self._by
        if by.isNull():
            return None
        places = {id: (x + by.x(), y + by.y()) for id, (x, y) in self._carry.corners.items()}
        touching = (key for id in places for key in scene.into.get(id, ()))
        change = edits.move(scene.document.project, scene.name, places, touching)
        return self._splicing.spliced(change) if self._splicing is not None else change

    def cancel(self) -> None:
        self._snapper.stop()
        if self._splicing is not None:
            self._splicing.clear()
        self._show(QPointF(0, 0))
