"""What a layout is asked for and what it gives, as plain values that also go to another process as JSON.

All lengths and places are in scene units. A layout knows nothing of blocks: boxes have a size, wires leave and enter
them so far from a corner.
"""

from __future__ import annotations

import msgspec

from netbuilder.graph.model import Direction

Point = tuple[float, float]
Rect = tuple[float, float, float, float]  # x, y, width, height


class Box(msgspec.Struct, frozen=True):
    """A node, or a thing drawn as one: its size, and where its corner lies now.

    Of orders that are equally good, the one in which boxes lie now is kept.
    """

    width: float
    height: float
    at: Point = (0.0, 0.0)


class Wire(msgspec.Struct, frozen=True):
    """A link between two boxes. `leaves` and `enters`: how far from the upper (or left) corner of each its port lies,
    across the way that data flows. `back`: it leads back in time and orders nothing."""

    source: str
    target: str
    leaves: float
    enters: float
    back: bool = False


class Frame(msgspec.Struct, frozen=True):
    """Boxes and frames (by name) that stay together in one rectangle, with room for a title (`head`, at the top) and
    at least so wide."""

    boxes: tuple[str, ...]
    frames: tuple[str, ...] = ()
    head: float = 0.0
    least: float = 0.0


class Gaps(msgspec.Struct, frozen=True):
    """Between layers, between boxes of one layer, around what lies in a frame, between parts that nothing joins."""

    layers: float = 60.0
    boxes: float = 30.0
    frame: float = 20.0
    parts: float = 70.0
    lane: float = 14.0  # between links that run side by side past the boxes of a layer


class Sketch(msgspec.Struct, frozen=True):
    """All that counts for a layout. `rows`: how many times as long as broad (along the flow and across it) a long row
    shall be once it is broken into several; 0: it is not broken."""

    boxes: dict[str, Box]
    wires: tuple[Wire, ...] = ()
    frames: dict[str, Frame] = {}
    direction: Direction = "right"
    gaps: Gaps = Gaps()
    rows: float = 0.0


class Places(msgspec.Struct, frozen=True):
    """Upper left corners of boxes, rectangles of frames, and for each wire the points that it runs through so that it
    passes by the boxes between its ends."""

    boxes: dict[str, Point]
    frames: dict[str, Rect]
    ways: tuple[tuple[Point, ...], ...]
    crossings: int = 0
