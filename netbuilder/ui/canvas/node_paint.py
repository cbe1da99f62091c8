"""Draws a node from its look. One pass, few calls: a screen may hold hundreds of nodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.look import NodeLook, PortLook
from netbuilder.ui.canvas.signs import sign_path, sign_rects, signs_width
from netbuilder.ui.canvas.style import Style, Text

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTER = Qt.AlignmentFlag.AlignCenter

# Whether a port fits the link that is being dragged; None while none is.
Lights = Callable[[PortLook, bool], bool] | None


class Words(NamedTuple):
    """The texts of a node as they fit its width."""

    title: str
    kind: str
    brief: str
    shape: str
    cost: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def fit_words(look: NodeLook, style: Style) -> Words:
    """Shortens every text with an ellipsis to the room that it has."""
    room = signs_right(look) - m.PAD - _badges_width(look, style)
    title = style.title_text.elide(look.title, room)
    left = room - style.title_text.width(title) - (14.0 if look.signs else 10.0)
    kind = look.kind if look.kind and not look.badges and style.small_text.width(look.kind) <= left else ""
    whole = m.NODE_WIDTH - m.PAD - m.PAD_RIGHT
    shape, cost = _foot(look, style.small_text, whole)
    labels = _labels(look, style.small_text, whole)
    return Words(
        title,
        kind,
        style.small_text.elide(look.brief, whole),
        shape,
        cost,
        *labels,
    )


def _badge_width(text: str, style: Style) -> float:
    return min(style.badge_text.width(text) + 2 * m.PILL_PAD, m.NODE_WIDTH / 2)


def _badges_width(look: NodeLook, style: Style) -> float:
    """The room that signs and badges take at the right of the title's line."""
    return signs_width(look.signs) + sum(_badge_width(text, style) + 5.0 for text in look.badges)


def signs_right(look: NodeLook) -> float:
    """Where signs in the title's line end; the sign of a problem stands behind them."""
    return m.NODE_WIDTH - m.PAD_RIGHT - (m.BADGE + 6.0 if look.severity else 0.0)


def _badges(painter: QPainter, look: NodeLook, style: Style) -> None:
    """Pills at the right, in the title's line, where other nodes have the name of their block."""
    right = signs_right(look) + 2 - signs_width(look.signs)
    painter.setFont(style.badge_text.font)
    for text in reversed(look.badges):
        width = _badge_width(text, style)
        pill = QRectF(right - width, (m.TITLE - m.PILL) / 2 + 0.5, width, m.PILL)
        painter.setPen(style.pill_edge)
        painter.setBrush(style.body_brush)
        painter.drawRoundedRect(pill, m.PILL / 2, m.PILL / 2)
        painter.setPen(style.muted if look.bypassed else style.title)
        painter.drawText(pill, CENTER, style.badge_text.elide(text, width - m.PILL_PAD))
        right = pill.left() - 5.0
    painter.setFont(style.small_text.font)


