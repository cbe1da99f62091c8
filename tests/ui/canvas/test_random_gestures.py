"""Hundreds of random drags, clicks and keys: the scene stays the one built anew, and undo leads back to the start."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QPointF, Qt

from netbuilder.ui.canvas.check import differences

RIGHT = Qt.MouseButton.RightButton
KEYS = (
    (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier),
    (Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier),
    (Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier),
    (Qt.Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier),
    (Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier),
    (Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier),
    (Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier),
    (Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier),
    (Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier),
    (Qt.Key.Key_H, Qt.KeyboardModifier.NoModifier),
    (Qt.Key.Key_H, Qt.KeyboardModifier.NoModifier),
    (Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier),
    (Qt.Key.Key_T, Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier),
    (Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier),
    (Qt.Key.Key_F, Qt.KeyboardModifier.NoModifier),
    (Qt.Key.Key_L, Qt.KeyboardModifier.NoModifier),
    (Qt.Key.Key_P, Qt.KeyboardModifier.ShiftModifier),
    (Qt.Key.Key_P, Qt.KeyboardModifier.NoModifier),
    (Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier),
)
HELD = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


def some_place(dice: random.Random, canvas) -> QPointF:
    """On a port, on a node, at a frame's corner or anywhere."""
    scene = canvas.graph_scene
    items = sorted(scene.nodes.values(), key=lambda item: item.id)
    spots = [at for item in items for side in (True, False) for _, at in item.spots(side)]
    kind = dice.choice(("port", "port", "port", "node", "corner", "frame", "link", "point", "anywhere"))
    links = [scene.links[key] for key in sorted(scene.links)]
    if kind == "link" and links:
        return dice.choice(links).path.pointAtPercent(dice.uniform(0.2, 0.8))
    if kind == "point" and (points := [QPointF(*place) for link in links for place in link.via]):
        return dice.choice(points)
    if kind == "port" and spots:
        return dice.choice(spots)
    if kind == "node" and items:
        return dice.choice(items).rect.center()
    if kind == "corner" and scene.frames:
        return scene.frames[dice.choice(sorted(scene.frames))].rect.bottomRight() - QPointF(4, 4)
    if kind == "frame" and scene.frames:
        return scene.frames[dice.choice(sorted(scene.frames))].grip.center()
    return QPointF(dice.uniform(-50, 1500), dice.uniform(-50, 500))


@pytest.mark.parametrize("seed", range(6))
def test_random_gestures(canvas, hand, document, report, seed):
    dice = random.Random(seed)
    start = document.project
    canvas.show_report(report)
    for _ in range(60):
        what = dice.choice(
            ("drag", "drag", "drag", "cut", "escape", "interrupt", "click", "double", "key", "key", "undo", "redo")
        )
        if what in ("drag", "escape", "interrupt"):
            goal, held = some_place(dice, canvas), dice.choice(HELD)
            hand.pull(some_place(dice, canvas), goal, held)
            if what == "escape":
                hand.key(Qt.Key.Key_Escape)
            elif what == "interrupt":
                document.undo()
            hand.release(goal, held)
        elif what == "cut":
            hand.drag(some_place(dice, canvas), some_place(dice, canvas), Qt.KeyboardModifier.ControlModifier, RIGHT)
        elif what == "double":
            hand.double_click(some_place(dice, canvas))
        elif what == "click":
            hand.click(some_place(dice, canvas), dice.choice(HELD))
        elif what == "key":
            hand.key(*dice.choice(KEYS))
        else:
            document.undo() if what == "undo" else document.redo()
        assert differences(canvas.graph_scene, report) == []
        chosen = canvas.graph_scene.chosen
        assert chosen.nodes <= canvas.graph_scene.nodes.keys()
        assert chosen.links <= canvas.graph_scene.links.keys()
    assert document.revision > 5, "the dice must have changed something"
    while document.undo():
        pass
    assert document.project == start
    assert differences(canvas.graph_scene, report) == []
