"""Things of a scene glide from where they were to where a change has put them. Only the drawing: the model is done."""

from __future__ import annotations

from math import exp, log
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QEasingCurve, QEvent, QObject, QPointF, QRectF, QVariantAnimation
from PySide6.QtWidgets import QGraphicsView, QStyle

from netbuilder.graph.model import Input
from netbuilder.ui.canvas.camera import Camera
from netbuilder.ui.canvas.link_item import LinkItem
from netbuilder.ui.canvas.scene import GraphScene

LASTS_MS = 260
MOST = 3000  # nodes; more of them would stutter
_ENDS = (QEvent.Type.MouseButtonPress, QEvent.Type.Wheel, QEvent.Type.KeyPress, QEvent.Type.Hide)

Via = tuple[tuple[float, float], ...]


class Shown(NamedTuple):
    """Where everything in a scene is drawn, and what part of it is in view."""

    nodes: dict[str, tuple[float, float]]
    links: dict[Input, tuple[float, ...]]
    frames: dict[str, QRectF]
    zoom: float
    middle: QPointF


class Glide(QObject):
    """`show` is called after a change, with what was shown before it. A press, a key, the wheel or another change ends
    it at once, with everything in its place."""

    def __init__(self, view: QGraphicsView, scene: GraphScene, camera: Camera) -> None:
        super().__init__(view)
        self._view, self._scene, self._camera = view, scene, camera
        self._run: _Run | None = None
        self._clock = QVariantAnimation(self)
        self._clock.setStartValue(0.0)
        self._clock.setEndValue(1.0)
        self._clock.setDuration(LASTS_MS)
        self._clock.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._clock.valueChanged.connect(self._step)
        self._clock.finished.connect(self.end)

    @property
    def going(self) -> bool:
        return self._run is not None

    def shown(self) -> Shown:
        """What is shown now."""
        scene, table = self._scene, self._scene.node_table
        slots = table.slots_of(scene.nodes)
        corners = zip(table.left[slots].tolist(), table.top[slots].tolist(), strict=True)
        ends = scene.link_table.ends[scene.link_table.slots_of(scene.links)].tolist()
        return Shown(
            dict(zip(scene.nodes, corners, strict=True)),
            dict(zip(scene.links, map(tuple, ends), strict=True)),
            {id: item.rect for id, item in scene.frames.items()},
            self._camera.zoom,
            self._middle(),
        )

    def show(self, before: Shown) -> None:
        """Glides from what was shown to what is. Not where animations are switched off, nor with very many nodes."""
        self.end()
        moved = sum(before.nodes.get(id) != (item.pos().x(), item.pos().y()) for id, item in self._scene.nodes.items())
        lasting = self._view.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, self._view)
        if not moved or moved > MOST or not lasting or not self._view.isVisible():
            return
        self._run = _Run(self._scene, before)
        self._from, self._to = (before.zoom, before.middle), (self._camera.zoom, self._middle())
        for watched in (self._view, self._view.viewport()):
            watched.installEventFilter(self)
        self._step(0.0)
        self._clock.start()

    def end(self) -> None:
        """Everything to its place."""
        run, self._run = self._run, None
        if run is None:
            return
        self._clock.stop()
        for watched in (self._view, self._view.viewport()):
            watched.removeEventFilter(self)
        run.show(1.0)
        self._look_at(*self._to)

    def _step(self, share: float) -> None:
        if self._run is not None:
            self._run.show(share)
            (zoom, middle), (goal, end) = self._from, self._to
            self._look_at(exp(log(zoom) + (log(goal) - log(zoom)) * share), middle + (end - middle) * share)

    def _look_at(self, zoom: float, middle: QPointF) -> None:
        self._camera.set_zoom(zoom)
        self._view.centerOn(middle)

    def _middle(self) -> QPointF:
        size = self._view.viewport().size()
        return self._camera.to_scene(QPointF(size.width() / 2, size.height() / 2))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _ENDS:
            self.end()
        return False


class _Run:
    """The arrays of a scene between two states."""

    def __init__(self, scene: GraphScene, before: Shown) -> None:
        self._scene = scene
        nodes, links = scene.node_table, scene.link_table
        self._slots = nodes.slots_of(id for id in scene.nodes if id in before.nodes)
        self._sides = np.stack([side[self._slots] for side in (nodes.left, nodes.top, nodes.right, nodes.bottom)])
        was = np.array([before.nodes[id] for id in scene.nodes if id in before.nodes], float).reshape(-1, 2).T
        self._shift = np.tile(was - self._sides[:2], (2, 1))
        keys = [key for key, item in scene.links.items() if key in before.links and not item.hidden]
        self._links = links.slots_of(keys)
        self._ends = links.ends[self._links].copy()
        self._ends_shift = np.array([before.links[key] for key in keys], float).reshape(-1, 4) - self._ends
        self._bent: list[tuple[LinkItem, Via, Via]] = []
        for key in keys:
            if via := scene.links[key].via:
                self._bent.append((scene.links[key], _along(before.links[key], len(via)), via))
        self._frames = {id: (before.frames[id], item.rect) for id, item in scene.frames.items() if id in before.frames}

    def show(self, share: float) -> None:
        """0: as it was, 1: as it is."""
        table, links, left = self._scene.node_table, self._scene.link_table, 1.0 - share
        sides = self._sides + self._shift * left
        table.left[self._slots], table.top[self._slots], table.right[self._slots], table.bottom[self._slots] = sides
        links.ends[self._links] = self._ends + self._ends_shift * left
        links.enclose(self._links)
        for item, start, via in self._bent:
            item.via = tuple(
                (x + (a - x) * left, y + (b - y) * left) for (x, y), (a, b) in zip(via, start, strict=True)
            )
            item.enclose()
        for id, (was, now) in self._frames.items():
            self._scene.frames[id].show_rect(
                QRectF(
                    now.topLeft() + (was.topLeft() - now.topLeft()) * left,
                    now.bottomRight() + (was.bottomRight() - now.bottomRight()) * left,
                )
            )
        self._scene.update()


def _along(ends: tuple[float, ...], count: int) -> Via:
    """So many points on the line between both ends."""
    x1, y1, x2, y2 = ends
    steps = [(at + 1) / (count + 1) for at in range(count)]
    return tuple((x1 + (x2 - x1) * step, y1 + (y2 - y1) * step) for step in steps)
