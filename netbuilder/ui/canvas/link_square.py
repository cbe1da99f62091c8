"""The ways of links in straight lines with right angles and round corners."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from netbuilder.ui.canvas import metrics as m

Point = tuple[float, float]
_LANES, _LANE = 5, 8.0  # ways side by side, and how far apart


def square(start: QPointF, end: QPointF, via: Sequence[Point] = ()) -> QPainterPath:
    """From an output to an input: leaves to the right, arrives from the left, turns at right angles only."""
    return rounded(corners((start.x(), start.y()), (end.x(), end.y()), via))


def corners(start: Point, end: Point, via: Sequence[Point] = ()) -> list[Point]:
    """The ends and where the way turns between them, each next point level with or plumb under the one before."""
    (x1, y1), (x2, y2) = start, end
    if not via:
        if x2 < x1:
            level = way_back_level(y1, y2)
            out, into = x1 + m.WAY_BACK, x2 - m.WAY_BACK
            return [start, (out, y1), (out, level), (into, level), (into, y2), end]
        middle = (x1 + x2) / 2 + float(lane(y1, x2 - x1))
        return [start, (middle, y1), (middle, y2), end]
    found = [start]
    first, last = via[0], via[-1]
    if first[0] >= x1 + m.WAY_BACK:
        found.append((first[0], y1))
    else:
        found += [(x1 + m.WAY_BACK, y1), (x1 + m.WAY_BACK, first[1])]
    found.append(first)
    for (ax, ay), (bx, by) in pairwise(via):
        middle = (ax + bx) / 2
        found += [(middle, ay), (middle, by), (bx, by)]
    if last[0] <= x2 - m.WAY_BACK:
        found.append((last[0], y2))
    else:
        found += [(x2 - m.WAY_BACK, last[1]), (x2 - m.WAY_BACK, y2)]
    found.append(end)
    return found


def lane(start_y: np.ndarray | float, across: np.ndarray | float) -> np.ndarray:
    """How far the upright part of a way stands off the middle: ways of different ports would lie over each other
    there. Those of one port stay together."""
    numbers = np.floor(np.asarray(start_y) / m.ROW) % _LANES - _LANES // 2
    room = np.maximum(np.asarray(across) / 2 - _LANE, 0.0)
    return np.clip(numbers * _LANE, -room, room)


def way_back_level(start_y: float, end_y: float) -> float:
    """The height at which a way back runs: along the gap between two rows, or below both ends in one row."""
    down = end_y - start_y
    if abs(down) < m.ROW_GAP / 2:
        return max(start_y, end_y) + m.ROW_GAP * 0.7
    # Ports stand near the top of their nodes, so the gap lies below the middle.
    return (start_y + end_y) / 2 + (m.NODE_LOW if abs(down) >= m.ROW_GAP else 0.0)


def rounded(points: Sequence[Point]) -> QPainterPath:
    """Straight lines through the points, their corners rounded as far as the lines are long enough."""
    stops = [QPointF(*points[0])]
    for x, y in points[1:]:
        at = QPointF(x, y)
        if (at - stops[-1]).manhattanLength() < 0.01:
            continue
        if len(stops) > 1 and _onward(stops[-2], stops[-1], at):
            stops[-1] = at
        else:
            stops.append(at)
    found = QPainterPath(stops[0])
    for number in range(1, len(stops) - 1):
        before, at, after = stops[number - 1 : number + 2]
        short = (at - before).manhattanLength() / (1 if number == 1 else 2)
        long = (after - at).manhattanLength() / (1 if number == len(stops) - 2 else 2)
        room = min(short, long, m.WAY_BACK)
        found.lineTo(at + _towards(at, before) * room)
        found.quadTo(at, at + _towards(at, after) * room)
    found.lineTo(stops[-1])
    return found


def _onward(a: QPointF, b: QPointF, c: QPointF) -> bool:
    """Whether b lies on the straight way from a to c."""
    return QPointF.dotProduct(_towards(a, b), _towards(b, c)) > 0.999


def _towards(a: QPointF, b: QPointF) -> QPointF:
    """The direction from one point to another on the same level or plumb line."""
    far = (b - a).manhattanLength() or 1.0
    return QPointF((b.x() - a.x()) / far, (b.y() - a.y()) / far)


def turning(ends: np.ndarray) -> np.ndarray:
    """Points [links, 4, 2] of many ways forward, with sharp corners. `ends`: [links, 4] of x1, y1, x2, y2."""
    x1, y1, x2, y2 = ends.T
    middle = (x1 + x2) / 2 + lane(y1, x2 - x1)
    return np.stack([np.stack(stop, axis=1) for stop in ((x1, y1), (middle, y1), (middle, y2), (x2, y2))], axis=1)


def backward(ends: np.ndarray) -> np.ndarray:
    """Points [links, 6, 2] of many ways back, with sharp corners."""
    x1, y1, x2, y2 = ends.T
    down = y2 - y1
    gap = np.where(np.abs(down) >= m.ROW_GAP, m.NODE_LOW, 0.0)
    level = np.where(np.abs(down) < m.ROW_GAP / 2, np.maximum(y1, y2) + m.ROW_GAP * 0.7, (y1 + y2) / 2 + gap)
    out, into = x1 + m.WAY_BACK, x2 - m.WAY_BACK
    stops = [(x1, y1), (out, y1), (out, level), (into, level), (into, y2), (x2, y2)]
    return np.stack([np.stack(stop, axis=1) for stop in stops], axis=1)
