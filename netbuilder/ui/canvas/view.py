"""The canvas: one graph of the document, to look at and to edit with mouse and keys."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QTimer, Signal
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QToolTip

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.report import GraphReport
from netbuilder.graph.change import Change
from netbuilder.graph.document import Document
from netbuilder.graph.model import NONE, Direction, Values, natural_key
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.adding import add, behind, free_outputs, free_place, made, refusal
from netbuilder.ui.canvas.arrange import extend, in_line, invert
from netbuilder.ui.canvas.asked import Asked
from netbuilder.ui.canvas.corners import Corners
from netbuilder.ui.canvas.frame_editor import FrameEditor
from netbuilder.ui.canvas.framing import Framing
from netbuilder.ui.canvas.ground import paint_ground, paint_invitation
from netbuilder.ui.canvas.laying_out import LayingOut
from netbuilder.ui.canvas.node_item import Spot
from netbuilder.ui.canvas.nudging import Nudging
from netbuilder.ui.canvas.options import Options
from netbuilder.ui.canvas.partners import Partner, linked
from netbuilder.ui.canvas.replacing import Replacing, replaceable, replacement
from netbuilder.ui.canvas.sign_words import words_at, words_of
from netbuilder.ui.canvas.stage import Stage
from netbuilder.ui.canvas.style import Colors, Style
from netbuilder.ui.canvas.title_editor import TitleEditor
from netbuilder.ui.canvas.walking import Walker, around_chosen
from netbuilder.ui.keymap import key_of
from netbuilder.ui.text import tip

_MANY = 500  # nodes
_TELLS = 100  # milliseconds


class Canvas(Stage):
    """Edits go to the document as changes; the scene follows the document. Positions are in scene units."""

    selection_changed = Signal(object)  # ids of the selected nodes; a list as it is: Qt would copy thousands
    link_wanted = Signal(str)  # the node that shall be linked to something

    def __init__(self, document: Document, graph: str, catalogue: Catalogue, theme: Colors) -> None:
        super().__init__(document, graph, catalogue, Style(theme))
        self._theme = theme
        self._corners = Corners(self, self._style)
        self._framing = Framing(self, self._graph_scene, self._commands.apply)
        self._nudging = Nudging(self._graph_scene)
        self._walker = Walker(self._graph_scene)
        self._laying_out = LayingOut(self, self._graph_scene, self._camera, self.status.emit)
        self._telling = QTimer(self)
        self._telling.setSingleShot(True)
        self._telling.setInterval(_TELLS)
        self._telling.timeout.connect(self._tell_selected)
        self._stop = document.subscribe(self._follow)
        self._graph_scene.chosen_changed.connect(self._chosen_changed)
        self._graph_scene.reporting.shown.connect(self._refresh_hover)
        self.frame_opened.connect(self.open_frame)
        self.setAccessibleName(f"Canvas of {graph}")
        self.setAccessibleDescription(
            "Blocks and their links, worked by mouse or by keys. The page of keyboard shortcuts names the keys."
        )

    # ---- what the window asks for

    def show_report(self, report: GraphReport | None) -> None:
        """Shows shapes, costs and problems of an analysis; None: nothing is known. What is in view is shown first; in a
        large graph the rest comes in slices, while the window goes on."""
        self._graph_scene.show_report(report, self._in_view())

    def flush(self) -> None:
        """Shows all of the last report, now."""
        self._graph_scene.reporting.flush()

    def select(self, ids: Iterable[str]) -> None:
        """Selects nodes and frames by id, and nothing else."""
        wanted = list(ids)
        self._graph_scene.chosen.set(nodes=wanted, frames=wanted)

    def selected(self) -> list[str]:
        """Ids of the selected nodes, and of those that selected plates hide."""
        return sorted(self._graph_scene.chosen.all_nodes())

    def count_selected(self) -> int:
        """How many nodes and frames are selected."""
        return len(self._graph_scene.chosen.nodes) + len(self._graph_scene.chosen.frames)

    def count_frames(self) -> int:
        """How many frames are selected."""
        return len(self._graph_scene.chosen.frames)

    def select_none(self) -> None:
        """Selects nothing."""
        self._graph_scene.chosen.set()

    def select_all(self) -> None:
        """Selects all nodes and frames."""
        self._commands.select_all()

    def center_on(self, id: str) -> None:
        """Puts a node, or the plate that hides it, in the middle of the view, near enough to be read."""
        if (item := self._graph_scene.folds.shown(id)) is not None:
            self._placed = True
            self._camera.show(item.rect)

    def reveal(self, id: str) -> None:
        """Brings a node into view, moving no more than it takes."""
        if (item := self._graph_scene.folds.shown(id)) is not None:
            self._camera.reveal(item.rect)

    def outlook(self) -> tuple[float, QPointF, list[str]]:
        """What is in view and selected: the zoom, the middle in scene units, ids."""
        chosen = self._graph_scene.chosen
        return self._camera.zoom, self.mapToScene(self.viewport().rect().center()), [*chosen.nodes, *chosen.frames]

    def restore_outlook(self, outlook: tuple[float, QPointF, list[str]]) -> None:
        """Shows what `outlook` gave, of this graph or of one that it was before."""
        zoom, middle, ids = outlook
        self._placed = True
        self._camera.set_zoom(zoom)
        self.centerOn(middle)
        self.select(ids)

    def cover_top(self, height: float) -> None:
        """So many pixels at the top have something over them: what is fitted into the view lies below where it can."""
        self._camera.covered = height

    def fit(self) -> None:
        """Shows the whole graph."""
        self._placed = True
        self._camera.fit(self._graph_scene.extent())
        self._refresh_hover()

    def fit_selection(self) -> None:
        """Shows all that is selected."""
        rect = around_chosen(self._graph_scene)
        if not rect.isNull():
            self._placed = True
            self._camera.fit(rect)
            self._refresh_hover()

    def walk(self, way: str, keeping: bool = False) -> None:
        """Selects the next node "left", "right", "up" or "down", along a link where one goes there; `keeping`: besides
        what is selected."""
        found = self._walker.step(way, self.mapToScene(self.viewport().rect().center()))
        if found:
            chosen = self._graph_scene.chosen
            self.select([found, *((*chosen.nodes, *chosen.frames) if keeping else ())])
            self.reveal(found)

    def ask_for_link(self) -> None:
        """Asks for what the selected node shall be linked to, or no longer."""
        if len(found := self.selected()) == 1:
            self.link_wanted.emit(found[0])

    def link(self, partner: Partner) -> None:
        """Makes a link, or takes it away where it is there."""
        self._commands.apply(linked(self._graph_scene, partner))

    def zoom(self, factor: float) -> None:
        """Zooms about the middle of the view, within 2 % to 400 %."""
        self._placed = True
        self._camera.set_zoom(self._camera.zoom * factor)
        self._refresh_hover()

    @property
    def zoom_level(self) -> float:
        """1.0 is 100 %."""
        return self._camera.zoom

    def add_block(self, name: str, scene_pos: QPointF | None = None, params: Values = NONE) -> str:
        """Puts a block with its upper left corner here, or at a free place in view, and selects it. One that was asked
        for at a port is linked to it, with parameters that suit.

        Gives the new node's id; "" where the block is unknown or has no place in this kind of graph, said in `status`.
        """
        block = self._catalogue.get(name)
        why = refusal(self._graph_scene, block) if block else f"There is no block {name!r}."
        if block is None or why:
            self.status.emit(why)
            return ""
        middle = self.mapToScene(self.viewport().rect().center()) - QPointF(m.NODE_WIDTH / 2, m.TITLE)
        wanted = middle if scene_pos is None else scene_pos
        place = free_place(self._graph_scene, wanted, gridded=scene_pos is None)
        asked, self.asked = self.asked if scene_pos is not None else None, None
        change = asked.change(block, place, params) if asked else add(self._graph_scene, block, place, params)
        self._commands.apply(change)
        return made(change, self._graph_scene.name)[0]

    def delete_selection(self, how: str = "healed") -> None:
        """Removes the selected nodes, links and frames; of a link whose point is selected only that point. "healed":
        what fed them feeds what they fed; or "plain"."""
        if not self._points.remove_chosen():
            self._commands.delete(healed=how == "healed")

    def copy(self) -> None:
        """Puts the selection on the clipboard as text."""
        self._commands.copy()

    def cut(self) -> None:
        """Copies the selection, then removes it."""
        self._commands.cut()

    def paste(self) -> None:
        """Puts what lies on the clipboard under the pointer, or into the middle of the view."""
        self._commands.paste(self._pointed())

    def _pointed(self) -> QPointF:
        """The scene position under the pointer, or in the middle of the view where the pointer is elsewhere."""
        at, room = self.viewport().mapFromGlobal(QCursor.pos()), self.viewport().rect()
        return self.mapToScene(at if room.contains(at) and self.underMouse() else room.center())

    def duplicate(self, how: str = "") -> None:
        """A copy of the selection beside it; "linked": with the links that lead into it."""
        self._commands.duplicate(linked=how == "linked")

    def can_replace(self) -> bool:
        """Whether another block can stand for any of the selected nodes."""
        return next(replaceable(self._graph_scene), None) is not None

    def replacing(self) -> Replacing | None:
        """A search for what may stand for the selected nodes; None where another block can stand for none of them."""
        if self.refuses():
            return None
        ids = sorted(replaceable(self._graph_scene), key=natural_key)
        return Replacing(self._graph_scene, ids) if ids else None

    def corner_of(self, id: str) -> QPoint:
        """The lower left corner of a node, in the viewport."""
        self.reveal(id)
        return self.mapFromScene(self._graph_scene.nodes[id].rect.bottomLeft())

    def replace_by(self, name: str) -> None:
        """This block in the place of the selected ones; what they are called then stays selected."""
        change, ids = replacement(self._graph_scene, sorted(replaceable(self._graph_scene)), name, self.status.emit)
        self._commands.apply(change)
        self.select(ids)

    def rename_selected(self) -> bool:
        """Opens the title of the one node or frame that is selected; says whether there is one."""
        chosen = self._graph_scene.chosen
        if len(chosen.nodes) + len(chosen.frames) != 1:
            return False
        for ids, edit in ((chosen.nodes, self.edit_title), (chosen.frames, self.edit_frame)):
            for id in tuple(ids):
                edit(id)
        return True

    def edit_title(self, id: str) -> None:
        """Opens a line over a node's title."""
        if self.refuses():
            return
        item, node = self._graph_scene.nodes[id], self._graph_scene.graph.nodes[id]
        self.reveal(id)
        title = item.rect.adjusted(0, 0, 0, m.TITLE - item.rect.height())
        editor = TitleEditor(self.viewport(), id, node.title, self.mapFromScene(title).boundingRect())
        editor.done.connect(lambda text: self._commands.entitle(id, text))
        for signal in (editor.done, editor.dropped):
            signal.connect(self.setFocus)

    def put_in_line(self, how: str) -> None:
        """Aligns or distributes the selection: "left", "middle", "horizontally" ..., see `graph.arrange`."""
        self._commands.apply(in_line(self._graph_scene, how, self.status.emit))

    def lay_out(self, direction: Direction | None = None) -> None:
        """Puts all nodes in layers, with data flowing in another direction where one is given."""
        self._laying_out.start(direction=direction)

    def lay_out_selection(self) -> None:
        """Puts the selected nodes, and what lies in selected frames, in layers; the others stay."""
        chosen = self._graph_scene.chosen
        self._laying_out.start(chosen.nodes | chosen.frames)

    def extend_selection(self, way: str) -> None:
        """Adds what belongs to the selected nodes: "upstream", "chain" ..., see `graph.reach`."""
        extend(self._graph_scene, way, self.status.emit)

    def invert_selection(self) -> None:
        """Selects what is not selected."""
        invert(self._graph_scene)

    def nudge(self, right: float, down: float) -> None:
        """Moves the selection by so many scene units."""
        if not self._points.nudge(right, down):
            self._nudging.nudge(right, down)

    def chosen_link(self) -> bool:
        """Whether one link is selected, and nothing else."""
        return self._points.link is not None

    def chosen_point(self) -> bool:
        """Whether a point of a link is selected."""
        return self._graph_scene.chosen.point is not None

    def add_point(self) -> None:
        """Puts a point into the selected link: where the menu was opened, or into its middle."""
        self._points.add_to_chosen(self._menu_at)

    def remove_point(self) -> None:
        """Takes the selected point out of its link."""
        self._points.remove_chosen()

    def next_link(self) -> None:
        """Selects a link of the selected nodes, then the next one."""
        self._points.next_link()

    def next_point(self) -> None:
        """Selects a point of the selected link, then the next one."""
        self._points.next_point()

    def add_frame(self) -> None:
        """A frame around the selected nodes."""
        self._commands.add_frame()

    def group(self) -> None:
        """Makes the selected nodes a network of their own."""
        self._commands.group()

    def ungroup(self) -> None:
        """Puts the nodes of the selected placements in their stead."""
        self._commands.ungroup()

    def placements(self) -> list[str]:
        """The selected nodes that place a network which is there."""
        graph, graphs = self._graph_scene.graph, self._document.project.graphs
        blocks = {id: self._catalogue.get(graph.nodes[id].block) for id in self.selected() if id in graph.nodes}
        return [
            id
            for id, block in blocks.items()
            if block is not None and block.part == "network" and graph.nodes[id].params.get("network") in graphs
        ]

    def enter(self) -> None:
        """Goes into the network that the selected node places; opens a folded frame."""
        if self._framing.unfold():
            return
        if len(found := self.placements()) == 1:
            self._open(found[0])

    def toggle_bypass(self) -> None:
        """Bypasses the selected nodes, or takes them back in where all of them are bypassed."""
        self._commands.toggle_bypass()

    def toggle_bookmark(self) -> None:
        """Bookmarks the selected nodes, or takes the marks away where all of them have one."""
        self._commands.toggle_bookmark()

    def search_here(self) -> None:
        """Asks for a block behind the selected node where that leads nowhere yet, so that a row can be typed; else at
        the pointer, or in the middle of the view where the pointer is elsewhere."""
        selected = self.selected()
        spots = [Spot(id, port, False) for id in selected[:1] for port in free_outputs(self._graph_scene, id)]
        if len(selected) == 1 and spots:
            pos = behind(self._graph_scene, selected[0])
            self._camera.reveal(QRectF(pos.x(), pos.y(), m.NODE_WIDTH, m.TITLE + m.BRIEF + m.FOOT))
            self._search_at(self.mapFromScene(pos), pos, Asked(self._graph_scene, spots))
            return
        at = self.viewport().mapFromGlobal(QCursor.pos())
        if not self.viewport().rect().contains(at):
            at = self.viewport().rect().center()
        self._search_at(at)

    def search_middle(self) -> None:
        """Asks for a block in the middle of the view."""
        self._search_at(self.viewport().rect().center())

    def set_theme(self, theme: Colors) -> None:
        """Draws everything in another theme from now on."""
        self._theme = theme
        self._restyle(self._style.links)

    def show_options(self, options: Options) -> None:
        """How a person wants graphs to be shown."""
        if options.links != self._style.links:
            self._restyle(options.links)
        self._graph_scene.reporting.show_overlay(options.overlay, self._in_view())
        self._corners.choose(options)
        self.chips.show_if(options.suggestions == "on")

    def show_trained(self, nodes: frozenset[str], run: str) -> None:
        """Marks the nodes that a run holds weights for."""
        self._graph_scene.reporting.show_trained(nodes, run)

    def sign_words(self) -> list[str]:
        """What the signs of the one selected node say."""
        selected = self.selected()
        return words_of(self._graph_scene, selected[0]) if len(selected) == 1 else []

    def look_at(self, pos: QPointF) -> None:
        """Puts a scene position into the middle of the view."""
        self._placed = True
        self.centerOn(pos)

    def _restyle(self, links: str) -> None:
        self._cancel()
        self._style = Style(self._theme, links)
        self._graph_scene.restyle(self._style)
        self._hover.restyle(self._style)
        self._corners.restyle(self._style)
        self.chips.restyle(self._style)
        self.update()
        self.viewport().update()

    def node_rect(self, id: str) -> QRectF:
        """A node's body. Raises KeyError for an unknown id."""
        return self._graph_scene.nodes[id].rect

    def port_pos(self, id: str, port: str, is_input: bool, index: int = 0) -> QPointF:
        """Where a link at this port ends; for an index without a link, the free place of a port that takes many."""
        return self._graph_scene.nodes[id].anchor(port, is_input, index)

    def repair_pos(self, number: int = 0) -> QPoint:
        """The middle of an open bubble's button, in the viewport. Raises IndexError where there is none."""
        bubble = self._hover.bubble
        middle = bubble.buttons[number].rect.center()
        return (self.viewportTransform().map(bubble.pos()) + middle).toPoint()

    def close_view(self) -> None:
        """Stops following the document."""
        self._cancel()
        self._laying_out.close()
        self._stop()
        self._stop = lambda: None

    # ---- following

    def _in_view(self) -> list[str]:
        """The selected nodes, then those in view; from far there is nothing to read, so the order does not matter."""
        ids = self.selected()
        if self._camera.zoom >= m.FAR:
            room = self.mapToScene(self.viewport().rect()).boundingRect()
            ids += [item.id for item in self._graph_scene.nodes_in(room)]
        return ids

    def _follow(self, change: Change) -> None:
        if self._gesture is not None or self._press is not None:  # what it was about may be gone
            self._cancel()
        self._laying_out.glide.end()
        was_empty = not self._graph_scene.nodes
        self._graph_scene.apply(change)
        self._corners.map.later()
        if was_empty != (not self._graph_scene.nodes):
            if not was_empty:
                self._camera.fit(self._graph_scene.extent())  # the invitation stands in the middle
            self.viewport().update()
        self._refresh_hover()

    def _chosen_changed(self) -> None:
        """Tells of the selection; of hundreds under a rubber band some times a second, as fast as anyone reads."""
        self._refresh_hover()
        if self._gesture is not None and len(self._graph_scene.chosen.nodes) > _MANY:
            if not self._telling.isActive():
                self._telling.start()
        else:
            self._tell_selected()

    def _tell_selected(self) -> None:
        self._telling.stop()
        self.selection_changed.emit(self.selected())

    # ---- frames

    def fold(self) -> None:
        """Folds the selected frames, or the selected nodes in a frame of their own; unfolds those that are folded."""
        self._framing.fold(self.status.emit)

    def open_frame(self, id: str) -> None:
        """What a double click on a frame does: a plate unfolds, the form of an open one is shown."""
        if self._graph_scene.frames[id].plate is not None:
            self._framing.unfold([id])
        else:
            self.edit_frame(id)

    def edit_frame(self, id: str) -> None:
        """Opens the small form for a frame's title, note and colour over it."""
        if self.refuses():
            return
        self._framing.edit(id)

    def edit_chosen_frame(self) -> None:
        """Opens the form for the one frame that is selected."""
        if self.refuses():
            return
        if len(self._graph_scene.chosen.frames) == 1:
            self._framing.edit(*self._graph_scene.chosen.frames)

    def color_frames(self, color: str) -> None:
        """Gives the selected frames a colour by its name, "" for none."""
        self._framing.color(color)

    def add_note(self) -> None:
        """Asks for a note under the pointer, or in the middle of the view."""
        if self.refuses():
            return
        self._framing.add_note(self._pointed())

    @property
    def frame_editor(self) -> FrameEditor | None:
        """The form for frames that was last opened."""
        return self._framing.editor

    # ---- painting

    def viewportEvent(self, event) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            words = words_at(self._graph_scene, self.mapToScene(event.pos()), self._camera.zoom)
            QToolTip.showText(event.globalPos(), tip(words), self.viewport())
            return True
        return super().viewportEvent(event)

    def drawBackground(self, painter, rect) -> None:
        super().drawBackground(painter, rect)
        paint_ground(painter, rect, self._style, self._camera.zoom)
        if not self._graph_scene.nodes:
            paint_invitation(painter, self._style, key_of(self.keys, "search_here"))

    def showEvent(self, event) -> None:
        super().showEvent(event)
        self._fit_first()

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._fit_first()

    def _fit_first(self) -> None:
        """Until anyone has chosen otherwise, the whole graph is in view, whatever the size of the window."""
        if not self._placed:
            self._camera.fit(self._graph_scene.extent())
