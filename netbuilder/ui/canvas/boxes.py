"""Rectangles by key in arrays, so that what lies somewhere among ten thousand is found in microseconds."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

import numpy as np
from PySide6.QtCore import QRectF

K = TypeVar("K", bound=Hashable)
_NOWHERE = (np.inf, np.inf, -np.inf, -np.inf)  # touches nothing


class Boxes(Generic[K]):
    """Each key has a slot; `left`, `top`, `right` and `bottom` (float64, scene units) hold its sides there.

    Slots stay while their key is there; those of removed keys are used again. Other arrays of the same length are
    kept by subclasses, which name them with their dtype in `ROWS`.
    """

    ROWS: tuple[tuple[str, int, str], ...] = ()  # name, values a slot (0: one, without an axis), dtype

    def __init__(self) -> None:
        self.keys: list[K | None] = []
        self._slots: dict[K, int] = {}
        self._free: list[int] = []
        self._sides = np.empty((4, 0))
        for name, width, dtype in self.ROWS:
            setattr(self, name, np.zeros((0, width) if width else 0, dtype))
        self._grow(64)

    def _grow(self, room: int) -> None:
        more = room - len(self.keys)
        held = len(self.keys)
        self.keys += [None] * more
        self._free += range(room - 1, held - 1, -1)
        nowhere = np.repeat(np.array(_NOWHERE)[:, None], more, axis=1)
        self._sides = np.concatenate([self._sides, nowhere], axis=1)
        self.left, self.top, self.right, self.bottom = self._sides
        for name, width, dtype in self.ROWS:
            blank = np.zeros((more, width) if width else more, dtype)
            setattr(self, name, np.concatenate([getattr(self, name), blank]))

    def __len__(self) -> int:
        return len(self._slots)

    def add(self, key: K) -> int:
        """A slot for a new key, which lies nowhere yet."""
        if not self._free:
            self._grow(2 * len(self.keys))
        slot = self._slots[key] = self._free.pop()
        self.keys[slot] = key
        return slot

    def drop(self, key: K) -> None:
        """The key is gone. Raises KeyError for an unknown one."""
        slot = self._slots.pop(key)
        self.keys[slot] = None
        self._sides[:, slot] = _NOWHERE
        self._free.append(slot)

    def slot(self, key: K) -> int:
        """Raises KeyError for an unknown key."""
        return self._slots[key]

    def slots_of(self, keys: Iterable[K]) -> np.ndarray:
        """Slots (int64) of the keys that are known."""
        known = self._slots
        return np.array([known[key] for key in keys if key in known], np.int64)

    def put(self, slot: int, left: float, top: float, right: float, bottom: float) -> None:
        """Where it lies, in scene units."""
        self.left[slot] = left
        self.top[slot] = top
        self.right[slot] = right
        self.bottom[slot] = bottom

    def touching(self, rect: QRectF, margin: float = 0.0) -> np.ndarray:
        """Slots (int64, ascending) of all that touch the rectangle, grown by `margin`."""
        left, top = rect.left() - margin, rect.top() - margin
        right, bottom = rect.right() + margin, rect.bottom() + margin
        found = (self.left <= right) & (self.right >= left) & (self.top <= bottom) & (self.bottom >= top)
        return found.nonzero()[0]

    def keys_at(self, slots: np.ndarray) -> list[K]:
        """Keys of slots that are in use."""
        keys = self.keys
        return [keys[slot] for slot in slots.tolist()]  # type: ignore[misc]

    def around(self) -> QRectF:
        """Around everything; null for none."""
        if not self._slots:
            return QRectF()
        corner = float(self.left.min()), float(self.top.min())
        return QRectF(*corner, float(self.right.max()) - corner[0], float(self.bottom.max()) - corner[1])


def in_two(left: np.ndarray, top: np.ndarray, right: np.ndarray, bottom: np.ndarray) -> list[QRectF]:
    """At most two rectangles that hold all boxes (their sides, each [n]), with as little else in them as a cut through
    the boxes along one axis allows. A rubber band takes in boxes in the shape of an L."""
    sides = np.stack([left, top, -right, -bottom])  # of all, the least is where the rectangle around begins
    if not sides.shape[1]:
        return []
    best, area = [sides.min(axis=1)], np.inf
    for axis in (0, 1):
        ordered = sides[:, np.argsort(sides[axis], kind="stable")]
        first = np.minimum.accumulate(ordered, axis=1)[:, :-1]
        second = np.minimum.accumulate(ordered[:, ::-1], axis=1)[:, ::-1][:, 1:]
        both = _area(first) + _area(second)
        if len(both) and both.min() < area:
            cut = int(both.argmin())
            area, best = both[cut], [first[:, cut], second[:, cut]]
    return [QRectF(x, y, -x2 - x, -y2 - y) for x, y, x2, y2 in (one.tolist() for one in best)]


def _area(sides: np.ndarray) -> np.ndarray:
    return (-sides[2] - sides[0]) * (-sides[3] - sides[1])
