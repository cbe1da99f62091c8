"""A node in the scene: its look, what is known of it, where its ports lie. Its layer paints it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt

from netbuilder.compiler.report import NodeFacts, Problem
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.look import NodeLook, PortLook
from netbuilder.ui.canvas.node_paint import Lights, Words, fit_words, paint_far, paint_near
from netbuilder.ui.canvas.style import Style

if TYPE_CHECKING:
    from netbuilder.ui.canvas.node_layer import NodeLayer


class Spot(NamedTuple):
    """One place where a link may end."""

    node: str
    port: str
    is_input: bool
    place: int = 0  # the index of the link there, or of the one that would be


class NodeItem:
    """Painting depends on what it holds and on nothing else. `z`: those with more lie above the others."""

    def __init__(self, id: str, look: NodeLook, at: tuple[float, float], layer: NodeLayer) -> None:
        self.id = id
        self.look = look
        self.layer = layer
        self.z = 0.0
        self.facts: NodeFacts | None = None
        self.problems: tuple[Problem, ...] = ()
        self.chosen = False
        self.hovered = False
        self._words: Words | None = None
        self._far: dict[int, str] = {}
        self.slot = layer.table.add(id)
        layer.table.hidden[self.slot] = False
        layer.table.put(self.slot, *at, at[0] + m.NODE_WIDTH, at[1] + look.height)
        layer.refresh(self)

    @property
    def style(self) -> Style:
        return self.layer.style

    @property
    def lights(self) -> Lights:
        """Which of its ports a link that is being dragged may end in, None while none is."""
        return self.layer.lights(self.id) if self.layer.lights is not None else None

    def remove(self) -> None:
        """Leaves its layer."""
        self.layer.update(self.bounds)
        self.layer.table.drop(self.id)

    def show_look(self, look: NodeLook, *, near: bool = True) -> bool:
        """Takes a new look; says whether anything differs. Not `near`: no view is near enough to read shapes, so that
        most new looks need no painting."""
        if look == self.look:
            return False
        plate_differs = _plate(look) != _plate(self.look)
        if look.height != self.look.height:
            self.layer.update(self.bounds)
        self.look = look
        self.forget_words()
        if near or plate_differs:
            self.layer.refresh(self)
        return True

    def forget_words(self) -> None:
        """Fits its texts anew when it is next painted."""
        self._words = None
        self._far.clear()

    def mark(self, *, chosen: bool | None = None, hovered: bool | None = None) -> None:
        """Whether it is selected or under the pointer."""
        was = self.chosen, self.hovered
        self.chosen = self.chosen if chosen is None else chosen
        self.hovered = self.hovered if hovered is None else hovered
        if was != (self.chosen, self.hovered):
            self.layer.refresh(self)

    @property
    def hidden(self) -> bool:
        """Whether a frame is folded around it."""
        return bool(self.layer.table.hidden[self.slot])

    def set_hidden(self, hidden: bool) -> None:
        """Whether it is painted and found at all."""
        if hidden != self.hidden:
            self.layer.table.hidden[self.slot] = hidden
            self.layer.update(self.bounds)

    def pos(self) -> QPointF:
        """The upper left corner, in scene coordinates."""
        table = self.layer.table
        return QPointF(table.left[self.slot], table.top[self.slot])

    def setPos(self, place: QPointF) -> None:
        """Puts the upper left corner here; links are placed by the scene."""
        self.layer.update(self.bounds)
        x, y = place.x(), place.y()
        self.layer.table.put(self.slot, x, y, x + m.NODE_WIDTH, y + self.look.height)
        self.layer.update(self.bounds)

    @property
    def rect(self) -> QRectF:
        """The body, in scene coordinates."""
        table = self.layer.table
        return QRectF(table.left[self.slot], table.top[self.slot], m.NODE_WIDTH, self.look.height)

    @property
    def bounds(self) -> QRectF:
        """What it paints on, in scene coordinates."""
        return self.rect.adjusted(-m.MARGIN, -m.MARGIN, m.MARGIN, m.MARGIN)

    def port(self, name: str, is_input: bool) -> PortLook | None:
        """The look of a port; None where the block has none of this name (an older file, an unknown block)."""
        return next((port for port in self.look.side(is_input) if port.name == name), None)

    def anchor(self, name: str, is_input: bool, index: int = 0) -> QPointF:
        """Where a link at this port ends, in scene coordinates. For a port that is gone: the title's line."""
        port = self.port(name, is_input)
        x, y = port.place(index) if port else (0.0 if is_input else m.NODE_WIDTH, m.TITLE / 2)
        table = self.layer.table
        return QPointF(table.left[self.slot] + x, table.top[self.slot] + y)

    def spots(self, is_input: bool) -> list[tuple[Spot, QPointF]]:
        """All places of one side with where they are in the scene."""
        found = []
        corner = self.pos()
        for port in self.look.side(is_input):
            free = (max(port.indexes, default=-1) + 1,) if port.many else ()
            indexes = (*port.indexes, *free) if port.many else (0,)
            for index, place in zip(indexes, port.places, strict=True):
                found.append((Spot(self.id, port.name, is_input, index), corner + QPointF(*place)))
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

    def paint(self, painter, zoom: float) -> None:
        """Draws it with its upper left corner at the painter's origin."""
        if zoom < m.FAR:
            text = self.style.far_text(zoom, self.look.height * 0.78) if zoom >= m.NAMELESS else None
            title = self._far_title(text) if text and not self.named_outside(zoom) else ""
            paint_far(painter, self.look, title, text, self.style, selected=self.chosen, zoom=zoom)
            return
        if self._words is None:
            self._words = fit_words(self.look, self.style)
        lights = self.lights
        paint_near(
            painter,
            self.look,
            self._words,
            self.style,
            selected=self.chosen,
            hovered=self.hovered,
            lights=lights,
        )
        if lights is not None and not self._lit(lights):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.style.veil)
            painter.drawRoundedRect(QRectF(0, 0, m.NODE_WIDTH, self.look.height), m.RADIUS, m.RADIUS)

    def _lit(self, lights: Callable[[PortLook, bool], bool]) -> bool:
        """Whether the link that is being dragged may end here, or begins here."""
        return any(lights(port, side) for side in (True, False) for port in self.look.side(side))

    def named_outside(self, zoom: float) -> bool:
        """Whether it places a network whose name is wider than its plate, at a zoom at which it is one."""
        text = self.style.far_text(zoom, self.look.height * 0.78)
        return self.look.network and text.width(self.look.title) > m.NODE_WIDTH - 16.0

    def _far_title(self, text) -> str:
        size = text.font.pixelSize()
        if size not in self._far:
            self._far[size] = text.elide(self.look.title, m.NODE_WIDTH - 16.0)
        return self._far[size]

    def snapshot(self) -> tuple[object, ...]:
        """What can be seen of it, for comparing scenes."""
        return (self.pos().x(), self.pos().y(), self.look, self.problems, self.facts, self.hidden)


def _plate(look: NodeLook) -> tuple[object, ...]:
    """What is seen of a node from far."""
    return look.severity, look.title, look.tone, look.bypassed, look.height, look.network


def _distance(a: QPointF, b: QPointF) -> float:
    return ((a.x() - b.x()) ** 2 + (a.y() - b.y()) ** 2) ** 0.5