def _labels(look: NodeLook, text: Text, width: float) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of ports: one may use the whole line where none stands opposite. Those along an edge share its length."""
    if look.direction == "down":
        rooms = [width / max(len(side), 1) - 12.0 for side in (look.inputs, look.outputs)]
        into, out = (
            tuple(text.elide(port.label, room) for port in side)
            for side, room in zip((look.inputs, look.outputs), rooms, strict=True)
        )
        return into, out
    gap = 10.0
    outputs = {port.places[0][1]: min(text.width(port.label), width / 2) for port in look.outputs if port.label}
    into = tuple(text.elide(port.label, width - outputs.get(port.places[0][1], -gap) - gap) for port in look.inputs)
    taken = {port.places[0][1]: text.width(label) for port, label in zip(look.inputs, into, strict=True) if label}
    out = tuple(text.elide(port.label, width - taken.get(port.places[0][1], -gap) - gap) for port in look.outputs)
    return into, out


def _foot(look: NodeLook, text: Text, width: float) -> tuple[str, str]:
    """The shape goes before the count: the count shrinks first, then the shape gets an ellipsis."""
    if look.bypassed:
        return "bypassed", ""
    for cost in look.cost:
        if text.width(look.shape) + 12.0 + text.width(cost) <= width:
            return look.shape, cost
    cost = look.cost[-1] if look.cost else ""
    return text.elide(look.shape, width - (text.width(cost) + 12.0 if cost else 0.0)), cost


def paint_near(
    painter: QPainter, look: NodeLook, words: Words, style: Style, *, selected: bool, hovered: bool, lights: Lights
) -> None:
    """Body, plate, texts, ports and signs."""
    rect = QRectF(0, 0, m.NODE_WIDTH, look.height)
    plate = style.plate(look.tone)
    if selected:
        painter.setPen(style.glow)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect, m.RADIUS, m.RADIUS)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.bypassed_brush if look.bypassed else style.body_brush)
    painter.drawRoundedRect(rect, m.RADIUS, m.RADIUS)
    if not look.bypassed:
        painter.fillPath(style.head, plate.head)
    painter.setOpacity(0.45 if look.bypassed else 1.0)
    painter.fillPath(style.bar(look.height), style.plate(look.category).bar)
    painter.setOpacity(1.0)
    _texts(painter, look, words, style)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_outline(look, style, selected=selected, hovered=hovered))
    painter.drawRoundedRect(rect, m.RADIUS, m.RADIUS)
    if look.bypassed and look.inputs and look.outputs:  # what comes in goes out untouched
        painter.setPen(style.dashed)
        y, after = m.TITLE / 2, m.PAD + style.title_text.width(words.title) + 8.0
        before_kind = style.small_text.width(words.kind) + 8.0 + m.PAD_RIGHT if words.kind else m.PORT
        before_kind += m.PAD_RIGHT + _badges_width(look, style) if look.badges or look.signs else 0.0
        painter.drawLine(QPointF(after, y), QPointF(m.NODE_WIDTH - before_kind, y))
    for is_input in (True, False):
        for port in look.side(is_input):
            if plate.strong:  # a port has a colour of its own
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(style.body_brush)
                for place in port.places:
                    painter.drawEllipse(QPointF(*place), m.PORT + 3.5, m.PORT + 3.5)
            paint_port(painter, port, is_input, style, lights)
    if look.severity:
        corner = QRectF(m.NODE_WIDTH - m.PAD_RIGHT - m.BADGE, 8.0, m.BADGE, m.BADGE)
        paint_sign(painter, corner, look.severity, style, backed=plate.strong)


def _outline(look: NodeLook, style: Style, *, selected: bool, hovered: bool) -> QPen:
    if selected:
        return style.selected
    if look.severity == "error":
        return style.broken
    if look.bypassed:
        return style.dashed
    return style.hovered if hovered else style.outline


def _texts(painter: QPainter, look: NodeLook, words: Words, style: Style) -> None:
    width = m.NODE_WIDTH - m.PAD - m.PAD_RIGHT
    plate = style.plate(look.tone)
    ink = style.muted if look.bypassed else style.title
    soft = style.muted if look.bypassed else plate.soft
    painter.setPen(style.muted if look.bypassed else plate.ink)
    painter.setFont(style.title_text.font)
    painter.drawText(QRectF(m.PAD, 0, width + 4, m.TITLE), LEFT, words.title)
    painter.setFont(style.small_text.font)
    painter.setPen(soft)
    if words.kind:
        room = signs_right(look) - signs_width(look.signs) - m.PAD - (4.0 if look.signs else 0.0)
        painter.drawText(QRectF(m.PAD, 1, room, m.TITLE), RIGHT, words.kind)
    if look.signs:
        paint_signs(painter, look, soft)
    if look.badges:
        _badges(painter, look, style)
    painter.setPen(style.muted)
    if words.brief:
        painter.setPen(ink)
        painter.drawText(QRectF(m.PAD, m.TITLE, width + 4, m.BRIEF), LEFT, words.brief)
        painter.setPen(style.muted)
    if look.direction == "down":
        _edge_labels(painter, look, words)
    else:
        for port, label in zip(look.inputs, words.inputs, strict=True):
            if label:
                painter.drawText(QRectF(m.PAD, port.places[0][1] - m.ROW / 2, width + 4, m.ROW), LEFT, label)
        for port, label in zip(look.outputs, words.outputs, strict=True):
            if label:
                painter.drawText(QRectF(m.PAD - 4, port.places[0][1] - m.ROW / 2, width + 4, m.ROW), RIGHT, label)
    foot = QRectF(m.PAD, look.height - m.FOOT, width + 4, m.FOOT)
    painter.setPen(style.line)
    painter.drawLine(QPointF(m.BAR, foot.top()), QPointF(m.NODE_WIDTH, foot.top()))
    painter.setPen(style.muted if look.state == "ok" else style.unknown)
    painter.drawText(foot, LEFT, words.shape)
    if words.cost:
        painter.drawText(foot.adjusted(0, 0, -4, 0), RIGHT, words.cost)


def paint_signs(painter: QPainter, look: NodeLook, ink: QColor) -> None:
    """The signs in the title's line."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for name, rect in sign_rects(look.signs, signs_right(look), m.TITLE / 2 + 0.5):
        painter.translate(rect.topLeft())
        painter.fillPath(sign_path(name), ink)
        painter.translate(-rect.topLeft())


