"""Frames and notes as a person makes and edits them, in a small form over the canvas."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QGraphicsView

from netbuilder.graph import edits
from netbuilder.graph.change import Change, join
from netbuilder.graph.model import Frame, natural_key
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.frame_colors import NOTE
from netbuilder.ui.canvas.frame_editor import FrameEditor
from netbuilder.ui.canvas.frame_item import needed_height
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.text import counted

_NOTE_SIZE = (260.0, 90.0)


class Framing:
    """`apply` makes a change and selects what it made."""

    def __init__(self, view: QGraphicsView, scene: GraphScene, apply: Callable[[Change | None], None]) -> None:
        self._view, self._scene, self._apply = view, scene, apply
        self.editor: FrameEditor | None = None  # the form that was last opened

    def edit(self, id: str) -> None:
        """Opens the form for a frame over it. Raises KeyError for an unknown one."""
        item = self._scene.frames[id]
        upper = item.rect.adjusted(0, 0, 0, -item.rect.height() / 2)
        editor = self._open(item.frame, upper)
        editor.done.connect(lambda *values: self._set(id, *values))

    def add_note(self, at: QPointF) -> None:
        """Opens the form for a new note with its upper left corner here; it is made when something was written."""
        corner = round(at.x() / m.GRID) * m.GRID, round(at.y() / m.GRID) * m.GRID
        editor = self._open(Frame((*corner, *_NOTE_SIZE), color=NOTE), QRectF(*corner, *_NOTE_SIZE), new=True)
        editor.done.connect(lambda *values: self._make(corner, *values))

    def color(self, name: str) -> None:
        """Gives the selected frames a colour."""
        scene = self._scene
        project, ids = scene.document.project, sorted(scene.chosen.frames, key=natural_key)
        changes = [edits.set_frame(project, scene.name, id, color=name) for id in ids]
        touched = sum(map(bool, changes))
        self._apply(join(f"Colour {counted(touched, 'frame')}", changes))

    def _open(self, frame: Frame, over: QRectF, *, new: bool = False) -> FrameEditor:
        place = self._view.mapFromScene(over).boundingRect()
        editor = self.editor = FrameEditor(self._view.viewport(), frame, place, self._scene.styling)
        for signal in (editor.done, editor.dropped):
            signal.connect(self._view.setFocus)
        editor.begin(with_note=new or (not frame.title and bool(frame.text)))
        return editor

    def _set(self, id: str, title: str, text: str, color: str) -> None:
        frame = self._scene.graph.frames.get(id)
        if frame is None or (frame.title, frame.text, frame.color) == (title, text, color):
            return
        rect = frame.rect
        if not title and text != frame.text:  # a note grows with its text
            rect = self._fitted(rect, text)
        project, name = self._scene.document.project, self._scene.name
        self._apply(edits.set_frame(project, name, id, rect=rect, title=title, text=text, color=color))

    def _make(self, corner: tuple[float, float], title: str, text: str, color: str) -> None:
        if title or text:
            rect = self._fitted((*corner, *_NOTE_SIZE), text, titled=bool(title))
            project, name = self._scene.document.project, self._scene.name
            change = edits.add_frame(project, name, rect, title, text, color)
            self._apply(Change("Add note", change.edits))

    def _fitted(
        self, rect: tuple[float, float, float, float], text: str, *, titled: bool = False
    ) -> tuple[float, float, float, float]:
        height = needed_height(text, self._scene.styling, rect[2], titled=titled)
        return (*rect[:3], max(rect[3], -(-height // m.GRID) * m.GRID))
