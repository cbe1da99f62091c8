"""From what lies under a press to what it does: at once, as a drag, and as a click without one."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QPointF, Qt

from netbuilder.ui.canvas.brief_numbers import number_at
from netbuilder.ui.canvas.chosen import Choice
from netbuilder.ui.canvas.gestures.band import Band
from netbuilder.ui.canvas.gestures.base import Gesture
from netbuilder.ui.canvas.gestures.bend import Bend, new_index
from netbuilder.ui.canvas.gestures.copy import Copy
from netbuilder.ui.canvas.gestures.link import DragLink
from netbuilder.ui.canvas.gestures.move import Move
from netbuilder.ui.canvas.gestures.number import DragNumber
from netbuilder.ui.canvas.gestures.resize import Resize
from netbuilder.ui.canvas.points import PointKey, Points
from netbuilder.ui.canvas.scene import GraphScene, Hit

_SHIFT, _CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
_ALT = Qt.KeyboardModifier.AltModifier


def nothing() -> None:
    """A click that has no more to do."""


class Press(NamedTuple):
    """A press that may become a drag: `drag` makes its gesture, `click` is called if it does not."""

    drag: Callable[[], Gesture]
    click: Callable[[], None] = nothing


def press(scene: GraphScene, hit: Hit, pos: QPointF, keys: Qt.KeyboardModifier, zoom: float) -> Press:
    """Selects what a press selects at once, and gives what follows."""
    return _BY_KIND[hit.kind](scene, hit, pos, keys, zoom)


def _choice(scene: GraphScene, hit: Hit) -> Choice:
    if hit.kind in ("node", "port"):
        return Choice(nodes=frozenset({str(hit.key)}))
    if hit.kind == "link":
        return Choice(links=frozenset({hit.key}))  # type: ignore[arg-type]
    if hit.kind == "point":
        return Choice(links=frozenset({hit.key.link}))  # type: ignore[attr-defined]
    return Choice(frames=frozenset({str(hit.key)}))


def choose(scene: GraphScene, hit: Hit) -> None:
    """Selects the thing alone, unless it is one of those that are selected already."""
    if hit.kind != "nothing":
        mine = _choice(scene, hit)
        if hit.kind == "point":
            scene.chosen.set_point(hit.key)  # type: ignore[arg-type]
        elif not any(a & b for a, b in zip(mine, scene.chosen.state(), strict=True)):
            scene.chosen.put(mine)


def _select(scene: GraphScene, hit: Hit, keys: Qt.KeyboardModifier) -> Callable[[], None]:
    """Selects the thing; one of several that are selected already is taken alone only by a click."""
    mine, now = _choice(scene, hit), scene.chosen.state()
    if keys & _CTRL:
        scene.chosen.combine(now, mine, "toggle")
        return nothing
    if keys & _SHIFT:
        scene.chosen.combine(now, mine, "add")
        return nothing
    if any(a & b for a, b in zip(mine, now, strict=True)):
        return lambda: scene.chosen.put(mine)
    scene.chosen.put(mine)
    return nothing


def _on_node(scene: GraphScene, hit: Hit, pos: QPointF, keys: Qt.KeyboardModifier, zoom: float) -> Press:
    number = number_at(scene, pos, zoom) if not keys else None
    click = _select(scene, hit, keys)
    if number is not None:
        return Press(lambda: DragNumber(scene, number, pos, zoom), click)
    lead = scene.nodes[str(hit.key)].rect
    scene.raise_node(str(hit.key))
    gesture = Copy if keys & _ALT else Move
    return Press(lambda: gesture(scene, pos, lead, zoom), click)


def _on_frame(scene: GraphScene, hit: Hit, pos: QPointF, keys: Qt.KeyboardModifier, zoom: float) -> Press:
    click = _select(scene, hit, keys)
    frame = scene.frames[str(hit.key)]
    if frame.plate is not None:
        scene.raise_plates()
    lead = frame.rect
    gesture = Copy if keys & _ALT else Move
    return Press(lambda: gesture(scene, pos, lead, zoom), click)


def _on_corner(scene: GraphScene, hit: Hit, pos: QPointF, keys: Qt.KeyboardModifier, zoom: float) -> Press:
    click = _select(scene, hit, keys)
    return Press(lambda: Resize(scene, str(hit.key), pos, hit.sides), click)


def _on_port(scene: GraphScene, hit: Hit, pos: QPointF, keys: Qt.KeyboardModifier, zoom: float) -> Press:
    spot = hit.spot
    assert spot is not None
    return Press(lambda: DragLink.from_port(scene, spot, zoom), _select(scene, hit, keys))


def _on_link(scene: GraphScene, hit: Hit, pos: QPointF, keys: Qt.KeyboardModifier, zoom: float) -> Press:
    key = scene.links[hit.key].key  # type: ignore[index]
    if keys & _ALT:  # puts a point into it
        scene.chosen.set(links=[key])
        points = Points(scene)
        point = new_index(scene, PointKey(key, 0), pos)
        return Press(lambda: Bend(scene, point, new=True), lambda: points.add(key, pos))
    click = _select(scene, hit, keys)
    start, end = scene.links[key].ends
    by_source = (start - pos).manhattanLength() < (end - pos).manhattanLength()
    return Press(lambda: DragLink.from_link(scene, key, by_source=by_source, zoom=zoom), click)


def _on_point(scene: GraphScene, hit: Hit, pos: QPointF, keys: Qt.KeyboardModifier, zoom: float) -> Press:
    point = hit.key
    assert isinstance(point, PointKey)
    scene.chosen.set_point(point)
    return Press(lambda: Bend(scene, point))


def _on_nothing(scene: GraphScene, hit: Hit, pos: QPointF, keys: Qt.KeyboardModifier, zoom: float) -> Press:
    how = "add" if keys & _SHIFT else "remove" if keys & _CTRL else "set"
    if how == "set":
        scene.chosen.set()
    return Press(lambda: Band(scene, pos, how, zoom))


_BY_KIND = {
    "node": _on_node,
    "port": _on_port,
    "point": _on_point,
    "link": _on_link,
    "frame": _on_frame,
    "corner": _on_corner,
    "nothing": _on_nothing,
}