def _edge_labels(painter: QPainter, look: NodeLook, words: Words) -> None:
    """Names of ports along an edge stand outside, at the right of each port, where links leave room for them."""
    for side, labels, away in ((look.inputs, words.inputs, -15.0), (look.outputs, words.outputs, 1.0)):
        for port, label in zip(side, labels, strict=True):
            if label:
                x, y = port.places[-1]
                painter.drawText(QRectF(x + m.PORT + 3.0, y + away, m.NODE_WIDTH, 14.0), LEFT, label)


def paint_port(painter: QPainter, port: PortLook, is_input: bool, style: Style, lights: Lights) -> None:
    """A circle for each place; a port that takes many has its places in one capsule."""
    role = style.role(port.role)
    radius = m.PORT
    if lights is not None:
        fits = lights(port, is_input)
        painter.setOpacity(1.0 if fits else 0.22)
        if fits:
            radius = m.PORT_LIT
            painter.setPen(role.halo)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for place in port.places:
                painter.drawEllipse(QPointF(*place), radius, radius)
    if port.many:
        painter.setPen(role.ring)
        painter.setBrush(role.hollow)
        edge = m.PORT + 2.0
        capsule = QRectF(QPointF(*port.places[0]), QPointF(*port.places[-1])).adjusted(-edge, -edge, edge, edge)
        painter.drawRoundedRect(capsule, edge, edge)
        radius -= 1.5
    for number, (x, y) in enumerate(port.places):
        taken = port.linked and (not port.many or number < len(port.indexes))
        painter.setPen(role.ring)
        painter.setBrush(role.fill if taken else role.hollow)
        if port.many and not taken:  # a plus: one more may be linked here
            painter.drawLine(QPointF(x - 3, y), QPointF(x + 3, y))
            painter.drawLine(QPointF(x, y - 3), QPointF(x, y + 3))
        else:
            painter.drawEllipse(QPointF(x, y), radius, radius)
    painter.setOpacity(1.0)


