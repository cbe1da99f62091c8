"""Average precision of a detector, the area under precision over recall (Everingham and others: Pascal VOC, 2010)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from netbuilder.training.views.boxes import Box


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    across = min(one.x + one.w / 2, other.x + other.w / 2) - max(one.x - one.w / 2, other.x - other.w / 2)
    down = min(one.y + one.h / 2, other.y + other.h / 2) - max(one.y - one.h / 2, other.y - other.h / 2)
    shared = max(0.0, across) * max(0.0, down)
    return shared / max(one.w * one.h + other.w * other.h - shared, 1e-12)


def average_precision(found: Sequence[Sequence[Box]], right: Sequence[Sequence[Box]], least: float = 0.5) -> float:
    """Mean over the classes that occur. A box is a hit where it overlaps a right one of its class, in the same picture
    and not hit by a surer box, by at least `least`.
    """
    classes = sorted({box.number for boxes in right for box in boxes})
    return float(np.mean([_of_class(found, right, number, least) for number in classes]))


def _of_class(found: Sequence[Sequence[Box]], right: Sequence[Sequence[Box]], number: int, least: float) -> float:
    hits, total = [], 0
    for some, true in zip(found, right, strict=True):
        wanted = [box for box in true if box.number == number]
        total += len(wanted)
        free = set(range(len(wanted)))
        for box in sorted((box for box in some if box.number == number), key=lambda box: -box.score):
            best = max(range(len(wanted)), key=lambda at: overlap(box, wanted[at]), default=None)
            hit = best is not None and best in free and overlap(box, wanted[best]) >= least
            if hit:
                free.discard(best)
            hits.append((box.score, hit))
    if not hits:
        return 0.0
    ordered = np.array([hit for _, hit in sorted(hits, key=lambda each: -each[0])])
    recall = ordered.cumsum() / total
    precision = ordered.cumsum() / np.arange(1, len(ordered) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]  # of this recall or more
    return float((np.diff(recall, prepend=0.0) * best).sum())
