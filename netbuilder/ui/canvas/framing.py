"""Frames and notes as a person makes and edits them, in a small form over the canvas."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QGraphicsView

from netbuilder.graph import edits
from netbuilder.graph.change import Change, join
from netbuilder.graph.edits_base import EditError
from netbuilder.graph.folding import fold, fold_around, unfold
from netbuilder.graph.model import Frame, natural_key
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.frame_colors import NOTE
from netbuilder.ui.canvas.frame_editor import FrameEditor
from netbuilder.ui.canvas.frame_item import needed_height
from netbuilder.ui.canvas.gestures.move import riding
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.text import counted, sentence

_ROOM = 2 * m.GRID  # between a frame and what it was drawn around
_NOTE_SIZE = (260.0, 90.0)


def around(scene: GraphScene) -> tuple[float, float, float, float]:
    """The rectangle of a new frame around the selected nodes and frames, with room for its title; of no size where
    nothing is selected."""
    rect = QRectF()
    for id in scene.chosen.nodes:
        rect = rect.united(scene.nodes[id].rect)
    for id in scene.chosen.frames:
        rect = rect.united(scene.frames[id].rect)
    if not rect.isNull():
        rect.adjust(-_ROOM, -_ROOM - m.FRAME_TITLE, _ROOM, _ROOM)
    return rect.x(), rect.y(), rect.width(), rect.height()


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

    def fold(self, tell: Callable[[str], None]) -> None:
        """Folds the selected frames, or the selected nodes in a frame of their own; unfolds where all that is selected
        is folded."""
        scene, chosen = self._scene, self._scene.chosen
        project = scene.document.project
        opened = sorted((id for id in chosen.frames if scene.frames[id].plate is None), key=natural_key)
        if chosen.nodes:  # a note among blocks holds none; it is folded with them
            opened = [id for id in opened if any(riding(scene, id))]
        try:
            if opened:
                changes = [fold(project, scene.name, id, set().union(*riding(scene, id))) for id in opened]
                self._apply(
                    changes[0] if len(changes) == 1 else join(f"Fold {counted(len(changes), 'frame')}", changes)
                )
            elif chosen.frames and not chosen.nodes:
                self.unfold()
            else:
                self._fold_nodes(tell)
        except EditError as wrong:
            tell(sentence(wrong))

    def _fold_nodes(self, tell: Callable[[str], None]) -> None:
        scene, chosen = self._scene, self._scene.chosen
        if len(chosen.nodes) + len(chosen.frames) < 2:
            tell("Select a frame, or two or more blocks, then fold them.")
            return
        rect = around(scene)
        along = 1 if scene.graph.direction == "down" else 0
        row = sorted(chosen.nodes, key=lambda id: (scene.graph.nodes[id].at[along], natural_key(id)))
        title = f"{scene.nodes[row[0]].look.title} … {scene.nodes[row[-1]].look.title}"
        inside = chosen.nodes | chosen.frames
        self._apply(fold_around(scene.document.project, scene.name, rect, title, inside))

    def unfold(self, ids: Iterable[str] | None = None) -> bool:
        """Opens these frames, or the selected ones, and selects what they hid; says whether any was folded."""
        scene = self._scene
        wanted = [id for id in (scene.chosen.frames if ids is None else ids) if scene.frames[id].plate is not None]
        if not wanted:
            return False
        self._apply(unfold(scene.document.project, scene.name, sorted(wanted, key=natural_key)))
        return True

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
