"""Overlays: nodes coloured by a number of theirs, with a scale in the corner and the number at the foot."""

import msgspec
import pytest
from PySide6.QtCore import QPoint

from netbuilder.compiler.report import Flow, GraphReport, NodeFacts
from netbuilder.graph import edits
from netbuilder.ui.canvas.check import differences
from netbuilder.ui.canvas.options import CHOICES, Options
from netbuilder.ui.canvas.overlay import MODES, Overlay, strongest
from netbuilder.ui.canvas.style import STEPS

FACTS = [
    NodeFacts("ok", {}, {"y": Flow(("N", 4))}, parameters=parameters, multiply_adds=2 * parameters, activation_bytes=8)
    for parameters in (0, 10, 100, 1000)
]


def test_the_scale_goes_by_powers_from_the_smallest_to_the_largest():
    overlay = Overlay.of("parameters", [*FACTS, NodeFacts("unknown", parameters=10**9)])
    assert (overlay.low, overlay.high) == (10, 1000)
    assert [overlay.tone(overlay.number(facts)) for facts in FACTS] == [
        "scale none",
        "scale 0",
        f"scale {STEPS // 2}",
        f"scale {STEPS}",
    ]
    assert overlay.tone(None) == "scale none"
    ranks = Overlay.of("rank", [NodeFacts("ok", {}, {"y": Flow(("N",) * count)}) for count in (0, 1, 4)])
    assert [ranks.tone(count) for count in (0, 2, 4)] == ["scale 0", f"scale {STEPS // 2}", f"scale {STEPS}"]
    assert Overlay.of("", FACTS) == Overlay()
    assert strongest(["scale 3", "scale none", "scale 12"], "loss") == "scale 12"
    assert strongest(["scale none"], "loss") == "scale none"
    assert strongest(["linear"], "loss") == "loss"
    with pytest.raises(KeyError):
        Overlay.of("smell", FACTS)
    assert set(MODES) == set(CHOICES["overlay"]) - {""}


@pytest.mark.parametrize("mode", list(MODES))
def test_every_mode_colours_nodes_and_says_its_number(canvas, report, mode):
    scene = canvas.graph_scene
    conv = msgspec.structs.replace(report.nodes["conv2"], multiply_adds=10**6, activation_bytes=4608)
    report = msgspec.structs.replace(report, nodes={**report.nodes, "conv2": conv})
    canvas.show_report(report)
    plain = scene.snapshot()
    canvas.show_options(Options(overlay=mode))
    conv2 = scene.nodes["conv2"].look
    assert conv2.tone.startswith("scale ")
    assert conv2.cost[1] == MODES[mode].short(MODES[mode].value(report.nodes["conv2"]))
    assert scene.nodes["linear1"].look.tone == "scale none"  # waits for what lies before it
    assert scene.nodes["linear1"].look.cost == ()
    assert scene.nodes["relu1"].look.cost == (("4 axes", "4") if mode == "rank" else ())
    assert differences(scene, report) == []
    canvas.show_options(Options())
    assert scene.snapshot() == plain


def test_another_report_moves_the_scale_and_an_edit_keeps_the_colours(canvas, document, report):
    canvas.show_options(Options(overlay="parameters"))
    legend = canvas._corners.scale
    assert legend.words == ("Parameters", "not known yet", "")
    canvas.show_report(report)
    assert legend.words == ("Parameters", "160", "4.6 k")
    assert canvas.graph_scene.nodes["conv1"].look.tone == "scale 0"
    assert canvas.graph_scene.nodes["conv2"].look.tone == f"scale {STEPS}"
    large = msgspec.structs.replace(report.nodes["linear1"], state="ok", parameters=10**6)
    report = GraphReport({**report.nodes, "linear1": large}, report.problems)
    canvas.show_report(report)
    assert legend.words == ("Parameters", "160", "1 M")
    assert canvas.graph_scene.nodes["conv2"].look.tone != f"scale {STEPS}"
    document.apply(edits.move(document.project, "classifier", {"conv2": (0.0, 600.0)}))
    assert differences(canvas.graph_scene, report) == []
    assert "1 M" in legend.accessibleDescription()


def color_at(canvas, id: str):
    rect = canvas.node_rect(id)
    image = canvas.viewport().grab().toImage()
    at = canvas.mapFromScene(rect.topRight()) + QPoint(-14, 4)
    return image.pixelColor(at)


def test_the_colours_are_painted_near_and_far(canvas, report):
    canvas.show_report(report)
    canvas.show_options(Options(overlay="parameters"))
    canvas.fit()
    style = canvas.graph_scene.styling
    assert color_at(canvas, "conv2") == style.scale[-1]
    assert color_at(canvas, "conv1") == style.scale[0]
    canvas.zoom(0.15 / canvas.zoom_level)
    image = canvas.viewport().grab().toImage()
    assert image.pixelColor(canvas.mapFromScene(canvas.node_rect("conv2").center())) == style.scale[-1]
    assert canvas._corners.scale.isVisible()
    canvas.show_options(Options())
    assert not canvas._corners.scale.isVisible()
