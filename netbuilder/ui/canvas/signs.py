"""Small signs on nodes: what each is called, what it means, how it is drawn. None is told by its colour alone."""

from __future__ import annotations

from functools import cache
from math import cos, pi, sin
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPainterPathStroker

from netbuilder.compiler.report import NodeFacts
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.icons import glyph_path


class Sign(NamedTuple):
    """`glyph`: of the icons' table, "" for a drawing of our own."""

    name: str
    title: str
    meaning: str
    glyph: str = ""


# In the order in which they stand on a node.
SIGNS = (
    Sign("bookmarked", "Bookmarked", "A person wants to come back to it.", "bookmark"),
    Sign("trained", "Trained", "A run of this project holds weights for it that fit.", "trained"),
    Sign("frozen", "Frozen", "A Freeze keeps its weights as they are while others learn."),
    Sign("shared", "Shared", "It has the very same weights as another place.", "shared"),
    Sign("training_only", "For training only", "It does nothing in a network that is used.", "training"),
    Sign("bypassed", "Bypassed", "It is left out: what comes in goes out as it is."),
)
_BY_NAME = {sign.name: sign for sign in SIGNS}


def signs_of(standing: tuple[str, ...], facts: NodeFacts | None, *, trained: bool) -> tuple[str, ...]:
    """The names of a node's signs in their order. `standing`: those that need no analysis."""
    held = set(standing)
    if facts is not None:
        held |= {name for name, holds in (("frozen", facts.frozen), ("shared", facts.shares)) if holds}
    if trained:
        held.add("trained")
    return tuple(sign.name for sign in SIGNS if sign.name in held) if held else ()


def sign_words(name: str, id: str, facts: NodeFacts | None, run: str) -> str:
    """What a sign says on this node. `run`: the name of the run that holds its weights."""
    sign = _BY_NAME[name]
    if name == "trained" and run:
        return f"{sign.title}: the run {run} holds its weights."
    if name == "frozen" and facts is not None and facts.frozen:
        return f"{sign.title}: its weights stay as they are in {_and(facts.frozen)}."
    if name == "shared":
        others = [other for other in facts.shares if other != id] if facts is not None else []
        copies = facts is not None and id in facts.shares
        if others:
            return f"{sign.title}: it has the same weights as {_and(others)}{' and all its copies' if copies else ''}."
        return f"{sign.title}: {'all its copies have' if copies else 'it would have'} the same weights."
    return f"{sign.title}: {sign.meaning[:1].lower()}{sign.meaning[1:]}"


def _and(names: tuple[str, ...] | list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def sign_rects(names: tuple[str, ...], right: float, middle: float) -> list[tuple[str, QRectF]]:
    """Where signs lie in a row that ends at `right`, around the height `middle`."""
    left = right - signs_width(names) + m.SIGN_GAP
    return [
        (name, QRectF(left + at * (m.SIGN + m.SIGN_GAP), middle - m.SIGN / 2, m.SIGN, m.SIGN))
        for at, name in enumerate(names)
    ]


def signs_width(names: tuple[str, ...]) -> float:
    """The room that signs take, with a gap before them."""
    return len(names) * (m.SIGN + m.SIGN_GAP)


@cache
def sign_path(name: str) -> QPainterPath:
    """A sign's shape, to be filled; its upper left corner is the origin."""
    glyph = _BY_NAME[name].glyph
    return glyph_path(glyph, m.SIGN) if glyph else _DRAWN[name](m.SIGN)


def _snowflake(size: float) -> QPainterPath:
    """Six arms with a fork on each."""
    lines, middle, reach = QPainterPath(), QPointF(size / 2, size / 2), size / 2 - 0.7
    for arm in range(6):
        angle = arm * pi / 3 + pi / 6
        out = QPointF(cos(angle), sin(angle))
        lines.moveTo(middle)
        lines.lineTo(middle + out * reach)
        fork = middle + out * (reach * 0.55)
        for side in (-1, 1):
            away = angle + side * pi / 4
            lines.moveTo(fork)
            lines.lineTo(fork + QPointF(cos(away), sin(away)) * (reach * 0.42))
    return _stroked(lines, 1.3)


def _detour(size: float) -> QPainterPath:
    """A way around a block."""
    low, reach = size * 0.72, size * 0.42
    lines = QPainterPath(QPointF(0.8, low))
    lines.cubicTo(QPointF(size * 0.1, -reach * 0.35), QPointF(size * 0.9, -reach * 0.35), QPointF(size - 0.8, low))
    found = _stroked(lines, 1.6)
    block = QPainterPath()
    block.addRect(QRectF(size / 2 - 2.6, low - 2.6, 5.2, 5.2))
    return found.united(block)


def _stroked(lines: QPainterPath, width: float) -> QPainterPath:
    stroker = QPainterPathStroker()
    stroker.setWidth(width)
    return stroker.createStroke(lines).simplified()


_DRAWN = {"frozen": _snowflake, "bypassed": _detour}
