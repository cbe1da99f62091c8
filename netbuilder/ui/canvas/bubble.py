"""What is wrong with a node, in a sentence below it, with its repairs as buttons. Keeps its size at any zoom."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem

from netbuilder.compiler.report import Problem, Repair
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.frame_item import Paragraph
from netbuilder.ui.canvas.node_paint import paint_sign
from netbuilder.ui.canvas.style import Style

_SIGN = 16.0
# How far the bubble is held open around its rectangle (left, top, right, bottom): over the gap to its node.
_REACHES = {"below": (0, -1, 0, 0), "above": (0, 0, 0, 1), "beside": (-1, 0, 1, 0)}


class Button(NamedTuple):
    """A repair's button: where it lies in the bubble, in screen pixels from the bubble's anchor."""

    rect: QRectF
    repair: Repair
    label: Paragraph
    cost: str
    first: bool


class Bubble(QGraphicsItem):
    """One at most is shown. `node` names the node it belongs to, "" while hidden."""

    def __init__(self, style: Style) -> None:
        super().__init__()
        self.node = ""
        self.problems: tuple[Problem, ...] = ()
        self.buttons: tuple[Button, ...] = ()
        self.pressed: Button | None = None
        self._style = style
        self._texts: list[tuple[float, str, Paragraph]] = []
        self._under: Button | None = None
        self._more = ""
        self._rect = QRectF()
        self._shift = QPointF()
        self._room = QRectF()
        self._lift = 0.0
        self._place = "below"  # or "above", or "beside" where neither has room
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)
        self.setZValue(100.0)
        self.hide()

    def restyle(self, style: Style) -> None:
        """Draws in another theme from now on."""
        self._style = style
        self._lay_out()

    def show_for(self, node: str, problems: tuple[Problem, ...], at: QPointF, room: QRectF, lift: float) -> None:
        """Opens it below a node; `at` is the node's lower left corner in scene coordinates.

        `room`: the view in screen pixels from that corner; where it ends, the bubble opens above the node, `lift`
        pixels higher, and shifts to the left.
        """
        if (node, problems, room, lift) != (self.node, self.problems, self._room, self._lift):
            self.node, self.problems, self._room, self._lift = node, problems, room, lift
            self._lay_out()
        self.setPos(at)
        self.show()

    def close(self) -> None:
        """Hides it."""
        self.node, self.problems, self.buttons, self._under = "", (), (), None
        self.hide()

    @property
    def sentences(self) -> list[str]:
        """What it says, problem by problem."""
        return [" ".join(paragraph.lines) for _, _, paragraph in self._texts]

    @property
    def rect(self) -> QRectF:
        """Where it lies, in screen pixels from the anchor."""
        return self._rect

    def button_at(self, away: QPointF) -> Button | None:
        """The button at this distance from the anchor, in screen pixels."""
        return next((button for button in self.buttons if button.rect.contains(away)), None)

    def covers(self, away: QPointF) -> bool:
        """Whether this distance from the anchor lies in the bubble or in the gap between it and the node."""
        reach = m.BUBBLE_GAP + 4
        left, top, right, bottom = _REACHES[self._place]
        return self._rect.adjusted(left * reach, top * reach, right * reach, bottom * reach).contains(away)

    def hover(self, button: Button | None) -> None:
        """Lights the button under the pointer."""
        if button != self._under:
            self._under = button
            self.update()

    def _lay_out(self) -> None:
        self.prepareGeometryChange()
        width = m.BUBBLE_WIDTH - 2 * m.BUBBLE_PAD
        y = m.BUBBLE_GAP + m.BUBBLE_PAD
        self._texts = []
        buttons: list[Button] = []
        for problem in self.problems[: m.BUBBLE_MOST]:
            words = Paragraph(problem.message, self._style.note_text, width - _SIGN - 8)
            self._texts.append((y, problem.severity, words))
            y += max(words.height, _SIGN) + 8
            for repair in problem.repairs:
                button = self._button(
                    repair, QPointF(m.BUBBLE_PAD, y), width, first=not buttons and problem.severity != "hint"
                )
                buttons.append(button)
                y += button.rect.height() + 6
            y += 4
        more = len(self.problems) - m.BUBBLE_MOST
        self._more = f"{more} more in the problems list" if more > 0 else ""
        y += 18 if self._more else 0
        rect = QRectF(0, m.BUBBLE_GAP, m.BUBBLE_WIDTH, y - m.BUBBLE_GAP + m.BUBBLE_PAD - 10)
        self._shift = self._find_place(rect)
        self._rect = rect.translated(self._shift)
        self.buttons = tuple(button._replace(rect=button.rect.translated(self._shift)) for button in buttons)
        self.update()

    def _button(self, repair: Repair, at: QPointF, width: float, *, first: bool) -> Button:
        """A label of at most two lines, with the parameters that the repair adds or saves beside it."""
        cost = f"{repair.parameters:+,} params".replace("-", "\N{MINUS SIGN}") if repair.parameters else ""
        text = self._style.bold_note
        room = width - 24 - (self._style.small_text.width(cost) + 10 if cost else 0)
        label = Paragraph(repair.label, text, room, 2.3 * text.metrics.lineSpacing())
        return Button(QRectF(at.x(), at.y(), width, label.height + m.BUTTON - 16), repair, label, cost, first)

    def _find_place(self, rect: QRectF) -> QPointF:
        """How far the bubble moves from below the node's left edge to lie in the room."""
        room = self._room.adjusted(10, 10, -10, -10)
        right = max(min(0.0, room.right() - rect.right()), min(0.0, room.left() - rect.left()))
        right = right if right < 0 else max(0.0, min(room.left() - rect.left(), m.BUBBLE_WIDTH))
        up = -(self._lift + rect.bottom() + m.BUBBLE_GAP)
        if rect.bottom() <= room.bottom():
            self._place = "below"
            return QPointF(right, 0.0)
        if rect.top() + up >= room.top():
            self._place = "above"
            return QPointF(right, up)
        self._place = "beside"
        left = -(rect.right() + m.BUBBLE_GAP)
        into = max(room.bottom() - rect.bottom(), room.top() - rect.top())
        return QPointF(left if rect.left() + left >= room.left() else right, into)

    def boundingRect(self) -> QRectF:
        return self._rect.adjusted(-8, -12, 8, 12)

    def paint(self, painter: QPainter, option, widget=None) -> None:
        style = self._style
        self._paint_body(painter)
        painter.translate(self._shift)
        for y, severity, words in self._texts:
            paint_sign(painter, QRectF(m.BUBBLE_PAD, y, _SIGN, _SIGN), severity, style)
            painter.setPen(style.title)
            words.paint(painter, QPointF(m.BUBBLE_PAD + _SIGN + 8, y))
        painter.translate(-self._shift)
        for button in self.buttons:
            self._paint_button(painter, button, lit=button == self._under)
        if self._more:
            painter.setFont(style.small_text.font)
            painter.setPen(style.muted)
            line = QRectF(
                self._rect.left() + m.BUBBLE_PAD, self._rect.bottom() - 26, m.BUBBLE_WIDTH - 2 * m.BUBBLE_PAD, 18
            )
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._more)

    def _paint_button(self, painter: QPainter, button: Button, *, lit: bool) -> None:
        style = self._style
        painter.setPen(Qt.PenStyle.NoPen if button.first else QPen(style.popup_border, 1.0))
        quiet = style.quiet_button if lit else style.popup
        painter.setBrush((style.button_hover if lit else style.button) if button.first else quiet)
        painter.drawRoundedRect(button.rect, 6, 6)
        painter.setPen(style.on_accent if button.first else style.title)
        inside = button.rect.adjusted(12, 0, -12, 0)
        button.label.paint(painter, QPointF(inside.left(), inside.center().y() - button.label.height / 2))
        painter.setFont(style.small_text.font)
        if not button.first:
            painter.setPen(style.muted)
        painter.drawText(inside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, button.cost)

    def _paint_body(self, painter: QPainter) -> None:
        """A rounded card with a small beak to the node, over a soft shadow."""
        shadow = self._style.shadow
        painter.setPen(Qt.PenStyle.NoPen)
        for spread in (6, 4, 2):
            painter.setBrush(shadow)
            around = self._rect.adjusted(-spread, -spread + 3, spread, spread + 3)
            painter.drawRoundedRect(around, 8 + spread, 8 + spread)
        path = QPainterPath()
        path.addRoundedRect(self._rect, 8, 8)
        if self._place != "beside":
            above = self._place == "above"
            edge, tip = (self._rect.bottom() - 1, 7.0) if above else (self._rect.top() + 1, -7.0)
            x = min(max(22.0, self._rect.left() + 14), self._rect.right() - 28)
            beak = QPainterPath(QPointF(x, edge))
            beak.lineTo(x + 7, edge + tip)
            beak.lineTo(x + 14, edge)
            beak.closeSubpath()
            path = path.united(beak)
        painter.setPen(QPen(self._style.popup_border, 1.0))
        painter.setBrush(self._style.popup)
        painter.drawPath(path)
