"""A frame in the scene: a titled rectangle behind the nodes, with a note in plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QTextLayout, QTextOption

from netbuilder.graph.model import Frame
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.frame_colors import ground, tint
from netbuilder.ui.canvas.look import one_line
from netbuilder.ui.canvas.plate import Plate
from netbuilder.ui.canvas.style import Style, Text, clear, mix

if TYPE_CHECKING:
    from netbuilder.ui.canvas.frame_layer import FrameLayer

_LONGEST = 20_000  # characters of a note that are laid out: more than any frame shows


class Paragraph:
    """Plain text wrapped to a width; what does not fit the height ends in an ellipsis."""

    def __init__(self, words: str, text: Text, width: float, height: float = 1e6) -> None:
        self._lines: list[tuple[float, str]] = []
        self.height = 0.0
        step = text.metrics.lineSpacing() * 1.12
        self.ascent = text.metrics.ascent()
        self._font = text.font
        for part in words[:_LONGEST].split("\n"):
            for line in _wrap(part, text, width):
                if self.height + step > height + 0.5:
                    self._cut(text, width)
                    return
                self._lines.append((self.height, line))
                self.height += step

    def _cut(self, text: Text, width: float) -> None:
        if self._lines:
            y, line = self._lines[-1]
            self._lines[-1] = (y, text.metrics.elidedText(line + " …", Qt.TextElideMode.ElideRight, width))

    @property
    def lines(self) -> list[str]:
        """The lines as they are drawn."""
        return [line for _, line in self._lines]

    def paint(self, painter: QPainter, at: QPointF) -> None:
        """Draws it in the painter's pen; `at` is the top left corner."""
        painter.setFont(self._font)
        for y, line in self._lines:
            painter.drawText(QPointF(at.x(), at.y() + y + self.ascent), line)


def _wrap(words: str, text: Text, width: float) -> list[str]:
    if not words.strip() or width <= 0:
        return [""]
    layout = QTextLayout(words, text.font)
    layout.setTextOption(_WRAPPING)
    layout.beginLayout()
    lines = []
    encoded = words.encode("utf-16-le")  # Qt counts in UTF-16
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        start, length = line.textStart(), line.textLength()
        lines.append(encoded[2 * start : 2 * (start + length)].decode("utf-16-le", "replace").rstrip())
    layout.endLayout()
    return lines


_WRAPPING = QTextOption()
_WRAPPING.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)


