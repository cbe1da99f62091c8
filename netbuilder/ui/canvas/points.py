"""Points that links run through, by keys and menus: adding, removing, moving, and going from one to the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF

from netbuilder.graph.change import Change
from netbuilder.graph.document import Refused
from netbuilder.graph.edits import EditError
from netbuilder.graph.edits_links import add_point, move_point, remove_point
from netbuilder.graph.model import Input, Project, input_key
from netbuilder.ui.text import sentence

if TYPE_CHECKING:
    from netbuilder.ui.canvas.scene import GraphScene

_NEAR = 14.0  # scene units: a place so near to a link lies on it


class PointKey(NamedTuple):
    """One of the points of a link, counted from its source."""

    link: Input
    index: int  # type: ignore[assignment]  # hides tuple.index, which nobody wants here


class Points:
    """What can't be done is said by the scene."""

    def __init__(self, scene: GraphScene) -> None:
        self._scene = scene
        self._around: tuple[Input, ...] = ()  # the links of the node from which one went to a link

    def add(self, key: Input, pos: QPointF) -> None:
        """Puts a point into a link at a scene position and selects it."""
        from netbuilder.ui.canvas.gestures.bend import new_index  # it is one of the gestures, which know the scene

        point = new_index(self._scene, PointKey(key, 0), pos)
        if self._apply(lambda: add_point(*self._graph, key, point.index, (pos.x(), pos.y()))):
            self._scene.chosen.set_point(point)

    def add_to_chosen(self, pointed: QPointF | None) -> None:
        """Puts a point into the selected link: where the menu was opened, or into its middle."""
        key = self.link
        if key is None:
            self._scene.said.emit("Select a link first, then put a point into it.")
            return
        item = self._scene.links[key]
        there = pointed is not None and item.distance(pointed) <= _NEAR
        self.add(key, pointed if there and pointed is not None else item.path.pointAtPercent(0.5))

    def remove(self, point: PointKey) -> None:
        """Takes a point out of its link."""
        self._apply(lambda: remove_point(*self._graph, point.link, point.index))

    def remove_chosen(self) -> bool:
        """Takes the selected point out of its link; says whether one is selected."""
        point = self._scene.chosen.point
        if point is not None:
            self.remove(point)
        return point is not None

    def nudge(self, right: float, down: float) -> bool:
        """Moves the selected point by so many scene units; says whether one is selected."""
        point = self._scene.chosen.point
        if point is not None:
            x, y = self._scene.links[point.link].link.via[point.index]
            self._apply(lambda: move_point(*self._graph, point.link, point.index, (x + right, y + down)))
        return point is not None

    def next_link(self) -> None:
        """Selects a link of the selected nodes, then the next one at each call."""
        scene, chosen = self._scene, self._scene.chosen
        if chosen.nodes:
            found = {key for id in chosen.nodes for ends in (scene.into, scene.out_of) for key in ends.get(id, ())}
            self._around = tuple(sorted(found, key=input_key))
        held = [key for key in self._around if key in scene.links]
        if not held:
            self._scene.said.emit("Select a block with links first.")
            return
        now = next(iter(chosen.links), None)
        chosen.set(links=[held[(held.index(now) + 1) % len(held)] if now in held else held[0]])

    def next_point(self) -> None:
        """Selects the first point of the selected link, then the next one at each call."""
        key, chosen = self.link, self._scene.chosen
        count = len(self._scene.links[key].link.via) if key is not None else 0
        if key is None or not count:
            self._scene.said.emit("Select a link with points first.")
            return
        chosen.set_point(PointKey(key, (chosen.point.index + 1) % count if chosen.point is not None else 0))

    @property
    def link(self) -> Input | None:
        """The one link that is selected."""
        chosen = self._scene.chosen
        return next(iter(chosen.links)) if len(chosen.links) == 1 and not chosen.nodes else None

    @property
    def _graph(self) -> tuple[Project, str]:
        return self._scene.document.project, self._scene.name

    def _apply(self, edit: Callable[[], Change]) -> bool:
        """Makes the change; says whether it could be made."""
        try:
            self._scene.document.apply(edit())
        except EditError as wrong:
            self._scene.said.emit(sentence(wrong))
            return False
        except Refused as why:
            self._scene.said.emit(str(why))
            return False
        return True
