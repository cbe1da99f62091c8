"""What part of the scene is in view: zoom, fit and moving about."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QInputDevice, QNativeGestureEvent, QTransform, QWheelEvent
from PySide6.QtWidgets import QGraphicsView

from netbuilder.ui.canvas import metrics as m

_FAR_AWAY = 1_000_000.0  # a chain of 3,000 blocks in one row


class Camera:
    """Over a view; keeps the zoom between 2 % and 400 %."""

    def __init__(self, view: QGraphicsView) -> None:
        self._view = view
        self.covered = 0.0  # pixels at the top of the view that something lies over
        none = QGraphicsView.ViewportAnchor.NoAnchor
        view.setTransformationAnchor(none)
        view.setResizeAnchor(none)
        view.setSceneRect(-_FAR_AWAY, -_FAR_AWAY, 2 * _FAR_AWAY, 2 * _FAR_AWAY)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @property
    def zoom(self) -> float:
        """1.0 is 100 %."""
        return self._view.transform().m11()

    def to_scene(self, at: QPointF) -> QPointF:
        """The scene position of a place in the viewport, without rounding to pixels."""
        inverse, _ = self._view.viewportTransform().inverted()
        return inverse.map(at)

    def set_zoom(self, zoom: float, at: QPointF | None = None) -> None:
        """Zooms so that what lies at a place of the viewport (its middle) stays there."""
        zoom = min(max(zoom, m.ZOOM_LEAST), m.ZOOM_MOST)
        size = self._view.viewport().size()
        middle = QPointF(size.width() / 2, size.height() / 2)
        at = middle if at is None else at
        kept = self.to_scene(at)
        goal = QPointF(kept.x() - (at.x() - middle.x()) / zoom, kept.y() - (at.y() - middle.y()) / zoom)
        # Everything is painted anew, so that there is no use in moving what was painted to where it is scrolled to.
        mode = self._view.viewportUpdateMode()
        self._view.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self._view.setTransform(QTransform.fromScale(zoom, zoom))
        self._view.centerOn(goal)
        self._view.setViewportUpdateMode(mode)

    def fit(self, rect: QRectF) -> None:
        """Shows all of the rectangle, no larger than 100 %, below what covers the top where there is room; a null one
        shows the middle of the scene."""
        size = self._view.viewport().size()
        if rect.isNull():
            self._view.setTransform(QTransform())
            self._view.centerOn(0, 0)
            return
        across = (size.width() - 2 * m.FIT_SIDES) / max(rect.width(), 1.0)
        down = (size.height() - 2 * m.FIT_MARGIN) / max(rect.height(), 1.0)
        zoom = min(max(min(across, down, 1.0), m.ZOOM_LEAST), m.ZOOM_MOST)
        self._view.setTransform(QTransform.fromScale(zoom, zoom))
        above = (size.height() - rect.height() * zoom) / 2  # pixels, were it in the middle
        lower = max(min(self.covered + m.FIT_MARGIN - above, above - m.FIT_MARGIN), 0.0)
        self._view.centerOn(rect.center() - QPointF(0.0, lower / zoom))

    def show(self, rect: QRectF) -> None:
        """Puts the rectangle in the middle, near enough to be read."""
        if self.zoom < m.FAR:
            self._view.setTransform(QTransform.fromScale(1.0, 1.0))
        self._view.centerOn(rect.center())

    def reveal(self, rect: QRectF) -> None:
        """Moves the view as far as it takes to see the rectangle."""
        self._view.ensureVisible(rect, round(m.FIT_MARGIN), round(m.FIT_MARGIN))

    def pan(self, by: QPoint) -> None:
        """Moves the scene by pixels."""
        for bar, step in (
            (self._view.horizontalScrollBar(), by.x()),
            (self._view.verticalScrollBar(), by.y()),
        ):
            bar.setValue(bar.value() - step)

    def wheel(self, event: QWheelEvent) -> None:
        """A mouse wheel zooms to the cursor, with Shift it moves sideways, with Alt up and down; two fingers on a
        touch pad move about, with Ctrl they zoom."""
        keys, angle = event.modifiers(), event.angleDelta()
        fingers = event.device().type() == QInputDevice.DeviceType.TouchPad or (
            not event.pixelDelta().isNull() and event.phase() != Qt.ScrollPhase.NoScrollPhase
        )
        if fingers and not keys & Qt.KeyboardModifier.ControlModifier:
            self.pan(event.pixelDelta() if not event.pixelDelta().isNull() else QPoint(angle.x() // 2, angle.y() // 2))
        elif keys & Qt.KeyboardModifier.ShiftModifier:
            self.pan(QPoint((angle.y() or angle.x()) // 2, 0))
        elif keys & Qt.KeyboardModifier.AltModifier:  # Qt turns the wheel sideways while Alt is down
            self.pan(QPoint(0, (angle.y() or angle.x()) // 2))
        elif angle.y():
            self.set_zoom(self.zoom * m.ZOOM_STEP ** (angle.y() / 120.0), event.position())
        event.accept()

    def pinch(self, event: QNativeGestureEvent) -> bool:
        """Two fingers drawn apart zoom; says whether it was that."""
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self.set_zoom(self.zoom * (1.0 + event.value()), event.position())
        return True
