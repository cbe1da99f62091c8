"""What often comes next, as small chips beside the selected node's free output: a click or Alt and a number adds it."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsView

from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.adding import free_outputs
from netbuilder.ui.canvas.asked import Asked, Offer
from netbuilder.ui.canvas.node_item import Spot
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.canvas.style import Style

MOST = 3
_AWAY, _GAP, _PAD, _NUMBER = 26.0, 5.0, 10.0, 16.0  # screen pixels
_NEAR = 0.45  # zoom: below it chips would be larger than the nodes beside them


class Chip(NamedTuple):
    """A suggestion and where it lies, in screen pixels from the port."""

    rect: QRectF
    offer: Offer


class Chips(QGraphicsItem):
    """Keeps its size at any zoom. Shown for one node at most, where nothing lies in its place."""

    def __init__(self, view: QGraphicsView, scene: GraphScene, style: Style) -> None:
        super().__init__()
        self._view = view
        self._graph_scene = scene
        self._style = style
        self._lit: int | None = None
        self.chips: tuple[Chip, ...] = ()
        self._wanted = True
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setZValue(70.0)
        self.hide()
        scene.addItem(self)

    def restyle(self, style: Style) -> None:
        """Draws in another theme from now on."""
        self._style = style
        self.refresh()

    def show_if(self, wanted: bool) -> None:
        """Whether a person wants suggestions."""
        if wanted != self._wanted:
            self._wanted = wanted
            self.refresh()

    def refresh(self) -> None:
        """Shows what fits now: for one selected node with a free output, near enough to be read."""
        wanted = self._wanted and self._zoom >= _NEAR and not self._graph_scene.document.refusal
        asked = self.asked() if wanted else None
        chips = self._laid_out(asked.suggestions(MOST)) if asked is not None else ()
        self.prepareGeometryChange()
        self.chips, self._lit = chips, None
        if asked is not None:
            spot = asked.spots[0]
            self.setPos(self._graph_scene.nodes[spot.node].anchor(spot.port, False))
        self.setVisible(bool(chips) and not self._covers_nodes())
        self.update()

    def asked(self) -> Asked | None:
        """A search at the first free output of the one selected node, None where there is none."""
        scene, chosen = self._graph_scene, self._graph_scene.chosen
        if len(chosen.nodes) != 1 or chosen.links or chosen.frames:
            return None
        (id,) = chosen.nodes
        free = free_outputs(scene, id) if id in scene.graph.nodes else []
        return Asked(scene, [Spot(id, free[0], False)]) if free else None

    def at(self, pos: QPointF) -> int | None:
        """The number of the chip at a place of the viewport, from 0."""
        if not self.isVisible():
            return None
        away = pos - self._view.viewportTransform().map(self.pos())
        return next((n for n, chip in enumerate(self.chips) if chip.rect.contains(away)), None)

    def hover(self, pos: QPointF | None) -> Offer | None:
        """Lights the chip at a place of the viewport, and gives its offer."""
        lit = self.at(pos) if pos is not None else None
        if lit != self._lit:
            self._lit = lit
            self.update()
        return self.chips[lit].offer if lit is not None else None

    def middle(self, number: int) -> QPointF:
        """The middle of a chip in the viewport. Raises IndexError where there is none."""
        return self._view.viewportTransform().map(self.pos()) + self.chips[number].rect.center()

    @property
    def _zoom(self) -> float:
        return self._view.transform().m11()

    def _laid_out(self, offers: list[Offer]) -> tuple[Chip, ...]:
        text, height = self._style.small_text, m.PILL + 7.0
        width = max((text.width(offer.block.name) for offer in offers), default=0.0) + 2 * _PAD + _NUMBER
        down = self._graph_scene.graph.direction == "down"
        x, y = (-width / 2, _AWAY) if down else (_AWAY, -height / 2)
        return tuple(Chip(QRectF(x, y + n * (height + _GAP), width, height), one) for n, one in enumerate(offers))

    def _covers_nodes(self) -> bool:
        """Whether any node lies where the chips would."""
        return bool(self._graph_scene.nodes_in(self.place))

    @property
    def place(self) -> QRectF:
        """Where the chips lie, in scene coordinates; null for none."""
        around = QRectF()
        for chip in self.chips:
            around = around.united(chip.rect)
        if around.isNull():
            return around
        zoom, x, y = self._zoom, self.pos().x(), self.pos().y()
        return QRectF(x + around.x() / zoom, y + around.y() / zoom, around.width() / zoom, around.height() / zoom)

    def boundingRect(self) -> QRectF:
        around = QRectF(0, -2, 1, 4)
        for chip in self.chips:
            around = around.united(chip.rect)
        return around.adjusted(-2, -2, 2, 2)

    def paint(self, painter, option, widget=None) -> None:
        style = self._style
        painter.setPen(QPen(style.muted, 1.0, Qt.PenStyle.DashLine))
        first = self.chips[0].rect
        down = first.left() < 0
        start, end = (
            (QPointF(0, m.PORT + 3), QPointF(0, _AWAY)) if down else (QPointF(m.PORT + 3, 0), QPointF(_AWAY, 0))
        )
        painter.drawLine(start, end)
        for number, chip in enumerate(self.chips):
            lit = number == self._lit
            painter.setPen(QPen(style.accent if lit else style.popup_border, 1.0))
            painter.setBrush(style.quiet_button if lit else style.popup)
            painter.drawRoundedRect(chip.rect, chip.rect.height() / 2, chip.rect.height() / 2)
            painter.setFont(style.small_text.font)
            painter.setPen(style.title if lit else style.muted)
            inner = chip.rect.adjusted(_PAD, 0, -_PAD, 0)
            painter.drawText(inner, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, chip.offer.block.name)
            painter.setPen(style.muted)
            painter.drawText(inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(number + 1))
