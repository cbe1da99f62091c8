"""How large the things of a scene are drawn, for what lays them out."""

from __future__ import annotations

from netbuilder.compiler.loops import cut
from netbuilder.graph.layout.tidy import Measures
from netbuilder.graph.model import Direction, Input, Output
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.look import NodeLook
from netbuilder.ui.canvas.plate import HEIGHT
from netbuilder.ui.canvas.scene import GraphScene


def measured(scene: GraphScene, direction: Direction) -> Measures:
    """Sizes and ports as they are with data flowing in a direction."""
    graph, leads_back = scene.graph, cut(scene.catalogue)
    looks = {id: scene.look_in(id, direction) for id in graph.nodes}
    ports: dict[Output | Input, float] = {}
    for link in graph.links.values():
        if (source := looks.get(link.source.node)) is not None:
            ports[link.source] = _across(source, link.source.port, False, 0, direction)
        if (target := looks.get(link.target.node)) is not None:
            ports[link.target] = _across(target, link.target.port, True, link.target.index, direction)
    return Measures(
        {id: (m.NODE_WIDTH, look.height) for id, look in looks.items()},
        ports,
        {id: item.head for id, item in scene.frames.items()},
        (m.NODE_WIDTH, HEIGHT),
        m.NODE_WIDTH / 2 if direction == "down" else m.TITLE / 2,
        frozenset(key for key in graph.links if key.node in graph.nodes and leads_back(graph.nodes[key.node], key)),
    )


def _across(look: NodeLook, name: str, is_input: bool, index: int, direction: Direction) -> float:
    """How far a port lies from the node's corner across the flow."""
    port = next((port for port in look.side(is_input) if port.name == name), None)
    if port is None:
        return m.TITLE / 2
    x, y = port.place(index)
    return x if direction == "down" else y
