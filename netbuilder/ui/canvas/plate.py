"""A folded frame as it is drawn: one plate of a node's size that sums up what it hides."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPen

from netbuilder.blocks.spec import Ports
from netbuilder.compiler.report import NodeFacts
from netbuilder.graph.model import Direction, Frame, Node
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.frame_colors import CATEGORY
from netbuilder.ui.canvas.look import NodeLook, node_look, one_line
from netbuilder.ui.canvas.node_item import NodeItem
from netbuilder.ui.canvas.node_paint import Words, fit_words, paint_far, paint_near
from netbuilder.ui.canvas.overlay import strongest
from netbuilder.ui.canvas.style import Style
from netbuilder.ui.text import counted

HEIGHT = m.TITLE + m.BRIEF + m.FOOT
STACK = (8.0, 4.0)  # how far the edges of what lies beneath look out under it
_NAMED = 12  # blocks of the row that are named; more have no room


class Plate:
    """What is seen of a folded frame. `nodes`: what it hides, in the order of the flow, each with the name of its
    block."""

    def __init__(self, frame: Frame, nodes: Sequence[tuple[NodeItem, str]], direction: Direction) -> None:
        self._frame, self._nodes, self._direction = frame, nodes, direction
        self._look: NodeLook | None = None
        self._words: Words | None = None

    def forget(self) -> None:
        """What it hides has changed."""
        self._look = self._words = None

    @property
    def look(self) -> NodeLook:
        """As a node without ports; made when it is first needed."""
        if self._look is None:
            self._look = _look(self._frame, self._nodes, self._direction)
        return self._look

    @property
    def worst(self) -> NodeItem | None:
        """The first node with the gravest problem."""
        severity = self.look.severity
        return next((item for item, _ in self._nodes if severity and item.look.severity == severity), None)

    def anchor(self, rect: QRectF, is_input: bool) -> QPointF:
        """Where links across its border end, in scene coordinates."""
        if self._direction == "down":
            return QPointF(rect.center().x(), rect.top() if is_input else rect.bottom())
        return QPointF(rect.left() if is_input else rect.right(), rect.top() + m.TITLE / 2)

    def paint(self, painter: QPainter, style: Style, zoom: float, *, selected: bool, hovered: bool) -> None:
        """Draws it with its upper left corner at the painter's origin."""
        look = self.look
        if zoom < m.FAR:
            text = style.far_text(zoom, HEIGHT * 0.78) if zoom >= m.NAMELESS else None
            title = text.elide(look.title, m.NODE_WIDTH - 16.0) if text else ""
            paint_far(painter, look, title, text, style, selected=selected, zoom=zoom)
            return
        painter.setPen(QPen(style.border, 1.0))
        painter.setBrush(style.bypassed_brush)
        for low in STACK:
            beneath = QRectF(1.5 * low, HEIGHT / 2, m.NODE_WIDTH - 3.0 * low, HEIGHT / 2 + low)
            painter.drawRoundedRect(beneath, m.RADIUS, m.RADIUS)
        if self._words is None:
            self._words = fit_words(look, style)
        paint_near(painter, look, self._words, style, selected=selected, hovered=hovered, lights=None)


def _look(frame: Frame, nodes: Sequence[tuple[NodeItem, str]], direction: Direction) -> NodeLook:
    """The sum of what is known of the nodes; the shape is that of the last."""
    row = [name for _, name in nodes[:_NAMED]] + ["…"] * (len(nodes) > _NAMED)
    parameters = sum(item.facts.parameters for item, _ in nodes if item.facts is not None)
    problems = [problem for item, _ in nodes for problem in item.problems]
    last = nodes[-1][0].look if nodes else None
    base = node_look(
        "", Node(""), None, Ports((), ()), {}, frozenset(), NodeFacts("ok", parameters=parameters), problems, direction
    )
    category = CATEGORY.get(frame.color) or "structure"
    return base._replace(
        title=one_line(frame.title) or "Folded",
        kind="",
        brief=" · ".join((counted(len(nodes), "block"), *([" → ".join(row)] if row else []))),
        shape=last.shape if last else "",
        state=last.state if last else "unknown",
        category=category,
        tone=strongest((item.look.tone for item, _ in nodes), category),
        network=True,
        height=HEIGHT,
    )
