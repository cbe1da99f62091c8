"""A node in the scene: one item that draws itself in one pass, with no items for ports or texts."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QGraphicsItem

from netbuilder.compiler.report import NodeFacts, Problem
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.look import NodeLook, PortLook
from netbuilder.ui.canvas.node_paint import Lights, Words, fit_words, paint_far, paint_near
from netbuilder.ui.canvas.style import Style

BOUNDS_MARGIN = m.MARGIN


class Spot(NamedTuple):
    """One place where a link may end."""

    node: str
    port: str
    is_input: bool
    place: int = 0  # the index of the link there, or of the one that would be


class NodeItem(QGraphicsItem):
    """Holds a node's look and what is known of it. Painting depends on nothing else."""

    def __init__(self, id: str, look: NodeLook, style: Style) -> None:
        super().__init__()
        self.id = id
        self.look = look
        self.style = style
        self.facts: NodeFacts | None = None
        self.problems: tuple[Problem, ...] = ()
        self.chosen = False
        self.hovered = False
        self.lights: Lights = None
        self._words: Words | None = None
        self._far: dict[int, str] = {}
        self._bounds = _bounds(look.height)

    def show_look(self, look: NodeLook, *, near: bool = True) -> bool:
        """Takes a new look; says whether anything differs. Not `near`: no view is near enough to read shapes, so that
        most new looks need no painting."""
        if look == self.look:
            return False
        plate_differs = _plate(look) != _plate(self.look)
        if look.height != self.look.height:
            self.prepareGeometryChange()
            self._bounds = _bounds(look.height)
        self.look = look
        self._words = None
        self._far.clear()
        if near or plate_differs:
            self.update()
        return True

    def restyle(self, style: Style) -> None:
        """Draws in another theme from now on."""
        self.style = style
        self._words = None
        self._far.clear()
        self.update()

    def mark(self, *, chosen: bool | None = None, hovered: bool | None = None) -> None:
        """Whether it is selected or under the pointer."""
        was = self.chosen, self.hovered
        self.chosen = self.chosen if chosen is None else chosen
        self.hovered = self.hovered if hovered is None else hovered
        if was != (self.chosen, self.hovered):
            self.update()

    @property
    def rect(self) -> QRectF:
        """The body, in scene coordinates."""
        return QRectF(self.pos().x(), self.pos().y(), m.NODE_WIDTH, self.look.height)

    def port(self, name: str, is_input: bool) -> PortLook | None:
        """The look of a port, None where the node has no such port."""
        return next((port for port in self.look.side(is_input) if port.name == name), None)

    def anchor(self, name: str, is_input: bool, index: int = 0) -> QPointF:
        """Where a link at this port ends, in scene coordinates. For a port that is gone: the title's line."""
        port = self.port(name, is_input)
        x = 0.0 if is_input else m.NODE_WIDTH
        return self.pos() + QPointF(x, port.y(index) if port else m.TITLE / 2)

    def spots(self, is_input: bool) -> list[tuple[Spot, QPointF]]:
        """All places of one side with where they are in the scene."""
        found = []
        x = 0.0 if is_input else m.NODE_WIDTH
        for port in self.look.side(is_input):
            free = (max(port.indexes, default=-1) + 1,) if port.many else ()
            indexes = (*port.indexes, *free) if port.many else (0,)
            for index, y in zip(indexes, port.ys, strict=True):
                found.append((Spot(self.id, port.name, is_input, index), self.pos() + QPointF(x, y)))
        return found

    def spot_at(self, pos: QPointF, reach: float) -> Spot | None:
        """The nearest place within `reach` of a scene position."""
        best, least = None, reach
        for is_input in (True, False):
            for spot, at in self.spots(is_input):
                away = _distance(at, pos)
                if away <= least:
                    best, least = spot, away
        return best

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(self, painter, option, widget=None) -> None:
        zoom = painter.worldTransform().m11()  # nothing is ever turned
        if zoom < m.FAR:
            text = self.style.far_text(zoom, self.look.height * 0.78) if zoom >= m.NAMELESS else None
            title = self._far_title(text) if text else ""
            paint_far(painter, self.look, title, text, self.style, selected=self.chosen, zoom=zoom)
            return
        if self._words is None:
            self._words = fit_words(self.look, self.style)
        paint_near(
            painter,
            self.look,
            self._words,
            self.style,
            selected=self.chosen,
            hovered=self.hovered,
            lights=self.lights,
        )

    def _far_title(self, text) -> str:
        size = text.font.pixelSize()
        if size not in self._far:
            self._far[size] = text.elide(self.look.title, m.NODE_WIDTH - 16.0)
        return self._far[size]

    def snapshot(self) -> tuple[object, ...]:
        """What can be seen of it, for comparing scenes."""
        return (self.pos().x(), self.pos().y(), self.look, self.problems, self.facts)


def _plate(look: NodeLook) -> tuple[object, ...]:
    """What is seen of a node from far."""
    return look.severity, look.title, look.category, look.bypassed, look.height


def _bounds(height: float) -> QRectF:
    return QRectF(0, 0, m.NODE_WIDTH, height).adjusted(-m.MARGIN, -m.MARGIN, m.MARGIN, m.MARGIN)


def _distance(a: QPointF, b: QPointF) -> float:
    return ((a.x() - b.x()) ** 2 + (a.y() - b.y()) ** 2) ** 0.5
