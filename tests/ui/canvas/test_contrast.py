"""Contrast of what the canvas really draws: every text at least 4.5:1 against what lies under it, every line and shape
3:1 against what lies beside it, after WCAG 2.2 (1.4.3 and 1.4.11)."""

from __future__ import annotations

import msgspec
import pytest
from immutables import Map
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor

from netbuilder.blocks.params import NetworkRef
from netbuilder.blocks.spec import Block
from netbuilder.compiler.report import Flow, GraphReport, NodeFacts, Problem
from netbuilder.graph.document import Document
from netbuilder.graph.model import Frame, Node, Project
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.frame_colors import CATEGORY, ground
from netbuilder.ui.canvas.options import CHOICES
from netbuilder.ui.canvas.overlay import NONE_TONE
from netbuilder.ui.canvas.scene import GraphScene
from netbuilder.ui.canvas.style import STEPS, Style
from netbuilder.ui.theme import NAMES, Theme
from tests.ui.canvas.conftest import link, make_graph
from tests.ui.canvas.recording import painted
from tests.ui.test_theme import contrast

COLUMN, ROW = 280.0, 230.0
SEVERITIES = ("error", "warning", "hint")


def usual(block: Block) -> bool:
    """A layer with a port on each side, and so few that it is no taller than a row."""
    calls = any(isinstance(param, NetworkRef) for param in block.params)
    return block.part == "layer" and 0 < len(block.inputs) < 4 and 0 < len(block.outputs) < 4 and not calls


def all_looks(catalogue) -> tuple[Project, GraphReport]:
    """A block of each category in every state that a node has, in rows, most of them in frames of another colour."""
    nodes, links, facts, problems = {}, [], {}, []
    states = ("ok", "unknown", "bypassed", *SEVERITIES)
    colors, wide = list(CATEGORY), len(states) * COLUMN + 40.0
    for row, (category, blocks) in enumerate(catalogue.categories().items()):
        block = next(filter(usual, blocks), blocks[0])
        for column, state in enumerate(states):
            id = f"{category.lower()}_{state}"
            nodes[id] = Node(block.name, Map(), (column * COLUMN, row * ROW), bypassed=state == "bypassed")
            known = NodeFacts("ok", {}, {port.name: Flow(("N", 8)) for port in block.outputs}, 1234, frozen=("t",))
            facts[id] = msgspec.structs.replace(known, state="unknown") if state == "unknown" else known
            if state in SEVERITIES:
                problems.append(Problem("net", id, "rule", "Something is wrong here.", state))
            if column and block.inputs and block.outputs:
                before = f"{category.lower()}_{states[column - 1]}"
                links.append(link(before, id, out=block.outputs[0].name, into=block.inputs[0].name))
    frames = {
        f"frame{row}": Frame(
            (-40.0, row * ROW - 50.0, wide, ROW - 10.0),
            "A title",
            "A note.",
            colors[row % len(colors)],
        )
        for row in range(len(catalogue.categories()))
        if row % (len(colors) + 1)
    }
    return Project(graphs=Map(net=make_graph(nodes, links, frames=frames))), GraphReport(facts, tuple(problems))


@pytest.fixture(scope="module")
def drawn_graph(catalogue) -> tuple[Project, GraphReport]:
    return all_looks(catalogue)


def scene_of(drawn_graph, catalogue, theme: str, overlay: str, links: str = "smooth") -> GraphScene:
    project, report = drawn_graph
    scene = GraphScene(Document(project), "net", catalogue, Style(Theme.load(theme), links))
    scene.reporting.show_overlay(overlay)
    scene.reporting.show_trained(frozenset(id for id in report.nodes if "norm" in id), "run")
    scene.show_report(report)
    scene.reporting.flush()
    ids = sorted(scene.nodes)
    scene.chosen.set(nodes=ids[::7], links=list(scene.links)[::5])
    for id in ids[3::7]:
        scene.nodes[id].mark(hovered=True)
    for frame in list(scene.frames.values())[::4]:
        frame.mark(hovered=True)
    return scene


