"""What lies in the corners of a canvas: the map of the graph at the right, the scale of an overlay at the left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QRectF, Qt
from PySide6.QtGui import QLinearGradient, QPainter, QPen
from PySide6.QtWidgets import QWidget

from netbuilder.ui.canvas.minimap import Minimap
from netbuilder.ui.canvas.options import Options
from netbuilder.ui.canvas.overlay import MODES, Overlay
from netbuilder.ui.canvas.style import Style, scale_color

if TYPE_CHECKING:
    from netbuilder.ui.canvas.view import Canvas

_APART = 12  # pixels from the edges of the canvas
_ROOM = (480, 320)  # a smaller canvas has no room for a map


class Corners(QObject):
    """Keeps them in their corners; they hide where they would say nothing.

    They are children of the viewport: a pan then moves its pixels, and with them these, which are put back. Over the
    viewport they would make every pan paint the whole view.
    """

    def __init__(self, canvas: Canvas, style: Style) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._wanted = True
        self._asked = False  # to be put back before the next painting
        self.map = Minimap(canvas, style)
        self.scale = ScaleLegend(canvas.viewport(), style)
        canvas.viewport().installEventFilter(self)
        for bar in (canvas.horizontalScrollBar(), canvas.verticalScrollBar()):
            bar.valueChanged.connect(self._ask)
            bar.rangeChanged.connect(self._ask)
        canvas.graph_scene.reporting.shown.connect(self.refresh)
        self.map.followed.connect(self._moved)

    def choose(self, options: Options) -> None:
        """What a person wants to see."""
        self._wanted = options.minimap == "on"
        self.refresh()
        self._moved()

    def restyle(self, style: Style) -> None:
        """Draws in another theme from now on."""
        self.map.restyle(style)
        self.scale.restyle(style)

    def refresh(self) -> None:
        """The graph, or what is known of it, has changed."""
        self.scale.show_scale(self._canvas.graph_scene.reporting.overlay)
        self.map.later()

    def _ask(self) -> None:
        """A view that moves across and down scrolls twice: between the two nothing may be drawn anew, or all would be.
        An event of high priority comes after both, and before Qt paints."""
        if not self._asked:
            self._asked = True
            QCoreApplication.postEvent(self, QEvent(QEvent.Type.User), Qt.EventPriority.HighEventPriority.value)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.User:
            self._asked = False
            self._moved()
            return True
        return super().event(event)

    def _moved(self) -> None:
        """Another part of the scene is in view, or the view has another size."""
        room = self._canvas.viewport().size()
        low = room.height() - _APART
        self.map.move(QPoint(room.width() - _APART - self.map.width(), low - self.map.height()))
        self.scale.move(QPoint(_APART, low - self.scale.height()))
        large = room.width() >= _ROOM[0] and room.height() >= _ROOM[1]
        self.map.setVisible(self._wanted and large and not self.map.seen_whole())
        self.map.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._moved()
        return False


class ScaleLegend(QWidget):
    """What the colours of an overlay stand for. The mouse goes through it."""

    def __init__(self, parent: QWidget, style: Style) -> None:
        super().__init__(parent)
        self._style = style
        self._overlay = Overlay()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedSize(230, 62)
        self.hide()

    def restyle(self, style: Style) -> None:
        """Draws in another theme from now on."""
        self._style = style
        self.update()

    def show_scale(self, overlay: Overlay) -> None:
        """Shows this overlay's scale; hides while there is none."""
        if overlay != self._overlay:
            self._overlay = overlay
            self.setAccessibleName(f"Nodes are coloured by {self.words[0].lower()}" if overlay.mode else "")
            self.setAccessibleDescription(f"From {self.words[1]} to {self.words[2]}" if overlay.mode else "")
            self.update()
        self.setVisible(bool(overlay.mode))

    @property
    def words(self) -> tuple[str, str, str]:
        """What the colours stand for, and the two ends of the scale; "" where no node has such a number."""
        mode = MODES.get(self._overlay.mode)
        if mode is None:
            return "", "", ""
        if not self._overlay.high:
            return mode.title, "none here" if self._overlay.known else "not known yet", ""
        return mode.title, mode.short(self._overlay.low), mode.short(self._overlay.high)

    def paintEvent(self, event) -> None:
        style, painter = self._style, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(style.popup_border, 1.0))
        painter.setBrush(style.popup)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        title, low, high = self.words
        inside = QRectF(self.rect()).adjusted(10, 6, -10, -6)
        painter.setPen(style.title)
        painter.setFont(style.bold_small.font)
        painter.drawText(inside, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, title)
        bar = QRectF(inside.left(), inside.top() + 20, inside.width(), 8)
        colors = QLinearGradient(bar.topLeft(), bar.topRight())
        for step in range(17):
            colors.setColorAt(step / 16, scale_color(style.scale, step / 16))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors)
        painter.drawRoundedRect(bar, 3, 3)
        painter.setPen(style.title)
        painter.setFont(style.small_text.font)
        painter.drawText(inside, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, low)
        painter.drawText(inside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, high)
        painter.end()
