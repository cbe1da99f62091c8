"""Room for what is laid out beside what stays, and for notes beside what is laid out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from netbuilder.graph.layout.sketch import Point, Rect

APART = 40.0  # kept free around what stays
NOTE = 20.0  # between a note and what it must not cover
_MOST = 80  # obstacles beside which room is looked for: the nearest


def around(rects: Iterable[Rect]) -> Rect:
    """The rectangle around all of at least one."""
    held = list(rects)
    left, top = min(rect[0] for rect in held), min(rect[1] for rect in held)
    return left, top, max(rect[0] + rect[2] for rect in held) - left, max(rect[1] + rect[3] for rect in held) - top


def touch(one: Rect, other: Rect, apart: float = 0.0) -> bool:
    """Whether there is less than `apart` between them."""
    return (
        one[0] < other[0] + other[2] + apart
        and other[0] < one[0] + one[2] + apart
        and one[1] < other[1] + other[3] + apart
        and other[1] < one[1] + one[3] + apart
    )


def free_spot(size: tuple[float, float], wanted: Point, staying: Sequence[Rect], apart: float = APART) -> Point:
    """The corner nearest to the wanted one at which a rectangle covers nothing of what stays.

    It is looked for beside the nearest obstacles; where there is none, the wanted corner is given.
    """

    def away(corner: Point) -> float:
        return (corner[0] - wanted[0]) ** 2 + (corner[1] - wanted[1]) ** 2

    def free(corner: Point) -> bool:
        return not any(touch((*corner, *size), other, apart - 1.0) for other in staying)

    if not any(touch((*wanted, *size), other) for other in staying):
        return wanted
    middle = wanted[0] + size[0] / 2, wanted[1] + size[1] / 2
    near = sorted(
        staying, key=lambda r: abs(r[0] + r[2] / 2 - middle[0]) - r[2] / 2 + abs(r[1] + r[3] / 2 - middle[1]) - r[3] / 2
    )[:_MOST]
    lefts = {wanted[0], *(r[0] + r[2] + apart for r in near), *(r[0] - size[0] - apart for r in near)}
    tops = {wanted[1], *(r[1] + r[3] + apart for r in near), *(r[1] - size[1] - apart for r in near)}
    corners = sorted(((x, y) for x in lefts for y in tops), key=lambda corner: (away(corner), corner))
    return next((corner for corner in corners if free(corner)), wanted)


def note_places(
    notes: Mapping[str, Rect], moves: Sequence[tuple[Rect, Point]], old: Rect, taken: Sequence[Rect]
) -> dict[str, Rect]:
    """Where notes go when the things beside them move: `moves` has rectangles and their new corners, `old` is what lay
    around all of them, `taken` what nothing may cover.

    One that lay outside stays on its side, at the same distance; one among the things goes with the nearest. Where it
    would cover something, it goes to the nearest free place.
    """
    found: dict[str, Rect] = {}
    if not moves:
        return found
    new, held = around(taken), list(taken)
    for id, (x, y, width, height) in notes.items():
        if y + height <= old[1] or x + width <= old[0]:  # above, or on the left: the corner stays where it is
            at = x, y
        elif y >= old[1] + old[3]:
            at = x, y + new[1] + new[3] - old[1] - old[3]
        elif x >= old[0] + old[2]:
            at = x + new[0] + new[2] - old[0] - old[2], y
        else:
            (left, top, *_), goal = min(moves, key=lambda move: _away(move[0], (x, y, width, height)))
            at = x + goal[0] - left, y + goal[1] - top
        at = free_spot((width, height), at, held, NOTE)
        if at != (x, y):
            found[id] = (*at, width, height)
        held.append((*at, width, height))
    return found


def _away(one: Rect, other: Rect) -> float:
    """How far apart two rectangles lie."""
    across = max(other[0] - one[0] - one[2], one[0] - other[0] - other[2], 0.0)
    down = max(other[1] - one[1] - one[3], one[1] - other[1] - other[3], 0.0)
    return across + down
