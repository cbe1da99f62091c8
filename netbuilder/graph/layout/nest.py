"""The whole layout: frames from the inside out, each a block of the level in which it lies.

So a frame's boxes stay together, and no other box comes into its rectangle. A wire that leaves a frame ends at its
border, from where the next level leads it on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from netbuilder.graph.layout.layered import Line
from netbuilder.graph.layout.level import Level, level
from netbuilder.graph.layout.order import Tell
from netbuilder.graph.layout.part import Block
from netbuilder.graph.layout.passing import Obstacles, curve, thinned, turning
from netbuilder.graph.layout.sketch import Places, Point, Rect, Sketch

Key = tuple[str, str]  # "box" or "frame" with its name
TOP: Key = ("frame", "")  # the level that no frame holds


class End(NamedTuple):
    """Where a line ends in a level: at a box (`offset` is its port's), at a frame within it, or at the level's own
    border ("entry", "exit"). Wires from one outlet (`source`, `offset`) share their way over borders."""

    kind: str
    name: str
    source: str
    offset: float


class _Drawn(NamedTuple):
    """A level that is laid out: `at` gives the number of each child and border end, `size` the frame around it."""

    level: Level
    at: dict[object, int]
    lines: dict[tuple[End, End], int]
    size: Block
    inset: Point  # from the frame's corner to where the level begins


def arrange(sketch: Sketch, tell: Tell = lambda done: None) -> Places:
    """Places for all boxes and frames, the first at (0, 0). The same sketch always gives the same places.

    Raises ValueError for wires or frames that name what is not there, or for a thing that lies in two frames.
    """
    return _Nest(sketch, tell).places()


class _Nest:
    def __init__(self, sketch: Sketch, tell: Tell) -> None:
        self._sketch, self._down, self._tell = sketch, sketch.direction == "down", tell
        self._blocks, self._done = len(sketch.boxes) + len(sketch.frames), 0
        self._children = _children(sketch)
        self._parent = {child: key for key, held in self._children.items() for child in held}
        self._lines: dict[Key, dict[tuple[End, End], bool]] = defaultdict(dict)  # whether all that share it lead back
        self._runs = [self._run(number) for number in range(len(sketch.wires))]
        self._drawn: dict[Key, _Drawn] = {}

    def _above(self, name: str) -> Iterator[Key]:
        """The box, then what holds it, up to the top."""
        key: Key = ("box", name)
        if key not in self._parent:
            raise ValueError(f"there is no box {name!r}")
        yield key
        while key != TOP:
            key = self._parent[key]
            yield key

    def _run(self, number: int) -> list[tuple[Key, tuple[End, End]]]:
        """The lines that a wire is made of, from its source to its target, each with its level."""
        wire = self._sketch.wires[number]
        up, down = list(self._above(wire.source)), list(self._above(wire.target))
        while len(up) > 1 and len(down) > 1 and up[-2] == down[-2]:
            up.pop()
            down.pop()
        if len(up) == 1:  # from a box to itself
            return []

        def end(key: Key, port: float) -> End:
            if key[0] == "box":
                return End("box", key[1], "", port)
            return End("frame", key[1], wire.source, wire.leaves)

        way, back = End("exit", "", wire.source, wire.leaves), End("entry", "", wire.source, wire.leaves)
        run = [(up[at + 1], (end(up[at], wire.leaves), way)) for at in range(len(up) - 2)]
        run.append((up[-1], (end(up[-2], wire.leaves), end(down[-2], wire.enters))))
        run += [(down[at + 1], (back, end(down[at], wire.enters))) for at in reversed(range(len(down) - 2))]
        for key, line in run:
            held = self._lines[key]
            held[line] = held.get(line, True) and wire.back
        return run

    def _draw(self, key: Key) -> None:
        """Lays out a level whose frames are laid out already."""
        children, sketch = self._children[key], self._sketch
        at: dict[object, int] = {child: number for number, child in enumerate(children)}
        blocks = [self._block(child) for child in children]
        for line in self._lines[key]:
            for end, other in (line, line[::-1]):
                if end.kind in ("entry", "exit") and end not in at:
                    at[end] = len(blocks)
                    blocks.append(Block(0.0, 0.0, self._now(other.kind, other.name), plain=False))
        numbered = {line: number for number, line in enumerate(self._lines[key])}
        lines = [
            Line(self._number(at, a), self._number(at, b), self._offset(a, "exit"), self._offset(b, "entry"), back)
            for (a, b), back in self._lines[key].items()
        ]
        first, last = (
            frozenset(n for end, n in at.items() if isinstance(end, End) and end.kind == kind)
            for kind in ("entry", "exit")
        )
        found = level(blocks, lines, sketch.gaps, sketch.rows if key == TOP else 0.0, first, last, self._progress)
        self._done += len(children)
        inset, size = (0.0, 0.0), Block(found.length, found.breadth)
        if key != TOP:
            pad, head = sketch.gaps.frame, sketch.frames[key[1]].head
            inset = (pad + head, pad) if self._down else (pad, pad + head)
            least = sketch.frames[key[1]].least
            length, breadth = inset[0] + found.length + pad, inset[1] + found.breadth + pad
            length, breadth = (length, max(breadth, least)) if self._down else (max(length, least), breadth)
            size = Block(length, breadth, self._now(*key), plain=False)
        self._drawn[key] = _Drawn(found, at, numbered, size, inset)

    def _progress(self, done: float) -> None:
        """`done`: how many of a level's blocks are laid out."""
        self._tell(min(1.0, (self._done + done) / self._blocks))

    def _block(self, child: Key) -> Block:
        if child[0] == "frame":
            return self._drawn[child].size
        box = self._sketch.boxes[child[1]]
        size = (box.height, box.width) if self._down else (box.width, box.height)
        return Block(*size, self._now(*child))

    def _now(self, kind: str, name: str) -> float:
        """Where the middle of a box, or of all in a frame, lies now across the flow."""
        if kind == "box":
            box = self._sketch.boxes[name]
            return box.at[0] + box.width / 2 if self._down else box.at[1] + box.height / 2
        inner = [self._now(*child) for child in self._children[kind, name]]
        return sum(inner) / max(len(inner), 1)

    @staticmethod
    def _number(at: dict[object, int], end: End) -> int:
        return at[end if end.kind in ("entry", "exit") else (end.kind, end.name)]

    def _offset(self, end: End, side: str) -> float:
        """How far across a line ends from where its block begins."""
        if end.kind != "frame":
            return end.offset if end.kind == "box" else 0.0
        inner = self._drawn["frame", end.name]
        border = End(side, "", end.source, end.offset)
        return inner.inset[1] + inner.level.places[inner.at[border]][1]

    def places(self) -> Places:
        for key in _inside_out(self._children):
            self._draw(key)
        corners: dict[Key, Point] = {TOP: (0.0, 0.0)}
        for key in reversed(_inside_out(self._children)):
            for child in self._children[key]:
                corners[child] = self._shifted(key, corners[key], self._drawn[key].level.places, child)
        rects = {key: (*corner, *self._block(key)[:2]) for key, corner in corners.items() if key != TOP}
        ways = self._ways(corners, Obstacles(rects))
        turn = _turned if self._down else _same
        boxes = {name: turn(corners["box", name]) for name in self._sketch.boxes}
        frames: dict[str, Rect] = {
            name: (*turn(corners["frame", name]), *turn(self._drawn["frame", name].size[:2]))
            for name in self._sketch.frames
        }
        crossings = sum(drawn.level.crossings for drawn in self._drawn.values())
        return Places(boxes, frames, tuple(tuple(turn(point) for point in way) for way in ways), crossings)

    def _shifted(self, key: Key, corner: Point, places: list[Point], what: object) -> Point:
        drawn = self._drawn[key]
        along, over = places[drawn.at[what]]
        return corner[0] + drawn.inset[0] + along, corner[1] + drawn.inset[1] + over

    def _ways(self, corners: dict[Key, Point], obstacles: Obstacles) -> Iterator[tuple[Point, ...]]:
        for wire, run in zip(self._sketch.wires, self._runs, strict=True):
            points = [point for key, line in run for point in self._lane(key, line, corners[key])]
            source, target = corners["box", wire.source], corners["box", wire.target]
            start = source[0] + self._block(("box", wire.source)).length, source[1] + wire.leaves
            end = target[0], target[1] + wire.enters
            own = {*self._above(wire.source), *self._above(wire.target)}
            if end[0] <= start[0]:
                yield thinned(start, turning(start, points, end), end)
            elif obstacles.hit(curve(start, end), own):
                yield thinned(start, points, end)
            else:
                yield ()

    def _lane(self, key: Key, line: tuple[End, End], corner: Point) -> Iterator[Point]:
        """The points of a line, with where it goes over the level's border."""
        drawn = self._drawn[key]
        if line[0].kind == "entry":
            yield self._shifted(key, corner, drawn.level.places, line[0])
        for along, over in drawn.level.lanes[drawn.lines[line]]:
            yield corner[0] + drawn.inset[0] + along, corner[1] + drawn.inset[1] + over
        if line[1].kind == "exit":
            yield self._shifted(key, corner, drawn.level.places, line[1])


def _children(sketch: Sketch) -> dict[Key, list[Key]]:
    """What lies in each frame, and under TOP what lies in none."""
    held: dict[Key, list[Key]] = {TOP: []}
    inside: set[Key] = set()
    for name, frame in sketch.frames.items():
        mine: list[Key] = [("box", box) for box in frame.boxes] + [("frame", other) for other in frame.frames]
        for key in mine:
            if key in inside or (key[1] not in sketch.boxes if key[0] == "box" else key[1] not in sketch.frames):
                raise ValueError(f"{key[0]} {key[1]!r} lies in two frames, or is not there")
            inside.add(key)
        held["frame", name] = mine
    for key in (*(("box", name) for name in sketch.boxes), *(("frame", name) for name in sketch.frames)):
        if key not in inside:
            held[TOP].append(key)
    if len(_inside_out(held)) != len(held):
        raise ValueError("frames lie in each other")
    return held


def _inside_out(children: dict[Key, list[Key]]) -> list[Key]:
    """Frames, and TOP last, each after those that lie in it."""
    order, waiting = [], [TOP]
    while waiting:
        key = waiting.pop()
        order.append(key)
        waiting += (child for child in children[key] if child[0] == "frame")
    return order[::-1]


def _same(point: tuple[float, float]) -> tuple[float, float]:
    return point[0], point[1]


def _turned(point: tuple[float, float]) -> tuple[float, float]:
    return point[1], point[0]
