"""Changes a number of the selected node by dragging on it, sideways. One change, on release."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from netbuilder.graph.change import Change
from netbuilder.ui.canvas.brief_numbers import Number
from netbuilder.ui.canvas.gestures.base import NO_KEYS, Gesture
from netbuilder.ui.canvas.link_item import LinkLabel
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.inspector.editing import set_param
from netbuilder.ui.inspector.fields import label_of
from netbuilder.ui.inspector.scrub import HELP, dragged


class DragNumber(Gesture):
    """`at`: where it was taken. A label over it says what the number comes to; Shift goes in larger steps, Ctrl in
    finer ones."""

    cursor = Qt.CursorShape.SizeHorCursor
    status = HELP

    def __init__(self, scene: GraphScene, number: Number, at: QPointF, zoom: float) -> None:
        self._scene, self._number, self._zoom = scene, number, zoom
        self._start = at.x()
        self._value = number.value
        self._label = LinkLabel(scene.styling)

    def start(self) -> None:
        self._scene.addItem(self._label)
        self._say()

    def move(self, pos: QPointF, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        pixels = (pos.x() - self._start) * self._zoom
        coarse, fine = bool(keys & Qt.KeyboardModifier.ShiftModifier), bool(keys & Qt.KeyboardModifier.ControlModifier)
        self._value = dragged(self._number.param, self._number.value, pixels, coarse, fine)
        self._say()

    def _say(self) -> None:
        param, rect = self._number.param, self._number.rect
        words = f"{label_of(param)}  {param.show(self._value)}"
        self._label.say(words, QPointF(rect.center().x(), rect.top()))

    def finish(self) -> Change | None:
        self.cancel()
        if self._value == self._number.value:
            return None
        node, param = self._number.node, self._number.param
        return set_param(self._scene.document.project, self._scene.name, node, param, self._value)

    def cancel(self) -> None:
        if self._label.scene() is not None:
            self._scene.removeItem(self._label)
