"""What the signs of nodes in a scene say."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.node_paint import signs_right
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.canvas.signs import sign_rects, sign_words


def words_of(scene: GraphScene, id: str) -> list[str]:
    """What each sign of a node says, in their order; nothing for an unknown node."""
    item = scene.nodes.get(id)
    return [sign_words(name, id, item.facts, scene.reporting.run) for name in item.look.signs] if item else []


def words_at(scene: GraphScene, pos: QPointF, zoom: float) -> str:
    """What the sign at a scene position says, "" where there is none; from far there are none."""
    hit = scene.hit(pos, zoom)
    if zoom < m.FAR or hit.kind != "node":
        return ""
    item = scene.nodes[str(hit.key)]
    at = pos - item.pos()
    for name, rect in sign_rects(item.look.signs, signs_right(item.look), m.TITLE / 2 + 0.5):
        if rect.adjusted(-2, -4, 2, 4).contains(at):
            return sign_words(name, item.id, item.facts, scene.reporting.run)
    return ""
