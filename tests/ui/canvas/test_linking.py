"""Links drawn, moved, replaced and taken away with the mouse."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt

from netbuilder.graph import edits
from netbuilder.graph.model import Input, Output
from netbuilder.ui.canvas.check import differences
from tests.ui.canvas.conftest import Hand


def links(document, graph="classifier"):
    return {key: link.source for key, link in document.project.graphs[graph].links.items()}


def test_a_drag_from_output_to_input_links_them_in_one_step(canvas, hand, document):
    before = document.project
    hand.drag(canvas.port_pos("conv1", "y", False), canvas.port_pos("conv2", "x", True))
    assert links(document)[Input("conv2", "x")] == Output("conv1", "y")
    assert document.revision == 1
    assert differences(canvas.graph_scene) == []
    document.undo()
    assert document.project == before
    assert differences(canvas.graph_scene) == []


def test_a_drag_from_an_empty_input_back_to_an_output_links_them(canvas, hand, document):
    hand.drag(canvas.port_pos("conv2", "x", True), canvas.port_pos("image", "x", False))
    assert links(document)[Input("conv2", "x")] == Output("image", "x")


def test_it_snaps_to_the_nearest_port_that_fits(canvas, hand, document):
    hand.drag(canvas.port_pos("conv1", "y", False), canvas.port_pos("conv2", "x", True) + QPointF(-18, 15))
    assert links(document)[Input("conv2", "x")] == Output("conv1", "y")


def test_dropping_on_a_taken_input_replaces_its_link(canvas, hand, document):
    hand.drag(canvas.port_pos("image", "x", False), canvas.port_pos("relu1", "x", True))
    assert links(document)[Input("relu1", "x")] == Output("image", "x")
    assert document.revision == 1
    document.undo()
    assert links(document)[Input("relu1", "x")] == Output("conv1", "y")


def test_dragging_off_an_input_detaches(canvas, hand, document):
    hand.drag(canvas.port_pos("relu1", "x", True), QPointF(400, 150))
    assert Input("relu1", "x") not in links(document)
    assert differences(canvas.graph_scene) == []


def test_a_link_moves_from_one_input_to_another_in_one_step(canvas, hand, document):
    hand.drag(canvas.port_pos("relu1", "x", True), canvas.port_pos("conv2", "x", True))
    assert Input("relu1", "x") not in links(document)
    assert links(document)[Input("conv2", "x")] == Output("conv1", "y")
    assert document.revision == 1


def test_a_link_put_back_where_it_was_changes_nothing(canvas, hand, document):
    hand.drag(canvas.port_pos("relu1", "x", True), canvas.port_pos("relu1", "x", True) + QPointF(-12, 3))
    assert document.revision == 0
    assert differences(canvas.graph_scene) == []


def test_a_link_is_taken_by_its_source_end(canvas, hand, document):
    start = canvas.port_pos("conv1", "y", False) + QPointF(18, 0)
    hand.drag(start, canvas.port_pos("image", "x", False))
    assert links(document)[Input("relu1", "x")] == Output("image", "x")
    assert document.revision == 1


def test_a_port_that_takes_many_gets_one_more_place(canvas, hand, document):
    hand.drag(canvas.port_pos("conv1", "y", False), canvas.port_pos("add1", "x", True))
    height = canvas.node_rect("add1").height()
    free = canvas.port_pos("add1", "x", True, index=99)
    assert free.y() > canvas.port_pos("add1", "x", True, index=0).y()
    hand.drag(canvas.port_pos("conv2", "y", False), free)
    found = {key.index: source.node for key, source in links(document).items() if key.node == "add1"}
    assert sorted(found.items()) == [(0, "conv1"), (1, "conv2")]
    assert canvas.node_rect("add1").height() >= height
    assert differences(canvas.graph_scene) == []


def test_escape_leaves_everything_as_it_was(canvas, hand, document):
    hand.pull(canvas.port_pos("relu1", "x", True), canvas.port_pos("conv2", "x", True))
    hand.key(Qt.Key.Key_Escape)
    hand.release(canvas.port_pos("conv2", "x", True))
    assert document.revision == 0
    assert differences(canvas.graph_scene) == []
    assert all(item.lights is None for item in canvas.graph_scene.nodes.values())


def test_ports_that_fit_are_lit_and_others_are_not(canvas, hand):
    hand.pull(canvas.port_pos("relu1", "y", False), QPointF(600, 150))
    nodes = canvas.graph_scene.nodes

    def lit(id, port, is_input):
        return nodes[id].lights(nodes[id].port(port, is_input), is_input)

    assert lit("conv2", "x", True)
    assert lit("add1", "x", True)
    assert not lit("conv1", "x", True), "it would close a cycle"
    assert not lit("relu1", "x", True), "a node can't be linked to itself"
    assert not lit("conv2", "y", False), "an output can't be linked to an output"
    hand.release(QPointF(600, 150))


def test_a_link_that_closes_a_cycle_says_that_a_delay_is_missing(canvas, hand, document, qtbot):
    """It may be made on purpose: the problem on the node then offers to insert the Delay."""
    said = []
    canvas.status.connect(said.append)
    hand.drag(canvas.port_pos("flatten1", "y", False), canvas.port_pos("conv1", "x", True))
    assert links(document)[Input("conv1", "x")] == Output("flatten1", "y")
    assert "conv1 already leads to flatten1: a cycle needs a Delay, and this one would have none." in said


def test_a_link_through_a_delay_closes_no_cycle(canvas, hand, document):
    said = []
    canvas.status.connect(said.append)
    made = edits.add_node(document.project, "classifier", "Delay", (520.0, 400.0), id="delay1")
    document.apply(made)
    document.apply(edits.connect(document.project, "classifier", Output("delay1", "y"), Input("add1", "x", 0)))
    hand.pull(canvas.port_pos("add1", "y", False), QPointF(600, 150))
    delay = canvas.graph_scene.nodes["delay1"]
    assert delay.lights(delay.port("x", True), True)
    assert not delay.lights(delay.port("initial", True), True)
    hand.release(canvas.port_pos("delay1", "x", True))
    assert links(document)[Input("delay1", "x")] == Output("add1", "y")
    assert not any("cycle" in text for text in said)


def test_in_a_training_graph_a_cycle_is_refused_in_words(open_canvas, document):
    for id, at in (("add1", (0.0, 300.0)), ("add2", (260.0, 300.0))):
        document.apply(edits.add_node(document.project, "training", "Add", at, id=id))
    document.apply(edits.connect(document.project, "training", Output("add1", "y"), Input("add2", "x", 0)))
    canvas, said, before = open_canvas("training"), [], document.project
    canvas.status.connect(said.append)
    Hand(canvas).drag(canvas.port_pos("add2", "y", False), canvas.port_pos("add1", "x", True))
    assert document.project == before
    assert "add1 already leads to add2: this link would close a cycle." in said


def test_axes_that_do_not_agree_are_dimmed_but_may_be_linked_on_purpose(canvas, hand, document, report):
    """The person may want to mend it afterwards; analysis then says on the node why it does not fit."""
    canvas.show_report(report)
    nodes = canvas.graph_scene.nodes
    hand.pull(canvas.port_pos("flatten1", "y", False), QPointF(900, 150))
    assert not nodes["conv2"].lights(nodes["conv2"].port("x", True), True)
    hand.release(QPointF(900, 150))
    hand.drag(canvas.port_pos("flatten1", "y", False), canvas.port_pos("conv2", "x", True))
    assert links(document)[Input("conv2", "x")] == Output("flatten1", "y")


def test_a_selected_link_can_be_deleted(canvas, hand, document):
    start, end = canvas.port_pos("conv1", "y", False), canvas.port_pos("relu1", "x", True)
    hand.click((start + end) / 2)
    assert canvas.graph_scene.chosen.links == {Input("relu1", "x")}
    hand.key(Qt.Key.Key_Delete)
    assert Input("relu1", "x") not in links(document)
    assert "conv1" in document.project.graphs["classifier"].nodes


def test_a_link_under_the_pointer_says_what_flows(canvas, hand, report):
    canvas.show_report(report)
    start, end = canvas.port_pos("conv1", "y", False), canvas.port_pos("relu1", "x", True)
    hand.move((start + end) / 2)
    label = canvas._hover.label
    assert label.isVisible()
    assert label.words == "N × 16 × 6 × 6  ·  float32  ·  2.2 KiB a sample"
    hand.move(QPointF(400, 150))
    assert not label.isVisible()


def test_a_link_dropped_on_a_node_takes_its_nearest_input_that_fits(canvas, hand, document):
    hand.drag(canvas.port_pos("conv1", "y", False), hand.node("conv2") + QPointF(60, 0))
    assert links(document)[Input("conv2", "x")] == Output("conv1", "y")


def test_two_links_swap_where_one_is_dropped_on_the_input_of_the_other(canvas, hand, document):
    document.apply(edits.connect(document.project, "classifier", Output("image", "x"), Input("conv2", "x")))
    before, said = document.project, []
    canvas.status.connect(said.append)
    hand.drag(canvas.port_pos("conv2", "x", True), canvas.port_pos("relu1", "x", True))
    found = links(document)
    assert found[Input("relu1", "x")] == Output("image", "x")
    assert found[Input("conv2", "x")] == Output("conv1", "y")
    assert "Swaps with the link from conv1." in said
    assert document.undo_label == "Swap image and conv1"
    assert differences(canvas.graph_scene) == []
    document.undo()
    assert document.project == before


def test_links_at_a_port_that_takes_many_swap_into_another_order(canvas, hand, document):
    for index, source in enumerate(("conv1", "conv2", "relu1")):
        document.apply(edits.connect(document.project, "classifier", Output(source, "y"), Input("add1", "x", index)))
    hand.drag(canvas.port_pos("add1", "x", True, 0), canvas.port_pos("add1", "x", True, 2))
    found = links(document)
    assert [found[Input("add1", "x", at)].node for at in range(3)] == ["relu1", "conv2", "conv1"]


def test_where_a_swap_can_not_be_the_link_replaces_the_other(open_canvas, document):
    """add2 feeds add3; add1's link dropped there would send add2 to where it only could feed itself."""
    for id, at in (("add1", (0.0, 300.0)), ("add2", (260.0, 300.0)), ("add3", (520.0, 300.0))):
        document.apply(edits.add_node(document.project, "training", "Subtract", at, id=id))
    document.apply(edits.connect(document.project, "training", Output("add1", "y"), Input("add2", "a")))
    document.apply(edits.connect(document.project, "training", Output("add2", "y"), Input("add3", "a")))
    canvas, said = open_canvas("training"), []
    canvas.status.connect(said.append)
    Hand(canvas).drag(canvas.port_pos("add2", "a", True), canvas.port_pos("add3", "a", True))
    found = links(document, "training")
    assert found == {Input("add3", "a"): Output("add1", "y")}
    assert "Replaces the link from add2." in said


