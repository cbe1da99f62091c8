"""All links of a scene, painted by one item: near ones as curves, far ones as straight parts, a colour at a time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from netbuilder.graph.model import Direction, Input
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.batch import draw_lines
from netbuilder.ui.canvas.boxes import Boxes
from netbuilder.ui.canvas.layer import Layer
from netbuilder.ui.canvas.link_item import LinkItem
from netbuilder.ui.canvas.link_paths import REACH, far_lines
from netbuilder.ui.canvas.style import Style

LINK_Z = -10.0
_SMOOTH_MOST = 900  # links in view that are drawn with smooth edges from far; more of them are a pattern anyway


class LinkTable(Boxes[Input]):
    """Where links begin and end, and what is seen of them from far."""

    ROWS = (
        ("ends", 4, "float64"),  # x1, y1, x2, y2
        ("role", 0, "int16"),  # number of what flows
        ("hidden", 0, "bool"),
        ("single", 0, "bool"),  # drawn by itself: lit, or through points of its own
    )
    ends: np.ndarray
    role: np.ndarray
    hidden: np.ndarray
    single: np.ndarray

    def enclose(self, slots: np.ndarray | int) -> None:
        """Takes the sides of these slots from their ends."""
        x1, y1, x2, y2 = self.ends[slots].T
        self.left[slots] = np.minimum(x1, x2) - REACH
        self.right[slots] = np.maximum(x1, x2) + REACH
        self.top[slots] = np.minimum(y1, y2) - REACH
        self.bottom[slots] = np.maximum(y1, y2) + REACH


class LinkLayer(Layer):
    """`item_of` gives the item of a key."""

    def __init__(self, style: Style, item_of: Callable[[Input], LinkItem]) -> None:
        super().__init__(LINK_Z)
        self.table = LinkTable()
        self.style = style
        self.direction: Direction = "right"
        self._item_of = item_of
        self._roles: dict[str, int] = {}

    def refresh(self, item: LinkItem, *, paint: bool = True) -> None:
        """Takes over how an item looks now; not `paint`: nobody could see the difference."""
        table, slot = self.table, item.slot
        table.role[slot] = self._roles.setdefault(item.role, len(self._roles))
        table.hidden[slot] = item.hidden
        table.single[slot] = item.lit or bool(item.via)
        if paint:
            self.update(item.bounds)

    def items_at(self, slots: np.ndarray) -> list[LinkItem]:
        """Items of these slots."""
        return [self._item_of(key) for key in self.table.keys_at(slots)]

    def draw(self, painter: QPainter, rect: QRectF, zoom: float) -> None:
        slots = self.table.touching(rect)
        slots = slots[~self.table.hidden[slots]]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if zoom < m.FAR:
            single = self.table.single[slots]
            self._draw_far(painter, slots[~single], zoom)
            slots = slots[single]
        items = [item for item in self.items_at(slots) if item.touches(rect)]
        for lit in (False, True):  # lit ones lie above the others
            for item in items:
                if item.lit == lit:
                    item.paint(painter, zoom)

    def _in_view(self, asked: int) -> int:
        """How many links are in view, whatever part of it is painted: all parts look alike. `asked` without a view."""
        for view in self.scene().views() if self.scene() is not None else ():
            room = view.mapToScene(view.viewport().rect()).boundingRect()
            return len(self.table.touching(room))
        return asked

    def _draw_far(self, painter: QPainter, slots: np.ndarray, zoom: float) -> None:
        lines, owner = far_lines(self.table.ends[slots], zoom, self.direction, self.style.links)
        roles = self.table.role[slots][owner]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, self._in_view(len(slots)) <= _SMOOTH_MOST)
        for name, role in self._roles.items():
            painter.setPen(self.style.role(name).far)
            draw_lines(painter, lines[roles == role])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
