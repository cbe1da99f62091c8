"""A link in the scene: a way in the colour of what flows through it. Its layer paints it and knows where it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem

from netbuilder.graph.model import Direction, Input, Link
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.link_paths import path
from netbuilder.ui.canvas.style import Style, Text

if TYPE_CHECKING:
    from netbuilder.ui.canvas.link_layer import LinkLayer

_SAMPLES = 24
_BELOW = 22.0  # screen pixels under the pointer, which is about so high


class LinkItem:
    """`role` names what flows; `fact` says it in words ("N × 32 × 8 × 8 · float32"), "" when not known."""

    def __init__(self, link: Link, layer: LinkLayer) -> None:
        self.link = link
        self.layer = layer
        self.via = link.via  # where it runs through now, as while its nodes are dragged
        self.role = "tensor"
        self.fact = ""
        self.chosen = False
        self.hovered = False
        self.known = True
        self.point: int | None = None  # which of its points is selected
        self.hidden = False
        self.slot = layer.table.add(link.target)
        self._drawn: tuple[object, ...] = ()  # what the path below was made for
        self._path = QPainterPath()
        self._around = QRectF()
        self._points: np.ndarray | None = None
        layer.refresh(self, paint=False)

    @property
    def key(self) -> Input:
        return self.link.target

    @property
    def style(self) -> Style:
        return self.layer.style

    @property
    def lit(self) -> bool:
        """Whether it lies above the others."""
        return self.chosen or self.hovered

    def remove(self) -> None:
        """Leaves its layer."""
        self.layer.update(self.bounds)
        self.layer.table.drop(self.key)

    def place(self, start: QPointF, end: QPointF) -> None:
        """Where it begins and ends, in scene coordinates."""
        table = self.layer.table
        ends = start.x(), start.y(), end.x(), end.y()
        if tuple(table.ends[self.slot]) == ends and table.left[self.slot] != np.inf:
            return
        self.layer.update(self.bounds)
        table.ends[self.slot] = ends
        self.enclose()
        self.layer.update(self.bounds)

    def enclose(self) -> None:
        """Tells its layer what it may paint on: around its ends and its points."""
        table = self.layer.table
        table.enclose(self.slot)
        for x, y in self.via:
            table.left[self.slot] = min(table.left[self.slot], x - m.MARGIN)
            table.right[self.slot] = max(table.right[self.slot], x + m.MARGIN)
            table.top[self.slot] = min(table.top[self.slot], y - m.MARGIN)
            table.bottom[self.slot] = max(table.bottom[self.slot], y + m.MARGIN)

    @property
    def ends(self) -> tuple[QPointF, QPointF]:
        """Where it begins and ends, in scene coordinates."""
        x1, y1, x2, y2 = self.layer.table.ends[self.slot].tolist()
        return QPointF(x1, y1), QPointF(x2, y2)

    @property
    def bounds(self) -> QRectF:
        """What it may paint on, in scene coordinates; null before it is placed."""
        table, slot = self.layer.table, self.slot
        left, top = float(table.left[slot]), float(table.top[slot])
        if left == np.inf:
            return QRectF()
        return QRectF(left, top, float(table.right[slot]) - left, float(table.bottom[slot]) - top)

    @property
    def path(self) -> QPainterPath:
        """Its way; made when it is first needed."""
        wanted = (*self.layer.table.ends[self.slot].tolist(), self.via, self.layer.direction, self.style.links)
        if wanted != self._drawn:
            self._drawn = wanted
            self._path = path(*self.ends, self.via, self.layer.direction, self.style.links)
            self._around = self._path.controlPointRect().adjusted(-6, -6, 6, 6)
            self._points = None
        return self._path

    def touches(self, rect: QRectF) -> bool:
        """Whether it paints in a part of the scene: what `bounds` says is quick to know, but roomy."""
        return not self.path.isEmpty() and self._around.intersects(rect)

    def show_flow(self, role: str, fact: str, *, known: bool, near: bool = True) -> None:
        """What flows through it; `known` False: analysis could not tell, since something before it is wrong. Not
        `near`: no view is near enough to show more than its colour."""
        differs = role != self.role or (near and known != self.known)
        self.role, self.fact, self.known = role, fact, known
        if differs:
            self.layer.refresh(self)

    def show_link(self, link: Link) -> None:
        """Takes another link into the same input."""
        self.link = link
        if self.point is not None and self.point >= len(link.via):
            self.point = None
        self.show_via(link.via)

    def show_via(self, via: tuple[tuple[float, float], ...]) -> None:
        """Runs through these points for now."""
        if self.layer.table.left[self.slot] != np.inf:
            self.layer.update(self.bounds)
            self.layer.table.enclose(self.slot)
        self.via = via
        if self.layer.table.left[self.slot] != np.inf:
            self.layer.update(self.bounds)
            self.enclose()
        self.layer.refresh(self)

    def mark(self, *, chosen: bool | None = None, hovered: bool | None = None) -> None:
        """Whether it is selected or under the pointer; such a link lies above the others."""
        self.chosen = self.chosen if chosen is None else chosen
        self.hovered = self.hovered if hovered is None else hovered
        self.layer.refresh(self)

    def mark_point(self, index: int | None) -> None:
        """Which of its points is selected, None for none."""
        self.point = index
        self.layer.refresh(self)

    def setVisible(self, visible: bool) -> None:
        """Whether it is painted and found at all."""
        if self.hidden == visible:
            self.hidden = not visible
            self.layer.refresh(self)

    def show(self) -> None:
        """Paints it again."""
        self.setVisible(True)

    def hide(self) -> None:
        """Paints it no more, as while its end is dragged."""
        self.setVisible(False)

    def isVisible(self) -> bool:
        return not self.hidden

    @property
    def points(self) -> np.ndarray:
        """Places [n, 2] on the way, near enough to each other to stand for it."""
        way = self.path
        if self._points is None:
            steps = _SAMPLES * (len(self.via) + 1)
            points = [way.pointAtPercent(i / steps) for i in range(steps + 1)]
            self._points = np.array([(point.x(), point.y()) for point in points])
        return self._points

    def distance(self, pos: QPointF) -> float:
        """How far a scene position is from the way."""
        return _to_polyline(np.array([pos.x(), pos.y()]), self.points)

    def paint(self, painter, zoom: float) -> None:
        """Draws it in scene coordinates."""
        role = self.style.role(self.role)
        if zoom < m.FAR and not self.chosen:
            painter.setPen(role.far)
        elif self.chosen:
            painter.setPen(self.style.glow)
            painter.drawPath(self.path)
            painter.setPen(self.style.chosen_link)
        elif self.hovered:
            painter.setPen(role.halo)
            painter.drawPath(self.path)
            painter.setPen(role.thick)
        else:
            painter.setPen(role.link if self.known else self.style.unknown_link)
        painter.drawPath(self.path)
        if self.via and zoom >= m.FAR:
            self._paint_points(painter, role)

    def _paint_points(self, painter, role) -> None:
        """Discs that can be dragged; the selected one is hollow."""
        painter.setPen(self.style.chosen_link if self.chosen else role.ring)
        for index, (x, y) in enumerate(self.via):
            picked = index == self.point
            painter.setBrush(role.hollow if picked else role.color)
            radius = m.POINT_LIT if self.lit else m.POINT
            painter.drawEllipse(QPointF(x, y), radius, radius)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def snapshot(self) -> tuple[object, ...]:
        """What can be seen of it, for comparing scenes."""
        ends = [(end.x(), end.y()) for end in self.ends]
        return (self.link, *ends, self.role, self.fact, self.known)


class LooseLink(QGraphicsItem):
    """The link that is being dragged: dashed until it has found a port."""

    def __init__(self, style: Style, direction: Direction = "right") -> None:
        super().__init__()
        self._style = style
        self._direction = direction
        self._path = QPainterPath()
        self._pen = QPen()
        self._ring: QPointF | None = None
        self._color = style.accent
        self.setZValue(50.0)

    def show_between(
        self, start: QPointF, end: QPointF, role: str, ring: QPointF | None, via: tuple[tuple[float, float], ...] = ()
    ) -> None:
        """`ring`: the port that it has snapped to; `via`: points that it runs through."""
        self.prepareGeometryChange()
        self._path = path(start, end, via, self._direction, self._style.links)
        self._ring = ring
        self._color = self._style.role(role).color
        line = Qt.PenStyle.SolidLine if ring is not None else Qt.PenStyle.DashLine
        self._pen = QPen(self._color, m.LINK + 0.6, line, Qt.PenCapStyle.RoundCap)
        self.update()

    def boundingRect(self) -> QRectF:
        return self._path.controlPointRect().adjusted(-16, -16, 16, 16)

    def paint(self, painter, option, widget=None) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(self._pen)
        painter.drawPath(self._path)
        if self._ring is not None:
            painter.setPen(QPen(self._color, 2.0))
            painter.drawEllipse(self._ring, 10.0, 10.0)


class LinkLabel(QGraphicsItem):
    """What flows through the link under the pointer, or why one can't end there. Keeps its size on screen, and within
    the view."""

    def __init__(self, style: Style) -> None:
        super().__init__()
        self._text: Text = style.small_text
        self._style = style
        self.words = ""
        self._rect = QRectF()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setZValue(60.0)
        self.hide()

    def restyle(self, style: Style) -> None:
        """Draws in another theme from now on."""
        self._style, self._text = style, style.small_text
        self.update()

    def say(self, words: str, at: QPointF) -> None:
        """Shows the words above a scene position, or below it where the view ends."""
        width, height = self._text.width(words) + 20.0, 24.0
        rect = QRectF(-width / 2, -height - 10.0, width, height)
        if views := self.scene().views():
            room, place = QRectF(views[0].viewport().rect()), views[0].viewportTransform().map(at)
            if place.y() + rect.top() < 2.0:
                rect.moveTop(_BELOW)
            left = min(max(place.x() + rect.left(), 2.0), max(2.0, room.width() - width - 2.0))
            rect.moveLeft(left - place.x())
        if words != self.words or rect != self._rect:
            self.prepareGeometryChange()
            self.words, self._rect = words, rect
        self.setPos(at)
        self.show()
        self.update()

    def boundingRect(self) -> QRectF:
        return self._rect.adjusted(-2, -2, 2, 2)

    def paint(self, painter, option, widget=None) -> None:
        painter.setPen(QPen(self._style.popup_border, 1.0))
        painter.setBrush(self._style.popup)
        painter.drawRoundedRect(self._rect, 6, 6)
        painter.setPen(self._style.title)
        painter.setFont(self._text.font)
        painter.drawText(self._rect, Qt.AlignmentFlag.AlignCenter, self.words)


def _to_polyline(pos: np.ndarray, points: np.ndarray) -> float:
    """The least distance of a point [2] to the straight parts between points [n, 2]."""
    begin, run = points[:-1], points[1:] - points[:-1]
    length = np.maximum((run * run).sum(axis=1), 1e-12)
    share = np.clip(((pos - begin) * run).sum(axis=1) / length, 0.0, 1.0)
    away = pos - begin - share[:, None] * run
    return float(np.sqrt((away * away).sum(axis=1).min()))
