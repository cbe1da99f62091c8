"""Moves the selected nodes and frames; frames carry what lies in them. One change, on release."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt

from netbuilder.graph import edits
from netbuilder.graph.change import Change
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.gestures.base import NO_KEYS, Gesture
from netbuilder.ui.canvas.scene import GraphScene


def carried(scene: GraphScene) -> tuple[set[str], set[str]]:
    """Nodes and frames that move with the selection."""
    nodes, frames = set(scene.chosen.nodes), set(scene.chosen.frames)
    for id in scene.chosen.frames:
        inner = riding(scene, id)
        nodes |= inner[0]
        frames |= inner[1]
    return nodes, frames


def riding(scene: GraphScene, frame: str) -> tuple[set[str], set[str]]:
    """The nodes and frames that a frame carries: those that lie in it, nodes with their middle."""
    rect = scene.frames[frame].rect
    nodes = {item.id for item in scene.nodes_in(rect) if rect.contains(item.rect.center())}
    return nodes, {id for id, item in scene.frames.items() if id != frame and rect.contains(item.rect)}


def snapped(value: float) -> float:
    """The nearest line of the grid."""
    return round(value / m.GRID) * m.GRID


class Move(Gesture):
    """`at`: where it was taken. The grabbed thing `lead` snaps to the grid and the others follow; Alt moves freely."""

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(self, scene: GraphScene, at: QPointF, lead: QRectF) -> None:
        self._scene = scene
        self._at = at
        self._lead = lead.topLeft()
        self._by = QPointF(0, 0)

    def start(self) -> None:
        scene = self._scene
        nodes, frames = carried(scene)
        self._nodes = {id: scene.nodes[id].pos() for id in nodes}
        self._frames = {id: scene.frames[id].rect for id in frames}

    def move(self, pos: QPointF, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        by = pos - self._at
        if not keys & Qt.KeyboardModifier.AltModifier:
            goal = self._lead + by
            by = QPointF(snapped(goal.x()), snapped(goal.y())) - self._lead
        self._show(by)

    def _show(self, by: QPointF) -> None:
        if by == self._by:
            return
        self._by = by
        for id, place in self._nodes.items():
            self._scene.nodes[id].setPos(place + by)
        for id, rect in self._frames.items():
            self._scene.frames[id].show_rect(rect.translated(by))
        self._scene.place_links_of(self._nodes)

    def finish(self) -> Change | None:
        scene, by = self._scene, self._by
        if by.isNull():
            return None
        places = {id: (place.x() + by.x(), place.y() + by.y()) for id, place in self._nodes.items()}
        places |= {id: (rect.x() + by.x(), rect.y() + by.y()) for id, rect in self._frames.items()}
        return edits.move(scene.document.project, scene.name, places)

    def cancel(self) -> None:
        self._show(QPointF(0, 0))
