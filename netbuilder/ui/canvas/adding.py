"""Edits that put blocks on the canvas."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF

from netbuilder.blocks.params import DatasetRef, NetworkRef
from netbuilder.blocks.spec import Block
from netbuilder.blocks.suiting import given_at, suited
from netbuilder.graph import edits
from netbuilder.graph.change import Change
from netbuilder.graph.model import NONE, Input, Values
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.canvas.settling import APART, at_place, settle
from netbuilder.ui.canvas.splicing import Way

_KINDS = {"network": "a network", "training": "a training graph", "preview": "a preview graph"}


def refusal(scene: GraphScene, block: Block) -> str:
    """Why the block can't be put in this graph, "" where it can."""
    if scene.document.refusal:
        return scene.document.refusal
    kind = scene.graph.kind
    if kind in block.graphs:
        return ""
    places = " or ".join(_KINDS[other] for other in block.graphs)
    return f"{block.name} can't be in {_KINDS[kind]}; it belongs in {places}."


def presumed(scene: GraphScene, block: Block, params: Values) -> Values:
    """The parameters, with each network or data set that is not given where the project has only one to choose."""
    project = scene.document.project
    for param in block.params:
        if param.name in params or not isinstance(param, NetworkRef | DatasetRef):
            continue
        networks = (name for name, graph in project.graphs.items() if graph.kind == "network" and name != scene.name)
        names = list(networks if isinstance(param, NetworkRef) else project.datasets)
        if len(names) == 1:
            params = params.set(param.name, names[0])
    return params


def add(scene: GraphScene, block: Block, at: tuple[float, float], params: Values = NONE) -> Change:
    """A new node whose top left corner is `at`."""
    params = presumed(scene, block, params)
    return edits.add_node(scene.document.project, scene.name, block.name, at, params=params)


def splice(scene: GraphScene, key: Input, block: Block, at: tuple[float, float], way: Way) -> Change:
    """A new node in the middle of a link, which runs through these ports of it, with parameters that suit."""
    project, name, link = scene.document.project, scene.name, scene.links[key].link
    item = scene.nodes[link.source.node]
    flow = item.facts.outputs.get(link.source.port) if item.facts else None
    given = given_at(project, name, scene.catalogue, link.source, flow.shape if flow else None)
    params = suited(block, given, presumed(scene, block, NONE))
    change = edits.insert_on_link(project, name, key, block.name, way.into, way.out, params)
    id = made(change, name)[0]
    return settle(scene, Change(change.label, tuple(at_place(e, at) if e.key == id else e for e in change.edits)))


def made(change: Change, graph: str, kind: str = "node") -> list[str]:
    """Ids of the nodes (or frames) that a change makes in a graph."""
    return [str(e.key) for e in change.edits if e.kind == kind and e.graph == graph and e.before is None]


def free_outputs(scene: GraphScene, id: str) -> list[str]:
    """A node's outputs that lead nowhere yet."""
    used = {scene.links[key].link.source.port for key in scene.out_of.get(id, ())}
    outputs = scene.catalogue.ports(scene.graph.nodes[id], scene.document.project).outputs
    return [port.name for port in outputs if port.name not in used]


def behind(scene: GraphScene, id: str) -> QPointF:
    """The corner of the next place in a node's row, or in its column where data flows down."""
    rect = scene.nodes[id].rect
    if scene.graph.direction == "down":
        return rect.bottomLeft() + QPointF(0.0, APART)
    return rect.topRight() + QPointF(APART, 0.0)


def hung_up(scene: GraphScene, end: QPointF, *, by_output: bool) -> QPointF:
    """The corner of a node whose lone port shall lie at a scene position, on the grid."""
    if scene.graph.direction == "down":
        by = QPointF(m.NODE_WIDTH / 2, m.TITLE + m.BRIEF + m.FOOT if by_output else 0.0)
    else:
        by = QPointF(m.NODE_WIDTH if by_output else 0.0, m.TITLE / 2)
    corner = end - by
    return QPointF(round(corner.x() / m.GRID) * m.GRID, round(corner.y() / m.GRID) * m.GRID)


def free_place(scene: GraphScene, wanted: QPointF, *, gridded: bool = True) -> tuple[float, float]:
    """The wanted corner, on the grid or as it is, or the nearest place below it where nothing lies."""
    x, y = wanted.x(), wanted.y()
    if gridded:
        x, y = round(x / m.GRID) * m.GRID, round(y / m.GRID) * m.GRID
    size = m.TITLE + m.BRIEF + m.FOOT
    while found := scene.nodes_in(QRectF(x, y, m.NODE_WIDTH, size).adjusted(-8, -8, 8, 8)):
        y = max(item.rect.bottom() for item in found) + 2 * m.GRID
        y = round(y / m.GRID) * m.GRID
    return x, y
