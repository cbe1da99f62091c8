"""Every preset laid out: whatever it was before, no link runs over a block then, and nothing lies on anything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from netbuilder.graph.document import Document
from netbuilder.graph.file import load
from netbuilder.graph.layout.nest import arrange
from netbuilder.graph.layout.tidy import scope, sketched, tidied
from netbuilder.ui.canvas.measuring import measured
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.canvas.style import Style
from netbuilder.ui.theme import Theme

PRESETS = sorted((Path(__file__).resolve().parents[3] / "templates").glob("*.netbuilder"))


def run_over(scene: GraphScene) -> list[tuple[str, str, str]]:
    """Links that run over a block which they have no end at: source, target, block."""
    found = []
    for key, item in scene.links.items():
        x, y = item.points.T
        for id, node in scene.nodes.items():
            rect = node.rect
            inside = (x > rect.left()) & (x < rect.right()) & (y > rect.top()) & (y < rect.bottom())
            if id not in (item.link.source.node, key.node) and inside.any():
                found.append((item.link.source.node, key.node, id))
    return found


@pytest.mark.parametrize("direction", ["right", "down"])
def test_no_link_runs_over_a_block(qapp, catalogue, direction):
    style, before = Style(Theme.load("dark")), 0
    for path in PRESETS if direction == "right" else PRESETS[::2]:
        document = Document(load(path))
        for name in document.project.graphs:
            scene = GraphScene(document, name, catalogue, style)
            before += len(run_over(scene)) if direction == "right" else 0
            measures = measured(scene, direction)
            held = scope(scene.graph, measures)
            places = arrange(sketched(scene.graph, measures, held, direction))
            change = tidied(document.project, name, measures, held, places, direction)
            document.apply(change)
            scene.apply(change)
            assert run_over(scene) == [], f"{path.stem}, {name}"
            rects = [item.rect for held in (scene.nodes, scene.frames) for item in held.values()]
            assert not any(a.intersects(b) for at, a in enumerate(rects) for b in rects[:at]), f"{path.stem}, {name}"
    assert before > 50 or direction == "down"  # as they are drawn by hand: it is told