class FrameItem:
    """Movable by its title and note, resizable by its edges and corners."""

    def __init__(self, id: str, frame: Frame, layer: FrameLayer) -> None:
        self.id = id
        self.frame = frame
        self.layer = layer
        self.chosen = False
        self.hovered = False
        self.hidden = False  # another frame is folded around it
        self.plate: Plate | None = None  # what is seen of it while it is folded
        self._rect = QRectF()
        self._note: Paragraph | None = None
        self._title = ""
        self.show_frame(frame)

    @property
    def style(self) -> Style:
        return self.layer.style

    def remove(self) -> None:
        """Leaves its layer."""
        self.layer.update(self.bounds)

    def show_frame(self, frame: Frame) -> None:
        """Takes new values and its place from them."""
        self.frame = frame
        self.forget_words()
        if self.plate is None or not frame.folded:
            self.show_open()

    def show_open(self) -> None:
        """Shows it as large as it is."""
        self.plate = None
        self.show_rect(QRectF(*self.frame.rect))

    def show_plate(self, plate: Plate, rect: QRectF) -> None:
        """Shows it folded, here."""
        self.plate = plate
        self.show_rect(rect)

    def set_hidden(self, hidden: bool) -> None:
        """Whether it is painted and found at all."""
        self.hidden = hidden
        self.layer.update(self.bounds)

    def show_rect(self, rect: QRectF) -> None:
        """Shows another place and size, as while it is dragged."""
        self.layer.update(self.bounds)
        if rect.size() != self._rect.size():
            self.forget_words()
        self._rect = QRectF(rect)
        self.layer.update(self.bounds)

    @property
    def rect(self) -> QRectF:
        """In scene coordinates."""
        return QRectF(self._rect)

    def pos(self) -> QPointF:
        """The upper left corner, in scene coordinates."""
        return self._rect.topLeft()

    @property
    def bounds(self) -> QRectF:
        """What it paints on, in scene coordinates."""
        return self._rect.adjusted(-m.MARGIN, -m.MARGIN, m.MARGIN, m.MARGIN)

    @property
    def head(self) -> float:
        """The height that its title and its note take."""
        note = self.paragraph.height
        return _top(self.frame.title) + (note + m.FRAME_PAD / 2 if note else m.FRAME_PAD)

    @property
    def grip(self) -> QRectF:
        """Where it can be taken: its title and its note; all of a plate."""
        rect = self.rect
        if self.plate is None:
            rect.setHeight(min(rect.height(), self.head))
        return rect

    def sides_at(self, pos: QPointF, reach: float) -> tuple[int, int]:
        """Which of its edges can be taken at a scene position, along x and y: -1 the first, 1 the second, 0 neither.
        Corners reach farther than edges, the lower right one most. A plate has none."""
        rect = self._rect
        if self.plate is not None or not rect.adjusted(-reach, -reach, reach, reach).contains(pos):
            return 0, 0
        if rect.right() - pos.x() <= m.CORNER and rect.bottom() - pos.y() <= m.CORNER:
            return 1, 1
        ways = _side(pos.x(), rect.left(), rect.right(), reach), _side(pos.y(), rect.top(), rect.bottom(), reach)
        if ways == (0, 0):
            return 0, 0
        return (
            _side(pos.x(), rect.left(), rect.right(), 2 * reach),
            _side(pos.y(), rect.top(), rect.bottom(), 2 * reach),
        )

    def forget_words(self) -> None:
        """Lays its texts out anew when it is next painted."""
        self._note = None
        if self.plate is not None:
            self.plate.forget()

    def forget_plate(self) -> None:
        """What it hides is known better now."""
        if self.plate is not None:
            self.plate.forget()
            self.layer.update(self.bounds)

    def mark(self, *, chosen: bool | None = None, hovered: bool | None = None) -> None:
        """Whether it is selected or under the pointer."""
        self.chosen = self.chosen if chosen is None else chosen
        self.hovered = self.hovered if hovered is None else hovered
        self.layer.update(self.bounds)

    @property
    def paragraph(self) -> Paragraph:
        """Its note, laid out."""
        if self._note is None:
            width, height = self._rect.width(), self._rect.height()
            room = width - 2 * m.FRAME_PAD
            text = self.frame.text.strip("\n")
            top = _top(self.frame.title)
            self._note = Paragraph(text, self.style.note_text, room, height - top - 4) if text else _NOTHING
            self._title = self.style.bold_note.elide(one_line(self.frame.title), room)
        return self._note

    def paint(self, painter, zoom: float) -> None:
        """Draws it with its upper left corner at the painter's origin."""
        if self.plate is not None:
            self.plate.paint(painter, self.style, zoom, selected=self.chosen, hovered=self.hovered)
            return
        style, color = self.style, self.frame.color
        edge = tint(style, color)
        rect = QRectF(0, 0, self._rect.width(), self._rect.height())
        painter.setBrush(ground(style, color))
        edge = style.accent if self.chosen else mix(edge, style.title, 0.3) if self.hovered else edge
        painter.setPen(QPen(edge, 2.0 if self.chosen else 1.2))
        painter.drawRoundedRect(rect, m.RADIUS + 2, m.RADIUS + 2)
        note = self.paragraph
        if zoom < m.FAR:
            self._paint_far(painter, rect, zoom)
            return
        painter.setPen(style.frame_text)
        painter.setFont(style.bold_note.font)
        title = QRectF(m.FRAME_PAD, 2, rect.width() - 2 * m.FRAME_PAD + 4, m.FRAME_TITLE)
        painter.drawText(title, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self._title)
        note.paint(painter, QPointF(m.FRAME_PAD, _top(self.frame.title)))
        if self.layer.handles:
            self._paint_handle(painter, rect)

    def _paint_handle(self, painter: QPainter, rect: QRectF) -> None:
        """Two strokes in the corner by which it is resized."""
        painter.setPen(QPen(clear(self.style.frame_text, 0.55), 1.4))
        for back in (5.0, 9.5):
            painter.drawLine(
                QPointF(rect.right() - 4 - back, rect.bottom() - 5), QPointF(rect.right() - 5, rect.bottom() - 4 - back)
            )

    def _paint_far(self, painter: QPainter, rect: QRectF, zoom: float) -> None:
        words = self.frame.title or self.frame.text.strip().partition("\n")[0]
        text = self.style.far_text(zoom, rect.height() * 0.7)
        if not words or text.font.pixelSize() * zoom < m.READABLE:
            return
        painter.setPen(self.style.frame_text)
        painter.setFont(text.font)
        room = rect.adjusted(m.FRAME_PAD, 4, -m.FRAME_PAD, -4)
        title = text.elide(one_line(words), room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, title)

    def snapshot(self) -> tuple[object, ...]:
        """What can be seen of it, for comparing scenes."""
        rect = self.rect
        look = self.plate.look if self.plate is not None else None
        return (self.frame, rect.x(), rect.y(), rect.width(), rect.height(), self.hidden, look)


def _side(at: float, low: float, high: float, reach: float) -> int:
    return -1 if abs(at - low) <= reach else 1 if abs(at - high) <= reach else 0


def _top(title: str) -> float:
    """Where the note begins: under the title, or where that would stand."""
    return m.FRAME_TITLE if title else m.FRAME_PAD


def needed_height(text: str, style: Style, width: float, *, titled: bool) -> float:
    """How high a frame of this width has to be for all of its note to be seen."""
    note = Paragraph(text.strip("\n"), style.note_text, width - 2 * m.FRAME_PAD)
    return _top("title" if titled else "") + note.height + m.FRAME_PAD


class _Nothing(Paragraph):
    def __init__(self) -> None:
        self._lines = []
        self.height = 0.0
        self.ascent = 0.0

    def paint(self, painter: QPainter, at: QPointF) -> None:
        """Draws nothing."""


_NOTHING = _Nothing()