def paint_sign(painter: QPainter, rect: QRectF, severity: str, style: Style, *, backed: bool = False) -> None:
    """The sign of a problem: a disc for an error, a triangle for a warning, a ring for a hint. `backed`: on a strong
    colour it has a ground of its own."""
    color = style.signs[severity]
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    if backed:
        painter.setBrush(style.body_brush)
        painter.drawEllipse(rect.center(), m.BADGE * 0.68, m.BADGE * 0.68)
    painter.setBrush(color)
    ink = style.body
    middle = rect.center()
    if severity == "error":
        painter.drawEllipse(rect)
    elif severity == "warning":
        path = QPainterPath(QPointF(middle.x(), rect.top()))
        path.lineTo(rect.right() + 0.5, rect.bottom() - 1)
        path.lineTo(rect.left() - 0.5, rect.bottom() - 1)
        path.closeSubpath()
        painter.setPen(QPen(color, 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        painter.drawPath(path)
        middle += QPointF(0, 1.5)
    else:
        painter.setPen(QPen(color, 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(rect.adjusted(1, 1, -1, -1))
        ink = color
    _mark(painter, middle, ink, upside_down=severity == "hint")
    painter.restore()


def _mark(painter: QPainter, at: QPointF, ink: QColor, *, upside_down: bool) -> None:
    """An exclamation mark, or an i."""
    way = -1.0 if upside_down else 1.0
    painter.setPen(QPen(ink, 1.9, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    painter.drawLine(at + QPointF(0, -3.6 * way), at + QPointF(0, 0.8 * way))
    painter.drawPoint(at + QPointF(0, 3.7 * way))


def far_name_reach(zoom: float) -> float:
    """How far outside its node a name may be painted, in scene units."""
    return 1.5 * m.NODE_WIDTH + 16.0 / zoom


def far_name_box(rect: QRectF, title: str, style: Style, zoom: float) -> QRectF:
    """Where the name of a network stands over its plate, where plates have no room for names: it may be wider."""
    text = style.far_text(zoom, float("inf"))
    width, height = text.width(text.elide(title, 3.0 * m.NODE_WIDTH)) + 16.0, text.metrics.height()
    return QRectF(rect.center().x() - width / 2, rect.center().y() - height / 2, width, height)


def paint_far_name(painter: QPainter, room: QRectF, title: str, style: Style, zoom: float) -> None:
    """The name of a network in its box."""
    text = style.far_text(zoom, float("inf"))
    shown = text.elide(title, room.width() - 16.0 + 0.5)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(style.name_ground)
    painter.drawRoundedRect(room, m.RADIUS, m.RADIUS)
    painter.setPen(style.title)
    painter.setFont(text.font)
    painter.drawText(room, CENTER, shown)


def paint_far(
    painter: QPainter, look: NodeLook, title: str, text: Text | None, style: Style, *, selected: bool, zoom: float
) -> None:
    """A plate in the category's colour with the title, readable from far."""
    rect = QRectF(0, 0, m.NODE_WIDTH, look.height)
    plate = style.plate(look.tone)
    pen = QPen(Qt.PenStyle.NoPen)
    if selected or look.severity == "error":
        pen = QPen(style.accent if selected else style.signs["error"], 2.5)
        pen.setCosmetic(True)
    elif look.bypassed:
        pen = style.far_dashed
    painter.setPen(pen)
    painter.setBrush(style.bypassed_brush if look.bypassed else plate.far)
    if zoom < m.NAMELESS:
        painter.drawRect(rect)
        return
    painter.drawRoundedRect(rect, m.RADIUS * 1.5, m.RADIUS * 1.5)
    if text is not None:
        painter.setFont(text.font)
        painter.setPen(style.muted if look.bypassed else plate.far_text)
        painter.drawText(rect, CENTER, title)
    if look.severity:
        size = min(14.0 / zoom, 44.0)
        corner = QRectF(m.NODE_WIDTH - size * 0.78, -size * 0.2, size, size)
        painter.save()
        painter.translate(corner.topLeft())
        painter.scale(size / m.BADGE, size / m.BADGE)
        paint_sign(painter, QRectF(0, 0, m.BADGE, m.BADGE), look.severity, style, backed=True)
        painter.restore()
