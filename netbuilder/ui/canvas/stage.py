"""A view that turns mouse, keys and drops into gestures; `Canvas` adds what the window asks for."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGraphicsView

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.graph.change import Change
from netbuilder.graph.document import Document, Refused
from netbuilder.graph.model import NONE
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.adding import behind, free_place, hung_up, refusal
from netbuilder.ui.canvas.asked import Asked
from netbuilder.ui.canvas.bubble import Button
from netbuilder.ui.canvas.camera import Camera
from netbuilder.ui.canvas.commands import Commands
from netbuilder.ui.canvas.edge_scroll import EdgeScroll
from netbuilder.ui.canvas.gestures.base import Gesture
from netbuilder.ui.canvas.gestures.cut import Cut
from netbuilder.ui.canvas.gestures.drop import DropBlock
from netbuilder.ui.canvas.gestures.pan import Pan
from netbuilder.ui.canvas.hover import Hover
from netbuilder.ui.canvas.points import PointKey, Points
from netbuilder.ui.canvas.press import Press, choose, press
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.canvas.settling import settle
from netbuilder.ui.canvas.strips import few
from netbuilder.ui.canvas.style import Style
from netbuilder.ui.canvas.suggesting import MOST, Chips
from netbuilder.ui.keymap import CanvasKeys, canvas_keys, pressed
from netbuilder.ui.mime import MIME

_EDGE = 1  # around the viewport; shows that the keyboard has brought the focus here
_BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
_AS_BEFORE = (  # the focus was here and comes back
    Qt.FocusReason.ActiveWindowFocusReason,
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
)
_LEFT, _MIDDLE, _RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
_HELD = {Qt.Key.Key_Space: Qt.CursorShape.OpenHandCursor, Qt.Key.Key_K: Qt.CursorShape.CrossCursor}  # and a drag


class Stage(QGraphicsView):
    """At most one gesture goes on at a time: from a press (and a few pixels) to the release, or to Esc."""

    search_wanted = Signal(QPointF, QPoint)  # where in the scene the block shall lie, where on the screen to ask
    repair_chosen = Signal(object)  # Repair
    status = Signal(str)
    open_graph_wanted = Signal(str, str)  # the network, the node that places it
    menu_wanted = Signal(QPoint, str)  # where on the screen, for what: "node", "link", "frame" or "nothing"
    frame_opened = Signal(str)  # double-clicked, to be edited

    def __init__(self, document: Document, graph: str, catalogue: Catalogue, style: Style) -> None:
        super().__init__()
        self._document = document
        self._catalogue = catalogue
        self._style = style
        self._graph_scene = GraphScene(document, graph, catalogue, style)
        self._camera = Camera(self)
        self._hover = Hover(self, self._graph_scene, style)
        self._commands = Commands(self._graph_scene, self.status.emit)
        self.chips = Chips(self, self._graph_scene, style)
        self._points = Points(self._graph_scene)
        self._graph_scene.said.connect(self.status)
        self._gesture: Gesture | None = None
        self._press: tuple[QPoint, Press] | None = None
        self._button_down: Button | None = None
        self._chip_down: int | None = None
        self._part = QRect()  # of the viewport, which is painted now
        self._edge = EdgeScroll(self, self._camera.pan, self._scrolled)
        self.keys: CanvasKeys = canvas_keys()
        self._held: Qt.Key | None = None  # Space: a drag moves the view; K: it cuts links
        self._by_key = False  # the keyboard has brought the focus here
        self._menu_at: QPointF | None = None  # where in the scene the menu was opened last
        self.asked: Asked | None = None  # what the search that is open was opened for
        self._placed = False  # a person or the window has chosen what is in view
        self.setScene(self._graph_scene)
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        # Items set pen, brush and font before they draw, and put opacity and transformation back.
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("canvas", True)  # paints its own line for the focus
        self.setViewportMargins(_EDGE, _EDGE, _EDGE, _EDGE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)

    @property
    def graph_scene(self) -> GraphScene:
        """The scene, for pictures and tests."""
        return self._graph_scene

    def settled(self, change: Change) -> Change:
        """The change with room made for nodes that it puts into links; for repairs that are chosen elsewhere."""
        return settle(self._graph_scene, change)

    # ---- gestures

    def _refresh_hover(self) -> None:
        if self._gesture is None:
            self._hover.refresh()
            self.chips.refresh()

    def refuses(self) -> bool:
        """Whether the project can only be looked at; says so."""
        if self._document.refusal:
            self.status.emit(self._document.refusal)
        return bool(self._document.refusal)

    def _begin(self, gesture: Gesture) -> None:
        if gesture.edits and self.refuses():
            return
        self._hover.hush()
        self.chips.hide()
        self._gesture = gesture
        gesture.start()
        if gesture.cursor is not None:
            self.viewport().setCursor(gesture.cursor)

    def _move(self, pos: QPointF, keys: Qt.KeyboardModifier) -> None:
        gesture = self._gesture
        assert gesture is not None
        before = gesture.status
        gesture.move(pos, keys)
        if gesture.status != before:
            self.status.emit(gesture.status)

    def _scrolled(self, at: QPointF) -> None:
        """The scene has moved under the pointer of a drag."""
        if self._gesture is not None:
            self._move(self._camera.to_scene(at), QGuiApplication.keyboardModifiers())

    def _finish(self, at: QPoint) -> None:
        """The release, at this place of the viewport."""
        gesture, self._gesture = self._gesture, None
        self._edge.stop()
        if gesture is None:
            return
        said = gesture.status
        change = gesture.finish()
        self.viewport().unsetCursor()
        if said:
            self.status.emit("")
        self._commands.apply(change)
        self._refresh_hover()
        if gesture.asks is not None:
            self._ask(gesture.asks, at)

    def _cancel(self) -> bool:
        """Ends the gesture, or the press before it, leaving everything as it was; says whether there was one."""
        gesture, self._gesture = self._gesture, None
        was = gesture is not None or self._press is not None
        self._press = self._button_down = self._chip_down = None
        self._edge.stop()
        if gesture is not None:
            gesture.cancel()
            self.viewport().unsetCursor()
            if gesture.status:
                self.status.emit("")
            self._refresh_hover()
        return was

    # ---- painting

    def paintEvent(self, event) -> None:
        """A pan lays two strips bare, and the corner with the map; by default Qt would paint the rectangle around them,
        which is everything."""
        for self._part in few(list(event.region())):
            super().paintEvent(QPaintEvent(self._part))

    def drawBackground(self, painter, rect) -> None:
        """Keeps what is painted to the part that is asked for: what lay over into one that was painted before would
        come to lie above things there."""
        onto = painter.worldTransform()
        painter.resetTransform()
        painter.setClipRect(self._part)
        painter.setWorldTransform(onto)

    # ---- mouse

    def mousePressEvent(self, event) -> None:
        self._placed = True
        self._menu_at = None
        self._brought_by_key(False)
        at = event.position()
        event.accept()
        if self._gesture is not None or self._press is not None:
            return
        cuts = event.button() == _RIGHT and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.button() == _MIDDLE or (event.button() == _LEFT and self._held == Qt.Key.Key_Space):
            self._begin(Pan(self, at.toPoint()))
        elif cuts or (event.button() == _LEFT and self._held == Qt.Key.Key_K):
            self._begin(Cut(self._graph_scene, self._camera.to_scene(at)))
        elif event.button() == _LEFT:
            self._press_left(at, event.modifiers())

    def _press_left(self, at: QPointF, keys: Qt.KeyboardModifier) -> None:
        over, button = self._hover.in_bubble(at)
        if over:
            self._button_down = button
            return
        self._chip_down = self.chips.at(at)
        if self._chip_down is not None:
            return
        pos = self._camera.to_scene(at)
        hit = self._graph_scene.hit(pos, self._camera.zoom)
        self._press = at.toPoint(), press(self._graph_scene, hit, pos, keys, self._camera.zoom)

    def mouseMoveEvent(self, event) -> None:
        at = event.position()
        event.accept()
        if isinstance(self._gesture, Pan):
            self._gesture.drag(at.toPoint())
            return
        pos = self._camera.to_scene(at)
        if self._press is not None and (at.toPoint() - self._press[0]).manhattanLength() >= m.DRAG_STARTS:
            _, pressed = self._press
            self._press = None
            self._begin(pressed.drag())
        if self._gesture is not None:
            self._move(pos, event.modifiers())
            self._edge.follow(at)
        elif self._press is None and self._button_down is None:
            cursor = self._hover.point(at, pos, self._camera.zoom)
            if (offer := self.chips.hover(at)) is not None:
                self._hover.hush()
                cursor = Qt.CursorShape.PointingHandCursor
                self.status.emit(f"{offer.block.name}: {offer.why}")
            self.viewport().setCursor(_HELD[self._held] if self._held is not None else cursor)

    def mouseReleaseEvent(self, event) -> None:
        event.accept()
        if event.button() not in (_LEFT, _MIDDLE) and not isinstance(self._gesture, Cut):
            return
        if self._button_down is not None:
            down, self._button_down = self._button_down, None
            if self._hover.in_bubble(event.position())[1] == down:
                self.repair_chosen.emit(msgspec.structs.replace(down.repair, change=self.settled(down.repair.change)))
        elif self._chip_down is not None:
            chip, self._chip_down = self._chip_down, None
            if self.chips.at(event.position()) == chip:
                self.take_suggestion(chip + 1)
        elif self._press is not None:
            (_, pressed), self._press = self._press, None
            pressed.click()
        elif self._gesture is not None:
            if not isinstance(self._gesture, Pan):
                self._move(self._camera.to_scene(event.position()), event.modifiers())
            self._finish(event.position().toPoint())

    def mouseDoubleClickEvent(self, event) -> None:
        event.accept()
        if event.button() != _LEFT or self._hover.in_bubble(event.position())[0]:
            return
        if (chip := self.chips.at(event.position())) is not None:  # as for two clicks
            self._chip_down = chip
            return
        pos = self._camera.to_scene(event.position())
        hit = self._graph_scene.hit(pos, self._camera.zoom)
        if hit.kind == "nothing":
            self._search_at(event.position().toPoint())
        elif hit.kind == "node":
            self._open(str(hit.key))
        elif self.refuses():
            return
        elif hit.kind == "frame":
            self.frame_opened.emit(str(hit.key))
        elif hit.kind == "link":
            self._points.add(hit.key, pos)  # type: ignore[arg-type]
        elif isinstance(hit.key, PointKey):
            self._points.remove(hit.key)

    def _search_at(self, at: QPoint, pos: QPointF | None = None, asked: Asked | None = None) -> None:
        if self.refuses():
            return
        self.search_over()
        self.asked = asked
        self.search_wanted.emit(self.mapToScene(at) if pos is None else pos, self.viewport().mapToGlobal(at))

    def take_suggestion(self, number: int) -> None:
        """Adds what is suggested behind the selected node, counted from 1, and links it."""
        asked = self.chips.asked()
        offers = asked.suggestions(MOST) if asked is not None else []
        if asked is None or len(offers) < number:
            self.status.emit("Select one block whose output is free: what often follows it is suggested beside it.")
            return
        id = asked.spots[0].node
        place = free_place(self._graph_scene, behind(self._graph_scene, id))
        self._commands.apply(asked.change(offers[number - 1].block, place, NONE))
        self.chips.refresh()
        for made in self._graph_scene.chosen.nodes:
            self._camera.reveal(self._graph_scene.nodes[made].rect.united(self.chips.place))

    def _ask(self, asked: Asked, at: QPoint) -> None:
        """Asks what a link that was let go on nothing shall lead to: its port comes to lie where the link ends."""
        corner = hung_up(self._graph_scene, self.mapToScene(at), by_output=asked.spots[0].is_input)
        self._search_at(at, corner, asked)

    def search_over(self) -> None:
        """The search was closed: what was shown for it goes."""
        if self.asked is not None:
            self.asked.close()

    def _open(self, id: str) -> None:
        """Goes into the network that a node places; other nodes have no inside."""
        node = self._graph_scene.graph.nodes[id]
        block = self._catalogue.get(node.block)
        name = node.params.get("network") if block is not None and block.part == "network" else None
        if isinstance(name, str) and name in self._document.project.graphs:
            self.open_graph_wanted.emit(name, id)

    def leaveEvent(self, event) -> None:
        if self._gesture is None:
            self._hover.leave()
        super().leaveEvent(event)

    def wheelEvent(self, event) -> None:
        self._placed = True
        self._camera.wheel(event)
        self.chips.refresh()

    def viewportEvent(self, event) -> bool:
        if event.type() == QEvent.Type.NativeGesture and self._camera.pinch(event):
            self.chips.refresh()
            return True
        return super().viewportEvent(event)

    def contextMenuEvent(self, event) -> None:
        """The menu for what lies under the pointer, which is selected first; by key for what is selected."""
        event.accept()
        ctrl = event.reason() == event.Reason.Mouse and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if ctrl or self._gesture is not None or self._press is not None:  # Ctrl and the right button cut links
            return
        self._hover.hush()
        chosen = self._graph_scene.chosen
        if event.reason() == event.Reason.Keyboard:
            what = "node" if chosen.nodes else "frame" if chosen.frames else "link" if chosen.links else "nothing"
            rect = self._graph_scene.nodes[min(chosen.nodes)].rect if chosen.nodes else None
            at = self.mapFromScene(rect.center()) if rect is not None else self.viewport().rect().center()
        else:
            at = event.pos()
            hit = self._graph_scene.hit(self._camera.to_scene(QPointF(at)), self._camera.zoom)
            what = {"port": "node", "corner": "frame", "point": "link"}.get(hit.kind, hit.kind)
            self._menu_at = self._camera.to_scene(QPointF(at))
            choose(self._graph_scene, hit)
        self.menu_wanted.emit(self.viewport().mapToGlobal(at), what)

    # ---- keys

    def event(self, event) -> bool:
        # Qt would walk to the next widget with Tab before it became a key press; Shift+Tab still does.
        if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Tab and not event.modifiers():
            self.keyPressEvent(event)
            return True
        if event.type() == QEvent.Type.Paint:  # of the view itself: what is left around the viewport
            painter = QPainter(self)
            painter.fillRect(self.rect(), self._style.focus if self.shows_focus else self._style.ground)
            painter.end()
            return True
        return super().event(event)

    def keyPressEvent(self, event) -> None:
        self._placed = True
        event.accept()
        if event.key() == Qt.Key.Key_Escape:
            if not self._cancel():
                self._graph_scene.chosen.set()
            return
        if event.key() in _HELD and not event.modifiers():
            if not event.isAutoRepeat() and self._gesture is None:
                self._held = Qt.Key(event.key())
                self.viewport().setCursor(_HELD[self._held])
            return
        found = self.keys.get(pressed(event.key(), event.modifiers()))
        if found is None:
            event.ignore()
        elif self._gesture is None and self._press is None:
            name, arguments = found
            try:
                getattr(self, name)(*arguments)
            except Refused as why:
                self.status.emit(str(why))

    def keyReleaseEvent(self, event) -> None:
        if event.key() == self._held and not event.isAutoRepeat():
            self._let_key_go()
            event.accept()
        else:
            super().keyReleaseEvent(event)

    def _let_key_go(self) -> None:
        if self._held is not None:
            self._held = None
            if self._gesture is None:
                self.viewport().unsetCursor()

    @property
    def shows_focus(self) -> bool:
        """Whether a line around the canvas says that keys go to it. Who has pressed the mouse here knows."""
        return self.hasFocus() and self._by_key

    def _brought_by_key(self, by_key: bool) -> None:
        if by_key != self._by_key:
            self._by_key = by_key
            self.update()

    def focusInEvent(self, event) -> None:
        if event.reason() not in _AS_BEFORE:
            self._brought_by_key(event.reason() in _BY_KEY)
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event) -> None:
        self._let_key_go()
        self.update()
        super().focusOutEvent(event)

    # ---- drops from the palette

    def dragEnterEvent(self, event) -> None:
        name = bytes(event.mimeData().data(MIME).data()).decode("utf-8", "replace")
        block = self._catalogue.get(name) if event.mimeData().hasFormat(MIME) else None
        if block is None:
            event.ignore()
            return
        if why := refusal(self._graph_scene, block):
            self.status.emit(why)
            event.ignore()
            return
        self._cancel()
        self._begin(DropBlock(self._graph_scene, block, self._camera.zoom))
        self._move(self._camera.to_scene(event.position()), event.modifiers())
        event.acceptProposedAction()

    def dragMoveEvent(self, event) -> None:
        if isinstance(self._gesture, DropBlock):
            self._move(self._camera.to_scene(event.position()), event.modifiers())
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragLeaveEvent(self, event) -> None:
        self._cancel()

    def dropEvent(self, event) -> None:
        if isinstance(self._gesture, DropBlock):
            self._placed = True
            self._move(self._camera.to_scene(event.position()), event.modifiers())
            self._finish(event.position().toPoint())
            self.setFocus()
            event.acceptProposedAction()
        else:
            event.ignore()
