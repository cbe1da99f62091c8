"""Grouping nodes into a network and taking it apart again, on the canvas."""

from __future__ import annotations


def test_selected_nodes_become_a_network_and_undo_brings_them_back(canvas, document):
    before = document.project
    canvas.select(["conv1", "relu1"])
    canvas.group()
    graph = document.project.graphs["classifier"]
    assert set(graph.nodes) == {"image", "block1", "flatten1", "linear1", "logits", "conv2", "add1"}
    assert set(document.project.graphs["block1"].nodes) == {"x", "conv1", "relu1", "y"}
    assert canvas.selected() == ["block1"]
    document.undo()
    assert document.project == before
    document.redo()
    canvas.select(["block1"])
    canvas.ungroup()
    assert set(document.project.graphs) == set(before.graphs)
    assert set(document.project.graphs["classifier"].links.values()) == set(before.graphs["classifier"].links.values())


def test_what_cannot_be_grouped_is_told(canvas, document):
    told: list[str] = []
    canvas.status.connect(told.append)
    before = document.project
    canvas.select(["conv1", "flatten1"])
    canvas.group()
    canvas.select(["conv1"])
    canvas.ungroup()
    assert document.project == before
    assert told == [
        "The node relu1 lies between nodes of the group: take it in too, or leave out what follows it.",
        "Select a network that is placed here, then ungroup it.",
    ]
