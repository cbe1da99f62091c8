"""Makes room for nodes that are put into links: an edit knows the links, but not how large nodes are drawn."""

from __future__ import annotations

from math import ceil

import msgspec
from PySide6.QtCore import QPointF, QRectF

from netbuilder.graph import edits
from netbuilder.graph.change import Change, Conflict, Edit, apply, join
from netbuilder.graph.model import Link, Node
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.scene import GraphScene

_HEIGHT = m.TITLE + m.BRIEF + m.FOOT
APART = 60.0  # from one node of a row to the next
_NEAR = 8.0


def settle(scene: GraphScene, change: Change) -> Change:
    """The change, with each new node that would cover another laid behind the one that it takes its input from, and
    the rest of that row moved on. Changes that cover nothing come back as they are."""
    made = {str(e.key): e for e in change.edits if _is_made(e, scene.name)}
    rects = {id: item.rect for id, item in scene.nodes.items()}
    moved: dict[str, tuple[float, float]] = {}
    laid: dict[str, Edit] = {}
    for id, edit in made.items():
        assert isinstance(edit.after, Node)
        rect = QRectF(edit.after.at[0], edit.after.at[1], m.NODE_WIDTH, _HEIGHT)
        source = _source(change, scene.name, id)
        if source in rects and any(_touch(rect, other) for other in rects.values()):
            row = rects[source]
            rect.moveTopLeft(QPointF(row.right() + APART, row.top()))
            for other, place in _move_on(rects, source, rect).items():
                rects[other] = place
                if other in made:
                    laid[other] = made[other]
                else:
                    moved[other] = (place.x(), place.y())
            laid[id] = edit
        rects[id] = rect
    if not laid:
        return change
    new = {id: at_place(edit, (rects[id].x(), rects[id].y())) for id, edit in laid.items()}
    settled = Change(
        change.label, tuple(new.get(str(e.key), e) if _is_made(e, scene.name) else e for e in change.edits)
    )
    try:
        after = apply(scene.document.project, settled) if moved else None
    except Conflict:  # made for an older project: whoever applies it says so
        return change
    return join(change.label, (settled, edits.move(after, scene.name, moved))) if after else settled


def _is_made(edit: Edit, graph: str) -> bool:
    return edit.kind == "node" and edit.graph == graph and edit.before is None


def _source(change: Change, graph: str, id: str) -> str:
    """The node that a new one takes its input from, "" if it takes none."""
    for edit in change.edits:
        link = edit.after
        if edit.kind == "link" and edit.graph == graph and isinstance(link, Link) and link.target.node == id:
            return link.source.node
    return ""


def _touch(a: QRectF, b: QRectF) -> bool:
    return a.adjusted(-_NEAR, -_NEAR, _NEAR, _NEAR).intersects(b)


def _move_on(rects: dict[str, QRectF], source: str, rect: QRectF) -> dict[str, QRectF]:
    """The nodes behind `source` in its row, moved to the right by as much as `rect` needs."""
    row = rects[source]
    ahead = {
        id: other
        for id, other in rects.items()
        if id != source and other.left() >= row.right() and _touch(QRectF(other.x(), rect.y(), 1, _HEIGHT), other)
    }
    first = min((other.left() for other in ahead.values()), default=float("inf"))
    by = rect.right() + APART - first
    if by <= 0:
        return {}
    by = ceil(by / m.GRID) * m.GRID
    return {id: other.translated(by, 0) for id, other in ahead.items()}


def at_place(edit: Edit, at: tuple[float, float]) -> Edit:
    """The edit of a new node, with its upper left corner here."""
    assert isinstance(edit.after, Node)
    return msgspec.structs.replace(edit, after=msgspec.structs.replace(edit.after, at=at))
