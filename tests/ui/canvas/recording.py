"""A painter that notes what it draws and on what ground: texts with their rooms, lines and shapes with colours."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QImage, QPainter, QPainterPath

SEEN = 0.6  # what is more transparent is a glow or a shadow


class Written(NamedTuple):
    """A text as it was drawn; `room` and `flags` as they were given."""

    text: str
    font: QFont
    room: QRectF
    flags: Qt.AlignmentFlag
    ink: QColor
    ground: QColor
    origin: QPointF  # of the painter, in scene units


class Drawn(NamedTuple):
    """A line or a filled shape, and what lies next to it."""

    what: str
    ink: QColor
    ground: QColor
    rect: QRectF


class Recorder(QPainter):
    """Draws on its image, too."""

    def __init__(self, image: QImage, zoom: float) -> None:
        super().__init__(image)
        self.image, self.zoom = image, zoom
        self.written: list[Written] = []
        self.drawn: list[Drawn] = []
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.scale(zoom, zoom)

    def _under(self, points: list[QPointF]) -> QColor:
        """The colour that most of these points (in the painter's own units) have now."""
        onto, ratio = self.worldTransform(), self.image.devicePixelRatio()
        found: Counter[int] = Counter()
        for point in points:
            at = onto.map(point) * ratio
            if self.image.rect().contains(at.toPoint()):
                found[self.image.pixel(at.toPoint())] += 1
        return QColor(found.most_common(1)[0][0]) if found else QColor()

    def _seen(self, color: QColor, ground: QColor) -> QColor | None:
        """The colour as it comes out on a ground; None for what is hardly there."""
        share = color.alphaF() * self.opacity()
        if share < SEEN:
            return None
        mixed = [a + (b - a) * share for a, b in zip(ground.getRgbF()[:3], color.getRgbF()[:3], strict=True)]
        return QColor.fromRgbF(*mixed)

    def _note(self, what: str, color: QColor, points: list[QPointF], rect: QRectF) -> None:
        ground = self._under(points)
        ink = self._seen(color, ground) if ground.isValid() else None
        if ink is not None:
            self.drawn.append(Drawn(what, ink, ground, self.worldTransform().mapRect(rect)))

    def _pen_note(self, what: str, points: list[QPointF], rect: QRectF) -> None:
        if self.pen().style() != Qt.PenStyle.NoPen:
            self._note(what, self.pen().color(), points, rect)

    def drawText(self, *args) -> None:
        if isinstance(args[0], QRectF):
            room, flags, text = args
            left = room.left() if flags & Qt.AlignmentFlag.AlignLeft else room.right() - 30
            spots = [QPointF(left + x, room.center().y() + y) for x in (4, 12, 24) for y in (-4, 0, 4)]
        else:
            at, text = args
            flags = Qt.AlignmentFlag.AlignLeft
            room = QRectF(at.x(), at.y() - 12, 1e6, 16)
            spots = [at + QPointF(x, y) for x in (4, 12, 24) for y in (-6, -3)]
        ground = self._under(spots)  # no colour where the image ends before
        ink = self._seen(self.pen().color(), ground) if ground.isValid() else self.pen().color()
        if ink is not None and text:
            onto = self.worldTransform()
            origin = QPointF(onto.dx(), onto.dy()) / self.zoom
            self.written.append(Written(text, QFont(self.font()), room, flags, ink, ground, origin))
        super().drawText(*args)

    def drawRoundedRect(self, rect, *radii) -> None:
        reach = self.pen().widthF() / 2 + 1.5 / self.worldTransform().m11()
        around = rect.adjusted(-reach, -reach, reach, reach)
        middle = rect.center()
        sides = [QPointF(x, middle.y()) for x in (around.left(), around.right())]
        sides += [QPointF(rect.left() + rect.width() * part, around.top()) for part in (0.3, 0.5, 0.7)]
        self._pen_note("outline", sides, rect)
        super().drawRoundedRect(rect, *radii)

    def drawEllipse(self, *args) -> None:
        if isinstance(args[0], QPointF):
            middle, across, down = args
        else:
            middle, across, down = args[0].center(), args[0].width() / 2, args[0].height() / 2
        rect = QRectF(middle.x() - across, middle.y() - down, 2 * across, 2 * down)
        reach = self.pen().widthF() / 2 + 1.5 / self.worldTransform().m11()
        away = 0.72  # on the way to the corners around it: beside the edge on which a port lies
        ways = [(x, y) for x in (-away, away) for y in (-away, away)]
        sides = [middle + QPointF(x * (across + reach), y * (down + reach)) for x, y in ways]
        if self.pen().style() == Qt.PenStyle.NoPen:
            self._note("disc", self.brush().color(), sides, rect)
        else:
            self._pen_note("ring", sides, rect)
        super().drawEllipse(*args)

    def drawPath(self, path: QPainterPath) -> None:
        points = [path.pointAtPercent(part / 10) for part in range(2, 9)]
        if self.pen().style() == Qt.PenStyle.NoPen:
            self._note("shape", self.brush().color(), points, path.boundingRect())
        else:
            self._pen_note("line", points, path.boundingRect())
        super().drawPath(path)

    def fillPath(self, path: QPainterPath, brush) -> None:
        color = brush.color() if isinstance(brush, QBrush) else QColor(brush)
        rect = path.boundingRect()
        self._note("fill", color, [rect.center(), rect.center() + QPointF(0, 2)], rect)
        super().fillPath(path, brush)


def painted(width: int, height: int, zoom: float, ratio: float, ground: QColor) -> Recorder:
    """A recorder over a new image of so many logical pixels."""
    image = QImage(round(width * ratio), round(height * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(ground)
    return Recorder(image, zoom)
