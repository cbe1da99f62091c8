"""The scene of one graph: items for its nodes, links and frames, kept in step with the document's changes.

Only what a change names is touched; `check.differences` compares the result with a scene built anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtWidgets import QGraphicsScene

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.compiler.report import GraphReport, NodeFacts, Problem
from netbuilder.graph.change import Change, Edit
from netbuilder.graph.document import Document
from netbuilder.graph.model import Graph, Input, Node
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.chosen import Chosen
from netbuilder.ui.canvas.frame_item import FrameItem
from netbuilder.ui.canvas.link_item import LinkItem
from netbuilder.ui.canvas.look import NodeLook, flow_text, node_look
from netbuilder.ui.canvas.node_item import NodeItem, Spot
from netbuilder.ui.canvas.reporting import Reporting
from netbuilder.ui.canvas.style import Style

_EMPTY = Graph()
_BOXES = Qt.ItemSelectionMode.IntersectsItemBoundingRect


class Hit(NamedTuple):
    """What lies at a place: "port" (with its spot), "node", "link", "corner", "frame" (with their key), "nothing"."""

    kind: str
    key: object = None
    spot: Spot | None = None


class GraphScene(QGraphicsScene):
    """Items by the keys of the model; `into` and `out_of` give the links of a node."""

    chosen_changed = Signal()

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
        self.reporting = Reporting(self)
        self._top = 0.0
        self._computed: set[str] = set()  # nodes whose ports depend on the rest of the project
        graph_now = self.graph
        self._sync(graph_now.nodes, graph_now.links, graph_now.frames)

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
                self.removeItem(self.links.pop(key))
            return touched
        if item is None:
            item = self.links[key] = LinkItem(link, self.styling)
            self.addItem(item)
        item.link = link
        self.into.setdefault(key.node, set()).add(key)
        self.out_of.setdefault(link.source.node, set()).add(key)
        touched.add(link.source.node)
        return touched

    def _sync_frame(self, id: str, graph: Graph) -> None:
        frame, item = graph.frames.get(id), self.frames.get(id)
        if frame is None:
            if item is not None:
                self.chosen.forget_frame(id)
                self.removeItem(self.frames.pop(id))
        elif item is None:
            self.frames[id] = FrameItem(id, frame, self.styling)
            self.addItem(self.frames[id])
        else:
            item.show_frame(frame)

    def _sync_node(self, id: str, graph: Graph) -> bool:
        """Says whether links at the node may have moved."""
        node, item = graph.nodes.get(id), self.nodes.get(id)
        if node is None:
            self._computed.discard(id)
            if item is not None:
                self.chosen.forget_node(id)
                self.removeItem(self.nodes.pop(id))
            return True
        look = self._look(id, node)
        place = QPointF(*node.at)
        if item is None:
            item = self.nodes[id] = NodeItem(id, look, self.styling)
            item.setPos(place)
            item.facts, item.problems = self._known(id)
            self.addItem(item)
            return True
        item.facts, item.problems = self._known(id)
        moved = item.pos() != place
        if moved:
            item.setPos(place)
        return item.show_look(look) or moved

    def _look(self, id: str, node: Node) -> NodeLook:
        block = self.catalogue.get(node.block)
        if block is not None and block.ports is not None:
            self._computed.add(id)
        ports = self.catalogue.ports(node, self.document.project)
        links: dict[str, list[int]] = {}
        for key in self.into.get(id, ()):
            links.setdefault(key.port, []).append(key.index)
        linked = frozenset(self.links[key].link.source.port for key in self.out_of.get(id, ()))
        return node_look(id, node, block, ports, links, linked, *self._known(id))

    def _known(self, id: str) -> tuple[NodeFacts | None, tuple[Problem, ...]]:
        return self.reporting.facts.get(id), self.reporting.problems.get(id, ())

    def _place_link(self, key: Input) -> None:
        item = self.links.get(key)
        if item is None:
            return
        source, target = self.nodes.get(item.link.source.node), self.nodes.get(key.node)
        item.setVisible(source is not None and target is not None)
        if source is None or target is None:
            return
        item.place(source.anchor(item.link.source.port, False), target.anchor(key.port, True, key.index))
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

    def place_links_of(self, nodes: Iterable[str]) -> None:
        """Draws the links of these nodes to where their ports are now."""
        for key in {key for id in nodes for ends in (self.into, self.out_of) for key in ends.get(id, ())}:
            self._place_link(key)

    def show_report(self, report: GraphReport | None, first: Iterable[str] = ()) -> None:
        """Takes the facts and problems of an analysis; None: nothing is known. See `Reporting.show`."""
        self.reporting.show(report, first)

    def raise_node(self, id: str) -> None:
        """Puts a node above the others."""
        self._top += 1e-3
        self.nodes[id].setZValue(self._top)

    def restyle(self, style: Style) -> None:
        """Draws everything in another theme from now on."""
        self.styling = style
        for held in (self.nodes, self.links, self.frames):
            for item in held.values():  # type: ignore[attr-defined]
                item.restyle(style)
        self.update()

    # ---- finding

    def hit(self, pos: QPointF, zoom: float) -> Hit:
        """What lies at a scene position; reaches are in screen pixels where that is more."""
        reach = max(m.PORT_REACH, min(m.PORT_REACH / zoom, 2 * m.PORT_REACH))
        near = self.items(_around(pos, reach), _BOXES)
        for item in near:
            if isinstance(item, NodeItem):
                spot = item.spot_at(pos, reach) if zoom >= m.FAR else None
                if spot is not None:
                    return Hit("port", spot.node, spot)
                if item.rect.contains(pos):
                    return Hit("node", item.id)
        links = [(item.distance(pos), item) for item in near if isinstance(item, LinkItem)]
        least = min(links, key=lambda pair: pair[0], default=None)
        if least is not None and least[0] <= max(m.LINK_REACH, m.LINK_REACH / zoom):
            return Hit("link", least[1].key)
        frames = [item for item in near if isinstance(item, FrameItem)]
        for frame in frames:
            if frame.corner.contains(pos):
                return Hit("corner", frame.id)
        return next((Hit("frame", frame.id) for frame in frames if frame.grip.contains(pos)), Hit("nothing"))

    def nodes_in(self, rect: QRectF, *, whole: bool = False) -> list[NodeItem]:
        """Nodes that the rectangle touches, or holds as a whole."""
        found = (item for item in self.items(rect, _BOXES) if isinstance(item, NodeItem))
        return [item for item in found if (rect.contains(item.rect) if whole else rect.intersects(item.rect))]

    def nodes_near(self, pos: QPointF, reach: float) -> list[NodeItem]:
        """Nodes no farther than `reach` from a scene position."""
        return [item for item in self.items(_around(pos, reach), _BOXES) if isinstance(item, NodeItem)]

    def link_at(self, pos: QPointF, zoom: float) -> LinkItem | None:
        """The link at a scene position, whatever else lies there."""
        found = [item for item in self.items(_around(pos, 12.0 / zoom), _BOXES) if isinstance(item, LinkItem)]
        best = min(found, key=lambda item: item.distance(pos), default=None)
        return best if best is not None and best.distance(pos) <= max(14.0, 10.0 / zoom) else None

    def bounds(self) -> QRectF:
        """Around all nodes and frames; null for an empty graph."""
        rect = QRectF()
        for held in (self.nodes, self.frames):
            for item in held.values():  # type: ignore[attr-defined]
                rect = rect.united(item.rect)
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
