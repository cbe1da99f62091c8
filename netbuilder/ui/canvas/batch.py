"""Draws arrays of rectangles and lines in one call each: Qt reads four doubles a shape right from numpy's memory."""

from __future__ import annotations

import numpy as np
import shiboken6
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter


def draw_rects(painter: QPainter, rects: np.ndarray) -> None:
    """`rects`: [n, 4] of x, y, width, height (scene units)."""
    _draw(painter.drawRects, rects, QRectF)


def draw_lines(painter: QPainter, lines: np.ndarray) -> None:
    """`lines`: [n, 4] of x1, y1, x2, y2 (scene units)."""
    _draw(painter.drawLines, lines, QLineF)


def _draw(call, values: np.ndarray, kind: type) -> None:
    held = np.ascontiguousarray(values, np.float64)  # lives until the call is over
    if len(held):
        call(shiboken6.wrapInstance(held.ctypes.data, kind), len(held))
