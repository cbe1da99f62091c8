"""What the keys and menus do to the selection: each is an edit of the document."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF

from netbuilder.blocks.filling import Kind, filled
from netbuilder.graph import edits
from netbuilder.graph.change import Change
from netbuilder.graph.document import Refused
from netbuilder.graph.edits import EditError
from netbuilder.graph.model import Output
from netbuilder.ui.canvas import clipboard, nesting
from netbuilder.ui.canvas.adding import made
from netbuilder.ui.canvas.framing import around
from netbuilder.ui.canvas.removing import removal
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.text import sentence


class Commands:
    """`tell` shows a sentence to the person."""

    def __init__(self, scene: GraphScene, tell: Callable[[str], None]) -> None:
        self._scene = scene
        self._tell = tell

    def apply(self, change: Change | None) -> None:
        """Makes the change, selects what it made. Data that it links to a blank Input fill that in."""
        if not change:
            return
        scene = self._scene
        whole = filled(scene.document.project, change, scene.catalogue, self._known)
        try:
            scene.document.apply(whole)
        except Refused as why:
            self._tell(str(why))
            return
        if whole is not change:
            self._tell("The network's Input was blank; it has the shape of what is linked to it now.")
        nodes, frames = made(change, scene.name), made(change, scene.name, "frame")
        if nodes or frames:
            scene.chosen.set(nodes=nodes, frames=frames)

    def _known(self, graph: str, source: Output) -> Kind | None:
        """What analysis knows of an output."""
        item = self._scene.nodes.get(source.node) if graph == self._scene.name else None
        flow = item.facts.outputs.get(source.port) if item is not None and item.facts is not None else None
        return None if flow is None else (flow.shape, flow.dtype)

    def delete(self, *, healed: bool = True) -> None:
        """Removes the selection. `healed`: a chain stays whole, where what comes before fits what comes behind."""
        self.apply(removal(self._scene, self._tell, healed=healed))

    def copy(self) -> bool:
        """Puts the selected nodes and frames on the clipboard as text; says whether there were any."""
        return clipboard.copy(self._scene, self._tell)

    def cut(self) -> None:
        """Copies the selection, then removes it."""
        if self.copy():
            self.delete()

    def paste(self, at: QPointF) -> None:
        """Puts what lies on the clipboard here; it is selected then."""
        self.apply(clipboard.pasted(self._scene, at, self._tell))

    def duplicate(self, *, linked: bool = False) -> None:
        """A copy of the selection beside it, with the links inside it. `linked`: and those that lead into it."""
        chosen = self._scene.chosen
        try:
            self.apply(clipboard.duplicated(self._scene, [*chosen.nodes, *chosen.frames], linked=linked))
        except EditError as wrong:
            self._tell(sentence(wrong))

    def entitle(self, id: str, title: str) -> None:
        """Another title for a node; "" shows its name."""
        if id in self._scene.graph.nodes:
            self.apply(edits.set_title(self._scene.document.project, self._scene.name, id, title))

    def add_frame(self) -> None:
        """A frame around the selected nodes and frames, with room for its title."""
        scene = self._scene
        rect = around(scene)
        if not rect[2]:
            self._tell("Select blocks first, then put a frame around them.")
            return
        self.apply(edits.add_frame(scene.document.project, scene.name, rect, title="Frame"))

    def toggle_bypass(self) -> None:
        """Bypasses the selected nodes, or takes them in again where all of them are bypassed."""
        scene = self._scene
        ids = sorted(scene.chosen.all_nodes())
        if ids:
            on = not all(scene.graph.nodes[id].bypassed for id in ids)
            self.apply(edits.bypass(scene.document.project, scene.name, ids, on))

    def toggle_bookmark(self) -> None:
        """Bookmarks the selected nodes, or takes the marks away where all of them have one."""
        scene = self._scene
        ids = sorted(scene.chosen.all_nodes())
        if ids:
            on = not all(scene.graph.nodes[id].bookmarked for id in ids)
            self.apply(edits.bookmark(scene.document.project, scene.name, ids, on))

    def group(self) -> None:
        """Makes the selected nodes a network of their own, placed where they stood."""
        self.apply(nesting.grouped(self._scene, self._tell))

    def ungroup(self) -> None:
        """Puts the nodes of the selected placements in their stead, as one change."""
        self.apply(nesting.ungrouped(self._scene, self._tell))

    def select_all(self) -> None:
        """Everything but links, which go with their nodes."""
        self._scene.chosen.set(nodes=self._scene.nodes, frames=self._scene.frames)
