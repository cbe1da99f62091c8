"""A link in the scene: a smooth curve in the colour of what flows through it."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem

from netbuilder.graph.model import Input, Link
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.style import Style, Text

LINK_Z, LINK_TOP_Z = -10.0, -9.0
_SAMPLES = 24


def curve(start: QPointF, end: QPointF) -> QPainterPath:
    """From an output to an input: leaves to the right, arrives from the left."""
    across = end.x() - start.x()
    if across < 0:
        return _way_back(start, end)
    bend = max(across * 0.5, min(m.LINK_BEND, abs(end.y() - start.y()) * 0.5 + 12.0))
    path = QPainterPath(start)
    path.cubicTo(start + QPointF(bend, 0), end - QPointF(bend, 0), end)
    return path


def _way_back(start: QPointF, end: QPointF) -> QPainterPath:
    """To an input farther left, as from one row of nodes to the next: along the gap between them."""
    down = end.y() - start.y()
    if abs(down) < m.ROW_GAP / 2:  # in the same row: below both
        level = max(start.y(), end.y()) + m.ROW_GAP * 0.7
    else:  # ports stand near the top of their nodes, so the gap lies below the middle
        level = (start.y() + end.y()) / 2 + (m.NODE_LOW if abs(down) >= m.ROW_GAP else 0.0)
    path = QPainterPath(start)
    out, back = start.x() + m.WAY_BACK, end.x() - m.WAY_BACK
    _corner(path, QPointF(out, start.y()), QPointF(out, level))
    _corner(path, QPointF(out, level), QPointF(back, level))
    _corner(path, QPointF(back, level), QPointF(back, end.y()))
    _corner(path, QPointF(back, end.y()), end, last=True)
    path.lineTo(end)
    return path


def _corner(path: QPainterPath, at: QPointF, after: QPointF, *, last: bool = False) -> None:
    """On to `at` and round it towards `after`, leaving half of that way to the next corner."""
    before = path.currentPosition()
    room = min((before - at).manhattanLength(), (after - at).manhattanLength() / (1 if last else 2), m.WAY_BACK)
    path.lineTo(at + _towards(at, before) * room)
    path.quadTo(at, at + _towards(at, after) * room)


def _towards(a: QPointF, b: QPointF) -> QPointF:
    """The direction from one point to another on the same level or plumb line."""
    far = (b - a).manhattanLength() or 1.0
    return QPointF((b.x() - a.x()) / far, (b.y() - a.y()) / far)


class LinkItem(QGraphicsItem):
    """`role` names what flows; `fact` says it in words ("N × 32 × 8 × 8 · float32"), "" when not known."""

    def __init__(self, link: Link, style: Style) -> None:
        super().__init__()
        self.link = link
        self.style = style
        self.role = "tensor"
        self.fact = ""
        self.chosen = False
        self.hovered = False
        self.known = True
        self._ends = QPointF(), QPointF()
        self.path = QPainterPath()
        self._bounds = QRectF()
        self.setZValue(LINK_Z)

    @property
    def key(self) -> Input:
        return self.link.target

    def place(self, start: QPointF, end: QPointF) -> None:
        """Where it begins and ends, in scene coordinates."""
        if (start, end) == self._ends:
            return
        self.prepareGeometryChange()
        self._ends = start, end
        self.path = curve(start, end)
        self._bounds = self.path.controlPointRect().adjusted(-6, -6, 6, 6)

    @property
    def ends(self) -> tuple[QPointF, QPointF]:
        """Where it begins and ends, in scene coordinates."""
        return self._ends

    def show_flow(self, role: str, fact: str, *, known: bool, near: bool = True) -> None:
        """What flows through it; `known` False: analysis could not tell, since something before it is wrong. Not
        `near`: no view is near enough to show more than its colour."""
        if role != self.role or (near and known != self.known):
            self.update()
        self.role, self.fact, self.known = role, fact, known

    def restyle(self, style: Style) -> None:
        """Draws in another theme from now on."""
        self.style = style
        self.update()

    def mark(self, *, chosen: bool | None = None, hovered: bool | None = None) -> None:
        """Whether it is selected or under the pointer; such a link lies above the others."""
        self.chosen = self.chosen if chosen is None else chosen
        self.hovered = self.hovered if hovered is None else hovered
        self.setZValue(LINK_TOP_Z if self.chosen or self.hovered else LINK_Z)
        self.update()

    def distance(self, pos: QPointF) -> float:
        """How far a scene position is from the curve."""
        points = [self.path.pointAtPercent(i / _SAMPLES) for i in range(_SAMPLES + 1)]
        return min(_to_segment(pos, a, b) for a, b in pairwise(points))

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(self, painter, option, widget=None) -> None:
        role = self.style.role(self.role)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if painter.worldTransform().m11() < m.FAR and not self.chosen:
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

    def snapshot(self) -> tuple[object, ...]:
        """What can be seen of it, for comparing scenes."""
        ends = [(end.x(), end.y()) for end in self._ends]
        return (self.link.source, self.link.target, *ends, self.role, self.fact, self.known)


class LooseLink(QGraphicsItem):
    """The link that is being dragged: dashed until it has found a port."""

    def __init__(self, style: Style) -> None:
        super().__init__()
        self._style = style
        self._path = QPainterPath()
        self._pen = QPen()
        self._ring: QPointF | None = None
        self._color = style.accent
        self.setZValue(50.0)

    def show_between(self, start: QPointF, end: QPointF, role: str, ring: QPointF | None) -> None:
        """`ring`: the port that it has snapped to."""
        self.prepareGeometryChange()
        self._path = curve(start, end)
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
    """What flows through the link under the pointer. Keeps its size on screen."""

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
        """Shows the words above a scene position."""
        if words != self.words:
            self.prepareGeometryChange()
            self.words = words
            width = self._text.width(words) + 20.0
            self._rect = QRectF(-width / 2, -34.0, width, 24.0)
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


def _to_segment(p: QPointF, a: QPointF, b: QPointF) -> float:
    run, rise = b.x() - a.x(), b.y() - a.y()
    length = run * run + rise * rise
    share = 0.0 if length == 0 else max(0.0, min(1.0, ((p.x() - a.x()) * run + (p.y() - a.y()) * rise) / length))
    return ((p.x() - a.x() - share * run) ** 2 + (p.y() - a.y() - share * rise) ** 2) ** 0.5
