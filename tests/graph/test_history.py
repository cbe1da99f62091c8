"""The history as a list: labels, where one is, what was saved, and jumping about in it."""

import contextlib
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from immutables import Map

from netbuilder.graph import edits
from netbuilder.graph.document import Document
from netbuilder.graph.model import Graph, Node, Project
from tests.graph.strategies import edit, projects, steps


def small() -> Document:
    return Document(Project(graphs=Map(g=Graph(nodes=Map(a=Node("ReLU"), b=Node("ReLU"))))))


@settings(max_examples=25)
@given(projects, st.lists(steps, max_size=12), st.data())
def test_a_jump_is_as_many_undos_or_redos(start, script, data):
    document = Document(start)
    states = [start]
    for step in script:
        with contextlib.suppress(edits.EditError):
            document.apply(edit(document.project, step))
        if len(document) >= len(states):
            states.append(document.project)
    heard = []
    document.subscribe(heard.append)
    for _ in range(3):
        position = data.draw(st.integers(0, len(document)))
        made = document.jump(position)
        assert document.project == states[position]
        assert document.position == position
        assert heard == made
        heard.clear()
    document.jump(0)
    assert document.project == start
    while document.redo() is not None:
        pass
    assert document.project == states[-1]


def test_what_listeners_hear_in_a_jump_leads_from_one_state_to_the_other():
    document = small()
    follower = Document(document.project)
    document.subscribe(follower.apply)
    for at in range(300):
        document.apply(edits.move(document.project, "g", {"a": (10.0 * at + 10, 0.0)}))
    document.apply(edits.add_graph(document.project, "other", "network"))
    document.apply(edits.add_node(document.project, "other", "ReLU", (0, 0)))
    document.apply(edits.add_node(document.project, "other", "ReLU", (0, 0)))
    revision = document.revision
    document.jump(0)
    assert follower.project == document.project
    assert document.revision - revision == 3, "300 moves are one change, and so are those within the new graph"
    document.jump(len(document))
    assert follower.project == document.project
    assert document.position == 303


def test_a_jump_to_a_place_that_is_not_there_is_refused():
    document = small()
    for position in (-1, 1):
        with pytest.raises(IndexError):
            document.jump(position)
    assert document.jump(0) == []


def test_labels_and_the_saved_place():
    document = small()
    assert document.saved_position == 0
    for id in ("a", "b"):
        document.apply(edits.bypass(document.project, "g", [id]))
    document.apply(edits.set_title(document.project, "g", "a", "First"))
    assert len(document) == 3
    assert [document.label(at) for at in range(3)] == ["Bypass 1 node", "Bypass 1 node", "Title a"]
    document.mark_saved()
    document.jump(1)
    assert (document.saved_position, document.modified) == (3, True)
    document.apply(edits.move(document.project, "g", {"a": (1.0, 1.0)}))
    assert document.saved_position is None
    assert len(document) == 2
    document.mark_saved()
    assert (document.saved_position, document.modified) == (2, False)
    document.undo()
    document.undo()
    assert document.modified
    document.jump(2)
    assert not document.modified


def test_two_thousand_edits_of_a_large_project_stay_small():
    nodes = Map({f"n{at}": Node("Linear", Map(out_features=at), (float(at), 0.0)) for at in range(10_000)})
    document = Document(Project(graphs=Map(g=Graph(nodes=nodes))))
    tracemalloc.start()
    try:
        for at in range(2_000):
            document.apply(edits.set_params(document.project, "g", f"n{at * 5}", {"out_features": at + 100_000}))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 20e6  # bytes: 10 KB a step
    document.jump(0)
    assert document.project.graphs["g"].nodes == nodes
