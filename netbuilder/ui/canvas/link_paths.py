"""The ways of links: smooth curves from an output to an input, through the points that a person has set."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath, QTransform

from netbuilder.graph.model import Direction
from netbuilder.ui.canvas import metrics as m

Point = tuple[float, float]
REACH = 90.0  # no way without points goes farther than this outside the rectangle of its two ends
_FLIP = QTransform(0, 1, 1, 0, 0, 0)  # swaps x and y: what flows down is drawn as what flows right
_STEPS = 6  # straight parts that a curve is drawn with from far
_STRAIGHT = 24.0  # screen pixels: a shorter curve looks straight


def path(start: QPointF, end: QPointF, via: Sequence[Point] = (), direction: Direction = "right") -> QPainterPath:
    """Leaves in the direction in which data flows, and arrives in it."""
    if direction == "down":
        return _FLIP.map(path(start.transposed(), end.transposed(), [(y, x) for x, y in via]))
    return _through(start, end, via) if via else curve(start, end)


def curve(start: QPointF, end: QPointF) -> QPainterPath:
    """From an output to an input: leaves to the right, arrives from the left."""
    across = end.x() - start.x()
    if across < 0:
        return _way_back(start, end)
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
        handle = QPointF.dotProduct(b - a, b - a) ** 0.5 * 0.36
        found.cubicTo(a + out * handle, b - into * handle, b)
    return found


def _way(before: QPointF, at: QPointF, after: QPointF) -> QPointF:
    """The direction of a curve at a point between two others."""
    if (at.y() - before.y()) * (after.y() - at.y()) <= 0 and after.x() != before.x():
        return QPointF(1 if after.x() > before.x() else -1, 0)
    return _unit(after - before)


def _unit(way: QPointF) -> QPointF:
    length = QPointF.dotProduct(way, way) ** 0.5
    return way / length if length > 1e-9 else QPointF(1, 0)


def _level(start_y: float, end_y: float) -> float:
    """The height at which a way back runs: along the gap between two rows, or below both ends in one row."""
    down = end_y - start_y
    if abs(down) < m.ROW_GAP / 2:
        return max(start_y, end_y) + m.ROW_GAP * 0.7
    # Ports stand near the top of their nodes, so the gap lies below the middle.
    return (start_y + end_y) / 2 + (m.NODE_LOW if abs(down) >= m.ROW_GAP else 0.0)


def _way_back(start: QPointF, end: QPointF) -> QPainterPath:
    """To an input farther left, as from one row of nodes to the next."""
    level = _level(start.y(), end.y())
    found = QPainterPath(start)
    out, back = start.x() + m.WAY_BACK, end.x() - m.WAY_BACK
    _corner(found, QPointF(out, start.y()), QPointF(out, level))
    _corner(found, QPointF(out, level), QPointF(back, level))
    _corner(found, QPointF(back, level), QPointF(back, end.y()))
    _corner(found, QPointF(back, end.y()), end, last=True)
    found.lineTo(end)
    return found


def _corner(found: QPainterPath, at: QPointF, after: QPointF, *, last: bool = False) -> None:
    """On to `at` and round it towards `after`, leaving half of that way to the next corner."""
    before = found.currentPosition()
    room = min((before - at).manhattanLength(), (after - at).manhattanLength() / (1 if last else 2), m.WAY_BACK)
    found.lineTo(at + _towards(at, before) * room)
    found.quadTo(at, at + _towards(at, after) * room)


def _towards(a: QPointF, b: QPointF) -> QPointF:
    """The direction from one point to another on the same level or plumb line."""
    far = (b - a).manhattanLength() or 1.0
    return QPointF((b.x() - a.x()) / far, (b.y() - a.y()) / far)


def far_lines(ends: np.ndarray, zoom: float, direction: Direction) -> tuple[np.ndarray, np.ndarray]:
    """Straight parts [n, 4] that stand for the ways of many links from far, and the link [n] that each belongs to.

    `ends`: [links, 4] of x1, y1, x2, y2.
    """
    if direction == "down":
        lines, owner = far_lines(ends[:, [1, 0, 3, 2]], zoom, "right")
        return lines[:, [1, 0, 3, 2]], owner
    numbers = np.arange(len(ends))
    back = ends[:, 2] < ends[:, 0]
    long = ~back & (np.abs(ends[:, 3] - ends[:, 1]) * zoom > _STRAIGHT)
    straight = ~back & ~long
    parts = [(ends[straight], numbers[straight])]
    for chosen, points in ((long, _bowed(ends[long])), (back, _backward(ends[back]))):
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


def _backward(ends: np.ndarray) -> np.ndarray:
    """Points [links, 6, 2] of ways back, with sharp corners."""
    x1, y1, x2, y2 = ends.T
    down = y2 - y1
    gap = np.where(np.abs(down) >= m.ROW_GAP, m.NODE_LOW, 0.0)
    level = np.where(np.abs(down) < m.ROW_GAP / 2, np.maximum(y1, y2) + m.ROW_GAP * 0.7, (y1 + y2) / 2 + gap)
    out, into = x1 + m.WAY_BACK, x2 - m.WAY_BACK
    stops = [(x1, y1), (out, y1), (out, level), (into, level), (into, y2), (x2, y2)]
    return np.stack([np.stack(stop, axis=1) for stop in stops], axis=1)
