"""The numbers in the line under a node's title: where they stand, so that they can be dragged."""

from __future__ import annotations

import string
from collections.abc import Iterator
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF

from netbuilder.blocks.params import Param
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.look import brief_of
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.inspector.scrub import takes_drags

_ROOM = 3.0  # scene units around a number that belong to it


class Number(NamedTuple):
    """One number of a node: its parameter, its value and where it stands, in scene units."""

    node: str
    param: Param
    value: int | float
    rect: QRectF


def number_at(scene: GraphScene, pos: QPointF, zoom: float) -> Number | None:
    """The number at a place of the one node that is selected; None where there is none, or where it is too small to be
    read."""
    if len(scene.chosen.nodes) != 1 or scene.chosen.frames or zoom < m.FAR:
        return None
    (id,) = scene.chosen.nodes
    item = scene.nodes.get(id)
    if item is None or item.hidden or not item.rect.contains(pos):
        return None
    return next((number for number in _numbers(scene, id) if number.rect.contains(pos)), None)


def _numbers(scene: GraphScene, id: str) -> Iterator[Number]:
    node, corner = scene.graph.nodes[id], scene.nodes[id].rect.topLeft()
    block = scene.catalogue.get(node.block)
    if block is None or not block.brief or block.part == "network":
        return
    params = {param.name: param for param in block.typed(node.params)}
    whole, before, width = brief_of(block, node), "", scene.styling.small_text.width
    for literal, name, _, _ in string.Formatter().parse(block.brief_form(node.params)):
        before += literal
        if name is None or name not in params:
            continue
        param, value = params[name], node.params.get(name, params[name].default)
        text = param.show(value)
        if takes_drags(param, value) and whole.startswith(before + text):  # shown as it is written
            assert isinstance(value, int | float)
            rect = QRectF(corner.x() + m.PAD + width(before), corner.y() + m.TITLE, width(text), m.BRIEF)
            yield Number(id, param, value, rect.adjusted(-_ROOM, 0.0, _ROOM, 0.0))
        before += text
