"""Lays out what a canvas shows: a process of its own finds the places, one change puts everything there."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

import msgspec
from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QGraphicsView

from netbuilder.graph.edits import EditError
from netbuilder.graph.layout.sketch import Places
from netbuilder.graph.layout.tidy import Measures, Scope, scope, sketched, tidied
from netbuilder.graph.model import Direction, Graph
from netbuilder.jobs.staying import Answer, Staying
from netbuilder.ui.canvas.camera import Camera
from netbuilder.ui.canvas.glide import Glide
from netbuilder.ui.canvas.measuring import measured
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.text import counted, sentence

SLOW_MS = 500  # from then on the person is told what goes on
KEPT_MS = 60_000  # so long the process waits for another layout


class _Asked(NamedTuple):
    """What a layout was asked for, to be held against what is there when it comes."""

    graph: Graph
    measures: Measures
    scope: Scope
    direction: Direction
    only: frozenset[str] | None


class LayingOut(QObject):
    """One layout at a time; a new one takes the place of one that goes on. Esc stops it."""

    _heard = Signal(object)

    def __init__(self, view: QGraphicsView, scene: GraphScene, camera: Camera, tell: Callable[[str], None]) -> None:
        super().__init__(view)
        self._view, self._scene, self._camera, self._tell = view, scene, camera, tell
        self.glide = Glide(view, scene, camera)
        app = QApplication.instance()
        assert app is not None
        self._app = app
        self._worker = Staying(self._heard.emit)
        self._heard.connect(self._answered)
        self._asked: _Asked | None = None
        self._progress = 0.0
        self._slow, self._kept = QTimer(self), QTimer(self)
        for timer, lasts, act in ((self._slow, SLOW_MS, self._say), (self._kept, KEPT_MS, self._worker.cancel)):
            timer.setSingleShot(True)
            timer.setInterval(lasts)
            timer.timeout.connect(act)

    @property
    def going(self) -> bool:
        """Whether a layout is awaited."""
        return self._asked is not None

    def start(self, only: Collection[str] | None = None, direction: Direction | None = None) -> None:
        """Lays out the whole graph, or only these nodes and frames; with data flowing in another direction where one
        is given."""
        self.glide.end()
        if why := self._scene.document.refusal:
            self._tell(why)
            return
        graph = self._scene.graph
        direction = direction or graph.direction
        measures = measured(self._scene, direction)
        held = scope(graph, measures, only)
        if not held.nodes and not held.plates and direction == graph.direction:
            self._tell("There are no blocks to lay out." if only is None else "Select blocks first, then lay them out.")
            return
        self._asked = _Asked(graph, measures, held, direction, None if only is None else frozenset(only))
        self._progress = 0.0
        self._kept.stop()
        self._slow.start()
        self._app.installEventFilter(self)
        self._worker.ask({"job": "layout", "sketch": sketched(graph, measures, held, direction)})

    def stop(self) -> None:
        """Without the layout that goes on, if one does."""
        if self._forget():
            self._worker.cancel()

    def close(self) -> None:
        """Ends the process, too."""
        self.glide.end()
        self._forget()
        self._kept.stop()
        self._worker.cancel()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc stops a layout that goes on, wherever the focus is, and does nothing else then; menus and questions have
        it first."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() != Qt.Key.Key_Escape or _asked_first():
                return False
            self.stop()
            self._tell("The layout was stopped; everything is where it was.")
            return True
        return False

    def _forget(self) -> _Asked | None:
        asked, self._asked = self._asked, None
        self._slow.stop()
        self._app.removeEventFilter(self)
        return asked

    def _say(self) -> None:
        if self._asked is not None:
            blocks = counted(len(self._asked.scope.nodes), "block")
            self._tell(f"Laying out {blocks}… {self._progress:.0%}. Esc stops it.")

    def _answered(self, answer: Answer) -> None:
        if self._asked is None:
            return
        if answer["is"] == "progress":
            self._progress = answer["done"]
            if not self._slow.isActive():
                self._say()
            return
        asked = self._forget()
        self._kept.start()
        if asked is None or answer["is"] == "failed":
            self._tell(str(answer["message"]))
            return
        self._apply(asked, msgspec.convert(answer["result"], Places))

    def _apply(self, asked: _Asked, places: Places) -> None:
        scene = self._scene
        if not self._holds(asked):
            self._tell("The graph has changed meanwhile, so nothing was moved. Lay it out again.")
            return
        try:
            change = tidied(
                scene.document.project,
                scene.name,
                asked.measures,
                asked.scope,
                places,
                asked.direction,
                asked.only,
            )
            before, whole = self.glide.shown(), self._in_view(scene.bounds())
            scene.document.apply(change)
        except EditError as wrong:
            self._tell(sentence(wrong))
            return
        if not change:
            self._tell("Everything is laid out already.")
            return
        self._look(asked, whole)
        self.glide.show(before)
        self._tell(f"{counted(len(asked.scope.nodes), 'block')} laid out.")

    def _holds(self, asked: _Asked) -> bool:
        """Whether the layout still fits: nothing that it was made from has changed."""
        then, now = asked.graph, self._scene.graph
        if then is now:
            return True
        return (
            {id: node.at for id, node in then.nodes.items()} == {id: node.at for id, node in now.nodes.items()}
            and then.links == now.links
            and then.frames == now.frames
            and then.direction == now.direction
            and measured(self._scene, asked.direction) == asked.measures
        )

    def _in_view(self, rect: QRectF) -> bool:
        return self._view.mapToScene(self._view.viewport().rect()).boundingRect().contains(rect)

    def _look(self, asked: _Asked, whole: bool) -> None:
        """A graph that was seen whole is seen whole again; else what was laid out comes into view."""
        if whole or asked.only is None:
            self._camera.fit(self._scene.extent())
            return
        rect = QRectF()
        for id in asked.scope.nodes:
            rect = rect.united(self._scene.nodes[id].rect)
        if not self._in_view(rect):
            self._camera.reveal(rect)


def _asked_first() -> bool:
    """Whether a menu or a question is open."""
    return QApplication.activePopupWidget() is not None or QApplication.activeModalWidget() is not None
