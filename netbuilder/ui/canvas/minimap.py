"""The map in a corner of the canvas: all of the graph as plates, and the part of it that is in view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.batch import draw_rects
from netbuilder.ui.canvas.style import Style, clear

if TYPE_CHECKING:
    from netbuilder.ui.canvas.view import Canvas

_SIZE = (200, 140)
_PAD = 8.0
_LATER = 120  # milliseconds until it follows a change: many of them cost one picture
_PLATE_LEAST = (2.0, 1.5)  # pixels


class Minimap(QWidget):
    """`followed`: it shows what the graph has become.

    A click or a drag moves the view, the wheel zooms it. Keys do the same on the canvas, so it takes no focus."""

    followed = Signal()

    def __init__(self, canvas: Canvas, style: Style) -> None:
        super().__init__(canvas.viewport())
        self._canvas, self._style = canvas, style
        self._picture: QPixmap | None = None  # of the graph, without the view
        self._bounds = QRectF()  # what the picture shows, in scene units
        self.setFixedSize(*_SIZE)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Map of the graph")
        self.setAccessibleDescription("A click or a drag moves the view. F shows the whole graph on the canvas itself.")
        self.setToolTip("Click or drag to move the view")
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.setInterval(_LATER)
        self._due.timeout.connect(self._follow)
        self.hide()

    def restyle(self, style: Style) -> None:
        """Draws in another theme from now on."""
        self._style = style
        self._forget()

    def later(self) -> None:
        """The graph has changed: it is drawn anew in a moment."""
        if not self._due.isActive():
            self._due.start()

    def seen_whole(self) -> bool:
        """Whether the view shows all of the graph, so that a map would tell nothing."""
        bounds = self._canvas.graph_scene.bounds()
        return bounds.isNull() or self._view().contains(bounds)

    def onto(self, pos: QPointF) -> QPointF:
        """Where a scene position lies on the map, in pixels."""
        scale, left, top = self._mapping()
        return QPointF(left + pos.x() * scale, top + pos.y() * scale)

    def _follow(self) -> None:
        self._forget()
        self.followed.emit()

    def _forget(self) -> None:
        self._picture = None
        self.update()

    def _view(self) -> QRectF:
        return self._canvas.mapToScene(self._canvas.viewport().rect()).boundingRect()

    def _mapping(self) -> tuple[float, float, float]:
        """Pixels a scene unit, and where the scene's origin lies."""
        bounds = self._bounds
        across = (self.width() - 2 * _PAD) / max(bounds.width(), 1.0)
        down = (self.height() - 2 * _PAD) / max(bounds.height(), 1.0)
        scale = min(across, down)
        middle = bounds.center()
        return scale, self.width() / 2 - middle.x() * scale, self.height() / 2 - middle.y() * scale

    def _draw(self) -> QPixmap:
        """The graph without the view."""
        scene, style = self._canvas.graph_scene, self._style
        self._bounds = scene.bounds()
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        scale, left, top = self._mapping()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(clear(style.frame_border, 0.35))
        for frame in scene.frames.values():
            if frame.hidden:
                continue
            rect = frame.rect
            painter.drawRect(
                QRectF(left + rect.x() * scale, top + rect.y() * scale, rect.width() * scale, rect.height() * scale)
            )
        for tone, slots in scene.tones():
            rects = scene.node_table.rects(slots) * scale + np.array([left, top, 0.0, 0.0])
            rects[:, 2:] = np.maximum(rects[:, 2:], _PLATE_LEAST)
            painter.setBrush(style.plate(tone).far)
            draw_rects(painter, rects)
        painter.end()
        return picture

    def paintEvent(self, event) -> None:
        if self._picture is None or self._picture.devicePixelRatioF() != self.devicePixelRatioF():
            self._picture = self._draw()
        style, painter = self._style, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(style.popup_border, 1.0))
        painter.setBrush(style.ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.drawPixmap(0, 0, self._picture)
        view = self._view()
        shown = QRectF(self.onto(view.topLeft()), self.onto(view.bottomRight()))
        shown = shown.intersected(QRectF(self.rect()).adjusted(2, 2, -2, -2))
        painter.setPen(QPen(style.accent, 1.5))
        painter.setBrush(clear(style.accent, 0.12))
        painter.drawRect(shown)
        painter.end()

    def mousePressEvent(self, event) -> None:
        event.accept()
        if event.button() == Qt.MouseButton.LeftButton:
            self._go(event.position())

    def mouseMoveEvent(self, event) -> None:
        event.accept()
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position())

    def mouseDoubleClickEvent(self, event) -> None:
        event.accept()

    def wheelEvent(self, event) -> None:
        event.accept()
        self._canvas.zoom(m.ZOOM_STEP ** (event.angleDelta().y() / 120.0))

    def _go(self, at: QPointF) -> None:
        """Puts what lies here on the map into the middle of the view."""
        if self._picture is None:
            self._picture = self._draw()
        scale, left, top = self._mapping()
        self._canvas.look_at(QPointF((at.x() - left) / scale, (at.y() - top) / scale))
