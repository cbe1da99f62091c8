"""Drags a block in from the palette: onto the canvas, or onto a link, which it is then spliced into."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from netbuilder.blocks.spec import Block
from netbuilder.graph.change import Change
from netbuilder.graph.model import Node
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.adding import add, splice
from netbuilder.ui.canvas.gestures.base import NO_KEYS, Gesture
from netbuilder.ui.canvas.gestures.move import snapped
from netbuilder.ui.canvas.link_item import LinkItem
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.canvas.style import clear


class DropBlock(Gesture):
    """Shows where the node would lie and which link it would split."""

    def __init__(self, scene: GraphScene, block: Block, zoom: float) -> None:
        self._scene = scene
        self._block = block
        self._zoom = zoom
        self._ghost = QGraphicsPathItem()
        self._link: LinkItem | None = None
        self._at = QPointF()

    def start(self) -> None:
        color = self._scene.styling.plate(self._block.category).color
        self._ghost.setPen(QPen(color, 1.6, Qt.PenStyle.DashLine))
        self._ghost.setBrush(QBrush(clear(color, 0.14)))
        self._ghost.setZValue(80.0)
        path = self._ghost.path()
        path.addRoundedRect(QRectF(0, 0, m.NODE_WIDTH, m.TITLE + m.BRIEF + m.FOOT), m.RADIUS, m.RADIUS)
        self._ghost.setPath(path)
        self._scene.addItem(self._ghost)

    def move(self, pos: QPointF, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        corner = pos - QPointF(m.NODE_WIDTH / 2, m.TITLE / 2)
        self._at = QPointF(snapped(corner.x()), snapped(corner.y()))
        self._ghost.setPos(self._at)
        link = self._scene.link_at(pos, self._zoom) if self._can_splice() else None
        if link is not self._link:
            self._light(False)
            self._link = link
            self._light(True)
        self.status = f"Drop to put {self._block.name} into this link." if link else ""

    def _can_splice(self) -> bool:
        project = self._scene.document.project
        ports = self._scene.catalogue.ports(Node(self._block.name), project)
        return bool(ports.inputs and ports.outputs)

    def _light(self, on: bool) -> None:
        if self._link is not None and self._link.key in self._scene.links:
            self._link.mark(hovered=on)

    def finish(self) -> Change | None:
        self._clean()
        place = (self._at.x(), self._at.y())
        if self._link is not None and self._link.key in self._scene.links:
            return splice(self._scene, self._link.key, self._block, place)
        return add(self._scene, self._block, place)

    def cancel(self) -> None:
        self._clean()

    def _clean(self) -> None:
        self._light(False)
        if self._ghost.scene() is not None:
            self._scene.removeItem(self._ghost)
