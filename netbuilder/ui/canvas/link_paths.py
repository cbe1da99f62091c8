"""The ways of links from an output to an input, through the points that a person has set: smooth, or in right angles
(`link_square`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath, QTransform

from netbuilder.graph.model import Direction
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.link_square import Point, backward, corners, rounded, square, turning

REACH = 90.0  # no way without points goes farther than this outside the rectangle of its two ends
_FLIP = QTransform(0, 1, 1, 0, 0, 0)  # swaps x and y: what flows down is drawn as what flows right
_STEPS = 6  # straight parts that a curve is drawn with from far
_STRAIGHT = 24.0  # screen pixels: a shorter curve looks straight


def path(
    start: QPointF,
    end: QPointF,
    via: Sequence[Point] = (),
    direction: Direction = "right",
    shape: str = "smooth",
) -> QPainterPath:
    """Leaves in the direction in which data flows, and arrives in it. `shape`: one of SHAPES."""
    if direction == "down":
        return _FLIP.map(path(start.transposed(), end.transposed(), [(y, x) for x, y in via], shape=shape))
    return SHAPES[shape].near(start, end, via)


def _smooth(start: QPointF, end: QPointF, via: Sequence[Point]) -> QPainterPath:
    return _through(start, end, via) if via else curve(start, end)


def curve(start: QPointF, end: QPointF) -> QPainterPath:
    """From an output to an input: leaves to the right, arrives from the left."""
    across = end.x() - start.x()
    if across < 0:
        return rounded(corners((start.x(), start.y()), (end.x(), end.y())))
    bend = max(across * 0.5, min(m.LINK_BEND, abs(end.y() - start.y()) * 0.5 + 12.0))
    found = QPainterPath(start)
    found.cubicTo(start + QPointF(bend, 0), end - QPointF(bend, 0), end)
    return found


def _through(start: QPointF, end: QPointF, via: Sequence[Point]) -> QPainterPath:
    """One curve a stretch; at a point it runs as from the point before to the point after (Catmull and Rom, "A class
    of local interpolating splines", 1974), but level where that would carry it beyond the point (Fritsch and Carlson,
    "Monotone piecewise cubic interpolation", 1980): links that pass by nodes keep their distance."""
    stops = [start, *(QPointF(x, y) for x, y in via), end]
    ways = [
        QPointF(1, 0),
        *(_way(*three) for three in zip(stops, stops[1:], stops[2:], strict=False)),
        QPointF(1, 0),
    ]
    found = QPainterPath(start)
    for (a, b), (out, into) in zip(pairwise(stops), pairwise(ways), strict=True):
        found.cubicTo(a + out * _handle(b - a, out), b - into * _handle(b - a, into), b)
    return found


def _handle(run: QPointF, way: QPointF) -> float:
    """How far a curve over this stretch follows its direction at an end; sideways no farther than a curve without
    points does, so that a steep stretch does not swing out."""
    far = QPointF.dotProduct(run, run) ** 0.5 * 0.36
    most = max(abs(run.x()) * 0.5, min(m.LINK_BEND, abs(run.y()) * 0.5 + 12.0))
    return min(far, most / max(abs(way.x()), 1e-6))


def _way(before: QPointF, at: QPointF, after: QPointF) -> QPointF:
    """The direction of a curve at a point between two others."""
    if (at.y() - before.y()) * (after.y() - at.y()) <= 0 and after.x() != before.x():
        return QPointF(1 if after.x() > before.x() else -1, 0)
    return _unit(after - before)


def _unit(way: QPointF) -> QPointF:
    length = QPointF.dotProduct(way, way) ** 0.5
    return way / length if length > 1e-9 else QPointF(1, 0)


def far_lines(
    ends: np.ndarray, zoom: float, direction: Direction, shape: str = "smooth"
) -> tuple[np.ndarray, np.ndarray]:
    """Straight parts [n, 4] that stand for the ways of many links from far, and the link [n] that each belongs to.

    `ends`: [links, 4] of x1, y1, x2, y2.
    """
    if direction == "down":
        lines, owner = far_lines(ends[:, [1, 0, 3, 2]], zoom, "right", shape)
        return lines[:, [1, 0, 3, 2]], owner
    numbers = np.arange(len(ends))
    back = ends[:, 2] < ends[:, 0]
    long = ~back & (np.abs(ends[:, 3] - ends[:, 1]) * zoom > _STRAIGHT)
    straight = ~back & ~long
    parts = [(ends[straight], numbers[straight])]
    for chosen, points in ((long, SHAPES[shape].far(ends[long])), (back, backward(ends[back]))):
        steps = points.shape[1] - 1
        parts.append(
            (np.concatenate([points[:, :-1], points[:, 1:]], axis=2).reshape(-1, 4), np.repeat(numbers[chosen], steps))
        )
    return np.concatenate([lines for lines, _ in parts]), np.concatenate([owner for _, owner in parts])


def _bowed(ends: np.ndarray) -> np.ndarray:
    """Points [links, steps + 1, 2] on the curves of links that go forward."""
    t = np.linspace(0.0, 1.0, _STEPS + 1)[None, :]
    x1, y1, x2, y2 = (ends[:, side, None] for side in range(4))
    across, down = x2 - x1, np.abs(y2 - y1)
    bend = np.maximum(across * 0.5, np.minimum(m.LINK_BEND, down * 0.5 + 12.0))
    a, b, c, d = (1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3
    x = a * x1 + b * (x1 + bend) + c * (x2 - bend) + d * x2
    y = (a + b) * y1 + (c + d) * y2
    return np.stack([x, y], axis=2)


class Shape(NamedTuple):
    """`near`: one link's way; `far`: points [links, stops, 2] on the ways of many that go forward."""

    near: Callable[[QPointF, QPointF, Sequence[Point]], QPainterPath]
    far: Callable[[np.ndarray], np.ndarray]


SHAPES = {"smooth": Shape(_smooth, _bowed), "orthogonal": Shape(square, turning)}
