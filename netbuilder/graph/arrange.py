"""Putting things in line: by an edge, by their middles, or with equal gaps between them.

Sizes are given, since a graph does not know how large its nodes are drawn. Everything is in scene units; boxes are
(x, y, width, height).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from netbuilder.graph.change import Change
from netbuilder.graph.edits import move
from netbuilder.graph.edits_base import counted, graph_of
from netbuilder.graph.model import Project, natural_key

Box = tuple[float, float, float, float]


class Line(NamedTuple):
    """How boxes are put in line: along which axis (0: x, 1: y) they move, and which share of them lies on the line."""

    axis: int
    share: float
    label: str


LINES = {
    "left": Line(0, 0.0, "Align the left edges of"),
    "centre": Line(0, 0.5, "Align the centres of"),
    "right": Line(0, 1.0, "Align the right edges of"),
    "top": Line(1, 0.0, "Align the top edges of"),
    "middle": Line(1, 0.5, "Align the middles of"),
    "bottom": Line(1, 1.0, "Align the bottom edges of"),
}
AXES = {"horizontally": 0, "vertically": 1}


def align(
    project: Project, graph: str, boxes: Mapping[str, Box], line: str, riders: Mapping[str, Iterable[str]] | None = None
) -> Change:
    """Nodes and frames, by id, with this edge or middle (see LINES) where it is of the box around all of them.

    `riders`: what goes along with a frame. One box alone stays where it is.
    """
    axis, share, label = LINES[line]
    low, high = _ends(boxes.values(), axis)
    goal = low + (high - low) * share
    by = {id: goal - (box[axis] + box[2 + axis] * share) for id, box in boxes.items()}
    return _moved(project, graph, by, axis, label, riders or {})


def distribute(
    project: Project, graph: str, boxes: Mapping[str, Box], way: str, riders: Mapping[str, Iterable[str]] | None = None
) -> Change:
    """Nodes and frames, by id, with equal gaps between them: "horizontally" or "vertically". The first and the last
    stay; where there is too little room, all overlap by the same. Fewer than three stay where they are."""
    axis = AXES[way]
    order = sorted(boxes, key=lambda id: (boxes[id][axis] + boxes[id][2 + axis] / 2, natural_key(id)))
    if len(order) < 3:
        return Change(f"Distribute {_things(len(order))} {way}")
    first, last = boxes[order[0]], boxes[order[-1]]
    room = last[axis] - first[axis] - sum(boxes[id][2 + axis] for id in order[:-1])
    gap, at = room / (len(order) - 1), first[axis]
    by = {}
    for id in order:
        by[id] = at - boxes[id][axis]
        at += boxes[id][2 + axis] + gap
    by[order[-1]] = 0.0  # not moved by what rounding has left
    return _moved(project, graph, by, axis, "Distribute", riders or {}, f" {way}")


def _moved(
    project: Project,
    graph: str,
    by: Mapping[str, float],
    axis: int,
    label: str,
    riders: Mapping[str, Iterable[str]],
    end: str = "",
) -> Change:
    """Each thing moved along an axis, with what rides on it; what rides on several moves with the first of them."""
    held = graph_of(project, graph)
    steps: dict[str, float] = {}
    for id, step in by.items():
        for other in riders.get(id, ()):
            if other not in by:
                steps.setdefault(other, step)
    steps.update(by)
    places: dict[str, tuple[float, float]] = {}
    for id, step in steps.items():
        if step and id in held.nodes:
            places[id] = _shifted(held.nodes[id].at, axis, step)
        elif step and id in held.frames:
            places[id] = _shifted(held.frames[id].rect[:2], axis, step)
    return Change(f"{label} {_things(len(by))}{end}", move(project, graph, places).edits)


def _shifted(at: tuple[float, float], axis: int, by: float) -> tuple[float, float]:
    return (at[0] + by, at[1]) if axis == 0 else (at[0], at[1] + by)


def _ends(boxes: Iterable[Box], axis: int) -> tuple[float, float]:
    """Where the box around all of them begins and ends along an axis; (0, 0) for none."""
    spans = [(box[axis], box[axis] + box[2 + axis]) for box in boxes]
    return min((low for low, _ in spans), default=0.0), max((high for _, high in spans), default=0.0)


def _things(count: int) -> str:
    return counted((count, "thing"))
