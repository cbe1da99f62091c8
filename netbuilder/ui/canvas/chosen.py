"""What is selected on a canvas: nodes, links and frames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, NamedTuple

from netbuilder.graph.model import Input
from netbuilder.ui.canvas.points import PointKey

if TYPE_CHECKING:
    from netbuilder.ui.canvas.scene import GraphScene


class Choice(NamedTuple):
    """A selection as a value."""

    nodes: frozenset[str] = frozenset()
    links: frozenset[Input] = frozenset()
    frames: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.nodes or self.links or self.frames)


class Chosen:
    """The selection of a scene; items are told, and `chosen_changed` is sent once for each call that changes it."""

    def __init__(self, scene: GraphScene) -> None:
        self._scene = scene
        self.nodes: set[str] = set()
        self.links: set[Input] = set()
        self.frames: set[str] = set()
        self.point: PointKey | None = None  # of the one link that is selected

    def __bool__(self) -> bool:
        return bool(self.nodes or self.links or self.frames)

    def state(self) -> Choice:
        """The selection as it is now."""
        return Choice(frozenset(self.nodes), frozenset(self.links), frozenset(self.frames))

    def set(self, nodes: Iterable[str] = (), links: Iterable[Input] = (), frames: Iterable[str] = ()) -> None:
        """Selects these and nothing else; unknown keys are left out. For what is hidden its plate is selected."""
        self._mark_point(None)
        scene = self._scene
        nodes, frames = set(nodes) & scene.nodes.keys(), set(frames) & scene.frames.keys()
        if owner := scene.folds.owner:
            plates = {owner[id] for id in (*nodes, *frames) if id in owner}
            nodes, frames = nodes - owner.keys(), (frames | plates) - owner.keys()
        wanted = Choice(frozenset(nodes), frozenset(links) & scene.links.keys(), frozenset(frames))
        if wanted != self.state():
            self._mark(wanted)
            scene.chosen_changed.emit()

    def _mark(self, wanted: Choice) -> None:
        scene, now = self._scene, self.state()
        scene.choose_nodes(wanted.nodes ^ now.nodes, wanted.nodes)
        for key in wanted.links ^ now.links:
            scene.links[key].mark(chosen=key in wanted.links)
        for id in wanted.frames ^ now.frames:
            scene.frames[id].mark(chosen=id in wanted.frames)
        self.nodes, self.links, self.frames = set(wanted.nodes), set(wanted.links), set(wanted.frames)

    def lift(self, owner: Mapping[str, str]) -> None:
        """Some of what is selected has been hidden: its plate is selected instead. Whoever calls it tells of it."""
        hidden = {*self.nodes, *self.frames} & owner.keys()
        if hidden:
            plates = {owner[id] for id in hidden}
            frames = frozenset((self.frames | plates) - owner.keys())
            self._mark(Choice(frozenset(self.nodes - hidden), frozenset(self.links), frames))

    def all_nodes(self) -> AbstractSet[str]:
        """The selected nodes, and those that selected plates hide."""
        return self.nodes | self._scene.folds.hidden_in(self.frames)

    def set_point(self, point: PointKey) -> None:
        """Selects a link and one of its points; an unknown one is left out."""
        self.set(links=[point.link])
        if point.link in self.links and point.index < len(self._scene.links[point.link].link.via):
            self._mark_point(point)

    def check_point(self, key: Input) -> None:
        """The link is another: a point of it that is gone is selected no more."""
        if self.point is not None and self.point.link == key and self._scene.links[key].point is None:
            self.point = None

    def _mark_point(self, point: PointKey | None) -> None:
        for held, index in ((self.point, None), (point, point.index if point is not None else None)):
            if held is not None and held.link in self._scene.links:
                self._scene.links[held.link].mark_point(index)
        self.point = point

    def put(self, choice: Choice) -> None:
        """Selects what the value says."""
        self.set(*choice)

    def combine(self, base: Choice, more: Choice, how: str) -> None:
        """`how`: "set": `more` alone, "add": both, "remove": the base without it, "toggle": what is in one of them."""
        ways = {
            "set": lambda a, b: b,
            "add": lambda a, b: a | b,
            "remove": lambda a, b: a - b,
            "toggle": lambda a, b: a ^ b,
        }
        self.set(*(ways[how](a, b) for a, b in zip(base, more, strict=True)))

    def forget_node(self, id: str) -> None:
        """The node is gone."""
        self.nodes.discard(id)

    def forget_link(self, key: Input) -> None:
        """The link is gone."""
        self.links.discard(key)
        if self.point is not None and self.point.link == key:
            self.point = None

    def forget_frame(self, id: str) -> None:
        """The frame is gone."""
        self.frames.discard(id)
