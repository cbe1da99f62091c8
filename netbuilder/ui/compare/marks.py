"""Paints marks over things that differ: an outline in the colour of what happened, and its sign."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from netbuilder.graph.comparison import Comparison, Key, Pair, Sign
from netbuilder.graph.model import Input
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.link_item import LinkItem
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.canvas.style import clear, readable_on
from netbuilder.ui.compare.words import SIGNS, TOKENS
from netbuilder.ui.theme import Theme

SIGN_PIXELS = 20.0  # across, on screen, where there is room
MOST_SIGNS = 400  # in view at once: more of them would lie one upon the other
DRAWN = ("node", "frame", "link")
GAP = 4.0  # scene units between a node and its mark

Marks = Mapping[tuple[str, Key], Sign]  # by kind ("node", "frame", "link") and key


def marks_of(comparison: Comparison, pair: Pair, *, after: bool, places: bool) -> Marks:
    """What is marked on one side of a pair of graphs; with `places` also what only moved."""
    names = (pair.before or "", pair.after or "")
    found: dict[tuple[str, Key], Sign] = {}
    for entry in comparison.entries:
        key = entry.after if after else entry.before
        drawn = entry.kind in DRAWN and entry.graphs == names and (places or entry.sign != "moved")
        if drawn and key is not None:
            found[entry.kind, key] = entry.sign
    return found


class MarkPainter:
    """Of one scene in one theme."""

    def __init__(self, scene: GraphScene, theme: Theme, marks: Marks) -> None:
        self._scene = scene
        self._by_kind: dict[str, dict[Key, Sign]] = {"node": {}, "frame": {}, "link": {}}
        for (kind, key), sign in marks.items():
            self._by_kind[kind][key] = sign
        self._colors: dict[Sign, QColor] = {sign: theme.color(token) for sign, token in TOKENS.items()}
        self._accent = theme.color("accent")
        self._ground = theme.color("canvas.background")
        self._font = QFont(theme.font(bold=True))

    def paint(self, painter: QPainter, room: QRectF, zoom: float, current: tuple[str, Key] | None) -> None:
        """Paints the marks that touch a part of the scene, and a ring around the current thing."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        near = room.adjusted(-60, -60, 60, 60)
        links, boxes = self._links(near), self._boxes(near)
        for link, sign in links:
            painter.setPen(self._pen(sign, zoom))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            if zoom < m.FAR:
                painter.drawLine(*link.ends)
            else:
                painter.drawPath(link.path)
        for sign in self._colors:  # all of one colour at once
            painter.setPen(self._pen(sign, zoom))
            painter.setBrush(self._colors[sign] if zoom < m.NAMELESS else Qt.BrushStyle.NoBrush)
            marked = [rect.adjusted(-GAP, -GAP, GAP, GAP) for rect, one in boxes if one == sign]
            if len(boxes) > MOST_SIGNS:
                painter.drawRects(marked)
            else:
                for rect in marked:
                    painter.drawRoundedRect(rect, m.RADIUS + GAP, m.RADIUS + GAP)
        if current is not None:
            self._ring(painter, *current, zoom)
        if len(boxes) + len(links) <= MOST_SIGNS:
            for link, sign in links:
                start, end = link.ends
                between = QLineF(start, end).center() if zoom < m.FAR else link.path.pointAtPercent(0.5)
                self._sign(painter, sign, between, zoom)
            for rect, sign in boxes:
                self._sign(painter, sign, rect.topLeft(), zoom)

    def _ring(self, painter: QPainter, kind: str, key: Key, zoom: float) -> None:
        """Around a node or frame, along a link."""
        rect = self.rect_of(kind, key)
        if rect is None:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if isinstance(key, Input):
            painter.setPen(QPen(clear(self._accent, 0.5), 10.0 / min(zoom, 1.0)))
            painter.drawPath(self._scene.links[key].path)
            return
        painter.setPen(QPen(self._accent, 3.0 / min(zoom, 1.0)))
        out = GAP + 4.0 / min(zoom, 1.0)
        painter.drawRoundedRect(rect.adjusted(-out, -out, out, out), m.RADIUS, m.RADIUS)

    def rect_of(self, kind: str, key: Key) -> QRectF | None:
        """Where a thing lies, None where it is not there."""
        if kind == "link":
            link = self._scene.links.get(key) if isinstance(key, Input) else None
            return link.path.boundingRect() if link is not None else None
        item = (self._scene.nodes if kind == "node" else self._scene.frames).get(str(key))
        return item.rect if item is not None else None

    def _boxes(self, room: QRectF) -> list[tuple[QRectF, Sign]]:
        nodes, frames = self._by_kind["node"], self._by_kind["frame"]
        found = [(self._scene.nodes[id].rect, nodes[id]) for id in self._scene.ids_in(room) if id in nodes]
        for id, item in self._scene.frames.items():
            if id in frames and item.bounds.intersects(room):
                found.append((item.rect, frames[id]))
        return found

    def _links(self, room: QRectF) -> list[tuple[LinkItem, Sign]]:
        marked = self._by_kind["link"]
        if not marked:
            return []
        table = self._scene.link_table
        keys = (key for key in table.keys_at(table.touching(room)) if key in marked)
        return [(self._scene.links[key], marked[key]) for key in keys if self._scene.links[key].isVisible()]

    def _pen(self, sign: Sign, zoom: float) -> QPen:
        dashes = Qt.PenStyle.DashLine if sign == "removed" else Qt.PenStyle.SolidLine
        return QPen(self._colors[sign], max(2.5, 1.6 / zoom), dashes)

    def _sign(self, painter: QPainter, sign: Sign, middle: QPointF, zoom: float) -> None:
        """A disc that keeps its size on screen down to plates."""
        size = SIGN_PIXELS / max(zoom, 0.25)
        disc = QRectF(0, 0, size, size)
        disc.moveCenter(middle)
        painter.setPen(QPen(self._ground, 2.0 / zoom))
        painter.setBrush(self._colors[sign])
        painter.drawEllipse(disc)
        self._font.setPixelSize(max(round(size * 0.8), 1))
        painter.setFont(self._font)
        painter.setPen(readable_on(self._colors[sign]))
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, SIGNS[sign])
