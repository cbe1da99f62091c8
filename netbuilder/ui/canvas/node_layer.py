"""All nodes of a scene, painted by one item: near ones one by one, far ones as plates, a colour at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.batch import draw_rects
from netbuilder.ui.canvas.boxes import Boxes, in_two
from netbuilder.ui.canvas.layer import Layer
from netbuilder.ui.canvas.node_item import NodeItem
from netbuilder.ui.canvas.node_paint import Lights, far_name_box, far_name_reach, paint_far_name
from netbuilder.ui.canvas.style import Style

_EDGE = 2.0  # screen pixels around a selected or broken plate
_MANY = 50  # items; for more, one repaint of everything is cheaper
_NAMES_MOST = 200  # names of networks that are drawn from far


class NodeTable(Boxes[str]):
    """Bodies of nodes, and what is seen of them from far."""

    ROWS = (
        ("tone", 0, "int16"),  # number of what colours it
        ("chosen", 0, "bool"),
        ("broken", 0, "bool"),
        ("bypassed", 0, "bool"),
        ("hidden", 0, "bool"),  # a frame is folded around it
        ("network", 0, "bool"),  # places a network, whose name is read from far
    )
    tone: np.ndarray
    chosen: np.ndarray
    broken: np.ndarray
    bypassed: np.ndarray
    hidden: np.ndarray
    network: np.ndarray

    def touching(self, rect: QRectF, margin: float = 0.0) -> np.ndarray:
        slots = super().touching(rect, margin)
        return slots[~self.hidden[slots]]

    def seen(self) -> np.ndarray:
        """Slots of all that are not hidden."""
        return ((self.left < np.inf) & ~self.hidden).nonzero()[0]

    def around(self) -> QRectF:
        slots = self.seen()
        if not len(slots):
            return QRectF()
        left, top = float(self.left[slots].min()), float(self.top[slots].min())
        return QRectF(left, top, float(self.right[slots].max()) - left, float(self.bottom[slots].max()) - top)

    def rects(self, slots: np.ndarray) -> np.ndarray:
        """[n, 4] of x, y, width, height in scene units."""
        left, top = self.left[slots], self.top[slots]
        return np.stack([left, top, self.right[slots] - left, self.bottom[slots] - top], axis=1)


class NodeLayer(Layer):
    """`item_of` gives the item of an id; `lights`, while a link is dragged, what is lit of the node of an id."""

    def __init__(self, style: Style, item_of: Callable[[str], NodeItem]) -> None:
        super().__init__(0.0)
        self.lights: Callable[[str], Lights] | None = None
        self.table = NodeTable()
        self.style = style
        self._item_of = item_of
        self._tones: dict[str, int] = {}

    def refresh(self, item: NodeItem, *, paint: bool = True) -> None:
        """Takes over how an item looks now; not `paint`: nobody could see the difference."""
        table, slot, look = self.table, item.slot, item.look
        table.bottom[slot] = table.top[slot] + look.height
        table.tone[slot] = self._tones.setdefault(look.tone, len(self._tones))
        table.chosen[slot] = item.chosen
        table.broken[slot] = look.severity == "error"
        table.bypassed[slot] = look.bypassed
        table.network[slot] = look.network
        if paint:
            self.update(item.bounds)

    def choose(self, items: Sequence[NodeItem], chosen: Collection[str]) -> None:
        """Marks items as selected or not; of many at once all that lies around them is painted."""
        many = len(items) > _MANY
        for item in items:
            item.chosen = item.id in chosen
            self.table.chosen[item.slot] = item.chosen
            if not many:
                self.update(item.bounds)
        if many:
            table, slots = self.table, self.table.slots_of(item.id for item in items)
            for rect in in_two(table.left[slots], table.top[slots], table.right[slots], table.bottom[slots]):
                self.update_apart(rect.adjusted(-m.MARGIN, -m.MARGIN, m.MARGIN, m.MARGIN))

    def items_at(self, slots: np.ndarray) -> list[NodeItem]:
        """Items of these slots, the upper ones last."""
        found = [self._item_of(id) for id in self.table.keys_at(slots)]
        found.sort(key=lambda item: item.z)
        return found

    def draw(self, painter: QPainter, rect: QRectF, zoom: float) -> None:
        slots = self.table.touching(rect, m.MARGIN)
        if zoom < m.NAMELESS:
            self._draw_plates(painter, slots, zoom)
            self._draw_names(painter, rect, zoom)
            return
        at = QPointF()
        items = self.items_at(slots)
        for item in items:
            place = item.pos()
            painter.translate(place - at)
            at = place
            item.paint(painter, zoom)
        painter.translate(-at)
        if zoom < m.FAR:
            self._draw_names(painter, rect, zoom)

    def tones(self, slots: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
        """These slots by what colours them, as `Style.plate` knows it."""
        held = self.table.tone[slots]
        for name, number in self._tones.items():
            yield name, slots[held == number]

    def _draw_plates(self, painter: QPainter, slots: np.ndarray, zoom: float) -> None:
        """Plates without names, except for networks; thousands of them cost a few milliseconds."""
        table, style = self.table, self.style
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        for marked, color in ((table.broken, style.signs["error"]), (table.chosen, style.accent)):
            painter.setBrush(color)  # larger plates below: outlines take ten times as long
            draw_rects(painter, _grown(table.rects(slots[marked[slots]]), _EDGE / zoom))
        plain = slots[~table.bypassed[slots]]
        for name, alike in self.tones(plain):
            painter.setBrush(style.plate(name).far)
            draw_rects(painter, table.rects(alike))
        painter.setBrush(style.bypassed_brush)
        painter.setPen(style.far_dashed)
        draw_rects(painter, table.rects(slots[table.bypassed[slots]]))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)

    def _draw_names(self, painter: QPainter, rect: QRectF, zoom: float) -> None:
        """Names of networks over their plates. Of two that would cover each other the one whose node is older is shown,
        whatever part of the scene is painted."""
        slots = self.table.touching(rect, 3.0 * far_name_reach(zoom))
        items = self.items_at(slots[self.table.network[slots]][:_NAMES_MOST])
        if zoom >= m.NAMELESS:
            items = [item for item in items if item.named_outside(zoom)]
        boxes = [far_name_box(item.rect, item.look.title, self.style, zoom) for item in items]
        for number, (item, box) in enumerate(zip(items, boxes, strict=True)):
            if box.intersects(rect) and not any(box.intersects(other) for other in boxes[:number]):
                paint_far_name(painter, box, item.look.title, self.style, zoom)


def _grown(rects: np.ndarray, by: float) -> np.ndarray:
    """[n, 4] of x, y, width, height, each side moved out by so much."""
    return rects + np.array([-by, -by, 2 * by, 2 * by])
