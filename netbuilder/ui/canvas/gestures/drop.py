"""Drags a block in from the palette: onto the canvas, or onto a link, which it is then spliced into."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from netbuilder.blocks.spec import Block
from netbuilder.graph.change import Change
from netbuilder.graph.model import NONE, Node
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.adding import add, presumed, splice
from netbuilder.ui.canvas.gestures.base import NO_KEYS, Gesture
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.canvas.snapper import Snapper
from netbuilder.ui.canvas.splicing import Splicing
from netbuilder.ui.canvas.style import clear


class DropBlock(Gesture):
    """Shows where the node would lie and which link it would split."""

    def __init__(self, scene: GraphScene, block: Block, zoom: float) -> None:
        self._scene = scene
        self._block = block
        self._zoom = zoom
        self._ghost = QGraphicsPathItem()
        self._at = QPointF()
        self._snapper = Snapper(scene, QRectF(0, 0, m.NODE_WIDTH, m.TITLE + m.BRIEF + m.FOOT), zoom)
        node = Node(block.name, presumed(scene, block, NONE))
        self._splicing = Splicing(scene, block.name, scene.catalogue.ports(node, scene.document.project))

    def start(self) -> None:
        color = self._scene.styling.plate(self._block.category).color
        self._ghost.setPen(QPen(color, 1.6, Qt.PenStyle.DashLine))
        self._ghost.setBrush(QBrush(clear(color, 0.14)))
        self._ghost.setZValue(80.0)
        path = self._ghost.path()
        path.addRoundedRect(QRectF(0, 0, m.NODE_WIDTH, m.TITLE + m.BRIEF + m.FOOT), m.RADIUS, m.RADIUS)
        self._ghost.setPath(path)
        self._scene.addItem(self._ghost)
        self._snapper.start()

    def move(self, pos: QPointF, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        self._at = self._snapper.snap(pos - QPointF(m.NODE_WIDTH / 2, m.TITLE / 2), keys)
        self._ghost.setPos(self._at)
        self.status = self._splicing.hover(pos, self._zoom)

    def finish(self) -> Change | None:
        key, way = self._splicing.key, self._splicing.way
        self._clean()
        place = (self._at.x(), self._at.y())
        if key is not None:
            return splice(self._scene, key, self._block, place, way)
        return add(self._scene, self._block, place)

    def cancel(self) -> None:
        self._clean()

    def _clean(self) -> None:
        self._snapper.stop()
        self._splicing.clear()
        if self._ghost.scene() is not None:
            self._scene.removeItem(self._ghost)
