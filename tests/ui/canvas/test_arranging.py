"""Selecting what belongs together, and putting things in line."""

from __future__ import annotations

import itertools

from netbuilder.graph import edits
from netbuilder.ui.canvas.check import differences


def places(document):
    return {id: node.at for id, node in document.project.graphs["classifier"].nodes.items()}


def test_upstream_downstream_and_neighbours_are_added(canvas, hand):
    hand.click(hand.node("flatten1"))
    canvas.extend_selection("neighbours")
    assert canvas.selected() == ["flatten1", "linear1", "relu1"]
    hand.click(hand.node("flatten1"))
    canvas.extend_selection("upstream")
    assert canvas.selected() == ["conv1", "flatten1", "image", "relu1"]
    canvas.extend_selection("downstream")
    assert canvas.selected() == ["conv1", "flatten1", "image", "linear1", "logits", "relu1"]
    canvas.invert_selection()
    assert canvas.selected() == ["add1", "conv2"]
    assert canvas.graph_scene.chosen.frames == {"note"}


def test_the_chain_and_the_same_blocks(canvas, hand, document):
    said = []
    canvas.status.connect(said.append)
    hand.click(hand.node("conv2"))
    canvas.extend_selection("chain")
    assert canvas.selected() == ["conv2"]
    assert said == ["There are no others."]
    canvas.extend_selection("alike")
    assert canvas.selected() == ["conv1", "conv2"]
    canvas.extend_selection("chain")
    assert len(canvas.selected()) == 7
    assert said[1:] == ["1 block more, 2 blocks in all.", "5 blocks more, 7 blocks in all."]
    assert document.revision == 0


def test_each_way_to_align_is_one_step(canvas, document):
    document.apply(edits.move(document.project, "classifier", {"add1": (600.0, 350.0), "conv2": (270.0, 210.0)}))
    start, ids = document.project, ["relu1", "add1", "conv2"]
    canvas.select(ids)
    ends = {
        "left": lambda rect: rect.left(),
        "centre": lambda rect: rect.center().x(),
        "right": lambda rect: rect.right(),
        "top": lambda rect: rect.top(),
        "middle": lambda rect: rect.center().y(),
        "bottom": lambda rect: rect.bottom(),
    }
    for line, end in ends.items():
        canvas.put_in_line(line)
        found = [end(canvas.node_rect(id)) for id in ids]
        assert max(found) - min(found) < 0.02, line
        assert differences(canvas.graph_scene) == []
        assert document.undo_label.startswith("Align the ")
        document.undo()
        assert document.project == start
        assert canvas.selected() == sorted(ids)


def test_gaps_are_made_equal_by_what_is_drawn(canvas, document):
    canvas.select(["relu1", "conv2", "logits", "linear1"])
    canvas.put_in_line("horizontally")
    at = places(document)
    assert (at["conv2"][0], at["logits"][0]) == (260.0, 1300.0), "the outer ones stay"
    rects = sorted((canvas.node_rect(id) for id in canvas.selected()), key=lambda rect: rect.left())
    gaps = [right.left() - left.right() for left, right in itertools.pairwise(rects)]
    assert max(gaps) - min(gaps) < 0.05
    document.apply(edits.move(document.project, "classifier", {"relu1": (0.0, 150.0), "linear1": (0.0, 700.0)}))
    canvas.select(["image", "relu1", "linear1"])
    canvas.put_in_line("vertically")
    rects = [canvas.node_rect(id) for id in ("image", "relu1", "linear1")]
    assert abs((rects[1].top() - rects[0].bottom()) - (rects[2].top() - rects[1].bottom())) < 0.05


def test_a_frame_among_the_selection_takes_its_nodes_along(canvas, document):
    document.apply(edits.move(document.project, "classifier", {"conv2": (260.0, 420.0)}))
    canvas.select(["note", "conv2", "logits"])
    canvas.put_in_line("right")
    assert document.project.graphs["classifier"].frames["note"].rect[:2] == (1020.0, 340.0)
    assert places(document)["conv2"] == (1040.0, 420.0), "in the frame where it was"
    assert places(document)["logits"] == (1300.0, 0.0)
    assert differences(canvas.graph_scene) == []
    document.undo()
    document.apply(edits.move(document.project, "classifier", {"add1": (500.0, 400.0)}))
    canvas.select(["note", "conv2", "add1"])
    canvas.put_in_line("top")
    assert (places(document)["conv2"][1], places(document)["add1"][1]) == (400.0, 400.0)
    assert document.project.graphs["classifier"].frames["note"].rect[:2] == (240.0, 340.0), "they are meant, not it"


def test_too_few_things_are_told_in_words(canvas, hand, document):
    said = []
    canvas.status.connect(said.append)
    canvas.put_in_line("left")
    hand.click(hand.node("conv2"))
    canvas.put_in_line("left")
    canvas.select(["conv2", "add1"])
    canvas.put_in_line("horizontally")
    canvas.select([])
    canvas.extend_selection("upstream")
    assert said == [
        "Select two or more blocks or frames first.",
        "Select two or more blocks or frames first.",
        "Select three or more blocks or frames first.",
        "Select a block first.",
    ]
    assert document.revision == 0