@pytest.mark.parametrize("theme", NAMES)
@pytest.mark.parametrize("zoom", [1.0, 0.3])
@pytest.mark.parametrize("overlay", ["", "parameters"])
def test_everything_that_is_drawn_stands_out(qapp, drawn_graph, catalogue, theme, zoom, overlay):
    scene = scene_of(drawn_graph, catalogue, theme, overlay)
    around = scene.bounds().adjusted(-40, -40, 40, 40)
    style = scene.styling
    painter = painted(round(around.width() * zoom), round(around.height() * zoom), zoom, 1.0, style.ground)
    painter.translate(-around.topLeft())
    scene.draw(painter, around, zoom)
    written, drawn = painter.written, painter.drawn
    painter.end()
    assert sum(one.ground.isValid() for one in written) > (250 if zoom >= m.FAR else 150)
    assert {one.what for one in drawn} >= ({"outline", "ring", "line", "fill", "disc"} if zoom >= m.FAR else {"disc"})
    low = {
        (one.text, one.ink.name(), one.ground.name()): round(value, 2)
        for one in written
        if one.ground.isValid() and (value := contrast(one.ink, one.ground)) < 4.5
    }
    assert low == {}
    quiet = {style.line.color().name(), style.body.name()}  # the line over a foot, the ground of a sign
    faint = {
        (one.what, one.ink.name(), one.ground.name()): round(value, 2)
        for one in drawn
        if one.ink.name() not in quiet and one.what != "fill" and (value := contrast(one.ink, one.ground)) < 3
    }
    assert faint == {}


@pytest.mark.parametrize("theme", NAMES)
def test_what_flows_and_every_category_stand_out_on_every_ground(qapp, catalogue, theme):
    """Also where the drawn graph has no such pair: links, ports and stripes on the canvas and on frames of all colours;
    signs and texts on heads of all categories and of all places of a scale."""
    style = Style(Theme.load(theme))
    held = Theme.load(theme)
    grounds = {"canvas": style.ground, **{color or "frame": ground(style, color) for color in CATEGORY}}
    low = {}

    def hold(what: object, ink: QColor, behind: QColor, least: float) -> None:
        if (value := contrast(ink, behind)) < least:
            low[what] = round(value, 2)

    for name, behind in grounds.items():
        for role in held.roles:
            hold((role, name), style.role(role).color, behind, 3)
        for category in held.categories:
            hold((category, name), style.plate(category).color, behind, 3)
        for color in ("outline", "hovered", "selected", "broken", "unknown_link", "dashed"):
            hold((color, name), getattr(style, color).color(), behind, 3)
        if name != "canvas":
            hold(("frame text", name), style.frame_text, behind, 4.5)
    tones = [*held.categories, *(f"scale {step}" for step in range(STEPS + 1)), NONE_TONE]
    for tone in tones:
        plate = style.plate(tone)
        head = plate.head.color()
        hold(("title", tone), plate.ink, head, 4.5)
        hold(("kind and signs", tone), plate.soft, head, 4.5)
        hold(("far title", tone), plate.far_text, plate.far.color(), 4.5)
        for severity, color in style.signs.items():
            if not tone.startswith("scale"):
                hold((severity, tone), color, head, 3)
    assert low == {}
    assert len(CHOICES["overlay"]) == 5


def test_the_recorder_sees_what_is_drawn_on_what(qapp):
    painter = painted(100, 60, 1.0, 2.0, QColor("#000000"))
    painter.fillRect(QRectF(0, 0, 50, 60), QColor("#ff0000"))
    painter.setPen(QColor("#ffffff"))
    painter.drawEllipse(QRectF(10, 10, 20, 20))
    painter.drawEllipse(QRectF(70, 10, 20, 20))
    painter.setOpacity(0.3)
    painter.drawEllipse(QRectF(40, 10, 10, 10))
    found = [(one.what, one.ink.name(), one.ground.name()) for one in painter.drawn]
    painter.end()
    assert found == [("ring", "#ffffff", "#ff0000"), ("ring", "#ffffff", "#000000")]
