"""Which rectangles a view paints one by one, where little of it is new."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from PySide6.QtCore import QRect

MOST = 3  # each costs a walk through the layers
_SCATTERED = 24  # more parts than this are painted as one


def few(rects: Sequence[QRect]) -> list[QRect]:
    """At most MOST rectangles that hold all of these, with little else in them; they may overlap."""
    found = list(rects)
    if len(found) > _SCATTERED:
        around = found[0]
        for rect in found[1:]:
            around = around.united(rect)
        return [around]
    while len(found) > MOST:
        a, b = min(combinations(found, 2), key=_waste)
        found.remove(a)
        found.remove(b)
        found.append(a.united(b))
    return found


def _waste(pair: tuple[QRect, QRect]) -> int:
    a, b = pair
    return _area(a.united(b)) - _area(a) - _area(b)


def _area(rect: QRect) -> int:
    return rect.width() * rect.height()
