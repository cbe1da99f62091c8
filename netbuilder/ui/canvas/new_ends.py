"""Where a dragged link may end in a port that is not there yet: a plus at the edge of each placed network."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsItem

from netbuilder.blocks.composition import parts
from netbuilder.blocks.ends import add_linked_end
from netbuilder.graph.change import Change
from netbuilder.graph.model import Input, Output
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.node_item import Spot
from netbuilder.ui.canvas.scene import GraphScene

_RADIUS = 8.0


class Pluses(QGraphicsItem):
    """The places, by the nodes that place networks; `chosen` is the one that the link would end in now."""

    def __init__(self, scene: GraphScene, fixed: Spot, zoom: float) -> None:
        super().__init__()
        self._scene, self._fixed, self._style = scene, fixed, scene.styling
        self._reach = max(m.PORT_REACH, min(m.PORT_REACH / zoom, 2 * m.PORT_REACH)) + _RADIUS / 2
        self._known = parts(scene.catalogue)
        graphs = scene.document.project.graphs
        self._places = {
            id: self._place(id)
            for id, node in scene.graph.nodes.items()
            if node.block in self._known.placement
            and id != fixed.node
            and id in scene.nodes
            and node.params.get(self._known.network) in graphs
        }
        self.chosen = ""
        self.setZValue(49.0)

    def _place(self, id: str) -> QPointF:
        """A corner at the end of the side on which the ports are."""
        rect, back = self._scene.nodes[id].rect, self._fixed.is_input
        if self._scene.graph.direction == "down":
            return QPointF(rect.right() - 1.5 * _RADIUS, rect.bottom() if back else rect.top())
        return QPointF(rect.right() if back else rect.left(), rect.bottom() - 1.5 * _RADIUS)

    def move(self, pos: QPointF) -> str:
        """The link's end is here: what letting go does, in words; "" away from all of these places."""
        away = {id: (at - pos).manhattanLength() for id, at in self._places.items()}
        near = min(away, key=away.__getitem__, default="")
        chosen = near if near and away[near] <= self._reach else ""
        if chosen != self.chosen:
            self.chosen = chosen
            self.update()
        if not chosen:
            return ""
        network = self._scene.graph.nodes[chosen].params[self._known.network]
        return f"Adds an {'output' if self._fixed.is_input else 'input'} to {network}."

    def at(self) -> QPointF:
        """The chosen place."""
        return self._places[self.chosen]

    def change(self) -> Change:
        """The port that is chosen, and the link to it."""
        spot = self._fixed
        fixed = Input(spot.node, spot.port, spot.place) if spot.is_input else Output(spot.node, spot.port)
        return add_linked_end(self._scene.document.project, self._scene.name, self.chosen, fixed, self._known)

    def boundingRect(self) -> QRectF:
        rect = QRectF()
        for at in self._places.values():
            rect = rect.united(QRectF(at.x() - 12, at.y() - 12, 24, 24))
        return rect

    def paint(self, painter, option, widget=None) -> None:
        for id, at in self._places.items():
            chosen = id == self.chosen
            painter.setPen(QPen(self._style.accent if chosen else self._style.muted, 2.0 if chosen else 1.2))
            painter.setBrush(self._style.ground)
            painter.drawEllipse(at, _RADIUS, _RADIUS)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            arm = _RADIUS / 2
            painter.drawLine(QLineF(at.x() - arm, at.y(), at.x() + arm, at.y()))
            painter.drawLine(QLineF(at.x(), at.y() - arm, at.x(), at.y() + arm))