def test_each_of_several_selected_nodes_gives_a_link(canvas, hand, document):
    canvas.select(["conv1", "conv2", "relu1"])
    before = document.project
    hand.pull(canvas.port_pos("conv1", "y", False), canvas.port_pos("add1", "x", True))
    hand.release(canvas.port_pos("add1", "x", True))
    found = {key.index: source.node for key, source in links(document).items() if key.node == "add1"}
    assert found == {0: "conv1", 1: "relu1", 2: "conv2"}, "the dragged one, then from top to bottom"
    assert document.undo_label == "Make 3 links"
    assert canvas.selected() == ["conv1", "conv2", "relu1"]
    assert differences(canvas.graph_scene) == []
    document.undo()
    assert document.project == before


def test_several_links_fill_the_inputs_one_after_another(open_canvas, document):
    for id, block, at in (("a", "Noise", 0), ("b", "Noise", 150), ("c", "Noise", 300), ("less", "Subtract", 0)):
        place = (0.0 if id != "less" else 300.0, 300.0 + at)
        document.apply(edits.add_node(document.project, "training", block, place, id=id))
    canvas = open_canvas("training")
    canvas.select(["a", "b", "c"])
    Hand(canvas).drag(canvas.port_pos("a", "y", False), canvas.port_pos("less", "a", True))
    assert links(document, "training") == {Input("less", "a"): Output("a", "y"), Input("less", "b"): Output("b", "y")}


