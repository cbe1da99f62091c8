"""Signs of nodes: which there are, what they say, that each looks like no other."""

from itertools import combinations, pairwise

import msgspec
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QImage, QPainter
from PySide6.QtWidgets import QApplication, QToolTip

from netbuilder.compiler.report import GraphReport, NodeFacts
from netbuilder.graph import edits
from netbuilder.ui.canvas import metrics as m
from netbuilder.ui.canvas.check import differences
from netbuilder.ui.canvas.node_paint import paint_sign, signs_right
from netbuilder.ui.canvas.sign_words import words_of
from netbuilder.ui.canvas.signs import SIGNS, sign_path, sign_rects
from netbuilder.ui.theme import Theme


def signs(canvas, id: str) -> tuple[str, ...]:
    return canvas.graph_scene.nodes[id].look.signs


def with_facts(report: GraphReport, **facts: NodeFacts) -> GraphReport:
    return msgspec.structs.replace(report, nodes={**report.nodes, **facts})


def test_signs_follow_from_analysis_runs_and_the_graph_itself(canvas, document, report):
    conv = msgspec.structs.replace(report.nodes["conv1"], frozen=("training",))
    canvas.show_report(with_facts(report, conv1=conv))
    assert signs(canvas, "conv1") == ("frozen",)
    assert signs(canvas, "conv2") == ()
    canvas.show_trained(frozenset({"conv1", "conv2"}), "2026-01-31-net-1")
    assert signs(canvas, "conv1") == ("trained", "frozen")
    document.apply(edits.bypass(document.project, "classifier", ["conv1"]))
    assert signs(canvas, "conv1") == ("trained", "frozen", "bypassed")
    assert differences(canvas.graph_scene, with_facts(report, conv1=conv)) == []
    assert words_of(canvas.graph_scene, "conv1") == [
        "Trained: the run 2026-01-31-net-1 holds its weights.",
        "Frozen: its weights stay as they are in training.",
        "Bypassed: it is left out: what comes in goes out as it is.",
    ]
    canvas.show_trained(frozenset(), "")
    assert "trained" not in signs(canvas, "conv1")
    document.undo()
    assert signs(canvas, "conv1") == ("frozen",)


def test_what_works_while_training_only_and_what_shares_weights(open_canvas, document):
    canvas = open_canvas("training")
    assert signs(canvas, "loss") == ("training_only",)
    assert signs(canvas, "data") == ()
    known = NodeFacts("ok", parameters=10, shares=("net", "other"))
    canvas.show_report(GraphReport({"net": known}))
    assert signs(canvas, "net") == ("shared",)
    assert words_of(canvas.graph_scene, "net") == ["Shared: it has the same weights as other and all its copies."]


def hover_sign(canvas, id: str, name: str) -> None:
    item = canvas.graph_scene.nodes[id]
    rect = dict(sign_rects(item.look.signs, signs_right(item.look), m.TITLE / 2))[name]
    at = canvas.mapFromScene(item.pos() + rect.center())
    event = QHelpEvent(QHelpEvent.Type.ToolTip, at, canvas.viewport().mapToGlobal(at))
    QApplication.sendEvent(canvas.viewport(), event)


def test_a_sign_says_under_the_pointer_what_it_means(canvas, report, qtbot):
    conv = msgspec.structs.replace(report.nodes["conv1"], frozen=("training",))
    canvas.show_report(with_facts(report, conv1=conv))
    canvas.zoom(1.0 / canvas.zoom_level)
    hover_sign(canvas, "conv1", "frozen")
    qtbot.waitUntil(lambda: "stay as they are in training" in QToolTip.text())
    canvas.zoom(0.2)
    hover_sign(canvas, "conv1", "frozen")  # from far nobody sees it
    qtbot.waitUntil(lambda: not QToolTip.isVisible())


def shape(paint) -> QImage:
    image = QImage(32, 32, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(2, 2)
    paint(painter)
    painter.end()
    return image


def overlap(one: QImage, other: QImage) -> float:
    """How much of what either covers both cover (1: the same shape), colours left aside."""
    pairs = [(one.pixelColor(x, y).red() > 90, other.pixelColor(x, y).red() > 90) for x in range(32) for y in range(32)]
    return sum(a and b for a, b in pairs) / max(1, sum(a or b for a, b in pairs))


def test_no_sign_is_told_from_another_by_its_colour_alone(canvas):
    from netbuilder.ui.canvas.style import Style

    style = Style(Theme.load("dark"))
    drawn = {sign.name: shape(lambda p, n=sign.name: p.fillPath(sign_path(n), Qt.GlobalColor.white)) for sign in SIGNS}
    box = QRectF(0, 0, 14, 14)
    drawn |= {name: shape(lambda p, n=name: paint_sign(p, box, n, style)) for name in ("error", "warning", "hint")}
    assert len(drawn) == 9
    for (first, one), (second, other) in combinations(drawn.items(), 2):
        assert overlap(one, other) < 0.72, (first, second)
    for name, image in drawn.items():
        assert sum(image.pixelColor(x, y).red() > 90 for x in range(32) for y in range(32)) > 60, name
    for sign in SIGNS:
        around = sign_path(sign.name).boundingRect()
        assert QRectF(0, 0, m.SIGN, m.SIGN).adjusted(-0.1, -0.1, 0.1, 0.1).contains(around), sign.name


def test_signs_leave_the_title_room_and_stay_on_the_node(canvas, document, report):
    """All of them at once, with a problem and a long title."""
    document.apply(edits.set_title(document.project, "classifier", "add1", "a title that is longer than any node is"))
    document.apply(edits.bypass(document.project, "classifier", ["add1"]))
    known = NodeFacts("ok", parameters=1, frozen=("training",), shares=("x",))
    canvas.show_report(with_facts(report, add1=known))
    canvas.show_trained(frozenset({"add1"}), "run")
    item = canvas.graph_scene.nodes["add1"]
    assert item.look.severity == "error"
    rects = [rect for _, rect in sign_rects(item.look.signs, signs_right(item.look), m.TITLE / 2)]
    assert len(rects) == 4
    canvas.grab()
    title = m.PAD + item.style.title_text.width(item._words.title)
    assert title < rects[0].left()
    assert all(a.right() < b.left() for a, b in pairwise(rects))
    assert rects[-1].right() < m.NODE_WIDTH - m.PAD_RIGHT - m.BADGE
    assert QPointF(rects[0].left(), rects[0].top()).y() > 0
