"""Moving the selection by keys, step by step."""

from __future__ import annotations

from time import monotonic

from netbuilder.graph import edits
from netbuilder.graph.change import Change
from netbuilder.ui.canvas.gestures.move import carried
from netbuilder.ui.canvas.scene import GraphScene

_PAUSE = 1.0  # seconds: keys repeat after 0.7 on some desktops


class Nudging:
    """Steps that follow each other without a pause and move the same things are one step of undo, whether a key is held
    or pressed again."""

    def __init__(self, scene: GraphScene) -> None:
        self._scene = scene
        self._last: Change | None = None
        self._moved: set[str] = set()
        self._when = 0.0

    def nudge(self, right: float, down: float) -> None:
        """Moves the selection, and what its frames carry, by so many scene units."""
        scene, document = self._scene, self._scene.document
        nodes, frames = carried(scene)
        if not nodes and not frames:
            return
        graph = scene.graph
        places = {id: graph.nodes[id].at for id in nodes} | {id: graph.frames[id].rect[:2] for id in frames}
        goals = {id: (x + right, y + down) for id, (x, y) in places.items()}
        change = edits.move(document.project, scene.name, goals, scene.links_of(goals))
        moved, now = nodes | frames, monotonic()
        goes_on = self._last is not None and document.last is self._last and moved == self._moved
        if goes_on and now - self._when < _PAUSE:
            self._last = document.amend(change)
        else:
            document.apply(change)
            self._last = document.last
        self._moved, self._when = moved, now