def test_what_does_not_fit_says_why_at_the_pointer_when_it_is_tried(canvas, hand, report):
    canvas.show_report(report)
    hand.pull(canvas.port_pos("relu1", "y", False), canvas.port_pos("conv1", "x", True))
    shown = [
        item.words for item in canvas.graph_scene.items() if type(item).__name__ == "LinkLabel" and item.isVisible()
    ]
    assert shown == ["conv1 already leads to relu1: a cycle needs a Delay, and this one would have none."]
    hand.move(canvas.port_pos("conv2", "x", True))
    shown = [item for item in canvas.graph_scene.items() if type(item).__name__ == "LinkLabel" and item.isVisible()]
    assert shown == []
    hand.key(Qt.Key.Key_Escape)
    assert not [item for item in canvas.graph_scene.items() if type(item).__name__ == "LooseLink"]


def test_blocks_that_do_not_fit_are_dimmed_as_a_whole(canvas, hand):
    def shade(id):
        rect = canvas.node_rect(id)
        at = canvas.mapFromScene(rect.left() + 60, rect.bottom() - 4)
        return canvas.viewport().grab().toImage().pixelColor(at).lightness()

    before = {id: shade(id) for id in ("conv1", "conv2")}
    hand.pull(canvas.port_pos("relu1", "y", False), QPointF(600, 150))
    assert shade("conv1") < before["conv1"], "it would close a cycle"
    assert shade("conv2") == before["conv2"]
    hand.key(Qt.Key.Key_Escape)
    assert shade("conv1") == before["conv1"]


def test_what_is_said_at_the_pointer_stays_within_the_view(canvas, hand):
    canvas.centerOn(QPointF(260 + canvas.viewport().width() / 2, canvas.viewport().height() / 2 - 4))
    hand.pull(canvas.port_pos("relu1", "y", False), canvas.port_pos("conv1", "x", True))
    (said,) = [item for item in canvas.graph_scene.items() if type(item).__name__ == "LinkLabel" and item.isVisible()]
    shown = said.deviceTransform(canvas.viewportTransform()).mapRect(said.boundingRect())
    assert shown.width() > 300
    assert QRectF(canvas.viewport().rect()).contains(shown)
    hand.key(Qt.Key.Key_Escape)
