"""What the keys and menus do to the selection: each is an edit of the document."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QGuiApplication

from netbuilder.blocks.composition import parts
from netbuilder.blocks.filling import Kind, filled
from netbuilder.graph import edits
from netbuilder.graph.change import Change, apply, join
from netbuilder.graph.edits import EditError
from netbuilder.graph.grouping import group, ungroup
from netbuilder.graph.model import Output, natural_key
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.adding import made
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
        scene.document.apply(whole)
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

    def delete(self) -> None:
        """Removes the selection, with the links of its nodes."""
        scene, chosen = self._scene, self._scene.chosen
        if chosen:
            self.apply(
                edits.remove(
                    scene.document.project,
                    scene.name,
                    nodes=sorted(chosen.nodes),
                    links=sorted(chosen.links),
                    frames=sorted(chosen.frames),
                )
            )

    def copy(self) -> bool:
        """Puts the selected nodes and frames on the clipboard as text; says whether there were any."""
        chosen = self._scene.chosen
        ids = [*chosen.nodes, *chosen.frames]
        if not ids:
            self._tell("Select blocks first, then copy them.")
            return False
        fragment = edits.cut_out(self._scene.document.project, self._scene.name, ids)
        QGuiApplication.clipboard().setText(edits.fragment_to_text(fragment))
        return True

    def cut(self) -> None:
        """Copies the selection, then removes it."""
        if self.copy():
            self.delete()

    def paste(self, at: QPointF) -> None:
        """Puts what lies on the clipboard here, with fresh ids and its inner links; it is selected then."""
        try:
            fragment = edits.fragment_from_text(QGuiApplication.clipboard().text())
        except ValueError:
            self._tell("The clipboard holds no blocks; copy some on a canvas first.")
            return
        place = (_on_grid(at.x()), _on_grid(at.y()))
        self.apply(edits.paste(self._scene.document.project, self._scene.name, fragment, place))

    def duplicate(self) -> None:
        """A copy of the selection beside it, with the links inside it."""
        scene, chosen = self._scene, self._scene.chosen
        ids = [*chosen.nodes, *chosen.frames]
        if not ids:
            return
        project = scene.document.project
        fragment = edits.cut_out(project, scene.name, ids)
        corners = [scene.nodes[id].rect for id in chosen.nodes] + [scene.frames[id].rect for id in chosen.frames]
        left, top = min(rect.left() for rect in corners), min(rect.top() for rect in corners)
        step = 3 * m.GRID
        self.apply(edits.paste(project, scene.name, fragment, (left + step, top + step)))

    def add_frame(self) -> None:
        """A frame around the selected nodes and frames, with room for its title."""
        scene, chosen = self._scene, self._scene.chosen
        rect = QRectF()
        for id in chosen.nodes:
            rect = rect.united(scene.nodes[id].rect)
        for id in chosen.frames:
            rect = rect.united(scene.frames[id].rect)
        if rect.isNull():
            self._tell("Select blocks first, then put a frame around them.")
            return
        room = 2 * m.GRID
        rect.adjust(-room, -room - m.FRAME_TITLE, room, room)
        around = (rect.x(), rect.y(), rect.width(), rect.height())
        self.apply(edits.add_frame(scene.document.project, scene.name, around, title="Frame"))

    def toggle_bypass(self) -> None:
        """Bypasses the selected nodes, or takes them in again where all of them are bypassed."""
        scene = self._scene
        ids = sorted(scene.chosen.nodes)
        if ids:
            on = not all(scene.graph.nodes[id].bypassed for id in ids)
            self.apply(edits.bypass(scene.document.project, scene.name, ids, on))

    def group(self) -> None:
        """Makes the selected nodes a network of their own, placed where they stood."""
        scene, chosen = self._scene, self._scene.chosen
        ids = [*sorted(chosen.nodes), *sorted(chosen.frames)]
        try:
            change = group(scene.document.project, scene.name, ids, parts(scene.catalogue))
        except EditError as wrong:
            self._tell(sentence(wrong))
            return
        self.apply(change)
        self._tell(f"{change.label}. Shift+F2 gives the network another name.")

    def ungroup(self) -> None:
        """Puts the nodes of the selected placements in their stead, as one change."""
        scene, known = self._scene, parts(self._scene.catalogue)
        ids = [id for id in scene.chosen.nodes if scene.graph.nodes[id].block in known.placement]
        if not ids:
            self._tell("Select a network that is placed here, then ungroup it.")
            return
        project, changes = scene.document.project, []
        try:
            for id in sorted(ids, key=natural_key):
                changes.append(ungroup(project, scene.name, id, known))
                project = apply(project, changes[-1])
        except EditError as wrong:
            self._tell(sentence(wrong))
            return
        self.apply(changes[0] if len(changes) == 1 else join(f"Ungroup {len(changes)} networks", changes))

    def select_all(self) -> None:
        """Everything but links, which go with their nodes."""
        self._scene.chosen.set(nodes=self._scene.nodes, frames=self._scene.frames)


def _on_grid(value: float) -> float:
    return round(value / m.GRID) * m.GRID
