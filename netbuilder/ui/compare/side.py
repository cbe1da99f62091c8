"""One side of a comparison: a graph to look at, that is moved and zoomed but not edited."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QGraphicsView

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.report import GraphReport, NodeFacts
from netbuilder.graph.comparison import Key
from netbuilder.graph.document import Document
from netbuilder.graph.model import Project
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.camera import Camera
from netbuilder.ui.canvas.ground import paint_ground
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.canvas.style import Style
from netbuilder.ui.compare.marks import MarkPainter, Marks
from netbuilder.ui.theme import Theme

STEP = 60  # pixels that an arrow key moves the view by
ARROWS = {
    Qt.Key.Key_Left: QPoint(STEP, 0),
    Qt.Key.Key_Right: QPoint(-STEP, 0),
    Qt.Key.Key_Up: QPoint(0, STEP),
    Qt.Key.Key_Down: QPoint(0, -STEP),
}
ZOOMS = {Qt.Key.Key_Plus: 1.25, Qt.Key.Key_Equal: 1.25, Qt.Key.Key_Minus: 0.8}


def _unfolded(project: Project, graph: str) -> Project:
    """With all frames of a graph open: what differs is not to be hidden."""
    held = project.graphs.get(graph)
    folded = [id for id, frame in held.frames.items() if frame.folded] if held is not None else []
    if held is None or not folded:
        return project
    frames = held.frames
    for id in folded:
        frames = frames.set(id, msgspec.structs.replace(frames[id], folded=()))
    return msgspec.structs.replace(
        project, graphs=project.graphs.set(graph, msgspec.structs.replace(held, frames=frames))
    )


class Side(QGraphicsView):
    """`moved(zoom, middle)`: the person has moved or zoomed the view; `picked(kind, key)`: has clicked on a thing."""

    moved = Signal(float, QPointF)
    picked = Signal(str, object)

    def __init__(self, name: str, catalogue: Catalogue, theme: Theme) -> None:
        super().__init__()
        self._catalogue, self._theme = catalogue, theme
        self._style = Style(theme)
        self._camera = Camera(self)
        self._held: GraphScene | None = None
        self._marks: MarkPainter | None = None
        self._current: tuple[str, Key] | None = None
        self._grip: QPoint | None = None
        self._travelled = False
        self._fitted = False
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumSize(160, 120)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setAccessibleName(name)
        self.setAccessibleDescription("A graph to look at. Arrow keys move it, plus and minus zoom, F shows all of it.")

    def show_graph(self, project: Project, graph: str, report: GraphReport | None, marks: Marks) -> None:
        """Shows a graph ("" for none); what analysis does not know here is left blank."""
        self._held = GraphScene(Document(_unfolded(project, graph)), graph, self._catalogue, self._style)
        self._held.show_handles(False)
        nodes = self._held.graph.nodes
        known = report.nodes if report is not None else {}
        blank = GraphReport({id: known.get(id) or NodeFacts("ok") for id in nodes}, report.problems if report else ())
        self._held.show_report(blank)
        self.setScene(self._held)
        self._current = None
        self.show_marks(marks)

    def clear(self) -> None:
        """Says that a graph is being drawn."""
        self._held = self._marks = self._current = None
        self.setScene(None)  # type: ignore[arg-type]
        self.viewport().update()

    def set_theme(self, theme: Theme, marks: Marks) -> None:
        """Draws everything in another theme from now on."""
        self._theme, self._style = theme, Style(theme)
        if self._held is not None:
            self._held.restyle(self._style)
        self.show_marks(marks)

    def show_marks(self, marks: Marks) -> None:
        self._marks = MarkPainter(self._held, self._theme, marks) if self._held is not None else None
        self.viewport().update()

    @property
    def held(self) -> GraphScene | None:
        """The scene, for tests."""
        return self._held

    @property
    def zoom_level(self) -> float:
        return self._camera.zoom

    @property
    def middle(self) -> QPointF:
        """What lies in the middle of the view, in scene units."""
        return self._camera.to_scene(QPointF(self.viewport().width() / 2, self.viewport().height() / 2))

    def fit(self) -> None:
        """Shows all of the graph."""
        self._fitted = True
        self._camera.fit(self._held.extent() if self._held is not None else QRectF())
        self._tell()

    def follow(self, zoom: float, middle: QPointF) -> None:
        """Shows the same place as another view."""
        self._fitted = True
        self._camera.set_zoom(zoom)
        self.centerOn(middle)
        self.viewport().update()

    def go_to(self, kind: str, key: Key | None) -> None:
        """Brings a thing into the middle and rings it; None: it is not on this side."""
        self._current = (kind, key) if key is not None else None
        rect = self._marks.rect_of(kind, key) if self._marks is not None and key is not None else None
        if rect is not None:
            self._fitted = True
            self._camera.show(rect)
        self.viewport().update()

    # -- painting

    def drawBackground(self, painter, rect) -> None:
        paint_ground(painter, rect, self._style, self._camera.zoom)
        if self._held is None:
            painter.resetTransform()
            painter.setPen(self._style.hint)
            painter.setFont(self._style.title_text.font)
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, "Drawing…")

    def drawForeground(self, painter, rect) -> None:
        if self._marks is not None:
            self._marks.paint(painter, rect, self._camera.zoom, self._current)
        if self.hasFocus():
            painter.resetTransform()
            painter.setPen(self._style.focus)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))

    def focusInEvent(self, event) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        if not self._fitted:
            self._camera.fit(self._held.extent() if self._held is not None else QRectF())

    # -- moving about

    def _tell(self) -> None:
        self.viewport().update()
        self.moved.emit(self._camera.zoom, self.middle)

    def wheelEvent(self, event) -> None:
        self._fitted = True
        self._camera.wheel(event)
        self._tell()

    def viewportEvent(self, event) -> bool:
        if event.type() == event.Type.NativeGesture and self._camera.pinch(event):
            self._tell()
            return True
        return super().viewportEvent(event)

    def mousePressEvent(self, event) -> None:
        event.accept()
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._grip, self._travelled = event.position().toPoint(), False

    def mouseMoveEvent(self, event) -> None:
        event.accept()
        at = event.position().toPoint()
        if self._grip is None:
            return
        if not self._travelled and (at - self._grip).manhattanLength() < m.DRAG_STARTS:
            return
        self._travelled = self._fitted = True
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        self._camera.pan(at - self._grip)
        self._grip = at
        self._tell()

    def mouseReleaseEvent(self, event) -> None:
        event.accept()
        was, self._grip = self._grip, None
        self.viewport().unsetCursor()
        if was is not None and not self._travelled and self._held is not None:
            hit = self._held.hit(self._camera.to_scene(event.position()), self._camera.zoom)
            kind = {"port": "node", "corner": "frame"}.get(hit.kind, hit.kind)
            if kind != "nothing":
                self.picked.emit(kind, hit.key)

    def mouseDoubleClickEvent(self, event) -> None:
        event.accept()

    def contextMenuEvent(self, event) -> None:
        event.accept()

    def keyPressEvent(self, event) -> None:
        key = Qt.Key(event.key())
        if key in ARROWS:
            self._camera.pan(ARROWS[key])
        elif key in ZOOMS:
            self._camera.set_zoom(self._camera.zoom * ZOOMS[key])
        elif key in (Qt.Key.Key_F, Qt.Key.Key_Home):
            self.fit()
        else:
            event.ignore()
            return
        self._fitted = True
        self._tell()
        event.accept()
