"""Paints a graph, or a part of it, at full detail into any painter: a picture, a page, a preview.

A picture is read at leisure, so the zoom of the painter has no say in what is shown: no plates, no names left out.
Painting goes in steps, so that whoever waits for it can show how far it is, and stop.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from netbuilder.graph.model import Input, input_key, natural_key
from netbuilder.ui.canvas.frame_item import FrameItem
from netbuilder.ui.canvas.link_item import LinkItem
from netbuilder.ui.canvas.node_item import NodeItem
from netbuilder.ui.canvas.scene import GraphScene

MARGIN = 24.0  # scene units around what is shown
NEAR = 1.0  # the zoom at which everything is shown
STEP = 40  # things painted between two looks at the clock: about 5 ms
Painted = FrameItem | LinkItem | NodeItem
EXACT = 2000  # links whose way is followed to the pixel to find how much room they take


class Part(NamedTuple):
    """What of a scene is shown, by key; `rect` lies around it, in scene units, with a margin; null for nothing."""

    nodes: tuple[str, ...]
    links: tuple[Input, ...]
    frames: tuple[str, ...]
    rect: QRectF

    def __bool__(self) -> bool:
        return not self.rect.isNull()


def whole(scene: GraphScene) -> Part:
    """Everything."""
    return _part(scene, set(scene.nodes), set(scene.frames))


def selection(scene: GraphScene) -> Part:
    """The selected nodes and frames, what lies in these frames, and the links between."""
    frames = {id for id in scene.frames if id in scene.chosen.frames}
    held = {item.id for id in frames for item in scene.nodes_in(scene.frames[id].rect, whole=True)}
    return _part(scene, {id for id in scene.nodes if id in scene.chosen.nodes} | held, frames)


def _part(scene: GraphScene, nodes: set[str], frames: set[str]) -> Part:
    """What folded frames hide is seen as their plates, and links end there."""
    frames = {id for id in frames if not scene.frames[id].hidden}
    seen = {id for id in nodes if not scene.nodes[id].hidden}
    ends = seen | scene.folds.hidden_in(frames)
    links = [
        key
        for key in scene.links_of(ends)
        if key.node in ends and scene.links[key].link.source.node in ends and scene.links[key].isVisible()
    ]
    rect = QRectF()
    for id in seen:
        rect = rect.united(scene.nodes[id].rect)
    for id in frames:
        rect = rect.united(scene.frames[id].rect)
    for key in links:
        rect = rect.united(scene.links[key].path.controlPointRect() if len(links) <= EXACT else scene.links[key].bounds)
    if not rect.isNull():
        rect = rect.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
    ordered = (tuple(sorted(ids, key=natural_key)) for ids in (seen, frames))
    return Part(next(ordered), tuple(sorted(links, key=input_key)), next(ordered), rect)


def paint(
    painter: QPainter, scene: GraphScene, part: Part, *, ground: bool = True, only: QRectF | None = None
) -> Iterator[float]:
    """Paints the part in scene units, as the scene is styled; gives the share that is done (0 to 1) after each step.
    `only`: what lies outside of this is left out."""
    room = part.rect if only is None else only
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    if ground:
        painter.fillRect(room, scene.styling.ground)
    items = _items(scene, part, only)
    for at, item in enumerate(items, 1):
        _paint_one(painter, item)
        if at % STEP == 0 or at == len(items):
            yield at / len(items)


def _items(scene: GraphScene, part: Part, only: QRectF | None) -> list[Painted]:
    """What is painted, the lowest first; with `only`, what touches that rectangle."""
    nodes, links, frames = part.nodes, part.links, part.frames
    if only is not None:
        seen = set(scene.node_table.keys_at(scene.node_table.touching(only, MARGIN)))
        linked = set(scene.link_table.keys_at(scene.link_table.touching(only)))
        nodes, links = tuple(id for id in nodes if id in seen), tuple(key for key in links if key in linked)
        frames = tuple(id for id in frames if scene.frames[id].bounds.intersects(only))
    held = [scene.frames[id] for id in frames]
    held.sort(key=lambda item: -item.rect.width() * item.rect.height())  # the small ones lie in the large ones
    return [
        *(item for item in held if item.plate is None),
        *(scene.links[key] for key in links),
        *(item for item in held if item.plate is not None),
        *sorted((scene.nodes[id] for id in nodes), key=lambda item: item.z),
    ]


def _paint_one(painter: QPainter, item: Painted) -> None:
    painter.save()
    if isinstance(item, LinkItem):
        painter.setBrush(Qt.BrushStyle.NoBrush)
    else:
        painter.translate(item.pos())
    item.paint(painter, NEAR)
    painter.restore()
