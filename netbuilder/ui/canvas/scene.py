"""The scene of one graph: items for its nodes, links and frames, kept in step with the document's changes.

They are no items of Qt: three layers paint them, and arrays find what lies somewhere, so that 10,000 cost little.

Only what a change names is touched; `check.differences` compares the result with a scene built anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsScene

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.report import GraphReport, NodeFacts, Problem
from netbuilder.graph.change import Change, Edit
from netbuilder.graph.document import Document
from netbuilder.graph.model import Direction, Graph, Input, Node
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.chosen import Chosen
from netbuilder.ui.canvas.folds import Folds
from netbuilder.ui.canvas.frame_item import FrameItem
from netbuilder.ui.canvas.frame_layer import PLATE_Z, PLATES_UP, FrameLayer, PlateLayer
from netbuilder.ui.canvas.link_item import LinkItem
from netbuilder.ui.canvas.link_layer import LinkLayer, LinkTable
from netbuilder.ui.canvas.look import NodeLook, flow_memory, flow_text, node_look
from netbuilder.ui.canvas.node_item import NodeItem, Spot
from netbuilder.ui.canvas.node_layer import NodeLayer, NodeTable
from netbuilder.ui.canvas.node_paint import Lights
from netbuilder.ui.canvas.points import PointKey
from netbuilder.ui.canvas.reporting import Reporting
from netbuilder.ui.canvas.snapping import Snapping
from netbuilder.ui.canvas.style import Style

_EMPTY = Graph()


Sides = tuple[int, int]  # of a frame, along x and y: -1 its first edge, 1 its second, 0 neither


class Hit(NamedTuple):
    """What lies at a place: "port" (with its spot), "node", "point" (of a link), "link", "corner", "frame" (with their
    key), "nothing"."""

    kind: str
    key: object = None
    spot: Spot | None = None
    sides: Sides = (0, 0)  # of a "corner": the edges that are taken there


class GraphScene(QGraphicsScene):
    """Items by the keys of the model; `into` and `out_of` give the links of a node."""

    chosen_changed = Signal()
    said = Signal(str)  # a sentence for the person

    def __init__(self, document: Document, graph: str, catalogue: Catalogue, style: Style) -> None:
        super().__init__()
        self.document = document
        self.name = graph
        self.catalogue = catalogue
        self.styling = style
        self.nodes: dict[str, NodeItem] = {}
        self.links: dict[Input, LinkItem] = {}
        self.frames: dict[str, FrameItem] = {}
        self.into: dict[str, set[Input]] = {}
        self.out_of: dict[str, set[Input]] = {}
        self.chosen = Chosen(self)
        self.snapping = Snapping()
        self.reporting = Reporting(self)
        self.folds = Folds(self)
        self._frame_layer = FrameLayer(style, self.frames.values)
        self._plate_layer = PlateLayer(style, self.frames.values)
        self._link_layer = LinkLayer(style, self.links.__getitem__)
        self._node_layer = NodeLayer(style, self.nodes.__getitem__)
        self.layers = self._frame_layer, self._link_layer, self._plate_layer, self._node_layer
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)  # there are only a few items
        for layer in self.layers:
            self.addItem(layer)
        self._top = 0.0
        self._computed: set[str] = set()  # nodes whose ports depend on the rest of the project
        graph_now = self.graph
        self._sync(graph_now.nodes, graph_now.links, graph_now.frames)

    @property
    def node_table(self) -> NodeTable:
        """Where the nodes lie, as arrays."""
        return self._node_layer.table

    def tones(self) -> Iterator[tuple[str, np.ndarray]]:
        """Slots of all nodes that are seen by what colours them, as `Style.plate` knows it."""
        return self._node_layer.tones(self.node_table.seen())

    @property
    def link_table(self) -> LinkTable:
        """Where the links run, as arrays."""
        return self._link_layer.table

    @property
    def graph(self) -> Graph:
        """The graph as it is now; empty once it was removed from the project."""
        return self.document.project.graphs.get(self.name, _EMPTY)

    # ---- following the document

    def apply(self, change: Change) -> None:
        """Follows a change that the document has made."""
        nodes: set[str] = set()
        links: set[Input] = set()
        frames: set[str] = set()
        elsewhere = False
        for edit in change.edits:
            if edit.graph == self.name and edit.kind in ("node", "link", "frame"):
                {"node": nodes, "link": links, "frame": frames}[edit.kind].add(edit.key)  # type: ignore[attr-defined]
            elif edit.kind == "graph" and edit.key == self.name:
                for whole in (edit.before, edit.after):
                    if isinstance(whole, Graph):
                        nodes.update(whole.nodes)
                        links.update(whole.links)
                        frames.update(whole.frames)
            else:
                elsewhere = elsewhere or _moves_ports(edit)
        if elsewhere:
            nodes |= self._computed
        self._sync(nodes, links, frames)

    def _sync(self, nodes: Iterable[str], links: Iterable[Input], frames: Iterable[str]) -> None:
        graph = self.graph
        if graph.direction != self._link_layer.direction:
            self._link_layer.direction = graph.direction
            nodes, links = {*nodes, *graph.nodes}, {*links, *graph.links}  # with those that are gone
            self.update()
        before = self.chosen.state()
        looks, places = set(nodes), set()
        for key in links:
            looks |= self._sync_link(key, graph)
            places.add(key)
        for id in frames:
            self._sync_frame(id, graph)
        for id in looks:
            if self._sync_node(id, graph):
                places |= self.into.get(id, set()) | self.out_of.get(id, set())
        places |= self.folds.follow(graph, looks, set(frames))
        for key in places:
            self._place_link(key)
        if before != self.chosen.state():
            self.chosen_changed.emit()

    def _sync_link(self, key: Input, graph: Graph) -> set[str]:
        """Makes the link's item what the model says, and gives the nodes whose ports it fills or leaves."""
        link, item = graph.links.get(key), self.links.get(key)
        touched = {key.node}
        if item is not None:
            touched.add(item.link.source.node)
            self.out_of[item.link.source.node].discard(key)
        if link is None:
            if item is not None:
                self.into[key.node].discard(key)
                self.chosen.forget_link(key)
                self.links.pop(key).remove()
            return touched
        if item is None:
            self.links[key] = LinkItem(link, self._link_layer)
        else:
            item.show_link(link)
            self.chosen.check_point(key)
        self.into.setdefault(key.node, set()).add(key)
        self.out_of.setdefault(link.source.node, set()).add(key)
        touched.add(link.source.node)
        return touched

    def _sync_frame(self, id: str, graph: Graph) -> None:
        frame, item = graph.frames.get(id), self.frames.get(id)
        if frame is None:
            if item is not None:
                self.chosen.forget_frame(id)
                self.frames.pop(id).remove()
        elif item is None:
            self.frames[id] = FrameItem(id, frame, self._frame_layer)
        else:
            item.show_frame(frame)

    def _sync_node(self, id: str, graph: Graph) -> bool:
        """Says whether links at the node may have moved."""
        node, item = graph.nodes.get(id), self.nodes.get(id)
        if node is None:
            self._computed.discard(id)
            if item is not None:
                self.chosen.forget_node(id)
                self.nodes.pop(id).remove()
            return True
        look = self._look(id, node)
        place = QPointF(*node.at)
        if item is None:
            item = self.nodes[id] = NodeItem(id, look, node.at, self._node_layer)
            item.facts, item.problems = self._known(id)
            return True
        item.facts, item.problems = self._known(id)
        moved = item.pos() != place
        if moved:
            item.setPos(place)
        return item.show_look(look) or moved

    def look_in(self, id: str, direction: Direction) -> NodeLook:
        """How a node looks with data flowing in a direction."""
        same = direction == self._link_layer.direction
        return self.nodes[id].look if same else self._look(id, self.graph.nodes[id], direction)

    def _look(self, id: str, node: Node, direction: Direction | None = None) -> NodeLook:
        block = self.catalogue.get(node.block)
        if block is not None and block.ports is not None:
            self._computed.add(id)
        ports = self.catalogue.ports(node, self.document.project)
        links: dict[str, list[int]] = {}
        for key in self.into.get(id, ()):
            links.setdefault(key.port, []).append(key.index)
        linked = frozenset(self.links[key].link.source.port for key in self.out_of.get(id, ()))
        facts, problems = self._known(id)
        trained = id in self.reporting.trained
        way = direction or self._link_layer.direction
        look = node_look(id, node, block, ports, links, linked, facts, problems, way, trained=trained)
        return self.reporting.overlay.on(look, facts)

    def _known(self, id: str) -> tuple[NodeFacts | None, tuple[Problem, ...]]:
        return self.reporting.facts.get(id), self.reporting.problems.get(id, ())

    def _place_link(self, key: Input) -> None:
        item = self.links.get(key)
        if item is None:
            return
        source, target = self.nodes.get(item.link.source.node), self.nodes.get(key.node)
        item.setVisible(source is not None and target is not None and not self.folds.within(source.id, target.id))
        if source is None or target is None:
            return
        start = self.folds.end(source.id, item.link.source.port, False)
        item.place(start, self.folds.end(target.id, key.port, True, key.index))
        self.show_flow(key)

    @property
    def near(self) -> bool:
        """Whether any view is near enough to show more of nodes than plates."""
        return any(view.transform().m11() >= m.FAR for view in self.views())

    def show_flow(self, key: Input, *, near: bool = True) -> None:
        """Gives a link what is known of the port that it comes from."""
        item = self.links[key]
        source, port = self.nodes.get(item.link.source.node), item.link.source.port
        if source is None:
            return
        look = source.port(port, False)
        flow = source.facts.outputs.get(port) if source.facts else None
        known = source.facts is None or source.facts.state == "ok"
        fact = f"{flow_text(flow)}  ·  {flow.dtype}" if flow else ""
        item.show_flow(look.role if look else "tensor", fact, known=known, near=near)

    def link_words(self, key: Input) -> str:
        """What flows through a link: shape, dtype and memory."""
        link = self.links[key].link
        source = self.nodes.get(link.source.node)
        flow = source.facts.outputs.get(link.source.port) if source is not None and source.facts is not None else None
        if flow is None:
            return "shape not known yet"
        return "  ·  ".join(filter(None, (flow_text(flow), flow.dtype, flow_memory(flow))))

    def place_links_of(self, nodes: Iterable[str]) -> None:
        """Draws the links of these nodes to where their ports are now."""
        for key in self.links_of(nodes):
            self._place_link(key)

    def show_report(self, report: GraphReport | None, first: Iterable[str] = ()) -> None:
        """Takes the facts and problems of an analysis; None: nothing is known. See `Reporting.show`."""
        self.reporting.show(report, first)

    def choose_nodes(self, differing: Iterable[str], chosen: Collection[str]) -> None:
        """Marks those nodes as selected or not that have changed sides."""
        self._node_layer.choose([self.nodes[id] for id in differing], chosen)

    def links_of(self, nodes: Iterable[str]) -> set[Input]:
        """Keys of the links that touch any of these nodes."""
        return {key for id in nodes for ends in (self.into, self.out_of) for key in ends.get(id, ())}

    def raise_plates(self) -> None:
        """Puts plates above nodes, until a node is raised."""
        self._plate_layer.setZValue(PLATES_UP)

    def raise_node(self, id: str) -> None:
        """Puts a node above the others."""
        self._plate_layer.setZValue(PLATE_Z)
        self._top += 1.0
        self.nodes[id].z = self._top
        self._node_layer.refresh(self.nodes[id])

    def light(self, lights: Callable[[str], Lights] | None) -> None:
        """Shows which ports of each node a link that is dragged may end in; None: no link is dragged any more."""
        self._node_layer.lights = lights
        self.update()

    def restyle(self, style: Style) -> None:
        """Draws everything in another theme from now on."""
        self.styling = style
        for layer in self.layers:
            layer.style = style
        for node in self.nodes.values():
            node.forget_words()
        for frame in self.frames.values():
            frame.forget_words()
        self.update()

    def show_handles(self, shown: bool) -> None:
        """Whether frames show where they are resized; not in pictures, and where nothing is edited."""
        self._frame_layer.handles = shown
        self.update()

    def draw(self, painter: QPainter, rect: QRectF, zoom: float) -> None:
        """Paints what touches a part of the scene with the detail that a zoom has room for, whatever the painter's own
        scale; neither ground nor what lies over the scene for a while."""
        for layer in self.layers:
            layer.draw(painter, rect, zoom)

    # ---- finding

    def hit(self, pos: QPointF, zoom: float) -> Hit:
        """What lies at a scene position; reaches are in screen pixels where that is more."""
        reach = max(m.PORT_REACH, min(m.PORT_REACH / zoom, 2 * m.PORT_REACH))
        around = _around(pos, reach)
        plate = next((one for one in reversed(self._plate_layer.touching(around)) if one.rect.contains(pos)), None)
        if plate is not None and self._plate_layer.zValue() > 0:
            return Hit("frame", plate.id)
        for item in reversed(self._node_layer.items_at(self.node_table.touching(around))):
            spot = item.spot_at(pos, reach) if zoom >= m.FAR else None
            if spot is not None:
                return Hit("port", spot.node, spot)
            if item.rect.contains(pos):
                return Hit("node", item.id)
        if plate is not None:
            return Hit("frame", plate.id)
        if zoom >= m.FAR and (point := self.point_at(pos, m.POINT_REACH / min(zoom, 1.0))) is not None:
            return Hit("point", point)
        if (link := self._nearest_link(pos, max(m.LINK_REACH, m.LINK_REACH / zoom))) is not None:
            return Hit("link", link.key)
        frames = self._frame_layer.touching(around)[::-1]
        for frame in frames:
            if (sides := frame.sides_at(pos, min(m.EDGE_REACH / zoom, 2 * m.EDGE_REACH))) != (0, 0):
                return Hit("corner", frame.id, sides=sides)
        return next((Hit("frame", frame.id) for frame in frames if frame.grip.contains(pos)), Hit("nothing"))

    def nodes_in(self, rect: QRectF, *, whole: bool = False) -> list[NodeItem]:
        """Nodes that the rectangle touches, or holds as a whole."""
        found = (self.nodes[id] for id in self.ids_in(rect))
        return [item for item in found if rect.contains(item.rect)] if whole else list(found)

    def ids_in(self, rect: QRectF) -> list[str]:
        """Ids of the nodes that the rectangle touches."""
        return self.node_table.keys_at(self.node_table.touching(rect))

    def nodes_near(self, pos: QPointF, reach: float) -> list[NodeItem]:
        """Nodes no farther than `reach` from a scene position, the upper ones first."""
        return self._node_layer.items_at(self.node_table.touching(_around(pos, reach)))[::-1]

    def point_at(self, pos: QPointF, reach: float) -> PointKey | None:
        """The nearest point of a link within `reach` scene units."""
        layer = self._link_layer
        slots = layer.table.touching(_around(pos, reach))
        best, least = None, reach
        for item in layer.items_at(slots[layer.table.single[slots] & ~layer.table.hidden[slots]]):
            for index, (x, y) in enumerate(item.via):
                away = ((x - pos.x()) ** 2 + (y - pos.y()) ** 2) ** 0.5
                if away <= least:
                    best, least = PointKey(item.key, index), away
        return best

    def link_at(self, pos: QPointF, zoom: float) -> LinkItem | None:
        """The link at a scene position, whatever else lies there."""
        return self._nearest_link(pos, max(14.0, 10.0 / zoom))

    def _nearest_link(self, pos: QPointF, reach: float) -> LinkItem | None:
        """The visible link that lies nearest within `reach` scene units."""
        layer = self._link_layer
        best, least = None, reach
        for item in layer.items_at(layer.table.touching(_around(pos, reach))):
            away = least + 1.0 if item.hidden else item.distance(pos)
            if away <= least:
                best, least = item, away
        return best

    def bounds(self) -> QRectF:
        """Around all nodes and frames; null for an empty graph."""
        rect = self.node_table.around()
        for item in self.frames.values():
            if not item.hidden:
                rect = rect.united(item.rect)
        return rect

    def extent(self) -> QRectF:
        """Around all that is drawn: links that run through points may turn outside of all nodes and frames."""
        rect = self.bounds()
        for item in self.links.values():
            if item.via and item.isVisible():
                rect = rect.united(item.path.boundingRect())
        return rect

    def snapshot(self) -> dict[object, object]:
        """What can be seen, as plain values by kind and key."""
        shown: dict[object, object] = {("node", id): item.snapshot() for id, item in self.nodes.items()}
        shown |= {("link", key): (item.isVisible(), *item.snapshot()) for key, item in self.links.items()}
        shown |= {("frame", id): item.snapshot() for id, item in self.frames.items()}
        return shown


def _moves_ports(edit: Edit) -> bool:
    """Whether ports computed from the project may differ after it: data columns, ends of another network."""
    return edit.kind in ("dataset", "graph", "node")


def _around(pos: QPointF, reach: float) -> QRectF:
    return QRectF(pos.x() - reach, pos.y() - reach, 2 * reach, 2 * reach)
