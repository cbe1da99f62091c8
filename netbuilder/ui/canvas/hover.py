"""What the pointer is over, and what is shown for it: lit things, a link's label, a node's bubble."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtWidgets import QGraphicsView

from netbuilder.ui.canvas.brief_numbers import number_at
from netbuilder.ui.canvas.bubble import Bubble, Button
from netbuilder.ui.canvas.gestures.resize import cursor_of
from netbuilder.ui.canvas.link_item import LinkLabel
from netbuilder.ui.canvas.points import PointKey
from netbuilder.ui.canvas.scene import GraphScene, Hit
from netbuilder.ui.canvas.style import Style

_NOTHING = Hit("nothing")
_CURSORS = {
    "port": Qt.CursorShape.CrossCursor,
    "link": Qt.CursorShape.PointingHandCursor,
    "point": Qt.CursorShape.SizeAllCursor,
    "button": Qt.CursorShape.PointingHandCursor,
}


class Hover:
    """Follows the pointer while no gesture goes on."""

    def __init__(self, view: QGraphicsView, scene: GraphScene, style: Style) -> None:
        self._view = view
        self._scene = scene
        self.hit = _NOTHING
        self._over = False  # the pointer is in the bubble, which then stays open
        self.bubble = Bubble(style)
        self.label = LinkLabel(style)
        scene.addItem(self.bubble)
        scene.addItem(self.label)

    def restyle(self, style: Style) -> None:
        """Draws in another theme from now on."""
        self.bubble.restyle(style)
        self.label.restyle(style)

    def point(self, at: QPointF, pos: QPointF, zoom: float) -> Qt.CursorShape:
        """The pointer is at `at` of the viewport, `pos` of the scene. Gives the cursor to show."""
        self._over, button = self.in_bubble(at)
        self.bubble.hover(button)
        if self._over:
            self._light(_NOTHING)
            return _CURSORS["button"] if button else Qt.CursorShape.ArrowCursor
        hit = self._scene.hit(pos, zoom)
        self._light(hit)
        if hit.kind == "link":
            self.label.say(self._scene.link_words(hit.key), pos)  # type: ignore[arg-type]
        else:
            self.label.hide()
        self.refresh()
        if hit.kind == "corner":
            return cursor_of(hit.sides)
        if hit.kind == "node" and number_at(self._scene, pos, zoom) is not None:
            return Qt.CursorShape.SizeHorCursor
        return _CURSORS.get(hit.kind, Qt.CursorShape.ArrowCursor)

    def leave(self) -> None:
        """The pointer is elsewhere."""
        self._over = False
        self._light(_NOTHING)
        self.label.hide()
        self.bubble.hover(None)
        self.refresh()

    def hush(self) -> None:
        """A gesture begins: nothing lies in its way."""
        self._over = False
        self._light(_NOTHING)
        self.label.hide()
        self.bubble.close()

    def in_bubble(self, at: QPointF) -> tuple[bool, Button | None]:
        """Whether a place of the viewport lies in the bubble, and the button there."""
        if not self.bubble.isVisible():
            return False, None
        away = at - self._view.viewportTransform().map(self.bubble.pos())
        return self.bubble.covers(away), self.bubble.button_at(away)

    def bubble_rect(self) -> QRectF:
        """Where the bubble lies in the viewport."""
        return self.bubble.rect.translated(self._view.viewportTransform().map(self.bubble.pos()))

    def refresh(self) -> None:
        """Opens, moves or closes the bubble: for the node under the pointer, else for the one that is selected. A mere
        hint waits for the pointer: a block that was just put down has no link yet."""
        scene = self._scene
        wanted = [self.bubble.node] if self._over else []
        wanted += [str(self.hit.key)] if self.hit.kind in ("node", "port") else []
        wanted += [id for id in scene.chosen.nodes if self._presses(id)] if len(scene.chosen.nodes) == 1 else []
        wanted += [self._worst_in(self.hit.key)] if self.hit.kind == "frame" else []
        for id in wanted:
            item, shown = scene.nodes.get(id), scene.folds.shown(id)
            if item is not None and shown is not None and item.problems:
                rect = shown.rect
                corner = rect.bottomLeft()
                onto = self._view.viewportTransform()
                room = QRectF(self._view.viewport().rect()).translated(-onto.map(corner))
                self.bubble.show_for(id, item.problems, corner, room, rect.height() * onto.m11())
                return
        self.bubble.close()

    def _presses(self, id: str) -> bool:
        item = self._scene.nodes.get(id)
        return item is not None and any(problem.severity != "hint" for problem in item.problems)

    def _worst_in(self, frame: object) -> str:
        """The node with the gravest problem behind a plate, "" for none."""
        item = self._scene.frames.get(frame)  # type: ignore[call-overload]
        worst = item.plate.worst if item is not None and item.plate is not None else None
        return worst.id if worst is not None else ""

    def _light(self, hit: Hit) -> None:
        if hit == self.hit:
            return
        for one, on in ((self.hit, False), (hit, True)):
            item = self._item(one)
            if item is not None:
                item.mark(hovered=on)
        self.hit = hit

    def _item(self, hit: Hit):
        held: dict[str, dict] = {
            "node": self._scene.nodes,
            "port": self._scene.nodes,
            "link": self._scene.links,
            "point": self._scene.links,
            "frame": self._scene.frames,
            "corner": self._scene.frames,
        }
        key = hit.key.link if isinstance(hit.key, PointKey) else hit.key
        return held[hit.kind].get(key) if hit.kind in held else None
