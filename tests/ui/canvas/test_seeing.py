"""What nodes say: facts, signs, problems with their repairs; at any zoom, in both themes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from immutables import Map
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication

from netbuilder.compiler.report import Flow, GraphReport, NodeFacts, Problem, Repair
from netbuilder.graph import edits
from netbuilder.graph.model import Input, Node
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.check import differences
from netbuilder.ui.canvas.look import node_look, role_of
from netbuilder.ui.canvas.node_paint import fit_words
from netbuilder.ui.canvas.style import Style
from netbuilder.ui.theme import Theme


@pytest.fixture
def style(qapp) -> Style:
    return Style(Theme.load("dark"))


def look_of(catalogue, project, id: str, node: Node, facts=None, problems=(), links=()):
    ports = catalogue.ports(node, project)
    return node_look(id, node, catalogue.get(node.block), ports, dict(links), frozenset(), facts, problems)


def test_a_node_says_what_matters(canvas, report):
    canvas.show_report(report)
    look = canvas.graph_scene.nodes["conv1"].look
    assert look.title == "conv1"
    assert look.kind == "Conv2d"
    assert look.brief == "16 filters, 3 × 3"
    assert look.shape == "N × 16 × 6 × 6"
    assert look.cost[0] == "160 params"
    assert canvas.graph_scene.nodes["image"].look.brief == "N × 1 × 8 × 8"
    assert canvas.graph_scene.nodes["conv2"].look.cost[0] == "4,640 params"
    assert canvas.graph_scene.nodes["linear1"].look.shape == "?"
    assert canvas.graph_scene.nodes["linear1"].look.state == "unknown"
    assert canvas.graph_scene.nodes["add1"].look.severity == "error"


def test_a_report_touches_only_what_differs(canvas, report):
    canvas.show_report(report)
    before = {id: item.look for id, item in canvas.graph_scene.nodes.items()}
    facts = dict(report.nodes) | {"conv2": NodeFacts("ok", {}, {"y": Flow(("N", 8, 6, 6))}, parameters=7)}
    later = GraphReport(facts, report.problems)
    canvas.show_report(later)
    after = {id: item.look for id, item in canvas.graph_scene.nodes.items()}
    assert [id for id in after if after[id] is not before[id]] == ["conv2"]
    assert differences(canvas.graph_scene, later) == []
    canvas.show_report(None)
    assert differences(canvas.graph_scene) == []


def test_names_of_ports_stand_only_where_there_are_several(catalogue, project):
    lstm = look_of(catalogue, project, "lstm1", Node("LSTM", Map({"hidden_size": 8})))
    assert [port.label for port in lstm.inputs] == ["x", "h0", "c0"]
    assert all(port.label == "" for port in look_of(catalogue, project, "relu1", Node("ReLU")).inputs)
    data = look_of(catalogue, project, "data", Node("Data", Map({"dataset": "digits"})))
    assert [port.label for port in data.outputs] == ["image", "label"]
    assert data.outputs[0].role == "image"


def test_ports_of_one_side_never_overlap_and_lie_within_the_node(catalogue, project):
    for name in catalogue.names:
        look = look_of(catalogue, project, "node1", Node(name), links={"x": (0, 1, 4)}.items())
        for side in (look.inputs, look.outputs):
            ys = [y for port in side for _, y in port.places]
            assert all(b - a >= m.SLOT for a, b in pairwise(ys)), name
            assert all(m.PORT < y < look.height - m.PORT for y in ys), name


def test_no_text_is_wider_than_its_room(catalogue, project, style):
    """Every block, with long titles, long shapes and large counts."""
    whole = m.NODE_WIDTH - m.PAD - m.PAD_RIGHT
    flow = Flow(("N", "2*T + 1", 1024, 1024, "T'"))
    for name in catalogue.names:
        ports = catalogue.ports(Node(name), project)
        for title in ("", "W" * 60, "a title of several words that goes on and on"):
            for parameters in (0, 1, 987_654_321_012):
                facts = NodeFacts("ok", {}, {port.name: flow for port in ports.outputs}, parameters)
                problems = (Problem("g", "n", "r", "m"),)
                look = look_of(catalogue, project, "node1", Node(name, title=title), facts, problems)
                words = fit_words(look, style)
                small = style.small_text.width
                used = style.title_text.width(words.title) + m.BADGE + 6
                assert used + (small(words.kind) + 10 if words.kind else 0) <= whole + 0.5
                assert small(words.brief) <= whole + 0.5
                assert small(words.shape) + small(words.cost) <= whole + 0.5
                rows: dict[float, float] = {}
                for side, labels in ((look.inputs, words.inputs), (look.outputs, words.outputs)):
                    for port, label in zip(side, labels, strict=True):
                        rows[port.places[0][1]] = rows.get(port.places[0][1], 0.0) + small(label)
                assert all(width <= whole + 0.5 for width in rows.values())


def test_wrong_values_from_a_file_do_not_stop_the_drawing(catalogue, project, style):
    for block, params in (("Dropout", {"p": (1, 2)}), ("Conv2d", {"kernel_size": "x", "nonsense": 1}), ("Nope", {})):
        words = fit_words(
            look_of(catalogue, project, "n1", Node(block, Map(params), title="<b>bold</b>\n\u202e\0x")), style
        )
        assert words.brief
        assert words.title == "<b>bold</b> x", "plain text in one line, never markup"


def test_what_flows_decides_the_colour(catalogue, project):
    (x,) = catalogue["ReLU"].inputs
    assert role_of(x, Flow(("N", 3, 8, 8))) == "image"
    assert role_of(x, Flow(("N", "T", 8))) == "sequence"
    assert role_of(x, Flow(("N", 8))) == "vector"
    assert role_of(x, Flow(("N",), "int64")) == "class"
    assert role_of(x, Flow(())) == "loss"
    assert role_of(catalogue["CrossEntropyLoss"].inputs[0], Flow(("N", 10))) == "logits"


# ---- problems and repairs


def test_a_selected_node_says_what_is_wrong_and_one_click_mends_it(canvas, hand, report, repairs):
    spy = QSignalSpy(canvas.repair_chosen)
    canvas.show_report(report)
    hand.click(hand.node("add1"))
    bubble = canvas._hover.bubble
    assert bubble.isVisible()
    assert bubble.sentences == ["conv2 gives 32 channels but add1's other input has 16."]
    assert [" ".join(button.label.lines) for button in bubble.buttons] == [repair.label for repair in repairs]
    assert [button.cost for button in bubble.buttons] == ["−2,320 params", "+160 params"]
    assert [button.first for button in bubble.buttons] == [True, False]
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=canvas.repair_pos(0))
    assert [spy.at(i)[0] for i in range(spy.count())] == [repairs[0]]
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=canvas.repair_pos(1))
    assert spy.at(1)[0] == repairs[1]


def test_the_bubble_opens_under_the_pointer_and_stays_while_it_is_used(canvas, hand, report):
    canvas.show_report(report)
    bubble = canvas._hover.bubble
    assert not bubble.isVisible()
    hand.move(hand.node("add1"))
    assert bubble.node == "add1"
    QTest.mouseMove(canvas.viewport(), canvas.repair_pos(0))
    QApplication.processEvents()
    canvas.show_report(report)
    assert bubble.isVisible()
    hand.move(QPointF(900, 700))
    assert not bubble.isVisible()


def test_a_hint_waits_for_the_pointer_and_its_button_does_not_shout(canvas, hand, repairs):
    hint = Problem("classifier", "add1", "unlinked", "add1 is linked to nothing.", "hint", repairs[:1])
    canvas.show_report(GraphReport({}, (hint,)))
    canvas.select(["add1"])
    bubble = canvas._hover.bubble
    assert not bubble.isVisible()
    hand.move(hand.node("add1"))
    assert bubble.isVisible()
    assert [button.first for button in bubble.buttons] == [False]


def test_it_closes_when_the_problem_is_gone_or_a_gesture_begins(canvas, hand, report):
    canvas.show_report(report)
    hand.click(hand.node("add1"))
    bubble = canvas._hover.bubble
    assert bubble.isVisible()
    hand.pull(hand.node("add1"), hand.node("add1") + QPointF(50, 0))
    assert not bubble.isVisible()
    hand.release(hand.node("add1"))
    assert bubble.isVisible()
    canvas.show_report(GraphReport(report.nodes))
    assert not bubble.isVisible()


def test_a_repair_that_inserts_nodes_makes_room_for_them(canvas, hand, report, document):
    spy = QSignalSpy(canvas.repair_chosen)
    target = Input("relu1", "x")
    change = edits.insert_on_link(document.project, "classifier", target, "BatchNorm2d", "x", "y")
    problem = Problem("classifier", "add1", "r", "Message.", repairs=(Repair("Insert BatchNorm2d", change),))
    canvas.show_report(GraphReport({}, (problem,)))
    canvas.select(["add1"])
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=canvas.repair_pos(0))
    document.apply(spy.at(0)[0].change)
    rects = [item.rect for item in canvas.graph_scene.nodes.values()]
    assert not any(a.intersects(b) for i, a in enumerate(rects) for b in rects[:i])
    assert document.project.graphs["classifier"].nodes["logits"].at == (1560.0, 0.0)
    assert differences(canvas.graph_scene, GraphReport({}, (problem,))) == []
    document.undo()
    assert document.project.graphs["classifier"].nodes["logits"].at == (1300.0, 0.0)


def test_releasing_beside_the_button_chooses_nothing(canvas, hand, report):
    spy = QSignalSpy(canvas.repair_chosen)
    canvas.show_report(report)
    hand.click(hand.node("add1"))
    view, left = canvas.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(view, left, pos=canvas.repair_pos(0))
    QTest.mouseRelease(view, left, pos=canvas.repair_pos(0) + QPoint(0, 200))
    assert spy.count() == 0


@pytest.mark.parametrize("zoom", [0.1, 0.3, 1.0, 2.7])
def test_repairs_can_be_reached_at_any_zoom(canvas, hand, report, repairs, zoom):
    spy = QSignalSpy(canvas.repair_chosen)
    canvas.show_report(report)
    canvas.zoom(zoom / canvas.zoom_level)
    canvas._camera.show(canvas.node_rect("add1")) if zoom >= m.FAR else None
    canvas.select(["add1"])
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=canvas.repair_pos(0))
    assert [spy.at(i)[0] for i in range(spy.count())] == [repairs[0]]


def test_the_bubble_stays_within_the_view_where_there_is_room(canvas, hand, report, document):
    canvas.show_report(report)
    bottom = canvas.mapToScene(canvas.viewport().rect().bottomRight())
    place = (bottom.x() - 150.0, bottom.y() - 90.0)
    document.apply(edits.move(document.project, "classifier", {"add1": place}))
    canvas.select(["add1"])
    assert canvas.viewport().rect().contains(canvas._hover.bubble_rect().toAlignedRect())


@pytest.mark.parametrize("share", [0.5, 0.02])
def test_the_bubble_goes_beside_the_node_in_a_low_view(canvas, hand, report, repairs, qtbot, share):
    """Neither below nor above has room; its buttons must be in view, and be reached without it closing."""
    canvas.resize(900, 300)
    canvas.show_report(report)
    canvas.select(["add1"])
    canvas.center_on("add1")
    view, spot = canvas.viewport().rect(), canvas.mapFromScene(canvas.node_rect("add1").center())
    canvas._camera.pan(QPoint(round(view.width() * share) - spot.x(), 0))
    canvas.select([])
    canvas.select(["add1"])
    assert canvas.viewport().rect().contains(canvas._hover.bubble_rect().toAlignedRect())
    spy = QSignalSpy(canvas.repair_chosen)
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=canvas.repair_pos(0))
    assert [spy.at(i)[0] for i in range(spy.count())] == [repairs[0]]


def test_many_problems_are_counted_not_piled_up(canvas, report):
    problems = tuple(Problem("classifier", "add1", "r", f"Problem {i}.") for i in range(7))
    canvas.show_report(GraphReport(report.nodes, problems))
    canvas.select(["add1"])
    assert len(canvas._hover.bubble.sentences) == m.BUBBLE_MOST


# ---- themes and zoom


def pixel(canvas, pos: QPointF):
    image = canvas.viewport().grab().toImage()
    place = canvas.mapFromScene(pos)
    return image.pixelColor(place).name()


def test_another_theme_repaints_at_once(canvas):
    place = canvas.node_rect("conv2").center() + QPointF(60, 0)
    dark, light = Theme.load("dark"), Theme.load("light")
    assert pixel(canvas, place) == dark.color("node.body").name()
    canvas.set_theme(light)
    assert pixel(canvas, place) == light.color("node.body").name()
    assert pixel(canvas, QPointF(451, 151)) == light.color("canvas.background").name()


@pytest.mark.parametrize("zoom", [0.1, 0.2, 0.39, 0.41, 1.0, 4.0])
def test_nodes_are_painted_at_every_zoom(canvas, report, zoom):
    canvas.show_report(report)
    canvas.zoom(zoom / canvas.zoom_level)
    canvas.centerOn(canvas.node_rect("conv2").center())
    theme = Theme.load("dark")
    color = pixel(canvas, canvas.node_rect("conv2").topLeft() + QPointF(180, m.TITLE + 12))
    assert color != theme.color("canvas.background").name()
    assert (color == theme.color("node.body").name()) == (zoom >= m.FAR)


def luminance(color) -> float:
    parts = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (color.redF(), color.greenF(), color.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a, b) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", ["dark", "light"])
def test_text_on_nodes_can_be_read(qapp, name):
    """WCAG 2: 4.5:1 for text, 3:1 for signs, also on the tints that the canvas mixes itself."""
    theme = Theme.load(name)
    style = Style(theme)
    for category in theme.categories:
        plate = style.plate(category)
        head, far = plate.head.color(), plate.far.color()
        for ground, ink in (
            (head, style.title),
            (head, style.muted),
            (far, plate.far_text),
            (style.body, style.unknown),
        ):
            assert contrast(ground, ink) >= 4.5, (category, ground.name(), ink.name())
        assert contrast(plate.color, style.body) >= 3.0, category
    for severity, color in style.signs.items():
        assert contrast(color, style.body) >= 3.0, severity
    for role in theme.roles:
        assert contrast(style.role(role).color, style.ground) >= 3.0, role
    for ink in (style.on_accent,):
        assert contrast(style.button, ink) >= 4.5
        assert contrast(style.button_hover, ink) >= 4.5
    assert contrast(style.popup, style.muted) >= 4.5
    assert contrast(style.bypassed_brush.color(), style.muted) >= 4.5
