"""After any edits, undo and redo, the scene shows what one built anew would show."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from immutables import Map
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication

from netbuilder.blocks.catalogue import Catalogue
from netbuilder.graph import edits
from netbuilder.graph.change import Change, Edit, apply
from netbuilder.graph.document import Document
from netbuilder.graph.folding import fold_around, unfold
from netbuilder.graph.model import Graph, Input, Output, Project
from netbuilder.ui.canvas.check import differences
from netbuilder.ui.canvas.view import Canvas
from netbuilder.ui.theme import Theme

BLOCKS = ("Linear", "Conv2d", "Add", "LSTM", "Split", "ReLU", "Network")
PLACES = st.tuples(st.integers(-50, 50).map(float), st.integers(-50, 50).map(float))


def draw_change(data, catalogue: Catalogue, project: Project) -> Change | None:
    """One edit of the graph "classifier" that a person could make."""
    name = "classifier"
    graph = project.graphs[name]
    ids = sorted(graph.nodes)
    kind = data.draw(
        st.sampled_from(
            ["add", "remove", "connect", "detach", "move", "set", "bypass", "frame", "paste", "fold", "unfold"]
        )
    )
    if kind == "add":
        return edits.add_node(project, name, data.draw(st.sampled_from(BLOCKS)), data.draw(PLACES))
    if kind == "frame":
        x, y = data.draw(PLACES)
        return edits.add_frame(project, name, (x, y, 300.0, 200.0), title="A frame")
    if kind == "unfold" and graph.frames:
        return unfold(project, name, [data.draw(st.sampled_from(sorted(graph.frames)))])
    if kind == "detach" and graph.links:
        return edits.disconnect(project, name, data.draw(st.sampled_from(sorted(graph.links))))
    if not ids:
        return None
    some = data.draw(st.lists(st.sampled_from(ids), min_size=1, max_size=3, unique=True))
    if kind == "fold":  # now and then one fold in another
        inner = data.draw(st.lists(st.sampled_from(sorted(graph.frames)), max_size=1)) if graph.frames else []
        return fold_around(project, name, (0.0, 0.0, 400.0, 300.0), "Fold", [*some, *inner])
    if kind == "remove":
        return edits.remove(project, name, nodes=some)
    if kind == "move":
        return edits.move(project, name, {id: data.draw(PLACES) for id in some})
    if kind == "bypass":
        return edits.bypass(project, name, some, data.draw(st.booleans()))
    if kind == "paste":
        return edits.paste(project, name, edits.cut_out(project, name, some), data.draw(PLACES))
    if kind == "set":
        values = {"out_channels": data.draw(st.integers(1, 9)), "sections": data.draw(st.integers(2, 4))}
        known = {param.name for param in catalogue[graph.nodes[some[0]].block].typed(graph.nodes[some[0]].params)}
        return edits.set_params(project, name, some[0], {key: values[key] for key in values if key in known})
    return draw_link(data, catalogue, project, graph, ids)


def draw_link(data, catalogue: Catalogue, project: Project, graph: Graph, ids: list[str]) -> Change | None:
    source, target = data.draw(st.sampled_from(ids)), data.draw(st.sampled_from(ids))
    outputs = catalogue.ports(graph.nodes[source], project).outputs
    inputs = catalogue.ports(graph.nodes[target], project).inputs
    if not outputs or not inputs:
        return None
    out, into = data.draw(st.sampled_from(outputs)), data.draw(st.sampled_from(inputs))
    index = data.draw(st.integers(0, 3)) if into.many else 0
    return edits.connect(project, "classifier", Output(source, out.name), Input(target, into.name, index))


@pytest.fixture(scope="module")
def parts(qapp):
    return Catalogue.builtin(), Theme.load("dark")


@settings(max_examples=60)
@given(data=st.data())
def test_the_scene_is_the_one_built_anew(parts, data):
    catalogue, theme = parts
    document = Document(Project("t", graphs=Map({"classifier": Graph()})))
    canvas = Canvas(document, "classifier", catalogue, theme)
    try:
        steps = data.draw(st.lists(st.sampled_from("eeeeeur"), min_size=3, max_size=25))
        for step in steps:
            if step == "e":
                change = draw_change(data, catalogue, document.project)
                if change:
                    document.apply(change)
            else:
                document.undo() if step == "u" else document.redo()
        assert differences(canvas.graph_scene) == []
        while document.undo():
            pass
        assert differences(canvas.graph_scene) == []
        assert not canvas.graph_scene.nodes
        assert not canvas.graph_scene.links
    finally:
        canvas.close_view()
        canvas.deleteLater()
        QApplication.processEvents()


def test_ports_that_another_graph_decides_follow_it(open_canvas, document):
    """A placement of a network shows that network's Inputs and Outputs."""
    canvas = open_canvas("training")
    look = canvas.graph_scene.nodes["net"].look
    assert [port.name for port in look.inputs] == ["image"]
    document.apply(edits.add_node(document.project, "classifier", "Input", (0.0, 400.0)))
    assert len(canvas.graph_scene.nodes["net"].look.inputs) == 2
    assert differences(canvas.graph_scene) == []
    document.undo()
    assert len(canvas.graph_scene.nodes["net"].look.inputs) == 1


def test_a_graph_that_is_removed_and_comes_back(canvas, document):
    document.apply(edits.remove_graph(document.project, "classifier"))
    assert not canvas.graph_scene.nodes
    document.undo()
    assert len(canvas.graph_scene.nodes) == 8
    assert differences(canvas.graph_scene) == []


def test_a_closed_view_follows_no_more(canvas, document):
    canvas.close_view()
    document.apply(edits.remove(document.project, "classifier", nodes=["conv2"]))
    assert "conv2" in canvas.graph_scene.nodes


def test_a_graph_that_changes_its_direction_with_its_nodes_leaves_nothing_behind(canvas, document):
    """As when the file is loaded again, which another program has turned and thinned out."""
    project, before = document.project, document.project.graphs["classifier"]
    thinned = apply(project, edits.remove(project, "classifier", ["conv1", "relu1"], frames=["note"]))
    after = replace(thinned.graphs["classifier"], direction="down")
    document.follow(replace(project, graphs=project.graphs.set("classifier", after)))
    scene = canvas.graph_scene
    assert set(scene.nodes) == set(after.nodes)
    assert differences(scene) == []
    document.apply(Change("Remove", (Edit("graph", "", "classifier", after, None),)))
    assert not scene.nodes
    assert not scene.links
    document.jump(0)
    assert document.project.graphs["classifier"] == before
    assert differences(scene) == []
