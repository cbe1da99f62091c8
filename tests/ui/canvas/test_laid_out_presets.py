"""Every preset, as it comes and laid out: no link runs over a block, and nothing lies on anything else."""

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


def lying_on_others(scene: GraphScene) -> list[tuple[str, str]]:
    """Blocks and frames that lie on each other."""
    rects = [(id, item.rect) for held in (scene.nodes, scene.frames) for id, item in held.items()]
    return [(a, b) for at, (a, one) in enumerate(rects) for b, other in rects[:at] if one.intersects(other)]


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_no_link_of_a_preset_runs_over_a_block(qapp, catalogue, path):
    document = Document(load(path))
    for name in document.project.graphs:
        scene = GraphScene(document, name, catalogue, Style(Theme.load("dark")))
        assert run_over(scene) == [], name
        assert lying_on_others(scene) == [], name


@pytest.mark.parametrize("direction", ["right", "down"])
def test_no_link_runs_over_a_block_once_it_is_laid_out(qapp, catalogue, direction):
    style = Style(Theme.load("dark"))
    for path in PRESETS if direction == "right" else PRESETS[::2]:
        document = Document(load(path))
        for name in document.project.graphs:
            scene = GraphScene(document, name, catalogue, style)
            measures = measured(scene, direction)
            held = scope(scene.graph, measures)
            places = arrange(sketched(scene.graph, measures, held, direction))
            change = tidied(document.project, name, measures, held, places, direction)
            document.apply(change)
            scene.apply(change)
            assert run_over(scene) == [], f"{path.stem}, {name}"
            assert lying_on_others(scene) == [], f"{path.stem}, {name}"
